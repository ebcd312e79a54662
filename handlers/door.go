package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
)

// door lets a request through to a handler if the reader may: first who asks, by a session or an access token; then
// whether the role permits it, and for a token its scope too.
func (w *web) door(a access, handle echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		identity, err := w.identify(c)
		if errors.Is(err, auth.ErrNotSignedIn) {
			if err := w.recordEnded(c, err); err != nil {
				return err
			}
			if a.kept && !byHTMX(c.Request()) && plainForm(c.Request()) && byPerson(c.Request()) {
				return w.keepForm(c, loginHref(c.Request()))
			}
			return w.askToSignIn(c)
		}
		if err != nil {
			return err
		}
		c.SetRequest(c.Request().WithContext(auth.WithIdentity(c.Request().Context(), identity)))
		switch {
		case identity.Token.ID != 0:
			err = w.admitToken(c, a, identity)
		case a.permission != "" && !identity.May(a.permission):
			err = &refused{permission: a.permission}
		}
		if err != nil {
			return err
		}
		if identity.LoginID != "" {
			if ok, err := w.sure(c, a, identity); !ok {
				return err
			}
		}
		return handle(c)
	}
}

// sure reports whether the reader has proved well enough for the route who they are. If not, it has asked for more.
func (w *web) sure(c echo.Context, a access, identity auth.Identity) (bool, error) {
	if w.owesFactor(identity) && !a.owing {
		return false, w.askForFactor(c)
	}
	if !a.recent {
		return true, nil
	}
	return w.proved(c)
}

// refused is a permission that the reader's role lacks.
type refused struct{ permission auth.Permission }

func (r *refused) Error() string { return "not permitted: " + string(r.permission) }

// askToSignIn sends a reader to the sign-in page, from where they come back to what they asked for. A program that
// wants a file gets a plain refusal: it would take the sign-in page for the file.
func (w *web) askToSignIn(c echo.Context) error {
	r := c.Request()
	login := loginHref(r)
	switch {
	case byHTMX(r):
		c.Response().Header().Set("HX-Redirect", login)
		return c.NoContent(http.StatusUnauthorized)
	case wantsPage(r):
		return c.Redirect(http.StatusSeeOther, login)
	}
	c.Response().Header().Set("WWW-Authenticate", bearerRealm)
	return c.String(http.StatusUnauthorized, "Sign in first, or send an access token: this address is not public.\n")
}

// loginHref is the sign-in page that leads on to what the reader was after.
func loginHref(r *http.Request) string {
	if page := wanted(r); page != "" {
		return "/login?next=" + url.QueryEscape(page)
	}
	return "/login"
}

// wanted is what the reader was after: what they asked for, or the page whose form they sent. "" if that is not known.
func wanted(r *http.Request) string {
	if r.Method == http.MethodGet {
		return r.URL.RequestURI()
	}
	if page, err := url.Parse(r.Referer()); err == nil && page.Host == r.Host && page.Path != "" {
		return page.RequestURI()
	}
	return ""
}

// wantsPage reports whether a browser would show the answer. Downloads are pages to a browser, too; scripts fetch them
// without saying that they take HTML.
func wantsPage(r *http.Request) bool {
	download := strings.HasPrefix(r.URL.Path, "/transactions.") || slices.Contains(downloads, path.Ext(r.URL.Path))
	return !download || strings.Contains(r.Header.Get("Accept"), "text/html")
}

// byPerson reports whether a browser says that the answer will be the page in its window: by Sec-Fetch-Mode, or under
// plain http, where browsers keep that to themselves, by the wish for https that goes with pages alone. Scripts say
// neither, and are sent to sign in as ever.
func byPerson(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Mode") == "navigate" || r.Header.Get("Upgrade-Insecure-Requests") == "1"
}

// downloads are the endings of addresses that give files.
var downloads = []string{".csv", ".xlsx", ".jsonl", ".json", ".yaml"}

// reader is who asks. The door has put it into the context.
func reader(c echo.Context) auth.Identity {
	identity, _ := auth.IdentityFrom(c.Request().Context())
	return identity
}
