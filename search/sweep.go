package search

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"trustlyportal/trustlyclient"
)

// windowRows is about how many rows one window holds: ten answers, less a row
// of overlap each and some for uneven times. More would use more memory and let
// a slow window hold up the others; fewer would cost requests, since each window
// ends with a part of an answer.
const windowRows = 970

// Sweep reads a whole query in its order with several requests in flight. It
// cuts the range of creation into windows, each walked by a [Walk], and joins
// them in order, so it gives just the rows that one walk would.
//
// A window begins as all that is left of the range. What its first answer shows
// of the density tells where to cut it, and the rest is the next window's. So an
// empty year costs one request and a dense hour many windows. Windows are cut at
// whole seconds: a time sent in seconds then lies in one window only.
//
// Memory holds one window per request in flight and one more.
type Sweep struct {
	lister   Lister
	query    Query
	workers  int
	uncapped atomic.Bool

	start  sync.Once
	cancel context.CancelFunc
	done   sync.WaitGroup
	buffer []*trustlyclient.Transaction
	loose  map[string]bool // rows without a time, which may be in any window
	err    error

	mu      sync.Mutex
	changed *sync.Cond // a window was taken, cut, read or given
	head    *window    // the window being given
	open    int        // windows taken and not given whole
	reading int        // windows being read
	stopped bool

	requests atomic.Int64
	repeats  atomic.Int64
}

// window is a part of the range.
type window struct {
	query Query
	rows  chan []*trustlyclient.Transaction // closed at its end
	err   error                             // set before rows is closed
	taken bool
	next  *window
}

// maxAnswers is how many answers of a window may wait to be given.
const maxAnswers = 64

func newWindow(q Query) *window {
	return &window{query: q, rows: make(chan []*trustlyclient.Transaction, maxAnswers)}
}

// NewSweep prepares to read q, which must be in ascending order of creation and
// have an end: see [Query.Export]. workers is how many requests may be in flight.
func NewSweep(l Lister, q Query, workers int) *Sweep {
	s := &Sweep{lister: l, query: q, workers: max(1, workers), loose: map[string]bool{}}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// Next returns the next row, or nil at the end. After an error it returns that
// error again. The context of the first call bounds the whole sweep.
func (s *Sweep) Next(ctx context.Context) (*trustlyclient.Transaction, error) {
	s.start.Do(func() { s.run(ctx) })
	for {
		for len(s.buffer) == 0 {
			if s.err != nil || s.head == nil {
				return nil, s.err
			}
			if s.err = s.advance(ctx); s.err != nil {
				s.Close()
				return nil, s.err
			}
		}
		t := s.buffer[0]
		s.buffer = s.buffer[1:]
		if _, ok := s.query.position(t); !ok {
			if s.loose[rowID(t)] {
				s.repeats.Add(1)
				continue
			}
			s.loose[rowID(t)] = true
		}
		return t, nil
	}
}

// Close ends what is under way. It may be called at any time and more than once;
// Next must not be called after it.
func (s *Sweep) Close() {
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
func (s *Sweep) Requests() int { return int(s.requests.Load()) }

// Repeats is how many rows of the query the API answered besides those that were
// given: its requests overlap on purpose.
func (s *Sweep) Repeats() int { return int(s.repeats.Load()) }

func (s *Sweep) run(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx)
	s.head = newWindow(s.query)
	for range s.workers {
		s.done.Go(func() {
			for w := s.take(); w != nil; w = s.take() {
				s.read(ctx, w)
			}
		})
	}
}

// advance gets the head's next answer, or moves on to the window after it.
func (s *Sweep) advance(ctx context.Context) error {
	select {
	case rows, ok := <-s.head.rows:
		if ok {
			s.buffer = rows
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
	s.open--
	s.changed.Broadcast()
	return nil
}

// take waits for the first window that nobody reads. nil: there will be none.
func (s *Sweep) take() *window {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.stopped {
			return nil
		}
		free := s.firstFree()
		switch {
		case free == nil && s.reading == 0:
			return nil
		case free != nil && s.open <= s.workers:
			free.taken = true
			s.open++
			s.reading++
			return free
		}
		s.changed.Wait()
	}
}

func (s *Sweep) firstFree() *window {
	for w := s.head; w != nil; w = w.next {
		if !w.taken {
			return w
		}
	}
	return nil
}

// read walks a window to its end.
func (s *Sweep) read(ctx context.Context, w *window) {
	walk := NewWalk(s.lister, w.query, Cursor{}, 0)
	walk.uncapped, walk.whole = &s.uncapped, s.query
	w.err = s.walk(ctx, w, walk)
	s.requests.Add(int64(walk.Requests()))
	s.repeats.Add(int64(walk.inRange - walk.kept))
	s.mu.Lock()
	defer s.mu.Unlock()
	close(w.rows)
	s.reading--
	s.changed.Broadcast()
}

func (s *Sweep) walk(ctx context.Context, w *window, walk *Walk) error {
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
		select {
		case w.rows <- rows:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// cut ends a window where it is expected to hold windowRows, n of them read, if
// it is known to go on well beyond, and leaves the rest for another worker. Only
// the last answer tells how dense it will go on: one row from years ago would
// hide what lies ahead.
func (s *Sweep) cut(w *window, walk *Walk, rows []*trustlyclient.Transaction, n int) {
	first, _ := walk.query.position(rows[0])
	last := walk.fetched.cursor.Millis
	perRow := float64(last-first+1) / float64(len(rows)) // milliseconds
	at := last + 1 + int64(perRow*float64(max(0, windowRows-n)))
	at = (at + 999) / 1000 * 1000
	end := walk.query.Created.End
	if float64(end.UnixMilli()-at) < perRow*windowRows/2 {
		return
	}
	rest := walk.query
	walk.query.Created.End = time.UnixMilli(at).UTC()
	rest.Created.Start = walk.query.Created.End
	s.mu.Lock()
	defer s.mu.Unlock()
	next := newWindow(rest)
	next.next, w.next = w.next, next
	s.changed.Broadcast()
}
