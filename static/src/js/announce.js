import { find } from "./dom.js";

const room = 5000; // milliseconds that the answer to what a reader did stands alone

let announcing, last = 0;

// announce says a change to screen readers. Later changes replace earlier ones:
// only where the reader ended up is said.
export function announce(text) {
	clearTimeout(announcing);
	last = Date.now();
	announcing = setTimeout(() => { const e = find("#announce"); if (e) e.textContent = text; }, 400);
}

// mention says what came by itself and stands in an element. It waits while what the reader did is being answered; what
// the page has no longer by then is not said.
export function mention(place) {
	const left = last + room - Date.now();
	if (left > 0) setTimeout(mention, left, place);
	else if (place.isConnected) announce(place.textContent.trim());
}
