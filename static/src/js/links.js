// Links to copy, and the private link that is made without leaving the list.
import { announce } from "./announce.js";
import { find, on } from "./dom.js";

// A link's field is there to be copied: entering it takes the whole.
on("focusin", (event) => {
	if (event.target.matches?.("[data-select]")) event.target.select();
});

// The form that made the link is gone: go on with its button.
on("htmx:after:swap", (event) => {
	if (event.detail.ctx?.target?.id !== "private-link") return;
	const made = find("#made-link");
	if (!made) return;
	(find("#private-link [data-copy]:not([hidden])") ?? made).focus();
	announce("Private link made");
});
