package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

const (
	filterExternal = "payment.customer.externalId"

	// maxCustomerRows is how many of a customer's transactions are read for their page: all of nearly every customer's, in
	// six requests at most where rows have times of their own.
	maxCustomerRows = 500

	// customerRows is how many of them the page lists.
	customerRows = 25
)

// customerHref is the page of the customer with an external id, in the view's zone; "" for none. Browsers take "." and ".."
// in a path for steps, however they are written: those lead to the list.
func customerHref(view search.View, externalID string) string {
	switch externalID {
	case "":
		return ""
	case ".", "..":
		return view.With(filterExternal, externalID).URL("/transactions")
	}
	href := "/customers/" + url.PathEscape(externalID)
	if view.Has(search.NameZone) {
		href += "?tz=" + url.QueryEscape(view.Value(search.NameZone))
	}
	return href
}

// customer shows GET /customers/{externalId}?tz=Area/City: what became of a customer's transactions, as far as they can be
// read for one page, and how far that is.
func (w *web) customer(c echo.Context) error {
	id, err := pathParam(c, "externalId")
	if err != nil {
		return err
	}
	zone := cmp.Or(c.QueryParam(search.NameZone), w.zoneOf(c))
	view, errs := search.Parse(url.Values{search.NameZone: {zone}}.Encode(), w.Now())
	if len(errs) > 0 {
		return c.Redirect(http.StatusSeeOther, customerHref(search.View{}, id))
	}
	asked := view.With(filterExternal, id)
	if !asked.Has(filterExternal) { // the API has no ids like this one
		return w.drawCustomer(c, view, &history{id: id, asOf: w.Now()})
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), pageTimeout)
	defer cancel()
	recorded := w.recording(c, act{action: audit.Search, object: "customer " + w.typed.Hash(id)})
	h, err := w.readHistory(ctx, asked, id)
	if err := errors.Join(recorded(), err); err != nil {
		return err
	}
	requestFrom(c.Request().Context()).err = h.broken
	return w.drawCustomer(c, asked, h)
}

// history is what was read of one customer's transactions, the newest first.
type history struct {
	id     string
	own    []*trustlyclient.Transaction // those that carry the id itself
	others []*trustlyclient.Transaction // what the API counts in besides: how it matches is not documented
	asOf   time.Time

	more   bool  // there are older ones, which were not read
	broken error // why reading ended early; older ones may be there
}

// readHistory reads up to maxCustomerRows. What was read before the API failed is worth showing; a failure before the first
// row is the page's.
func (w *web) readHistory(ctx context.Context, view search.View, id string) (*history, error) {
	h := &history{id: id}
	walk := search.NewWalk(w.Client, view.Query(w.Now()), search.Cursor{}, maxCustomerRows+1)
	for n := 0; ; n++ {
		t, err := walk.Next(ctx)
		switch {
		case err != nil && (n == 0 || errors.Is(err, context.Canceled)):
			return nil, fmt.Errorf("read a customer's transactions: %w", err)
		case err != nil:
			h.broken = err
		case n == maxCustomerRows && t != nil:
			h.more = true
		case t != nil && string(t.Payment.Customer.ExternalID) == id:
			h.own = append(h.own, t)
			continue
		case t != nil:
			h.others = append(h.others, t)
			continue
		}
		h.asOf = walk.AsOf()
		return h, nil
	}
}

// whole reports whether all there is was read.
func (h *history) whole() bool { return !h.more && h.broken == nil }

func (h *history) read() int { return len(h.own) + len(h.others) }

func (w *web) drawCustomer(c echo.Context, view search.View, h *history) error {
	told := customerWords{formatter: formatter{zone: view.Zone, now: h.asOf}, history: h, view: view.Without(filterExternal)}
	page := views.CustomerPage{
		Frame: w.frame(c, "Customer "+search.Isolate(printableID(h.id))), ExternalID: h.id, Bounded: bounded(h),
		AsOf: told.clock(h.asOf), AsOfUTC: told.utc(h.asOf), ZoneNote: "Times in " + view.ZoneName() + " (" + view.Zone.String() + ")",
		OthersText: told.othersText(),
	}
	if view.Has(filterExternal) {
		page.ListHref = view.URL("/transactions")
	}
	if h.broken != nil {
		page.RetryHref = c.Request().URL.RequestURI()
	}
	page.Others, page.OthersMore = told.others()
	if len(h.own) == 0 {
		return w.draw(c, http.StatusNotFound, views.Customer(page))
	}
	page.Address, page.PaperAsOf = w.absolute(customerHref(told.view, h.id)), told.ticketTime(trustlyclient.Time{Time: h.asOf})
	page.Names, page.Facts = told.names(), told.facts()
	page.Failure, page.NoFailure = told.failure()
	page.Open, page.OpenMore = told.openAuthorizations()
	page.Title = told.rowsTitle()
	page.Columns, page.Rows = told.rows()
	page.Totals, page.TotalsText = told.totals(), told.totalsText()
	page.Accounts = told.accounts()
	return w.draw(c, http.StatusOK, views.Customer(page))
}

// printableID is an id within a title, where nothing cuts a long one.
func printableID(id string) string {
	const enough = 60
	if runes := []rune(id); len(runes) > enough {
		return string(runes[:enough]) + "…"
	}
	return id
}

// bounded says what of the customer's transactions the page does not know, "" if it knows all.
func bounded(h *history) string {
	switch {
	case h.more:
		return fmt.Sprintf("There are more: this page is about the newest %d that Trustly lists for this ID. Older ones are in the list alone.", h.read())
	case h.broken != nil:
		return fmt.Sprintf("Reading ended early: %s. This page is about the newest %d that came before; there may be older ones.", lowerFirst(problemOf(h.broken).heading), h.read())
	}
	return ""
}

func lowerFirst(s string) string {
	if s == "" || strings.HasPrefix(s, "Trustly") {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
