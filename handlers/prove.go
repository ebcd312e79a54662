package handlers

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/views"
)

// Sensitive acts ask for a fresh proof of who the reader is. A page is opened once the proof is there. A form is not
// lost: the page that asks carries its fields and sends them on to the form's own address together with the proof.

// errProof is the answer to a program or a file's upload, which can't be asked.
var errProof = errors.New("no fresh proof of who the reader is")

// provePath is where a reader proves who they are before a page.
const provePath = "/account/prove"

// proved reports whether the reader's proof is fresh, or came with this request. If not, it has asked for one.
func (w *web) proved(c echo.Context) (bool, error) {
	r := c.Request()
	switch {
	case w.factors.Recent(reader(c)):
		return true, nil
	case r.Method == http.MethodGet:
		return false, w.askForProof(c, r.URL.RequestURI())
	case !plainForm(r):
		return false, errProof
	}
	if err := limitForm(c); err != nil {
		return false, err
	}
	if holdsPassword(r.PostForm) { // which no page may carry along
		return false, w.askForProof(c, wanted(r))
	}
	if !r.PostForm.Has("prove-with") {
		return false, w.drawProof(c, http.StatusForbidden, views.ProvePage{Action: r.URL.RequestURI()})
	}
	if refusal, err := w.takeProof(c); err != nil || refusal != nil {
		if err != nil {
			return false, err
		}
		return false, w.drawProof(c, refusal.status, views.ProvePage{Action: r.URL.RequestURI(), Error: refusal.words, WaitSeconds: refusal.wait})
	}
	for name := range r.PostForm {
		if ofProof(name) {
			r.PostForm.Del(name)
			r.Form.Del(name)
		}
	}
	return true, nil
}

// askForProof leads to the page that asks, and from there back to a page.
func (w *web) askForProof(c echo.Context, back string) error {
	ask := provePath + "?next=" + url.QueryEscape(back)
	switch {
	case byHTMX(c.Request()):
		if page, err := url.Parse(c.Request().Header.Get("HX-Current-URL")); err == nil && page.Path != "" {
			ask = provePath + "?next=" + url.QueryEscape(page.RequestURI())
		}
		c.Response().Header().Set("HX-Redirect", ask)
		return c.NoContent(http.StatusForbidden)
	case wantsPage(c.Request()):
		return c.Redirect(http.StatusSeeOther, ask)
	}
	return errProof
}

// plainForm reports whether the body is a form without files.
func plainForm(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return r.Method == http.MethodPost && (err == nil && kind == "application/x-www-form-urlencoded" || r.ContentLength == 0)
}

func ofProof(name string) bool { return strings.HasPrefix(name, "prove-") }

func holdsPassword(form url.Values) bool {
	for name := range form {
		if !ofProof(name) && strings.Contains(strings.ToLower(name), "password") {
			return true
		}
	}
	return false
}

// provePage shows GET /account/prove.
func (w *web) provePage(c echo.Context) error {
	return w.drawProof(c, http.StatusOK, views.ProvePage{Action: provePath})
}

// prove takes POST /account/prove and leads on to the page that was asked for.
func (w *web) prove(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	refusal, err := w.takeProof(c)
	if err != nil {
		return err
	}
	if refusal != nil {
		return w.drawProof(c, refusal.status, views.ProvePage{Action: provePath, Error: refusal.words, WaitSeconds: refusal.wait})
	}
	return c.Redirect(http.StatusSeeOther, auth.LocalPath(c.FormValue("next")))
}

// takeProof checks the proof that a form holds and notes it: a passkey, or the password and, where the account has a
// second factor, a code; so much as a sign-in asks for.
func (w *web) takeProof(c echo.Context) (*factorRefusal, error) {
	r := c.Request()
	ctx := r.Context()
	identity := reader(c)
	_, factors, err := w.factors.Of(ctx, identity.User.ID)
	if err != nil {
		return nil, err
	}
	means := auth.ByPassword
	switch {
	case identity.User.SSO: // which opens by no other means either
		err = auth.ErrWrongPassword
	case r.PostFormValue("prove-with") != "passkey":
		_, err = w.Doors.CheckPasswordFrom(ctx, identity.User.Email, r.PostFormValue("prove-password"),
			auth.From{Address: c.RealIP(), Device: "login " + identity.LoginID})
	}
	if err == nil && (factors.Any() || r.PostFormValue("prove-with") == "passkey") {
		if means, _, err = w.checkFactor(c, identity.User.ID, "prove-"); means == auth.ByPasswordPasskey {
			means = auth.ByPasskey
		}
	}
	if err == nil {
		if err := w.record(c, act{action: audit.Prove, object: "user " + identity.User.Email, detail: string(means)}); err != nil {
			return nil, err
		}
		return nil, w.factors.Prove(ctx, identity)
	}
	refusal, ok := refusalOf(c, err)
	var wait *auth.TooManyTries
	switch {
	case errors.Is(err, auth.ErrWrongPassword):
		refusal = factorRefusal{status: http.StatusUnauthorized, words: "The password is wrong.", counts: true, detail: "wrong password"}
	case errors.As(err, &wait):
		refusal.words = "Too many wrong tries."
	case !ok:
		return nil, err
	}
	if refusal.counts {
		if err := w.record(c, act{action: audit.Prove, object: "user " + identity.User.Email, detail: refusal.detail, result: audit.Refused}); err != nil {
			return nil, err
		}
	}
	return &refusal, nil
}

func (w *web) drawProof(c echo.Context, status int, p views.ProvePage) error {
	r := c.Request()
	identity := reader(c)
	_, hash, err := w.Store.UserForSignIn(r.Context(), identity.User.Email)
	if err != nil {
		return err
	}
	_, factors, err := w.factors.Of(r.Context(), identity.User.ID)
	if err != nil {
		return err
	}
	p.Frame = w.frame(c, "Prove that it is you")
	p.What = "This needs a fresh proof, and yours is more than 15 minutes old."
	p.App, p.Recovery = factors.Authenticator, factors.RecoveryCodes > 0 && factors.Any()
	p.Password = hash != "" && !identity.User.SSO && (p.App || p.Recovery || !factors.Any())
	if len(factors.Passkeys) > 0 && !identity.User.SSO {
		if p.Passkey, err = w.passkeyForm(p.Action, "Prove it with a passkey", factors.Passkeys); err != nil {
			return err
		}
		p.Passkey.Prefix = "prove-"
	}
	if p.Action == provePath {
		p.Fields = []views.FormField{{Name: "next", Value: auth.LocalPath(c.FormValue("next"))}}
	} else {
		p.Fields = carried(r.PostForm)
		p.BackHref = auth.LocalPath(wanted(r))
	}
	if identity.Means == auth.BySSO && w.SSO != nil {
		p.SSOHref = ssoProvePath + "?next=" + url.QueryEscape(cmp.Or(p.BackHref, auth.LocalPath(c.FormValue("next"))))
	}
	if identity.Means == auth.BySSO && w.SSO != nil {
		back := p.BackHref // with the form to be filled in again: it can't go through the provider
		if p.Action == provePath {
			back = p.Fields[0].Value
		}
		p.SSOHref = ssoProvePath + "?next=" + url.QueryEscape(back)
	}
	p.SignOut = !p.Password && p.Passkey.Options == "" && p.SSOHref == ""
	if isFragment(r) {
		return w.draw(c, status, views.ProveForm(p))
	}
	return w.draw(c, status, views.Prove(p))
}

// carried are the fields of a form that go along with the proof, in an order of their own.
func carried(form url.Values) []views.FormField {
	var fields []views.FormField
	for name, values := range form {
		if ofProof(name) {
			continue
		}
		for _, value := range values {
			fields = append(fields, views.FormField{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(fields, func(a, b views.FormField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}
