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

var slowPage = reply{status: 200, body: `{"transactions":[{"transactionId":"1"},{"transactionId":"2"}]}`, took: time.Second}

func TestIdenticalRequestsAreJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(slowPage)
		c := s.client(t, nil)
		ask := func(name string) {
			page, err := c.List(t.Context(), ListOptions{Filters: map[string][]string{"customerName": {name}}})
			if err != nil || len(page.Transactions) != 2 {
				t.Errorf("got %v, %v, want two rows", page, err)
				return
			}
			slices.Reverse(page.Transactions) // each caller's slice is its own, or -race would tell
		}
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() { ask("Grace") })
			time.Sleep(10 * time.Millisecond)
		}
		group.Go(func() { ask("Ada") })
		group.Go(func() { _, _ = c.Get(t.Context(), "1") })
		group.Go(func() { _, _ = c.Get(t.Context(), "2") })
		group.Wait()
		if got := len(s.times()); got != 4 {
			t.Errorf("got %d requests, want 4: one of each", got)
		}
		ask("Grace")
		if got := len(s.times()); got != 5 {
			t.Errorf("got %d requests, want a fifth: joined is what is in flight", got)
		}
	})
}

// TestEachCallerEndsItsOwnWait has three join: one leaves, one has a deadline, one stays.
func TestEachCallerEndsItsOwnWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(slowPage)
		c := s.client(t, nil)
		first, leave := context.WithCancel(t.Context())
		time.AfterFunc(300*time.Millisecond, leave)
		second, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
		defer cancel()
		var group sync.WaitGroup
		wait := func(ctx context.Context, want error, after time.Duration) {
			group.Go(func() {
				_, err := c.List(ctx, ListOptions{})
				if !errors.Is(err, want) || (want == nil) != (err == nil) || time.Since(s.start) != after {
					t.Errorf("got error %v after %v, want %v after %v", err, time.Since(s.start), want, after)
				}
			})
			synctest.Wait()
		}
		wait(first, context.Canceled, 300*time.Millisecond) // asks
		wait(second, ErrTimeout, 600*time.Millisecond)
		wait(t.Context(), nil, time.Second)
		group.Wait()
		if got := len(s.times()); got != 1 {
			t.Errorf("got %d requests, want 1", got)
		}
	})
}

// TestASharedRequestEndsWithItsLastCaller also asks again at once: nobody may join what is ending.
func TestASharedRequestEndsWithItsLastCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(slowPage)
		c := s.client(t, func(o *Options) { o.MaxConcurrency = 1 })
		ctx, leave := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() { _, _ = c.List(ctx, ListOptions{}) })
		}
		time.Sleep(500 * time.Millisecond)
		leave()
		group.Wait()
		if _, err := c.List(t.Context(), ListOptions{}); err != nil || time.Since(s.start) != 1500*time.Millisecond {
			t.Errorf("got error %v after %v, want the freed slot and an answer after 1.5s", err, time.Since(s.start))
		}
		if got := len(s.times()); got != 2 {
			t.Errorf("got %d requests, want 2", got)
		}
	})
}

// TestTheYoungestIsJoined has an older request end while a reload is under way.
func TestTheYoungestIsJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(slowPage)
		c := s.client(t, nil)
		var group sync.WaitGroup
		group.Go(func() { _, _ = c.List(t.Context(), ListOptions{}) })
		time.Sleep(500 * time.Millisecond)
		group.Go(func() { _, _ = c.List(Fresh(t.Context()), ListOptions{}) })
		time.Sleep(700 * time.Millisecond)
		if page, err := c.List(t.Context(), ListOptions{}); err != nil || page.FetchedAt.Sub(s.start) != 500*time.Millisecond {
			t.Errorf("got %v, %v, want the reload's page", page, err)
		}
		group.Wait()
	})
}

// TestTheLatestDeadlineRules has a caller with time join one without, between whose tries too much time passes.
func TestTheLatestDeadlineRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 503, retryAfter: "1", took: 100 * time.Millisecond}, wholePage)
		c := s.client(t, nil)
		short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := c.List(short, ListOptions{}); !errors.Is(err, ErrTimeout) {
				t.Errorf("got error %v, want ErrTimeout", err)
			}
		})
		synctest.Wait()
		if _, err := c.List(t.Context(), ListOptions{}); err != nil {
			t.Errorf("got error %v, want the answer of the second try", err)
		}
		group.Wait()
	})
}

// TestSharedErrorsAreEachCallersOwn has Get rewrite the error that it shares.
func TestSharedErrorsAreEachCallersOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 400, body: `{"errors":[{"code":200}]}`, took: time.Second})
		c := s.client(t, nil)
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if _, err := c.Get(t.Context(), "1"); !errors.Is(err, ErrNotFound) {
					t.Errorf("got error %v, want ErrNotFound", err)
				}
			})
		}
		group.Wait()
		if got := len(s.times()); got != 1 {
			t.Errorf("got %d requests, want 1", got)
		}
	})
}

func TestCallTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 503, took: 400 * time.Millisecond})
		c := s.client(t, func(o *Options) { o.CallTimeout = 700 * time.Millisecond })
		if _, err := c.List(t.Context(), ListOptions{}); !errors.Is(err, ErrTimeout) || time.Since(s.start) != 700*time.Millisecond {
			t.Errorf("got error %v after %v, want ErrTimeout after 700ms", err, time.Since(s.start))
		}
		s.set(reply{status: 503, took: 800 * time.Millisecond}, reply{status: 503, took: 800 * time.Millisecond}, wholePage)
		if _, err := c.List(InBackground(t.Context()), ListOptions{}); err != nil {
			t.Errorf("got error %v, want none: only the context ends a background call", err)
		}
	})
}

// TestTheBackgroundAsksForItself has a person ask what an export waits to ask again.
func TestTheBackgroundAsksForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 503, retryAfter: "60"}, wholePage)
		c := s.client(t, nil)
		var group sync.WaitGroup
		group.Go(func() { _, _ = c.List(InBackground(t.Context()), ListOptions{}) })
		synctest.Wait()
		if _, err := c.List(t.Context(), ListOptions{}); err != nil || time.Since(s.start) != 0 {
			t.Errorf("got error %v after %v, want an answer at once", err, time.Since(s.start))
		}
		group.Wait()
	})
}

// TestAPanicReachesTheCaller has reading go wrong in a way that nobody thought of.
func TestAPanicReachesTheCaller(t *testing.T) {
	c := newScript(wholePage).client(t, func(o *Options) { o.MaxConcurrency = 1 })
	for range 2 { // the second finds the slot free again
		func() {
			defer func() {
				if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), "bug") {
					t.Errorf("got panic %v, want the bug's", err)
				}
			}()
			_, _ = c.do(t.Context(), request{read: func([]byte, time.Time) (any, error) { panic("bug") }})
		}()
	}
}
