package trustlyclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// killed returns a client whose API has just been found dead, and its script.
func killed(t *testing.T, dead reply, edit func(*Options)) (*Client, *script) {
	t.Helper()
	s := newScript(dead)
	c := s.client(t, edit)
	for !c.breaker.isOpen() {
		if _, err := c.List(t.Context(), ListOptions{}); err == nil {
			t.Fatal("got no error, want the API to fail")
		}
	}
	if got := len(s.times()); got != openAfter {
		t.Fatalf("got open after %d tries, want %d", got, openAfter)
	}
	return c, s
}

func TestADeadAPIFailsFast(t *testing.T) {
	for name, dead := range map[string]reply{
		"500":           {status: 500},
		"501":           {status: 501},
		"no connection": {err: io.EOF},
		"cut short":     {status: 200, readErr: io.ErrUnexpectedEOF},
		"hangs":         {took: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := killed(t, dead, nil)
				time.Sleep(500 * time.Millisecond)
				began := time.Now()
				_, err := c.List(t.Context(), ListOptions{})
				want := ErrUnavailable
				if dead.took > 0 {
					want = ErrTimeout
				}
				if !errors.Is(err, want) || time.Since(began) != 0 {
					t.Errorf("got error %v after %v, want %v at once", err, time.Since(began), want)
				}
				e, ok := errors.AsType[*Error](err)
				if !ok || e.RetryAfter <= time.Second || e.RetryAfter > 1500*time.Millisecond {
					t.Errorf("got %+v, want RetryAfter until the next probe, 1 to 1.5s", e)
				}
				if got := len(s.times()); got != openAfter {
					t.Errorf("got %d requests, want none after the first %d", got, openAfter)
				}
			})
		})
	}
}

// TestAnswersAreNoFailures has the API refuse, which shows that it lives, also between failures.
func TestAnswersAreNoFailures(t *testing.T) {
	for name, refusal := range map[string]reply{
		"400": {status: 400}, "401": {status: 401}, "403": {status: 403}, "404": {status: 404}, "429": {status: 429},
		"redirect": {status: 302}, "HTML": {status: 200, body: "<html>"}, "errors": {status: 200, body: `{"errors":[{"code":100}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(refusal)
				c := s.client(t, nil)
				for range 3 * openAfter {
					_, _ = c.Get(t.Context(), "1")
				}
				if c.breaker.isOpen() {
					t.Error("got the API taken for dead after refusals, want it alive")
				}
				for range 4 {
					s.set(reply{status: 500})
					_, _ = c.Get(t.Context(), "1") // three tries
					s.set(refusal)
					_, _ = c.Get(t.Context(), "1")
				}
				if c.breaker.isOpen() {
					t.Error("got the API taken for dead, want failures counted in a row only")
				}
			})
		})
	}
}

// TestLeavingIsNoFailure has callers leave again and again.
func TestLeavingIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScript(reply{took: time.Hour}).client(t, nil)
		for range 2 * openAfter {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, _ = c.List(ctx, ListOptions{})
			cancel()
		}
		synctest.Wait()
		if c.breaker.isOpen() {
			t.Error("got the API taken for dead, want it unknown")
		}
	})
}

// TestOneProbeEveryTwoSeconds has many people ask a dead API all the time.
func TestOneProbeEveryTwoSeconds(t *testing.T) {
	for name, dead := range map[string]reply{"fails": {status: 503}, "hangs": {took: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := killed(t, dead, nil)
				last := s.times()[openAfter-1]
				if dead.took > 0 {
					last += DefaultTimeout
				}
				var group sync.WaitGroup
				for range 1000 {
					group.Go(func() { _, _ = c.Get(t.Context(), "1") })
					time.Sleep(10 * time.Millisecond)
				}
				probes := s.times()[openAfter:]
				if len(probes) < 4 {
					t.Fatalf("got %d requests in 10s, want one each 2s", len(probes))
				}
				for i, at := range probes {
					if wait := at - last; wait < probeEvery || wait > probeEvery+50*time.Millisecond {
						t.Errorf("probe %d: got sent after %v, want after %v", i, wait, probeEvery)
					}
					last = at
				}
				group.Wait()
			})
		})
	}
}

// TestRecovery brings a dead API back while one person asks every 100 ms.
func TestRecovery(t *testing.T) {
	for name, tt := range map[string]struct {
		dead, back reply
		edit       func(*Options)
		within     time.Duration
	}{
		"after failures": {reply{status: 503}, wholePage, nil, 2100 * time.Millisecond},
		"after hanging":  {reply{took: time.Hour}, wholePage, func(o *Options) { o.MaxConcurrency = 4 }, 4200 * time.Millisecond},
		"to a refusal":   {reply{status: 503}, reply{status: 429}, nil, 2100 * time.Millisecond},
		"to slowness":    {reply{took: time.Hour}, reply{status: 200, body: wholePage.body, took: 4 * time.Second}, nil, 14 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := killed(t, tt.dead, tt.edit)
				died := time.Now()
				time.AfterFunc(20*time.Second, func() { s.set(tt.back) })
				var group sync.WaitGroup
				for time.Since(died) < 20*time.Second || c.breaker.isOpen() {
					group.Go(func() { _, _ = c.Get(t.Context(), "1") })
					time.Sleep(100 * time.Millisecond)
				}
				if got := time.Since(died) - 20*time.Second; got > tt.within {
					t.Errorf("got closed %v after the API's return, want within %v", got, tt.within)
				}
				group.Wait()
			})
		})
	}
}

// TestAfterARecovery has people wait for their turn as before, and the API die again.
func TestAfterARecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := killed(t, reply{status: 503}, func(o *Options) { o.MaxConcurrency = 1 })
		s.set(slowPage)
		time.Sleep(probeEvery)
		var group sync.WaitGroup
		for i := range 3 {
			if _, err := c.List(t.Context(), ListOptions{}); i == 0 && err != nil {
				t.Fatalf("got error %v from the probe, want an answer", err)
			}
			group.Go(func() {
				if _, err := c.List(t.Context(), ListOptions{StartIndex: i}); err != nil {
					t.Errorf("got error %v, want an answer when its turn comes", err)
				}
			})
		}
		group.Wait()
		s.set(reply{status: 503})
		for range openAfter {
			_, _ = c.List(t.Context(), ListOptions{})
		}
		if !c.breaker.isOpen() {
			t.Error("got the API taken for alive, want it dead again")
		}
	})
}

// TestTheAPIsLastWordIsTold has it turn out dead while a person's call waits to ask again.
func TestTheAPIsLastWordIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScript(reply{status: 502}).client(t, nil)
		for range openAfter - 1 {
			c.breaker.failed(ErrUnavailable)
		}
		_, err := c.List(t.Context(), ListOptions{})
		if e, ok := errors.AsType[*Error](err); !ok || e.StatusCode != 502 {
			t.Errorf("got error %v, want the status 502", err)
		}
	})
}

func (b *breaker) isOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failures >= openAfter
}

// TestBackgroundOutlastsADeadAPI has it come back after 20 s.
func TestBackgroundOutlastsADeadAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := killed(t, reply{status: 503}, nil)
		time.AfterFunc(20*time.Second, func() { s.set(wholePage) })
		if _, err := c.List(InBackground(t.Context()), ListOptions{}); err != nil {
			t.Errorf("got error %v, want an answer once the API is back", err)
		}
		c, _ = killed(t, reply{status: 503}, nil)
		ctx, cancel := context.WithTimeout(InBackground(t.Context()), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := c.List(ctx, ListOptions{}); !errors.Is(err, ErrUnavailable) || time.Since(began) != 0 {
			t.Errorf("got error %v after %v, want ErrUnavailable at once: its deadline comes before the next probe", err, time.Since(began))
		}
	})
}

// TestWaitingEndsWhenTheAPIDies has many wait for their turn at an API that then turns out dead.
func TestWaitingEndsWhenTheAPIDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{took: time.Hour})
		c := s.client(t, func(o *Options) { o.MaxConcurrency = openAfter; o.RateLimit = 50 })
		var group sync.WaitGroup
		var late atomic.Int32
		for i := range 100 {
			group.Go(func() {
				_, err := c.Get(t.Context(), strconv.Itoa(i))
				if !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrTimeout) {
					t.Errorf("got error %v, want ErrUnavailable or ErrTimeout", err)
				}
				if time.Since(s.start) > DefaultTimeout+time.Second {
					late.Add(1)
				}
			})
		}
		group.Wait()
		// Those that got the slots of the first to time out, while the API was not yet known to be dead.
		if got := late.Load(); got > openAfter-1 {
			t.Errorf("got %d told later than the time limit of one request, want at most %d", got, openAfter-1)
		}
	})
}

// BenchmarkRefusal is how long a person's call takes while the API is dead.
func BenchmarkRefusal(b *testing.B) {
	c, err := New(Options{BaseURL: "https://api.example.com", AccessID: "a", AccessKey: "b",
		Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.EOF })})
	if err != nil {
		b.Fatal(err)
	}
	for range openAfter {
		c.breaker.failed(ErrUnavailable)
	}
	c.breaker.probeAt = time.Now().Add(time.Hour)
	for b.Loop() {
		_, _ = c.List(b.Context(), ListOptions{})
	}
}
