// Pages that open in a dialog over the page: a link with data-dialog="NAME" shows its fragment, whose heading has the id
// NAME-title. Without this the link leads to the same as a page.
import { all, find, make, on } from "./dom.js";

on("click", async (event) => {
	const link = event.target.closest("a[data-dialog]");
	if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
	event.preventDefault();
	let answer;
	try {
		answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
	} catch { /* told below, by the browser */ }
	if (!answer?.ok) {
		location.assign(link.href);
		return;
	}
	const name = link.dataset.dialog;
	const dialog = make("dialog", { class: name + "-dialog", "aria-labelledby": name + "-title" });
	dialog.innerHTML = await answer.text();
	document.body.append(dialog);
	all("[data-script][hidden]", dialog).forEach((e) => { e.hidden = false; });
	dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
	dialog.addEventListener("click", (e) => {
		if (!e.target.closest("[data-close]")) return;
		e.preventDefault();
		dialog.close();
	});
	dialog.showModal();
	find("[type=search]", dialog)?.focus();
	document.dispatchEvent(new CustomEvent("portal:dialog", { detail: dialog }));
});
