package handlers

import (
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"
)

// healthz answers GET /healthz: the process lives.
func (w *web) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz answers GET /readyz: the portal can serve.
func (w *web) readyz(c echo.Context) error {
	if w.Draining != nil && w.Draining() {
		return c.String(http.StatusServiceUnavailable, "the portal is stopping\n")
	}
	if err := w.Ready(c.Request().Context()); err != nil {
		w.Logger.WarnContext(c.Request().Context(), "not ready", slog.String("err", err.Error()))
		return c.String(http.StatusServiceUnavailable, "the database does not answer\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
