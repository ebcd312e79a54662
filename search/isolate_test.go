package search

import "testing"

func TestIsolate(t *testing.T) {
	tests := map[string]string{
		"":                  "",
		"Ada Müller 山田 42":  "Ada Müller 山田 42",
		"שלום":              "\u2068שלום\u2069",
		"Ada العربية":       "\u2068Ada العربية\u2069",
		"\u202Eevil":        "\u2068\u202Eevil\u2069",
		"a\u2069\u202Eevil": "\u2068a\u202Eevil\u2069",
		"\u2067open":        "\u2068open\u2069",
		"👩‍👩‍👧 l’été\u2028line two": "👩‍👩‍👧 l’été\u2028line two",
	}
	for s, want := range tests {
		if got := Isolate(s); got != want {
			t.Errorf("Isolate(%q): got %q, want %q", s, got, want)
		}
	}
}
