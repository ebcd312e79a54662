package handlers

import (
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

// cutEnding splits a route's path that ends in a parameter with an ending, such as "/views/:view.csv". Echo's router knows
// no such paths: it would take "view.csv" for the parameter's name.
func cutEnding(pattern string) (base, ending string) {
	ending = path.Ext(pattern)
	if ending == "" || !strings.HasPrefix(path.Base(pattern), ":") {
		return pattern, ""
	}
	return strings.TrimSuffix(pattern, ending), ending
}

// byEnding hands a request for a parameter with an ending on to the route of that ending, and all others to the handler of
// the route without one.
func (w *web) byEnding(plain route, handle echo.HandlerFunc) echo.HandlerFunc {
	endings := map[string]route{}
	for _, r := range routes {
		if base, ending := cutEnding(r.path); ending != "" && base == plain.path && r.method == plain.method {
			endings[ending] = r
		}
	}
	if len(endings) == 0 {
		return handle
	}
	return func(c echo.Context) error {
		values := c.ParamValues()
		last := values[len(values)-1]
		r, ok := endings[path.Ext(last)]
		if !ok {
			return handle(c)
		}
		values[len(values)-1] = strings.TrimSuffix(last, path.Ext(last))
		c.SetParamValues(values...)
		c.SetPath(r.path)
		requestFrom(c.Request().Context()).route = r.path
		return w.behindDoor(r)(c)
	}
}
