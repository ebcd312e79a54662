package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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
	view, errs := search.Parse(r.URL.RawQuery, w.Now())
	if len(errs) > 0 {
		return w.drawRefusedList(c, view, errs)
	}
	if canonical := view.Encode(); canonical != r.URL.RawQuery {
		return c.Redirect(http.StatusSeeOther, view.URL(r.URL.Path))
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	page, err := search.ReadPage(ctx, w.Client, view.Query(w.Now()), view.After, view.Count)
	if err != nil {
		return err
	}
	if page.First && !view.After.IsZero() {
		return c.Redirect(http.StatusSeeOther, view.At(search.Cursor{}).URL(r.URL.Path))
	}
	return w.drawList(c, http.StatusOK, w.listPage(c, view, page))
}

func (w *web) drawList(c echo.Context, status int, p views.ListPage) error {
	if isFragment(c.Request()) {
		return w.draw(c, status, views.Results(p))
	}
	return w.draw(c, status, views.List(p))
}

// drawRefusedList fills the form in again and names each field. It shows no rows and asks the API nothing.
func (w *web) drawRefusedList(c echo.Context, view search.View, errs []search.FieldError) error {
	p := w.emptyListPage(c, view, "Filters to correct")
	p.Presets, p.Zone = nil, "" // they would change a view that does not stand yet
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
	p := views.ListPage{Frame: w.frame(c, sentence), Sentence: sentence, Zone: view.Zone.String()}
	zoned := w.zoned(c, view)
	for _, preset := range search.Presets() {
		p.Presets = append(p.Presets, views.Link{Label: preset.Label, Href: zoned.Dated(preset).URL("/transactions"), Current: view.IsDated(preset)})
	}
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
	p.Range = rangeText(view, w.Now())
	for _, chip := range view.Chips() {
		p.Chips = append(p.Chips, views.Chip{Label: chip.Label, Text: chip.Text, RemoveHref: chip.Remove.URL("/transactions"), Control: chip.Names[0]})
	}
	if view.Filtered() {
		p.ClearHref = view.Cleared().URL("/transactions")
	}
	values, _ := url.ParseQuery(view.Encode())
	p.Form = w.filterForm(c, view, values, nil)

	f := formatter{zone: view.Zone, now: w.Now()}
	for _, t := range page.Rows {
		p.Rows = append(p.Rows, f.row(view, t))
	}
	p.CountText = countText(page)
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
		p.ExportHref = view.Without(search.NameAfter, search.NameCount).URL("/transactions.csv")
	}
	if len(p.Rows) == 0 {
		p.Empty = emptyState(view, page)
	}
	return p
}

func countText(page search.Page) string {
	n := len(page.Rows)
	switch {
	case page.First && page.Older.IsZero() && n == 1:
		return "1 transaction"
	case page.First && page.Older.IsZero():
		return fmt.Sprintf("%d transactions", n)
	case page.First:
		return fmt.Sprintf("First %d transactions; there are more", n)
	case page.Older.IsZero():
		return fmt.Sprintf("Last %d transactions", n)
	}
	return fmt.Sprintf("%d transactions on this page", n)
}

// emptyState says what may help when nothing was found.
func emptyState(view search.View, page search.Page) views.Empty {
	e := views.Empty{Heading: "No transactions", Text: "Trustly has none that match all filters of this view."}
	if !page.First {
		e = views.Empty{Heading: "No more transactions", Text: "Nothing follows this place in the list."}
		e.Suggestions = append(e.Suggestions, views.Link{Label: "Back to the first page", Href: view.At(search.Cursor{}).URL("/transactions")})
		return e
	}
	if !view.Filtered() {
		e.Text = "Trustly has no transaction for this account yet."
		return e
	}
	for _, preset := range search.Presets() {
		wider := preset.Label == "30 days" || preset.Label == "Any time"
		if wider && view.Has("createdAt.start") && !view.IsDated(preset) {
			e.Suggestions = append(e.Suggestions, views.Link{Label: "The same, " + preset.Label, Href: view.Dated(preset).URL("/transactions")})
		}
	}
	chips := view.Chips()
	for _, chip := range chips {
		if len(chips) > 1 {
			e.Suggestions = append(e.Suggestions, views.Link{Label: "Without " + chip.Label + ": " + chip.Text, Href: chip.Remove.URL("/transactions")})
		}
	}
	return e
}

// rangeText tells the instants that the range of creation stands for.
func rangeText(view search.View, now time.Time) string {
	created := view.Query(now).Created
	f := formatter{zone: view.Zone, now: now}
	switch {
	case created.Start.IsZero() && created.End.IsZero():
		return ""
	case created.Start.IsZero():
		return "until " + f.short(created.End)
	case created.End.IsZero():
		return f.short(created.Start) + " – now"
	}
	return f.short(created.Start) + " – " + f.short(created.End)
}

func columnHead(view search.View, column search.Column) views.Column {
	head := views.Column{Name: column.Name, Label: column.Label}
	field, _ := search.LookupField(column.Paths[0])
	head.Right = field.Kind == search.KindAmount
	if column.Name != string(trustlyclient.ByCreated) && column.Name != string(trustlyclient.ByUpdated) {
		return head
	}
	order := trustlyclient.Descending
	if column.Name == string(view.OrderBy) {
		head.Sort = "descending"
		if view.SortOrder == trustlyclient.Ascending {
			head.Sort = "ascending"
		} else {
			order = trustlyclient.Ascending
		}
	}
	head.SortHref = view.With(search.NameOrderBy, column.Name).With(search.NameSortOrder, string(order)).URL("/transactions")
	return head
}

// filterForm draws up the form; values are what it is filled with, good or not.
func (w *web) filterForm(c echo.Context, view search.View, values url.Values, errs []views.FormError) views.FilterForm {
	form := views.FilterForm{
		Groups: views.FilterGroups(values, errs),
		Zone:   values.Get(search.NameZone), Zones: commonZones,
		OrderBy: string(view.OrderBy), SortOrder: string(view.SortOrder), Count: view.Count,
	}
	if form.Zone == "" {
		form.Zone = w.zoneOf(c)
	}
	form.Columns = columnChoices(view)
	if view.Has(search.NameAsOf) {
		form.Hidden = append(form.Hidden, views.Parameter{Name: search.NameAsOf, Value: view.Value(search.NameAsOf)})
	}
	return form
}

// columnChoices offers the columns in use and those most asked for. All others can be named in the URL.
func columnChoices(view search.View) []views.Choice {
	var choices []views.Choice
	offered := map[string]bool{}
	offer := func(column search.Column, on bool) {
		if !offered[column.Name] && column.Name != "transactionId" {
			offered[column.Name] = true
			choices = append(choices, views.Choice{Value: column.Name, Label: column.Label, On: on})
		}
	}
	shown := view.Columns
	if len(shown) > maxOfferedColumns {
		shown = search.DefaultColumns()
	}
	for _, column := range shown {
		offer(column, true)
	}
	for _, column := range search.DefaultColumns() {
		offer(column, false)
	}
	for _, column := range search.Columns() {
		if slices.Contains(offeredColumns, column.Name) {
			offer(column, false)
		}
	}
	return choices
}

// maxOfferedColumns keeps the chooser's weight in bounds.
const maxOfferedColumns = 40

var offeredColumns = []string{"originalTransactionId", "merchantReference", "statusMessage", "currency", "pending", "paid", "refunded", "reversed", "balance", "fee", "ip",
	"processedAt", "completedAt", "updatedAt", "expiredAt", "payment.paymentId", "payment.paymentType", "payment.description", "payment.merchantReference",
	"payment.merchant.merchantId", "payment.merchant.name", "payment.customer.externalId", "payment.account.routingNumber", "payment.paymentProvider.name",
	"paymentProviderTransaction.paymentProviderTransactionId", "paymentProviderTransaction.instantSettle"}
