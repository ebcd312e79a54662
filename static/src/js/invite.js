// A one-time link brings its code behind the #, which goes to no server by itself: it fills in the form that asks for
// it, leaves the address, and the form goes on. Beside it: passwords that are being chosen can be shown.
import { find, on } from "./dom.js";
import { onReady } from "./ready.js";

onReady((root) => {
	const form = find("form[data-invite]", root);
	if (form && location.hash.length > 1) {
		find("[name=code]", form).value = location.hash.slice(1);
		history.replaceState(null, "", location.pathname);
		form.requestSubmit();
	}
});

on("change", (event) => {
	const label = event.target.closest("[data-show-password]");
	if (!label) return;
	find("input[name=new]", label.closest(".control")).type = event.target.checked ? "text" : "password";
});
