// Add filter: type to find one of the form's controls, and it opens in place. The
// list is made from the form, so the page carries no second one.
import { announce } from "./announce.js";
import { all, find, on } from "./dom.js";
import { edit, labelOf } from "./edit.js";
import { onKey } from "./keys.js";
import { place } from "./place.js";

const button = () => find("#add-filter");
const sheet = () => find("#add-menu");

// what the form asks for: each control with all that it may be found by.
function controls() {
	return all("#filter-form .control").map((control) => {
		const group = control.closest(".group, .more");
		return {
			control,
			label: labelOf(control),
			group: find("legend, summary", group).textContent.trim(),
			words: [...all("[name]", control).map((e) => e.name), ...all(".check .name, option", control).map((e) => e.textContent.trim())],
			help: find(".hint", control)?.textContent ?? "",
			used: all("[name]", control).some((e) => document.getElementById("c-" + e.name)),
		};
	});
}

// rank is how well a control answers what was typed, 0 best; why is the word that it was found by, if not its label.
function rank(c, typed) {
	const label = c.label.toLowerCase();
	if (label.startsWith(typed)) return { rank: 0 };
	if (label.includes(" " + typed)) return { rank: 1 };
	if (label.includes(typed)) return { rank: 2 };
	const why = c.words.find((w) => w.toLowerCase().includes(typed));
	if (why) return { rank: 3, why };
	const all = [label, ...c.words, c.help].join(" ").toLowerCase();
	return typed.split(/\s+/).every((word) => all.includes(word)) ? { rank: 4 } : null;
}

const element = (tag, attributes, ...children) => {
	const e = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
	e.append(...children);
	return e;
};

function open() {
	if (sheet()) return;
	const known = controls();
	const input = element("input", {
		class: "input", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "add-list", "aria-autocomplete": "list",
		"aria-label": "Find a filter", placeholder: "Find a filter", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
	});
	const list = element("div", { role: "listbox", id: "add-list", "aria-label": "Filters" });
	const menu = element("div", { id: "add-menu", class: "add-menu" }, input, list);
	find(".filters-bar").append(menu);
	place(".add-menu", "add-filter");
	button().ariaExpanded = "true";

	let options = [];
	let active = 0;

	function show() {
		const typed = input.value.trim().toLowerCase();
		const found = typed
			? known.map((c) => ({ ...c, ...rank(c, typed), group: "" })).filter((c) => c.rank !== undefined).sort((a, b) => a.rank - b.rank)
			: known;
		list.replaceChildren();
		options = [];
		const groups = new Map();
		for (const c of found) {
			if (!groups.has(c.group)) {
				const box = element("div", { role: "group", "aria-label": c.group || "Filters found" });
				if (c.group) box.append(element("div", { class: "quiet", "aria-hidden": "true" }, c.group));
				groups.set(c.group, box);
				list.append(box);
			}
			groups.get(c.group).append(option(c.label, c.used ? "in use" : c.why, () => edit(c.control, button())));
		}
		list.append(option("All filters…", "", () => whole()));
		activate(0);
		if (typed) announce(found.length === 1 ? "1 filter" : found.length + " filters");
	}

	function option(label, note, act) {
		const e = element("div", { role: "option", id: "add-" + options.length, "aria-selected": "false" }, label);
		if (note) e.append(" ", element("span", { class: "quiet" }, note));
		e.act = act;
		options.push(e);
		return e;
	}

	function activate(i) {
		options[active]?.setAttribute("aria-selected", "false");
		active = (i + options.length) % options.length;
		options[active].setAttribute("aria-selected", "true");
		input.setAttribute("aria-activedescendant", options[active].id);
		options[active].scrollIntoView({ block: "nearest" });
	}

	function choose(chosen) {
		close();
		chosen.act();
	}

	const moves = { ArrowDown: () => activate(active + 1), ArrowUp: () => activate(active - 1), Enter: () => choose(options[active]) };
	menu.addEventListener("keydown", (event) => {
		if (event.isComposing) return;
		if (event.key === "Escape") {
			close();
			button().focus();
		} else if (!moves[event.key]) return;
		else moves[event.key]();
		event.preventDefault();
	});
	menu.addEventListener("mousedown", (event) => { if (event.target !== input) event.preventDefault(); }); // the focus stays
	menu.addEventListener("click", (event) => {
		const chosen = event.target.closest("[role=option]");
		if (!chosen) return;
		event.stopPropagation(); // the menu is gone by the time that others would ask whose click it is
		choose(chosen);
	});
	menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) close(); });
	input.addEventListener("input", show);
	show();
	menu.scrollIntoView({ block: "nearest" });
	input.focus({ preventScroll: true });
}

function whole() {
	const filters = find("#filters");
	filters.open = true;
	find("summary", filters).focus();
}

function close() {
	const menu = sheet();
	if (!menu) return;
	menu.id = ""; // removing it takes the focus out, which closes it
	menu.remove();
	if (button()) button().ariaExpanded = "false";
}

on("mousedown", (event) => { if (sheet() && event.target.closest("#add-filter")) event.preventDefault(); });
on("click", (event) => {
	if (!event.target.closest("#add-filter")) return;
	if (sheet()) close();
	else open();
});

onKey("f", () => {
	if (!button()) return false;
	open();
});
