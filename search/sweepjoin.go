package search

import (
	"errors"
	"slices"

	"trustlyportal/trustlyclient"
)

// join joins what came to the rows before it, as far as there is no gap. It is called with mu held.
func (s *Sweep[T]) join() {
	for !s.stopped && len(s.asked) > 0 && s.asked[0].done {
		a := s.asked[0]
		switch {
		case !a.step && ofRequest(a.err):
			s.replace(a)
			return
		case a.err != nil:
			s.failed = a.err
			s.stop()
			return
		case a.step:
			s.walk = a.walk
			if was := a.inPlaceOf; was != nil && (was.err != nil || len(a.rows) > 0) { // so it was the offset
				s.depth.shun(was.want.StartIndex)
			}
		case !s.fits(a):
			s.mend(a)
			return
		default:
			s.judge(a)
			s.splice(a)
		}
		s.depth.joined()
		s.asked = s.asked[1:]
		s.pace.note(a.n, times(a.rows))
		if len(a.rows) > 0 {
			s.ready = append(s.ready, a.rows)
		}
		if s.walk.ended {
			s.stop()
		}
	}
}

// fits reports whether an answer has all rows from the last row behind it on. It has if it begins before that row's
// instant, in whatever order the rows of one instant stand. If it begins within it, with a row that is behind, it has if
// that order is always the same. It is taken to be if just as many rows are behind as were asked to be: in another order,
// one that is missing stands where one comes again. Where many share the instant, a step would know no more.
func (s *Sweep[T]) fits(a *answer[T]) bool {
	at := &s.walk.fetched
	for _, row := range a.rows {
		if !row.loose {
			return row.millis < at.cursor.Millis || at.passed(row.spot, s.query) && (len(at.ties) > overlap || s.behind(a) == a.overlap)
		}
	}
	return false
}

// behind counts the rows of an answer that are behind the walk.
func (s *Sweep[T]) behind(a *answer[T]) int {
	n := 0
	for _, row := range a.rows {
		if s.walk.fetched.passed(row.spot, s.query) {
			n++
		}
	}
	return n
}

// splice joins an answer that fits. That it is short does not show that the list ends, since the API may give no more rows
// so deep: a step will.
func (s *Sweep[T]) splice(a *answer[T]) {
	spots := make([]spot, len(a.rows))
	for i, row := range a.rows {
		spots[i] = row.spot
	}
	fresh := a.rows[:0]
	for _, i := range s.walk.pass(spots, true) {
		if a.rows[i].held {
			fresh = append(fresh, a.rows[i])
		}
	}
	a.rows = fresh
	s.repeats.Add(-int64(len(fresh)))
	s.walk.uncapped = s.walk.uncapped || a.n >= MaxCount
	s.overlap.fitted()
}

// mend has the walk make a step before an answer that does not fit, or in place of one without rows, which shows nothing:
// the list may end before it, or have become shorter, or the API gives none so deep.
func (s *Sweep[T]) mend(a *answer[T]) {
	if len(times(a.rows)) == 0 {
		s.replace(a)
		return
	}
	a.skewed = true
	s.overlap.missed()
	s.asked = slices.Insert(s.asked, 0, &answer[T]{step: true})
}

// replace has the walk make a step in place of an answer.
func (s *Sweep[T]) replace(a *answer[T]) {
	s.asked[0] = &answer[T]{step: true, share: a.share, inPlaceOf: a}
}

// judge says from an answer that fits whether the API heeds offsets that deep: it does not if many more rows
// are behind the walk than were asked to be.
func (s *Sweep[T]) judge(a *answer[T]) {
	switch {
	case a.skewed:
	case s.behind(a) > a.overlap+a.n/4:
		s.depth.shun(a.want.StartIndex)
		for _, next := range s.asked {
			next.skewed = true
		}
	default:
		s.depth.held(a.want.StartIndex)
	}
}

// ofRequest reports whether an error may be for the offset alone: the API answered, and neither that it wants other
// credentials nor that it is asked too much.
func ofRequest(err error) bool {
	if errors.Is(err, trustlyclient.ErrBadRequest) || errors.Is(err, trustlyclient.ErrNotFound) ||
		errors.Is(err, trustlyclient.ErrMalformed) || errors.Is(err, ErrOutOfOrder) {
		return true
	}
	e, ok := errors.AsType[*trustlyclient.Error](err)
	return ok && e.StatusCode != 0 && errors.Is(err, trustlyclient.ErrUnavailable)
}

func times[T any](rows []swept[T]) []int64 {
	times := make([]int64, 0, len(rows))
	for _, row := range rows {
		if !row.loose {
			times = append(times, row.millis)
		}
	}
	return times
}
