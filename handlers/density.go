package handlers

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"
)

// keepDensity takes POST /account/density from the toggle below a list, and leads back to that list. A script that has
// closed the rows up itself needs no page.
func (w *web) keepDensity(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	p := w.preferencesOf(c)
	p.Density = knownDensity(c.Request().PostFormValue("density"))
	if err := w.keepPreferences(c, p); err != nil {
		return fmt.Errorf("keep the density: %w", err)
	}
	if byHTMX(c.Request()) {
		return c.NoContent(http.StatusNoContent)
	}
	back := w.startHref(c)
	if from, err := url.Parse(c.Request().Referer()); err == nil && from.Path == "/transactions" && from.Host == c.Request().Host {
		back = from.RequestURI()
	}
	return c.Redirect(http.StatusSeeOther, back)
}
