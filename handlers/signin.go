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
	return w.draw(c, status, views.Login(p))
}

// login takes POST /login with email, password and next.
func (w *web) login(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r := c.Request()
	page := views.LoginPage{Email: r.PostFormValue("email"), Next: auth.LocalPath(r.PostFormValue("next"))}
	user, err := w.Doors.CheckPassword(r.Context(), page.Email, r.PostFormValue("password"), c.RealIP())
	if err == nil {
		_, err = w.Doors.Open(r.Context(), user, auth.ByPassword, c.RealIP(), r.UserAgent())
	}
	var wait *auth.TooManyTries
	switch {
	case errors.As(err, &wait):
		page.WaitSeconds = int(math.Ceil(wait.Wait.Seconds()))
		page.Error = "Too many wrong passwords. Wait a moment before the next try."
		c.Response().Header().Set("Retry-After", strconv.Itoa(page.WaitSeconds))
		return w.drawLogin(c, http.StatusTooManyRequests, page)
	case errors.Is(err, auth.ErrWrongPassword):
		page.Error = "The e-mail address or the password is wrong, or the account is disabled."
		return w.drawLogin(c, http.StatusUnauthorized, page)
	case err != nil:
		return err
	}
	if p := w.preferencesOf(c); p.Zone == "" {
		zone := r.PostFormValue("tz") // what the browser says of itself
		if _, err := search.LoadZone(zone); err == nil {
			p.Zone = zone
			if err := w.keepPreferences(c, p); err != nil {
				return err
			}
		}
	}
	return c.Redirect(http.StatusSeeOther, page.Next)
}

// logout takes POST /logout.
func (w *web) logout(c echo.Context) error {
	if identity, err := w.Doors.Identify(c.Request().Context()); err == nil {
		w.recordOrTell(c, act{action: audit.SignOut, by: identity.User})
	}
	if err := w.Doors.SignOut(c.Request().Context()); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/login")
}
