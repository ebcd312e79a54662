// What only works with scripts is hidden in the HTML; here it is shown, on the
// first page and on whatever htmx puts in later.
import { all, on } from "./dom.js";

function show(root) {
	all("[data-copy][hidden], [data-open][hidden], [data-fill-email][hidden], [data-script][hidden]", root).forEach((e) => { e.hidden = false; });
	// Passkeys work where the browser knows them and the portal stands at its own address (passkey.js).
	for (const form of all("form[data-passkey][hidden]", root)) {
		const works = window.PublicKeyCredential && location.origin === form.dataset.origin;
		form.hidden = !works;
		for (const other of all("[data-passkey-elsewhere]", form.parentElement)) other.hidden = Boolean(works);
	}
	const asked = all("input[data-zone], a[data-zone-link]", root);
	if (!asked.length) return; // finding the zone out takes as long as all the rest
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	asked.filter((e) => e.matches("input")).forEach((e) => { e.value = zone || ""; });
	asked.filter((e) => e.matches("a")).forEach((e) => { if (zone) e.search += `${e.search ? "&" : "?"}tz=${encodeURIComponent(zone)}`; });
}

show(document);
on("htmx:after:process", (event) => show(event.target));
