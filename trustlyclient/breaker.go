package trustlyclient

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

const (
	// openAfter failures in a row the API counts as dead: five people's calls with all their tries. Fewer would take a
	// bad moment, or one record that always fails, for an outage.
	openAfter = 15

	// probeEvery is how often one request may look whether a dead API is back.
	probeEvery = 2 * time.Second

	// probeTimeout bounds such a look, so that looks at an API that hangs don't use up the budget's slots. Each
	// fullProbe-th has the whole Options.Timeout: an API that only became slow is not dead for ever.
	probeTimeout = probeEvery
	fullProbe    = 4
)

// errDead is why the breaker let nothing through.
var errDead = errors.New("breaker open")

// breaker keeps requests from an API that is dead, so that they fail at once instead of after their time limit, all
// but one look every probeEvery.
//
// Not failsafe-go's breaker: that waits for its one probe's result, so a probe that hangs keeps everybody out for as
// long, and one that its caller leaves keeps them out for ever. Starting a probe every two seconds whatever became
// of the last needs less than telling it so would.
type breaker struct {
	mu       sync.Mutex
	heard    bool          // of the API, be it an answer or a failure
	failures int           // in a row; openAfter and more: open
	opened   chan struct{} // closed while open, for those who wait for their turn
	probeAt  time.Time     // while open: when the next look is due
	probes   int           // since it opened
	timedOut bool          // the last failure was a time-out
}

func newBreaker() *breaker { return &breaker{opened: make(chan struct{})} }

// pass is leave to try once.
type pass struct {
	limit  time.Duration   // for the try
	revoke <-chan struct{} // closed when the API turned out dead, as long as the try has not begun; nil for a probe
}

// enter gives a pass, or says after how long to come back.
func (b *breaker) enter(limit time.Duration) (pass, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < openAfter {
		return pass{limit: limit, revoke: b.opened}, 0
	}
	now := time.Now()
	if wait := b.probeAt.Sub(now); wait > 0 {
		return pass{}, wait
	}
	b.probeAt = now.Add(probeEvery)
	b.probes++
	if b.probes%fullProbe != 0 {
		limit = min(limit, probeTimeout)
	}
	return pass{limit: limit}, 0
}

// alive closes the breaker: the API answered. It reports whether it was open.
func (b *breaker) alive() (closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	closed = b.failures >= openAfter
	if closed {
		b.opened = make(chan struct{})
	}
	b.heard, b.failures = true, 0
	return closed
}

// failed counts a try that the API did not answer, or answered with a failure of its own. It reports whether that opened
// the breaker.
func (b *breaker) failed(err error) (opened bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timedOut = errors.Is(err, ErrTimeout)
	b.heard, b.failures = true, b.failures+1
	if b.failures != openAfter {
		return false
	}
	close(b.opened)
	b.probeAt, b.probes = time.Now().Add(probeEvery), 0
	return true
}

// kind is how the API fails, as ErrUnavailable or ErrTimeout.
func (b *breaker) kind() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timedOut {
		return ErrTimeout
	}
	return ErrUnavailable
}

// untilProbe is how long nothing will be let through, 0 when something may.
func (b *breaker) untilProbe() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < openAfter {
		return 0
	}
	return max(0, time.Until(b.probeAt))
}

// guarded tries once if the breaker lets it, when its turn has come. Its errors are of type *Error.
func (c *Client) guarded(ctx context.Context, r request) (any, error) {
	pass, wait := c.breaker.enter(c.timeout)
	if wait > 0 {
		c.tell(ctx, Event{Kind: Refused, Route: r.route})
		return nil, r.refusedAsDead(c.breaker.kind(), wait)
	}
	queued := time.Now()
	turn := c.load.wait(inBackground(ctx))
	release, err := c.budget.acquire(ctx, pass.revoke)
	turn()
	switch {
	case errors.Is(err, errDead):
		c.tell(ctx, Event{Kind: Refused, Route: r.route, Waited: time.Since(queued)})
		return nil, r.refusedAsDead(c.breaker.kind(), c.breaker.untilProbe())
	case errors.Is(err, ErrUncounted):
		c.tell(ctx, Event{Kind: Uncounted, Route: r.route, Waited: time.Since(queued)})
		return nil, r.failed(err)
	case err != nil:
		c.tell(ctx, Event{Kind: GaveUp, Route: r.route, Waited: time.Since(queued)})
		return nil, r.failed(waitFailure(ctx, err))
	}
	release = sync.OnceFunc(release)
	defer release()
	sent := time.Now()
	back := c.load.leave()
	defer back()
	answer, err := c.try(ctx, r, pass.limit, release)
	c.tried(ctx, r, queued, sent, err)
	switch e, _ := errors.AsType[*Error](err); {
	case e == nil || e.StatusCode != 0 && !e.blamesAPI():
		if c.breaker.alive() {
			c.tell(ctx, Event{Kind: BreakerClosed, Route: r.route})
		}
	case ctx.Err() == nil: // a try that its caller ended tells nothing
		if c.breaker.failed(err) {
			c.tell(ctx, Event{Kind: BreakerOpened, Route: r.route})
		}
	}
	return answer, err
}

// blamesAPI reports whether the API failed, not this one request of it: 4xx and 429 are answers.
func (e *Error) blamesAPI() bool {
	return e.StatusCode >= http.StatusInternalServerError || e.cutShort()
}

func (r request) refusedAsDead(kind error, wait time.Duration) *Error {
	e := r.failed(&failure{kind: kind, detail: "not asked, since it failed again and again", cause: errDead})
	e.RetryAfter = wait
	return e
}
