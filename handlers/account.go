package handlers

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/views"
)

// commonZones are suggestions; any zone can be typed.
var commonZones = []string{"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
	"Pacific/Honolulu", "America/Toronto", "America/Vancouver", "Europe/London", "Europe/Stockholm", "Europe/Berlin", "Australia/Sydney", "UTC"}

// account shows GET /account.
func (w *web) account(c echo.Context) error {
	return w.drawAccount(c, http.StatusOK, w.preferencesOf(c), "")
}

func (w *web) drawAccount(c echo.Context, status int, p preferences, zoneError string) error {
	page := views.AccountPage{Frame: w.frame(c, "Account"), Pages: w.accountNav(c), Zone: p.Zone, Zones: commonZones, ZoneError: zoneError}
	page.Frame.Theme, page.Frame.Density = views.Theme(p.Theme), views.Density(p.Density)
	for _, permission := range auth.Permissions() {
		if words, ok := permissionWords[permission]; ok && reader(c).May(permission) {
			page.Permissions = append(page.Permissions, words)
		}
	}
	return w.draw(c, status, views.Account(page))
}

// savePreferences takes POST /account/preferences.
func (w *web) savePreferences(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	p := w.preferencesOf(c) // the columns have a form of their own
	p.Zone, p.Theme = strings.TrimSpace(c.Request().PostFormValue("tz")), knownTheme(c.Request().PostFormValue("theme"))
	p.Density = knownDensity(c.Request().PostFormValue("density"))
	if p.Zone != "" {
		if _, err := search.LoadZone(p.Zone); err != nil {
			return w.drawAccount(c, http.StatusUnprocessableEntity, p, "The time zone "+err.Error()+".")
		}
	}
	if err := w.keepPreferences(c, p); err != nil {
		return fmt.Errorf("keep preferences: %w", err)
	}
	w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: auth.Success, Text: "Preferences saved for this browser."})
	return c.Redirect(http.StatusSeeOther, "/account")
}

// maxForm bounds the portal's own forms, in bytes: the longest is a sign-in with its return address.
const maxForm = 64 << 10

// limitForm reads a form whole or fails.
func limitForm(c echo.Context) error {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if strings.Contains(err.Error(), "too large") {
			return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
		}
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return nil
}
