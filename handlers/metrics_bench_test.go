package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient/trustlytest"
)

// BenchmarkMetrics holds a list page that is counted against one that is not, in turn, so that whatever else the machine
// does meets both: go test ./handlers -run - -bench Metrics. What counts is cpu-ratio and the allocations.
func BenchmarkMetrics(b *testing.B) {
	sandbox := trustlytest.New(trustlytest.Options{Seed: 1, Rows: 2000, Now: func() time.Time { return testNow }})
	b.Cleanup(sandbox.Close)
	plain := open(b, sandbox)
	counted, _ := openMetered(b, sandbox)
	portals := []*portal{plain, counted}
	var cookies [2][]*http.Cookie
	for i, p := range portals {
		for _, c := range p.as(auth.Support).client.Jar.Cookies(mustURL(p.url)) {
			cookies[i] = append(cookies[i], &http.Cookie{Name: c.Name, Value: c.Value})
		}
	}
	page := func(i int) {
		r := httptest.NewRequest(http.MethodGet, benchList, nil)
		for _, c := range cookies[i] {
			r.AddCookie(c)
		}
		rw := httptest.NewRecorder()
		portals[i].web.ServeHTTP(rw, r)
		if rw.Code != http.StatusOK {
			b.Fatalf("got %d, want 200", rw.Code)
		}
	}
	var spent [2]time.Duration
	const block = 25
	for i := range portals { // warm
		for range block {
			page(i)
		}
	}
	for b.Loop() {
		for i := range portals {
			before := cpu(b)
			for range block {
				page(i)
			}
			spent[i] += cpu(b) - before
		}
	}
	pages := float64(b.N * block)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(spent[0].Microseconds())/pages, "plain-µs/page")
	b.ReportMetric(float64(spent[1].Microseconds())/pages, "counted-µs/page")
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "cpu-ratio")
	for i, name := range []string{"plain", "counted"} {
		b.ReportMetric(testing.AllocsPerRun(100, func() { page(i) }), name+"-allocs/page")
	}
}

// cpu is what this process has used of the processor.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What counting one request with one request to the API costs by itself.
func BenchmarkMetricsOfOneRequest(b *testing.B) {
	count := handlers.CountOne(handlers.NewMetrics("test", 0))
	b.ReportAllocs()
	for b.Loop() {
		count()
	}
}
