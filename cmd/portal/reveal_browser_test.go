package main

import (
	"strings"
	"testing"
)

// A masked value is shown on demand, hidden again by hand, by time and by leaving, and never stands in the page else.
func TestReveal(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.open("/transactions?transactionType=3&createdAt.start=now-60d&tz=UTC")
	b.signIn("support@example.com", demoPassword)
	b.click("#results tr[data-transaction-id] a", "")
	b.heading("Capture of")
	record := b.location()

	const field = `dd:has(input[value='payment.customer.email'])`
	const value = field + " .revealed bdi"
	reveal := func() string {
		t.Helper()
		b.click(field+" .reveal summary", "Reveal")
		b.fill(field+" input[name=reason]", "caller asked")
		b.press("\r")
		b.until("the value", find(value, "@"))
		return eval[string](b, find(value, "")+`.textContent`)
	}
	masked := func() bool { return b.shows(field+" .masked") && !b.shows(value) }

	if !masked() {
		t.Fatal("the record: got no masked e-mail address, want one")
	}
	email := reveal()
	if b.shows(field + " .masked") {
		t.Error("revealed: got the masked value beside it")
	}
	if !eval[bool](b, `document.activeElement.matches("[data-conceal]")`) {
		t.Error("revealed: got the focus elsewhere, want it on Hide")
	}
	b.until("the announcement", `document.querySelector("#announce").textContent === "Shown for 60 seconds"`)
	b.accessible("revealed")
	b.press("\r")
	b.until("the mask", `!document.querySelector(".revealed")`)
	if !masked() || !eval[bool](b, `document.activeElement.matches(".reveal summary")`) {
		t.Error("hidden: want the mask again, and the focus where it was asked for")
	}
	if strings.Contains(eval[string](b, `document.documentElement.outerHTML`), email) {
		t.Error("hidden: got the value in the page still")
	}

	// Time is up: the same after a second, as a minute is long.
	eval[any](b, `(window.setTimeoutOfOld = setTimeout, window.setTimeout = (f, ms) => setTimeoutOfOld(f, ms === 60000 ? 500 : ms), 0)`)
	reveal()
	b.until("the mask, by itself", `!document.querySelector(".revealed")`)

	b.click(field+" .reveal summary", "Reveal")
	b.accessible("asked why", ".sheet")
	b.open(record)
	reveal()
	b.open("/account")
	b.heading("Account")
	b.goBack()
	b.at(record)
	if !masked() {
		t.Error("back on the record: got the value, want the mask")
	}

	b.withoutScripts()
	b.open(record)
	b.click(field+" .reveal summary", "Reveal")
	b.click(field+" .reveal button", "Reveal")
	b.heading("Email")
	if got := eval[string](b, `document.querySelector(".shown").textContent`); got != email {
		t.Errorf("without scripts: got %q, want %q", got, email)
	}
	b.click(".ways a", "Hide now")
	b.heading("Capture of")
}
