package main

import (
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	pageConnections = 8
	pageRounds      = 5
	pageRound       = time.Second

	// browserAccepts is what Chromium says it can unpack.
	browserAccepts = "Accept-Encoding: gzip, deflate, br, zstd"
)

// pages measures list and detail against a proxy that passes what the API answers to them, and against the bare call.
func (b *bench) pages() {
	browser := b.callers(b.portal.url, browserAccepts, "Cookie: "+b.cookie)
	htmx := b.callers(b.portal.url, browserAccepts, "Cookie: "+b.cookie, "HX-Request: true", "HX-Current-URL: "+b.portal.url+"/transactions")
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("id:key"))
	proxy, keeper := b.callers(b.proxy.url, browserAccepts, basic), b.callers(b.keeper.url, browserAccepts, basic)

	for _, rows := range []int{25, 100} {
		path := b.lists(fmt.Sprintf("count=%d", rows))
		b.ask(b.api.url, "/_first")
		before := b.calls()
		if got := strings.Count(b.ask(b.portal.url, path()), "data-transaction-id="); got != rows {
			b.Fatalf("list: got %d rows, want %d", got, rows)
		}
		calls, answer := b.calls()-before, b.ask(b.api.url, "/_first")
		work, asked := b.portal.cpu(), b.asked.Load()
		ratio, pages, passed := b.against(
			func(lasting time.Duration) float64 { return inTurn(b.T, browser, path, lasting) },
			func(lasting time.Duration) float64 {
				return inTurn(b.T, proxy, func() string { return answer }, lasting)
			})
		each := (b.portal.cpu() - work).Seconds() * 1000 / float64(b.asked.Load()-asked)
		b.add(figure{name: fmt.Sprintf("list of %d rows / ReverseProxy", rows), value: ratio, least: 0.25,
			from: fmt.Sprintf("%.0f and %.0f a second; %s a page, %.2f ms of work", pages, passed, counted(calls, "call"), each)})
		kept, pages, passed := b.against(
			func(lasting time.Duration) float64 { return inTurn(b.T, browser, path, lasting) },
			func(lasting time.Duration) float64 {
				return inTurn(b.T, keeper, func() string { return answer }, lasting)
			})
		b.add(figure{name: fmt.Sprintf("list of %d rows / one that keeps its connections", rows), value: kept,
			from: fmt.Sprintf("%.0f and %.0f a second", pages, passed)})
	}

	path := b.lists("count=25")
	b.ask(b.portal.url, path())
	answer := b.ask(b.api.url, "/_first")
	alone, bare := browser[0], newCaller(b.T, b.api.url, browserAccepts, basic)
	page, call := b.oneByOne(func() (int64, error) { return alone.get(path()) }, func() (int64, error) { return bare.get(answer) })
	b.add(figure{name: "list of 25 rows over the bare call, p50", value: ms(page - call), unit: "ms", most: 1.5,
		from: fmt.Sprintf("%.2f and %.2f ms, one reader", ms(page), ms(call))})

	next := regexp.MustCompile(`<a[^>]*href="([^"]*after=[^"]*)"[^>]*>`).FindStringSubmatch(b.ask(b.portal.url, path()))
	if next == nil {
		b.Fatal("list: got no next page")
	}
	before, after, _ := strings.Cut(html.UnescapeString(next[1]), fmt.Sprintf("amount.max=%d.00", 1000+b.asked.Load()))
	second := func() string {
		return before + "amount.max=" + strconv.FormatInt(1000+b.asked.Add(1), 10) + ".00" + after
	}
	ratio, changes, full := b.against(
		func(lasting time.Duration) float64 { return inTurn(b.T, htmx, second, lasting) },
		func(lasting time.Duration) float64 { return inTurn(b.T, browser, second, lasting) })
	b.add(figure{name: "page change by htmx / full page", value: ratio, least: 1, from: fmt.Sprintf("%.0f and %.0f a second", changes, full)})

	detail, record := b.details()
	ratio, pages, passed := b.against(
		func(lasting time.Duration) float64 { return inTurn(b.T, browser, detail, lasting) },
		func(lasting time.Duration) float64 { return inTurn(b.T, proxy, record, lasting) })
	b.add(figure{name: "one transaction / ReverseProxy", value: ratio, least: 0.2,
		from: fmt.Sprintf("%.0f and %.0f a second; the page asks twice, for the record and for its payment", pages, passed)})
	b.ask(b.api.url, "/_first")
	b.ask(b.portal.url, detail())
	payment := b.ask(b.api.url, "/_first")
	var turn atomic.Int64
	both := func() string {
		if turn.Add(1)%2 == 0 {
			return payment
		}
		return record()
	}
	fair, pages, passed := b.against(
		func(lasting time.Duration) float64 { return inTurn(b.T, browser, detail, lasting) },
		func(lasting time.Duration) float64 { return inTurn(b.T, proxy, both, lasting) / 2 })
	b.add(figure{name: "one transaction / ReverseProxy that passes on both answers", value: fair, from: fmt.Sprintf("%.0f and %.0f a second", pages, passed)})
	kept, pages, passed := b.against(
		func(lasting time.Duration) float64 { return inTurn(b.T, browser, detail, lasting) },
		func(lasting time.Duration) float64 { return inTurn(b.T, keeper, record, lasting) })
	b.add(figure{name: "one transaction / one that keeps its connections", value: kept, from: fmt.Sprintf("%.0f and %.0f a second", pages, passed)})
	b.allocations(b.portal, browser[0], path)
}

func counted(n int64, what string) string {
	if n == 1 {
		return "one " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (b *bench) add(f figure) { b.figures = append(b.figures, f) }

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (b *bench) callers(base string, headers ...string) (all []*caller) {
	b.Helper()
	for range pageConnections {
		all = append(all, newCaller(b.T, base, headers...))
	}
	return all
}

// against has two take turns, after a short turn of each to warm up, and returns the median of the rounds' ratios.
func (b *bench) against(one, other func(time.Duration) float64) (ratio, ones, others float64) {
	var ratios, a, o []float64
	one(pageRound / 4)
	other(pageRound / 4)
	for range pageRounds {
		a, o = append(a, one(pageRound)), append(o, other(pageRound))
		ratios = append(ratios, a[len(a)-1]/o[len(o)-1])
	}
	return median(ratios), median(a), median(o)
}

// oneByOne returns the median times of two calls that are made by turns.
func (b *bench) oneByOne(one, other func() (int64, error)) (time.Duration, time.Duration) {
	var a, o []time.Duration
	for range 600 {
		for _, way := range []struct {
			call func() (int64, error)
			took *[]time.Duration
		}{{one, &a}, {other, &o}} {
			began := time.Now()
			if _, err := way.call(); err != nil {
				b.Fatal(err)
			}
			*way.took = append(*way.took, time.Since(began))
		}
	}
	return median(a), median(o)
}

// calls is how often the API was asked so far.
func (b *bench) calls() int64 {
	n, err := strconv.ParseInt(b.ask(b.api.url, "/_asked"), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// details are the addresses of transactions at the portal, and of their records at the API, each of another one.
func (b *bench) details() (page, record func() string) {
	ids := regexp.MustCompile(`data-transaction-id="(\d+)\d{4}"`).FindAllStringSubmatch(b.ask(b.portal.url, b.lists("count=100")()), -1)
	if len(ids) == 0 {
		b.Fatal("list: got no ids")
	}
	id := func() string {
		n := int(b.asked.Add(1))
		return fmt.Sprintf("%s%04d", ids[n%len(ids)][1], n/len(ids)%cannedCopies)
	}
	return func() string { return "/transactions/" + id() + "?tz=America%2FNew_York" }, func() string { return "/api/v1/transactions/" + id() }
}

// allocations are counted by the portal itself, and told with its metrics.
func (b *bench) allocations(p *process, reader *caller, path func() string) {
	metric := func(name string) float64 {
		_, after, _ := strings.Cut(b.ask(p.metrics, "/metrics"), "\n"+name+" ")
		text, _, _ := strings.Cut(after, "\n")
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			b.Fatalf("metrics: got no %s", name)
		}
		return value
	}
	const pages = 500
	count, bytes := metric("go_memstats_mallocs_total"), metric("go_memstats_alloc_bytes_total")
	for range pages {
		if _, err := reader.get(path()); err != nil {
			b.Fatal(err)
		}
	}
	count, bytes = metric("go_memstats_mallocs_total")-count, metric("go_memstats_alloc_bytes_total")-bytes
	b.add(figure{name: "allocations, list of 25 rows", value: count / pages, unit: "a page", from: fmt.Sprintf("%.0f kB a page", bytes/pages/1000)})
}
