package search

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"trustlyportal/trustlyclient"
)

// Sweep reads a whole query in its order with several requests in flight, and gives just the rows that one [Walk] would.
//
// It is such a walk whose next answers are asked for ahead: from the instant of the last row joined on, at offsets that
// overlap each other by a few rows. An answer that begins before the instant of the last row has every row from there on,
// whenever it was asked and whatever moved meanwhile, and is joined. If it begins later, since rows left the list in
// between, the gap is asked for by time, as a walk does. So offsets make a sweep quick, and nothing more: that they fit is
// proven by times for each answer. sweepahead.go says what is asked, sweepjoin.go what becomes of the answers.
//
// No offset is deeper than aheadAnswers for each request in flight. One that the API does not take is done without: see
// sweepdepth.go.
//
// An empty year costs one request, and a dense one hardly more than one for each hundred rows. Memory holds aheadAnswers
// for each request in flight at most, while the one that is to be given next takes long. So that this is little, rows
// are kept as what the caller makes of them, T.
type Sweep[T any] struct {
	lister  Lister
	query   Query
	workers int
	of      func(*trustlyclient.Transaction) T

	start  sync.Once
	cancel context.CancelFunc
	done   sync.WaitGroup
	buffer []swept[T]
	passed Position        // behind the row given last
	loose  map[string]bool // the same as passed.Loose: such rows may be in any answer
	err    error
	ended  bool

	mu      sync.Mutex
	changed *sync.Cond    // something may be asked now
	news    chan struct{} // something may be given now
	walk    *Walk         // behind the rows joined
	asked   []*answer[T]  // for what follows, in order
	ready   [][]swept[T]  // joined, and not given
	pace    pace
	overlap overlapping
	depth   depth
	failed  error // ends the sweep once ready is given
	stopped bool  // nothing more is asked

	requests atomic.Int64
	repeats  atomic.Int64
}

// swept is one row.
type swept[T any] struct {
	spot
	value T
	held  bool // by the query's ranges
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
	s := &Sweep[T]{lister: l, query: q, workers: max(1, workers), of: of, passed: from.clone(), loose: map[string]bool{}, news: make(chan struct{}, 1)}
	for _, id := range from.Loose {
		s.loose[id] = true
	}
	s.changed = sync.NewCond(&s.mu)
	s.walk = NewWalk(l, q, Cursor{}, 0)
	s.walk.exact = true
	s.walk.fetched = from.place()
	s.overlap = overlapping{leastOverlap, often}
	return s
}

// Next returns the next row, or the zero T at the end. After an error it returns
// that error again. The context of the first call bounds the whole sweep.
func (s *Sweep[T]) Next(ctx context.Context) (T, error) {
	var none T
	s.start.Do(func() { s.run(ctx) })
	for {
		for len(s.buffer) == 0 {
			if s.err != nil || s.ended {
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
		if s.err = s.pass(row.spot); s.err != nil {
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
	for len(s.buffer) == 0 && s.err == nil && !s.ended {
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
	s.mu.Lock()
	s.stop()
	s.mu.Unlock()
	s.done.Wait()
}

// Requests is how many requests the sweep has made that were answered.
func (s *Sweep[T]) Requests() int { return int(s.requests.Load()) }

// Repeats is how many rows of the query the API answered besides those that were
// given: its requests overlap on purpose.
func (s *Sweep[T]) Repeats() int { return int(s.repeats.Load()) }

func (s *Sweep[T]) run(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx) //nolint:gosec // Close calls it
	for range s.workers {
		s.done.Go(func() {
			for a := s.take(); a != nil; a = s.take() {
				s.ask(ctx, a)
			}
		})
	}
}

// stop ends all asking. It is called with mu held.
func (s *Sweep[T]) stop() {
	s.stopped = true
	s.cancel()
	s.changed.Broadcast()
}

// advance gets the next rows joined, or the end.
func (s *Sweep[T]) advance(ctx context.Context) error {
	for {
		s.mu.Lock()
		if len(s.ready) > 0 {
			s.buffer, s.ready = s.ready[0], s.ready[1:]
			s.changed.Broadcast()
			s.mu.Unlock()
			return nil
		}
		failed, ended := s.failed, s.walk.ended
		s.mu.Unlock()
		if failed != nil {
			return failed
		}
		if ended {
			s.ended = true
			s.Close()
			return nil
		}
		select {
		case <-s.news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell wakes up who waits for rows.
func (s *Sweep[T]) tell() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}
