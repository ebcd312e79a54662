// Sheets stand under what opened them. Their places are rules of a style sheet of
// its own: htmx writes attributes anew, and the policy allows no style among them.
import { find } from "./dom.js";

const rules = new CSSStyleSheet();
document.adoptedStyleSheets.push(rules);

let last = [];

// place puts what matches a selector, within the bar of filters, under an element
// told by its id, as far left as it must to be seen whole.
export function place(selector, id) {
	last = [selector, id];
	const sheet = find(selector);
	const under = document.getElementById(id)?.getBoundingClientRect();
	if (!sheet || !under) return;
	rules.replaceSync("");
	const { left, top, width } = find(".filters-bar").getBoundingClientRect();
	const x = Math.max(0, Math.min(under.left - left, width - sheet.offsetWidth));
	rules.replaceSync(`${selector} { left: ${x}px; top: ${under.bottom - top + 6}px }`);
}

addEventListener("resize", () => { if (last[0]) place(...last); });
