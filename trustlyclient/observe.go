package trustlyclient

import (
	"context"
	"errors"
	"time"
)

// Event is one try that left for the API and its end, for metrics. It holds no personal data.
type Event struct {
	Route      string        // "/transactions" or "/transactions/{id}"
	Background bool          // see InBackground
	Waited     time.Duration // for its turn
	Took       time.Duration // until the answer was read, or failed
	StatusCode int           // of a failure, 0 when no answer came or all went well
	Err        error         // nil, or of type *Error
}

// tried hands on what became of a try that began to wait at queued and left at sent.
func (c *Client) tried(ctx context.Context, r request, queued, sent time.Time, err error) {
	if c.observe == nil {
		return
	}
	event := Event{Route: r.route, Background: inBackground(ctx), Waited: sent.Sub(queued), Took: time.Since(sent), Err: err}
	if e, ok := errors.AsType[*Error](err); ok {
		event.StatusCode = e.StatusCode
	}
	c.observe(event)
}
