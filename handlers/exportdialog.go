package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/views"
)

// exportOrder is what the form asks for.
type exportOrder struct {
	view    search.View
	format  export.Format
	all     bool // every column, not those of the view
	bom     bool // CSV begins with a byte order mark
	inClear bool
	reason  string // of one in clear
}

// newExport shows GET /exports/new?…: what an export of the list of the same query is to be like. The list opens it in a
// dialog.
func (w *web) newExport(c echo.Context) error { return w.askForExport(c, false) }

// newExportInClear shows GET /exports/in-clear?…: the same with personal data, and why. It is a page of its own, so that
// readers prove who they are before they fill it in.
func (w *web) newExportInClear(c echo.Context) error { return w.askForExport(c, true) }

func (w *web) askForExport(c echo.Context, inClear bool) error {
	order, done, err := w.readOrder(c, inClear)
	if done || err != nil {
		return err
	}
	return w.drawExportForm(c, http.StatusOK, w.exportForm(c, order))
}

// readOrder is the order that the form begins with. What the query has wrong is for the list to say; another spelling
// leads to the canonical one.
func (w *web) readOrder(c echo.Context, inClear bool) (order exportOrder, done bool, err error) {
	r := c.Request()
	c.Response().Header().Add("Vary", varyOnFragment)
	view, errs := w.readView(c, w.Now())
	if len(errs) > 0 {
		return order, true, c.Redirect(http.StatusSeeOther, "/transactions?"+r.URL.RawQuery)
	}
	view = view.Without(search.NameAfter, search.NameCount, search.NameOrderBy, search.NameSortOrder)
	if view.Encode() != r.URL.RawQuery {
		return order, true, c.Redirect(http.StatusSeeOther, view.URL(r.URL.Path))
	}
	format, _ := export.FormatOf(preferredFormat)
	return exportOrder{view: view, format: format, bom: view.Has(search.NameBOM), inClear: inClear}, false, nil
}

// exportFormHref leads to the form for a list: what is shown of it and how does not matter there.
func exportFormHref(view search.View) string {
	return view.Without(search.NameAfter, search.NameCount, search.NameOrderBy, search.NameSortOrder).URL("/exports/new")
}

// preferredFormat is chosen until somebody chooses: finance opens its files with a spreadsheet program.
const preferredFormat = "xlsx"

// formatMeanings say which format is for whom.
var formatMeanings = map[string]string{"csv": "for programs and imports", "xlsx": "opens right by itself", "jsonl": "for programs: the API’s own values"}

func formatChoices(chosen export.Format) []views.Choice {
	var choices []views.Choice
	for _, f := range export.Formats() {
		choices = append(choices, views.Choice{Value: f.Extension, Label: f.Name, Meaning: formatMeanings[f.Extension], On: f.Extension == chosen.Extension})
	}
	return choices
}

func (w *web) exportForm(c echo.Context, o exportOrder) views.ExportFormPage {
	plain := o.view.Without(search.NameBOM)
	p := views.ExportFormPage{
		BackHref: plain.URL("/transactions"), BackLabel: o.view.Sentence(), Action: "/exports", Query: plain.Encode(),
		Formats: formatChoices(o.format), BOM: o.bom, InClear: o.inClear, Reason: views.Value{Name: "reason", Text: o.reason},
		Estimate: views.ExportEstimate{Href: plain.URL("/exports/estimate"), Price: fmt.Sprintf("up to %d requests to Trustly", search.EstimatePrice)},
	}
	now := w.Now()
	shown, all := len(export.NewPlan(plain, now).Columns()), len(export.NewPlan(plain.With(search.NameColumns, "all"), now).Columns())
	p.Columns = []views.Choice{{Value: "shown", Label: "Those of the list", Meaning: columnCount(shown), On: !o.all}, {Value: "all", Label: "All there are", Meaning: columnCount(all), On: o.all}}
	title := "Export"
	switch {
	case o.inClear:
		title, p.Action, p.MaskedHref = "Export personal data in clear", "/exports/in-clear", plain.URL("/exports/new")
	case reader(c).May(auth.ExportUnmasked):
		p.InClearHref = plain.URL("/exports/in-clear")
	}
	if !o.inClear {
		p.Streams = streamLinks(plain)
	}
	p.Frame = w.frame(c, title)
	return p
}

func columnCount(n int) string {
	if n == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", n)
}

// streamLinks are the downloads of a view that come at once.
func streamLinks(view search.View) []views.Link {
	links := []views.Link{}
	for _, format := range export.Formats() {
		links = append(links, views.Link{Label: format.Name, Href: view.URL("/transactions." + format.Extension)})
		if format.Extension == "csv" {
			links = append(links, views.Link{Label: "CSV that Excel opens as UTF-8", Href: view.With(search.NameBOM, "1").URL("/transactions.csv")})
		}
	}
	return links
}

func (w *web) drawExportForm(c echo.Context, status int, p views.ExportFormPage) error {
	if isFragment(c.Request()) {
		return w.draw(c, status, views.ExportPanel(p))
	}
	return w.draw(c, status, views.ExportForm(p))
}

// startExport takes POST /exports with query, format, columns and bom: a job that the reader need not wait for.
func (w *web) startExport(c echo.Context) error { return w.placeOrder(c, false) }

// startExportInClear takes POST /exports/in-clear: the same with personal data, and reason.
func (w *web) startExportInClear(c echo.Context) error { return w.placeOrder(c, true) }

func (w *web) placeOrder(c echo.Context, inClear bool) error {
	if err := limitForm(c); err != nil {
		return err
	}
	form := c.Request().PostForm
	view, errs := w.viewOf(c, form.Get("query"), w.Now())
	if len(errs) > 0 {
		return w.refuseQuery(c, errs)
	}
	order, ok := orderOf(form, view, inClear)
	if !ok {
		return &undone{what: "The export was asked for in a format or with columns that there are not.", do: "Set format to csv, xlsx or jsonl, and columns to shown or all."}
	}
	if problem := order.problem(); problem != "" {
		p := w.exportForm(c, order)
		p.Reason.Error, p.Problem = problem, "Nothing was started. "+problem
		return w.drawExportForm(c, http.StatusUnprocessableEntity, p)
	}
	plan, err := order.plan(w)
	if err != nil {
		return err
	}
	id, err := w.startExportJob(c, plan, order.format, order.reason)
	if full := (*undone)(nil); errors.As(err, &full) {
		p := w.exportForm(c, order)
		p.Problem = full.what + " " + full.do
		return w.drawExportForm(c, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, exportHref(id))
}

// orderOf reads the form; false if it is not one that the portal made.
func orderOf(form url.Values, view search.View, inClear bool) (exportOrder, bool) {
	format, ok := export.FormatOf(form.Get("format"))
	columns := form.Get("columns")
	return exportOrder{
		view: view.Without(search.NameAfter, search.NameCount, search.NameOrderBy, search.NameSortOrder), format: format,
		all: columns == "all", bom: form.Get("bom") != "", inClear: inClear, reason: oneLine(form.Get("reason")),
	}, ok && (columns == "all" || columns == "shown")
}

// problem is what is wrong with the order, in words.
func (o exportOrder) problem() string {
	switch {
	case !o.inClear:
		return ""
	case o.reason == "":
		return "Write a few words on why personal data is needed in clear."
	case utf8.RuneCountInString(o.reason) > maxReason:
		return fmt.Sprintf("The reason has %d characters at most: shorten it.", maxReason)
	}
	return ""
}

// plan is what is ordered, as of now.
func (o exportOrder) plan(w *web) (*export.Plan, error) {
	view := o.view.Without(search.NameBOM)
	if o.bom {
		view = view.With(search.NameBOM, "1")
	}
	if o.all {
		view = view.With(search.NameColumns, "all")
	}
	spec := export.NewSpec(view, w.Now())
	spec.Unmasked = o.inClear
	return spec.Plan()
}

func exportHref(id string) string { return "/exports/" + id }

// isExport reports whether a path is an export's page.
func isExport(path string) bool { return strings.HasPrefix(path, exportHref("")) }
