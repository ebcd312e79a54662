package views

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"

	"github.com/a-h/templ"
)

// unfilled are the controls that hold nothing, drawn once, by the names of their filters. Of the forty of the form few
// hold anything.
var unfilled sync.Map

type drawnControl struct {
	of   Control
	html []byte
}

// controlOf draws a control, or takes what was drawn of the same.
func controlOf(c Control) templ.Component {
	if c.filled() {
		return control(c)
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if known, ok := unfilled.Load(c.Values.Name); ok {
			if known := known.(*drawnControl); known.of.same(c) {
				_, err := w.Write(known.html)
				return err
			}
		}
		var b bytes.Buffer
		if err := control(c).Render(ctx, &b); err != nil {
			return err
		}
		unfilled.Store(c.Values.Name, &drawnControl{of: c, html: b.Bytes()})
		_, err := w.Write(b.Bytes())
		return err
	})
}

// filled reports whether the reader's words are in the control: those are drawn each time, and kept nowhere.
func (c Control) filled() bool {
	return c.Values.Text != "" || c.End.Text != "" || c.Values.Error != "" || c.End.Error != "" ||
		slices.ContainsFunc(c.Choices, func(ch Choice) bool { return ch.On })
}

// same reports whether both look the same.
func (c Control) same(other Control) bool {
	return c.Kind == other.Kind && c.Label == other.Label && c.Help == other.Help && c.Example == other.Example &&
		c.Values == other.Values && c.End == other.End && slices.Equal(c.Choices, other.Choices)
}
