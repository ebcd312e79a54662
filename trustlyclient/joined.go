package trustlyclient

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// flights are the questions under way. Who asks what is being asked already waits for the same answer, and each
// caller's end is its own: the question goes on as long as anybody waits.
//
// Neither x/sync/singleflight nor a loading cache such as otter does that: there the first caller's context, or none,
// rules the question for all.
type flights struct {
	mu    sync.Mutex
	byKey map[string]*flight
}

// flight is one question.
type flight struct {
	waiting int       // guarded by flights.mu, as the next two
	end     time.Time // the latest deadline of those who came aboard
	endless bool      // one of them has none
	cancel  context.CancelFunc

	done   chan struct{} // closed when the rest is there
	answer any
	err    error
	panic  error
}

// ask is a question: until tells up to when somebody wants its answer, the zero time for ever.
type ask func(ctx context.Context, until func() time.Time) (any, error)

// do joins the question under way for key, or asks it. alone never joins, but may be joined. The error is ctx's when
// that ends first.
func (f *flights) do(ctx context.Context, key string, alone bool, question ask) (any, error) {
	f.mu.Lock()
	fl := f.byKey[key]
	if fl == nil || alone {
		fl = f.start(ctx, key, question)
	}
	fl.board(ctx)
	f.mu.Unlock()

	select {
	case <-fl.done:
		if fl.panic != nil {
			panic(fl.panic)
		}
		return fl.answer, fl.err
	case <-ctx.Done():
		f.leave(key, fl)
		return nil, ctx.Err()
	}
}

// start asks with the values of the first caller's context, without its end. It is called with mu held.
func (f *flights) start(ctx context.Context, key string, question ask) *flight {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	fl := &flight{cancel: cancel, done: make(chan struct{})}
	if f.byKey == nil {
		f.byKey = make(map[string]*flight)
	}
	f.byKey[key] = fl
	go func() {
		defer cancel()
		fl.run(ctx, question, func() time.Time { return f.until(fl) })
		f.mu.Lock()
		f.drop(key, fl)
		f.mu.Unlock()
		close(fl.done)
	}()
	return fl
}

// run keeps a panic for those who wait: their goroutines may know how to end well, this one would end the program.
func (fl *flight) run(ctx context.Context, question ask, until func() time.Time) {
	defer func() {
		if v := recover(); v != nil {
			fl.panic = fmt.Errorf("%v\n\n%s", v, debug.Stack())
		}
	}()
	fl.answer, fl.err = question(ctx, until)
}

func (fl *flight) board(ctx context.Context) {
	fl.waiting++
	end, ok := ctx.Deadline()
	fl.endless = fl.endless || !ok
	if end.After(fl.end) {
		fl.end = end
	}
}

func (f *flights) until(fl *flight) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.endless {
		return time.Time{}
	}
	return fl.end
}

// leave ends the question with its last caller, and lets nobody join it any more.
func (f *flights) leave(key string, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.waiting--; fl.waiting == 0 {
		f.drop(key, fl)
		fl.cancel()
	}
}

// drop leaves a younger question for the same key where it is.
func (f *flights) drop(key string, fl *flight) {
	if f.byKey[key] == fl {
		delete(f.byKey, key)
	}
}

// forget lets nobody join what is under way now.
func (f *flights) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.byKey)
}
