package handlers

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// privateLinkUse is how far apart two uses are at least: a page, its count and its next page are one.
const privateLinkUse = time.Minute

// Texts for readers; they complete "Private link …".
var (
	errLinkClosed = errors.New("does not open: it was revoked, was not used for half a year, or is for somebody else. Ask whoever sent it for another")
	errLinkSecret = errors.New("can't be read any more: the portal's secret has changed since it was made. Ask whoever sent it for another")
	errLinkFailed = errors.New("could not be looked up just now: try again")
)

// viewOf is what a list's query string says to this reader, who may open private links.
func (w *web) viewOf(c echo.Context, rawQuery string, now time.Time) (search.View, []search.FieldError) {
	open := func(token string) (url.Values, error) { return w.openPrivate(c, token, now) }
	return search.ParseWith(open, rawQuery, now)
}

// openPrivate looks up what a private link's token stands for and counts its use. Its errors are for the reader; a
// failure of the database is noted for the log too.
func (w *web) openPrivate(c echo.Context, token string, now time.Time) (url.Values, error) {
	ctx := c.Request().Context()
	link, err := w.Store.PrivateLink(ctx, reader(c).User.ID, token, now.Add(-store.PrivateLinkIdle))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errLinkClosed
	}
	if err == nil {
		err = w.Store.UsePrivateLink(ctx, token, now, now.Add(-privateLinkUse))
	}
	if err != nil {
		requestFrom(ctx).err = err
		return nil, errLinkFailed
	}
	requestFrom(ctx).link = link
	return w.unseal(link)
}

// unsealing opens just this link, for the reader who was given it already.
func (w *web) unsealing(link store.PrivateLink) search.Opener {
	return func(token string) (url.Values, error) {
		if token != link.Token {
			return nil, errLinkClosed
		}
		return w.unseal(link)
	}
}

func (w *web) unseal(link store.PrivateLink) (url.Values, error) {
	text, err := w.linkSealer.Open(link.Sealed, link.Token)
	if err != nil {
		return nil, errLinkSecret
	}
	return url.ParseQuery(string(text))
}

// keep returns the view with its personal values in a private link, and the link; without personal values the view as it
// is and no link.
func (w *web) keep(c echo.Context, view search.View) (search.View, store.PrivateLink) {
	values := view.PersonalValues()
	if len(values) == 0 {
		return view, store.PrivateLink{}
	}
	link := store.PrivateLink{Token: rand.Text(), OwnerID: reader(c).User.ID}
	link.Sealed = w.linkSealer.Seal([]byte(values.Encode()), link.Token)
	view = view.Keep(link.Token)
	link.Query = view.Encode()
	return view, link
}

// makePrivateLink takes POST /private-links with query, and who=me for a link that opens for nobody else. It leads to the
// same view by its private link; to htmx it gives the link to copy.
func (w *web) makePrivateLink(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r := c.Request()
	view, errs := w.viewOf(c, r.PostFormValue("query"), w.Now())
	if len(errs) > 0 {
		return w.refuseQuery(c, errs)
	}
	view, link := w.keep(c, view.Without(search.NameAfter))
	if link.Token == "" {
		w.notify(c, auth.Info, "This view holds no personal values: its address can be sent as it is.")
		return c.Redirect(http.StatusSeeOther, view.URL("/transactions"))
	}
	link.OnlyMaker = r.PostFormValue("who") == "me"
	if err := w.recordLink(c, view, link); err != nil {
		return err
	}
	if err := w.Store.KeepPrivateLink(r.Context(), link); err != nil {
		if errors.Is(err, store.ErrTooMany) {
			return &undone{fmt.Sprintf("You have %d private links, as many as one may have.", store.MaxPrivateLinks), "Revoke some of them under Views."}
		}
		return err
	}
	href := view.URL("/transactions")
	if isFragment(r) {
		return w.draw(c, http.StatusOK, views.PrivateLinkMade(views.MadeLink{URL: w.absolute(href), Href: href, OnlyYou: link.OnlyMaker}))
	}
	w.notify(c, auth.Success, "Private link made: the address of this page holds no personal values. Copy it under Share.")
	return c.Redirect(http.StatusSeeOther, href)
}

// recordLink puts a link on record before it is kept.
func (w *web) recordLink(c echo.Context, view search.View, link store.PrivateLink) error {
	if link.Token == "" {
		return nil
	}
	return w.record(c, act{action: audit.MakePrivateLink, object: linkObject(link.Token), detail: view.Recorded(w.typed.Hash)})
}

// linkObject names a private link in the audit.
func linkObject(token string) string { return "private link " + search.RecordedToken(token) }

// revokePrivateLink takes POST /private-links/{token}/revoke.
func (w *web) revokePrivateLink(c echo.Context) error {
	if err := w.record(c, act{action: audit.RevokePrivateLink, object: linkObject(c.Param("token"))}); err != nil {
		return err
	}
	err := w.Store.RevokePrivateLink(c.Request().Context(), reader(c).User.ID, c.Param("token"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		w.notify(c, auth.Info, "That private link is not among yours, or was revoked already.")
	case err != nil:
		return err
	default:
		w.notify(c, auth.Success, "Private link revoked. It opens for nobody any more.")
	}
	return c.Redirect(http.StatusSeeOther, "/views#links")
}

// refuseQuery is the answer to a form whose hidden query can't be read.
func (w *web) refuseQuery(c echo.Context, errs []search.FieldError) error {
	if err := requestFrom(c.Request().Context()).err; err != nil {
		return err
	}
	return &undone{"The view that this was for can't be read: " + strings.TrimSpace(search.Isolate(errs[0].Label)+" "+errs[0].Message) + ".", "Open the list anew and start from there."}
}

func (w *web) notify(c echo.Context, kind auth.NoticeKind, text string) {
	w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: kind, Text: text})
}

// absolute is an address of the portal as people reach it.
func (w *web) absolute(href string) string {
	if w.BaseURL == nil {
		return href
	}
	return w.BaseURL.Scheme + "://" + w.BaseURL.Host + href
}
