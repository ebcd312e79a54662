// Keys of one character. They get in the way of speech input, so that the reader
// may turn them off (WCAG 2.1.4); that is remembered in this browser.
import { all, find, on } from "./dom.js";
import { onReady } from "./ready.js";

const storage = "portal.keys.off";
const keysOff = () => { try { return localStorage.getItem(storage) === "1"; } catch { return false; } };

on("change", (event) => {
	if (!event.target.matches("[data-keys-on]")) return;
	try {
		if (event.target.checked) localStorage.removeItem(storage);
		else localStorage.setItem(storage, "1");
	} catch { /* storage is closed: the keys stay on */ }
});
onReady((root) => all("[data-keys-on]", root).forEach((e) => { e.checked = !keysOff(); }));

const keys = {
	"?": () => find("#keys")?.showModal(),
	"/": () => {
		const box = find("#q");
		box?.focus();
		box?.select();
	},
};

// A page that the browser kept comes back with the focus in the box: what is typed there is the next question.
addEventListener("pageshow", (event) => {
	if (event.persisted && document.activeElement?.id === "q") document.activeElement.select();
});

// onKey gives a key of one character something to do; returning false leaves the
// key to the browser.
export function onKey(key, act) { keys[key] = act; }

const typing = (e) => e.isContentEditable || e.matches("input:not([type=checkbox]), select, textarea");

on("keydown", (event) => {
	if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
	if (!Object.hasOwn(keys, event.key) || typing(event.target) || find("dialog[open]") || keysOff()) return;
	if (keys[event.key]() !== false) event.preventDefault();
});
