// A record that is not final is asked for now and then, while its page is in sight, and a change is told below it and in
// the tab's title. The page stays as it is until the reader asks for it.
import { mention } from "./announce.js";
import { find, make, on } from "./dom.js";
import { onReady } from "./ready.js";

const step = 20_000;
const slowest = 120_000;
const unattended = 15 * 60_000; // a page left alone stops asking: it must not keep its reader signed in

let timer, interval = step, asked = Date.now(), touched = Date.now();

const place = () => find("[data-watch]");

// Readers of one record ask at the same moments, so that one request to the API serves them all.
function wait() {
	let shift = 0;
	for (const letter of location.pathname) shift = (shift * 31 + letter.codePointAt(0)) % step;
	const next = Date.now() + interval;
	return next - (next + shift) % step - Date.now();
}

function plan() {
	clearTimeout(timer);
	if (!place() || document.hidden || Date.now() - touched > unattended) return;
	timer = setTimeout(ask, Date.now() - asked > interval ? 0 : Math.max(wait(), 1000));
}

async function ask() {
	const at = place();
	if (!at) return;
	asked = Date.now();
	let answer;
	try {
		answer = await fetch(at.dataset.watch, { headers: { "HX-Request": "true" } });
		if (answer.status === 200) show(at, await answer.text());
		else interval = Math.min(interval * 2, slowest);
	} catch { /* no network: the next time, perhaps */ }
	if (answer?.status !== 401) plan();
}

function show(at, html) {
	let holder = find("#changed");
	if (!holder) {
		holder = make("div", { id: "changed" });
		find("main").append(holder);
	}
	at.remove();
	holder.innerHTML = html;
	interval = step;
	mention(find("span", holder) ?? holder);
	if (!document.title.startsWith("● ")) document.title = "● " + document.title;
}

for (const event of ["pointerdown", "pointermove", "keydown", "wheel"]) {
	document.addEventListener(event, () => {
		const late = Date.now() - touched > unattended;
		touched = Date.now();
		if (late) plan();
	}, { passive: true });
}
on("visibilitychange", plan);
onReady(plan);
