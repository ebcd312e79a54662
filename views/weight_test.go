package views

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// What pages may weigh, compressed with gzip, which every browser takes; servers
// do better with zstd. A first visit to the list loads the page and every asset
// (see static) and must stay below 80 kB in all; a change of page by htmx below
// 5 kB.
const (
	maxListPage     = 14_000
	maxListFragment = 5_000
)

func TestWeight(t *testing.T) {
	for name, test := range map[string]struct {
		html string
		max  int
	}{
		"list":     {draw(t, List(sampleList())), maxListPage},
		"fragment": {draw(t, Results(sampleList())), maxListFragment},
	} {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(test.html))
		_ = w.Close()
		t.Logf("%s: %d bytes, %d compressed", name, len(test.html), b.Len())
		if b.Len() > test.max {
			t.Errorf("%s weighs %d bytes compressed, want at most %d", name, b.Len(), test.max)
		}
	}
}
