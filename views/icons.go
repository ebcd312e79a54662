package views

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// icon draws a picture in the colour of its text; the text beside it says what it means. There is one for each file of
// static/third_party/tabler-icons.
func icon(name string) templ.Component { return picture{"icon", name} }

// mark is the shape of a tone.
func mark(t Tone) templ.Component { return picture{"mark", toneIcon(t)} }

// alert is a mark for what calls for a look.
func alert() templ.Component { return picture{"mark", "alert-triangle"} }

// picture is drawn by hand: a page has dozens of them.
type picture struct{ class, name string }

func (p picture) Render(_ context.Context, w io.Writer) error {
	m := make(markup, 0, 64) // as long as one is
	_, err := w.Write(*m.picture(p))
	return err
}

// picture adds one. Class and name are constants.
func (m *markup) picture(p picture) *markup {
	return m.html(`<i class="`).html(p.class).html(` icon-`).html(p.name).html(`"></i>`)
}
