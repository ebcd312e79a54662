package main

import (
	"slices"
	"strings"
	"testing"
)

// What a page may weigh on the way to the browser, in bytes with headers.
const (
	maxFirstVisit = 60_000 // the list with all it needs, for somebody who was never here
	maxNextVisit  = 6_000  // the list once more, style and scripts from the cache
	maxPageChange = 4_000  // one page of the list to the next
)

func TestWeight(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	list := "/transactions?createdAt.start=now-7d&tz=America/New_York"

	// A first visit, the sign-in included that stands before the list.
	b.open(list)
	b.untilDictionary()
	b.signIn("finance@example.com", demoPassword)
	b.at(list)
	first := b.settled(0)
	if total := weigh(t, "first visit", first); total > maxFirstVisit {
		t.Errorf("first visit to the list: got %d bytes, want at most %d", total, maxFirstVisit)
	}
	var assets []string
	for _, x := range first {
		if !strings.HasPrefix(x.path, "/static/") {
			continue
		}
		assets = append(assets, x.path)
		if got := x.header("Cache-Control"); !strings.Contains(got, "immutable") || !strings.Contains(got, "max-age=31536000") {
			t.Errorf("%s: got Cache-Control %q, want immutable for a year", x.path, got)
		}
		if got := x.header("Content-Encoding"); got == "" {
			t.Errorf("%s: got it not compressed", x.path)
		}
	}
	if len(assets) < 4 {
		t.Errorf("assets: got %v, want style, scripts and icons", assets)
	}

	// The second visit brings the page alone.
	n := len(b.seen(0))
	b.open(list)
	b.until("rows", `document.querySelector("tr[data-transaction-id]")`)
	second := b.settled(n)
	if total := weigh(t, "second visit", second); total > maxNextVisit {
		t.Errorf("second visit to the list: got %d bytes, want at most %d", total, maxNextVisit)
	}
	for _, x := range second {
		if strings.HasPrefix(x.path, "/static/") && !x.cached {
			t.Errorf("second visit: got %v, want it from the cache", x)
		}
	}

	// A page change brings rows alone.
	for range 3 {
		n = len(b.seen(0))
		before := b.location()
		b.click("a[rel=next]", "Older")
		b.until("another page", `location.pathname + location.search !== `+quote(before))
		change := b.settled(n)
		if total := weigh(t, "page change", change); total > maxPageChange || total == 0 {
			t.Errorf("page change by htmx: got %d bytes, want at most %d", total, maxPageChange)
		}
		if !slices.ContainsFunc(change, func(x exchange) bool { return x.fragment }) {
			t.Errorf("page change: got %v, want htmx to ask", change)
		}
	}
}

// settled waits for the requests from the n-th on to be over, and returns them. The icon of the tab and the dictionary
// come in the browser's own time, and nothing tells of their end if the page is left before.
func (b *tab) settled(n int) []exchange {
	b.Helper()
	over := func(x exchange) bool { return x.finished || x.cached }
	leisurely := func(x exchange) bool {
		return strings.Contains(x.path, "/favicon.") || strings.HasSuffix(x.path, ".dict")
	}
	if !b.poll(func() bool {
		list := b.seen(n)
		return slices.ContainsFunc(list, over) &&
			!slices.ContainsFunc(list, func(x exchange) bool { return !over(x) && !leisurely(x) })
	}) {
		b.Fatalf("requests: got %v after %s, want all of them over", b.seen(n), waitLimit)
	}
	return slices.DeleteFunc(slices.Clone(b.seen(n)), func(x exchange) bool { return !over(x) })
}

// untilDictionary waits for the dictionary that the sign-in page names: people type for longer than it takes.
func (b *tab) untilDictionary() {
	b.Helper()
	if !b.poll(func() bool {
		return slices.ContainsFunc(b.seen(0), func(x exchange) bool { return strings.HasSuffix(x.path, ".dict") && x.finished })
	}) {
		b.Fatalf("requests: got %v, want the dictionary", b.seen(0))
	}
}

// weigh sums up what came over the network, and logs it.
func weigh(t *testing.T, what string, list []exchange) (total int) {
	t.Helper()
	for _, x := range list {
		if x.cached {
			continue
		}
		total += x.bytes
		path, _, _ := strings.Cut(x.path, "?")
		t.Logf("%s: %6d bytes %-8s %s", what, x.bytes, x.header("Content-Encoding"), path)
	}
	t.Logf("%s: %6d bytes in all", what, total)
	return total
}
