// "Count exactly" in place: the steps of /transactions/count show beside the size of the list as they come. Without
// this the link leads to a page that does the same.
import { announce } from "./announce.js";
import { find, on } from "./dom.js";

on("click", (event) => {
	const link = event.target.closest("a[data-count]");
	if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
	event.preventDefault();
	count(link);
});

async function count(link) {
	const place = link.closest("[data-counting]");
	const offer = [...place.childNodes];
	const abort = new AbortController();
	const step = document.createElement("span");
	step.textContent = "Counting…";
	const cancel = document.createElement("button");
	cancel.type = "button";
	cancel.textContent = "Cancel";
	cancel.addEventListener("click", () => abort.abort());
	place.replaceChildren("· ", step, " ", cancel);
	cancel.focus({ preventScroll: true });
	announce("Counting");
	// A list that was replaced meanwhile is another one: leave it alone, and stop asking for the old.
	const gone = () => { if (!place.isConnected) abort.abort(); };
	document.addEventListener("htmx:after:swap", gone);
	try {
		const end = await steps(link.href, abort.signal, (text) => { step.textContent = text; });
		if (place.isConnected) finish(place, end, document.activeElement === cancel);
	} catch (error) {
		if (!place.isConnected) return;
		place.replaceChildren(...offer);
		link.focus({ preventScroll: true });
		if (abort.signal.aborted) announce("Counting cancelled");
		else location.assign(error.next ?? link.href); // the page tells what is wrong
	} finally {
		document.removeEventListener("htmx:after:swap", gone);
	}
}

// steps reads the answer as it comes and returns its last element.
async function steps(href, signal, show) {
	const answer = await fetch(href, { signal, headers: { "HX-Request": "true" } });
	if (!answer.ok || answer.redirected && !new URL(answer.url).pathname.endsWith("/count")) {
		throw Object.assign(new Error("not counted"), { next: answer.headers.get("HX-Redirect") ?? undefined });
	}
	let html = "";
	for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
		const { done, value } = await reader.read();
		if (done) break;
		html += value;
		const latest = new DOMParser().parseFromString(html.slice(0, html.lastIndexOf("\n") + 1), "text/html").querySelector(".count-step:last-of-type");
		if (latest) show(latest.textContent);
	}
	const end = new DOMParser().parseFromString(html, "text/html").querySelector(".count-end");
	if (!end) throw new Error("cut off");
	return end;
}

// finish puts the number where the size of the list stands.
function finish(place, end, focused) {
	const size = find("#count");
	const total = end.querySelector(".count-total").textContent;
	const note = end.querySelector(".count-note").textContent;
	size.textContent = total;
	place.replaceChildren("· ", note);
	if (focused) {
		size.tabIndex = -1;
		size.focus({ preventScroll: true });
	}
	announce(total + ", " + note);
}
