// Short names for what every part does all day.
export const find = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const on = (event, handle) => document.addEventListener(event, handle);

// make builds an element; what is undefined or false among the attributes is left out.
export function make(tag, attributes, ...inside) {
	const e = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (value !== undefined && value !== false) e.setAttribute(name, value);
	}
	e.append(...inside);
	return e;
}
