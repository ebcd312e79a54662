package main

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A browser without our dictionary gets pages of parts that were compressed apart, and reads them to their end.
func TestBrowserReadsPagesOfParts(t *testing.T) {
	t.Parallel()
	const list = "/transactions?createdAt.start=now-7d&tz=UTC"
	base := demo(t).url
	seen := func(coding string, set func(*tab)) (page string) {
		b := newTab(t, base)
		set(b)
		b.open(list)
		if coding == "dcz" {
			b.untilDictionary()
		}
		b.signIn("support@example.com", demoPassword)
		b.at(list)
		b.until("rows", `document.querySelector("#results tr[data-transaction-id]")`)
		got := eval[string](b, `(() => { const r = new XMLHttpRequest(); r.open("GET", location.href, false); r.send(); return r.getResponseHeader("Content-Encoding"); })()`)
		if got != coding {
			t.Errorf("got a page in %q, want %q", got, coding)
		}
		return eval[string](b, `JSON.stringify([document.querySelectorAll("#results tr[data-transaction-id]").length, document.querySelector(".foot").innerText, document.querySelector("#filter-form").innerHTML])`)
	}
	want := seen("dcz", func(*tab) {})
	noDictionary := func(b *tab) {
		_, err := chromedp.Call(b.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{
			URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/static/*.dict", Block: true}},
		})
		b.must(err)
	}
	for coding, set := range map[string]func(*tab){
		"zstd": noDictionary,
		"gzip": func(b *tab) {
			noDictionary(b)
			_, err := chromedp.Call(b.ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Encoding": "gzip"}})
			b.must(err)
		},
	} {
		if got := seen(coding, set); got != want {
			t.Errorf("by %s: got %.300s, want %.300s", coding, got, want)
		}
	}
}
