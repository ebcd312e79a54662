package trustlyclient

import (
	"context"

	"golang.org/x/time/rate"
)

// budget is what one client may ask of the API: how often, and how much at a time. Trustly publishes no limits.
type budget struct {
	slots chan struct{} // nil: no limit
	rate  *rate.Limiter
}

// newBudget takes 0 for "no limit".
func newBudget(perSecond float64, atATime int) *budget {
	b := &budget{rate: rate.NewLimiter(rate.Inf, 1)}
	if perSecond > 0 {
		// A burst of one spaces requests evenly, so that no second sees more than was promised.
		b.rate = rate.NewLimiter(rate.Limit(perSecond), 1)
	}
	if atATime > 0 {
		b.slots = make(chan struct{}, atATime)
	}
	return b
}

// acquire waits until one more request may leave, and no longer than ctx. release must be called when its answer is read.
//
// The slot comes first: a request that has waited for its turn leaves at once, so the spacing holds on the wire.
func (b *budget) acquire(ctx context.Context) (release func(), err error) {
	if b.slots == nil {
		return func() {}, b.rate.Wait(ctx)
	}
	select {
	case b.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	release = func() { <-b.slots }
	if err := b.rate.Wait(ctx); err != nil {
		release()
		return nil, err
	}
	return release, nil
}
