package main

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A browser without our dictionary gets pages in several frames of zstd, and reads them to their end.
func TestBrowserReadsPagesInFrames(t *testing.T) {
	t.Parallel()
	const list = "/transactions?createdAt.start=now-7d&tz=UTC"
	base := demo(t).url
	seen := func(block ...*network.BlockPattern) (page, coding string) {
		b := newTab(t, base)
		_, err := chromedp.Call(b.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: block})
		b.must(err)
		b.open(list)
		if len(block) == 0 {
			b.untilDictionary()
		}
		b.signIn("support@example.com", demoPassword)
		b.at(list)
		b.until("rows", `document.querySelector("#results tr[data-transaction-id]")`)
		page = eval[string](b, `JSON.stringify([document.querySelectorAll("#results tr[data-transaction-id]").length, document.querySelector(".foot").innerText, document.querySelector("#filter-form").innerHTML])`)
		return page, eval[string](b, `(() => { const r = new XMLHttpRequest(); r.open("GET", location.href, false); r.send(); return r.getResponseHeader("Content-Encoding"); })()`)
	}
	want, coding := seen()
	if coding != "dcz" {
		t.Errorf("with the dictionary: got a page in %q, want dcz", coding)
	}
	got, coding := seen(&network.BlockPattern{URLPattern: "*://*:*/static/*.dict", Block: true})
	if coding != "zstd" {
		t.Errorf("without it: got a page in %q, want zstd", coding)
	}
	if got != want {
		t.Errorf("without it: got %.300s, want %.300s", got, want)
	}
}
