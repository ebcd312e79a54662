// The form that starts an export estimates by itself how large it will be. Without this a link does.
import { announce } from "./announce.js";
import { find, on } from "./dom.js";

async function estimate(root) {
	const place = find("[data-estimate]", root);
	if (!place) return;
	const offer = [...place.childNodes];
	const abort = new AbortController();
	root.addEventListener?.("close", () => abort.abort());
	place.textContent = "Estimating its size…";
	try {
		const answer = await fetch(place.dataset.estimate, { signal: abort.signal, headers: { "HX-Request": "true" } });
		if (answer.redirected || !answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error("not estimated");
		const html = await answer.text();
		if (!html.includes("export-estimated")) throw new Error("not estimated");
		place.innerHTML = html;
		announce(place.textContent.trim().replace(/\s+/g, " "));
	} catch {
		place.replaceChildren(...offer);
	}
}

on("portal:dialog", (event) => {
	find(".export-form input:checked", event.detail)?.focus();
	estimate(event.detail);
});
estimate(document);
