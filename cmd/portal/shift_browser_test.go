package main

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"trustlyportal/trustlyclient/trustlytest"
)

// noticeable is half of what counts as a good cumulative layout shift. A busy machine draws a page in parts, which moves
// some of it by a few pixels.
const noticeable = 0.05

// Nothing that is in sight moves, neither when the story comes nor when the scripts add their buttons, at any width.
func TestRecordShiftsNothing(t *testing.T) {
	p := configured(t)
	b := newTab(t, p.url)
	b.open("/account")
	b.signIn("ann@example.com", userPassword)
	b.at("/account")
	_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `window.shifted = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) shifted += e.value; }).observe({ type: "layout-shift", buffered: true });`,
	})
	b.must(err)
	p.api.SetFault(familiesAreSlow(600 * time.Millisecond))
	for _, r := range trustlytest.Scenario(5, time.Now()) {
		id := p.api.Insert(r)
		for _, width := range []int64{1440, 768, 375} {
			b.resize(width)
			b.open("/transactions/" + id + "?tz=UTC")
			b.until("the story and the buttons", `document.querySelector(".story") && !document.querySelector("[data-copy][hidden]")`)
			time.Sleep(100 * time.Millisecond) // shifts are told after the frame
			if got := eval[float64](b, `shifted`); got > noticeable {
				t.Errorf("record %s at %d px: got a layout shift of %f, want at most %f", id, width, got, noticeable)
			}
		}
	}
}
