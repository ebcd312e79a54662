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

// What an administrator does to an account. Each act ends what it has to at once: sign-ins are asked for on every
// request, in every process.

// changeRole takes POST /admin/users/:user/role with role.
func (w *web) changeRole(c echo.Context) error {
	a, err := w.accountForm(c)
	if err != nil {
		return err
	}
	role, err := auth.ParseRole(c.Request().PostFormValue("role"))
	if err != nil {
		return &undone{"No role was chosen.", "Go back and choose one."}
	}
	if role == a.Role {
		return w.asItWas(c, a, "has this role already.")
	}
	return w.change(c, a, act{action: audit.ChangeRole, detail: string(a.Role) + " → " + string(role)}, func() error {
		return w.Store.SetRole(c.Request().Context(), a.ID, role)
	}, "has the role "+string(role)+" now, and is signed out everywhere.")
}

// disableUser takes POST /admin/users/:user/disable.
func (w *web) disableUser(c echo.Context) error {
	a, err := w.accountForm(c)
	if err != nil {
		return err
	}
	if a.Disabled {
		return w.asItWas(c, a, "is disabled already.")
	}
	return w.change(c, a, act{action: audit.DisableUser}, func() error {
		return w.Store.SetDisabled(c.Request().Context(), a.ID, true)
	}, "is disabled, and signed out everywhere.")
}

// enableUser takes POST /admin/users/:user/enable.
func (w *web) enableUser(c echo.Context) error {
	a, err := w.accountForm(c)
	if err != nil {
		return err
	}
	if !a.Disabled {
		return w.asItWas(c, a, "is enabled already.")
	}
	return w.change(c, a, act{action: audit.EnableUser}, func() error {
		return w.Store.SetDisabled(c.Request().Context(), a.ID, false)
	}, "is enabled.")
}

// resetFactors takes POST /admin/users/:user/factors.
func (w *web) resetFactors(c echo.Context) error {
	a, err := w.accountForm(c)
	if err != nil {
		return err
	}
	return w.change(c, a, act{action: audit.RemoveFactor, detail: "all of them"}, func() error {
		return w.Store.ResetFactors(c.Request().Context(), a.ID)
	}, "has no second factor any more, and is signed out everywhere.")
}

// makePasswordLink takes POST /admin/users/:user/link, and shows the link to pass on.
func (w *web) makePasswordLink(c echo.Context) error {
	a, err := w.accountForm(c)
	if err != nil {
		return err
	}
	done := act{action: audit.InviteUser, object: userObject(a.Email), detail: "to set a password"}
	why, err := w.mayNot(c, a, done.action)
	switch {
	case err != nil:
		return err
	case why == nil && a.SSO:
		why = &undone{"This account signs in by single sign-on and has no password here.", "Whoever runs the single sign-on can help."}
	case why == nil && a.Disabled:
		why = &undone{"This account is disabled.", "Enable it first."}
	}
	if why != nil {
		done.result, done.detail = audit.Refused, lowerFirst(why.what)
		w.recordOrTell(c, done)
		return why
	}
	if err := w.record(c, done); err != nil {
		return err
	}
	me := reader(c).User
	link, err := w.makeLink(c, store.Invitation{Purpose: store.ToSetPassword, Email: a.Email, UserID: a.ID, MadeBy: me.ID, MadeByEmail: me.Email})
	if errors.Is(err, store.ErrNotFound) { // disabled meanwhile
		return &undone{"The account was changed at the same moment.", "Open it again and look at it as it is now."}
	}
	if err != nil {
		return err
	}
	link.Heading, link.What = "Link to set a password", search.Isolate(a.Email)+" chooses a new password by opening this link, and is signed out everywhere then."
	link.Back = views.Link{Label: "Back to the account", Href: accountHref(a.ID)}
	return w.drawLink(c, link)
}

// endSessionsOf takes POST /admin/users/:user/sessions with end: the id of one sign-in, or "all".
func (w *web) endSessionsOf(c echo.Context) error {
	a, err := w.accountForm(c)
	if err != nil {
		return err
	}
	said := "is signed out there: the next request is refused."
	if end := c.Request().PostFormValue("end"); end == "all" {
		said = "is signed out everywhere: the next requests are refused."
		if err = w.record(c, act{action: audit.EndSession, object: userObject(a.Email), detail: "all"}); err == nil {
			err = w.Store.EndLogins(c.Request().Context(), a.ID)
		}
	} else {
		err = w.endOne(c, a.User, end)
	}
	if err != nil {
		return err
	}
	w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: auth.Success, Text: search.Isolate(a.Email) + " " + said})
	return c.Redirect(http.StatusSeeOther, accountHref(a.ID))
}

// revokeTokenOf takes POST /admin/users/:user/tokens with revoke: the id of an access token of theirs.
func (w *web) revokeTokenOf(c echo.Context) error {
	a, err := w.accountForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	tokens, err := w.Store.Tokens(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		id := strconv.FormatInt(t.ID, 10)
		if id != c.Request().PostFormValue("revoke") || !t.RevokedAt.IsZero() {
			continue
		}
		if err := w.record(c, act{action: audit.RevokeToken, object: "token " + id + " " + t.Name, detail: "of " + a.Email}); err != nil {
			return err
		}
		if err := w.Store.RevokeToken(ctx, t.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	w.Doors.AddNotice(ctx, auth.Notice{Kind: auth.Success, Text: "The access token opens nothing any more."})
	return c.Redirect(http.StatusSeeOther, accountHref(a.ID))
}

// asItWas answers a form that was sent twice.
func (w *web) asItWas(c echo.Context, a store.Account, said string) error {
	w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: auth.Info, Text: search.Isolate(a.Email) + " " + said})
	return c.Redirect(http.StatusSeeOther, accountHref(a.ID))
}

// accountForm reads a form about the account that the address names.
func (w *web) accountForm(c echo.Context) (store.Account, error) {
	if err := limitForm(c); err != nil {
		return store.Account{}, err
	}
	return w.accountAsked(c)
}
