// The heads of a table stay in sight while the page scrolls. A table that fits lets them stick to the window; one that
// is wider than its place has to scroll in a box of its own, and they stick to that. Only the browser knows which: it
// tells with the first frame, before that is drawn. (Two attributes, as the rules for one of them ask every cell.)
import { all, on } from "./dom.js";

let wide = matchMedia("(max-width: 80rem)").matches; // until then: a right guess spares the browser a second layout

function tell(box) {
	box.toggleAttribute("data-wide", wide);
	box.toggleAttribute("data-fits", !wide);
}

const sizes = new ResizeObserver((entries) => new Set(entries.map((e) => e.target.closest(".scroll"))).forEach((box) => {
	const table = box?.firstElementChild;
	if (!table) return;
	wide = table.offsetWidth > box.clientWidth + 1;
	tell(box);
}));

// An answer that is fitted into the page takes what was told away, and leaves the sizes: they are asked for anew.
const watch = (root) => all(".scroll > .list[data-rows]", root).forEach((table) => {
	tell(table.parentElement);
	for (const e of [table.parentElement, table]) {
		sizes.unobserve(e);
		sizes.observe(e);
	}
});

watch(document);
on("htmx:after:process", (event) => watch(event.target));
