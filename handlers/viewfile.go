package handlers

import (
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/export"
	"trustlyportal/search"
)

// downloadView streams GET /views/{id}.csv|.xlsx|.jsonl: what the saved view says now, all rows. The address stays the
// same whatever the view is changed to, so it is one for scripts. bom=1 is all that may follow it: what is exported is for
// the view to say.
func (w *web) downloadView(c echo.Context) error {
	r := c.Request()
	format, ok := export.FormatOf(strings.TrimPrefix(path.Ext(c.Path()), "."))
	if !ok {
		return echo.ErrNotFound
	}
	saved, err := w.findView(c)
	if err != nil {
		return err
	}
	began := w.Now()
	view, errs := w.savedView(saved, began)
	if len(errs) > 0 {
		return &unreadableView{where: "The saved view", errs: errs}
	}
	if r.URL.RawQuery != "" {
		if r.URL.RawQuery != search.NameBOM+"=1" {
			return &undone{"This address takes nothing behind its question mark but bom=1, for CSV: what is exported is what the saved view says.", "Change the view, or use /transactions" + path.Ext(c.Path()) + " with filters."}
		}
		view = view.With(search.NameBOM, "1")
	}
	if errs := misfits(view, format); len(errs) > 0 {
		return &unreadableView{where: "The address", errs: errs}
	}
	if err := w.Store.UseView(r.Context(), saved.ID, began); err != nil {
		return err
	}
	return w.stream(c, view.Without(search.NameAfter), format, began)
}

// unreadableView is an address or a saved view that can't be read, for readers who get no form to correct it in.
type unreadableView struct {
	where string // "The address"
	errs  []search.FieldError
}

func (*unreadableView) Error() string { return "the view can't be read" }

func (u *unreadableView) problem() problem {
	return problem{status: http.StatusUnprocessableEntity, heading: "Filters to correct",
		what: u.where + " can't be read: " + errorWords(u.errs), do: "Nothing was asked of Trustly. Correct it and try again; /help/filters explains each filter."}
}
