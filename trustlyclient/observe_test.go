package trustlyclient

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestObserveSeesEachTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 503, took: time.Second}, slowPage)
		var mu sync.Mutex
		var events []Event
		c := s.client(t, func(o *Options) {
			o.RateLimit = 0.1
			o.Observer.Event = func(_ context.Context, e Event) {
				mu.Lock()
				defer mu.Unlock()
				if e.Kind == Tried {
					events = append(events, e)
				}
			}
		})
		if _, err := c.List(InBackground(t.Context()), ListOptions{}); err != nil {
			t.Fatal(err)
		}
		if len(events) != 2 {
			t.Fatalf("got %d events, want 2", len(events))
		}
		failed, fine := events[0], events[1]
		if failed.StatusCode != 503 || !errors.Is(failed.Err, ErrUnavailable) || failed.Took != time.Second || failed.Waited != 0 {
			t.Errorf("got %+v, want a 503 after 1s", failed)
		}
		if fine.StatusCode != 0 || fine.Err != nil || fine.Took != time.Second || fine.Waited < 8*time.Second || fine.Waited > 9*time.Second {
			t.Errorf("got %+v, want an answer after 1s and a wait of 8 to 9s", fine)
		}
		for _, e := range events {
			if e.Route != "/transactions" || !e.Background {
				t.Errorf("got %+v, want the route /transactions in background", e)
			}
		}
	})
}

func TestErrorsNameTheCallersRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 403, took: time.Second})
		c := s.client(t, nil)
		var group sync.WaitGroup
		for _, id := range []string{"A1", "B2", "", "evil\nline", strings.Repeat("x", 65)} { // joined, and yet each its own
			group.Go(func() {
				_, err := c.List(WithRequestID(t.Context(), id), ListOptions{})
				e, ok := errors.AsType[*Error](err)
				if !ok {
					t.Errorf("got error %v, want an *Error", err)
					return
				}
				want, text := id, "list transactions: GET /transactions: request "+id+": status 403: not allowed"
				if len(id) != 2 {
					want, text = "", "list transactions: GET /transactions: status 403: not allowed"
				}
				if e.RequestID != want || err.Error() != text {
					t.Errorf("got id %q in %q, want %q in %q", e.RequestID, err, want, text)
				}
			})
		}
		group.Wait()
		if got := len(s.times()); got != 1 {
			t.Errorf("got %d requests, want 1", got)
		}
	})
}

// What a client tells of its calls beside the tries: each case is a client of its own.
func TestObserverIsToldOfEachStep(t *testing.T) {
	canceled := func(ctx context.Context) context.Context {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		t.Cleanup(cancel)
		return ctx
	}
	for _, tt := range []struct {
		name    string
		replies []reply
		options func(*Options)
		calls   []func(context.Context) context.Context // each with the context it makes of the test's
		want    []EventKind
	}{
		{"kept", []reply{slowPage}, func(o *Options) { o.CacheFor = time.Minute }, []func(context.Context) context.Context{nil, nil, Fresh},
			[]EventKind{Asked, Tried, Kept, Asked, Tried}},
		{"retried", []reply{{status: 503}, {status: 500}, slowPage}, nil, []func(context.Context) context.Context{nil},
			[]EventKind{Asked, Tried, Retried, Tried, Retried, Tried}},
		{"gave up", []reply{slowPage}, func(o *Options) { o.RateLimit = 0.1 }, []func(context.Context) context.Context{InBackground, func(ctx context.Context) context.Context { return canceled(InBackground(ctx)) }},
			[]EventKind{Tried, GaveUp}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(tt.replies...)
				var mu sync.Mutex
				var got []EventKind
				begun, ended := 0, 0
				c := s.client(t, func(o *Options) {
					if tt.options != nil {
						tt.options(o)
					}
					o.Observer.Event = func(_ context.Context, e Event) { mu.Lock(); defer mu.Unlock(); got = append(got, e.Kind) }
					o.Observer.Around = func(ctx context.Context, route string) (context.Context, func(error)) {
						if route != "/transactions" {
							t.Errorf("got a call of %q, want /transactions", route)
						}
						begun++
						return ctx, func(error) { ended++ }
					}
				})
				for _, with := range tt.calls {
					ctx := t.Context()
					if with != nil {
						ctx = with(ctx)
					}
					_, _ = c.List(ctx, ListOptions{})
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got the events %v, want %v", got, tt.want)
				}
				if begun != len(tt.calls) || ended != begun {
					t.Errorf("got %d calls begun and %d ended, want %d", begun, ended, len(tt.calls))
				}
			})
		})
	}
}

// The breaker's turns are told once each, and what it refuses as that.
func TestObserverIsToldOfADeadAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		replies := make([]reply, openAfter, openAfter+1)
		for i := range replies {
			replies[i] = reply{status: 503}
		}
		s := newScript(append(replies, slowPage)...)
		var mu sync.Mutex
		got := map[EventKind]int{}
		c := s.client(t, func(o *Options) {
			o.Observer.Event = func(_ context.Context, e Event) { mu.Lock(); defer mu.Unlock(); got[e.Kind]++ }
		})
		if state := c.State(); state != (State{}) {
			t.Errorf("before the first call: got %+v, want nothing", state)
		}
		for range openAfter {
			_, _ = c.List(t.Context(), ListOptions{})
		}
		if state := c.State(); state != (State{Heard: true, Dead: true}) {
			t.Errorf("after %d failures: got %+v, want it dead", openAfter, state)
		}
		if got[BreakerOpened] != 1 || got[BreakerClosed] != 0 || got[Refused] == 0 {
			t.Errorf("got %v, want the breaker opened once and calls refused", got)
		}
		time.Sleep(probeEvery)
		go func() { _, _ = c.List(t.Context(), ListOptions{}) }()
		synctest.Wait()
		if state := c.State(); state.InFlight != 1 {
			t.Errorf("while a request is under way: got %+v, want one in flight", state)
		}
		time.Sleep(2 * time.Second)
		if state := c.State(); state != (State{Heard: true}) || got[BreakerClosed] != 1 {
			t.Errorf("afterwards: got %+v and %v, want it alive and that told once", state, got)
		}
	})
}
