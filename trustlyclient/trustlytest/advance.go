package trustlytest

import (
	"container/heap"
	"time"
)

// Advance moves the ledger on to now: payments arrive, about one per Options.Arrival, and what was on its way goes on –
// captures are processed, completed and returned, schedules debit, holds are decided. Several small steps come to the
// same as a large one. A time before the last one changes nothing.
func (s *Server) Advance(now time.Time) {
	ms := now.UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.life
	for {
		next := l.arrival
		arriving := true
		if len(l.open) > 0 && l.open[0].events[0].at <= next {
			next, arriving = l.open[0].events[0].at, false
		}
		if next > ms {
			break
		}
		l.now = max(l.now, next)
		if arriving {
			l.keep(l.draft(l.chooseFamily(l.stream()), l.arrival))
			l.arrival += l.pause()
			continue
		}
		d := heap.Pop(&l.open).(*draft)
		s.happen(d)
		l.keep(d)
	}
	l.now = max(l.now, ms)
}

// happen makes the draft's next event happen in the ledger. Records and payments there are never changed in place, so
// the whole family gets the new payment.
func (s *Server) happen(d *draft) {
	e := d.events[0]
	d.events = d.events[1:]
	for _, r := range d.rows { // a test may have changed the payment
		if current, ok := s.ledger.byID[r.ID]; ok && current.Payment != nil {
			d.payment = current.Payment
			break
		}
	}
	payment := *d.payment
	d.payment = &payment
	for i, r := range d.rows {
		born := r.ID != ""
		if !born && i != e.row {
			continue
		}
		if current, ok := s.ledger.byID[r.ID]; ok {
			r = current // a test may have changed it
		} else if born {
			continue // or deleted it
		}
		next := *r
		next.Payment = d.payment
		d.rows[i] = &next
		if i == e.row {
			e.apply(&next, d.payment)
		}
		if next.ID == "" {
			s.life.name(&next)
			if p := d.parents[i]; p != noParent {
				next.OriginalID = d.rows[p].ID
			}
		}
		s.ledger.put(&next)
	}
}
