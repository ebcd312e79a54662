// The heads of a table stay in sight while the page scrolls. A table that fits lets them stick to the window; one that
// is wider than its place has to scroll in a box of its own, and they stick to that. Only the browser knows which: it
// tells with the first frame, before that is drawn. (Two attributes, as the rules for one of them ask every cell.)
import { all, on } from "./dom.js";

const sizes = new ResizeObserver((entries) => new Set(entries.map((e) => e.target.closest(".scroll"))).forEach((box) => {
	const table = box?.firstElementChild;
	if (!table) return;
	const wide = table.offsetWidth > box.clientWidth + 1;
	box.toggleAttribute("data-wide", wide);
	box.toggleAttribute("data-fits", !wide);
}));

const watch = (root) => all(".scroll > .list[data-rows]", root).forEach((table) => {
	sizes.observe(table.parentElement);
	sizes.observe(table);
});

watch(document);
on("htmx:after:process", (event) => watch(event.target));
