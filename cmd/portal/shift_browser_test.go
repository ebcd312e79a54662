package main

import (
	"strings"
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

// What the scripts do once the page has been drawn moves nothing that a reader may be about to click on.
func TestScriptsMoveNothing(t *testing.T) {
	t.Parallel()
	b := newTab(t, atLocalhost(t))
	b.holdScripts()
	b.open("/login")
	b.movesNothing()
	b.signIn("admin@example.com", demoPassword)
	b.heading("Transactions")
	b.movesNothing()
	b.click("#results tr[data-transaction-id] a", "")
	b.heading(" of ")
	b.movesNothing()
	record := b.location()
	for _, path := range []string{
		"/transactions?createdAt.start=now-14d&tz=UTC&transactionStatus=10&count=5&columns=all", record, "/find", "/find?q=ada%40example.com",
		"/views", "/exports", "/exports/new?tz=UTC", "/transactions/columns?tz=UTC", "/transactions/count?createdAt.start=now-1d&tz=UTC",
		"/account", "/account/password", "/account/sessions", "/account/tokens", "/account/security",
		"/admin/users", "/admin/audit", "/admin/permissions", "/admin/api", "/help/filters",
	} {
		for _, width := range []int64{1440, 375} {
			b.resize(width)
			b.open(path)
			b.movesNothing()
		}
	}
}

// holdScripts keeps what begins after the first frame from beginning, until movesNothing; on all pages until release.
func (b *tab) holdScripts() (release func()) {
	b.Helper()
	added, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
		const frame = requestAnimationFrame, timer = setTimeout, held = [];
		window.requestAnimationFrame = window.setTimeout = (f) => held.push(f);
		window.drawn = () => new Promise((done) => frame(() => timer(done)));
		window.goOn = () => {
			Object.assign(window, { requestAnimationFrame: frame, setTimeout: timer });
			held.splice(0).forEach((f) => f());
		};
		window.scripted = true; // for those who wait for the page
	}`})
	b.must(err)
	return func() {
		_, err := chromedp.Call(b.ctx, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams(added))
		b.must(err)
	}
}

// movesNothing lets the scripts begin that holdScripts held, and says what then stands elsewhere.
func (b *tab) movesNothing() {
	b.Helper()
	b.until("the page", `document.readyState === "complete"`)
	moved, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`(async () => {
		const place = (e) => { const r = e.getBoundingClientRect(); return [r.left + scrollX, r.top + scrollY].map(Math.round).join(" "); };
		await drawn();
		const before = [...document.body.querySelectorAll("*")].filter((e) => e.checkVisibility()).map((e) => [e, place(e)]);
		goOn();
		await drawn();
		await drawn();
		return before.filter(([e, was]) => e.checkVisibility() && place(e) !== was).map(([e, was]) => was + " → " + place(e) + " " + e.outerHTML.slice(0, 120));
	})()`, chromedp.EvalAwaitPromise))
	b.must(err)
	if len(moved) > 0 {
		b.Errorf("%s: got %d elements moved, want none:\n  %s", b.location(), len(moved), strings.Join(moved[:min(3, len(moved))], "\n  "))
	}
}
