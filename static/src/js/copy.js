// Buttons that copy a text: <button data-copy="the text">, or that of a field or an element that shows it anyway:
// <button data-copy-from="#id">.
import { announce } from "./announce.js";
import { find, on } from "./dom.js";

// copy puts a text into the clipboard and shows a tick on the button for a moment.
export async function copy(text, button) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		announce("Copying is not allowed here");
		return;
	}
	announce("Copied");
	const use = button && find("use", button);
	if (!use) return;
	const href = use.getAttribute("href");
	if (href.endsWith("#circle-check")) return; // the tick of a copy just made
	use.setAttribute("href", href.replace(/#.*/, "#circle-check"));
	setTimeout(() => use.setAttribute("href", href), 1500);
}

on("click", (event) => {
	const button = event.target.closest("[data-copy], [data-copy-from]");
	if (!button) return;
	const source = button.dataset.copyFrom && find(button.dataset.copyFrom);
	copy(source ? source.value ?? source.textContent : button.dataset.copy, button);
});
