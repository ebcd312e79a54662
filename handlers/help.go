package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/views"
)

// helpFilters shows GET /help/filters: the permanent contract of the list's URL, made from the catalogue.
func (w *web) helpFilters(c echo.Context) error {
	zone := w.zoneOf(c)
	base, _ := search.Parse("tz="+zone, w.Now())
	page := views.HelpFiltersPage{Frame: w.frame(c, "Filters and links"), Zone: zone}
	page.Groups = views.HelpGroups(func(name, value string) string {
		filter, _ := search.Lookup(name)
		if filter.Kind == search.KindTime {
			return base.With(name, value).URL("/transactions")
		}
		view, _ := search.Parse("", w.Now())
		return view.With(name, value).URL("/transactions")
	})
	return w.draw(c, http.StatusOK, views.HelpFilters(page))
}
