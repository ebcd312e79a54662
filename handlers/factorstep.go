package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/views"
)

// factorHandshake is the kind of the handshake between the password and the second factor.
const factorHandshake = "factor"

// maxWrongCodes end the handshake: the password is asked for again. That alone bounds nothing, as a browser may bring
// an older cookie back: what does is the delay between codes, which the database counts.
const maxWrongCodes = 5

// pending is who gave the right password and still owes a second factor.
type pending struct {
	User       int64 `json:"user"`
	Generation int64 `json:"generation"` // of the user: what was proved holds no longer than that
	Wrong      int   `json:"wrong"`      // codes
}

// beginFactor leads a user whose password was right to the second step.
func (w *web) beginFactor(c echo.Context, user auth.User, next string) error {
	if err := w.handshakes.Begin(c.Response(), c.Request(), factorHandshake, pending{User: user.ID, Generation: user.Generation}); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/login/factor?next="+url.QueryEscape(next))
}

// factorOwed reads who is in the middle of signing in, as the account is now. False: start again.
func (w *web) factorOwed(c echo.Context) (p pending, user auth.User, factors auth.Factors, ok bool, err error) {
	if !w.handshakes.Read(c.Request(), factorHandshake, &p) {
		return p, user, factors, false, nil
	}
	user, factors, err = w.factors.Of(c.Request().Context(), p.User)
	if errors.Is(err, auth.ErrNotFound) {
		return p, user, factors, false, nil
	}
	return p, user, factors, err == nil && !user.Disabled && user.Generation == p.Generation && factors.Any(), err
}

// startAgain shows the sign-in page to whoever lost the handshake.
func (w *web) startAgain(c echo.Context, next, why string) error {
	var p pending
	w.handshakes.Take(c.Response(), c.Request(), factorHandshake, &p)
	return w.drawLogin(c, http.StatusUnauthorized, views.LoginPage{Next: next, Error: why})
}

const handshakeLost = "The sign-in took too long, or the account was changed meanwhile. Start again."

// factorPage shows GET /login/factor.
func (w *web) factorPage(c echo.Context) error {
	next := auth.LocalPath(c.QueryParam("next"))
	_, user, factors, ok, err := w.factorOwed(c)
	if err != nil {
		return err
	}
	if !ok {
		return w.startAgain(c, next, handshakeLost)
	}
	return w.drawFactor(c, http.StatusOK, user, factors, views.FactorPage{Next: next})
}

func (w *web) drawFactor(c echo.Context, status int, user auth.User, factors auth.Factors, p views.FactorPage) error {
	p.Frame, p.Email, p.App, p.Recovery = w.frame(c, "Second step"), user.Email, factors.Authenticator, factors.RecoveryCodes > 0
	if len(factors.Passkeys) > 0 {
		var err error
		if p.Passkey, err = w.passkeyForm("/login/factor", "Use a passkey", factors.Passkeys); err != nil {
			return err
		}
	}
	return w.draw(c, status, views.SecondStep(p))
}

// factor takes POST /login/factor with code, an app's or a recovery code, or with ticket and credential of a passkey.
func (w *web) factor(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r := c.Request()
	page := views.FactorPage{Next: auth.LocalPath(r.PostFormValue("next")), OpenCodes: r.PostFormValue("with") == "recovery"}
	owed, user, factors, ok, err := w.factorOwed(c)
	if err != nil {
		return err
	}
	if !ok {
		return w.startAgain(c, page.Next, handshakeLost)
	}
	means, wrong, err := w.checkFactor(c, user.ID, "")
	if err == nil {
		w.handshakes.Take(c.Response(), r, factorHandshake, &owed)
		err = w.letIn(c, user, means, page.Next, factorWarnings(means, wrong, factors.RecoveryCodes)...)
		if errors.Is(err, auth.ErrWrongPassword) {
			return w.startAgain(c, page.Next, handshakeLost)
		}
		return err
	}
	refusal, ok := refusalOf(c, err)
	if !ok {
		return err
	}
	if refusal.counts {
		if err := w.record(c, act{action: audit.SignIn, object: "user " + user.Email, detail: "second factor, " + refusal.detail, result: audit.Refused}); err != nil {
			return err
		}
		if owed.Wrong++; owed.Wrong >= maxWrongCodes {
			return w.startAgain(c, page.Next, "Too many wrong codes. Start again with the password.")
		}
		if err := w.handshakes.Begin(c.Response(), r, factorHandshake, owed); err != nil {
			return err
		}
	}
	page.Error, page.WaitSeconds = refusal.words, refusal.wait
	return w.drawFactor(c, refusal.status, user, factors, page)
}

// checkFactor checks the code or passkey that a form holds, in fields of that prefix. wrong is how many wrong codes came
// before a right one.
func (w *web) checkFactor(c echo.Context, userID int64, prefix string) (means auth.Means, wrong int, err error) {
	r := c.Request()
	if r.PostFormValue(prefix+"with") == "passkey" {
		_, err := w.factors.CheckPasskey(r.Context(), userID, r.PostFormValue(prefix+"ticket"), r.PostFormValue(prefix+"credential"))
		return auth.ByPasswordPasskey, 0, err
	}
	return w.factors.CheckCode(r.Context(), userID, r.PostFormValue(prefix+"code"))
}

// factorRefusal is why a code or passkey was not taken.
type factorRefusal struct {
	status int
	words  string
	wait   int    // seconds
	counts bool   // as a wrong one
	detail string // for the audit
}

// refusalOf tells the errors that are the reader's to mend.
func refusalOf(c echo.Context, err error) (factorRefusal, bool) {
	var wait *auth.TooManyTries
	switch {
	case errors.As(err, &wait):
		return factorRefusal{status: http.StatusTooManyRequests, words: "Too many wrong codes. A passkey or a recovery code works at once.", wait: retryAfter(c, wait)}, true
	case errors.Is(err, auth.ErrNoCode):
		return factorRefusal{status: http.StatusUnprocessableEntity, words: "A code of the app has 6 digits, a recovery code 24 letters and digits."}, true
	case errors.Is(err, auth.ErrWrongCode):
		return factorRefusal{status: http.StatusUnauthorized, counts: true, detail: "wrong code",
			words: "The code is wrong. An app's code holds for about a minute: take the one that it shows now. A recovery code works once."}, true
	case errors.Is(err, auth.ErrUsedCode):
		return factorRefusal{status: http.StatusUnauthorized, counts: true, detail: "code used before",
			words: "This code was used before, and each works once. Wait until the app shows the next one."}, true
	case errors.Is(err, auth.ErrExpired):
		return factorRefusal{status: http.StatusUnauthorized, words: "That took too long. Try again."}, true
	case errors.Is(err, auth.ErrWrongPasskey):
		return factorRefusal{status: http.StatusUnauthorized, counts: true, detail: "wrong passkey", words: "This passkey is not one of your account."}, true
	}
	return factorRefusal{}, false
}

// factorWarnings tell who just signed in what they should know; codes were left before.
func factorWarnings(means auth.Means, wrong, codes int) (notices []auth.Notice) {
	if means == auth.ByPasswordCode {
		notices = append(notices, auth.Notice{Kind: auth.Warning,
			Text: fmt.Sprintf("You used a recovery code. Codes left: %d. New ones are made under Account, Second factors.", codes-1)})
	}
	if wrong >= maxWrongCodes {
		notices = append(notices, auth.Notice{Kind: auth.Warning,
			Text: fmt.Sprintf("Before this sign-in, %d wrong codes came after the right password. If they were not yours, change your password.", wrong)})
	}
	return notices
}
