package main

import (
	"flag"
	"fmt"
	"testing"
)

// browsers measures what a Chromium transfers, headers included, and how long it takes to show rows.
func (b *bench) browsers() {
	weigh := func(list []exchange) (total int) {
		for _, x := range list {
			if !x.cached {
				total += x.bytes
			}
		}
		return total
	}
	tab := newTab(b.T, b.portal.url)
	const list = "/transactions?createdAt.start=now-30d&tz=America/New_York"
	tab.open(list)
	tab.untilDictionary()
	tab.signIn(benchEmail, benchPassword)
	tab.at(list)
	first := tab.settled(0)
	b.add(figure{name: "first visit to the list", value: float64(weigh(first)) / 1000, unit: "kB", most: 60,
		from: fmt.Sprintf("%d answers: sign-in, page, style, scripts, icons", len(first))})

	n := len(tab.seen(0))
	tab.open(list)
	tab.until("rows", `document.querySelector("tr[data-transaction-id]")`)
	b.add(figure{name: "repeat visit", value: float64(weigh(tab.settled(n))) / 1000, unit: "kB", most: 6, from: "all but the page is in the browser's cache"})

	var changes []float64
	for range 3 {
		n = len(tab.seen(0))
		before := tab.location()
		tab.click("a[rel=next]", "Older")
		tab.until("another page", `location.pathname + location.search !== `+quote(before))
		changes = append(changes, float64(weigh(tab.settled(n)))/1000)
	}
	b.add(figure{name: "page change by htmx", value: median(changes), unit: "kB", most: 4, from: "the median of 3"})
	b.rowsSeen()
}

// rowsSeen is measured by a benchmark of its own, with as many visits as it takes for its medians to stay.
func (b *bench) rowsSeen() {
	if err := flag.Set("test.benchtime", "60x"); err != nil {
		b.Fatal(err)
	}
	seen := testing.Benchmark(BenchmarkRowsSeen).Extra
	if seen["ratio"] == 0 {
		b.Error("rows seen in Chromium: got no figures")
	}
	b.add(figure{name: "rows seen in Chromium / page of bare rows", value: seen["ratio"], most: 1.6,
		from: fmt.Sprintf("%.0f and %.0f ms from navigation on", seen["portal-ms"], seen["bare-ms"])})
}
