package handlers

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// chooseColumns shows GET /transactions/columns?…: which columns the list of the same query shows, and in which order.
// up=NAME and down=NAME move one and lead to the outcome, so that the order needs no script.
func (w *web) chooseColumns(c echo.Context) error {
	r := c.Request()
	c.Response().Header().Add("Vary", varyOnFragment)
	asked, err := url.ParseQuery(r.URL.RawQuery)
	up, down := asked.Get("up"), asked.Get("down")
	if err == nil && up+down != "" {
		asked.Del("up")
		asked.Del("down")
		r.URL.RawQuery = asked.Encode()
	}
	view, errs := w.readView(c, w.Now())
	if len(errs) > 0 { // the list says what is wrong with it
		return c.Redirect(http.StatusSeeOther, "/transactions?"+r.URL.RawQuery)
	}
	view = view.With(search.NameAfter)
	switch {
	case up != "":
		view = moveColumn(view, up, -1)
	case down != "":
		view = moveColumn(view, down, +1)
	}
	if up+down != "" || view.Encode() != r.URL.RawQuery {
		return c.Redirect(http.StatusSeeOther, view.URL(r.URL.Path))
	}
	page := w.columnsPage(c, view)
	if isFragment(r) {
		return w.draw(c, http.StatusOK, views.ColumnsPanel(page))
	}
	return w.draw(c, http.StatusOK, views.Columns(page))
}

// moveColumn moves a column one place. The first is the transaction's ID and stays.
func moveColumn(view search.View, name string, by int) search.View {
	names := columnNames(view)
	at := slices.Index(names, name)
	if to := at + by; at > 0 && to > 0 && to < len(names) {
		names[at], names[to] = names[to], names[at]
	}
	return view.With(search.NameColumns, strings.Join(names, ","))
}

func columnNames(view search.View) []string {
	var names []string
	for _, column := range view.Columns {
		names = append(names, column.Name)
	}
	return names
}

func (w *web) columnsPage(c echo.Context, view search.View) views.ColumnsPage {
	page := views.ColumnsPage{
		Frame: w.frame(c, "Columns"), BackHref: view.URL("/transactions"), BackLabel: view.Sentence(),
		DefaultHref: view.With(search.NameColumns).URL("/transactions"),
		AllHref:     view.With(search.NameColumns, "all").URL("/transactions"),
		Hidden:      parameters(view.With(search.NameColumns)),
		Own:         len(w.preferencesOf(c).Columns) > 0,
	}
	shown := map[string]bool{}
	for _, column := range view.Columns[1:] {
		shown[column.Name] = true
		page.Chosen = append(page.Chosen, views.Choice{Value: column.Name, Label: column.Label, On: true})
	}
	groups := map[string][]views.Choice{}
	for _, column := range search.Columns() {
		if column.Name == view.Columns[0].Name {
			continue
		}
		group := columnGroup(column)
		short := column.Label
		if field, ok := search.LookupField(column.Name); ok && strings.HasPrefix(short, group+": ") {
			short = field.Label
		}
		groups[group] = append(groups[group], views.Choice{Value: column.Name, Label: column.Label, Meaning: short, On: shown[column.Name]})
	}
	for _, group := range search.FieldGroups() {
		if choices := groups[group]; len(choices) > 0 {
			page.Groups = append(page.Groups, views.ColumnGroup{Label: group, Choices: choices})
		}
	}
	return page
}

// columnGroup is where a column is looked for: with its main field.
func columnGroup(column search.Column) string {
	if column.Name == search.ColumnBankAccount {
		return search.FieldsAccount
	}
	field, _ := search.LookupField(column.Paths[0])
	return field.Group
}

// parameters are the view's query, piece by piece, for a form that keeps it.
func parameters(view search.View) []views.Parameter {
	var list []views.Parameter
	for pair := range strings.SplitSeq(view.Encode(), "&") {
		name, value, ok := strings.Cut(pair, "=")
		if text, err := url.QueryUnescape(value); ok && err == nil {
			list = append(list, views.Parameter{Name: name, Value: text})
		}
	}
	return list
}

// keepColumns takes POST /account/columns: the form of [web.chooseColumns], whose columns become this browser's own,
// and leads to the list with them.
func (w *web) keepColumns(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	c.Request().URL.RawQuery = c.Request().PostForm.Encode()
	view, errs := w.readView(c, w.Now())
	if len(errs) > 0 {
		return c.Redirect(http.StatusSeeOther, "/transactions?"+c.Request().URL.RawQuery)
	}
	p := w.preferencesOf(c)
	p.Columns = view.Values(search.NameColumns) // none for the portal's own
	notice := auth.Notice{Kind: auth.Success, Text: "Lists that you start in this browser show these columns."}
	if kept := strings.Join(p.Columns, ","); len(kept) > maxKeptColumns {
		notice = auth.Notice{Kind: auth.Warning, Text: "The list shows these columns, but they are too many to be kept for this browser. Choose fewer, or bookmark this address."}
	} else if err := w.keepPreferences(c, p); err != nil {
		return fmt.Errorf("keep the columns: %w", err)
	}
	w.Doors.AddNotice(c.Request().Context(), notice)
	return c.Redirect(http.StatusSeeOther, view.URL("/transactions"))
}

// plainHeads are the heads of all columns, by their names, as they stand in any list.
var plainHeads = func() map[string]views.Column {
	heads := map[string]views.Column{}
	for _, column := range search.Columns() {
		field, _ := search.LookupField(column.Paths[0])
		heads[column.Name] = views.Column{Name: column.Name, Label: column.Label, Filter: columnFilter(column), Right: field.Kind == search.KindAmount}
	}
	return heads
}()

// columnHead is a column's head in the view's list: with what it is sorted by, and a link to sort by it.
func columnHead(view search.View, column search.Column) views.Column {
	head := plainHeads[column.Name]
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

// columnFilter is the filter that a cell's value goes into, or the base of the two names of a range: "amount" for
// amount.min and amount.max. There is none for what is masked.
func columnFilter(column search.Column) string {
	switch column.Name {
	case search.ColumnReference:
		return "payment.merchantReference"
	case search.ColumnBankAccount:
		return ""
	}
	field, _ := search.LookupField(column.Paths[0])
	if field.Mask != search.MaskNone {
		return ""
	}
	for _, end := range []string{".min", ".start"} {
		if _, ok := search.Lookup(field.Path + end); ok {
			return field.Path
		}
	}
	return field.Filter
}

// columnZones says in the heads of times in which zone they are: "EST", and "EDT/EST" where the rows' own differ.
func columnZones(f formatter, p *views.ListPage, rows []*trustlyclient.Transaction, columns []search.Column) {
	for i, column := range columns {
		field, _ := search.LookupField(column.Name)
		if field.Kind != search.KindTime {
			continue
		}
		var names []string
		for _, t := range rows {
			if at, ok := field.Time(t); ok && !at.IsZero() {
				if name := f.zoneName(at.Time); !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		slices.Sort(names)
		p.Columns[i].Zone = cmp.Or(strings.Join(names, "/"), f.zoneName(f.now))
	}
}
