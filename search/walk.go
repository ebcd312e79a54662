package search

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"trustlyportal/trustlyclient"
)

// Lister is what a walk asks. *trustlyclient.Client is one.
type Lister interface {
	List(context.Context, trustlyclient.ListOptions) (*trustlyclient.Page, error)
	TimeUnit() trustlyclient.TimeUnit
}

// Errors of a walk besides those of its Lister. Each stands for an API that
// does not page as documented; going on would lose rows in silence.
var (
	ErrOutOfOrder = errors.New("the API answered out of order")
	ErrNoProgress = errors.New("the API answers the same rows again and again")
)

// Walk goes through a list row by row while rows arrive and change.
//
// It pages by time. Each request asks from the instant of the last row on; an
// offset serves only among rows of one instant, overlaps the rows already seen,
// and goes back where the overlap shows that rows moved. Whether the API's
// bounds are inclusive does not matter: it is asked one unit wider, and what is
// behind us is dropped. So each row that matches throughout is met exactly
// once, and a deep page costs what the first one costs. Memory holds one answer
// and the rows of the current instant.
//
// It relies on the API ordering rows of one instant the same way each time. A
// row updated twice within one instant breaks that, which takes a list ordered
// by update whose times are told in whole seconds.
type Walk struct {
	lister Lister
	query  Query
	fields []string // read of each row; nil for all
	want   int      // rows the caller will take, 0 for all
	strict bool     // ask once more before believing that the list ends

	// uncapped is set by the first answer of MaxCount rows: the server gives as
	// many as asked, so a shorter answer does end the list.
	uncapped bool

	fetched place  // behind the last row fetched
	given   Cursor // behind the last row given to the caller
	buffer  []*trustlyclient.Transaction
	taken   int // rows given to the caller
	ended   bool

	asOf     time.Time
	requests int

	exact         bool // no order is needed among rows of one instant, as far as an answer has all of them: see pass
	inRange, kept int  // rows answered that the query holds, and those of them that were new
	answered      int  // rows of the last answer
}

// NewWalk starts behind the cursor, at the first row for the zero one. want is
// how many rows the caller will take, which sizes the requests; 0 walks to the
// end and makes sure of the end.
func NewWalk(l Lister, q Query, after Cursor, want int) *Walk {
	return &Walk{lister: l, query: q, fields: q.read(), want: want, strict: want == 0, fetched: place{cursor: after}, given: after}
}

// Next returns the next row, or nil at the end of the list.
func (w *Walk) Next(ctx context.Context) (*trustlyclient.Transaction, error) {
	if err := w.fill(ctx); err != nil || len(w.buffer) == 0 {
		return nil, err
	}
	t := w.buffer[0]
	w.buffer = w.buffer[1:]
	w.taken++
	w.given = w.given.behind(w.query.spot(t))
	return t, nil
}

// batch returns the rows of the next answer that has any, none at the end. It
// does not go together with Next.
func (w *Walk) batch(ctx context.Context) ([]*trustlyclient.Transaction, error) {
	if err := w.fill(ctx); err != nil {
		return nil, err
	}
	rows := w.buffer
	w.buffer = nil
	return rows, nil
}

// fill makes sure that there are rows in the buffer, unless the list has ended.
func (w *Walk) fill(ctx context.Context) error {
	for len(w.buffer) == 0 && !w.ended {
		if err := w.fetch(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Cursor is the place behind the last row that Next returned.
func (w *Walk) Cursor() Cursor { return w.given }

// AsOf is when the first answer was fetched.
func (w *Walk) AsOf() time.Time { return w.asOf }

// Requests is how many requests the walk has made.
func (w *Walk) Requests() int { return w.requests }

// spot is where a row stands in a list.
type spot struct {
	id     string
	millis int64 // the order field's value
	loose  bool  // it has none, and so no place of its own
}

func (q Query) spot(t *trustlyclient.Transaction) spot {
	ms, ok := q.position(t)
	return spot{rowID(t), ms, !ok}
}

func (q Query) spots(rows []*trustlyclient.Transaction) []spot {
	spots := make([]spot, len(rows))
	for i, t := range rows {
		spots[i] = q.spot(t)
	}
	return spots
}

// behind is the cursor behind a row met next after c.
func (c Cursor) behind(row spot) Cursor {
	switch {
	case row.loose:
		return c
	case row.millis != c.Millis || c.IsZero():
		c = Cursor{Millis: row.millis}
	}
	return Cursor{Millis: row.millis, Ties: c.Ties + 1, ID: row.id}
}

// rowID tells rows apart. One that the API sent without an id is told by its
// content, so that it is neither lost nor met twice.
func rowID(t *trustlyclient.Transaction) string {
	if t.TransactionID != "" {
		return string(t.TransactionID)
	}
	h := fnv.New64a()
	h.Write(t.Raw)
	return fmt.Sprintf("~%x", h.Sum64())
}

// place is a position with what has to be known to go on from it.
type place struct {
	cursor Cursor
	ties   map[string]bool // rows behind us at exactly cursor.Millis; nil: only the cursor is known
	loose  map[string]bool // rows behind us that have no time
	trail  []int64         // times behind us that the next request may bring again

	// skipped rows of the instant are behind us without having been read: their
	// ids are not in ties, and offsets before them tell nothing.
	skipped int
}

func (p *place) clone() place {
	return place{p.cursor, maps.Clone(p.ties), maps.Clone(p.loose), slices.Clone(p.trail), p.skipped}
}

// fewTies is up to how many rows of one instant their map is used again for the next: a larger one takes longer to clear
// than a new one to make.
const fewTies = 8

// pass moves the place behind a row.
func (p *place) pass(row spot) {
	if row.loose {
		if p.loose == nil {
			p.loose = map[string]bool{}
		}
		p.loose[row.id] = true
		return
	}
	if row.millis != p.cursor.Millis || p.ties == nil {
		p.skipped = 0
		if p.ties == nil || len(p.ties) > fewTies {
			p.ties = map[string]bool{}
		} else {
			clear(p.ties)
		}
	}
	p.cursor = p.cursor.behind(row)
	p.ties[row.id] = true
	p.trail = append(p.trail, row.millis)
}

// skip notes rows that arrived behind the place. At an offset they would else
// look like rows ahead, to be sought for again and again.
func (p *place) skip(rows []spot, q Query) {
	for _, row := range rows {
		if !row.loose && row.millis == p.cursor.Millis && !p.passed(row, q) {
			p.ties[row.id] = true
			p.trail = append(p.trail, row.millis)
		}
	}
}

// reach is how far behind us a request can look: the bounds' rounding to a
// second, one more second for an exclusive bound, and the second that a time
// sent in whole seconds stands for.
const reach = 3 * time.Second

// trim forgets times that are out of reach.
func (p *place) trim() {
	keep := p.trail[:0]
	for _, ms := range p.trail {
		if d := ms - p.cursor.Millis; -reach.Milliseconds() <= d && d <= reach.Milliseconds() {
			keep = append(keep, ms)
		}
	}
	p.trail = keep
}

// passed reports whether a row is behind the place.
func (p *place) passed(row spot, q Query) bool {
	switch {
	case row.loose:
		return p.loose[row.id]
	case p.cursor.IsZero():
		return false
	case row.millis == p.cursor.Millis:
		return p.ties[row.id]
	}
	return (row.millis < p.cursor.Millis) == q.ascending()
}
