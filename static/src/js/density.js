// The toggle of the rows' density, without a new page.
import { find, on } from "./dom.js";

on("submit", async (event) => {
	const form = event.target;
	if (!form.matches("form.density")) return;
	event.preventDefault();
	const button = find("button", form);
	const body = new URLSearchParams({ density: button.value });
	try {
		const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
		if (!answer.ok) throw new Error(answer.status);
	} catch {
		location.reload(); // signed out or no network: the page says which
		return;
	}
	const compact = button.value === "compact";
	if (compact) document.documentElement.dataset.density = "compact";
	else delete document.documentElement.dataset.density;
	button.value = compact ? "" : "compact";
	button.setAttribute("aria-pressed", String(compact));
});
