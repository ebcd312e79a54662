package handlers

import (
	"strings"
	"testing"
)

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " ": "", "a": "a", "a b": "a b", " a": "a", "a ": "a", "a  b": "a b", "a\tb\r\nc": "a b c", "a\u2028b": "a b", "a\u202eb": "ab", "a\x7fb": "a b", "é\xff": "é\uFFFD", "a \u00a0 b": "a b",
	} {
		if got := oneLine(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for r := range rune(0x300) { // what is taken as it is has nothing to be changed
		for _, text := range []string{string(r), "a" + string(r), string(r) + "a", "a" + string(r) + "b", "a " + string(r) + "b"} {
			if got := oneLine(text); isOneLine(text) && (strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) || got != strings.Join(strings.Fields(got), " ")) {
				t.Errorf("%q: got %q, want one line of plain text", text, got)
			}
		}
	}
}
