package views

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"trustlyportal/static"
)

// icon draws a picture of the sprite; the text beside it says what it means.
func icon(name string) templ.Component { return picture{"icon", name} }

// mark is the shape of a tone.
func mark(t Tone) templ.Component { return picture{"icon mark", toneIcon(t)} }

// picture is drawn by hand: a page has dozens of them.
type picture struct{ class, name string }

func (p picture) Render(_ context.Context, w io.Writer) error {
	m := make(markup, 0, 160) // as long as one is
	_, err := w.Write(*m.picture(p))
	return err
}

// picture adds one. Class and name are constants.
func (m *markup) picture(p picture) *markup {
	return m.html(`<svg class="`).html(p.class).html(`" aria-hidden="true"><use href="`).html(iconsURL).html(`#`).html(p.name).html(`"></use></svg>`)
}

var iconsURL = static.URL("icons.svg")
