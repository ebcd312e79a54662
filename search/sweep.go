package search

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"trustlyportal/trustlyclient"
)

// windowRows is about how many rows one window holds: twenty answers, less a row
// of overlap each and some for uneven times. More would use more memory and let
// a slow window hold up the others; fewer would cost requests, since each window
// ends with a part of an answer.
const windowRows = 1940

// leastShare is how many rows a worker at the range's end is given at least,
// when others have nothing to do: each share ends with a part of an answer, and
// where requests are few a second, that is what takes time.
const leastShare = 2 * MaxCount

// Sweep reads a whole query in its order with several requests in flight. It
// cuts the range of creation into windows, each walked by a [Walk], and joins
// them in order, so it gives just the rows that one walk would.
//
// A window begins as all that is left of the range. What its first answer shows
// of the density tells where to cut it, and the rest is other windows'. So an
// empty year costs one request and a dense hour many windows. Windows are cut at
// whole seconds: a time sent in seconds then lies in one window only.
//
// Memory holds up to two and a half windows per request in flight, while the one
// that is to be given next takes long. So that this is little, rows are kept as what the
// caller makes of them, T.
type Sweep[T any] struct {
	lister   Lister
	query    Query
	workers  int
	of       func(*trustlyclient.Transaction) T
	uncapped atomic.Bool

	start  sync.Once
	cancel context.CancelFunc
	done   sync.WaitGroup
	buffer []swept[T]
	passed Position        // behind the row given last
	loose  map[string]bool // the same as passed.Loose: such rows may be in any window
	err    error

	mu      sync.Mutex
	changed *sync.Cond // a window was taken, cut, read or given
	head    *window[T] // the window being given
	held    int        // rows read and not given
	idle    int        // workers that wait for a window
	reading int        // windows being read
	tail    bool       // the range's end is near: there will be no more windows to take
	stopped bool

	requests atomic.Int64
	repeats  atomic.Int64
}

// window is a part of the range.
type window[T any] struct {
	query Query
	after Position        // where the first window begins
	rows  chan []swept[T] // closed at its end
	err   error           // set before rows is closed
	taken bool
	next  *window[T]
}

// swept is one row.
type swept[T any] struct {
	value  T
	id     string
	millis int64
	loose  bool // it has no time
}

// maxAnswers is how many answers of a window may wait to be given.
const maxAnswers = 64

func newWindow[T any](q Query) *window[T] {
	return &window[T]{query: q, rows: make(chan []swept[T], maxAnswers)}
}

// NewSweep prepares to read q, which must be in ascending order of creation and
// have an end: see [Query.Export]. workers is how many requests may be in flight.
// of makes what is kept of a row; it is called by several goroutines.
func NewSweep[T any](l Lister, q Query, workers int, of func(*trustlyclient.Transaction) T) *Sweep[T] {
	return NewSweepFrom(l, q, Position{}, workers, of)
}

// NewSweepFrom is NewSweep for the rows behind a position that an earlier sweep
// of the same query told.
func NewSweepFrom[T any](l Lister, q Query, from Position, workers int, of func(*trustlyclient.Transaction) T) *Sweep[T] {
	s := &Sweep[T]{lister: l, query: q, workers: max(1, workers), of: of, passed: from.clone(), loose: map[string]bool{}}
	for _, id := range from.Loose {
		s.loose[id] = true
	}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// Next returns the next row, or the zero T at the end. After an error it returns
// that error again. The context of the first call bounds the whole sweep.
func (s *Sweep[T]) Next(ctx context.Context) (T, error) {
	var none T
	s.start.Do(func() { s.run(ctx) })
	for {
		for len(s.buffer) == 0 {
			if s.err != nil || s.head == nil {
				return none, s.err
			}
			if s.err = s.advance(ctx); s.err != nil {
				s.Close()
				return none, s.err
			}
		}
		row := s.buffer[0]
		s.buffer = s.buffer[1:]
		if row.loose && s.loose[row.id] {
			s.repeats.Add(1)
			continue
		}
		if s.err = s.pass(row); s.err != nil {
			s.Close()
			return none, s.err
		}
		return row.value, nil
	}
}

// Within waits for what Next will say, at most so long, and reports whether Next
// will say it at once.
func (s *Sweep[T]) Within(ctx context.Context, limit time.Duration) bool {
	s.start.Do(func() { s.run(ctx) })
	if len(s.buffer) > 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for len(s.buffer) == 0 && s.err == nil && s.head != nil {
		if err := s.advance(ctx); err != nil {
			if ctx.Err() != nil {
				return false
			}
			s.err = err
			s.Close()
		}
	}
	return true
}

// Close ends what is under way. It may be called at any time and more than once;
// Next must not be called after it.
func (s *Sweep[T]) Close() {
	s.start.Do(func() {})
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.mu.Lock()
	s.stopped = true
	s.changed.Broadcast()
	s.mu.Unlock()
	s.done.Wait()
}

// Requests is how many requests the sweep has made.
func (s *Sweep[T]) Requests() int { return int(s.requests.Load()) }

// Repeats is how many rows of the query the API answered besides those that were
// given: its requests overlap on purpose.
func (s *Sweep[T]) Repeats() int { return int(s.repeats.Load()) }

func (s *Sweep[T]) run(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx) //nolint:gosec // Close calls it
	s.head = newWindow[T](s.query)
	s.head.after = s.Position()
	for range s.workers {
		s.done.Go(func() {
			for w := s.take(); w != nil; w = s.take() {
				s.read(ctx, w)
			}
		})
	}
}

// advance gets the head's next answer, or moves on to the window after it.
func (s *Sweep[T]) advance(ctx context.Context) error {
	select {
	case rows, ok := <-s.head.rows:
		if ok {
			s.buffer = rows
			s.hold(-len(rows))
			return nil
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.head.err != nil {
		return s.head.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head = s.head.next
	s.changed.Broadcast()
	return nil
}

// hold notes rows that were read, or given.
func (s *Sweep[T]) hold(rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held += rows
	if rows < 0 {
		s.changed.Broadcast()
	}
}

// full reports whether so much is held that only what is given next may be read.
func (s *Sweep[T]) full() bool { return s.held > s.workers*windowRows*3/2 }

// take waits for the first window that nobody reads. nil: there will be none.
func (s *Sweep[T]) take() *window[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle++
	defer func() { s.idle-- }()
	for {
		if s.stopped {
			return nil
		}
		free := s.firstFree()
		switch {
		case free == nil && s.reading == 0:
			return nil
		case free != nil && (free == s.head || !s.full()):
			free.taken = true
			s.reading++
			return free
		}
		s.changed.Wait()
	}
}

func (s *Sweep[T]) firstFree() *window[T] {
	for w := s.head; w != nil; w = w.next {
		if !w.taken {
			return w
		}
	}
	return nil
}

// read walks a window to its end.
func (s *Sweep[T]) read(ctx context.Context, w *window[T]) {
	walk := NewWalk(s.lister, w.query, Cursor{}, 0)
	walk.uncapped, walk.whole = &s.uncapped, s.query
	walk.fetched = w.after.place()
	w.err = s.walk(ctx, w, walk)
	s.requests.Add(int64(walk.Requests()))
	s.repeats.Add(int64(walk.inRange - walk.kept))
	s.mu.Lock()
	defer s.mu.Unlock()
	close(w.rows)
	s.reading--
	s.changed.Broadcast()
}

func (s *Sweep[T]) walk(ctx context.Context, w *window[T], walk *Walk) error {
	n := 0
	for {
		rows, err := walk.batch(ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		n += len(rows)
		if !walk.ended {
			s.cut(w, walk, rows, n)
		}
		kept := s.keep(rows)
		s.hold(len(kept))
		select {
		case w.rows <- kept:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// keep makes of rows what is kept of them.
func (s *Sweep[T]) keep(rows []*trustlyclient.Transaction) []swept[T] {
	kept := make([]swept[T], len(rows))
	for i, t := range rows {
		millis, ok := s.query.position(t)
		kept[i] = swept[T]{value: s.of(t), id: rowID(t), millis: millis, loose: !ok}
	}
	return kept
}

// cut ends a window where it is expected to hold windowRows, n of them read, if
// it is known to go on well beyond, and leaves the rest to other workers, in as
// many windows as there are workers if none is left to take. Near the end of the
// range, where there will be no more, workers that have nothing to do share what
// is left of this one. Only the last answer tells how dense it will go on: one
// row from years ago would hide what lies ahead.
func (s *Sweep[T]) cut(w *window[T], walk *Walk, rows []*trustlyclient.Transaction, n int) {
	first, _ := walk.query.position(rows[0])
	last := walk.fetched.cursor.Millis
	perRow := float64(last-first+1) / float64(len(rows)) // milliseconds
	end := walk.query.Created.End
	ahead := float64(end.UnixMilli()-last) / perRow
	keep, piece, most := float64(max(0, windowRows-n)), float64(windowRows), 1

	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case ahead >= keep+windowRows/2:
		if s.firstFree() == nil {
			most = s.workers
		}
	default:
		s.tail = s.tail || w.next == nil
		if !s.tail || s.idle == 0 || s.firstFree() != nil || ahead < 2*leastShare {
			return
		}
		keep = max(leastShare, ahead/float64(s.idle+1))
		piece, most = keep, s.idle
	}
	rest, ends := walk.query, &walk.query.Created.End
	for at := keep; most > 0 && at+piece/2 < ahead; at += piece {
		bound := (last + 1 + int64(perRow*at) + 999) / 1000 * 1000
		rest.Created.Start = time.UnixMilli(bound).UTC()
		if !rest.Created.Start.Before(end) {
			break
		}
		*ends = rest.Created.Start
		next := newWindow[T](rest)
		next.next, w.next = w.next, next
		w, ends, most = next, &next.query.Created.End, most-1
	}
	s.changed.Broadcast()
}
