package handlers

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/views"
)

// filterForm draws up the form; values are what it is filled with, good or not.
func (w *web) filterForm(c echo.Context, view search.View, values url.Values, errs []views.FormError) views.FilterForm {
	form := views.FilterForm{
		Groups: views.FilterGroups(values, errs),
		Zone:   values.Get(search.NameZone), Zones: commonZones,
		OrderBy: string(view.OrderBy), SortOrder: string(view.SortOrder), Count: view.Count,
	}
	switch {
	case form.Zone != "":
	case view.Dateless():
		form.Zone = w.zoneOf(c)
	default: // its days are UTC's, and must not change when another filter is added
		form.Zone = view.Zone.String()
	}
	for _, name := range []string{search.NameColumns, search.NamePrivate, search.NameAsOf} {
		if view.Has(name) {
			form.Hidden = append(form.Hidden, views.Parameter{Name: name, Value: view.Value(name)})
		}
	}
	return form
}
