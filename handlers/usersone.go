package handlers

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// errNoAccount: the address names none.
var errNoAccount = errors.New("no such account")

// accountAsked is the account that the address names.
func (w *web) accountAsked(c echo.Context) (store.Account, error) {
	id, err := strconv.ParseInt(c.Param("user"), 10, 64)
	if err != nil {
		return store.Account{}, errNoAccount
	}
	a, err := w.Store.Account(c.Request().Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoAccount
	}
	return a, err
}

// userPage shows GET /admin/users/:user.
func (w *web) userPage(c echo.Context) error {
	ctx := c.Request().Context()
	a, err := w.accountAsked(c)
	if err != nil {
		return err
	}
	f, err := w.formatter(c)
	if err != nil {
		return err
	}
	row := f.accountRow(a)
	page := views.UserPage{
		Frame: w.frame(c, a.Email), Pages: w.adminNav(c), Back: views.Link{Label: "All accounts", Href: "/admin/users"},
		Email: a.Email, Role: string(a.Role), State: row.State, Means: row.Means, Seen: row.Seen, Since: f.short(a.CreatedAt), Zone: f.zone.String(),
		Action: accountHref(a.ID), Generation: strconv.FormatInt(a.Generation, 10),
		You: a.ID == reader(c).User.ID, SSO: a.SSO, Disabled: a.Disabled, HasFactors: a.Authenticator || a.Passkeys > 0,
		Roles: roleChoices(string(a.Role)),
	}
	if page.LastAdmin, err = w.Store.IsLastAdmin(ctx, a.ID); err != nil {
		return err
	}
	if page.Sessions, err = w.sessionsOf(c, f, a.User); err != nil {
		return err
	}
	if page.Tokens, err = w.tokensOf(c, f, a.User); err != nil {
		return err
	}
	links, err := w.Store.OpenInvitations(ctx, w.Now())
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.UserID == a.ID {
			page.Link = f.openLink(l)
		}
	}
	return w.draw(c, http.StatusOK, views.AccountOf(page))
}

// tokensOf lists the access tokens of a user that still open something.
func (w *web) tokensOf(c echo.Context, f formatter, u auth.User) ([]views.AccountToken, error) {
	tokens, err := w.Store.Tokens(c.Request().Context(), u.ID)
	if err != nil {
		return nil, err
	}
	var shown []views.AccountToken
	for _, t := range tokens {
		if !t.RevokedAt.IsZero() || !w.Now().Before(t.ExpiresAt) {
			continue
		}
		row := views.AccountToken{ID: strconv.FormatInt(t.ID, 10), Name: t.Name, Scope: t.Scope.String(), Ends: f.short(t.ExpiresAt), EndsUTC: f.utc(t.ExpiresAt), Used: "Never"}
		if !t.UsedAt.IsZero() {
			row.Used, row.UsedUTC = f.short(t.UsedAt), f.utc(t.UsedAt)
		}
		shown = append(shown, row)
	}
	return shown, nil
}

// mayNot says why an act on an account can't be done, before it is tried; nil if it may.
func (w *web) mayNot(c echo.Context, a store.Account, action audit.Action) (*undone, error) {
	if a.ID == reader(c).User.ID {
		return &undone{"This is your own account.", "Another administrator can do this. Your password, second factors and sign-ins are under Account."}, nil
	}
	if shown := c.Request().PostFormValue("generation"); shown != "" && shown != strconv.FormatInt(a.Generation, 10) {
		return &undone{"The account was changed since you opened its page, by somebody else or in another window.", "Open it again and look at it as it is now."}, nil
	}
	if action == audit.ChangeRole && a.SSO {
		return &undone{"The role of this account comes from the single sign-on.", "Change it there: it counts from the next sign-in on."}, nil
	}
	if action != audit.ChangeRole && action != audit.DisableUser {
		return nil, nil
	}
	last, err := w.Store.IsLastAdmin(c.Request().Context(), a.ID)
	if err != nil || !last {
		return nil, err
	}
	return lastAdmin, nil
}

var lastAdmin = &undone{"This is the last administrator who is enabled.", "Give the role admin to somebody else first."}

// change does an act on an account, once it is on record, and leads back to the account. A refusal is on record, too.
func (w *web) change(c echo.Context, a store.Account, done act, do func() error, said string) error {
	done.object = userObject(a.Email)
	why, err := w.mayNot(c, a, done.action)
	if err != nil {
		return err
	}
	if why == nil {
		if err := w.record(c, done); err != nil {
			return err
		}
		switch err := do(); {
		case errors.Is(err, store.ErrLastAdmin): // another one went meanwhile
			why = lastAdmin
		case errors.Is(err, store.ErrNotFound):
			why = &undone{"The account was changed at the same moment.", "Open it again and look at it as it is now."}
		case err != nil:
			return err
		}
	}
	if why != nil {
		done.result, done.detail = audit.Refused, lowerFirst(why.what)
		w.recordOrTell(c, done)
		return why
	}
	w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: auth.Success, Text: search.Isolate(a.Email) + " " + said})
	return c.Redirect(http.StatusSeeOther, accountHref(a.ID))
}
