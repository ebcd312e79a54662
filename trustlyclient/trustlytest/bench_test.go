package trustlytest

import (
	"net/http"
	"runtime"
	"testing"
)

// BenchmarkMillionRows makes up a ledger of a million rows and pages through some of it: about 0.6 GB, some seconds.
func BenchmarkMillionRows(b *testing.B) {
	for b.Loop() {
		s := New(Options{Rows: 1_000_000, Now: at(testNow)})
		if w := get(s, "/transactions?count=100&startIndex=999000"); w.Code != http.StatusOK {
			b.Fatalf("got %d", w.Code)
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-live")
		runtime.KeepAlive(s)
	}
}

// BenchmarkPage is one page of 100, as most requests are.
func BenchmarkPage(b *testing.B) {
	s := New(Options{Rows: 20_000, Now: at(testNow)})
	for b.Loop() {
		get(s, "/transactions?count=100&orderBy=createdAt&sortOrder=desc")
	}
}
