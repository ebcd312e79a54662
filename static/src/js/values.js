// What a cell of the list holds, whole.
import { find } from "./dom.js";

// Marks that keep the direction of a text to itself are no part of it.
const plain = (text) => text.replace(/[\u2066-\u2069]/g, "").replace(/\s+/g, " ").trim();

// textOf is a cell's value without what is said beside it: the amount without its currency.
export const textOf = (cell) => plain((find("a, .status, strong, .cut, time", cell) ?? cell).textContent);

// wholeOf is the cell as it is read, with what is said beside the value.
export function wholeOf(cell) {
	const time = find("time", cell);
	if (time) return clock(time).text;
	return plain([...cell.childNodes].filter((e) => !e.matches?.("button")).map((e) => e.textContent).join(" "));
}

// clock tells a time in the list's zone, to the millisecond.
export function clock(time) {
	const at = new Date(time.dateTime);
	const zone = time.closest("[data-tz]")?.dataset.tz ?? "UTC";
	const part = {};
	const format = new Intl.DateTimeFormat("en-US", {
		timeZone: zone, hourCycle: "h23", timeZoneName: "short",
		year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
	});
	for (const { type, value } of format.formatToParts(at)) part[type] = value;
	const day = `${part.year}-${part.month}-${part.day}`;
	const second = `${day} ${part.hour}:${part.minute}:${part.second}`;
	return { day, second, zone, text: `${second}.${time.dateTime.slice(20, 23)} ${part.timeZoneName}`, utc: time.dateTime };
}

// labelOf is what a column is called; its zone stands beside it.
export const labelOf = (head) => plain([...head.childNodes].filter((e) => !e.matches?.(".zone")).map((e) => e.textContent).join(" "));
