package handlers_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// What the benchmarks of this file measure against: an API 50 ms away, four requests at a time, and enough reads for a
// p95 to mean something.
const (
	benchLatency     = 50 * time.Millisecond
	benchConcurrency = 8
	benchReads       = 100
	benchRows        = 100_000
	// benchList has a page of 25 rows, as the list is opened every day.
	benchList = "/transactions?createdAt.start=now-1y&tz=UTC"
)

// openBench is a portal over a sandbox, and a client of its own for the bare calls that the portal is held against.
func openBench(b *testing.B) (*portal, *trustlyclient.Client) {
	b.Helper()
	sandbox := trustlytest.New(trustlytest.Options{Seed: 1, Rows: benchRows, Now: func() time.Time { return testNow }, Latency: benchLatency})
	b.Cleanup(sandbox.Close)
	var options trustlyclient.Options
	p := open(b, sandbox, func(_ *handlers.Config, o *trustlyclient.Options) {
		o.MaxConcurrency = benchConcurrency
		options = *o
	})
	client, err := trustlyclient.New(options)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.CloseIdleConnections)
	return p, client
}

// timed calls f so many times and returns how long each took, sorted.
func timed(n int, f func()) []time.Duration {
	took := make([]time.Duration, n)
	for i := range took {
		began := time.Now()
		f()
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took
}

// quantile is the value below which the share q of the sorted times lies, in milliseconds.
func quantile(sorted []time.Duration, q float64) float64 {
	return float64(sorted[int(q*float64(len(sorted)-1))].Microseconds()) / 1000
}

// BenchmarkPagesDuringAnExport reads list pages one after the other, alone and then while an export goes at full speed.
func BenchmarkPagesDuringAnExport(b *testing.B) {
	p, _ := openBench(b)
	person, exporter := p.as(auth.Support), p.as(auth.Finance)
	read := func() { person.get(benchList).want(http.StatusOK) }
	for b.Loop() {
		alone := timed(benchReads, read)

		ctx, stop := context.WithCancel(b.Context())
		var exports sync.WaitGroup
		var rows atomic.Int64
		exports.Go(func() {
			for ctx.Err() == nil {
				exporter.export(ctx, &rows)
			}
		})
		for rows.Load() < 1000 {
			time.Sleep(benchLatency)
		}
		before, began := rows.Load(), time.Now()
		beside := timed(benchReads, read)
		perSecond := float64(rows.Load()-before) / time.Since(began).Seconds()
		stop()
		exports.Wait()

		b.ReportMetric(quantile(alone, 0.5), "p50-alone-ms")
		b.ReportMetric(quantile(alone, 0.95), "p95-alone-ms")
		b.ReportMetric(quantile(beside, 0.95), "p95-export-ms")
		b.ReportMetric(quantile(beside, 0.95)/quantile(alone, 0.95), "p95-ratio")
		b.ReportMetric(perSecond, "exported-rows/s")
	}
}

// export downloads the list and counts its rows as they come, until the context ends.
func (b *browser) export(ctx context.Context, rows *atomic.Int64) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+"/transactions.csv?createdAt.start=2000-01-01&tz=UTC", http.NoBody)
	if err != nil {
		b.t.Error(err)
		return
	}
	response, err := b.client.Do(r)
	if err != nil {
		return // the benchmark stopped
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		b.t.Errorf("export: got status %d, want 200", response.StatusCode)
	}
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		rows.Add(1)
	}
}

// BenchmarkExport holds an export's speed against a bare loop: as many calls of List at a time as an export may have
// in flight, a hundred rows each, whose answers nobody looks at.
func BenchmarkExport(b *testing.B) {
	p, client := openBench(b)
	exporter := p.as(auth.Finance)
	for b.Loop() {
		began := time.Now()
		var rows atomic.Int64
		exporter.export(b.Context(), &rows)
		if got := rows.Load(); got < benchRows {
			b.Fatalf("got %d lines, want %d and more", got, benchRows)
		}
		exported := benchRows / time.Since(began).Seconds()

		began = time.Now()
		var next atomic.Int64
		var loops sync.WaitGroup
		for range benchConcurrency - 1 { // the last place is kept for people
			loops.Go(func() {
				for start := next.Add(100) - 100; start < benchRows; start = next.Add(100) - 100 {
					page, err := client.List(b.Context(), trustlyclient.ListOptions{StartIndex: int(start), Count: 100, SortOrder: trustlyclient.Ascending})
					if err != nil || len(page.Transactions) != 100 {
						b.Errorf("list from %d: got %v, want 100 rows", start, err)
						return
					}
				}
			})
		}
		loops.Wait()
		bare := benchRows / time.Since(began).Seconds()

		b.ReportMetric(exported, "rows/s")
		b.ReportMetric(bare, "bare-rows/s")
		b.ReportMetric(exported/bare, "rows-ratio")
	}
}

// BenchmarkListPage holds a list page against the API call that it makes.
func BenchmarkListPage(b *testing.B) {
	p, client := openBench(b)
	person := p.as(auth.Support)
	options := trustlyclient.ListOptions{
		Filters: url.Values{}, Created: trustlyclient.TimeRange{Start: testNow.AddDate(-1, 0, 0)}, Count: 28, // with what the portal asks beyond its page
	}
	for b.Loop() {
		pages := timed(benchReads, func() { person.get(benchList).want(http.StatusOK) })
		bare := timed(benchReads, func() {
			if _, err := client.List(b.Context(), options); err != nil {
				b.Fatal(err)
			}
		})
		b.ReportMetric(quantile(pages, 0.5), "page-p50-ms")
		b.ReportMetric(quantile(bare, 0.5), "call-p50-ms")
		b.ReportMetric(quantile(pages, 0.5)-quantile(bare, 0.5), "added-p50-ms")
		b.ReportMetric(quantile(pages, 0.95)-quantile(bare, 0.95), "added-p95-ms")
	}
}
