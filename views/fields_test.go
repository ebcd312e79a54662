package views

import (
	"strings"
	"testing"
)

// Every text of a field is escaped, wherever it stands, and a harmful address is none.
func TestFieldsEscape(t *testing.T) {
	const harm, address = `"><script>'&`, "javascript:alert(1)"
	for name, f := range map[string]Field{
		"plain":                {},
		"a status":             {Mark: true, Tone: Tone(harm)},
		"a time":               {UTCTime: harm, UTC: harm},
		"a link to copy":       {Href: address, Copy: true, Mono: true},
		"masked":               {Masked: true, RevealHref: address},
		"masked, no reason":    {Masked: true, RevealHref: address, Reason: ReasonOff},
		"masked, with reasons": {Masked: true, RevealHref: address, Reason: ReasonRequired},
	} {
		f.Label, f.Path, f.Value, f.Code, f.Meaning = harm, harm, harm, harm, harm
		doc := drawn(t, fields([]Field{f}))
		drawing := draw(t, fields([]Field{f}))
		if doc.Find("script").Length() > 0 || strings.Contains(drawing, "javascript") {
			t.Errorf("%s: got %s, want all of it escaped", name, drawing)
		}
		for _, part := range []string{"dt", "code", ".meaning"} {
			if got := doc.Find(part).Text(); got != harm {
				t.Errorf("%s: got %q in %s, want the text as it is", name, got, part)
			}
		}
		if got := doc.Find("dd").Text(); !strings.Contains(got, harm) {
			t.Errorf("%s: got %q, want the value in it", name, got)
		}
		if got, want := doc.Find("form").Length() == 1, f.RevealHref != ""; got != want {
			t.Errorf("%s: got a form %v, want %v", name, got, want)
		}
		if got := doc.Find("input[name=path]").AttrOr("value", harm); got != harm {
			t.Errorf("%s: got %q to be revealed, want %q", name, got, harm)
		}
	}
}
