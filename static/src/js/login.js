// The demo's accounts fill in the sign-in form.
import { find, on } from "./dom.js";

on("click", (event) => {
	const button = event.target.closest("[data-fill-email]");
	if (!button) return;
	find("#email").value = button.dataset.fillEmail;
	find("#password").value = button.dataset.fillPassword;
	find("#password").form.querySelector("[type=submit]").focus();
});
