package trustlytest

import (
	"math/rand/v2"
	"time"
)

// churn makes rows arrive and change at a given pace: see Options.CreatedPerSecond.
type churn struct {
	created, changed float64 // per millisecond
	now              int64   // what was due up to here has happened
	owedNew, owedOld float64
	drawn            *rand.Rand
}

// maxChurn bounds what happens at once after a long silence, in milliseconds of churn.
const maxChurn = 60_000

func newChurn(o Options, now int64) churn {
	return churn{created: o.CreatedPerSecond / 1000, changed: o.ChangedPerSecond / 1000, now: now, drawn: rand.New(rand.NewPCG(o.Seed, 7<<40))}
}

// stir makes happen what is due by now. New rows and changes are spread over the time since the last request; about
// every fourth new row shares its millisecond with another.
func (s *Server) stir(now time.Time) {
	c := &s.churn
	if s.options.CreatedPerSecond <= 0 && s.options.ChangedPerSecond <= 0 {
		return
	}
	ms := now.UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	if ms <= c.now {
		return
	}
	c.now = max(c.now, ms-maxChurn)
	since := ms - c.now
	c.owedNew += c.created * float64(since)
	c.owedOld += c.changed * float64(since)
	arriving, at := int64(c.owedNew), c.now+1
	for n := range arriving {
		if c.drawn.IntN(4) > 0 {
			at = c.now + 1 + (since-1)*n/arriving
		}
		s.arrive(at)
	}
	for range int(c.owedOld) {
		s.changeOne(c.now + 1 + c.drawn.Int64N(since))
	}
	c.owedNew -= float64(int(c.owedNew))
	c.owedOld -= float64(int(c.owedOld))
	c.now = ms
}

// arrive adds an instant payment of that time, to which nothing more happens of itself.
func (s *Server) arrive(at int64) {
	l := s.life
	for _, r := range l.draft(familyNamed("pay"), at).play(at) {
		l.name(r)
		s.ledger.put(r)
	}
}

// changeOne gives some record another status.
func (s *Server) changeOne(at int64) {
	var old *Record
	for range 20 { // not what is to be answered byte for byte, nor what is younger than the change
		if len(s.ledger.created) == 0 {
			return
		}
		old = s.ledger.created[s.churn.drawn.IntN(len(s.ledger.created))]
		if old.rare().Raw == nil && old.UpdatedAt < at {
			break
		}
		old = nil
	}
	if old == nil {
		return
	}
	next := *old
	switch old.Status {
	case StatusNew, StatusPending:
		next.Status = StatusAuthorized
	case StatusAuthorized:
		next.Status = StatusProcessed
	case StatusProcessed:
		next.Status = StatusCompleted
	case StatusCompleted:
		next.Status = StatusReversed
	default:
		next.Status = StatusCompleted
	}
	next.UpdatedAt = at
	next.Version++
	s.ledger.put(&next)
}
