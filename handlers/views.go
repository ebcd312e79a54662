package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// maxViewName bounds a saved view's name, in characters: what a menu can show.
const maxViewName = 80

// savedViews shows GET /views: the reader's saved views, the shared ones of others, and the reader's private links.
func (w *web) savedViews(c echo.Context) error {
	return w.drawSavedViews(c, http.StatusOK, views.ViewsPage{})
}

// openView takes GET /views/{id}: it leads to the canonical URL of what was saved.
func (w *web) openView(c echo.Context) error {
	v, err := w.findView(c)
	if err != nil {
		return err
	}
	if err := w.Store.UseView(c.Request().Context(), v.ID, w.Now()); err != nil {
		return err
	}
	view, errs := w.savedView(v, w.Now())
	if len(errs) > 0 { // the list says what is wrong with it
		return c.Redirect(http.StatusSeeOther, "/transactions?"+v.Query)
	}
	return c.Redirect(http.StatusSeeOther, view.URL("/transactions"))
}

func (w *web) findView(c echo.Context) (store.SavedView, error) {
	v, err := w.Store.View(c.Request().Context(), reader(c).User.ID, c.Param("view"))
	if errors.Is(err, store.ErrNotFound) {
		return v, errNoView
	}
	return v, err
}

// saveView takes POST /views with query, name, and shared and replace as check boxes.
func (w *web) saveView(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r := c.Request()
	view, errs := w.viewOf(c, r.PostFormValue("query"), w.Now())
	if len(errs) > 0 {
		return w.refuseQuery(c, errs)
	}
	page := views.SaveViewPage{
		Name: views.Value{Name: "name", Text: tidyName(r.PostFormValue("name"))}, Shared: r.PostFormValue("shared") != "",
		Query: view.Encode(), Sentence: view.Sentence(), Personal: personalWords(view), BackHref: view.URL("/transactions"),
	}
	if problem := checkName(page.Name.Text); problem != "" {
		page.Name.Error = "The name " + problem + "."
		return w.drawSaveView(c, page)
	}
	kept, link := w.keep(c, view.Without(search.NameAfter))
	if err := w.recordLink(c, view, link); err != nil {
		return err
	}
	saved := act{action: audit.ChangeView, object: "saved view", detail: "saved " + whoWords(page.Shared) + ": " + view.Recorded(w.typed.Hash)}
	if err := w.record(c, saved); err != nil {
		return err
	}
	v := store.SavedView{Name: page.Name.Text, Query: kept.Encode(), Shared: page.Shared, Link: link}
	_, err := w.Store.SaveViews(r.Context(), reader(c).User.ID, []store.SavedView{v}, r.PostFormValue("replace") != "")
	switch {
	case errors.Is(err, store.ErrConflict):
		page.Name.Error, page.Taken = "You have a view of this name already.", true
		return w.drawSaveView(c, page)
	case errors.Is(err, store.ErrTooMany):
		return tooManyViews()
	case err != nil:
		return err
	}
	w.notify(c, auth.Success, "Saved as “"+search.Isolate(v.Name)+"”, "+whoWords(v.Shared)+".")
	return c.Redirect(http.StatusSeeOther, kept.URL("/transactions"))
}

func tooManyViews() error {
	return &undone{fmt.Sprintf("You have %d saved views, as many as one may have.", store.MaxViews), "Delete some of them under Views."}
}

func (w *web) drawSaveView(c echo.Context, p views.SaveViewPage) error {
	p.Frame = w.frame(c, "Save view")
	return w.draw(c, http.StatusUnprocessableEntity, views.SaveView(p))
}

func whoWords(shared bool) string {
	if shared {
		return "for the team"
	}
	return "for you alone"
}

// tidyName takes out what can't be seen and would make two names look alike.
func tidyName(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// checkName says what is wrong with a saved view's name; it completes "The name …".
func checkName(name string) string {
	visible := strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
	})
	switch {
	case name == "":
		return "is missing"
	case !visible:
		return "holds nothing that can be seen"
	case utf8.RuneCountInString(name) > maxViewName:
		return fmt.Sprintf("is longer than %d characters", maxViewName)
	}
	return ""
}

// changes are what POST /views/{id} does, by the name of its button.
var changes = map[string]struct {
	anyone  bool // who may open the view; else its owner, or who manages users
	owner   bool // its owner alone: the order is the owner's
	change  func(*web, echo.Context, store.SavedView) error
	said    string // %s is the view's name
	quietly bool   // nothing to say: the page shows it
}{
	"rename":    {change: (*web).renameView, said: "Renamed to “%s”."},
	"share":     {change: setShared(true), said: "“%s” is shared with the team now."},
	"unshare":   {change: setShared(false), said: "“%s” is for its owner alone now."},
	"delete":    {change: (*web).deleteView, said: "“%s” deleted."},
	"up":        {change: moveBy(-1), owner: true, quietly: true},
	"down":      {change: moveBy(1), owner: true, quietly: true},
	"default":   {change: (*web).makeDefault, anyone: true, said: "“%s” is where you start from now."},
	"undefault": {change: (*web).unmakeDefault, anyone: true, said: "You start from the last 7 days again, not from “%s”."},
}

// changeView takes POST /views/{id} with do, one of changes.
func (w *web) changeView(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	v, err := w.findView(c)
	if err != nil {
		return err
	}
	do, ok := changes[c.Request().PostFormValue("do")]
	if !ok {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if own := v.OwnerID == reader(c).User.ID; !do.anyone && !own && (do.owner || !reader(c).May(auth.ManageUsers)) {
		return errNotYours
	}
	if problem := nameProblem(c, v); problem != nil {
		return w.drawSavedViews(c, http.StatusUnprocessableEntity, views.ViewsPage{Renamed: problem})
	}
	if !do.anyone && !do.owner { // what others see of it
		if err := w.record(c, act{action: audit.ChangeView, object: "saved view " + v.ID, detail: c.Request().PostFormValue("do")}); err != nil {
			return err
		}
	}
	err = do.change(w, c, v)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errNoView
	case errors.Is(err, store.ErrConflict):
		name := tidyName(c.Request().PostFormValue("name"))
		return w.drawSavedViews(c, http.StatusUnprocessableEntity, views.ViewsPage{Renamed: &views.Renamed{ID: v.ID, Text: name, Error: "Its owner has a view of this name already."}})
	case err != nil:
		return err
	}
	if !do.quietly {
		name := v.Name
		if c.Request().PostFormValue("do") == "rename" {
			name = tidyName(c.Request().PostFormValue("name"))
		}
		w.notify(c, auth.Success, fmt.Sprintf(do.said, search.Isolate(name)))
	}
	return c.Redirect(http.StatusSeeOther, "/views#view-"+v.ID)
}

// nameProblem is what is wrong with the name that a view is to be given.
func nameProblem(c echo.Context, v store.SavedView) *views.Renamed {
	if c.Request().PostFormValue("do") != "rename" {
		return nil
	}
	name := tidyName(c.Request().PostFormValue("name"))
	if problem := checkName(name); problem != "" {
		return &views.Renamed{ID: v.ID, Text: name, Error: "The name " + problem + "."}
	}
	return nil
}

func (w *web) renameView(c echo.Context, v store.SavedView) error {
	return w.Store.RenameView(c.Request().Context(), v.ID, tidyName(c.Request().PostFormValue("name")))
}

func (w *web) deleteView(c echo.Context, v store.SavedView) error {
	return w.Store.DeleteView(c.Request().Context(), v.ID)
}

func (w *web) makeDefault(c echo.Context, v store.SavedView) error {
	return w.Store.SetDefaultView(c.Request().Context(), reader(c).User.ID, v.ID)
}

func (w *web) unmakeDefault(c echo.Context, v store.SavedView) error {
	if !v.Default {
		return nil
	}
	return w.Store.SetDefaultView(c.Request().Context(), reader(c).User.ID, "")
}

func setShared(shared bool) func(*web, echo.Context, store.SavedView) error {
	return func(w *web, c echo.Context, v store.SavedView) error {
		return w.Store.ShareView(c.Request().Context(), v.ID, shared)
	}
}

func moveBy(by int) func(*web, echo.Context, store.SavedView) error {
	return func(w *web, c echo.Context, v store.SavedView) error {
		return w.Store.MoveView(c.Request().Context(), v.OwnerID, v.ID, by)
	}
}
