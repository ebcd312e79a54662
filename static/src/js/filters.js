// The filter form: in step with the URL, which is the only state of a list.
import { all, find, on } from "./dom.js";
import { onKey } from "./keys.js";

// An empty control is no filter: leave it out of the URL. Columns are one list.
on("formdata", (event) => {
	if (event.target.id !== "filter-form") return;
	const data = event.formData;
	const kept = [...data].filter(([, value]) => value !== "");
	for (const name of new Set(data.keys())) data.delete(name);
	for (const [name, value] of kept) data.append(name, value);
	if (data.has("columns")) data.set("columns", data.getAll("columns").join(","));
});

// fill sets the form to what the URL says: it is kept while the list is replaced.
export function fill(form) {
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
	const ticked = all("input:checked", pick);
	text.textContent = ticked.length === 0 ? "any" : ticked.length === 1 ? find(".name", ticked[0].parentElement).textContent : ticked.length + " chosen";
}
on("change", (event) => {
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
on("click", (event) => {
	const link = event.target.closest("a[href^='#f-']");
	if (link && reveal(decodeURIComponent(link.hash.slice(1)))) event.preventDefault();
});

onKey("f", () => {
	const filters = find("#filters");
	if (!filters) return false;
	filters.open = true;
	find("#filter-form summary, #filter-form input")?.focus();
});
