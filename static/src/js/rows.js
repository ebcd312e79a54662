// Tables of transactions by keyboard. j and k move the focus along the links of the rows, so that Enter opens by itself;
// the arrows move it over the cells.
import { all, find, on } from "./dom.js";
import { onKey } from "./keys.js";

const links = () => all("table[data-rows] tbody tr").map((row) => find("a", row)).filter(Boolean);

// cellAt is the cell of a table that an element stands in; list limits it to the list's own table.
export const cellAt = (e) => e?.closest?.("table[data-rows] tbody :is(td, th)");

// focusCell gives a cell the focus: its link if it has one.
export function focusCell(cell) {
	const target = find("a", cell) ?? cell;
	if (target === cell) cell.tabIndex = -1;
	target.focus({ focusVisible: true, preventScroll: true });
	cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function move(step) {
	const list = links();
	if (!list.length) return false;
	const at = list.findIndex((a) => a.closest("tr").contains(document.activeElement));
	const to = at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1);
	focusCell(list[to].closest("td, th"));
}

onKey("j", () => move(1));
onKey("k", () => move(-1));
onKey("o", () => {
	const link = find("a", cellAt(document.activeElement)?.parentElement ?? document.createElement("tr"));
	if (!link) return false;
	link.click();
});

on("keydown", (event) => {
	const cell = cellAt(event.target);
	if (!cell || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
	const row = cell.parentElement;
	const beside = (other) => other?.cells[cell.cellIndex];
	const to = {
		ArrowRight: () => cell.nextElementSibling, ArrowLeft: () => cell.previousElementSibling,
		ArrowDown: () => beside(row.nextElementSibling), ArrowUp: () => beside(row.previousElementSibling),
		Home: () => row.cells[0], End: () => row.cells[row.cells.length - 1],
	}[event.key];
	if (!to) return;
	event.preventDefault();
	if (to()) focusCell(to());
});
