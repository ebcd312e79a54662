package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

var (
	errNoView   = errors.New("no such saved view")
	errNotYours = errors.New("not the reader's saved view")
)

// undone is a form that can't be carried out as it was sent. Its texts are for the reader.
type undone struct{ what, do string }

func (u *undone) Error() string { return "a form can't be carried out" }

// maxMenuViews bounds the quick menu; the page at /views has them all.
const maxMenuViews = 10

// bookmarks are the ways to keep and send the view that a page shows, as it stood at asOf.
func (w *web) bookmarks(c echo.Context, view search.View, asOf time.Time) views.Bookmarks {
	if asOf.IsZero() { // nothing was asked
		asOf = w.Now()
	}
	if turnsPage(c.Request()) {
		return views.Bookmarks{Kept: true}
	}
	first := view.Without(search.NameAfter)
	frozen := first.Frozen(asOf)
	b := views.Bookmarks{
		Query: first.Encode(), Personal: strings.Join(first.Exposed(), ", "),
		Live: views.Bookmark{URL: w.absolute(first.URL("/transactions"))},
	}
	if first.Has(search.NamePrivate) {
		b.Private, b.OnlyYou = true, requestFrom(c.Request().Context()).link.OnlyMaker
	}
	if frozen.Encode() != first.Encode() {
		b.Frozen = views.Bookmark{URL: w.absolute(frozen.URL("/transactions")), Sentence: frozen.Sentence()}
	}
	saved, err := w.Store.Views(c.Request().Context(), reader(c).User.ID)
	if err != nil { // the list is worth showing without its menu
		requestFrom(c.Request().Context()).err = err
		return b
	}
	for i, v := range saved {
		if v.Query == b.Query && b.SavedAs == "" && v.OwnerID == reader(c).User.ID {
			b.SavedAs, b.SavedShared = v.Name, v.Shared
		}
		if i < maxMenuViews {
			b.Views = append(b.Views, views.Link{Label: v.Name, Href: viewHref(v.ID), Current: v.Query == b.Query})
		}
	}
	b.MoreViews = max(len(saved)-maxMenuViews, 0)
	return b
}

// turnsPage reports whether htmx goes on in the list that stands in the browser: the same view, from another row on.
func turnsPage(r *http.Request) bool {
	if !isFragment(r) {
		return false
	}
	shown, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil || shown.Path != r.URL.Path {
		return false
	}
	from, _ := search.CutAfter(shown.RawQuery)
	to, further := search.CutAfter(r.URL.RawQuery)
	return further && from == to
}

func viewHref(id string) string { return "/views/" + id }

// savedView is what a saved view says now. Its personal values come along with it, so nothing is looked up.
func (w *web) savedView(v store.SavedView, now time.Time) (search.View, []search.FieldError) {
	return search.ParseWith(w.unsealing(v.Link), v.Query, now)
}
