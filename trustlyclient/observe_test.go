package trustlyclient

import (
	"errors"
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
			o.Observe = func(e Event) { mu.Lock(); defer mu.Unlock(); events = append(events, e) }
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
