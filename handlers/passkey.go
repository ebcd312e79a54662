package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/views"
)

// passkeyForm is the form that uses one of the passkeys, with none given any of the browser's.
func (w *web) passkeyForm(action, label string, passkeys []auth.Passkey) (views.PasskeyForm, error) {
	options, err := w.factors.GetOptions(passkeys)
	if err != nil || options == "" {
		return views.PasskeyForm{}, err
	}
	return views.PasskeyForm{Action: action, Label: label, Options: options, Origin: w.factors.PasskeyOrigin().String()}, nil
}

// passkeyChallenge answers POST /login/challenge, for signing in, proving and adding alike: something for a passkey to
// sign, and a ticket that comes back with it. It keeps nothing.
func (w *web) passkeyChallenge(c echo.Context) error {
	challenge, ticket, err := w.factors.NewChallenge()
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"challenge": challenge, "ticket": ticket})
}

// passkeyLogin takes POST /login/passkey with ticket, credential and next: a passkey in place of e-mail and password.
func (w *web) passkeyLogin(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r := c.Request()
	page := views.LoginPage{Next: auth.LocalPath(r.PostFormValue("next"))}
	user, err := w.factors.CheckPasskey(r.Context(), 0, r.PostFormValue("ticket"), r.PostFormValue("credential"))
	if err == nil {
		err = w.letIn(c, user, auth.ByPasskey, page.Next)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, auth.ErrExpired):
		page.Error = "That took too long. Try again."
	case errors.Is(err, auth.ErrWrongPasskey), errors.Is(err, auth.ErrWrongPassword):
		if user.ID != 0 { // else anybody could fill the audit
			if err := w.record(c, act{action: audit.SignIn, object: "user " + user.Email, detail: string(auth.ByPasskey), result: audit.Refused}); err != nil {
				return err
			}
		}
		page.Error = "This passkey opens no account here. It may have been removed, or the account is disabled."
	default:
		return err
	}
	return w.drawLogin(c, http.StatusUnauthorized, page)
}
