package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// From an invitation to an account that is signed in, and out again at once when an administrator ends it; with and
// without scripts.
func TestInviteAcceptEnd(t *testing.T) {
	t.Parallel()
	base := demo(t).url
	admin := newTab(t, base)
	admin.open("/admin/users")
	admin.signIn("admin@example.com", demoPassword)
	admin.at("/admin/users")
	admin.accessible("accounts")
	link := func(email string) string {
		t.Helper()
		admin.open("/admin/users")
		admin.fill("#email", email)
		admin.click("input[value=finance]", "")
		admin.click("form[method=post].stack button", "Make a link")
		admin.heading("Invitation")
		if !admin.shows("[data-copy-from='#link']") {
			t.Error("the link: got no button to copy it")
		}
		return eval[string](admin, `document.querySelector("#link").value`)
	}
	first := link("browser.guest@example.com")
	admin.accessible("a link, shown once")

	// The link's secret leaves the address as soon as it is read, and the page asks for a password.
	guest := newTab(t, base)
	guest.expect(http.StatusUnprocessableEntity, http.StatusUnauthorized)
	u, err := url.Parse(first)
	if err != nil || u.Fragment == "" || u.Path != "/login/invite" || u.RawQuery != "" {
		t.Fatalf("got the link %q, want one with its secret behind the #", first)
	}
	guest.open("/login/invite#" + u.Fragment)
	guest.heading("Choose a password")
	if at := eval[string](guest, `location.href + " " + document.referrer`); strings.Contains(at, u.Fragment) {
		t.Errorf("the secret stays in the address: %s", at)
	}
	guest.accessible("choosing a password")
	const password = "nine patient lanterns"
	const inside = `document.querySelector("#results")`
	guest.fill("#new", "short")
	guest.click("[data-show-password] input", "")
	if got := eval[string](guest, `document.querySelector("#new").type`); got != "text" {
		t.Errorf("shown: got an input of type %q", got)
	}
	guest.click("form.stack button", "Set the password")
	guest.until("the refusal", `document.querySelector(".field-error")`)
	guest.accessible("refused password")
	guest.fill("#new", password)
	guest.click("form.stack button", "Set the password")
	guest.heading("Password set")
	guest.accessible("password set")
	guest.click(".ways a", "Sign in")
	guest.signIn("browser.guest@example.com", password)
	guest.until("the list", inside)
	guest.open("/account/sessions")
	guest.heading("Sign-ins")
	guest.accessible("sign-ins")
	guest.open("/account/password")
	guest.heading("Password")
	guest.accessible("password")

	// The administrator ends it: the next page asks to sign in, and what was typed is still there.
	guest.open("/transactions?createdAt.start=now-14d&tz=America/New_York&count=10")
	guest.click("#filters > summary", "All filters")
	guest.fill("[name='payment.customer.name']", "Half typ")
	admin.open("/admin/users?q=browser.guest")
	admin.click("tbody th a", "browser.guest")
	admin.heading("browser.guest@example.com")
	admin.click("details.confirm summary", "Disable")
	admin.accessible("an account")
	admin.click("button[value=all]", "End all")
	admin.until("the notice", `document.querySelector(".notice")?.textContent.includes("signed out everywhere")`)
	guest.click("#filter-form button[type=submit]", "Apply")
	guest.heading("Sign in")
	guest.signIn("browser.guest@example.com", password)
	guest.until("the search again", `new URLSearchParams(location.search).get("payment.customer.name") === "Half typ"`)

	// A form that comes too late is kept, and sent on after signing in beside it.
	guest.open("/account")
	guest.fill("#tz", "Asia/Tokyo")
	admin.reload()
	admin.click("button[value=all]", "End all")
	admin.until("no sign-in", `document.body.textContent.includes("Signed in nowhere")`)
	guest.click("main form.stack button", "Save")
	guest.heading("You are signed out")
	guest.accessible("a form that is kept")

	// Without scripts: the code is pasted.
	second := link("browser.plain@example.com")
	plain := newTab(t, base)
	plain.withoutScripts()
	plain.open("/login/invite")
	plain.fill("#code", second)
	plain.click("form.stack button", "Go on")
	plain.heading("Choose a password")
	plain.fill("#new", password)
	plain.click("form.stack button", "Set the password")
	plain.heading("Password set")
	plain.open("/login")
	plain.signIn("browser.plain@example.com", password)
	plain.until("the list", inside)
	plain.open("/account/sessions")
	plain.heading("Sign-ins")
}
