package views

import (
	"context"
	"io"
	"sync"

	"github.com/a-h/templ"
)

// markup is HTML that is written by hand, where templates are too slow.
type markup []byte

// byHand is a component that is drawn without a template. What is drawn so far is written at its end, and before that by
// flush: much is drawn piece by piece.
func byHand(draw func(m *markup, flush func() error) error) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		m := pads.Get().(*markup)
		defer func() {
			if cap(*m) <= maxKeptPad {
				pads.Put(m)
			}
		}()
		*m = (*m)[:0]
		flush := func() error {
			_, err := w.Write(*m)
			*m = (*m)[:0]
			return err
		}
		if err := draw(m, flush); err != nil {
			return err
		}
		return flush()
	})
}

// pads are what was drawn in before.
var pads = sync.Pool{New: func() any { return new(markup) }}

// maxKeptPad bounds one, in bytes: a record's raw JSON has some 4,000.
const maxKeptPad = 64 << 10

// html adds what is HTML already. It must be a constant, or made of constants.
func (m *markup) html(html string) *markup {
	*m = append(*m, html...)
	return m
}

// attribute adds one that has a value.
func (m *markup) attribute(name, value string) *markup {
	if value == "" {
		return m
	}
	return m.html(" ").html(name).html(`="`).text(value).html(`"`)
}

// text adds a text of anybody's, escaped for elements and quoted attributes as html.EscapeString does it.
func (m *markup) text(text string) *markup { return m.escaped(text, &anywhere) }

// content adds a text of anybody's, escaped for elements alone: quotes stay.
func (m *markup) content(text string) *markup { return m.escaped(text, &withinElements) }

func (m *markup) escaped(text string, escapes *escapes) *markup {
	done := 0
	for i := range len(text) {
		if as := escapes[text[i]]; as != 0 {
			*m = append(append(*m, text[done:i]...), escaped[as]...)
			done = i + 1
		}
	}
	*m = append(*m, text[done:]...)
	return m
}

// escapes are the places in escaped of the bytes that can't stand as they are; 0 for those that can. It is small, for
// every byte of every text is looked up in it.
type escapes [256]byte

var (
	escaped        = [...]string{1: "&amp;", "&lt;", "&gt;", "&#34;", "&#39;"}
	anywhere       = escapes{'&': 1, '<': 2, '>': 3, '"': 4, '\'': 5}
	withinElements = escapes{'&': 1, '<': 2, '>': 3}
)
