package handlers

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/views"
)

// newAuthenticator shows GET /account/security/authenticator: a fresh secret, which counts once a code of it comes back.
func (w *web) newAuthenticator(c echo.Context) error {
	if reader(c).User.SSO {
		return errFactorElsewhere
	}
	offer, err := w.factors.OfferAuthenticator(reader(c))
	if err != nil {
		return err
	}
	return w.drawAuthenticator(c, http.StatusOK, offer, "")
}

// errFactorElsewhere is the answer to whoever signs in by a single sign-on.
var errFactorElsewhere = &undone{what: "You sign in by single sign-on, which has factors of its own.", do: "Set them up where you sign in there."}

func (w *web) drawAuthenticator(c echo.Context, status int, offer auth.AuthenticatorOffer, trouble string) error {
	picture, err := offer.Picture(reader(c).User.Email)
	if err != nil {
		return err
	}
	_, factors, err := w.factors.Of(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return err
	}
	return w.draw(c, status, views.Authenticator(views.AuthenticatorPage{
		Frame: w.frame(c, "Authenticator app"), Pages: w.accountNav(c), Replaces: factors.Authenticator,
		Picture: "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture), Secret: inFours(offer.Secret),
		Ticket: offer.Ticket, Next: nextOf(c), Error: trouble,
	}))
}

// inFours puts blanks between groups of four, which apps take out again.
func inFours(secret string) string {
	var b strings.Builder
	for i, r := range secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// addAuthenticator takes POST /account/security/authenticator with ticket and code.
func (w *web) addAuthenticator(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	if reader(c).User.SSO {
		return errFactorElsewhere
	}
	r := c.Request()
	offer, err := w.factors.ReadOffer(reader(c), r.PostFormValue("ticket"))
	if errors.Is(err, auth.ErrExpired) {
		if offer, err = w.factors.OfferAuthenticator(reader(c)); err != nil {
			return err
		}
		return w.drawAuthenticator(c, http.StatusUnprocessableEntity, offer, "That took too long, so the picture and the key are new now. Remove the account from the app and add it again.")
	}
	if err != nil {
		return err
	}
	if err := w.factors.CheckOffer(offer, r.PostFormValue("code")); err != nil {
		words := "The code is wrong. Take the one that the app shows now, and see that the phone's clock is right."
		if errors.Is(err, auth.ErrNoCode) {
			words = "A code has 6 digits."
		}
		return w.drawAuthenticator(c, http.StatusUnprocessableEntity, offer, words)
	}
	return w.changeFactor(c, audit.AddFactor, "authenticator app", func(by auth.Identity) error {
		return w.factors.AddAuthenticator(r.Context(), by, offer, r.PostFormValue("code"))
	})
}

// removeAuthenticator takes POST /account/security/authenticator/remove.
func (w *web) removeAuthenticator(c echo.Context) error {
	return w.changeFactor(c, audit.RemoveFactor, "authenticator app", func(by auth.Identity) error {
		return w.factors.RemoveAuthenticator(c.Request().Context(), by, w.needsFactor(by.User.Role))
	})
}

// addPasskey takes POST /account/security/passkeys with ticket, credential and name.
func (w *web) addPasskey(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	if reader(c).User.SSO {
		return errFactorElsewhere
	}
	r := c.Request()
	return w.changeFactor(c, audit.AddFactor, "passkey", func(by auth.Identity) error {
		return w.factors.AddPasskey(r.Context(), by, r.PostFormValue("ticket"), r.PostFormValue("credential"), r.PostFormValue("name"))
	})
}

// removePasskey takes POST /account/security/passkeys/remove with id.
func (w *web) removePasskey(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	return w.changeFactor(c, audit.RemoveFactor, "passkey", func(by auth.Identity) error {
		return w.factors.RemovePasskey(c.Request().Context(), by, c.Request().PostFormValue("id"), w.needsFactor(by.User.Role))
	})
}

// factorTroubles are what a reader can mend about a change of factors.
var factorTroubles = []struct {
	err   error
	words string
}{
	{auth.ErrExpired, "That took too long. Nothing was changed: try again."},
	{auth.ErrWrongPasskey, "The browser's answer does not hold, so no passkey was added. It has to ask for a PIN, a finger or a face."},
	{auth.ErrPasskeyKnown, "This passkey is kept already."},
	{auth.ErrTooManyPasskeys, "You have as many passkeys as one may have. Remove one that you no longer use."},
	{auth.ErrLastFactor, "Your role needs a second factor, so the last one can't be removed: add another first."},
	{auth.ErrNotFound, "Nothing was changed: your account or its factors were changed meanwhile."},
}

// changeFactor records a change of the reader's factors, makes it, and leads back to the page or on to new recovery codes.
func (w *web) changeFactor(c echo.Context, action audit.Action, which string, change func(by auth.Identity) error) error {
	ctx := c.Request().Context()
	by := reader(c)
	a := act{action: action, object: "user " + by.User.Email, detail: which}
	if err := w.record(c, a); err != nil {
		return err
	}
	if err := change(by); err != nil {
		for _, trouble := range factorTroubles {
			if errors.Is(err, trouble.err) {
				a.result, a.detail = audit.Refused, which+", not done"
				if err := w.record(c, a); err != nil {
					return err
				}
				return w.drawSecurity(c, http.StatusUnprocessableEntity, trouble.words)
			}
		}
		return err
	}
	_, factors, err := w.factors.Of(ctx, by.User.ID)
	if err != nil {
		return err
	}
	if action == audit.AddFactor && factors.RecoveryCodes == 0 {
		return w.makeRecoveryCodes(c)
	}
	text := "Added: " + which + ". "
	if action == audit.RemoveFactor {
		text = "Removed: " + which + ". "
	}
	w.Doors.AddNotice(ctx, auth.Notice{Kind: auth.Success, Text: text + "Your sign-ins in other browsers have ended."})
	if next := nextOf(c); next != "" && action == audit.AddFactor {
		return c.Redirect(http.StatusSeeOther, next)
	}
	return c.Redirect(http.StatusSeeOther, securityPath)
}

// newRecoveryCodes takes POST /account/security/recovery.
func (w *web) newRecoveryCodes(c echo.Context) error {
	_, factors, err := w.factors.Of(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return err
	}
	if !factors.Any() {
		return w.drawSecurity(c, http.StatusUnprocessableEntity, "Recovery codes stand in for a second factor: add one first.")
	}
	return w.makeRecoveryCodes(c)
}

// makeRecoveryCodes makes the reader's recovery codes and shows them, this once.
func (w *web) makeRecoveryCodes(c echo.Context) error {
	by := reader(c).User
	if err := w.record(c, act{action: audit.AddFactor, object: "user " + by.Email, detail: "recovery codes"}); err != nil {
		return err
	}
	codes, err := w.factors.NewRecoveryCodes(c.Request().Context(), by.ID)
	if err != nil {
		return err
	}
	return w.draw(c, http.StatusOK, views.Recovery(views.RecoveryPage{
		Frame: w.frame(c, "Recovery codes"), Pages: w.accountNav(c), Codes: codes, Next: nextOf(c),
	}))
}
