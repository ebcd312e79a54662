package main

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"trustlyportal/trustlyclient/trustlytest"
)

// Counting exactly, in place: progress, cancel, the number; and on a page of its own where there are no scripts.
func TestCountInTheBrowser(t *testing.T) {
	t.Parallel()
	const list = "/transactions?createdAt.start=now-60d&tz=UTC"
	p := configured(t)
	b := newTab(t, p.url)
	b.open(list)
	b.signIn("ann@example.com", userPassword)
	b.at(list)
	if got := eval[string](b, `document.querySelector("#count").textContent`); got != "1–25 of at least 26" {
		t.Errorf("size of the list: got %q, want that there are at least 26", got)
	}

	p.api.SetFault(trustlytest.Fault{Delay: 2 * time.Second})
	b.click("a[data-count]", "Count exactly")
	b.until("progress", `document.querySelector("[data-counting]").textContent.includes("At least")`)
	b.accessible("count under way")
	b.picture("count-underway")
	b.press(kb.Enter) // the focus is on Cancel
	b.until("the offer again", `document.querySelector("a[data-count]") && document.activeElement.matches("a[data-count]")`)
	b.until("the cancelling to be announced", `document.querySelector("#announce").textContent === "Counting cancelled"`)

	p.api.ClearFaults()
	b.press(kb.Enter)
	b.until("the number", `/^[0-9,]+ transactions$/.test(document.querySelector("#count").textContent)`)
	b.until("the number to be announced", `document.querySelector("#announce").textContent.startsWith(document.querySelector("#count").textContent)`)
	b.until("the focus on it", `document.activeElement.id === "count"`)
	counted := eval[string](b, `document.querySelector("#count").textContent`)
	b.accessible("counted list")
	b.picture("counted")
	b.click("a[rel=next]", "Older")
	b.until("another page, of unknown size", `document.querySelector("#count").textContent === "25 transactions on this page" && document.querySelector("a[data-count]")`)

	b.withoutScripts()
	b.open(list)
	b.click("a[data-count]", "Count exactly")
	b.heading("Counting exactly")
	if got := eval[string](b, `document.querySelector(".count-total").textContent`); got != counted {
		t.Errorf("without scripts: got %q, want %q as with them", got, counted)
	}
	b.picture("count-page")
	b.click("main a.btn", "Back to the list")
	b.at(list)
}
