package handlers

import (
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// loginPage shows GET /login. Whoever is signed in already goes on.
func (w *web) loginPage(c echo.Context) error {
	next := auth.LocalPath(c.QueryParam("next"))
	_, err := w.Doors.Identify(c.Request().Context())
	switch {
	case err == nil:
		return c.Redirect(http.StatusSeeOther, next)
	case !errors.Is(err, auth.ErrNotSignedIn):
		return err
	}
	return w.drawLogin(c, http.StatusOK, views.LoginPage{Next: next})
}

func (w *web) drawLogin(c echo.Context, status int, p views.LoginPage) error {
	p.Frame = w.frame(c, "Sign in")
	for _, a := range w.DemoAccounts {
		p.Demo = append(p.Demo, views.DemoAccount(a))
	}
	var err error
	p.SSO = w.ssoSignIn(p.Next)
	if p.Passkey, err = w.passkeyForm("/login/passkey", "Sign in with a passkey", nil); err != nil {
		return err
	}
	return w.draw(c, status, views.Login(p))
}

// login takes POST /login with email, password and next. An account with a second factor goes on at /login/factor.
func (w *web) login(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r := c.Request()
	page := views.LoginPage{Email: r.PostFormValue("email"), Next: auth.LocalPath(r.PostFormValue("next"))}
	if !w.Doors.LocalOpen() {
		page.Error = "This portal takes no passwords. Use the single sign-on."
		return w.drawLogin(c, http.StatusForbidden, page)
	}
	user, err := w.Doors.CheckPasswordFrom(r.Context(), page.Email, r.PostFormValue("password"),
		auth.From{Address: c.RealIP(), Device: w.devices.Known(r, page.Email)})
	if err != nil {
		return w.refuseLogin(c, page, err)
	}
	_, factors, err := w.factors.Of(r.Context(), user.ID)
	if err != nil {
		return err
	}
	if factors.Any() {
		return w.beginFactor(c, user, page.Next)
	}
	if err := w.letIn(c, user, auth.ByPassword, page.Next); err != nil {
		return w.refuseLogin(c, page, err)
	}
	return nil
}

// refuseLogin shows the form again and says why.
func (w *web) refuseLogin(c echo.Context, page views.LoginPage, err error) error {
	var wait *auth.TooManyTries
	switch {
	case errors.As(err, &wait):
		page.WaitSeconds, page.Error = retryAfter(c, wait), "Too many wrong passwords. Wait a moment before the next try."
		if wait.Busy {
			page.Error = "Too many people sign in at once."
		}
		return w.drawLogin(c, http.StatusTooManyRequests, page)
	case errors.Is(err, auth.ErrWrongPassword):
		if err := w.recordRefusedSignIn(c, page.Email); err != nil {
			return err
		}
		page.Error = "The e-mail address or the password is wrong, or the account is disabled."
		return w.drawLogin(c, http.StatusUnauthorized, page)
	}
	return err
}

func retryAfter(c echo.Context, wait *auth.TooManyTries) (seconds int) {
	seconds = int(math.Ceil(wait.Wait.Seconds()))
	c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
	requestFrom(c.Request().Context()).wait = wait
	return seconds
}

// recordRefusedSignIn names the account if there is one of that address. What else was typed is not kept: it may be a
// password that went into the wrong field.
func (w *web) recordRefusedSignIn(c echo.Context, email string) error {
	a := act{action: audit.SignIn, detail: string(auth.ByPassword), result: audit.Refused}
	switch user, err := w.Store.UserByEmail(c.Request().Context(), email); {
	case err == nil:
		a.object = "user " + user.Email
	case errors.Is(err, store.ErrNotFound):
		a.detail += ", no such account"
	default:
		return err
	}
	return w.record(c, a)
}

// letIn signs in a user who has proved by the means who they are, once that is on record, and leads on to next, where
// the notices are shown.
//
// Errors: auth.ErrWrongPassword if the account was changed meanwhile or does not open by these means.
func (w *web) letIn(c echo.Context, user auth.User, means auth.Means, next string, notices ...auth.Notice) error {
	r := c.Request()
	if err := w.record(c, act{action: audit.SignIn, object: "user " + user.Email, detail: string(means), by: user}); err != nil {
		return err
	}
	if _, err := w.Doors.Open(r.Context(), user, means, c.RealIP(), r.UserAgent()); err != nil {
		return err
	}
	for _, n := range notices {
		w.Doors.AddNotice(r.Context(), n)
	}
	if err := w.devices.Remember(c.Response(), r, user.Email); err != nil {
		return err
	}
	if p := w.preferencesOf(c); p.Zone == "" {
		zone := r.FormValue("tz") // what the browser says of itself
		if _, err := search.LoadZone(zone); err == nil {
			p.Zone = zone
			if err := w.keepPreferences(c, p); err != nil {
				return err
			}
		}
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// logout takes POST /logout.
func (w *web) logout(c echo.Context) error {
	ctx := c.Request().Context()
	provider := "" // where the browser is signed out, too
	if identity, err := w.Doors.Identify(ctx); err == nil {
		provider = w.endSessionAddress(c, identity)
		w.recordOrTell(c, act{action: audit.SignOut, object: "user " + identity.User.Email, by: identity.User})
	}
	if err := w.Doors.SignOut(ctx); err != nil {
		return err
	}
	w.forget()
	if provider != "" {
		return w.leave(c, "Signed out", provider)
	}
	return c.Redirect(http.StatusSeeOther, "/login")
}
