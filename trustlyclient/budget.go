package trustlyclient

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// budget is what one client may ask of the API: how often, and how much at a time. Trustly publishes no limits.
//
// Whoever waits stands in one of two queues, and each place that comes free goes to the first of the people, if there
// is one, and else to the first of the background. So a person waits behind exports for one place at most. A limiter
// and a semaphore could not do that: both serve whoever came first.
type budget struct {
	spacing time.Duration // between two requests; 0 = none
	atATime int           // requests in flight; 0 = no limit

	mu         sync.Mutex
	people     list.List // of chan struct{}, closed when its turn comes
	background list.List
	inFlight   int
	next       time.Time // no request may leave before
	waking     bool      // a timer is set for next
}

// newBudget takes 0 for "no limit".
func newBudget(perSecond float64, atATime int) *budget {
	b := &budget{atATime: atATime}
	if perSecond > 0 {
		b.spacing = time.Duration(float64(time.Second) / perSecond)
	}
	return b
}

// acquire waits until one more request may leave, no longer than ctx, and not once revoke is closed: that is errDead.
// release must be called when its answer is read.
//
// Slot and moment come together, so a request leaves at once when its turn comes, and the spacing holds on the wire.
func (b *budget) acquire(ctx context.Context, revoke <-chan struct{}) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	queue := &b.people
	if inBackground(ctx) {
		queue = &b.background
	}
	turn := make(chan struct{})
	b.mu.Lock()
	place := queue.PushBack(turn)
	b.grant()
	b.mu.Unlock()

	select {
	case <-turn:
		return b.release, nil
	case <-ctx.Done():
		b.leave(queue, place, turn)
		return nil, ctx.Err()
	case <-revoke:
		b.leave(queue, place, turn)
		return nil, errDead
	}
}

func (b *budget) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.grant()
}

// leave gives a place up, or the turn if it came at the last moment.
func (b *budget) leave(queue *list.List, place *list.Element, turn <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-turn:
		b.inFlight--
	default:
		queue.Remove(place)
	}
	b.grant()
}

// grant gives out every turn there is. It is called with mu held whenever one may have come free.
func (b *budget) grant() {
	for queue := b.served(); queue != nil; queue = b.served() {
		if wait := time.Until(b.next); wait > 0 {
			b.wakeAfter(wait)
			return
		}
		// From now, not from when it could have left: moments nobody used are not made up for in a burst.
		b.next = time.Now().Add(b.spacing)
		b.inFlight++
		close(queue.Remove(queue.Front()).(chan struct{}))
	}
}

// served is the queue whose first has a slot, nil when there is none.
func (b *budget) served() *list.List {
	switch {
	case b.people.Len() > 0 && (b.atATime == 0 || b.inFlight < b.atATime):
		return &b.people
	case b.background.Len() > 0 && (b.atATime == 0 || b.inFlight < max(1, b.atATime-1)):
		return &b.background
	}
	return nil
}

// wakeAfter has one timer for all who wait, of either queue: who is first is decided when it fires.
func (b *budget) wakeAfter(wait time.Duration) {
	if b.waking {
		return
	}
	b.waking = true
	time.AfterFunc(wait, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.waking = false
		b.grant()
	})
}
