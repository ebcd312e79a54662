package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

const (
	// maxNewer is how many new rows are counted: one small request.
	maxNewer = 25

	// newerStep makes viewers of one list ask the API the same, so that the client's short cache answers most of them:
	// relative times are judged at the last full step.
	newerStep = 10 * time.Second
)

// newer takes GET /transactions/newer?…&since=: how many rows arrived on top of the list of the same query since its
// first page was read. An open list asks now and then; nobody watches, so trouble is logged and answered with nothing.
func (w *web) newer(c echo.Context) error {
	r := c.Request()
	asked, unreadable := url.ParseQuery(r.URL.RawQuery)
	text := asked.Get("since")
	asked.Del("since")
	r.URL.RawQuery = asked.Encode()
	now := w.Now().Truncate(newerStep)
	view, errs := w.readView(c, now)
	since, err := search.ParseCursor(text)
	if unreadable != nil || len(errs) > 0 || !growsOnTop(view) || err != nil && text != "" {
		return c.NoContent(http.StatusNoContent)
	}
	ctx, cancel := context.WithTimeout(trustlyclient.InBackground(r.Context()), pageTimeout)
	defer cancel()
	n, more, err := search.Newer(ctx, w.Client, view.Query(now), since, maxNewer)
	if err != nil {
		requestFrom(r.Context()).err = err
	}
	if n == 0 {
		return c.NoContent(http.StatusNoContent)
	}
	return w.draw(c, http.StatusOK, views.Newer(views.Link{Label: newerText(n, more), Href: view.URL("/transactions")}))
}

func newerText(n int, more bool) string {
	switch {
	case more:
		return fmt.Sprintf("More than %d newer transactions", n)
	case n == 1:
		return "1 newer transaction"
	}
	return fmt.Sprintf("%d newer transactions", n)
}

// growsOnTop reports whether the view is the first page of a list on top of which new rows appear.
func growsOnTop(view search.View) bool {
	return view.OrderBy == trustlyclient.ByCreated && view.SortOrder == trustlyclient.Descending &&
		view.After.IsZero() && view.AsOf.IsZero() && !view.Has("createdAt.end")
}

// newerSince is where an open list asks on from; ok is false for a page on which it does not ask.
func newerSince(view search.View, page search.Page) (since string, ok bool) {
	top := search.TopOf(page)
	if !growsOnTop(view) || top.IsZero() && len(page.Rows) > 0 {
		return "", false
	}
	return top.String(), true
}
