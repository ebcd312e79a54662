package search

import (
	"cmp"
	"context"
	"errors"

	"trustlyportal/trustlyclient"
)

// aheadAnswers is how many answers a sweep may have ahead of the rows given, for each request in flight: for so long may
// one of them keep the others waiting before they stop. It also bounds the offsets asked for, however long the list: with
// 8 in flight, none is deeper than 24 answers of rows behind the last that was joined when it was asked, some 2,300.
//
// With answers that take 50 ms, half of that more or less, and one in twenty four times as long, a sweep with 8 in flight
// is 0.90 as fast as a loop that waits for no answer before the others, 0.83 with 2 here and 0.94 with 4.
const aheadAnswers = 3

// answer is what was asked, and what came.
type answer[T any] struct {
	step    bool                      // of the walk, else at an offset
	share   int                       // rows it is expected to bring
	want    trustlyclient.ListOptions // not of a step
	overlap int                       // rows behind it that it is asked to bring again; not of a step

	inPlaceOf *answer[T] // of a step: the answer that was no good
	skewed    bool       // it was asked when what is before it was thought to bring other rows

	taken, done bool
	walk        *Walk      // of a step: the walk after it
	rows        []swept[T] // of a step, those that are new
	n           int        // rows of the API's answer
	err         error
}

// take waits for something to ask. nil: there is nothing more.
func (s *Sweep[T]) take() *answer[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.stopped {
		a := s.plan()
		if a == nil {
			s.changed.Wait()
			continue
		}
		a.taken = true
		if a.step { // others read the sweep's walk meanwhile
			walk := *s.walk
			walk.fetched = walk.fetched.clone()
			a.walk = &walk
		}
		return a
	}
	return nil
}

// plan says what to ask next, nil for nothing at the moment: a step where none is under way and there is nothing to go
// by, and else at the next offset, as long as rows are expected there.
func (s *Sweep[T]) plan() *answer[T] {
	if len(s.asked) > 0 && !s.asked[0].taken {
		return s.asked[0]
	}
	if len(s.ready)+len(s.asked) >= aheadAnswers*s.workers {
		return nil
	}
	options := s.walk.options(s.walk.fetched.cursor)
	known, ahead, deepest := s.walk.known(options), 0, 0
	for _, a := range s.asked {
		if ahead += a.share; a.done && a.n < s.pace.size { // the list seems to end there
			return nil
		}
		deepest = max(deepest, a.want.StartIndex)
	}
	next := &answer[T]{step: len(s.asked) == 0, share: cmp.Or(s.pace.size, MaxCount) - min(known, overlap)} // as Walk.startAt has it
	if !next.step {
		options.StartIndex, options.Count = max(0, known+ahead-s.overlap.rows), MaxCount
		next.want, next.overlap, next.share = options, s.overlap.rows, s.pace.size-s.overlap.rows
		left := s.query.Created.End.UnixMilli() - s.walk.fetched.cursor.Millis
		if next.share <= 0 || !s.pace.reaches(ahead, left) || !s.depth.allows(options.StartIndex, deepest) {
			return nil
		}
	}
	s.asked = append(s.asked, next)
	return next
}

// ask asks, and joins what comes.
func (s *Sweep[T]) ask(ctx context.Context, a *answer[T]) {
	if a.step {
		s.step(ctx, a)
	} else {
		s.lookAhead(ctx, a)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a.done = true
	s.join()
	s.changed.Broadcast()
	s.tell()
}

// step has the walk go on to the next answer with new rows, or to its end.
func (s *Sweep[T]) step(ctx context.Context, a *answer[T]) {
	w := a.walk
	requests, repeats := w.requests, w.inRange-w.kept
	rows, err := w.batch(ctx)
	a.rows, a.n, a.err = s.keep(rows), w.answered, err
	s.requests.Add(int64(w.requests - requests))
	s.repeats.Add(int64(w.inRange - w.kept - repeats))
}

// lookAhead asks at an offset. Until its rows are joined, they count as repeats.
func (s *Sweep[T]) lookAhead(ctx context.Context, a *answer[T]) {
	page, err := s.lister.List(ctx, a.want)
	if err == nil {
		err = s.query.checkOrder(page.Transactions)
	}
	if a.err = err; err == nil {
		a.rows, a.n = s.keep(page.Transactions), len(page.Transactions)
		s.repeats.Add(int64(held(a.rows)))
	}
	if !errors.Is(err, context.Canceled) {
		s.requests.Add(1)
	}
}

// keep makes of rows what is kept of them.
func (s *Sweep[T]) keep(rows []*trustlyclient.Transaction) []swept[T] {
	kept := make([]swept[T], len(rows))
	for i, t := range rows {
		kept[i] = swept[T]{spot: s.query.spot(t), held: s.query.holds(t)}
		if kept[i].held {
			kept[i].value = s.of(t)
		}
	}
	return kept
}

func held[T any](rows []swept[T]) int {
	n := 0
	for _, row := range rows {
		if row.held {
			n++
		}
	}
	return n
}

// leastCap is the smallest number of rows that an API is thought to give at most, when two answers in a row have so many.
const leastCap = 10

// pace is how quickly rows follow each other, and how many come in an answer.
type pace struct {
	size   int     // of an answer that is no list's end, 0: not known
	last   int     // of the last answer
	perRow float64 // milliseconds
}

// spareAhead is how many times as many rows are asked for as seem to be left: an answer that is empty costs less than a
// request in flight too few.
const spareAhead = 1.5

// reaches reports whether there may be rows behind so many ahead, in so many milliseconds left.
func (p *pace) reaches(ahead int, left int64) bool {
	return float64(ahead)*p.perRow < float64(left)*spareAhead
}

// note takes note of an answer of n rows, those that were new at these times. Only the denser half tells how the rows go
// on: one row from years ago would hide what lies ahead.
func (p *pace) note(n int, times []int64) {
	if p.size = 0; n >= MaxCount || n >= leastCap && n == p.last && len(times) > 0 { // else it was the last, or the API gives so few
		p.size = n
	}
	p.last = n
	if half := len(times) / 2; half >= 5 {
		first, second := times[half]-times[0], times[2*half-1]-times[half]
		p.perRow = float64(min(first, second)) / float64(half)
		if p.perRow == 0 {
			p.perRow = float64(max(first, second)) / float64(half)
		}
	}
}

// overlapping is how many rows behind it an answer is asked to bring again, to show that there is no gap: the last, and
// one of an instant before. Where often several share an instant, or rows leave the list, it takes more.
type overlapping struct {
	rows int
	fits int // answers since the last that did not fit
}

const (
	leastOverlap = 2
	mostOverlap  = 16
	often        = 20  // of so many answers, one does not fit
	seldom       = 100 // of so many, all fit
)

func (o *overlapping) missed() {
	if o.fits < often {
		o.rows = min(2*o.rows, mostOverlap)
	}
	o.fits = 0
}

func (o *overlapping) fitted() {
	if o.fits++; o.fits%seldom == 0 {
		o.rows = max(leastOverlap, o.rows/2)
	}
}
