package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/views"
)

// keepForm answers a form that came after its sign-in was over: the page holds what was typed, to be sent once more
// after signing in beside it. So nothing is lost, however the reader signs in; and nothing is kept here, where strangers
// could fill it, or in the browser beyond that page. Routes choose it, see [access.kept]: no form with a password or a
// code in it does.
func (w *web) keepForm(c echo.Context, loginHref string) error {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxPaste)
	if err := r.ParseForm(); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
		}
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return w.draw(c, http.StatusUnauthorized, views.KeptForm(views.KeptFormPage{
		Frame: w.frame(c, "Signed out"), Action: r.URL.RequestURI(), Fields: carried(r.PostForm), LoginHref: loginHref,
	}))
}
