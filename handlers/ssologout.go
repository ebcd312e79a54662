package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/views"
)

// endSessionPatience is how long signing out waits for a provider that has not described itself yet.
const endSessionPatience = 3 * time.Second

// endSessionAddress is where a browser goes to be signed out at the provider, too; "" for nowhere. It is asked for while
// the login lasts.
func (w *web) endSessionAddress(c echo.Context, identity auth.Identity) string {
	if w.SSO == nil || identity.Means != auth.BySSO {
		return ""
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), endSessionPatience)
	defer cancel()
	kept, err := w.Store.SSOLogin(ctx, identity.LoginID)
	if err != nil || kept.Issuer != w.SSO.Issuer() { // signing out here must work whatever becomes of it there
		return ""
	}
	token, err := w.ssoSealer.Open(kept.IDToken, identity.LoginID)
	if err != nil {
		token = nil // the secret has changed: the provider asks whom to sign out
	}
	return w.SSO.EndSessionURL(ctx, string(token), w.BaseURL.JoinPath("/login").String())
}

// leave leads a browser to the provider by a page, since the content security policy keeps a form's answer from
// redirecting elsewhere.
func (w *web) leave(c echo.Context, title, address string) error {
	page := views.LeavingPage{Frame: w.frame(c, title), Provider: w.SSO.Name(), Href: address}
	page.Frame.LeadTo = address
	return w.draw(c, http.StatusOK, views.Leaving(page))
}

// backChannelLogout takes POST /login/sso/backchannel-logout with logout_token from the provider itself: a session of
// its own is over, so the logins that came from it are.
func (w *web) backChannelLogout(c echo.Context) error {
	if w.SSO == nil {
		return echo.ErrNotFound
	}
	if err := limitForm(c); err != nil {
		return err
	}
	ctx := c.Request().Context()
	over, err := w.SSO.LoggedOut(ctx, c.Request().PostFormValue("logout_token"))
	if why, ok := errors.AsType[*auth.SSOError](err); ok && why.Reason != auth.SSOUnanswered {
		_ = w.refuseSSO(c, err, "") // tells the operator; the provider is told as the standard says
		return c.JSON(http.StatusBadRequest, map[string]string{"error": "invalid_request", "error_description": string(why.Reason)})
	}
	if err != nil {
		return w.refuseSSO(c, err, "")
	}
	ended, err := w.Store.EndSSOLogins(ctx, w.SSO.Issuer(), over.Subject, over.SessionID, over.Until)
	if err != nil {
		return err
	}
	logins := map[int64]int{}
	for _, userID := range ended {
		logins[userID]++
	}
	for userID, n := range logins {
		user, _, err := w.Store.UserWithFactors(ctx, userID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		w.recordOrTell(c, act{action: audit.EndSession, object: userObject(user.Email), detail: fmt.Sprintf("sso, by the provider, %d", n)})
	}
	return c.NoContent(http.StatusOK)
}
