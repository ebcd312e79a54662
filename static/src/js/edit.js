// One filter at a time. The filter form is the only one there is, so nothing is
// sent twice: it is shown as a small sheet under what was clicked, with one
// control in it.
import { offerCalendar } from "./calendar.js";
import { all, find, on } from "./dom.js";
import { fill } from "./filters.js";
import { place } from "./place.js";

const names = (control) => [...new Set(all("[name]", control).map((e) => e.name))];
export const labelOf = (control) => find("legend, label:not(.check), .label", control).textContent.trim();

let opener; // what the sheet stands under, by its id: htmx replaces the element

// edit opens the control's sheet under an element that has an id.
export function edit(control, under) {
	const filters = find("#filters");
	const form = find("#filter-form");
	if (!filters.open) fill(form); // what was not applied is not meant
	leave(filters);
	opener = under.id;
	filters.dataset.opener = opener;
	filters.classList.add("one");
	filters.open = true;
	control.classList.add("shown");
	for (const d of [control.closest(".more"), find(".pick", control)]) {
		if (d && !d.open) {
			d.open = true;
			d.dataset.shut = "";
		}
	}
	const [name] = names(control);
	form.ariaLabel = labelOf(control);
	find("#remove-filter").hidden = !document.getElementById("c-" + name);
	const explain = find("#explain");
	explain.dataset.all = explain.textContent;
	explain.textContent = "What is this?";
	explain.hash = name;
	offerCalendar(control);
	place(".one > .panel", opener);
	const first = find("input:checked", control) ?? find("fieldset input, input, select", control);
	first.focus({ preventScroll: true });
	if (first.matches("input:not([type=checkbox])")) first.select();
	find("#explain").scrollIntoView({ block: "nearest" });
}

// leave makes the whole form of it again.
function leave(filters) {
	if (!filters.classList.contains("one")) return;
	filters.classList.remove("one");
	delete filters.dataset.opener;
	const form = find("form", filters);
	form.ariaLabel = "Filters";
	all(".shown", form).forEach((e) => e.classList.remove("shown"));
	all("[data-shut]", form).forEach((d) => { d.open = false; delete d.dataset.shut; });
	const explain = find("#explain");
	explain.textContent = explain.dataset.all;
	explain.hash = "";
	find("#remove-filter").hidden = true;
}

document.addEventListener("toggle", ({ target }) => {
	if (target.id !== "filters" || target.open || !target.classList.contains("one")) return;
	leave(target);
	fill(find("#filter-form")); // what was not applied is not meant
}, true);

on("click", (event) => {
	const { target } = event;
	const link = target.closest("a[href^='#f-']");
	const control = link && document.getElementById(decodeURIComponent(link.hash.slice(1)))?.closest("#filters .control");
	if (control) {
		event.preventDefault();
		const menu = link.closest("details.menu");
		if (menu) menu.open = false;
		if (control.closest(".in-flow")) reveal(control);
		else edit(control, menu ? find("#custom") : link);
	} else if (target.closest(".one > summary")) {
		event.preventDefault();
		leave(find("#filters"));
	} else if (target.closest("#remove-filter")) {
		clear(find(".shown"));
	}
});

// In a form that stands in the page the control is unfolded where it is.
function reveal(control) {
	for (let d = find(".pick", control) ?? control.closest(".more"); d && d.id !== "filters"; d = d.parentElement.closest("details")) d.open = true;
	control.scrollIntoView({ block: "nearest" });
	find("summary, input, select", control).focus({ preventScroll: true });
}

function clear(control) {
	for (const e of all("[name]", control)) {
		if (e.type === "checkbox") e.checked = false;
		else e.value = "";
	}
	find("#filter-form").requestSubmit();
}

// Where the work went: after the list was replaced, the focus goes to the chip that was made or changed, to the one
// beside a chip that was removed, or to where a new one comes from.
let removed = -1;
on("click", (event) => {
	const x = event.target.closest(".chip-x");
	removed = x ? all(".chip-x").indexOf(x) : -1;
});

export function worked() {
	const filters = find("#filters.one");
	const changed = filters && (document.getElementById("c-" + names(find(".shown", filters))[0]) ?? document.getElementById(opener));
	const rest = all(".chip-x");
	const beside = removed < 0 ? null : rest[Math.min(removed, rest.length - 1)];
	const to = changed ?? (filters || removed >= 0 ? beside ?? find("#add-filter") : null);
	removed = -1;
	return to;
}
