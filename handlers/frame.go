package handlers

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/views"
)

// bareFrame is a frame for what htmx puts into a page: without the header's links, and the notices wait for a page that
// shows them.
func (w *web) bareFrame(c echo.Context, title string) views.Frame {
	own := w.preferencesOf(c)
	return views.Frame{
		Title:       title,
		Environment: w.Environment,
		Theme:       views.Theme(own.Theme),
		Density:     views.Density(own.Density),
		RequestID:   requestFrom(c.Request().Context()).id,
		Query:       findQuery(c.Request()),
	}
}

// frame is what surrounds a page.
func (w *web) frame(c echo.Context, title string) views.Frame {
	r := c.Request()
	f := w.bareFrame(c, title)
	if pages := w.pages(); pages != nil {
		f.Dictionary = pages.url
	}
	identity := reader(c)
	if identity.LoginID == "" {
		return f
	}
	f.User = views.User{Email: identity.User.Email, Role: string(identity.User.Role)}
	f.Nav = []views.Link{
		{Label: "Transactions", Href: w.startHref(c), Current: r.URL.Path == "/transactions"},
		{Label: "Views", Href: "/views", Current: r.URL.Path == "/views"},
		{Label: "Filters", Href: "/help/filters", Current: r.URL.Path == "/help/filters"},
	}
	if identity.May(auth.Export) {
		f.Nav = slices.Insert(f.Nav, 2, views.Link{Label: "Exports", Href: "/exports", Current: r.URL.Path == "/exports" || isExport(r.URL.Path)})
	}
	if admin, ok := w.adminLink(c); ok {
		f.Nav = append(f.Nav, admin)
	}
	for _, n := range w.Doors.Notices(r.Context()) {
		f.Notices = append(f.Notices, views.Notice{Tone: noticeTones[n.Kind], Text: n.Text})
	}
	return f
}

var noticeTones = map[auth.NoticeKind]views.Tone{auth.Info: views.ToneInfo, auth.Success: views.ToneGood, auth.Warning: views.ToneWarn}

// draw renders into a buffer first: a page that fails half-way is an error page, not half a page under a 200.
func (w *web) draw(c echo.Context, status int, page templ.Component) error {
	parts := stills()
	return w.drawWith(c, status, page, parts[len(parts)-1:])
}

// drawWith draws a page that may have these still parts.
func (w *web) drawWith(c echo.Context, status int, page templ.Component, parts []still) error {
	b := drawings.Get().(*bytes.Buffer)
	defer putBack(b)
	if err := page.Render(c.Request().Context(), b); err != nil {
		return fmt.Errorf("draw page: %w", err)
	}
	return w.pages().send(c, status, forHTML(b.Bytes()), parts)
}

// drawings are what pages are drawn into, used again and again: each is sent before its handler returns.
var drawings = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestDrawing is the largest one worth keeping: several times a list of 100 rows.
const largestDrawing = 1 << 20

func putBack(b *bytes.Buffer) {
	if b.Cap() <= largestDrawing {
		b.Reset()
		drawings.Put(b)
	}
}

// isFragment reports whether htmx replaces a part of the page it shows. Going back in history asks for a whole page.
func isFragment(r *http.Request) bool {
	h := r.Header
	return h.Get("HX-Request") == "true" && h.Get("HX-History-Restore-Request") != "true" &&
		h.Get("HX-Boosted") != "true" && h.Get("HX-Request-Type") != "full"
}

// byHTMX reports whether htmx asks, and not the browser itself: it would put any answer into the page it shows.
func byHTMX(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" || r.Header.Get("HX-History-Restore-Request") == "true"
}
