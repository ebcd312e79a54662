package story

import (
	"cmp"
	"slices"
	"time"

	"trustlyportal/trustlyclient"
)

// Kind is what a step tells.
type Kind string

// The kinds of steps, each with the field that it comes from.
const (
	Created    Kind = "created"    // createdAt
	Processed  Kind = "processed"  // processedAt
	Completed  Kind = "completed"  // completedAt
	Updated    Kind = "updated"    // updatedAt, where it says more than the three before: last changed then, to what it is now
	Expires    Kind = "expires"    // expiredAt: the end of a preauthorization [seed]
	Represents Kind = "represents" // representmentScheduledAt: a new attempt to collect was set for then
	NextDue    Kind = "next-due"   // payment.recurrence.nextOccurrence: the next automatic capture [seed]
)

// Step is one instant of a record's life.
type Step struct {
	Kinds  []Kind             // usually one; more when the record has the same instant for them, in the order above
	At     trustlyclient.Time // UTC; zero with its Text when unreadable, without when missing
	Record *Record            // whose step it is; nil for NextDue, which is the payment's

	Planned    bool // it lies after now and says what is to come
	OutOfOrder bool // it can't be as it says: before what it must follow, or done after now
	Latest     bool // the last that is known to have happened to the record: what it is now belongs here, not before

	Amount   trustlyclient.Amount
	Currency trustlyclient.Code
}

// Is reports whether the step is of a kind.
func (s *Step) Is(kind Kind) bool { return slices.Contains(s.Kinds, kind) }

// Tolerances in comparing times.
const (
	writing = time.Second     // a record's updatedAt may lag behind the time that the same change wrote
	skew    = 5 * time.Minute // between the API's clock and ours
)

// recount makes the steps of all records and puts them in the order of time.
func (s *Story) recount(now time.Time) {
	for _, r := range s.Records {
		r.recount(now)
		s.Steps = append(s.Steps, r.Steps...)
	}
	if step := s.nextDue(now); step != nil {
		s.Steps = append(s.Steps, step)
	}
	slices.SortStableFunc(s.Steps, func(a, b *Step) int {
		return cmp.Or(compareTimes(a.when(), b.when()), cmp.Compare(a.order(), b.order()))
	})
}

// when is where a step stands in time. One without a time stands before the first of its record that has one.
func (s *Step) when() time.Time {
	if !s.At.IsZero() || s.Record == nil {
		return s.At.Time
	}
	for _, other := range s.Record.Steps {
		if !other.At.IsZero() {
			return other.At.Time
		}
	}
	return time.Time{}
}

// order is where a step stands among those of the same instant: what a record's change goes back to before the change,
// the original before what came from it.
func (s *Step) order() int {
	const after = 1 << 30
	switch {
	case s.Record == nil:
		return 2 * after
	case s.Kinds[0] == Updated:
		return after + s.Record.place
	}
	return s.Record.place
}

// recount makes a record's steps. Each record was created, known when or not; of anything else only its time tells.
func (r *Record) recount(now time.Time) {
	add := func(kind Kind, at trustlyclient.Time) {
		if at.Text == "" && at.IsZero() && kind != Created {
			return
		}
		planned := (kind == Expires || kind == Represents) && at.After(now)
		r.Steps = append(r.Steps, &Step{
			Kinds: []Kind{kind}, At: at, Record: r, Planned: planned, OutOfOrder: r.impossible(kind, at.Time, now),
			Amount: r.Amount, Currency: r.Currency,
		})
	}
	add(Created, r.CreatedAt)
	add(Processed, r.ProcessedAt)
	add(Completed, r.CompletedAt)
	if r.updateTells() {
		add(Updated, r.UpdatedAt)
	}
	add(Expires, r.ExpiredAt)
	add(Represents, r.RepresentmentScheduledAt)
	slices.SortStableFunc(r.Steps, func(a, b *Step) int {
		if a.At.IsZero() || b.At.IsZero() {
			return -compareTimes(a.At.Time, b.At.Time) // those without a time come first
		}
		return a.At.Compare(b.At.Time)
	})
	r.join()
	for _, step := range slices.Backward(r.Steps) {
		if step.happened() {
			step.Latest = true
			break
		}
	}
}

// join makes one step of those at the very same instant.
func (r *Record) join() {
	joined := r.Steps[:0]
	for _, next := range r.Steps {
		if n := len(joined); n > 0 && !next.At.IsZero() && joined[n-1].At.Equal(next.At.Time) {
			last := joined[n-1]
			last.Kinds = append(last.Kinds, next.Kinds...)
			last.OutOfOrder = last.OutOfOrder || next.OutOfOrder
			continue
		}
		joined = append(joined, next)
	}
	r.Steps = joined
}

// happened tells a step of the record's past from what was set for some time.
func (s *Step) happened() bool {
	return slices.ContainsFunc(s.Kinds, func(k Kind) bool { return k == Created || k == Processed || k == Completed || k == Updated })
}

// lastStamp is the latest of the times that name what happened.
func (r *Record) lastStamp() time.Time {
	last := r.CreatedAt.Time
	for _, at := range []time.Time{r.ProcessedAt.Time, r.CompletedAt.Time} {
		if at.After(last) {
			last = at
		}
	}
	return last
}

// updateTells reports whether updatedAt is another time than those that name what happened.
func (r *Record) updateTells() bool {
	at := r.UpdatedAt
	if at.IsZero() {
		return at.Text != ""
	}
	return at.Sub(r.lastStamp()).Abs() > writing
}

// impossible reports whether something can't have happened at that time, by the record's own other times, by its
// parent's and by the clock.
func (r *Record) impossible(kind Kind, at, now time.Time) bool {
	before := func(others ...time.Time) bool {
		return slices.ContainsFunc(others, func(o time.Time) bool { return !o.IsZero() && at.Before(o) })
	}
	if at.IsZero() {
		return false
	}
	switch kind {
	case Created:
		return r.Parent != nil && before(r.Parent.CreatedAt.Time) || at.After(now.Add(skew))
	case Processed:
		return before(r.CreatedAt.Time) || at.After(now.Add(skew))
	case Completed:
		return before(r.CreatedAt.Time, r.ProcessedAt.Time) || at.After(now.Add(skew))
	case Updated:
		return before(r.lastStamp()) || at.After(now.Add(skew))
	default:
		return before(r.CreatedAt.Time)
	}
}

// nextDue is the payment's next automatic capture, of which this record's copy of the payment knows.
func (s *Story) nextDue(now time.Time) *Step {
	schedule := &s.payment().Recurrence
	if schedule.NextOccurrence.Text == "" && schedule.NextOccurrence.IsZero() {
		return nil
	}
	return &Step{
		Kinds: []Kind{NextDue}, At: schedule.NextOccurrence, Planned: schedule.NextOccurrence.After(now),
		Amount: schedule.RecurringAmount, Currency: s.payment().Currency,
	}
}

// payment is the latest state of the payment among the records' copies; of equals this record's.
func (s *Story) payment() *trustlyclient.Payment {
	last := &s.This.Payment
	for _, r := range s.Records {
		if comparePayments(last, &r.Payment) < 0 {
			last = &r.Payment
		}
	}
	return last
}
