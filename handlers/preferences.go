package handlers

import (
	"net/http"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/views"
)

// preferences are how this browser shows things. They grant nothing, so a signed cookie holds them.
type preferences struct {
	Zone  string // Area/City; "" when never chosen
	Theme string // "", "light" or "dark"
}

const (
	preferencesCookie = "portal_preferences"
	preferencesAge    = 365 * 24 * 60 * 60 // seconds
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

func (w *web) preferencesOf(c echo.Context) preferences {
	s, err := w.preferences.New(c.Request(), preferencesCookie)
	if err != nil {
		return preferences{} // a cookie that can't be read means: start again
	}
	zone, _ := s.Values["zone"].(string)
	if _, err := search.LoadZone(zone); err != nil {
		zone = ""
	}
	theme, _ := s.Values["theme"].(string)
	return preferences{Zone: zone, Theme: knownTheme(theme)}
}

func (w *web) keepPreferences(c echo.Context, p preferences) error {
	s, _ := w.preferences.New(c.Request(), preferencesCookie) // an unreadable old one is replaced
	s.Values["zone"], s.Values["theme"] = p.Zone, p.Theme
	return s.Save(c.Request(), c.Response())
}

func knownTheme(s string) string {
	switch views.Theme(s) {
	case views.ThemeLight, views.ThemeDark:
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

// startHref is the view most people start from.
func (w *web) startHref(c echo.Context) string {
	if href, ok := w.chosenStart(c); ok {
		return href
	}
	v, _ := search.Parse("createdAt.start=now-7d&tz="+w.zoneOf(c), w.Now())
	return v.URL("/transactions")
}
