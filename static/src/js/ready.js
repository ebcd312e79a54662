import { on } from "./dom.js";

const steps = [];

// onReady runs a step over the document now and over each part that htmx puts in.
export function onReady(step) {
	steps.push(step);
	step(document);
}

on("htmx:after:process", (event) => steps.forEach((step) => step(event.target)));
