package handlers

import (
	"context"
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
	store, err := newPreferencesStore(config)
	if err != nil {
		return nil, err
	}
	w := &web{Config: config, preferences: store, pages: func() *dictionary { return nil }}
	ctx, err := config.Sessions.Load(context.Background(), "")
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	ctx = auth.WithIdentity(ctx, auth.Identity{LoginID: "one", User: auth.User{ID: 1, Email: "support@example.com", Role: auth.Support}})
	e, answer := echo.New(), &keptAnswer{header: http.Header{}}
	return func(r *http.Request) ([]byte, error) {
		answer.Reset()
		clear(answer.header)
		c := e.NewContext(r.WithContext(context.WithValue(ctx, requestKey{}, &request{})), answer)
		view, errs := search.Parse(r.URL.RawQuery, w.Now())
		if len(errs) > 0 {
			return nil, fmt.Errorf("got %v, want a view", errs)
		}
		found := family{of: payment[0], rows: payment, whole: true}
		page, err := w.detailPage(c, view, found.of, w.Now())
		if err != nil {
			return nil, err
		}
		err = w.drawWholeDetail(c, view, page, found, w.Now())
		return answer.Bytes(), err
	}, nil
}
