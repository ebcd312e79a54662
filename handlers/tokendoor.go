package handlers

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
)

// bringsToken reports whether the request says who asks by an Authorization header, as scripts do. It is taken at its
// word: the header counts, whatever it holds, and no cookie does.
func bringsToken(r *http.Request) bool {
	_, ok := r.Header["Authorization"]
	return ok
}

// tokensAlone takes the cookies off requests with an Authorization header, so that nothing behind it can fall back to a
// session, and no page of another site can use one by adding a header.
func tokensAlone(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if bringsToken(r) {
			r.Header.Del("Cookie")
		}
		next.ServeHTTP(rw, r)
	})
}

// identify says who asks: by the access token that the request brings, else by its session.
func (w *web) identify(c echo.Context) (auth.Identity, error) {
	r := c.Request()
	if !bringsToken(r) {
		return w.Doors.Identify(r.Context())
	}
	identity, err := w.tokens.Identify(r.Context(), r.Header.Values("Authorization"), c.RealIP())
	var refused *auth.TokenRefused
	if errors.As(err, &refused) && !refused.Again {
		return identity, cmp.Or(w.record(c, tokenAct(c, refused.Token, string(refused.Fault), refused.Owner)), err)
	}
	return identity, err
}

// admitToken lets a good token through where tokens are welcome, as far as its owner's role permits now and its scope
// covers. Either way its use is on record before anything is done.
func (w *web) admitToken(c echo.Context, a access, identity auth.Identity) error {
	beyond := beyondToken(c, a, identity)
	if beyond != nil {
		return cmp.Or(w.record(c, tokenAct(c, identity.Token, beyond.Error(), identity.User)), error(beyond))
	}
	return w.record(c, tokenAct(c, identity.Token, "", identity.User))
}

// tokenAct is the use of a token, refused for a reason or allowed. One that nobody knows has no number and no owner.
func tokenAct(c echo.Context, token auth.Token, refused string, owner auth.User) act {
	a := act{action: audit.UseToken, object: "token", detail: c.Request().Method + " " + routeOf(c), by: owner}
	if token.ID != 0 {
		a.object = token.Object()
	}
	if refused != "" {
		a.detail, a.result = a.detail+": "+refused, audit.Refused
	}
	return a
}

// outOfScope is what a token does not open, though it is good. Its words are for whoever wrote the script.
type outOfScope struct{ why, what, do string }

func (o *outOfScope) Error() string { return o.why }

func beyondToken(c echo.Context, a access, identity auth.Identity) *outOfScope {
	scope := identity.Token.Scope
	switch {
	case !a.bearer:
		return &outOfScope{"not for tokens", "Access tokens open downloads only.", "Open this address in a browser, without the token."}
	case !identity.User.Role.May(a.permission):
		return &outOfScope{"not in its owner's role", "The role of the token's owner does not include the permission “" + string(a.permission) + "” now.", "Ask an administrator of the portal."}
	case !identity.May(a.permission):
		return &outOfScope{"not in its scope", "The token's scope does not include the permission “" + string(a.permission) + "”.", "Make a token of another scope."}
	case !scope.Covers(c.Param("view")):
		return &outOfScope{"not in its scope", "The token opens one saved view only: " + viewHref(scope.View) + ".csv and the like.", "Use that address, or make a token of another scope."}
	}
	return nil
}

// bearerRealm is the challenge to who brings no token (RFC 6750, 3).
const bearerRealm = `Bearer realm="Trustly Portal"` //nolint:gosec // no credentials

// tokenFaults are the words for a token that opens nothing.
var tokenFaults = map[auth.TokenFault]struct{ what, do string }{
	auth.TokenMisspelt: {"What was sent is no access token: it must read “Authorization: Bearer” and the token, which begins with tpp_ and has 60 characters.",
		"Check that it was copied whole, and that no proxy adds a header of its own."},
	auth.TokenUnknown:  {"This portal has no such access token, or deleted it after its end.", "Make another under Account, Access tokens."},
	auth.TokenExpired:  {"The access token has expired.", "Make another under Account, Access tokens."},
	auth.TokenRevoked:  {"The access token was revoked.", "Make another under Account, Access tokens, if you are meant to."},
	auth.TokenOrphaned: {"The account that the access token belongs to is closed.", "Ask an administrator of the portal."},
	auth.TokenHasty:    {"The access token was used too often in a short time.", "Wait as long as Retry-After says, and ask less often."},
}

// problemOfToken tells a script what its token is not good for.
func problemOfToken(err error) (problem, bool) {
	var refused *auth.TokenRefused
	var beyond *outOfScope
	switch {
	case errors.As(err, &beyond):
		return problem{status: http.StatusForbidden, heading: "Not for this token", what: beyond.what, do: beyond.do,
			challenge: bearerRealm + `, error="insufficient_scope", error_description="the token does not open this address"`}, true
	case errors.As(err, &refused):
		words := tokenFaults[refused.Fault]
		p := problem{status: http.StatusUnauthorized, heading: "Not let in", what: words.what, do: words.do, after: refused.Wait,
			challenge: bearerRealm + `, error="invalid_token", error_description="` + string(refused.Fault) + `"`}
		switch {
		case refused.Fault == auth.TokenHasty:
			p.status, p.heading, p.challenge = http.StatusTooManyRequests, "Too many requests", ""
		case refused.Wait > 0:
			p.status, p.heading, p.challenge = http.StatusTooManyRequests, "Too many wrong tokens", ""
		}
		return p, true
	}
	return problem{}, false
}

// plainly is a problem in the words of [problemOf], as a script prints them.
func (p problem) plainly(requestID string) string {
	return p.heading + ". " + p.what + " " + p.do + "\nRequest ID: " + requestID + "\n"
}
