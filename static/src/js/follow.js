// What is under way follows by itself, a worksheet that is looked up or an export that is read: its part of the page is
// asked for again until it ends.
import { announce } from "./announce.js";
import { find, on } from "./dom.js";

const every = 2000; // milliseconds

const followed = () => find("#worksheet, #export");
const running = () => find("#worksheet[data-running], #export[data-running]");
let said = followed()?.dataset.say;
let next;

function plan() {
	clearTimeout(next);
	if (running()) next = setTimeout(ask, every);
}

// Nobody looks at a hidden page; it asks when it is shown again.
function ask() {
	if (!running() || document.hidden) return;
	const place = "#" + running().id;
	htmx.ajax("GET", location.pathname + location.search, { source: place, target: place, swap: "outerMorph" }).then(plan, plan);
}

on("visibilitychange", () => { if (!document.hidden) plan(); });

// An answer that is none leaves the page as it is, to be asked for again: the portal may be starting anew.
on("htmx:before:swap", (event) => {
	const ctx = event.detail.ctx;
	if (ctx?.target && ctx.target === followed() && ctx.response?.status >= 500) event.preventDefault();
});

// Only what a person would call news is said.
on("htmx:after:swap", () => {
	const say = followed()?.dataset.say;
	if (say && say !== said) announce(say);
	said = say;
});

plan();
