package handlers

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/views"
)

// passwordPage shows GET /account/password.
func (w *web) passwordPage(c echo.Context) error {
	return w.drawPassword(c, http.StatusOK, views.PasswordPage{})
}

func (w *web) drawPassword(c echo.Context, status int, page views.PasswordPage) error {
	_, hash, err := w.Store.UserForSignIn(c.Request().Context(), reader(c).User.Email)
	if err != nil {
		return err
	}
	page.Frame, page.Pages = w.frame(c, "Password"), w.accountNav(c)
	page.SSO, page.None = reader(c).User.SSO, hash == ""
	return w.draw(c, status, views.Password(page))
}

// changePassword takes POST /account/password with present and new. It ends the reader's other sign-ins.
func (w *web) changePassword(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r, me := c.Request(), reader(c)
	chosen := r.PostFormValue("new")
	// The open login is as good as a known device: whoever tries passwords here is slowed down by it alone.
	_, err := w.Doors.CheckPasswordFrom(r.Context(), me.User.Email, r.PostFormValue("present"), auth.From{Address: c.RealIP(), Device: "login " + me.LoginID})
	var wait *auth.TooManyTries
	switch {
	case errors.As(err, &wait):
		words := fmt.Sprintf("Too many tries. The next one is looked at in %d s.", retryAfter(c, wait))
		return w.refusePassword(c, http.StatusTooManyRequests, "too many tries", views.PasswordPage{Present: views.Value{Error: words}})
	case errors.Is(err, auth.ErrWrongPassword):
		return w.refusePassword(c, http.StatusUnprocessableEntity, "wrong password", views.PasswordPage{Present: views.Value{Error: "This is not your present password."}})
	case err != nil:
		return err
	}
	if err := auth.CheckPassword(chosen, me.User.Email); err != nil {
		return w.drawPassword(c, http.StatusUnprocessableEntity, views.PasswordPage{New: views.Value{Error: sentence(err)}})
	}
	if chosen == r.PostFormValue("present") {
		return w.drawPassword(c, http.StatusUnprocessableEntity, views.PasswordPage{New: views.Value{Error: "This is the password that you have."}})
	}
	hash, err := w.Doors.HashPassword(r.Context(), chosen)
	if err != nil {
		return err
	}
	if err := w.record(c, act{action: audit.SetPassword, object: userObject(me.User.Email)}); err != nil {
		return err
	}
	if err := w.Store.ChangePassword(r.Context(), me, hash); errors.Is(err, store.ErrNotFound) {
		return w.askToSignIn(c) // the account was changed while the password was being checked
	} else if err != nil {
		return err
	}
	if err := w.Doors.Renew(r.Context()); err != nil {
		return err
	}
	w.Doors.AddNotice(r.Context(), auth.Notice{Kind: auth.Success, Text: "Password changed. You are signed out everywhere else."})
	return c.Redirect(http.StatusSeeOther, "/account/password")
}

// refusePassword puts a try on record that somebody made in an open browser: it need not be the account's owner.
func (w *web) refusePassword(c echo.Context, status int, why string, page views.PasswordPage) error {
	w.recordOrTell(c, act{action: audit.SetPassword, object: userObject(reader(c).User.Email), detail: why, result: audit.Refused})
	return w.drawPassword(c, status, page)
}

// sentence is an error of auth's for people: a whole sentence.
func sentence(err error) string { return upperFirst(err.Error()) + "." }
