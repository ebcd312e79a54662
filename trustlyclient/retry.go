package trustlyclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// patience is how long a caller goes on asking when the API fails.
type patience struct {
	tries   int           // the first one included
	outlast bool          // waits for a dead API as well
	first   time.Duration // wait before the second try, doubled for each further one
	longest time.Duration // of these waits
	window  time.Duration // no try begins later than this after the call; 0 = only the context ends it
}

var (
	// A person looks at an empty page meanwhile: better an error page soon than an answer late.
	peoplesPatience = patience{tries: 3, first: 200 * time.Millisecond, longest: time.Second, window: 2 * time.Second}

	// An export that fails is begun again from its first row: better late. Its window is Options.Patience, its tries
	// only bound what a server can make of many small Retry-Afters.
	backgroundPatience = patience{tries: 50, outlast: true, first: 500 * time.Millisecond, longest: 3 * time.Second}
)

func (c *Client) patienceOf(ctx context.Context) patience {
	if inBackground(ctx) {
		p := backgroundPatience
		p.window = c.patience
		return p
	}
	return peoplesPatience
}

// persist asks until there is an answer that asking again can't better, or patience ends. A wait that would pass
// the time until which the answer is wanted is not begun: the last error is told at once. until may return the zero
// time for "no end".
//
// Not failsafe-go's retry policy: it can neither weigh a wait against the caller's deadline nor give up on a
// Retry-After that is too long, and telling it what else is wanted takes more lines than the loop.
func (c *Client) persist(ctx context.Context, r request, until func() time.Time) (any, error) {
	p := c.patienceOf(ctx)
	began := time.Now()
	var told error // what the API said last
	for try := 1; ; try++ {
		answer, err := c.guarded(ctx, r)
		wait, again := p.wait(err, try)
		if told == nil || !errors.Is(err, errDead) {
			told = err
		}
		if !again {
			return answer, told
		}
		if !p.outlast && c.breaker.untilProbe() > wait {
			return nil, told // asking again would only be refused
		}
		resume := time.Now().Add(wait)
		if end := until(); !end.IsZero() && !resume.Before(end) {
			return nil, told
		}
		if p.window > 0 && resume.After(began.Add(p.window)) {
			return nil, told
		}
		c.tell(ctx, Event{Kind: Retried, Route: r.route})
		if !sleep(ctx, wait) {
			return nil, r.failed(waitFailure(ctx, ctx.Err()))
		}
	}
}

// wait says whether to ask again after a try, the first being 1, ended with err, and how long to wait before.
func (p patience) wait(err error, try int) (time.Duration, bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.passing() || try >= p.tries || errors.Is(err, errDead) && !p.outlast {
		return 0, false
	}
	backOff := min(p.first<<(try-1), p.longest)
	// Between half and the whole, by chance: what failed together does not come back together.
	backOff -= rand.N(backOff/2 + 1) //nolint:gosec // spreads load, guards nothing
	return max(backOff, e.RetryAfter), true
}

// passing reports whether the same request may well succeed a moment later.
func (e *Error) passing() bool {
	switch e.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.cutShort() || errors.Is(e.Err, errDead)
}

// cutShort reports whether the network or the time limit of a try kept the answer from coming whole.
func (e *Error) cutShort() bool {
	f, ok := errors.AsType[*failure](e.Err)
	return ok && f.cutShort
}

// endOf is a context's deadline, zero when it has none.
func endOf(ctx context.Context) time.Time {
	end, _ := ctx.Deadline()
	return end
}

// sleep reports whether it slept to its end.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
