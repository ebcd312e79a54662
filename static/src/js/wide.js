// The heads of a table stay in sight while the page scrolls. A table that fits lets them stick to the window; one that
// is wider than its place has to scroll in a box of its own, and they stick to that. Only the browser knows which.
import { all } from "./dom.js";
import { onReady } from "./ready.js";

const measure = (box) => {
	const table = box.firstElementChild;
	if (table) box.dataset.wide = table.offsetWidth > box.clientWidth + 1;
};
const sizes = new ResizeObserver((entries) => entries.forEach((e) => measure(e.target.closest(".scroll"))));

onReady((root) => all(".scroll:has(> .list[data-rows])", root).forEach((box) => {
	measure(box);
	sizes.observe(box);
	sizes.observe(box.firstElementChild);
}));
