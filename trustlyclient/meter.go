package trustlyclient

import (
	"container/list"
	"context"
	"time"
)

// Meter keeps one limit for several clients, in one process or many on several machines. A client has its own queues and
// asks for those at their front, for one batch at a time. While the meter fails nothing leaves: people are told
// ErrUncounted after a few seconds, the background waits.
type Meter interface {
	// Take asks for leave to send, and answers at once. Nothing of what it refuses is kept: who still waits asks again.
	Take(ctx context.Context, ask Ask) (Grant, error)
}

// Ask is what a client would send if it might.
type Ask struct {
	People     int // requests of people that wait
	Background int // and of the background
	Ahead      int // more that may be wanted in the next moment, going by the last one
}

// Grant is leave to send.
type Grant struct {
	Requests int           // as many as that, people's first
	Until    time.Time     // before then
	Again    time.Duration // when to ask again for the others
}

const (
	// aheadFor is the moment by which a client reckons with what it will want. Limits with more requests than that to a
	// moment would else cost a question for each of them.
	aheadFor = 25 * time.Millisecond

	// aheadBelow is the spacing below which it does so.
	aheadBelow = 10 * time.Millisecond

	meterLimit  = 2 * time.Second        // for one answer
	meterPause  = 200 * time.Millisecond // after one that failed
	meterOutage = 3 * time.Second        // how long people wait for one
)

// metered is a budget's side of a shared limit.
type metered struct {
	meter Meter

	asking   bool
	held     int                      // requests that may leave
	until    time.Time                // before then
	again    map[*list.List]time.Time // when to ask for the queue again
	failing  time.Time                // since when there has been no answer; zero: there was
	moment   time.Time                // the one in which requests are counted
	sent     int                      // in it
	sentThen int                      // in the one before
}

// mayLeave takes one of the requests that are held. It is called with mu held, as all of these.
func (m *metered) mayLeave(now time.Time) bool {
	if m.held == 0 || !now.Before(m.until) {
		m.held = 0
		return false
	}
	m.held--
	m.turnTo(now)
	m.sent++
	return true
}

// turnTo begins a new moment when the last is over.
func (m *metered) turnTo(now time.Time) {
	switch gone := now.Sub(m.moment); {
	case gone >= 2*aheadFor:
		m.moment, m.sent, m.sentThen = now, 0, 0
	case gone >= aheadFor:
		m.moment, m.sent, m.sentThen = now, 0, m.sent
	}
}

// wanted is what those at the front of the queues may be granted.
func (b *budget) wanted(now time.Time) Ask {
	ask := Ask{People: b.people.Len(), Background: b.background.Len()}
	if b.atATime > 0 {
		ask.People = min(ask.People, max(0, b.atATime-b.inFlight))
		ask.Background = min(ask.Background, max(0, b.forBackground()-b.inFlight-ask.People))
	}
	if b.spacing < aheadBelow {
		b.shared.turnTo(now)
		ask.Ahead = max(0, max(b.shared.sent, b.shared.sentThen)-ask.People-ask.Background)
	}
	return ask
}

// ask has the meter asked for whoever waits, unless it is being asked, or said to come later.
func (b *budget) ask(queue *list.List, now time.Time) {
	if b.shared.asking {
		return
	}
	if at := b.shared.again[queue]; at.After(now) {
		b.wakeUp(at, now)
		return
	}
	b.shared.asking = true
	go b.answered(b.wanted(now))
}

// answered asks and gives out what was granted.
func (b *budget) answered(ask Ask) {
	ctx, cancel := context.WithTimeout(context.Background(), meterLimit)
	defer cancel()
	grant, err := b.shared.meter.Take(ctx, ask)

	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.shared.asking = false
	clear(b.shared.again)
	if err != nil {
		b.uncounted(now, err)
	} else {
		b.shared.failing = time.Time{}
		b.shared.held, b.shared.until = grant.Requests, grant.Until
		again := now.Add(max(grant.Again, time.Millisecond))
		if ask.People > grant.Requests {
			b.shared.again[&b.people] = again
		}
		if ask.People+ask.Background > grant.Requests {
			b.shared.again[&b.background] = again
		}
	}
	b.grant()
}

// uncounted tells people when there has been no answer for a while. The background waits on: what counts comes back, and
// work of hours need not begin anew for it.
func (b *budget) uncounted(now time.Time, err error) {
	b.shared.again[&b.people] = now.Add(meterPause)
	b.shared.again[&b.background] = now.Add(meterPause)
	if b.shared.failing.IsZero() {
		b.shared.failing = now
	}
	if now.Sub(b.shared.failing) < meterOutage {
		return
	}
	for b.people.Len() > 0 {
		w := b.people.Remove(b.people.Front()).(*waiter)
		w.err = &failure{kind: ErrUncounted, cause: err}
		close(w.turn)
	}
}
