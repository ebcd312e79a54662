package views

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// drawnOnce is a component as HTML, for what is the same on each page; "" if it can't be drawn, so that it is tried again.
func drawnOnce(c templ.Component) string {
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		return ""
	}
	return b.String()
}

// pageEnds comes after the foot.
const pageEnds = "</body></html>"

// drawnFoot is the foot as HTML.
var drawnFoot = sync.OnceValue(func() string { return drawnOnce(foot()) })

// groupOf draws a group, or takes what was drawn of it.
func groupOf(g FilterGroup) templ.Component {
	if g.drawn != "" {
		return templ.Raw(g.drawn)
	}
	return filterGroup(g)
}

// controlOf draws a control, or takes what was drawn of it.
func controlOf(c Control) templ.Component {
	if c.drawn != "" {
		return templ.Raw(c.drawn)
	}
	return control(c)
}

// filled reports whether the reader's words are in the control.
func (c Control) filled() bool {
	return c.Values.Text != "" || c.End.Text != "" || c.Values.Error != "" || c.End.Error != "" ||
		slices.ContainsFunc(c.Choices, func(ch Choice) bool { return ch.On })
}
