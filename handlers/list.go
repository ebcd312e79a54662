package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// pageTimeout bounds how long a page asks the API: long enough for a request that uses up its own limit and another
// after it, shorter than the server's write limit.
const pageTimeout = 25 * time.Second

// varyOnFragment tells caches that the same address answers a page or a part of it.
const varyOnFragment = "HX-Request, HX-Request-Type, HX-Boosted, HX-History-Restore-Request"

// list shows GET /transactions: what its URL says, or what is wrong with the URL.
func (w *web) list(c echo.Context) error {
	r := c.Request()
	c.Response().Header().Add("Vary", varyOnFragment)
	view, errs := w.readView(c, w.Now())
	if len(errs) > 0 {
		return w.drawRefusedList(c, view, errs)
	}
	if canonical := view.Encode(); canonical != r.URL.RawQuery {
		return c.Redirect(http.StatusSeeOther, view.URL(r.URL.Path))
	}
	ctx, cancel := asking(r)
	defer cancel()
	recorded := w.recording(c, w.searched(c, "list", view))
	query := view.Query(w.Now())
	query.Fields = listFields(view)
	page, err := search.ReadPage(ctx, w.Client, query, view.After, view.Count)
	if err := errors.Join(recorded(), err); err != nil {
		if isPrefetch(r) {
			return c.NoContent(http.StatusNoContent) // whoever opens the page is told then
		}
		return err
	}
	if page.First && !view.After.IsZero() {
		return c.Redirect(http.StatusSeeOther, view.At(search.Cursor{}).URL(r.URL.Path))
	}
	return w.drawList(c, http.StatusOK, w.listPage(c, view, page))
}

// readView is what the request's URL says at now, or what is wrong with it.
func (w *web) readView(c echo.Context, now time.Time) (search.View, []search.FieldError) {
	return w.viewOf(c, c.Request().URL.RawQuery, now)
}

func (w *web) drawList(c echo.Context, status int, p views.ListPage) error {
	if isFragment(c.Request()) {
		return w.draw(c, status, views.Results(p))
	}
	return w.drawWith(c, status, views.List(p), stills())
}

// drawRefusedList fills the form in again and names each field. It shows no rows and asks the API nothing.
func (w *web) drawRefusedList(c echo.Context, view search.View, errs []search.FieldError) error {
	if err := requestFrom(c.Request().Context()).err; err != nil { // not what the reader wrote is at fault
		return err
	}
	p := w.emptyListPage(c, view, "Filters to correct")
	p.Dates = views.Dates{} // they would change a view that does not stand yet
	for _, e := range errs {
		p.Errors = append(p.Errors, views.FormError{Name: e.Name, Label: e.Label, Value: e.Value, Message: e.Message})
	}
	values, _ := url.ParseQuery(c.Request().URL.RawQuery)
	p.Form = w.filterForm(c, view, values, p.Errors)
	p.Form.Open = true
	p.ClearHref = view.Cleared().URL("/transactions")
	return w.drawList(c, http.StatusUnprocessableEntity, p)
}

// emptyListPage is the page around the rows.
func (w *web) emptyListPage(c echo.Context, view search.View, sentence string) views.ListPage {
	frame := w.frame
	if isFragment(c.Request()) {
		frame = w.bareFrame
	}
	p := views.ListPage{Frame: frame(c, sentence), Sentence: sentence, Dates: w.dates(c, view, w.Now()), Zone: view.Zone.String()}
	for _, column := range view.Columns {
		p.Columns = append(p.Columns, columnHead(view, column))
	}
	return p
}

// zoned is the view with this browser's zone where its URL names none: links that add days write the zone.
func (w *web) zoned(c echo.Context, view search.View) search.View {
	if view.Has(search.NameZone) {
		return view
	}
	return view.With(search.NameZone, w.zoneOf(c))
}

func (w *web) listPage(c echo.Context, view search.View, page search.Page) views.ListPage {
	p := w.emptyListPage(c, view, view.Sentence())
	p.Frame.Title = view.Title()
	p.Bookmarks = w.bookmarks(c, view, page.AsOf)
	p.Chips = chips(view, p.Dates)
	if view.Filtered() {
		p.ClearHref = view.Cleared().URL("/transactions")
	}
	p.Form = w.filterForm(c, view, view.Shown(), nil)

	f := formatter{zone: view.Zone, now: w.Now()}
	p.Rows = f.listRows(view, page.Rows)
	columnZones(f, &p, page.Rows, view.Columns)
	p.ColumnsHref = view.With(search.NameAfter).URL("/transactions/columns")
	p.Since, p.Grows = newerSince(view, page)
	p.CountText = countText(page)
	if !page.First || !page.Older.IsZero() {
		p.CountHref = view.URL("/transactions/count")
		p.CountPrice, p.CountPriceShort = w.countPrice(), w.countPriceShort()
	}
	p.AsOf, p.AsOfUTC = f.clock(page.AsOf), f.utc(page.AsOf)
	if view.OrderBy == trustlyclient.ByUpdated {
		p.Note = "Sorted by update: a row that changes while you read moves to the front; no other row is lost or repeated."
		if view.SortOrder == trustlyclient.Ascending {
			p.Note = "Sorted by update: a row that changes while you read moves to the end and may be met again there; no other row is lost or repeated."
		}
	}
	if !page.Older.IsZero() {
		p.OlderHref = view.At(page.Older).URL("/transactions")
	}
	if !page.First {
		p.NewerHref = view.At(page.Newer).URL("/transactions")
		p.NewestHref = view.At(search.Cursor{}).URL("/transactions")
	}
	for _, n := range []int{25, 50, 100} {
		p.PageSizes = append(p.PageSizes, views.Link{Label: strconv.Itoa(n), Href: view.With(search.NameCount, strconv.Itoa(n)).URL("/transactions"), Current: view.Count == n})
	}
	if reader(c).May(auth.Export) {
		p.ExportHref = exportFormHref(view)
	}
	if len(p.Rows) == 0 {
		p.Empty = emptyState(view, page)
	}
	return p
}
