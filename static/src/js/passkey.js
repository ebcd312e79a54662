// Passkeys: <form data-passkey="get|create" data-options="JSON" data-origin="https://…"> is shown where
// passkeys work (shown.js). Sending it asks the browser first.
import { find, on } from "./dom.js";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

// options are the page's with the challenge, in the bytes that the browser wants.
function options(form, challenge) {
	const o = JSON.parse(form.dataset.options);
	o.challenge = toBytes(challenge);
	if (o.user) o.user.id = toBytes(o.user.id);
	for (const list of [o.allowCredentials, o.excludeCredentials]) {
		list?.forEach((c) => { c.id = toBytes(c.id); });
	}
	return { publicKey: o };
}

// answer is the credential as JSON.
function answer(c) {
	const r = c.response;
	const response = { clientDataJSON: toText(r.clientDataJSON) };
	if (r.attestationObject) {
		response.attestationObject = toText(r.attestationObject);
		response.transports = r.getTransports?.() ?? [];
	} else {
		response.authenticatorData = toText(r.authenticatorData);
		response.signature = toText(r.signature);
		if (r.userHandle) response.userHandle = toText(r.userHandle);
	}
	return JSON.stringify({ id: c.id, rawId: toText(c.rawId), type: c.type, response, clientExtensionResults: c.getClientExtensionResults() });
}

const troubles = {
	NotAllowedError: "No passkey was used: it was canceled, took too long, or there is none for this portal here.",
	InvalidStateError: "This device or key has a passkey for your account already.",
	SecurityError: "The browser does not allow passkeys at this address.",
};

on("submit", async (event) => {
	const form = event.target.closest("form[data-passkey]");
	if (!form) return;
	event.preventDefault();
	const told = find("[data-passkey-error]", form);
	const button = event.submitter ?? find("button", form);
	told.hidden = true;
	button.disabled = true;
	try {
		const asked = await fetch("/login/challenge", { method: "POST", headers: { Accept: "application/json" } });
		if (!asked.ok) throw new Error("The portal did not answer. Try again.");
		const { challenge, ticket } = await asked.json();
		const credential = await navigator.credentials[form.dataset.passkey](options(form, challenge));
		find("[data-passkey-ticket]", form).value = ticket;
		find("[data-passkey-credential]", form).value = answer(credential);
		form.submit(); // without another event of this kind
	} catch (e) {
		told.textContent = troubles[e.name] ?? (e.name === "Error" ? e.message : "The passkey could not be used.");
		told.hidden = false;
	} finally {
		button.disabled = false;
	}
});
