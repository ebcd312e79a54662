package main

import (
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// point moves the mouse onto what matches a selector.
func (b *tab) point(selector string) {
	b.Helper()
	type spot struct{ X, Y float64 }
	at := eval[spot](b, `(() => {
		const e = document.querySelector(`+quote(selector)+`);
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const r = e.getBoundingClientRect();
		return { X: r.x + r.width / 2, Y: r.y + r.height / 2 };
	})()`)
	for _, off := range []float64{2, 0} { // from beside it, so that it is a move wherever the mouse was
		_, err := chromedp.Call(b.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: at.X + off, Y: at.Y})
		b.must(err)
	}
}

// asksFor are the requests for a path from the n-th request on.
func (b *tab) asksFor(n int, path string) []exchange {
	b.Helper()
	return slices.DeleteFunc(b.seen(n), func(x exchange) bool { return x.path != path })
}

// Reaching for the next page fetches it, once; a click shows it without asking again, and the address and the history
// are as after any other click.
func TestNextPageIsFetchedAhead(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	day := func(ago int) string { return time.Now().UTC().AddDate(0, 0, -ago).Format(time.DateOnly) }
	list := "/transactions?createdAt.start=" + day(5) + "&createdAt.end=" + day(2) + "&tz=UTC" // no more rows come
	b.open(list)
	b.signIn("finance@example.com", demoPassword)
	b.at(list)
	first := b.rows()
	next := eval[string](b, `document.querySelector("a[rel=next]").getAttribute("href")`)

	n := len(b.seen(0))
	b.point("a[rel=next]")
	if !b.poll(func() bool { asks := b.asksFor(n, next); return len(asks) == 1 && asks[0].finished }) {
		t.Fatalf("reaching for the next page: got %v, want it fetched once", b.seen(n))
	}
	if got := b.rows(); !slices.Equal(got, first) || b.location() != list {
		t.Fatalf("reaching for the next page: got %s with rows %v, want the first page still", b.location(), got)
	}
	// The click comes before the pointer has rested on the link, and its page is slow to be shown.
	eval[bool](b, `(link => {
		document.addEventListener("htmx:before:response", ({ detail: { ctx: { response: { raw } } } }) => {
			const read = raw.text.bind(raw);
			raw.text = () => new Promise((done) => setTimeout(() => done(read()), 200));
		}, { once: true });
		link.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
		link.click();
		return true;
	})(document.querySelector("a[rel=next]"))`)
	b.at(next)
	b.until("other rows", `document.querySelector("#results tr[data-transaction-id]")?.dataset.transactionId !== `+quote(first[0]))
	second := b.rows()
	if asks := b.asksFor(n, next); len(asks) != 1 {
		t.Errorf("a click on the page that was fetched ahead: got %v, want no second request", asks)
	}
	if len(second) != len(first) || slices.Contains(first, second[0]) {
		t.Errorf("the next page: got %v, want the rows after %v", second, first)
	}

	b.goBack()
	b.at(list)
	b.until("the first rows", `document.querySelector("#results tr[data-transaction-id='`+first[0]+`']")`)
	n = len(b.seen(0))
	b.point("a[rel=next]") // what comes is for a click alone
	if !b.poll(func() bool { asks := b.asksFor(n, next); return len(asks) == 1 && asks[0].finished }) {
		t.Fatalf("reaching for the next page once more: got %v, want it fetched once", b.seen(n))
	}
	b.goForward()
	b.at(next)
	b.until("the second rows", `document.querySelector("#results tr[data-transaction-id='`+second[0]+`']")`)
}
