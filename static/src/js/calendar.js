// Under the fields of a time: the browser's own calendar, for a day that is no word.
import { all, find } from "./dom.js";

export function offerCalendar(control) {
	const pair = find(".pair", control);
	if (!pair || find("[type=date]", pair)) return;
	for (const field of all("[list='times']", pair)) {
		const day = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1, ariaHidden: "true" });
		const button = Object.assign(document.createElement("button"), { type: "button", className: "btn pick-day", textContent: "Calendar…", ariaLabel: field.ariaLabel + ": calendar" });
		button.dataset.variant = "ghost";
		button.dataset.size = "xs";
		button.addEventListener("click", () => {
			day.value = field.value.slice(0, 10);
			day.showPicker();
		});
		day.addEventListener("change", () => {
			field.value = day.value;
			field.focus();
		});
		const cell = document.createElement("div");
		cell.className = "day";
		cell.append(day, button);
		pair.append(cell);
	}
}
