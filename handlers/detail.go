package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/plainwords"
	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

var errNoTransaction = errors.New("no such transaction")

// recordHref is a transaction's own page, in the view's zone.
func recordHref(view search.View, id string) string {
	if zone := view.Value(search.NameZone); zone != "" {
		return "/transactions/" + url.PathEscape(id) + "?tz=" + zone
	}
	return "/transactions/" + url.PathEscape(id)
}

// detail shows GET /transactions/{id}?tz=Area/City: everything the API sent of one transaction, and the others of its
// payment.
func (w *web) detail(c echo.Context) error {
	r := c.Request()
	id, err := pathParam(c, "id")
	if err != nil {
		return err
	}
	// A view without filters carries the zone: the URL's, else this browser's.
	zone := c.QueryParam(search.NameZone)
	if zone == "" {
		zone = w.zoneOf(c)
	}
	view, errs := search.Parse(url.Values{search.NameZone: {zone}}.Encode(), w.Now())
	if len(errs) > 0 {
		return c.Redirect(http.StatusSeeOther, recordHref(search.View{}, id))
	}
	view = w.withOwnColumns(c, view)
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	t, err := w.Client.Get(ctx, id)
	asOf := w.Now()
	if errors.Is(err, trustlyclient.ErrNotFound) || errors.Is(err, trustlyclient.ErrInvalid) {
		return errors.Join(errNoTransaction, err)
	}
	if err != nil {
		return err
	}
	recorded := w.recording(c, viewed(string(t.TransactionID), ""))
	asked := w.askFamily(ctx, t)
	page, err := w.detailPage(c, view, t, asOf)
	grace, stop := context.WithTimeout(ctx, storyGrace)
	defer stop()
	found, whole := soon(grace, asked) // meanwhile others join the record's transaction
	if err := errors.Join(recorded(), err); err != nil {
		return err
	}
	if whole {
		return w.drawWholeDetail(c, view, page, found, asOf)
	}
	return w.streamDetail(ctx, c, view, page, asked, asOf)
}

// storyGrace is how long a record waits for its story: one that is kept or under way since the one box found the record
// comes with it in one piece. It is shorter than any call over the internet.
const storyGrace = 20 * time.Millisecond

// soon is what comes on a channel before the context ends, also if both have happened.
func soon[T any](ctx context.Context, arriving <-chan T) (v T, ok bool) {
	select {
	case v = <-arriving:
		return v, true
	case <-ctx.Done():
	}
	select {
	case v = <-arriving:
		return v, true
	default:
		return v, false
	}
}

// drawWholeDetail draws the page with its story. A record that changed between the two calls is drawn as it is now.
func (w *web) drawWholeDetail(c echo.Context, view search.View, page views.DetailPage, found family, asOf time.Time) error {
	told := story.Tell(found.of, found.rows, found.whole, asOf)
	if now := told.This.Transaction; changed(told) && len(now.Raw) > 0 {
		newer, err := w.detailPage(c, view, now, asOf)
		if err != nil {
			return err
		}
		page = newer
	}
	s := w.drawnStory(c, view, told, found, asOf)
	page.Story, page.Watch = &s, watchHref(view, told, found)
	return w.draw(c, http.StatusOK, views.Detail(page))
}

// streamDetail sends what the record itself tells, and the rest when the payment's other transactions are there.
func (w *web) streamDetail(ctx context.Context, c echo.Context, view search.View, page views.DetailPage, asked <-chan family, asOf time.Time) error {
	out, err := w.startStream(ctx, c, views.Detail(page), views.DetailStoryHere)
	if err != nil {
		return err
	}
	select {
	case found := <-asked:
		told := story.Tell(found.of, found.rows, found.whole, asOf)
		s := w.drawnStory(c, view, told, found, asOf)
		if changed(told) {
			s.Changed, s.RetryHref = "This transaction changed while the page was made. The story has its new state, the rest of the page the one before.", c.Request().URL.RequestURI()
		}
		if err := out.send(ctx, views.DetailStory(s, watchHref(view, told, found))); err != nil {
			return err
		}
		return out.end()
	case <-c.Request().Context().Done():
		return nil // the reader left; the log has the status that was sent
	}
}

// changed reports whether the record went on between the two calls.
func changed(s *story.Story) bool {
	return slices.ContainsFunc(s.Oddities, func(o story.Oddity) bool { return o.Kind == story.Changed })
}

// detailPage is what one record tells.
func (w *web) detailPage(c echo.Context, view search.View, t *trustlyclient.Transaction, asOf time.Time) (views.DetailPage, error) {
	f := formatter{zone: view.Zone, now: asOf}
	leaves, masked, err := search.LeavesAndMasked(t.Raw)
	if err != nil {
		return views.DetailPage{}, err
	}
	title := typeName(t.TransactionType)
	if _, ok := t.Amount.Decimal(); ok {
		title += " of " + withCurrency(money(t.Amount), string(t.Currency))
	}
	state := status(t)
	said := plainwords.Explain(t)
	page := views.DetailPage{
		Frame: w.frame(c, title+", "+state.Word+" ("+string(t.TransactionID)+")"), Title: title, Status: state, ID: string(t.TransactionID),
		Share: w.share(view, t, said, asOf),
		AsOf:  f.clock(asOf), AsOfUTC: f.utc(asOf), ZoneNote: "Times in " + view.ZoneName() + " (" + view.Zone.String() + ")",
		Words: plainWords(t, said, asOf),
		Raw:   w.rawCard(t, masked),
	}
	page.BackHref, page.BackLabel = w.back(c)
	record := newRecord(leaves, f, view, w.revealing(c, t))
	page.Groups, page.Other = record.groups, record.other()
	page.Money = record.money(story.MoneyOf(t))
	page.References = record.references(t)
	return page, nil
}

// back leads to the list the reader came from.
func (w *web) back(c echo.Context) (href, label string) {
	from, err := url.Parse(c.Request().Referer())
	if err == nil && from.Path == "/transactions" && from.Host == c.Request().Host {
		if view, errs := w.viewOf(c, from.RawQuery, w.Now()); len(errs) == 0 {
			return view.URL("/transactions"), view.Sentence()
		}
	}
	if err == nil && isWorksheet(from.Path) && from.Host == c.Request().Host {
		return from.RequestURI(), "Pasted list"
	}
	return w.startHref(c), "Transactions"
}
