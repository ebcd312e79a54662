package search

import (
	"errors"
	"slices"
	"time"
)

// Position is a place in a sweep: right behind a row. It is told by what is known
// of the rows behind it, not by their number, so that it is found again in
// another process while rows arrive and change. The zero Position is the beginning.
//
// It grows with the rows of one millisecond (of one second, if the API tells no
// milliseconds), and with those that have no time at all, of which it holds
// maxLoose.
type Position struct {
	Millis int64    `json:"millis,omitempty"` // of the last row's creation
	IDs    []string `json:"ids,omitempty"`    // the rows behind it of just that millisecond
	Loose  []string `json:"loose,omitempty"`  // the rows behind it that have no time: they may come again anywhere
}

// maxLoose is how many rows without a time a sweep takes. The API gives every
// transaction a time of creation; that so many lack it says that it changed.
const maxLoose = 1000

// ErrTooManyLoose ends a sweep that would else lose rows without a time, or
// repeat them.
var ErrTooManyLoose = errors.New("the API sent too many rows without a time of creation")

func (p Position) clone() Position {
	return Position{p.Millis, slices.Clone(p.IDs), slices.Clone(p.Loose)}
}

// place is the position as a walk knows it. Rows without a time are left out:
// one that stands at the end of an answer would make what comes before it pass
// for known.
func (p Position) place() place {
	if len(p.IDs) == 0 {
		return place{}
	}
	at := place{cursor: Cursor{Millis: p.Millis, Ties: len(p.IDs), ID: p.IDs[len(p.IDs)-1]}, ties: map[string]bool{}}
	for _, id := range p.IDs {
		at.ties[id] = true
		at.trail = append(at.trail, p.Millis)
	}
	return at
}

// pass moves the sweep's position behind a row.
func (s *Sweep[T]) pass(row spot) error {
	p := &s.passed
	switch {
	case row.loose && len(p.Loose) >= maxLoose:
		return ErrTooManyLoose
	case row.loose:
		s.loose[row.id] = true
		p.Loose = append(p.Loose, row.id)
		return nil
	case row.millis != p.Millis:
		p.Millis, p.IDs = row.millis, p.IDs[:0]
	}
	p.IDs = append(p.IDs, row.id)
	return nil
}

// Position is the place behind the row that Next returned last.
func (s *Sweep[T]) Position() Position { return s.passed.clone() }

// Covered is the time up to which all rows were given, the zero time before the
// first.
func (s *Sweep[T]) Covered() time.Time {
	if len(s.passed.IDs) == 0 {
		return time.Time{}
	}
	return time.UnixMilli(s.passed.Millis).UTC()
}
