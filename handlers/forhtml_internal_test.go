package handlers

import (
	"bytes"
	"strings"
	"testing"
)

func TestForHTML(t *testing.T) {
	for _, page := range []string{"", "<p>Captures – José 🙂</p>\n", "\ttabs\r\nand lines\n", "printed ASCII ~ in eights", "\ufffd sent as such"} {
		if got := forHTML([]byte(page)); string(got) != page {
			t.Errorf("%q: got %q, want it as it is", page, got)
		}
	}
	for page, want := range map[string]string{
		"nul \x00 here":         "nul \ufffd here",
		"12345678\x1f":          "12345678\ufffd",
		"1234567\x7f9":          "1234567\ufffd9",
		"a \xff byte":           "a \ufffd byte",
		"cut short \xe2\x80":    "cut short \ufffd\ufffd",
		"\x0b\x0c and \xc0\x80": "\ufffd\ufffd and \ufffd\ufffd",
	} {
		if got := forHTML([]byte(page)); string(got) != want {
			t.Errorf("%q: got %q, want %q", page, got, want)
		}
	}
}

// Each byte at each place of eight comes out as from reading the page rune by rune.
func TestForHTMLAtEachPlace(t *testing.T) {
	for c := range 256 {
		for before := range 9 {
			page := []byte(strings.Repeat("x", before) + string([]byte{byte(c)}) + "longer than eight bytes")
			if got, want := forHTML(page), bytes.Map(fitRune, page); !bytes.Equal(got, want) {
				t.Errorf("%q: got %q, want %q", page, got, want)
			}
		}
	}
}
