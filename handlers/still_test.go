package handlers

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"trustlyportal/views"
)

// Whatever a page has of the still parts, whole, broken or in another order, it comes out as it was.
func TestPagesOfStillParts(t *testing.T) {
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	form, end := views.Still()
	first, second := form[0], form[1]
	if len(first) < 5000 || len(second) < 10_000 || len(end) < 1000 {
		t.Fatalf("got still parts of %d, %d and %d bytes, want most of the form and the foot", len(first), len(second), len(end))
	}
	rest := strings.Repeat("<p>Something of this page alone.</p>", 40)
	for name, c := range map[string]struct {
		page string
		has  int
	}{
		"both":            {rest + first + rest + second + rest, 2},
		"at the ends":     {first + rest + second, 2},
		"nothing else":    {first + second, 2},
		"the first":       {rest + first + rest, 1},
		"the second":      {rest + second, 1},
		"none":            {rest, 0},
		"cut off":         {rest + first[:len(first)-1], 0},
		"one byte wrong":  {strings.Replace(rest+first+rest, `value="3"`, `value="9"`, 1), 0},
		"all":             {rest + first + rest + second + rest + end, 3},
		"the end":         {rest + end, 1},
		"not at the end":  {rest + end + rest, 0},
		"two ends":        {rest + end + end, 1},
		"turned round":    {second + rest + first, 1},
		"twice":           {first + rest + first, 1},
		"its first bytes": {first[:300] + rest + first, 1},
		"nothing":         {"", 0},
	} {
		packed := zstdPage([]byte("before"), []byte(c.page), stills())
		got, err := decoder.DecodeAll(bytes.TrimPrefix(packed, []byte("before")), nil)
		if err != nil || string(got) != c.page {
			t.Errorf("%s, zstd: got %d bytes, %v, want the page of %d bytes", name, len(got), err, len(c.page))
		}
		var zipped bytes.Buffer
		gzipPage(&zipped, []byte(c.page), stills())
		whole := bytes.Clone(zipped.Bytes())
		unzip, err := gzip.NewReader(&zipped) // which holds what it reads against its sum and size
		if err != nil {
			t.Fatal(err)
		}
		unzip.Multistream(false) // browsers read one member
		if got, err := io.ReadAll(unzip); err != nil || string(got) != c.page || zipped.Len() > 0 {
			t.Errorf("%s, gzip: got %d bytes, %v, and %d left, want the page of %d bytes", name, len(got), err, zipped.Len(), len(c.page))
		}
		frames, blocks := 0, 0
		for _, s := range stills() {
			frames += bytes.Count(packed, s.frame)
			blocks += bytes.Count(whole, s.blocks)
		}
		if frames != c.has || blocks != c.has {
			t.Errorf("%s: got %d still parts by zstd and %d by gzip, want %d", name, frames, blocks, c.has)
		}
	}
}
