package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"
)

// pathParam is a parameter of the path as it was meant. The router hands on the path as it came, but only where that says
// more than the plain path: unescaping twice would make "/" of a "%2F" that stands in an id.
func pathParam(c echo.Context, name string) (string, error) {
	value := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return value, nil
	}
	value, err := url.PathUnescape(value)
	if err != nil {
		return "", echo.NewHTTPError(http.StatusNotFound)
	}
	return value, nil
}
