// What only works with scripts is hidden in the HTML; here it is shown, on the
// first page and on whatever htmx puts in later.
import { all, on } from "./dom.js";

const steps = [];

// onReady runs a step over the document now and over each part that htmx puts in.
export function onReady(step) {
	steps.push(step);
	step(document);
}

on("htmx:after:process", (event) => steps.forEach((step) => step(event.target)));

onReady((root) => {
	all("[data-copy][hidden], [data-open][hidden], [data-fill-email][hidden], [data-script][hidden]", root).forEach((e) => { e.hidden = false; });
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	all("input[data-zone]", root).forEach((e) => { e.value = zone || ""; });
	all("a[data-zone-link]", root).forEach((e) => { if (zone) e.search += `${e.search ? "&" : "?"}tz=${encodeURIComponent(zone)}`; });
});
