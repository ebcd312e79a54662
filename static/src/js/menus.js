// Menus are <details>: they close when the reader goes elsewhere, and by Escape.
// A .in-flow one stands in the page and stays.
import { all, find, on } from "./dom.js";

const menus = "details.menu[open], #filters[open]";

on("click", (event) => {
	const button = event.target.closest("[data-open]");
	if (button) document.getElementById(button.dataset.open)?.showModal();
	all(menus).forEach((d) => {
		const own = d.contains(event.target) || d.id === "filters" && event.target.closest("a[href^='#f-']");
		if (!own && !d.closest(".in-flow")) d.open = false;
	});
});

on("keydown", (event) => {
	if (event.key !== "Escape" || event.defaultPrevented || find("dialog[open]")) return;
	const open = document.activeElement?.closest(menus) ?? find(menus);
	if (!open || open.closest(".in-flow")) return;
	event.preventDefault();
	open.open = false;
	(document.getElementById(open.dataset.opener) ?? find("summary", open))?.focus();
});
