// What the portal does beyond HTML and htmx: keys, copying, the filter form in
// step with the URL, and saying what changed. Every page works without it.
//
// Listeners stand on the document, since htmx replaces what is below it.
(() => {
	"use strict";

	const find = (selector, root = document) => root.querySelector(selector);
	const all = (selector, root = document) => [...root.querySelectorAll(selector)];

	// Things that only work with scripts are hidden in the HTML.
	function ready(root) {
		all("[data-copy][hidden], [data-open][hidden], [data-fill-email][hidden]", root).forEach((e) => { e.hidden = false; });
		const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
		all("[data-keys-on]", root).forEach((e) => { e.checked = !keysOff(); });
		all("input[data-zone]", root).forEach((e) => { e.value = zone || ""; });
	}

	// --- Saying what changed -----------------------------------------------------

	let announcing;
	function announce(text) {
		clearTimeout(announcing);
		// Later changes replace earlier ones: only where the reader ended up is said.
		announcing = setTimeout(() => { const e = find("#announce"); if (e) e.textContent = text; }, 400);
	}

	// --- The filter form ---------------------------------------------------------

	// An empty control is no filter: leave it out of the URL. Columns are one list.
	document.addEventListener("formdata", (event) => {
		if (event.target.id !== "filter-form") return;
		const data = event.formData;
		const kept = [...data].filter(([, value]) => value !== "");
		for (const name of new Set(data.keys())) data.delete(name);
		for (const [name, value] of kept) data.append(name, value);
		if (data.has("columns")) data.set("columns", data.getAll("columns").join(","));
	});

	// The form is kept while the list is replaced, so it is filled from the URL,
	// which is the only state of a list.
	function fill(form) {
		const query = new URLSearchParams(location.search);
		const columns = all("#results th[data-column]").map((th) => th.dataset.column);
		for (const e of form.elements) {
			if (!e.name) continue;
			if (e.type === "checkbox") {
				if (e.name === "columns") {
					if (columns.length) e.checked = columns.includes(e.value);
				} else {
					e.checked = query.getAll(e.name).includes(e.value);
				}
			} else if (e.type !== "hidden") {
				const value = query.get(e.name);
				if (value !== null) e.value = value;
				else if (e.id === "f-tz") continue; // the zone in use stays
				else if (e.id === "f-count") e.value = "25";
				else if (e.tagName === "SELECT") e.selectedIndex = 0;
				else e.value = "";
			}
			e.removeAttribute("aria-invalid");
		}
		all(".field-error", form).forEach((e) => e.remove());
		all(".pick", form).forEach(count);
	}

	// How many boxes of a check list are ticked.
	function count(pick) {
		const text = find(".picked", pick);
		if (!text) return;
		const on = all("input:checked", pick);
		text.textContent = on.length === 0 ? "any" : on.length === 1 ? find(".name", on[0].parentElement).textContent : on.length + " chosen";
	}
	document.addEventListener("change", (event) => {
		const pick = event.target.closest(".pick");
		if (pick) count(pick);
	});

	// A link to a control ("#f-amount.min") unfolds what it is in.
	function reveal(id) {
		const target = document.getElementById(id);
		if (!target || !target.closest("#filters")) return false;
		for (let d = target.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
		const focus = target.matches("input, select") ? target : find("summary, input, select", target);
		target.scrollIntoView({ block: "nearest" });
		focus?.focus({ preventScroll: true });
		return true;
	}

	// --- htmx --------------------------------------------------------------------

	document.addEventListener("htmx:after:swap", (event) => {
		const ctx = event.detail.ctx;
		if (!ctx?.target || ctx.target.id !== "results") return;

		const filters = find("#filters");
		const form = find("#filter-form");
		const refused = ctx.response?.status === 422;
		// The form to keep was not there (an error page stood here): take the whole page.
		if (filters && !form) {
			location.reload();
			return;
		}
		if (form && !refused) {
			fill(form);
			filters.open = false;
		}
		// What had the focus is gone, unless htmx found it again by its id.
		const heading = find("#heading");
		if (document.activeElement === document.body || !document.activeElement?.checkVisibility()) {
			heading?.focus({ preventScroll: true });
		}
		const results = find("#results");
		if (results.getBoundingClientRect().top < 0) results.scrollIntoView({ behavior: "instant" });

		const alert = find("#results [role=alert], #results .error, #results .empty");
		announce(alert ? alert.textContent.trim().replace(/\s+/g, " ").slice(0, 300) : (find("#count")?.textContent ?? ""));
	});

	// No answer at all: follow the link as a browser would, so that the reader sees
	// the browser's own word on it, with its own "reload".
	document.addEventListener("htmx:error", (event) => {
		const ctx = event.detail.ctx;
		if (ctx?.request?.method === "GET" && ctx.target?.id === "results" && !ctx.response) location.assign(ctx.request.action);
	});

	// --- Clicks ------------------------------------------------------------------

	document.addEventListener("click", async (event) => {
		const on = (selector) => event.target.closest(selector);
		let e;
		if ((e = on("[data-copy]"))) {
			try {
				await navigator.clipboard.writeText(e.dataset.copy);
				announce("Copied");
				const use = find("use", e);
				const href = use.getAttribute("href");
				use.setAttribute("href", href.replace(/#.*/, "#circle-check"));
				setTimeout(() => use.setAttribute("href", href), 1500);
			} catch {
				announce("Copying is not allowed here");
			}
		} else if ((e = on("[data-open]"))) {
			document.getElementById(e.dataset.open)?.showModal();
		} else if ((e = on("[data-fill-email]"))) {
			find("#email").value = e.dataset.fillEmail;
			find("#password").value = e.dataset.fillPassword;
			find("#password").form.querySelector("[type=submit]").focus();
		} else if ((e = on("a[href^='#f-']"))) {
			if (reveal(decodeURIComponent(e.hash.slice(1)))) event.preventDefault();
		}
		// A menu closes when the reader goes elsewhere.
		all("details.menu[open], #filters[open]").forEach((d) => {
			const own = d.contains(event.target) || event.target.closest("a[href^='#f-']");
			if (!own && !d.closest(".in-flow")) d.open = false;
		});
	});

	// --- Keys --------------------------------------------------------------------

	// Keys of one character get in the way of speech input, so that the reader may
	// turn them off (WCAG 2.1.4). It is remembered in this browser.
	const off = "portal.keys.off";
	const keysOff = () => { try { return localStorage.getItem(off) === "1"; } catch { return false; } };
	document.addEventListener("change", (event) => {
		if (!event.target.matches("[data-keys-on]")) return;
		try {
			if (event.target.checked) localStorage.removeItem(off);
			else localStorage.setItem(off, "1");
		} catch { /* storage is closed: the keys stay on */ }
	});

	const typing = (e) => e.isContentEditable || e.matches("input:not([type=checkbox]), select, textarea");

	// j and k move the focus along the links of the rows, so Enter opens by itself.
	function move(step) {
		const links = all("table[data-rows] tbody tr").map((row) => find("a", row)).filter(Boolean);
		if (!links.length) return;
		const at = links.findIndex((a) => a.closest("tr").contains(document.activeElement));
		const to = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
		links[to].focus({ focusVisible: true });
		links[to].scrollIntoView({ block: "nearest" });
	}

	document.addEventListener("keydown", (event) => {
		if (event.key === "Escape") {
			const open = document.activeElement?.closest("details.menu[open], #filters[open]") ?? find("details.menu[open], #filters[open]");
			if (open && !open.closest(".in-flow") && !find("dialog[open]")) {
				open.open = false;
				find("summary", open)?.focus();
			}
			return;
		}
		if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
		if (typing(event.target) || find("dialog[open]") || keysOff()) return;
		switch (event.key) {
			case "/": {
				const box = find("#q");
				if (!box) return;
				box.focus();
				box.select();
				break;
			}
			case "j": move(1); break;
			case "k": move(-1); break;
			case "f": {
				const filters = find("#filters");
				if (!filters) return;
				filters.open = true;
				find("#filter-form summary, #filter-form input")?.focus();
				break;
			}
			case "?": find("#keys")?.showModal(); break;
			default: return;
		}
		event.preventDefault();
	});

	ready(document);
	document.addEventListener("htmx:after:process", (event) => ready(event.target));
})();
