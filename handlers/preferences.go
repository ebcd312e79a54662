package handlers

import (
	"net/http"
	"strings"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/views"
)

// preferences are how this browser shows things. They grant nothing, so a signed cookie holds them.
type preferences struct {
	Zone    string   // Area/City; "" when never chosen
	Theme   string   // "", "light" or "dark"
	Columns []string // names, in order; none for the portal's own
	Density string   // "" or "compact"
}

const (
	preferencesCookie = "portal_preferences"
	preferencesAge    = 365 * 24 * 60 * 60 // seconds

	// maxKeptColumns bounds the names of columns in the cookie, in bytes: signed and encoded twice they grow by four
	// fifths, and browsers take 4096 bytes in all.
	maxKeptColumns = 1500
)

func newPreferencesStore(c Config) (*sessions.CookieStore, error) {
	keys, err := c.Keys.Derive("preferences cookie", 64)
	if err != nil {
		return nil, err
	}
	var pairs [][]byte // gorilla takes pairs of a signing and an encryption key
	for _, key := range keys {
		pairs = append(pairs, key, nil)
	}
	store := sessions.NewCookieStore(pairs...)
	store.Options = &sessions.Options{
		Path: "/", MaxAge: preferencesAge, HttpOnly: true,
		Secure: c.BaseURL != nil && c.BaseURL.Scheme == "https", SameSite: http.SameSiteLaxMode,
	}
	store.MaxAge(preferencesAge)
	return store, nil
}

func (w *web) preferencesName() string {
	return auth.CookieName(preferencesCookie, "/", w.preferences.Options.Secure)
}

// preferencesOf reads them once a request: a page asks for them here and there.
func (w *web) preferencesOf(c echo.Context) preferences {
	if p, ok := c.Get(preferencesCookie).(preferences); ok {
		return p
	}
	p := w.readPreferences(c)
	c.Set(preferencesCookie, p)
	return p
}

func (w *web) readPreferences(c echo.Context) preferences {
	s, err := w.preferences.New(c.Request(), w.preferencesName())
	if err != nil {
		return preferences{} // a cookie that can't be read means: start again
	}
	text := func(name string) string { v, _ := s.Values[name].(string); return v }
	p := preferences{Zone: text("zone"), Theme: knownTheme(text("theme")), Density: knownDensity(text("density"))}
	if _, err := search.LoadZone(p.Zone); err != nil {
		p.Zone = ""
	}
	if names := text("columns"); names != "" {
		p.Columns = strings.Split(names, ",")
	}
	return p
}

func (w *web) keepPreferences(c echo.Context, p preferences) error {
	c.Set(preferencesCookie, nil)                               // whoever asks now reads what the browser sent, as before
	s, _ := w.preferences.New(c.Request(), w.preferencesName()) // an unreadable old one is replaced
	s.Values["zone"], s.Values["theme"], s.Values["density"] = p.Zone, p.Theme, p.Density
	s.Values["columns"] = strings.Join(p.Columns, ",")
	return s.Save(c.Request(), c.Response())
}

func knownTheme(s string) string {
	switch views.Theme(s) {
	case views.ThemeLight, views.ThemeDark:
		return s
	}
	return ""
}

func knownDensity(s string) string {
	if views.Density(s) == views.DensityCompact {
		return s
	}
	return ""
}

// zoneOf is the zone that this browser's links write.
func (w *web) zoneOf(c echo.Context) string {
	if zone := w.preferencesOf(c).Zone; zone != "" {
		return zone
	}
	return "UTC"
}

// withOwnColumns is the view with this browser's columns where its URL names none: links that the portal itself makes
// for starting write them, so that a URL always says what it shows. A name that no longer exists leaves no trace.
func (w *web) withOwnColumns(c echo.Context, view search.View) search.View {
	names := w.preferencesOf(c).Columns
	if len(names) == 0 || view.Has(search.NameColumns) {
		return view
	}
	return view.With(search.NameColumns, strings.Join(names, ","))
}

// startView holds no filter, only how this browser shows things.
func (w *web) startView(c echo.Context) search.View {
	v, _ := search.Parse(search.NameZone+"="+w.zoneOf(c), w.Now())
	return w.withOwnColumns(c, v)
}

// startHref is the view that the reader chose to start from, or the one most people start from.
func (w *web) startHref(c echo.Context) string {
	if identity := reader(c); identity.LoginID != "" && identity.User.StartView != "" {
		return viewHref(identity.User.StartView)
	}
	return w.startView(c).With("createdAt.start", "now-7d").URL("/transactions")
}
