package export

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// benchQuery has the columns of a list.
const benchQuery = "tz=America/New_York&createdAt.start=2015-01-01"

func benchPlan(b *testing.B) *Plan {
	b.Helper()
	view, errs := search.Parse(benchQuery, time.Now())
	if len(errs) > 0 {
		b.Fatal(errs)
	}
	return NewPlan(view, time.Now())
}

// stream writes a CSV file to nowhere, as a download does.
func stream(b *testing.B, plan *Plan, lister search.Lister) int {
	b.Helper()
	ctx := trustlyclient.InBackground(b.Context())
	rows := search.NewSweep(lister, plan.Query(), Workers, plan.Entry)
	defer rows.Close()
	to, err := newCSV(io.Discard, plan)
	if err != nil {
		b.Fatal(err)
	}
	tally := NewTally(plan)
	first, err := rows.Next(ctx)
	if err == nil {
		err = Copy(ctx, to, tally, first, rows, func() error { return nil })
	}
	if err != nil {
		b.Fatal(err)
	}
	return tally.Rows()
}

// collect gathers the rows in parts, and throws them away.
func collect(b *testing.B, plan *Plan, lister search.Lister) int {
	b.Helper()
	state, err := plan.Collect(b.Context(), lister, Workers, State{}, func(context.Context, Part) error { return nil })
	if err != nil {
		b.Fatal(err)
	}
	return state.Rows
}

// BenchmarkExportOfADistantAPI holds exports against a client that only fetches, knows where each hundred rows begin, and
// has the same eight requests in flight. The API takes 50 ms.
func BenchmarkExportOfADistantAPI(b *testing.B) {
	for _, rows := range []int{20_000, 100_000} {
		_, base := trustlytest.NewServer(b, trustlytest.Options{Rows: rows, Latency: 50 * time.Millisecond})
		client, err := trustlyclient.New(trustlyclient.Options{BaseURL: base, AccessID: "id", AccessKey: "key", MaxConcurrency: Workers})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(client.CloseIdleConnections)
		plan := benchPlan(b)
		for _, way := range []struct {
			name string
			read func(*testing.B, *Plan, search.Lister) int
		}{{"stream", stream}, {"collect", collect}} {
			b.Run(fmt.Sprintf("%s/%d", way.name, rows), func(b *testing.B) {
				bare := fetchBare(b, base, plan, rows, Workers)
				for b.Loop() {
					if n := way.read(b, plan, client); n != rows {
						b.Fatalf("got %d rows, want %d", n, rows)
					}
				}
				reportSpeed(b, rows, bare)
			})
		}
	}
}

// reportSpeed tells rows a second, absolute and as a share of what a bare client reached.
func reportSpeed(b *testing.B, rows int, bare time.Duration) {
	b.Helper()
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(bare.Seconds()/each.Seconds(), "of-bare")
	b.ReportMetric(float64(rows)/each.Seconds(), "rows/s")
}

// fetchBare fetches page after page by offset, and looks at none.
func fetchBare(b *testing.B, base string, plan *Plan, rows, inFlight int) time.Duration {
	b.Helper()
	began := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	created := plan.Query().Created
	transport := &http.Transport{MaxIdleConnsPerHost: inFlight}
	defer transport.CloseIdleConnections()
	for range inFlight {
		all.Go(func() {
			for {
				at := int(next.Add(100)) - 100
				if at >= rows {
					return
				}
				query := url.Values{"createdAt.start": {strconv.FormatInt(created.Start.UnixMilli(), 10)}, "createdAt.end": {strconv.FormatInt(created.End.UnixMilli(), 10)},
					"orderBy": {"createdAt"}, "sortOrder": {"asc"}, "count": {"100"}, "startIndex": {strconv.Itoa(at)}}
				r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, base+"/transactions?"+query.Encode(), nil)
				if err != nil {
					b.Error(err)
					return
				}
				r.SetBasicAuth("id", "key")
				answer, err := transport.RoundTrip(r)
				if err != nil {
					b.Error(err)
					return
				}
				if n, err := io.Copy(io.Discard, answer.Body); err != nil || n < 100 || answer.StatusCode != http.StatusOK {
					b.Errorf("got status %d, %d bytes and %v", answer.StatusCode, n, err)
				}
				answer.Body.Close()
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// near answers at once, from rows in order.
type near struct{ rows []*trustlyclient.Transaction }

func (l *near) TimeUnit() trustlyclient.TimeUnit { return trustlyclient.Milliseconds }

func (l *near) List(_ context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	at := func(at time.Time) int {
		i, _ := slices.BinarySearchFunc(l.rows, at, func(t *trustlyclient.Transaction, at time.Time) int { return t.CreatedAt.Compare(at) })
		return i
	}
	found := l.rows[at(o.Created.Start):at(o.Created.End.Add(time.Millisecond))]
	found = found[min(o.StartIndex, len(found)):]
	return &trustlyclient.Page{Transactions: found[:min(o.Count, len(found))]}, nil
}

// BenchmarkRows is what the portal itself does with each row, with an API that costs nothing: streaming a CSV file, and
// collecting, which picks, counts, encodes and compresses the rows.
func BenchmarkRows(b *testing.B) {
	const rows = 20_000
	api := &near{}
	for i, t := range sampleRows(b, rows) {
		t.Payment.Customer.Name = trustlyclient.Text(fmt.Sprint("Customer number ", i%500))
		t.Payment.MerchantReference = trustlyclient.Text(fmt.Sprintf("INV-%07d", i*7919))
		api.rows = append(api.rows, t)
	}
	plan := benchPlan(b)
	plan.AsOf = time.UnixMilli(1893456000000) // after all of them
	for _, way := range []struct {
		name string
		read func(*testing.B, *Plan, search.Lister) int
	}{{"stream", stream}, {"collect", collect}} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := way.read(b, plan, api); n != rows {
					b.Fatalf("got %d rows, want %d", n, rows)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
