// Paste anywhere: what is pasted outside of fields is looked for at once. Several lines are a list; a field of one line
// would run them together, so that goes for the boxes too.
import { find, on } from "./dom.js";

const editable = (e) => e.isContentEditable || e.matches?.("input, textarea, select");
const linesOf = (text) => text.split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean);

// A list goes by a form: it is too long for an address, and addresses are kept in histories.
function lookUp(lines) {
	const form = document.createElement("form");
	form.method = "post";
	form.action = "/find/list";
	form.hidden = true;
	const field = document.createElement("textarea");
	field.name = "list";
	field.value = lines.join("\n");
	form.append(field);
	document.body.append(form);
	form.submit();
	form.remove();
}

on("paste", (event) => {
	const box = find("#q");
	const target = event.target instanceof Element ? event.target : document.body;
	const inBox = target.matches("#q, #find-q");
	if (!box || event.defaultPrevented || find("dialog[open]") || (editable(target) && !inBox)) return;
	const lines = linesOf(event.clipboardData?.getData("text/plain") ?? "");
	if (!lines.length || (inBox && lines.length < 2)) return;
	event.preventDefault();
	if (lines.length > 1) {
		lookUp(lines);
		return;
	}
	box.value = lines[0];
	box.focus();
	box.form.requestSubmit();
});
