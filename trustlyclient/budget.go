package trustlyclient

import (
	"container/list"
	"context"
	"math"
	"sync"
	"time"
)

// budget is what one client may ask of the API: how often, and how much at a time. Trustly publishes no limits.
//
// Whoever waits stands in one of two queues, and each place that comes free goes to the first of the people, if there
// is one, and else to the first of the background. So a person waits behind exports for one place at most. A limiter
// and a semaphore could not do that: both serve whoever came first.
//
// While people are about, the background leaves one place free for them; when nobody has asked for a while, it takes that
// too, and the first who comes waits until one of its requests is answered.
//
// What people ask for is a few requests at once, so a second's worth of requests may leave together, and then none for
// the rest of it. The background's are evenly spaced, which leaves places to people. Within any window of that length
// there are never more than its worth, whoever asks.
//
// Where a [Meter] counts for several clients, it says when requests may leave; see meter.go.
type budget struct {
	spacing time.Duration // between two requests on average; 0 = no limit
	window  time.Duration // in which no more than len(sent) requests leave
	atATime int           // requests in flight; 0 = no limit
	shared  *metered      // nil: this budget counts for itself

	mu         sync.Mutex
	people     list.List // of *waiter
	background list.List
	inFlight   int
	sent       []time.Time // when the last requests left, a ring
	oldest     int         // of them
	last       time.Time   // of them
	person     time.Time   // when one last asked or was answered
	wakeAt     time.Time   // the first moment a timer is set for; zero: none is
}

// peopleStay is how long after a person's last answer the next request is expected: those of one page follow each other.
const peopleStay = time.Second

// maxBurst bounds how many requests leave together under a generous limit.
const maxBurst = 100

// margin is what a window is longer by than it need be. Requests are late by different times on their way, and whoever
// counts at its other end must not count more either: over 10 s they may differ by 100 ms.
const margin = 1.01

// waiter is one who waits for a turn.
type waiter struct {
	turn chan struct{} // closed when it has come, or err is set
	err  error         // why it never will
}

// newBudget takes 0 for "no limit" and nil for a count of its own.
func newBudget(perSecond float64, atATime int, meter Meter) *budget {
	b := &budget{atATime: atATime}
	if perSecond <= 0 {
		return b
	}
	b.spacing = time.Duration(float64(time.Second) / perSecond)
	if meter != nil {
		b.shared = &metered{meter: meter, again: map[*list.List]time.Time{}}
		return b
	}
	b.sent = make([]time.Time, int(min(max(1, perSecond), maxBurst)))
	window := float64(len(b.sent)) / perSecond
	if windows := math.Floor(10 / window); windows > 0 {
		window = 10 / windows // a whole number of them, so that 10 s have no more than their worth either
	}
	b.window = time.Duration(window * margin * float64(time.Second))
	return b
}

// acquire waits until one more request may leave, no longer than ctx, and not once revoke is closed: that is errDead. A
// person does not wait long for a meter that is away: that is ErrUncounted. release must be called when its answer is read.
//
// Slot and moment come together, so a request leaves at once when its turn comes, and the limit holds on the wire.
func (b *budget) acquire(ctx context.Context, revoke <-chan struct{}) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	queue := &b.people
	if inBackground(ctx) {
		queue = &b.background
	}
	w := &waiter{turn: make(chan struct{})}
	b.mu.Lock()
	if queue == &b.people {
		b.person = time.Now()
	}
	place := queue.PushBack(w)
	b.grant()
	b.mu.Unlock()

	select {
	case <-w.turn:
		if w.err != nil {
			return nil, w.err
		}
		if queue == &b.people {
			return b.releasePerson, nil
		}
		return b.release, nil
	case <-ctx.Done():
		b.leave(queue, place)
		return nil, ctx.Err()
	case <-revoke:
		b.leave(queue, place)
		return nil, errDead
	}
}

func (b *budget) releasePerson() {
	b.mu.Lock()
	b.person = time.Now()
	b.mu.Unlock()
	b.release()
}

func (b *budget) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.grant()
}

// leave gives a place up, or the turn if it came at the last moment.
func (b *budget) leave(queue *list.List, place *list.Element) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := place.Value.(*waiter)
	select {
	case <-w.turn:
		if w.err == nil {
			b.inFlight--
		}
	default:
		queue.Remove(place)
	}
	b.grant()
}

// grant gives out every turn there is. It is called with mu held whenever one may have come free.
func (b *budget) grant() {
	for queue := b.served(); queue != nil; queue = b.served() {
		now := time.Now()
		if b.shared != nil {
			if !b.shared.mayLeave(now) {
				b.ask(queue, now)
				return
			}
		} else if at := b.earliest(queue); at.After(now) {
			b.wakeUp(at, now)
			return
		}
		b.note(now)
		b.inFlight++
		close(queue.Remove(queue.Front()).(*waiter).turn)
	}
}

// served is the queue whose first has a slot, nil when there is none.
func (b *budget) served() *list.List {
	switch {
	case b.people.Len() > 0 && (b.atATime == 0 || b.inFlight < b.atATime):
		return &b.people
	case b.background.Len() > 0 && (b.atATime == 0 || b.inFlight < b.forBackground()):
		return &b.background
	}
	return nil
}

// forBackground is how many requests may be in flight when one of the background leaves.
func (b *budget) forBackground() int {
	if time.Since(b.person) < peopleStay {
		return max(1, b.atATime-1)
	}
	return b.atATime
}

// earliest is when the next request of a queue may leave.
func (b *budget) earliest(queue *list.List) time.Time {
	if len(b.sent) == 0 {
		return time.Time{}
	}
	at := b.sent[b.oldest].Add(b.window)
	if spaced := b.last.Add(b.window / time.Duration(len(b.sent))); queue == &b.background && spaced.After(at) {
		return spaced
	}
	return at
}

// note keeps when a request left. It counts from then, not from when it could have left: time nobody used is not made
// up for.
func (b *budget) note(now time.Time) {
	if len(b.sent) == 0 {
		return
	}
	b.sent[b.oldest], b.last = now, now
	b.oldest = (b.oldest + 1) % len(b.sent)
}

// wakeUp sets a timer for all who wait, of either queue, unless there is one that fires no later: who is first is
// decided when it fires.
func (b *budget) wakeUp(at, now time.Time) {
	if !b.wakeAt.IsZero() && !at.Before(b.wakeAt) {
		return
	}
	b.wakeAt = at
	time.AfterFunc(at.Sub(now), func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.wakeAt.Equal(at) {
			b.wakeAt = time.Time{}
		}
		b.grant()
	})
}
