package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/views"
)

const securityPath = "/account/security"

// errFactorOwed is the answer to a program whose user's role must have a second factor, and has none yet.
var errFactorOwed = errors.New("the role needs a second factor")

// needsFactor reports whether accounts of the role must have a second factor.
func (w *web) needsFactor(role auth.Role) bool { return slices.Contains(w.SecondFactorRoles, role) }

// owesFactor reports whether the reader's role needs a second factor and the sign-in had none. Adding one settles it.
func (w *web) owesFactor(identity auth.Identity) bool {
	return w.needsFactor(identity.User.Role) && !identity.Means.Strong()
}

// askForFactor leads to the page where a second factor is added, the only one that opens.
func (w *web) askForFactor(c echo.Context) error {
	r := c.Request()
	if r.Method != http.MethodGet || byHTMX(r) || !wantsPage(r) {
		return errFactorOwed
	}
	return c.Redirect(http.StatusSeeOther, securityPath+"?next="+url.QueryEscape(r.URL.RequestURI()))
}

// security shows GET /account/security: the reader's second factors.
func (w *web) security(c echo.Context) error {
	return w.drawSecurity(c, http.StatusOK, "")
}

func (w *web) drawSecurity(c echo.Context, status int, trouble string) error {
	identity := reader(c)
	user, factors, err := w.factors.Of(c.Request().Context(), identity.User.ID)
	if err != nil {
		return err
	}
	zone, err := search.LoadZone(w.zoneOf(c))
	if err != nil {
		return err
	}
	f := formatter{zone: zone, now: w.Now()}
	page := views.SecurityPage{
		Frame: w.frame(c, "Second factors"), Pages: w.accountNav(c), Error: trouble, Next: nextOf(c), SSO: user.SSO,
		Required: w.needsFactor(user.Role), Owed: w.owesFactor(identity), Any: factors.Any(),
		CodesLeft: factors.RecoveryCodes, FewCodes: factors.RecoveryCodes <= auth.FewRecoveryCodes,
	}
	page.CanLose = !page.Required || factors.Count() > 1
	if factors.Authenticator {
		page.App = views.Factor{Added: f.short(factors.AuthenticatorAdded), Used: usedWords(f, factors.AuthenticatorUsed)}
	}
	for _, p := range factors.Passkeys {
		k := views.Factor{ID: p.ID, Name: p.Name, Added: f.short(p.AddedAt), Used: usedWords(f, p.UsedAt)}
		if p.BackedUp {
			k.Note = "Its maker keeps it in step between your devices."
		}
		page.Passkeys = append(page.Passkeys, k)
	}
	if page.Add, err = w.newPasskeyForm(user, factors); err != nil {
		return err
	}
	if page.Add.Options == "" {
		page.Elsewhere = "Passkeys don't work at the portal's address: they need a name in place of a number, and https. The portal's operator sets it as PORTAL_BASE_URL."
	}
	return w.draw(c, status, views.Security(page))
}

func usedWords(f formatter, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return f.short(t)
}

// nextOf is where the reader was going before a page of the second factors came between; "" if nowhere.
func nextOf(c echo.Context) string {
	next := c.FormValue("next")
	if next == "" {
		return ""
	}
	return auth.LocalPath(next)
}

// newPasskeyForm is the form that adds a passkey.
func (w *web) newPasskeyForm(user auth.User, factors auth.Factors) (views.PasskeyForm, error) {
	options, err := w.factors.CreateOptions(user, factors)
	if err != nil || options == "" {
		return views.PasskeyForm{}, err
	}
	return views.PasskeyForm{Action: securityPath + "/passkeys", Create: true, Label: "Add a passkey", Options: options, Origin: w.factors.PasskeyOrigin().String()}, nil
}
