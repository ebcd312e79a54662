package handlers

import (
	"bytes"
	"net/http"
	"os"
	"testing"
)

// BenchmarkPack compresses a list by each coding, and prints how much is left of it.
func BenchmarkPack(b *testing.B) {
	page, err := os.ReadFile("../views/testdata/list.html")
	if err != nil {
		b.Fatal(err)
	}
	d := newDictionary(string(page[:len(page)/2]))
	for _, coding := range []string{"zstd", "gzip", "dcz"} {
		b.Run(coding, func(b *testing.B) {
			r := &http.Request{Header: http.Header{"Accept-Encoding": {coding}, "Available-Dictionary": {d.available}}}
			var to bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				to.Reset()
				if got := d.pack(&to, r, page, stills()); got != coding {
					b.Fatalf("got %q, want %q", got, coding)
				}
			}
			b.ReportMetric(float64(to.Len())/float64(len(page)), "left")
		})
	}
}
