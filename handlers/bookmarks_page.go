package handlers

import (
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// drawSavedViews fills the page at /views; it arrives with what was wrong in a form.
func (w *web) drawSavedViews(c echo.Context, status int, page views.ViewsPage) error {
	ctx, now, me := c.Request().Context(), w.Now(), reader(c).User.ID
	saved, err := w.Store.Views(ctx, me)
	if err != nil {
		return err
	}
	links, err := w.Store.PrivateLinks(ctx, me, now.Add(-store.PrivateLinkIdle))
	if err != nil {
		return err
	}
	zone, err := search.LoadZone(w.zoneOf(c))
	if err != nil {
		return err
	}
	f := formatter{zone: zone, now: now}
	for _, v := range saved {
		row := w.savedRow(v, f)
		row.May = v.OwnerID == me || reader(c).May(auth.ManageUsers)
		if reader(c).May(auth.Export) {
			row.Token = tokensHref + "?view=" + v.ID + "#new"
		}
		if page.Renamed != nil && page.Renamed.ID == v.ID {
			row.Rename = views.Value{Text: page.Renamed.Text, Error: page.Renamed.Error}
		}
		if v.OwnerID == me {
			page.Mine = append(page.Mine, row)
		} else {
			page.Others = append(page.Others, row)
		}
	}
	for _, l := range links {
		page.Links = append(page.Links, w.linkRow(l, f))
	}
	page.Most, page.IdleDays = store.MaxViews, int(store.PrivateLinkIdle/(24*time.Hour))
	page.Frame = w.frame(c, "Views")
	return w.draw(c, status, views.Views(page))
}

func (w *web) savedRow(v store.SavedView, f formatter) views.SavedView {
	row := views.SavedView{
		ID: v.ID, Name: v.Name, Href: viewHref(v.ID), Shared: v.Shared, Owner: v.Owner, Default: v.Default,
		Used: "Never", Rename: views.Value{Text: v.Name},
	}
	if !v.UsedAt.IsZero() {
		row.Used, row.UsedUTC = f.short(v.UsedAt), f.utc(v.UsedAt)
	}
	view, errs := w.savedView(v, f.now)
	if len(errs) > 0 {
		row.Error = errorWords(errs)
		return row
	}
	row.Sentence, row.Personal = view.Sentence(), personalWords(view)
	return row
}

func (w *web) linkRow(l store.PrivateLink, f formatter) views.PrivateLink {
	row := views.PrivateLink{
		Token: l.Token, Href: "/transactions?" + l.Query, URL: w.absolute("/transactions?" + l.Query), OnlyYou: l.OnlyMaker,
		Made: f.short(l.CreatedAt), MadeUTC: f.utc(l.CreatedAt), Uses: int(l.Uses), Used: "Never",
	}
	if !l.UsedAt.IsZero() {
		row.Used, row.UsedUTC = f.short(l.UsedAt), f.utc(l.UsedAt)
	}
	view, errs := search.ParseWith(w.unsealing(l), l.Query, f.now)
	if len(errs) > 0 {
		row.Error = errorWords(errs)
		return row
	}
	row.Sentence = view.Sentence()
	return row
}

// personalWords name what of a view is personal data, "" for nothing.
func personalWords(view search.View) string {
	var labels []string
	values := view.PersonalValues()
	for _, f := range search.Filters() {
		if len(values[f.Name]) > 0 && !slices.Contains(labels, f.Label) {
			labels = append(labels, f.Label)
		}
	}
	return strings.Join(labels, ", ")
}

// errorWords say what is wrong with a query, as one sentence each.
func errorWords(errs []search.FieldError) string {
	var all []string
	for _, e := range errs {
		s := search.Isolate(e.Label)
		if e.Value != "" {
			s += " “" + search.Isolate(e.Value) + "”"
		}
		all = append(all, strings.TrimSpace(s+" "+strings.TrimSuffix(e.Message, "."))+".")
	}
	return strings.Join(all, " ")
}
