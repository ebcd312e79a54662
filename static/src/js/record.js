// Between a list and its records: the next and the previous one from the record's page, and back to the same row at the
// same place. What is kept for it, in this tab and until sign-out, are transaction ids and a distance in pixels.
import { all, find, make, on } from "./dom.js";
import { onKey } from "./keys.js";
import { focusCell } from "./rows.js";

const storage = "portal.list";
function kept() { try { return JSON.parse(sessionStorage.getItem(storage)); } catch { return null; } }
function keep(state) {
	try {
		if (state) sessionStorage.setItem(storage, JSON.stringify(state));
		else sessionStorage.removeItem(storage);
	} catch { /* storage is closed: each page stands for itself */ }
}

const rows = () => all("#results tr[data-transaction-id]");
const rowOf = (id) => rows().find((row) => row.dataset.transactionId === id);
const idOf = (path) => decodeURIComponent(path.split("/")[2] ?? "");

// A record opened from the list.
on("click", (event) => {
	const link = event.target.closest("#results a[href^='/transactions/']");
	const row = link && rowOf(idOf(link.pathname));
	if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
	const id = row.dataset.transactionId;
	keep({ ids: rows().map((r) => r.dataset.transactionId), from: id, at: id, top: Math.round(row.getBoundingClientRect().top) });
});

// The list again: its scroll place by the row it was left from, the focus on the row of the record just left.
function comeBack() {
	const state = kept();
	const row = state && rowOf(state.at);
	const [entry] = performance.getEntriesByType("navigation");
	if (!row || !state.back && entry?.type !== "back_forward") return;
	keep({ ...state, back: false });
	const from = rowOf(state.from);
	if (from) {
		from.scrollIntoView({ block: "nearest", inline: "nearest" });
		scrollBy({ top: from.getBoundingClientRect().top - state.top, behavior: "instant" });
	}
	focusCell(row.cells[0]);
}

function goBack() {
	keep({ ...kept(), back: true });
	history.back();
}

// here is the state if this record was opened from the list in this tab.
function here() {
	const state = kept();
	const id = idOf(location.pathname);
	return find(".walk") && state?.at === id && history.length > 1 ? { ...state, index: state.ids.indexOf(id) } : undefined;
}

function step(by) {
	const state = here();
	const to = state?.ids[state.index + by];
	if (!to) return false;
	const { index, ...rest } = state;
	keep({ ...rest, at: to });
	location.replace("/transactions/" + encodeURIComponent(to) + location.search);
}

function drawSteps() {
	const state = here();
	const nav = find(".walk");
	if (!state || state.index < 0 || state.ids.length < 2) return;
	const link = (by, text, rel) => {
		const to = state.ids[state.index + by];
		const shape = { class: "btn", "data-variant": "outline", "data-size": "sm" };
		if (!to) return make("span", { ...shape, "aria-disabled": "true" }, text);
		return make("a", { ...shape, rel, href: "/transactions/" + encodeURIComponent(to) + location.search, "data-step": by }, text);
	};
	nav.replaceChildren(link(-1, "Previous", "prev"), make("span", { class: "quiet" }, `${state.index + 1} of ${state.ids.length}`), link(1, "Next", "next"));
	nav.hidden = false;
}

on("click", (event) => {
	if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
	const by = event.target.closest("[data-step]")?.dataset.step;
	if (by && step(Number(by)) !== false) event.preventDefault();
	if (event.target.closest(".back a") && here()) {
		event.preventDefault();
		goBack();
	}
});
onKey("[", () => step(-1));
onKey("]", () => step(1));
on("keydown", (event) => {
	const busy = event.defaultPrevented || find("dialog[open], :popover-open") || event.target.matches("input, select, textarea");
	if (event.key !== "Escape" || busy || !here()) return;
	event.preventDefault();
	goBack();
});

on("submit", (event) => { if (event.target.matches("form[action='/logout']")) keep(null); });
function arrive() {
	if (find("#results")) requestAnimationFrame(comeBack);
	else if (find(".walk")) drawSteps();
	else keep(null);
}
addEventListener("pageshow", arrive);
if (document.readyState === "complete") arrive(); // the page was shown before this began
