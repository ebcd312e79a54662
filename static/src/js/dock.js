// The dock stands at the end of the list and floats at the foot of the window while the list is longer: what is in it
// moves no row.
import { find, make } from "./dom.js";

export function dock() {
	const there = find("#dock");
	if (there) return there;
	const made = make("div", { id: "dock" });
	find("#results").append(made);
	return made;
}
