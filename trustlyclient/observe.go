package trustlyclient

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Observer is told what a client does, for metrics and traces. Its functions are called by several goroutines at a time
// and must be quick; nil is nobody. What they are told holds no personal data, and nothing of it goes to the API.
type Observer struct {
	// Around is called when a call to the API begins, with the caller's context, and what it returns when the call ends.
	// The call goes on with the context that it returns.
	Around func(ctx context.Context, route string) (context.Context, func(error))

	// Event is called at each step. Its context is that of the call it was first done for: others may have joined it.
	Event func(context.Context, Event)
}

// EventKind is what happened.
type EventKind int

// The kinds of events.
const (
	Tried         EventKind = iota // a request left for the API, and its end came
	Refused                        // the breaker was open: nothing left
	GaveUp                         // the caller's end came before its turn: nothing left
	Uncounted                      // Options.Meter was away: nothing left
	Retried                        // a try failed and another will follow
	Kept                           // answered by a page asked for a moment ago
	Asked                          // a person's question that no kept page answered
	BreakerOpened                  // the API counts as dead from now on
	BreakerClosed                  // it is back
)

// Event is one step of a call.
type Event struct {
	Kind       EventKind
	Route      string        // "/transactions" or "/transactions/{id}"
	Background bool          // see InBackground
	Waited     time.Duration // for its turn
	Took       time.Duration // of one Tried: until the answer was read, or failed
	StatusCode int           // of a failure, 0 when no answer came or all went well
	Err        error         // of one Tried: nil, or of type *Error
}

func (c *Client) tell(ctx context.Context, e Event) {
	if c.observer.Event != nil {
		e.Background = inBackground(ctx)
		c.observer.Event(ctx, e)
	}
}

// tried hands on what became of a try that began to wait at queued and left at sent.
func (c *Client) tried(ctx context.Context, r request, queued, sent time.Time, err error) {
	event := Event{Kind: Tried, Route: r.route, Waited: sent.Sub(queued), Took: time.Since(sent), Err: err}
	if e, ok := errors.AsType[*Error](err); ok {
		event.StatusCode = e.StatusCode
	}
	c.tell(ctx, event)
}

// State is how a client stands at a moment, for metrics and health checks. Asking for it sends nothing.
type State struct {
	Heard bool // the API has answered or failed since the client was made
	Dead  bool // it failed again and again, and is asked now and then only

	InFlight          int // requests
	PeopleWaiting     int // calls that wait for their turn
	BackgroundWaiting int // the same, see InBackground
}

// State returns how the client stands.
func (c *Client) State() State {
	s := State{
		InFlight:          int(c.load.inFlight.Load()),
		PeopleWaiting:     int(c.load.people.Load()),
		BackgroundWaiting: int(c.load.background.Load()),
	}
	c.breaker.mu.Lock()
	defer c.breaker.mu.Unlock()
	s.Heard, s.Dead = c.breaker.heard, c.breaker.failures >= openAfter
	return s
}

// load counts what is under way. The budget decides by counts of its own.
type load struct{ people, background, inFlight atomic.Int64 }

// wait counts one that waits for its turn until the returned function is called.
func (l *load) wait(background bool) (turn func()) {
	waiting := &l.people
	if background {
		waiting = &l.background
	}
	waiting.Add(1)
	return func() { waiting.Add(-1) }
}

// leave counts one that left until the returned function is called.
func (l *load) leave() (back func()) {
	l.inFlight.Add(1)
	return func() { l.inFlight.Add(-1) }
}
