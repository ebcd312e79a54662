package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"trustlyportal/trustlyclient/trustlytest"
)

// column is a pasted column of 40 lines: records, references, what does not exist, and two double.
func column(api *trustlytest.Server) string {
	lines := []string{"Transaction ID"}
	for i, r := range api.Records()[100:130] {
		text := r.ID
		switch {
		case i%5 == 1 && r.ProviderID != "":
			text = r.ProviderID
		case i%5 == 3 && !slices.Contains(lines, r.Payment.MerchantReference): // several records share one
			text = r.Payment.MerchantReference
		}
		lines = append(lines, text)
	}
	for i := range 7 {
		lines = append(lines, fmt.Sprintf("99000000%02d", i))
	}
	return strings.Join(append(lines, lines[1], lines[2]), "\n")
}

// lookUp puts a text into the list's form as the clipboard does, and sends it.
func (b *tab) lookUp(list string) {
	b.Helper()
	b.click("textarea[name=list]", "")
	b.must(chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector("textarea[name=list]").value = `+quote(list))))
	b.click("main form button[type=submit]", "Look up")
}

const worksheetEnded = `document.querySelector("#worksheet") && !document.querySelector("#worksheet[data-running]")`

// A pasted list from the form to the record and back, followed by itself, and nothing for axe to find in any state.
func TestPastedList(t *testing.T) {
	t.Parallel()
	p := configured(t)
	b := newTab(t, p.url)
	b.expect(http.StatusUnprocessableEntity)
	b.open("/find/list")
	b.signIn("ann@example.com", userPassword)
	b.at("/find/list")
	b.accessible("paste")
	b.lookUp(strings.Repeat("A1\n", 501))
	b.until("the refusal", `document.querySelector("[role=alert]")?.textContent.includes("501 entries")`)
	b.accessible("refused paste")

	list := column(p.api)
	p.api.SetFault(trustlytest.Fault{Delay: 3 * time.Second})
	b.lookUp(list)
	b.until("the worksheet", `document.querySelector("#worksheet")`)
	here := b.location()
	n := len(b.seen(0))
	b.until("some progress", `document.querySelector("progress")?.value > 3`)
	b.accessible("running worksheet")
	eval[any](b, `kept = [...document.querySelectorAll("#worksheet .segments a")][0], kept.focus(), before = document.querySelector("progress").value, 0`)
	b.until("more progress", `document.querySelector("progress")?.value > before`)
	if !eval[bool](b, `document.activeElement === kept`) {
		t.Error("after more progress: got the focus elsewhere, want it where it was")
	}
	p.api.ClearFaults()
	b.until("the end", worksheetEnded)
	polled := 0
	for _, x := range b.seen(n) {
		if x.fragment && strings.HasPrefix(x.path, here) {
			polled++
		}
	}
	if polled == 0 {
		t.Error("got no fragment of the worksheet, want it to follow by itself")
	}
	b.until("the end to be announced", `document.querySelector("#announce").textContent.startsWith("Complete: ")`)
	lead := eval[string](b, `document.querySelector("#worksheet .lead").textContent`)
	if !strings.Contains(lead, "7 not found") || !strings.Contains(lead, "2 duplicates") {
		t.Errorf("got %q, want 7 not found and 2 duplicates", lead)
	}
	b.until("the table still to know whether it fits", `document.querySelector("#worksheet .scroll").matches("[data-wide], [data-fits]")`)
	b.accessible("done worksheet")
	b.click("#worksheet .segments a", "Not found")
	b.at(here + "?show=missing")
	if rows := eval[int](b, `document.querySelectorAll("table.worksheet tbody tr").length`); rows != 7 {
		t.Errorf("not found: got %d rows, want 7", rows)
	}
	b.accessible("filtered worksheet")
	b.click("#worksheet .segments a", "Found")
	b.at(here + "?show=found")
	b.click("table.worksheet tbody td a", "")
	b.heading(" of ")
	b.goBack()
	b.at(here + "?show=found")
	n = len(b.seen(0))
	time.Sleep(2500 * time.Millisecond)
	for _, x := range b.seen(n) {
		if x.fragment {
			t.Errorf("an ended worksheet: got %v, want it to hold still", x)
		}
	}
}

// Without JavaScript the browser asks again by itself until the end.
func TestPastedListWithoutJavaScript(t *testing.T) {
	t.Parallel()
	p := configured(t)
	b := newTab(t, p.url)
	b.withoutScripts()
	b.open("/find/list")
	b.signIn("ann@example.com", userPassword)
	b.at("/find/list")
	p.api.SetFault(trustlytest.Fault{Delay: 300 * time.Millisecond})
	b.lookUp(column(p.api))
	b.until("some progress", `document.querySelector("progress")?.value > 3`)
	p.api.ClearFaults()
	b.until("the end", worksheetEnded)
	b.click("#worksheet form button", "Delete")
	b.at("/find/list")
	b.until("the notice", `document.querySelector(".notice")?.textContent.includes("deleted")`)
}
