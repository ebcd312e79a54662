package main

import (
	"net/http"
	"strings"
	"testing"
)

// A token made for a saved view, copied, used by a script, and revoked, as people click; the script's word is the page's.
func TestTokenByClicking(t *testing.T) {
	t.Parallel()
	p := demo(t)
	b := newTab(t, p.url)
	b.expect(http.StatusUnprocessableEntity)
	list := "/transactions?createdAt.start=now-1d/d&tz=America/New_York&columns=transactionId,status"
	b.open(list)
	b.signIn("finance@example.com", demoPassword)
	b.at(list)
	b.click("#views-menu summary", "Views")
	b.fill("#save-name", "Yesterday")
	b.click("#views-menu button", "Save view")
	b.until("the view", `document.querySelector(".notice")?.textContent.includes("Saved as")`)

	b.open("/account")
	b.click("nav.tabs a", "Access tokens")
	b.heading("Access tokens")
	b.looks("tokens-none")
	eval[any](b, `document.querySelector("#name").required = false`)
	b.click("main form.stack button", "Make token")
	b.until("the refusal", `document.querySelector("#name[aria-invalid=true]")`)
	b.accessible("refused token")
	b.fill("#name", "Nightly close, on ledger-2")
	eval[any](b, `document.querySelector("#scope").value = [...document.querySelectorAll("#scope option")].find((o) => o.textContent === "Yesterday").value`)
	b.click("main form.stack button", "Make token")
	b.until("the token", `document.querySelector("#token")?.value.startsWith("tpp_")`)
	b.until("the focus on it", `document.activeElement.id === "made"`)
	b.accessible("token just made")
	b.looks("tokens-made")

	// What is copied is what is shown.
	eval[any](b, `(navigator.clipboard.writeText = async (text) => { copied = text }, 0)`)
	for _, id := range []string{"token", "header", "curl"} {
		b.click(`button[aria-label^="Copy"][data-copy="`+strings.ReplaceAll(eval[string](b, `document.querySelector("#`+id+`").value`), `"`, `\"`)+`"]`, "Copy")
		b.until("the copy of the "+id, `window.copied === document.querySelector("#`+id+`").value`)
	}
	header := eval[string](b, `document.querySelector("#header").value`)
	_, address, _ := strings.Cut(eval[string](b, `document.querySelector("#curl").value`), "'")
	address = strings.TrimSuffix(address, "'")
	fetch := func() int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		b.must(err)
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
		response, err := http.DefaultClient.Do(r)
		b.must(err)
		defer func() { _ = response.Body.Close() }()
		return response.StatusCode
	}
	if got := fetch(); got != http.StatusOK {
		t.Errorf("the command's address with the header: got %d, want 200", got)
	}

	b.open("/account/tokens")
	if eval[bool](b, `document.body.innerHTML.includes("tpp_")`) {
		t.Error("got the token again, want it shown once")
	}
	if got := eval[int](b, `[localStorage, sessionStorage].filter((s) => JSON.stringify(s).includes("tpp_")).length`); got != 0 {
		t.Error("got the token in web storage")
	}
	b.until("its use", `document.querySelector("td[data-label='Last used']")?.textContent.includes("from 127.0.0.1")`)
	b.accessible("tokens")
	b.looks("tokens")
	b.click("td.actions button", "Revoke")
	b.until("the notice", `document.querySelector(".notice")?.textContent.includes("opens nothing any more")`)
	b.until("its state", `document.querySelector("td[data-label=State]")?.textContent.includes("Revoked")`)
	if got := fetch(); got != http.StatusUnauthorized {
		t.Errorf("the same after it was revoked: got %d, want 401", got)
	}
}
