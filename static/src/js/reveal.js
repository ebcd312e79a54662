// A revealed value is hidden again after a minute, and when the reader leaves the
// page: going back must not show it once more.
import { announce } from "./announce.js";
import { all, find, on } from "./dom.js";

// conceal takes the value away; the focus goes back to where it was asked for.
function conceal(revealed) {
	const had = revealed.contains(document.activeElement);
	const field = revealed.closest("dd");
	revealed.remove();
	if (had && field) find(".reveal summary, .reveal button", field)?.focus();
}

on("htmx:after:swap", (event) => {
	const field = event.detail.ctx?.target;
	if (!field?.matches?.("dd")) return;
	const [revealed, ...before] = all(".revealed", field).reverse();
	before.forEach((e) => e.remove());
	if (!revealed) return;
	all("details[open]", field).forEach((d) => { d.open = false; });
	find("[data-conceal]", revealed).focus();
	if (!revealed.dataset.seconds) return;
	announce("Shown for " + revealed.dataset.seconds + " seconds");
	setTimeout(() => conceal(revealed), revealed.dataset.seconds * 1000);
});

on("click", (event) => {
	const button = event.target.closest("[data-conceal]");
	if (button) conceal(button.closest(".revealed"));
});

addEventListener("pagehide", () => all(".revealed").forEach((e) => e.remove()));
