// Rows picked with x, with Ctrl or Cmd and a click, or from a cell's menu, to copy them.
import { announce } from "./announce.js";
import { copy } from "./copy.js";
import { all, find, make, on } from "./dom.js";
import { dock } from "./dock.js";
import { onKey } from "./keys.js";
import { cellAt, focusCell } from "./rows.js";
import { clock, labelOf, wholeOf } from "./values.js";

const picked = () => all("#results tr[aria-selected]");

export function pick(row) {
	if (!row?.closest("#results")) return false;
	if (!row.toggleAttribute("aria-selected")) row.removeAttribute("aria-selected");
	else row.setAttribute("aria-selected", "true");
	show();
}

function show() {
	const n = picked().length;
	let bar = find("#selection");
	if (!n) {
		bar?.remove();
		announce("Nothing selected");
		return;
	}
	if (!bar) {
		const button = (act, text) => make("button", { type: "button", class: "btn", "data-variant": "outline", "data-size": "sm", "data-selection": act }, text);
		bar = make("div", { id: "selection", role: "group", "aria-label": "Selected rows" },
			make("span", {}), button("ids", "Copy IDs"), button("table", "Copy as table"), button("clear", "Clear"));
		dock().append(bar);
	}
	find("span", bar).textContent = n + " selected";
	announce(n + " selected");
}

// Spreadsheets run a text that begins like a formula; a number may begin with its sign.
const guarded = (text) => /^[=+\-@]/.test(text) && !/^-?[\d.]+$/.test(text) ? "'" + text : text;

function asTable(rows) {
	const heads = [...rows[0].closest("table").tHead.rows[0].cells];
	const lines = [heads.map((head) => [labelOf(head), find(".zone", head)?.textContent].filter(Boolean).join(" "))];
	for (const row of rows) {
		lines.push([...row.cells].map((cell) => {
			const time = find("time", cell);
			return guarded(time ? clock(time).second : wholeOf(cell));
		}));
	}
	return lines.map((line) => line.join("\t")).join("\n");
}

on("click", (event) => {
	const act = event.target.closest("[data-selection]")?.dataset.selection;
	const rows = picked();
	if (act === "ids") copy(rows.map((row) => row.dataset.transactionId).join("\n"));
	if (act === "table") copy(asTable(rows));
	if (act === "clear") {
		rows.forEach((row) => row.removeAttribute("aria-selected"));
		show();
		focusCell(rows[rows.length - 1].cells[0]);
	}
	const cell = cellAt(event.target);
	if (cell && (event.ctrlKey || event.metaKey) && !event.target.closest("a, button")) {
		event.preventDefault();
		pick(cell.parentElement);
	}
});

onKey("x", () => pick(cellAt(document.activeElement)?.parentElement));
