package trustlyclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// roundTripper answers without a network, so that a test's clock is its own.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func emptyPage() *http.Response {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"transactions":[]}`))}
}

func offline(t *testing.T, transport roundTripper, edit func(*Options)) *Client {
	t.Helper()
	options := Options{BaseURL: "https://api.example.com", AccessID: "a", AccessKey: "b", Transport: transport}
	edit(&options)
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// departures asks n times at once with the contexts and returns when the requests left.
func departures(t *testing.T, rate float64, contexts ...context.Context) []time.Duration {
	t.Helper()
	start := time.Now()
	var mu sync.Mutex
	var sent []time.Duration
	c := offline(t, func(*http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, time.Since(start))
		return emptyPage(), nil
	}, func(o *Options) { o.RateLimit = rate })
	var group sync.WaitGroup
	for i, ctx := range contexts {
		group.Go(func() {
			if _, err := c.List(ctx, ListOptions{StartIndex: i}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
	}
	group.Wait()
	if len(sent) != len(contexts) {
		t.Fatalf("got %d requests, want %d", len(sent), len(contexts))
	}
	return sent
}

func TestRateLimitSpacesTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for i, at := range departures(t, 5, slices.Repeat([]context.Context{InBackground(t.Context())}, 11)...) {
			if want := time.Duration(i) * 202 * time.Millisecond; at != want {
				t.Errorf("request %d: got sent after %v, want %v", i, at, want)
			}
		}
	})
}

func TestPeopleMayUseUpASecondAtOnce(t *testing.T) {
	for rate, window := range map[float64]time.Duration{5: 1010 * time.Millisecond, 2.5: 10100 * time.Millisecond / 12, 0.5: 2020 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			most := max(1, int(rate))
			for i, at := range departures(t, rate, slices.Repeat([]context.Context{t.Context()}, 4*most+1)...) {
				if want := time.Duration(i/most) * window; at != want {
					t.Errorf("%v a second, request %d: got sent after %v, want %v", rate, i, at, want)
				}
			}
		})
	}
}

// Whoever asks, and whenever: in no second are there more requests than the limit.
func TestRateLimitHoldsInAnyWindow(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rate := rapid.SampledFrom([]int{1, 2, 5, 8}).Draw(r, "rate")
		synctest.Test(t, func(t *testing.T) {
			b := newBudget(float64(rate), 0, nil)
			start := time.Now()
			var mu sync.Mutex
			var left []time.Duration
			var group sync.WaitGroup
			for range rapid.IntRange(1, 40).Draw(r, "requests") {
				time.Sleep(time.Duration(rapid.IntRange(0, 1500).Draw(r, "pause")) * time.Millisecond / time.Duration(rate))
				ctx := t.Context()
				if rapid.Bool().Draw(r, "background") {
					ctx = InBackground(ctx)
				}
				group.Go(func() {
					release, err := b.acquire(ctx, nil)
					if err != nil {
						t.Error(err)
						return
					}
					defer release()
					mu.Lock()
					defer mu.Unlock()
					left = append(left, time.Since(start))
				})
			}
			group.Wait()
			slices.Sort(left)
			for i := rate; i < len(left); i++ {
				if span := left[i] - left[i-rate]; span < time.Second {
					r.Fatalf("got %d requests within %v, want a second at least: %v", rate+1, span, left)
				}
			}
		})
	})
}

func TestConcurrencyLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var now, most int
		c := offline(t, func(*http.Request) (*http.Response, error) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			return emptyPage(), nil
		}, func(o *Options) { o.MaxConcurrency = 4 })
		start := time.Now()
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() { _, _ = c.List(t.Context(), ListOptions{StartIndex: i}) })
		}
		group.Wait()
		if most != 4 || time.Since(start) != 3*time.Second {
			t.Errorf("got %d at a time in %v, want 4 in 3s", most, time.Since(start))
		}
	})
}

// TestWaitsEndWithTheContext fills the one slot and has others wait for it, and for the limiter.
func TestWaitsEndWithTheContext(t *testing.T) {
	for name, edit := range map[string]func(*Options){
		"slot": func(o *Options) { o.MaxConcurrency = 1 },
		"rate": func(o *Options) { o.RateLimit = 0.01 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				c := offline(t, func(*http.Request) (*http.Response, error) {
					requests++
					time.Sleep(10 * time.Second)
					return emptyPage(), nil
				}, edit)
				go func() { _, _ = c.List(context.Background(), ListOptions{}) }()
				synctest.Wait()

				short, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				if _, err := c.List(short, ListOptions{StartIndex: 1}); !errors.Is(err, ErrTimeout) {
					t.Errorf("deadline: got error %v, want ErrTimeout", err)
				}
				left, leave := context.WithCancel(context.Background())
				time.AfterFunc(time.Second, leave)
				if _, err := c.List(left, ListOptions{StartIndex: 2}); !errors.Is(err, context.Canceled) || errors.Is(err, ErrTimeout) {
					t.Errorf("cancel: got error %v, want context.Canceled", err)
				}
				if requests != 1 {
					t.Errorf("got %d requests, want 1", requests)
				}
				time.Sleep(10 * time.Second)
			})
		})
	}
}

// TestTimeoutLeavesWaitingOut gives each request a second, and one of them a wait of three.
func TestTimeoutLeavesWaitingOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := offline(t, func(*http.Request) (*http.Response, error) { return emptyPage(), nil },
			func(o *Options) { o.RateLimit = 1. / 3; o.Timeout = time.Second })
		for range 2 {
			if _, err := c.List(t.Context(), ListOptions{}); err != nil {
				t.Errorf("got error %v, want none", err)
			}
		}
	})
}

// TestPeopleComeBeforeExports queues background calls, then people's, and looks at who leaves when.
func TestPeopleComeBeforeExports(t *testing.T) {
	tests := map[string]struct {
		edit func(*Options)
		want string // who leaves, in order: a to e in background, A to C people
	}{
		"by slot, one":   {func(o *Options) { o.MaxConcurrency = 1 }, "aABCbcde"},
		"by slot, three": {func(o *Options) { o.MaxConcurrency = 3 }, "abcABCde"},
		"by rate":        {func(o *Options) { o.RateLimit = 1 }, "aABCbcde"},
		"by both":        {func(o *Options) { o.RateLimit = 1; o.MaxConcurrency = 2 }, "aABCbcde"},
		"no limits":      {func(*Options) {}, "abcdeABC"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var got string
				c := offline(t, func(r *http.Request) (*http.Response, error) {
					mu.Lock()
					got += r.URL.Query().Get("customerName")
					took := time.Duration(100+len(got)) * time.Millisecond // each its own, so that no two slots come free at once
					mu.Unlock()
					time.Sleep(took)
					return emptyPage(), nil
				}, tt.edit)
				var group sync.WaitGroup
				ask := func(ctx context.Context, names string) {
					for _, name := range names {
						group.Go(func() {
							_, err := c.List(ctx, ListOptions{Filters: map[string][]string{"customerName": {string(name)}}})
							if err != nil {
								t.Errorf("%c: got error %v, want none", name, err)
							}
						})
						synctest.Wait() // each in its place of the queue before the next
					}
				}
				ask(InBackground(t.Context()), "abcde")
				time.Sleep(50 * time.Millisecond)
				ask(t.Context(), "ABC")
				group.Wait()
				if got != tt.want {
					t.Errorf("got the order %s, want %s", got, tt.want)
				}
			})
		})
	}
}

// TestAPersonWaitsOneSlotBehindExports has exports take all there is to take.
func TestAPersonWaitsOneSlotBehindExports(t *testing.T) {
	for name, tt := range map[string]struct {
		edit  func(*Options)
		pause time.Duration // between two requests of the person
		want  time.Duration // longest wait, the request itself of 1 s left out
	}{
		"two slots":               {func(o *Options) { o.MaxConcurrency = 2 }, 3 * time.Second, time.Second},
		"a slot is kept free":     {func(o *Options) { o.MaxConcurrency = 2 }, 0, 0},
		"the only slot is shared": {func(o *Options) { o.MaxConcurrency = 1 }, 3 * time.Second, time.Second},
		"rate":                    {func(o *Options) { o.RateLimit = 5 }, 3 * time.Second, 202 * time.Millisecond},
		"rate and slots":          {func(o *Options) { o.RateLimit = 5; o.MaxConcurrency = 4 }, 3 * time.Second, 400 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := offline(t, func(*http.Request) (*http.Response, error) {
					time.Sleep(time.Second)
					return emptyPage(), nil
				}, tt.edit)
				exports, stop := context.WithCancel(InBackground(t.Context()))
				var group sync.WaitGroup
				for range 20 {
					group.Go(func() {
						for exports.Err() == nil {
							_, _ = c.List(exports, ListOptions{})
						}
					})
				}
				time.Sleep(3 * time.Second)
				for i := range 20 {
					if i > 0 {
						time.Sleep(tt.pause + time.Duration(i%10)*70*time.Millisecond)
					}
					began := time.Now()
					if _, err := c.List(t.Context(), ListOptions{}); err != nil {
						t.Error(err)
					}
					if got := time.Since(began) - time.Second; got > tt.want && (i > 0 || tt.pause > 0) {
						t.Errorf("got a wait of %v, want at most %v", got, tt.want)
					}
				}
				stop()
				group.Wait()
			})
		})
	}
}

// TestATurnTooLateIsHandedOn has the turn come to one who is just leaving.
func TestATurnTooLateIsHandedOn(t *testing.T) {
	b := newBudget(0, 1, nil)
	release, err := b.acquire(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	place := b.people.PushBack(&waiter{turn: make(chan struct{})})
	release()
	b.leave(&b.people, place)
	if b.inFlight != 0 {
		t.Errorf("got %d in flight, want 0", b.inFlight)
	}
}

// TestTurnsAreNotLost has callers leave in every state, and then asks whether all slots are still there.
func TestTurnsAreNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(50, 3, nil)
		var group sync.WaitGroup
		for i := range 300 {
			group.Go(func() {
				ctx := t.Context()
				if i%2 == 0 {
					ctx = InBackground(ctx)
				}
				// The moments at which turns come: many contexts end at the very same.
				ctx, cancel := context.WithTimeout(ctx, time.Duration(i%100)*20*time.Millisecond)
				defer cancel()
				if release, err := b.acquire(ctx, nil); err == nil {
					time.Sleep(30 * time.Millisecond)
					release()
				}
			})
		}
		group.Wait()
		time.Sleep(time.Minute)
		b.mu.Lock()
		if b.inFlight != 0 || b.people.Len() != 0 || b.background.Len() != 0 || !b.wakeAt.IsZero() {
			t.Errorf("got %d in flight, %d and %d waiting, waking %v, want none of it", b.inFlight, b.people.Len(), b.background.Len(), !b.wakeAt.IsZero())
		}
		b.mu.Unlock()
		for range 3 {
			if _, err := b.acquire(t.Context(), nil); err != nil {
				t.Errorf("got error %v, want a slot", err)
			}
		}
	})
}
