import { find } from "./dom.js";

let announcing;

// announce says a change to screen readers. Later changes replace earlier ones:
// only where the reader ended up is said.
export function announce(text) {
	clearTimeout(announcing);
	announcing = setTimeout(() => { const e = find("#announce"); if (e) e.textContent = text; }, 400);
}
