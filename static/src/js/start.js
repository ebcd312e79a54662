// What runs before the page is drawn: little, and nothing that asks for sizes. The other scripts, htmx and portal.js,
// begin when the reader sees the page. internal/generate puts the two together, these as the function theRest.
import "./shown.js";
import "./wide.js";

const unseen = 1000; // milliseconds: a tab in the background is not drawn, and needs its scripts all the same

let begun = false;
function begin() {
	if (begun) return;
	begun = true;
	// What the page keeps for later (views/filterform.templ): fields that browsers would look through before they draw.
	for (const part of document.querySelectorAll("template[data-later]")) part.replaceWith(part.content);
	theRest();
}
requestAnimationFrame(() => setTimeout(begin)); // a timer that is set as a frame begins runs when it is over
setTimeout(begin, unseen);
