package handlers

import (
	"context"
	"net/http"
	"time"

	"trustlyportal/trustlyclient"
)

// CountOne does what is done for the metrics' sake while a list page is made.
func CountOne(m *Metrics) func() {
	observer := Observer(m, nil)
	return func() {
		m.begin()
		about := &request{route: "/transactions"}
		ctx := context.WithValue(context.Background(), requestKey{}, about)
		_, end := observer.Around(ctx, "/transactions")
		observer.Event(ctx, trustlyclient.Event{Kind: trustlyclient.Asked, Route: "/transactions"})
		observer.Event(ctx, trustlyclient.Event{Route: "/transactions", Took: 50 * time.Millisecond})
		end(nil)
		m.end(http.MethodGet, about, http.StatusOK, 60*time.Millisecond)
	}
}
