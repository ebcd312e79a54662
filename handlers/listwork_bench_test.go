package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"trustlyportal/handlers"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// BenchmarkListWork is the portal's own work for a list page, without the API, the audit and the session.
func BenchmarkListWork(b *testing.B) {
	sandbox := trustlytest.New(trustlytest.Options{Seed: 1, Rows: 1000})
	b.Cleanup(sandbox.Close)
	p := open(b, sandbox)
	answer, err := p.config.Client.List(b.Context(), trustlyclient.ListOptions{Count: 100, Created: trustlyclient.TimeRange{Start: testNow.AddDate(-20, 0, 0)}})
	if err != nil || len(answer.Transactions) != 100 {
		b.Fatalf("list: %v", err)
	}
	const query = "/transactions?amount.max=1000077&tz=America/New_York"
	for _, kind := range []struct {
		name, path string
		rows       int
		htmx       bool
	}{
		{"page of 25", query, 25, false},
		{"page of 100", query + "&count=100", 100, false},
		{"htmx, the next 25", query + "&after=1795198365446.1.1010007352", 25, true},
	} {
		b.Run(kind.name, func(b *testing.B) {
			page := search.Page{Rows: answer.Transactions[:kind.rows], First: !kind.htmx, AsOf: testNow, Older: search.Cursor{Millis: 1795198365446, Ties: 1, ID: "1010007352"}}
			draw, err := handlers.MakeList(p.config, page)
			if err != nil {
				b.Fatal(err)
			}
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, kind.path, http.NoBody)
			if kind.htmx {
				r.Header.Set("HX-Request", "true")
				r.Header.Set("HX-Current-URL", "http://127.0.0.1"+query)
			}
			b.ReportAllocs()
			size, before := 0, cpu(b)
			for b.Loop() {
				drawn, err := draw(r)
				if err != nil {
					b.Fatal(err)
				}
				size = len(drawn)
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/op") // the machine may be busy
			b.ReportMetric(float64(size), "page-bytes")
		})
	}
}
