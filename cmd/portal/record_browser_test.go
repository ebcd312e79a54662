package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trustlyportal/trustlyclient/trustlytest"
)

var recordPictures = flag.String("record-pictures", "", "directory to write pictures of the record's page to, for each scenario of the reference")

// TestRecordPictures takes pictures of each scenario's last record, and of families that are hard to show.
func TestRecordPictures(t *testing.T) {
	if *recordPictures == "" {
		t.Skip("no test: it writes pictures when -record-pictures names a directory")
	}
	p := configured(t)
	b := newTab(t, p.url)
	b.open("/help/filters")
	b.signIn("ann@example.com", userPassword)
	b.at("/help/filters")
	now := time.Now()
	take := func(name, id string) {
		for _, look := range []struct {
			width int64
			theme string
		}{{1440, "light"}, {375, "dark"}} {
			b.resize(look.width)
			b.prefer(look.theme)
			b.open("/transactions/" + id + "?tz=America/New_York")
			b.recordPicture(fmt.Sprintf("%s-%d", name, look.width))
		}
	}
	for n := 1; n <= 13; n++ {
		payments := map[string]string{} // each with its last record
		var order []string
		for _, r := range trustlytest.Scenario(n, now) {
			id := p.api.Insert(r)
			if payments[r.Payment.ID] == "" {
				order = append(order, r.Payment.ID)
			}
			payments[r.Payment.ID] = id
		}
		for i, payment := range order {
			take(fmt.Sprintf("scenario-%02d-%d", n, i+1), payments[payment])
		}
	}
	take("scenario-14", p.insertAll(trustlytest.Scenario(14, now)))
	take("many", p.insertAll(trustlytest.ManyCaptures(500, now)))
	differing := p.insertAll(trustlytest.Scenario(7, now)) // the same payment anew
	p.api.Update(differing, func(r *trustlytest.Record) { r.Paid -= 500 })
	take("differing", differing)
}

// familiesAreSlow delays the lists that a record's page asks for, not the record.
func familiesAreSlow(d time.Duration) trustlytest.Fault {
	return trustlytest.Fault{Delay: d, Match: func(r *http.Request) bool { return r.URL.Query().Has("payment.paymentId") }}
}

// insertAll puts records into the sandbox and returns the last one's id.
func (p *configuredPortal) insertAll(records []trustlytest.Record) (last string) {
	for _, r := range records {
		last = p.api.Insert(r)
	}
	return last
}

// What is on screen after the first call stays where it is when the story comes. With and without script.
func TestStoryMovesNothing(t *testing.T) {
	t.Parallel()
	for _, scripts := range []bool{true, false} {
		p := configured(t)
		id := p.insertAll(trustlytest.Scenario(5, time.Now()))
		b := newTab(t, p.url)
		b.open("/account")
		b.signIn("ann@example.com", userPassword)
		b.at("/account")
		if !scripts {
			b.withoutScripts()
		}
		p.api.SetFault(familiesAreSlow(1500 * time.Millisecond))
		go func() { _ = chromedp.Do(b.ctx, chromedp.Navigate(b.base+"/transactions/"+id+"?tz=UTC")) }()
		type place struct{ Top, Left, Height float64 }
		const places = `[".words", ".money", ".references", "#group-0", "#group-1"].map((s) => { const r = document.querySelector(s).getBoundingClientRect(); return { Top: r.top, Left: r.left, Height: r.height } })`
		b.until("the record", `document.querySelector("#group-1") && !document.querySelector(".story") && document.querySelector(".detail").shadowRoot.querySelector("[part=asking]").getBoundingClientRect().height > 0`)
		before := eval[[]place](b, places)
		b.recordPicture(fmt.Sprintf("asking-scripts-%t", scripts))
		b.until("the story", loaded+` && document.querySelector(".story").getBoundingClientRect().height > 0`)
		after := eval[[]place](b, places)
		for i := range before {
			if before[i] != after[i] {
				t.Errorf("scripts %t: part %d moved from %v to %v", scripts, i, before[i], after[i])
			}
		}
		if above := eval[bool](b, `document.querySelector(".story").getBoundingClientRect().top > document.querySelector(".words").getBoundingClientRect().bottom && document.querySelector(".story").getBoundingClientRect().left === document.querySelector(".words").getBoundingClientRect().left && document.querySelector("#sums").getBoundingClientRect().top > document.querySelector(".story").getBoundingClientRect().bottom && document.querySelector(".sums-line").getBoundingClientRect().top > document.querySelector(".money").getBoundingClientRect().bottom`); !above {
			t.Errorf("scripts %t: the parts that came late are not in their places", scripts)
		}
		b.recordPicture(fmt.Sprintf("streamed-scripts-%t", scripts))
		if scripts {
			b.accessible("record, sent in parts")
		}
	}
}

// axe on the record's page in its states, and the page by the keyboard.
func TestRecordIsAccessible(t *testing.T) {
	t.Parallel()
	p := configured(t)
	b := newTab(t, p.url)
	b.expect(http.StatusNotFound)
	b.open("/account")
	b.signIn("ann@example.com", userPassword)
	b.at("/account")
	now := time.Now()
	for name, records := range map[string][]trustlytest.Record{
		"risk decline": trustlytest.Scenario(3, now), "returned": trustlytest.Scenario(4, now), "recurring": trustlytest.Scenario(8, now),
		"unknown codes": trustlytest.Scenario(11, now), "missing parts": trustlytest.Scenario(13, now), "hostile": trustlytest.Scenario(14, now),
		"many captures": trustlytest.ManyCaptures(120, now),
	} {
		b.open("/transactions/" + p.insertAll(records) + "?tz=UTC")
		b.until("the story", `document.querySelector(".story")`)
		eval[any](b, `document.querySelectorAll("main details:not(.menu)").forEach((d) => { d.open = true })`)
		b.accessible("record, " + name)
	}
	b.open("/transactions/4711")
	b.heading("No such transaction")
	b.accessible("unknown id")

	// A fold opens by the keyboard, and a record in it.
	last := p.insertAll(trustlytest.ManyCaptures(120, now))
	b.open("/transactions/" + last + "?tz=UTC")
	b.until("a fold", `document.querySelector(".folded summary")`)
	eval[any](b, `document.querySelector(".folded summary").focus()`)
	b.press(kb.Enter)
	b.until("the fold to open", `document.querySelector(".folded details").open`)
	b.press(kb.Tab)
	if !eval[bool](b, `document.activeElement.matches(".folded a.id, .folded ul")`) {
		t.Errorf("after the fold: got the focus on %s, want its first record", eval[string](b, `document.activeElement.outerHTML`))
	}

	// Without the family there is the record, and a way to try again that works.
	p.api.SetFault(trustlytest.Fault{Status: http.StatusForbidden, Match: func(r *http.Request) bool { return r.URL.Query().Has("payment.paymentId") }})
	time.Sleep(3 * time.Second) // the answer is kept for a moment
	b.open("/transactions/" + last + "?tz=UTC")
	b.until("the failure", `document.querySelector(".story .notice")`)
	b.accessible("record without its family")
	p.api.ClearFaults()
	b.click(".story .notice a", "Try again")
	b.until("the story", `document.querySelectorAll(".timeline > li").length > 5`)
}

// A record that goes on is told while its page is open, in the title too, and the page stays until the reader asks.
func TestWatchedRecord(t *testing.T) {
	t.Parallel()
	p := configured(t)
	id := p.insertAll(trustlytest.Scenario(10, time.Now()))
	b := newTab(t, p.url)
	b.open("/account")
	b.signIn("ann@example.com", userPassword)
	b.at("/account")
	b.hurry(5000, 100)
	b.open("/transactions/" + id + "?tz=UTC")
	n := len(b.seen(0))
	b.until("questions", `performance.getEntriesByType("resource").filter((e) => e.name.includes("/watch?")).length > 1`)
	if eval[bool](b, `document.querySelector("#changed") !== null`) {
		t.Error("a change is told before there is one")
	}
	for _, x := range b.seen(n) {
		if strings.Contains(x.path, "/watch?") && x.finished && x.status != http.StatusNoContent {
			t.Errorf("%s: got status %d, want 204 while nothing changed", x.path, x.status)
		}
	}
	p.api.Update(id, func(r *trustlytest.Record) {
		r.Status, r.UpdatedAt = trustlytest.StatusAuthorized, time.Now().UnixMilli()
	})
	time.Sleep(11 * time.Second) // an answer is shared for ten
	b.until("the change", find("#changed", "now Authorized.")+` !== undefined`)
	b.until("the mark in the title", `document.title.startsWith("● ")`)
	if got := eval[string](b, `document.querySelector(".head .status").textContent`); !strings.Contains(got, "On Hold") {
		t.Errorf("got the page changed to %q under the reader, want it to stay", got)
	}
	b.recordPicture("changed")
	b.accessible("record that changed")
	b.click("#changed a", "Show")
	b.until("the new status", `document.querySelector(".head .status").textContent.includes("Authorized")`)
}

// recordPicture is the whole page, not the window alone.
func (b *tab) recordPicture(name string) {
	b.Helper()
	if *recordPictures == "" {
		return
	}
	type size struct{ Width, Height int64 }
	s := eval[size](b, `({ Width: innerWidth, Height: document.documentElement.scrollHeight })`)
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.Width, Height: min(s.Height, 4000), DeviceScaleFactor: 1})
	b.must(err)
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	b.must(os.WriteFile(filepath.Join(*recordPictures, name+".png"), shot, 0o600))
	b.resize(s.Width)
}
