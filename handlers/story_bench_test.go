package handlers_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient"
)

// BenchmarkDetailPage holds a record's whole page, and when the record itself is there, against the two calls that it
// takes, one after the other.
func BenchmarkDetailPage(b *testing.B) {
	p, client := openBench(b)
	person := p.as(auth.Support)
	page, err := client.List(b.Context(), trustlyclient.ListOptions{Count: benchReads, Created: trustlyclient.TimeRange{Start: testNow.AddDate(-1, 0, 0)}})
	if err != nil || len(page.Transactions) < benchReads {
		b.Fatalf("list: %v", err)
	}
	next := func() func() *trustlyclient.Transaction {
		i := -1
		return func() *trustlyclient.Transaction { i++; return page.Transactions[i] }
	}
	for b.Loop() {
		var firsts []time.Duration
		record := next()
		pages := timed(benchReads, func() { firsts = append(firsts, person.readDetail(string(record().TransactionID))) })
		record = next()
		bare := timed(benchReads, func() {
			t, err := client.Get(b.Context(), string(record().TransactionID))
			if err != nil {
				b.Fatal(err)
			}
			_, err = client.List(b.Context(), trustlyclient.ListOptions{
				Filters: url.Values{"payment.paymentId": {string(t.Payment.PaymentID)}}, SortOrder: trustlyclient.Ascending, Count: 100,
				Created: trustlyclient.TimeRange{Start: testNow.AddDate(-20, 0, 0)},
			})
			if err != nil {
				b.Fatal(err)
			}
		})
		slices.Sort(firsts)
		b.ReportMetric(quantile(firsts, 0.95), "record-p95-ms")
		b.ReportMetric(quantile(pages, 0.95), "page-p95-ms")
		b.ReportMetric(quantile(bare, 0.95), "two-calls-p95-ms")
		b.ReportMetric(quantile(pages, 0.95)/quantile(bare, 0.95), "p95-ratio")
	}
}

// readDetail reads a record's page to its end and tells after what time the record was there.
func (b *browser) readDetail(id string) (first time.Duration) {
	b.t.Helper()
	began := time.Now()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+"/transactions/"+id, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		b.t.Fatalf("got status %d, want 200", response.StatusCode)
	}
	part, seen := make([]byte, 32<<10), ""
	for {
		n, err := response.Body.Read(part)
		if seen += string(part[:n]); first == 0 && strings.Contains(seen, "Times in") {
			first = time.Since(began)
		}
		if errors.Is(err, io.EOF) {
			return first
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
}
