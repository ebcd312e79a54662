// What happens when htmx replaces the list.
import { announce } from "./announce.js";
import { find, on } from "./dom.js";
import { worked } from "./edit.js";
import { fill } from "./filters.js";

on("htmx:after:swap", (event) => {
	const ctx = event.detail.ctx;
	if (!ctx?.target || ctx.target.id !== "results") return;

	const filters = find("#filters");
	const form = find("#filter-form");
	const refused = ctx.response?.status === 422;
	// The form to keep was not there (an error page stood here): take the whole page.
	if (filters && !form) {
		location.reload();
		return;
	}
	if (form && !refused) fill(form);
	const to = worked();
	if (form && !refused) filters.open = false;
	// What had the focus is gone, unless htmx found it again by its id.
	if (document.activeElement === document.body || !document.activeElement?.checkVisibility()) {
		(to ?? find("#heading"))?.focus({ preventScroll: true });
	}
	const results = find("#results");
	if (results.getBoundingClientRect().top < 0) results.scrollIntoView({ behavior: "instant" });

	const alert = find("#results [role=alert], #results .error, #results .empty");
	announce(alert ? alert.innerText.trim().replace(/\s+/g, " ").slice(0, 300) : (find("#count")?.textContent ?? ""));
});

// No answer at all: follow the link as a browser would, so that the reader sees
// the browser's own word on it, with its own "reload".
on("htmx:error", (event) => {
	const ctx = event.detail.ctx;
	if (ctx?.request?.method === "GET" && ctx.target?.id === "results" && !ctx.response) location.assign(ctx.request.action);
});
