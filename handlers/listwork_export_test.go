package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
)

// MakeList does what a list page takes but for its call of the API, its record in the audit and what is around every
// request: it reads the view from the request, makes the page around these rows and draws it. The page that it returns
// is good until the next one.
func MakeList(config Config, page search.Page) (func(*http.Request) ([]byte, error), error) {
	return makePage(config, auth.User{ID: 1, Email: "finance@example.com", Role: auth.Finance}, func(w *web, c echo.Context) error {
		r := c.Request()
		view, errs := w.readView(c, w.Now())
		if len(errs) > 0 || view.Encode() != r.URL.RawQuery {
			return fmt.Errorf("got the view %s and %v, want it as it was asked for", view.Encode(), errs)
		}
		_, _ = view.Query(w.Now()), view.Recorded(func(string) string { return "" })
		return w.drawList(c, http.StatusOK, w.listPage(c, view, page))
	})
}

// makePage does what draw does for a reader, again and again: nothing is around it but what it needs.
func makePage(config Config, reader auth.User, draw func(*web, echo.Context) error) (func(*http.Request) ([]byte, error), error) {
	store, err := newPreferencesStore(config)
	if err != nil {
		return nil, err
	}
	w := &web{Config: config, preferences: store, pages: func() *dictionary { return nil }}
	ctx, err := config.Sessions.Load(context.Background(), "")
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	ctx = auth.WithIdentity(ctx, auth.Identity{LoginID: "one", User: reader})
	e, answer := echo.New(), &keptAnswer{header: http.Header{}}
	return func(r *http.Request) ([]byte, error) {
		answer.Reset()
		clear(answer.header)
		c := e.NewContext(r.WithContext(context.WithValue(ctx, requestKey{}, &request{})), answer)
		c.SetPath(r.URL.Path)
		err := draw(w, c)
		return answer.Bytes(), err
	}, nil
}

// keptAnswer is written again and again.
type keptAnswer struct {
	bytes.Buffer
	header http.Header
}

func (a *keptAnswer) Header() http.Header { return a.header }
func (a *keptAnswer) WriteHeader(int)     {}
