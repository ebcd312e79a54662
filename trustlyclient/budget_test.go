package trustlyclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
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

func TestRateLimitSpacesRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var sent []time.Duration
		c := offline(t, func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, time.Since(start))
			return emptyPage(), nil
		}, func(o *Options) { o.RateLimit = 5; o.MaxConcurrency = 3 })
		var group sync.WaitGroup
		for range 11 {
			group.Go(func() {
				if _, err := c.List(t.Context(), ListOptions{}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for i, at := range sent {
			if want := time.Duration(i) * 200 * time.Millisecond; at < want-time.Millisecond || at > want+time.Millisecond {
				t.Errorf("request %d: got sent after %v, want %v", i, at, want)
			}
		}
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
		for range 12 {
			group.Go(func() { _, _ = c.List(t.Context(), ListOptions{}) })
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
				if _, err := c.List(short, ListOptions{}); !errors.Is(err, ErrTimeout) {
					t.Errorf("deadline: got error %v, want ErrTimeout", err)
				}
				left, leave := context.WithCancel(context.Background())
				time.AfterFunc(time.Second, leave)
				if _, err := c.List(left, ListOptions{}); !errors.Is(err, context.Canceled) || errors.Is(err, ErrTimeout) {
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
