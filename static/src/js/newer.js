// "3 newer transactions": an open list asks now and then whether rows arrived on top, and says so below the list. The
// list itself stays as it is until the reader asks for it.
import { mention } from "./announce.js";
import { dock } from "./dock.js";
import { find, make, on } from "./dom.js";

const every = 30_000;
const unattended = 15 * 60_000; // a page left alone stops asking: it must not keep its reader signed in

let timer, asked = Date.now(), touched = Date.now(), told;

// Readers of one list ask at the same moment, so that one question to the API serves them all.
function wait() {
	let shift = 0;
	for (const letter of location.search) shift = (shift * 31 + letter.codePointAt(0)) % every;
	const left = every - (Date.now() + shift) % every;
	return left < 5000 ? left + every : left;
}

function plan() {
	clearTimeout(timer);
	if (!find(".pager[data-since]") || document.hidden || Date.now() - touched > unattended) return;
	timer = setTimeout(ask, Date.now() - asked > every ? 0 : wait());
}

async function ask() {
	const pager = find(".pager[data-since]");
	if (!pager) return;
	asked = Date.now();
	const query = new URLSearchParams(location.search);
	query.set("since", pager.dataset.since);
	let answer;
	try {
		answer = await fetch("/transactions/newer?" + query, { headers: { "HX-Request": "true" } });
		if (answer.status === 200 && pager.isConnected) show(await answer.text(), query.toString());
	} catch { /* no network: the next time, perhaps */ }
	if (answer?.status !== 401) plan();
}

function show(html, list) {
	let holder = find("#newer");
	if (!holder) {
		holder = make("div", { id: "newer" });
		dock().prepend(holder);
	}
	if (holder.contains(document.activeElement)) return; // about to be pressed
	holder.innerHTML = html;
	window.htmx?.process(holder);
	if (told !== list) mention(holder);
	told = list;
}

for (const event of ["pointerdown", "pointermove", "keydown", "wheel"]) {
	document.addEventListener(event, () => {
		const late = Date.now() - touched > unattended;
		touched = Date.now();
		if (late) plan();
	}, { passive: true });
}
on("visibilitychange", plan);
on("htmx:after:swap", (event) => {
	if (event.detail.ctx?.target?.id !== "results") return;
	asked = Date.now();
	plan();
});
plan();
