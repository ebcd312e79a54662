// The column chooser in its dialog (dialog.js): found by typing, put in order by drag and by keyboard. Without this it is
// a page with the same form.
import { announce } from "./announce.js";
import { all, find, on } from "./dom.js";

const chosen = () => find("#columns-form .chosen");
const nameOf = (item) => find(".name", item).dataset.name || find(".name", item).textContent;
const movable = () => all("#columns-form .chosen > li:not(.fixed)");

function placeOf(item) {
	const list = movable();
	return `${nameOf(item)}, place ${list.indexOf(item) + 1} of ${list.length}`;
}

// add puts a column at the end of those shown.
function add(box) {
	const offered = box.closest("label");
	const item = find("#columns-form template").content.firstElementChild.cloneNode(true);
	const name = nameOf(offered);
	find("input", item).value = box.value;
	find("input", item).checked = true;
	find(".name", item).textContent = name;
	for (const button of all("button", item)) {
		button.value = box.value;
		button.setAttribute("aria-label", `Move ${name} ${button.name}`);
	}
	chosen().append(item);
	const next = nextTo(offered);
	box.checked = false;
	box.disabled = true;
	sift();
	(next ?? find("#columns-form [type=search]")).focus();
	announce(`${placeOf(item)}: added`);
}

// take puts a column back among those offered.
function take(box) {
	const item = box.closest("li");
	const next = item.nextElementSibling ?? item.previousElementSibling;
	const offered = all("#columns-form .offered input[type=checkbox]").find((e) => e.value === box.value);
	announce(nameOf(item) + " taken away");
	item.remove();
	offered.disabled = false;
	sift();
	(find("input", next) ?? find("#columns-form [type=search]")).focus();
}

// nextTo is the box after an offered one, the way the eye goes on.
function nextTo(offered) {
	const boxes = all("#columns-form .offered label.check:not([hidden])");
	const at = boxes.indexOf(offered);
	return find("input", boxes[at + 1] ?? boxes[at - 1] ?? document.createElement("i"));
}

// sift shows of the offered columns those that hold every word typed.
function sift() {
	const words = find("#columns-form [type=search]").value.toLowerCase().split(/\s+/);
	let shown = 0;
	for (const group of all("#columns-form .offered fieldset")) {
		const legend = find("legend", group).textContent;
		let any = false;
		for (const label of all("label", group)) {
			const box = find("input", label);
			const text = `${legend} ${label.textContent} ${box.value}`.toLowerCase();
			label.hidden = box.disabled || !words.every((word) => text.includes(word));
			any ||= !label.hidden;
			shown += !label.hidden;
		}
		group.hidden = !any;
	}
	return shown;
}

on("change", (event) => {
	const box = event.target;
	if (!box.closest("#columns-form") || box.type !== "checkbox") return;
	if (box.closest(".chosen")) take(box);
	else add(box);
});

on("input", (event) => {
	if (!event.target.matches("#columns-form [type=search]")) return;
	const n = sift();
	announce(n === 1 ? "1 column" : n + " columns");
});

function shift(item, by) {
	const list = movable();
	const other = list[list.indexOf(item) + by];
	if (!other) return;
	if (by < 0) item.after(other); // the other one moves, so that the focus stays
	else item.before(other);
	announce(placeOf(item));
}

on("keydown", (event) => {
	if (!event.target.closest("#columns-form")) return;
	if (event.key === "Enter" && event.target.matches("[type=search]")) {
		event.preventDefault();
		const box = find("#columns-form .offered label.check:not([hidden]) input");
		if (box) add(box);
		event.target.focus();
	}
	const item = event.target.closest(".chosen > li");
	const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
	if (!item || !by || !event.altKey) return;
	event.preventDefault();
	shift(item, by);
	event.target.focus();
});

on("click", (event) => {
	const button = event.target.closest("#columns-form .chosen button");
	if (!button) return;
	event.preventDefault();
	shift(button.closest("li"), button.name === "up" ? -1 : 1);
	button.focus();
});

// Dragging: by the handle, or by the whole row with a mouse.
let dragged;
on("pointerdown", (event) => {
	const item = event.target.closest("#columns-form .chosen > li:not(.fixed)");
	if (!item || event.button || event.target.closest("button, label") && !event.target.closest(".grip")) return;
	dragged = item;
	item.setPointerCapture(event.pointerId);
	item.classList.add("dragged");
	event.preventDefault();
});
on("pointermove", (event) => {
	if (!dragged) return;
	const over = movable().find((item) => {
		const at = item.getBoundingClientRect();
		return item !== dragged && event.clientY >= at.top && event.clientY < at.bottom;
	});
	if (!over) return;
	const list = movable();
	if (list.indexOf(over) < list.indexOf(dragged)) dragged.after(over); // the others move, so that the pointer keeps its hold
	else dragged.before(over);
});
function drop() {
	if (!dragged) return;
	dragged.classList.remove("dragged");
	announce(placeOf(dragged));
	dragged = undefined;
}
on("pointerup", drop);
on("pointercancel", drop);
