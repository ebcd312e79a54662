package handlers

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// MakeRecord does what a record's page takes but for its calls of the API, its record in the audit and what is around
// every request: it makes the page of the first of a payment's records, tells the payment's story and draws both. The
// page that it returns is good until the next one.
func MakeRecord(config Config, payment []*trustlyclient.Transaction) (func(*http.Request) ([]byte, error), error) {
	return makePage(config, auth.User{ID: 1, Email: "support@example.com", Role: auth.Support}, func(w *web, c echo.Context) error {
		view, errs := search.Parse(c.Request().URL.RawQuery, w.Now())
		if len(errs) > 0 {
			return fmt.Errorf("got %v, want a view", errs)
		}
		found := family{of: payment[0], rows: payment, whole: true}
		page, err := w.detailPage(c, view, found.of, w.Now())
		if err != nil {
			return err
		}
		return w.drawWholeDetail(c, view, page, found, w.Now())
	})
}
