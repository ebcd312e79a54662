package views

import (
	"bytes"
	"html"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func rendering(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What the table draws by hand looks as what templates draw elsewhere, also of texts that mean harm.
func TestRowsDrawAsTemplatesDo(t *testing.T) {
	const harm = `<b onclick='x'>&amp;"é`
	for _, tone := range []Tone{ToneNeutral, ToneGood, ToneBad, ToneWarn, ToneInfo, "unheard of"} {
		for _, meaning := range []string{"", harm} {
			var m markup
			m.status(harm, tone, meaning)
			if got, want := string(m), rendering(t, status(Status{Word: harm, Tone: tone, Meaning: meaning})); got != want {
				t.Errorf("status of tone %q: got %s, want %s", tone, got, want)
			}
		}
	}
	for _, utc := range []string{"", harm} {
		var m markup
		m.instant(harm, utc)
		if got, want := string(m), rendering(t, instant(harm, utc)); got != want {
			t.Errorf("instant: got %s, want %s", got, want)
		}
	}
}

// Every text of a row is escaped, wherever it stands, and a harmful address is none.
func TestRowsEscape(t *testing.T) {
	const harm = `"><script>'&`
	for _, kind := range []CellKind{CellText, CellID, CellStatus, CellAmount, CellTime, CellMono} {
		c := Cell{Kind: kind, Text: harm, Sub: harm, Tone: Tone(harm), Title: harm, UTC: harm, Value: harm}
		for _, right := range []bool{false, true} {
			got := rendering(t, rows([]Row{{ID: harm, Href: "javascript:alert(1)", Cells: []Cell{c}}}, func(int) bool { return right }))
			if strings.Contains(got, "<script") || strings.Contains(got, "javascript") {
				t.Errorf("kind %d: got %s, want all of it escaped", kind, got)
			}
			if !strings.Contains(got, html.EscapeString(harm)) {
				t.Errorf("kind %d: got %s, want the text shown", kind, got)
			}
		}
	}
}

func TestMarkupEscapesAsHTMLDoes(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, text := range []string{"", "plain", "&", "&&<<", "a<b>c", `"quoted"`, "it's", "José 🙂", string(every), string(slices.Repeat(every, 3))} {
		var m markup
		if got, want := string(*m.text(text)), html.EscapeString(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
