package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/views"
)

const (
	ssoAccountPath = "/account/sso"
	ssoProvePath   = "/login/sso/prove" // below the handshake's path
)

// ssoAccount shows GET /account/sso: how the account and the single sign-on belong together.
func (w *web) ssoAccount(c echo.Context) error {
	page := views.SSOPage{Frame: w.frame(c, "Single sign-on"), Pages: w.accountNav(c), Linked: reader(c).User.SSO}
	if w.SSO != nil {
		page.Provider = w.SSO.Name()
	}
	return w.draw(c, http.StatusOK, views.SSO(page))
}

// startLink takes POST /account/sso, and leads to the provider to find out which person's account it shall be.
func (w *web) startLink(c echo.Context) error {
	if w.SSO == nil || reader(c).User.SSO {
		return c.Redirect(http.StatusSeeOther, ssoAccountPath)
	}
	address, err := w.beginSSO(c, ssoHandshake{For: ssoToLink, LoginID: reader(c).LoginID, Next: ssoAccountPath})
	if err != nil {
		return err
	}
	return w.leave(c, "Going on to "+w.SSO.Name(), address)
}

// linkSSO makes the reader's account the person's. It takes the reader's own click with a fresh proof, a sign-in at the
// provider just now, and the same verified address on both sides: a colleague's open session must not do.
func (w *web) linkSSO(c echo.Context, h ssoHandshake, claimed auth.Claimed) error {
	ctx := c.Request().Context()
	identity, err := w.readerOf(c, h)
	if err != nil {
		return err
	}
	user := identity.User
	switch _, err := w.Store.UserByIdentity(ctx, claimed.Issuer, claimed.Subject); {
	case err == nil, user.SSO:
		return w.noLink(c, user, auth.SSOLinked)
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	switch {
	case claimed.Role == "":
		return w.noLink(c, user, auth.SSONoRole)
	case claimed.Email != user.Email:
		return w.noLink(c, user, auth.SSOOtherPerson)
	}
	if err := w.record(c, act{action: audit.AddFactor, object: userObject(user.Email), detail: "single sign-on, in the place of the password", by: user}); err != nil {
		return err
	}
	if claimed.Role != user.Role {
		if err := w.record(c, act{action: audit.ChangeRole, object: userObject(user.Email), detail: fmt.Sprintf("sso, %s to %s", user.Role, claimed.Role), by: user}); err != nil {
			return err
		}
	}
	switch err := w.Store.LinkIdentity(ctx, user.ID, claimed.Issuer, claimed.Subject, claimed.Role); {
	case errors.Is(err, store.ErrLastAdmin):
		return w.noLink(c, user, auth.SSOLastAdmin)
	case errors.Is(err, store.ErrConflict):
		return w.noLink(c, user, auth.SSOLinked)
	case err != nil:
		return err
	}
	if user, err = w.Store.UserByIdentity(ctx, claimed.Issuer, claimed.Subject); err != nil {
		return err
	}
	if err := w.openBySSO(c, user, claimed); err != nil {
		return err
	}
	w.Doors.AddNotice(ctx, auth.Notice{Kind: auth.Success, Text: "Connected. From now on you sign in with " + w.SSO.Name() + "; the password is deleted."})
	return nil
}

func (w *web) noLink(c echo.Context, user auth.User, reason auth.SSOReason) error {
	if err := w.record(c, act{action: audit.AddFactor, object: userObject(user.Email), detail: "single sign-on, " + string(reason), result: audit.Refused, by: user}); err != nil {
		return err
	}
	return &auth.SSOError{Reason: reason}
}

// startSSOProof takes GET /login/sso/prove with next: it has the provider ask the reader anew who they are.
func (w *web) startSSOProof(c echo.Context) error {
	next := auth.LocalPath(c.QueryParam("next"))
	if w.SSO == nil || reader(c).Means != auth.BySSO {
		return c.Redirect(http.StatusSeeOther, provePath+"?next="+url.QueryEscape(next))
	}
	address, err := w.beginSSO(c, ssoHandshake{For: ssoToProve, LoginID: reader(c).LoginID, Next: next})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// proveBySSO notes that the reader has just signed in at the provider. If the provider gives them another role now, it
// is a sign-in.
func (w *web) proveBySSO(c echo.Context, h ssoHandshake, claimed auth.Claimed) error {
	ctx := c.Request().Context()
	identity, err := w.readerOf(c, h)
	if err != nil {
		return err
	}
	user, err := w.Store.UserByIdentity(ctx, claimed.Issuer, claimed.Subject)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && user.ID != identity.User.ID:
		if err := w.record(c, act{action: audit.Prove, object: userObject(identity.User.Email), detail: "sso, another person", result: audit.Refused, by: identity.User}); err != nil {
			return err
		}
		return &auth.SSOError{Reason: auth.SSOOtherPerson}
	case err != nil:
		return err
	case claimed.Role != user.Role:
		return w.signInBySSO(c, claimed)
	}
	if err := w.record(c, act{action: audit.Prove, object: userObject(user.Email), detail: string(auth.BySSO), by: identity.User}); err != nil {
		return err
	}
	return w.factors.Prove(ctx, identity)
}

// readerOf is the reader, if the login in which the handshake was begun still lasts in this browser.
func (w *web) readerOf(c echo.Context, h ssoHandshake) (auth.Identity, error) {
	identity, err := w.Doors.Identify(c.Request().Context())
	if errors.Is(err, auth.ErrNotSignedIn) || err == nil && identity.LoginID != h.LoginID {
		return auth.Identity{}, &auth.SSOError{Reason: auth.SSONotBegun}
	}
	return identity, err
}
