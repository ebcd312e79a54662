// The filter form: in step with the URL, which is the only state of a list.
import { all, find, on } from "./dom.js";

// An empty control is no filter: leave it out of the URL.
on("formdata", (event) => {
	if (event.target.id !== "filter-form") return;
	const data = event.formData;
	const kept = [...data].filter(([, value]) => value !== "");
	for (const name of new Set(data.keys())) data.delete(name);
	for (const [name, value] of kept) data.append(name, value);
});

// fill sets the form to what the URL says: it is kept while the list is replaced.
export function fill(form) {
	const query = new URLSearchParams(location.search);
	const days = [...query.keys()].some((name) => /At\.(start|end)$/.test(name));
	all("input[type=hidden]", form).forEach((e) => e.remove());
	for (const [name, value] of query) offer(form, name, value);
	for (const e of form.elements) {
		if (!e.name || e.type === "hidden") continue;
		const value = query.get(e.name);
		if (e.type === "checkbox") e.checked = query.getAll(e.name).includes(e.value);
		else if (value !== null) e.value = value;
		else if (e.id === "f-tz") e.value = days ? "UTC" : e.value; // without days, the zone in use stays
		else if (e.id === "f-count") e.value = "25";
		else if (e.tagName === "SELECT") e.selectedIndex = 0;
		else e.value = "";
		e.removeAttribute("aria-invalid");
	}
	all(".field-error", form).forEach((e) => e.remove());
	all(".pick", form).forEach(count);
}

// offer makes sure that the form can say a value: a code that it does not know is a choice too, and what no control
// asks for goes along, but for the place in the list.
function offer(form, name, value) {
	const known = [...form.elements].filter((e) => e.name === name);
	const [first] = known;
	if (!first) {
		if (name !== "after") form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
	} else if (first.tagName === "SELECT" && ![...first.options].some((o) => o.value === value)) {
		first.add(new Option(value, value));
	} else if (first.type === "checkbox" && !known.some((e) => e.value === value)) {
		const choice = first.closest(".check").cloneNode(true);
		find("input", choice).value = value;
		find(".name", choice).textContent = "Code " + value;
		find("small", choice)?.remove();
		first.closest(".check").before(choice);
	}
}

// How many boxes of a check list are ticked.
function count(pick) {
	const text = find(".picked", pick);
	if (!text) return;
	const ticked = all("input:checked", pick);
	text.textContent = ticked.length === 0 ? "any" : ticked.length === 1 ? find(".name", ticked[0].parentElement).textContent : ticked.length + " chosen";
}
on("change", (event) => {
	const pick = event.target.closest(".pick");
	if (pick) count(pick);
});
