package handlers

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/views"
)

// SSOReturnPath is where the provider of the single sign-on sends browsers back to.
const SSOReturnPath = "/login/sso/return"

// What a browser is sent to the provider for.
const (
	ssoToSignIn = ""
	ssoToProve  = "prove" // once more who the reader is
	ssoToLink   = "link"  // the reader's account to the provider's person
)

// ssoKind is the kind of the handshake while a browser is at the provider.
const ssoKind = "sso"

// ssoHandshake is what the browser brings back from the provider.
type ssoHandshake struct {
	auth.SSOHandshake

	For     string `json:"p,omitempty"`
	LoginID string `json:"l,omitempty"` // whose proof or link it is
	Next    string `json:"x,omitempty"` // packed, see packNext
	Lost    bool   `json:"o,omitempty"` // Next was too long for a cookie
	Zone    string `json:"z,omitempty"` // of the browser
}

// ssoSignIn is the way in by single sign-on, for the sign-in page.
func (w *web) ssoSignIn(next string) views.SSOSignIn {
	if w.SSO == nil {
		return views.SSOSignIn{}
	}
	p := views.SSOSignIn{Provider: w.SSO.Name(), Href: "/login/sso", Silent: !w.SSO.Answers(), Only: !w.Doors.LocalOpen()}
	if next != "" && next != "/" {
		p.Href += "?next=" + url.QueryEscape(next)
	}
	return p
}

// startSSO takes GET /login/sso with next and tz, and leads to the provider. It is a link rather than a form: the
// content security policy keeps forms from leaving the portal.
func (w *web) startSSO(c echo.Context) error {
	if w.SSO == nil {
		return echo.ErrNotFound
	}
	next := auth.LocalPath(c.QueryParam("next"))
	_, err := w.Doors.Identify(c.Request().Context())
	switch {
	case err == nil:
		return c.Redirect(http.StatusSeeOther, next)
	case !errors.Is(err, auth.ErrNotSignedIn):
		return err
	}
	address, err := w.beginSSO(c, ssoHandshake{Next: next, Zone: c.QueryParam("tz")})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// beginSSO keeps the handshake in the browser and returns the provider's address.
func (w *web) beginSSO(c echo.Context, h ssoHandshake) (address string, err error) {
	next := h.Next
	h.SSOHandshake, address, err = w.SSO.Begin(c.Request().Context(), h.For != ssoToSignIn)
	if err != nil {
		return "", w.refuseSSO(c, err, next)
	}
	h.Next = packNext(next)
	if len(h.Zone) > 64 { // longer than any
		h.Zone = ""
	}
	if len(h.Next) > maxPackedNext {
		h.Next, h.Lost = "", true
	}
	return address, w.handshakes.Begin(c.Response(), c.Request(), ssoKind, h)
}

// ssoReturn takes GET /login/sso/return, with what the provider sends the browser back with.
func (w *web) ssoReturn(c echo.Context) error {
	if w.SSO == nil {
		return echo.ErrNotFound
	}
	var h ssoHandshake
	if !w.handshakes.Take(c.Response(), c.Request(), ssoKind, &h) {
		return w.refuseSSO(c, &auth.SSOError{Reason: auth.SSONotBegun}, "")
	}
	next := auth.LocalPath(unpackNext(h.Next))
	claimed, err := w.SSO.Finish(c.Request().Context(), h.SSOHandshake, c.QueryParams())
	if err != nil {
		err = errors.Join(err, w.recordRefusedSSO(c, auth.User{}, err))
	} else {
		switch h.For {
		case ssoToProve:
			err = w.proveBySSO(c, h, claimed)
		case ssoToLink:
			err = w.linkSSO(c, h, claimed)
		default:
			err = w.signInBySSO(c, claimed)
		}
	}
	if err != nil {
		return w.refuseSSO(c, err, next)
	}
	if h.Lost {
		w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: auth.Info,
			Text: "The address of the page that you came from was too long to keep. Go back in the browser to find it."})
	}
	if err := w.keepZone(c, h.Zone); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// refuseSSO makes an error of the single sign-on one that can be told, and tells the operator of it. Others stay.
func (w *web) refuseSSO(c echo.Context, err error, next string) error {
	why, ok := errors.AsType[*auth.SSOError](err)
	if !ok || errors.Is(err, context.Canceled) {
		return err
	}
	r := &refusedSSO{why: why, err: err, provider: w.SSO.Name(), next: next, local: w.Doors.LocalOpen()}
	if status := r.problem().status; status < http.StatusInternalServerError { // the others have it in the request's line
		w.Logger.WarnContext(c.Request().Context(), "single sign-on refused", slog.String("id", requestFrom(c.Request().Context()).id),
			slog.String("reason", string(why.Reason)), slog.String("err", err.Error()))
	}
	return r
}

// recordRefusedSSO puts a refused sign-in on record. Of strangers whom the provider has not vouched for, only some are:
// they could fill the audit.
func (w *web) recordRefusedSSO(c echo.Context, user auth.User, err error) error {
	why, ok := errors.AsType[*auth.SSOError](err)
	if !ok || user == (auth.User{}) && !w.ssoStrangers.take(w.Now()) {
		return nil
	}
	a := act{action: audit.SignIn, detail: string(auth.BySSO) + ", " + string(why.Reason), result: audit.Refused, by: user}
	if why.Code != "" {
		a.detail += " " + why.Code
	}
	if user.Email != "" {
		a.object = userObject(user.Email)
	}
	return w.record(c, a)
}

// maxPackedNext bounds the way back in the handshake, in bytes: encrypted and encoded twice it grows by four fifths,
// and a cookie has 4096.
const maxPackedNext = 1800

// packNext shortens a long local path; unpackNext gives it back, or "".
func packNext(next string) string {
	const short = 500
	if len(next) <= short {
		return next
	}
	var b bytes.Buffer
	z, _ := flate.NewWriter(&b, flate.BestCompression) // the level is a good one
	_, _ = io.WriteString(z, next)                     // a buffer takes everything
	_ = z.Close()
	return "z" + base64.RawURLEncoding.EncodeToString(b.Bytes())
}

func unpackNext(packed string) string {
	packed, ok := strings.CutPrefix(packed, "z")
	if !ok {
		return packed
	}
	b, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil {
		return ""
	}
	const longest = 16 << 10 // twice what LocalPath takes
	next, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), longest))
	if err != nil {
		return ""
	}
	return string(next)
}
