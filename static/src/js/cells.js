// One menu for every cell of the list: the whole value, "only this", copy. It is made here, so that rows stay small. By
// mouse from a button that goes along with the pointer, by touch with a tap, by keyboard with Enter or a full stop.
import { find, make, on } from "./dom.js";
import { onKey } from "./keys.js";
import { cellAt, focusCell } from "./rows.js";
import { pick } from "./selection.js";
import { clock, labelOf, textOf, wholeOf } from "./values.js";

const inList = (e) => { const cell = cellAt(e); return cell?.closest("#results") ? cell : undefined; };
const more = make("button", { type: "button", class: "cell-more", tabindex: "-1", "aria-label": "More on this value", "aria-haspopup": "menu" });

function offer(event) {
	const cell = inList(event.target);
	if (!cell || event.pointerType === "touch" || more.parentElement === cell) return;
	cell.append(more);
	const time = find("time", cell);
	if (time) cell.title = wholeOf(cell) + " · " + time.dateTime;
}
on("pointerover", offer);

// narrowed is the address of the list with this value alone, and what that is called.
function narrowed(cell, head) {
	const filter = head.dataset.filter;
	const time = find("time", cell);
	const query = new URLSearchParams(location.search);
	const before = query.toString();
	let text = head && labelOf(head) + " " + textOf(cell);
	const value = cell.dataset.v ?? textOf(cell);
	if (!filter || !value || value.length > 200 || /^[[{]/.test(value)) return undefined;
	if (time) {
		const { day, zone } = clock(time);
		query.set(filter + ".start", day);
		query.set(filter + ".end", day);
		query.set("tz", zone);
		text = labelOf(head) + " on " + day;
	} else if (head.matches(".right")) {
		if (!/^-?\d{1,12}(\.\d{1,2})?$/.test(value)) return undefined;
		query.set(filter + ".min", value);
		query.set(filter + ".max", value);
	} else {
		query.set(filter, value);
	}
	if (query.toString() === before) return undefined;
	query.delete("after");
	return { text, href: "/transactions?" + query };
}

function item(tag, attributes, ...inside) {
	const type = tag === "button" ? "button" : undefined;
	return make(tag, { role: "menuitem", tabindex: "-1", class: "btn", "data-variant": "ghost", type, ...attributes }, ...inside);
}

function open(cell) {
	const row = cell.parentElement;
	const head = cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
	const value = wholeOf(cell);
	const time = find("time", cell);
	const only = narrowed(cell, head);
	const record = find("a.id", row);
	const items = [];
	if (only) items.push(item("a", { href: only.href, "hx-get": only.href }, "Only this: ", make("bdi", { class: "cut" }, only.text)));
	if (value) items.push(item("button", { "data-copy": time ? value : textOf(cell) }, "Copy"));
	if (time) items.push(item("button", { "data-copy": clock(time).utc }, "Copy in UTC"));
	if (record) {
		items.push(item("button", { "data-copy": record.href }, "Copy link to this transaction"));
		items.push(item("a", { href: record.getAttribute("href") }, "Open this transaction"));
	}
	const select = item("button", {}, row.hasAttribute("aria-selected") ? "Unselect row" : "Select row");
	select.addEventListener("click", () => pick(row));
	items.push(select);

	find("#cell-menu")?.remove();
	const menu = make("div", { id: "cell-menu", class: "sheet", popover: "", role: "dialog", "aria-label": labelOf(head) },
		make("p", {}, make("span", { class: "quiet" }, labelOf(head)), make("bdi", { dir: "auto" }, value || "no value")));
	const meaning = find("[title]", cell)?.title || cell.title;
	if (meaning && !time && meaning !== value && meaning !== textOf(cell)) menu.firstChild.append(make("span", { class: "quiet" }, meaning));
	if (time) menu.firstChild.append(make("span", { class: "quiet" }, clock(time).utc.replace("T", " ").replace("Z", " UTC")));
	menu.append(make("div", { role: "menu", "aria-label": "With this value" }, ...items));
	find("#results").append(menu);
	window.htmx?.process(menu);
	menu.addEventListener("keydown", (event) => within(event, menu, items, cell));
	menu.addEventListener("click", (event) => { if (event.target.closest("[role=menuitem]")) menu.hidePopover(); });
	menu.addEventListener("toggle", (event) => {
		if (event.newState !== "closed") return;
		const lost = document.activeElement === document.body || menu.contains(document.activeElement) || document.activeElement === more;
		if (lost && cell.isConnected) focusCell(cell);
		menu.remove();
	});
	menu.showPopover();
	place(menu, cell);
	items[0].focus({ preventScroll: true, focusVisible: true });
}

// place puts the menu below its cell, or above where there is no room.
function place(menu, cell) {
	const at = cell.getBoundingClientRect();
	const edge = 8;
	menu.style.left = Math.max(edge, Math.min(at.left, document.documentElement.clientWidth - menu.offsetWidth - edge)) + "px";
	const below = at.bottom + 2 + menu.offsetHeight < innerHeight;
	menu.style.top = Math.max(edge, below ? at.bottom + 2 : at.top - menu.offsetHeight - 2) + "px";
}

// Keys within the menu go to the menu alone.
function within(event, menu, items, cell) {
	const at = items.indexOf(document.activeElement);
	const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
	if (to !== undefined) {
		items.at(to % items.length).focus();
		event.preventDefault();
	} else if (event.key === "Tab") {
		menu.hidePopover();
		focusCell(cell);
		event.preventDefault();
	}
	if (event.key !== "Escape") event.stopPropagation();
}

on("click", (event) => {
	const cell = inList(event.target);
	if (!cell || event.target.closest("a")) return;
	if (event.target === more || event.pointerType === "touch") open(cell);
});

// The key for it, or a long press where the browser has no menu of its own for what is pressed. The right button of a
// mouse is the browser's.
on("contextmenu", (event) => {
	const cell = inList(event.target);
	const touch = event.pointerType === "touch";
	if (!cell || event.ctrlKey || event.pointerType === "mouse" || event.button === 2 && !touch || event.target.closest("a") && touch) return;
	event.preventDefault();
	open(cell);
});

on("keydown", (event) => {
	const cell = inList(event.target);
	if (event.key !== "Enter" || !cell || event.target !== cell || event.defaultPrevented) return;
	event.preventDefault();
	open(cell);
});

onKey(".", () => {
	const cell = inList(document.activeElement);
	if (!cell) return false;
	open(cell);
});

// The menu stands still while its cell would move away under it.
document.addEventListener("scroll", (event) => {
	const menu = find("#cell-menu");
	if (menu && !menu.contains(event.target)) menu.hidePopover();
}, { capture: true, passive: true });
