package store

import (
	"context"
	"errors"
	std "flag" // flag is a name of this package
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"trustlyportal/trustlyclient"
)

// longBudget makes the processes of the tests send for so long.
var longBudget = std.Duration("budget", 1500*time.Millisecond, "how long the processes of the budget's tests send on a real database")

// virtual is a database whose clock is the test's, which runs on its own and may be another than the processes'.
type virtual struct {
	mu    sync.Mutex
	state string
	takes int
	away  bool
	delay func() time.Duration // of a way to it or back
	clock time.Duration        // what it is ahead of the processes'
}

var errAway = errors.New("the database is away")

func (v *virtual) change(ctx context.Context, do func(string, int64) (string, error)) (time.Time, error) {
	began := time.Now()
	time.Sleep(v.delay())
	v.mu.Lock()
	away := v.away
	var err error
	if !away {
		v.takes++
		var kept string
		if kept, err = do(v.state, time.Now().Add(v.clock).UnixMilli()); err == nil {
			v.state = kept
		}
	}
	v.mu.Unlock()
	time.Sleep(v.delay())
	if away {
		err = errAway
	}
	return began, errors.Join(err, ctx.Err())
}

// counter is the API's side: when requests came.
type counter struct {
	mu   sync.Mutex
	came []time.Time
	took time.Duration
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.came = append(c.came, time.Now())
	c.mu.Unlock()
	time.Sleep(c.took)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"transactions":[]}`)), Request: r}, nil
}

func (c *counter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.came)
}

// most is the greatest number of requests within a window.
func (c *counter) most(window time.Duration) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortFunc(c.came, time.Time.Compare)
	most, first := 0, 0
	for i := range c.came {
		for c.came[i].Sub(c.came[first]) >= window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// sender is a process: a client that shares the budget.
func sender(t testing.TB, api http.RoundTripper, meter trustlyclient.Meter, rate float64, atATime int) *trustlyclient.Client {
	t.Helper()
	c, err := trustlyclient.New(trustlyclient.Options{
		BaseURL: "https://api.example.com", AccessID: "a", AccessKey: "b", Transport: api,
		RateLimit: rate, Meter: meter, MaxConcurrency: atATime,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// send asks again and again until ctx ends, n at a time.
func send(ctx context.Context, group *sync.WaitGroup, c *trustlyclient.Client, n int) {
	for range n {
		group.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				_, _ = c.List(trustlyclient.Fresh(ctx), trustlyclient.ListOptions{StartIndex: i})
			}
		})
	}
}

// Whoever asks, whenever, however many processes there are and however slow the way to the database: the limit holds.
func TestBudgetHoldsInAnyWindow(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rate := rapid.SampledFrom([]float64{0.7, 2.5, 5, 5, 25, 110}).Draw(r, "rate")
		slowest := rapid.SampledFrom([]int{0, 3, 40, 700}).Draw(r, "slowest way to the database, ms")
		synctest.Test(t, func(t *testing.T) {
			seed := rand.New(rand.NewPCG(1, uint64(rapid.Uint32().Draw(r, "seed"))))
			var mu sync.Mutex
			database := &virtual{clock: time.Hour, delay: func() time.Duration {
				mu.Lock()
				defer mu.Unlock()
				return time.Duration(seed.IntN(slowest*1000+1)) * time.Microsecond
			}}
			api := &counter{took: 30 * time.Millisecond}
			var group sync.WaitGroup
			ctx, stop := context.WithTimeout(t.Context(), 12*time.Second)
			defer stop()
			for range rapid.IntRange(1, 3).Draw(r, "processes") {
				c := sender(t, api, newBudget(database.change, rate), rate, rapid.SampledFrom([]int{0, 1, 4}).Draw(r, "at a time"))
				lives, die := context.WithTimeout(ctx, time.Duration(rapid.IntRange(1, 15).Draw(r, "lives"))*time.Second)
				defer die()
				send(lives, &group, c, rapid.IntRange(0, 3).Draw(r, "people"))
				send(trustlyclient.InBackground(lives), &group, c, rapid.IntRange(0, 4).Draw(r, "background"))
			}
			group.Wait()
			time.Sleep(time.Minute)
			terms := newBudgetTerms(rate)
			window := time.Duration(terms.window*float64(time.Millisecond)) - time.Millisecond // the clock has no finer ones
			if got := api.most(window); got > terms.limit {
				r.Fatalf("got %d requests within %v, want at most %d", got, window, terms.limit)
			}
			if got, want := api.most(10*time.Second), int(rate*10); got > want {
				r.Fatalf("got %d requests within 10s, want at most %d", got, want)
			}
		})
	})
}

// Together two processes use what one may, and one alone uses all of it, the background too.
func TestBudgetIsUsed(t *testing.T) {
	rates := []float64{5, 110}
	if *longBudget > time.Minute {
		rates = []float64{1, 5, 30, 200, 2000}
	}
	for _, rate := range rates {
		for name, mark := range map[string]func(context.Context) context.Context{
			"people": func(ctx context.Context) context.Context { return ctx }, "background": trustlyclient.InBackground,
		} {
			for processes := 1; processes <= 2; processes++ {
				synctest.Test(t, func(t *testing.T) {
					database := &virtual{delay: func() time.Duration { return time.Millisecond }}
					api := &counter{took: 5 * time.Millisecond}
					var group sync.WaitGroup
					ctx, stop := context.WithTimeout(mark(t.Context()), 12*time.Second)
					defer stop()
					for range processes {
						send(ctx, &group, sender(t, api, newBudget(database.change, rate), rate, 20), 20)
					}
					group.Wait()
					time.Sleep(time.Minute)                    // what was left in flight
					used := float64(api.count()) / (11 * rate) // the first second is used up
					if used < 0.9 || api.most(10*time.Second) > int(10*rate) {
						t.Errorf("%v a second for %s of %d processes: got %.0f %% of the limit used, at most %d in 10s, want 90 %% and at most %v",
							rate, name, processes, 100*used, api.most(10*time.Second), 10*rate)
					}
					t.Logf("%v a second for %s of %d processes: %.1f %% used, %.1f questions a second", rate, name, processes, 100*used, float64(database.takes)/11)
				})
			}
		}
	}
}

// People of one process come before the export of another.
func TestBudgetPeopleComeFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 5
		database := &virtual{delay: func() time.Duration { return time.Millisecond }}
		api := &counter{}
		exports := sender(t, api, newBudget(database.change, rate), rate, 8)
		people := sender(t, api, newBudget(database.change, rate), rate, 8)
		var group sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		send(trustlyclient.InBackground(ctx), &group, exports, 8)
		time.Sleep(5 * time.Second)
		for i := range 10 {
			began := time.Now()
			for range 3 { // as a page does
				if _, err := people.List(trustlyclient.Fresh(ctx), trustlyclient.ListOptions{StartIndex: i}); err != nil {
					t.Error(err)
				}
			}
			// A place comes free each fifth of a second.
			if got := time.Since(began); got > 800*time.Millisecond {
				t.Errorf("page %d of three requests: got a wait of %v, want at most 800ms", i, got)
			}
			time.Sleep(time.Duration(2000+130*i) * time.Millisecond)
		}
		stop()
		group.Wait()
		time.Sleep(time.Minute)
	})
}

// A process that dies while its people wait keeps the others' background waiting for a second and a half at most.
func TestBudgetOfTheDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 5
		database := &virtual{delay: func() time.Duration { return time.Millisecond }}
		api := &counter{}
		dies := newBudget(database.change, rate)
		lives := sender(t, api, newBudget(database.change, rate), rate, 8)
		time.Sleep(5 * time.Second)
		for range 2 {
			if _, err := dies.Take(t.Context(), trustlyclient.Ask{People: 50}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(1100 * time.Millisecond)
		}
		if _, err := dies.Take(t.Context(), trustlyclient.Ask{People: 50}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := lives.List(trustlyclient.InBackground(t.Context()), trustlyclient.ListOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(began); got > 1500*time.Millisecond {
			t.Errorf("got a wait of %v, want at most 1.5s", got)
		}
	})
}

// While the database is away nothing leaves; people are told so, and exports go on when it is back.
func TestBudgetWhileTheDatabaseIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 5
		database := &virtual{delay: func() time.Duration { return time.Millisecond }}
		api := &counter{}
		c := sender(t, api, newBudget(database.change, rate), rate, 8)
		time.Sleep(2 * time.Second)
		if _, err := c.List(t.Context(), trustlyclient.ListOptions{}); err != nil {
			t.Fatal(err)
		}
		database.mu.Lock()
		database.away = true
		database.mu.Unlock()
		exported := make(chan error, 1)
		go func() {
			_, err := c.List(trustlyclient.InBackground(t.Context()), trustlyclient.ListOptions{})
			exported <- err
		}()
		began := time.Now()
		_, err := c.List(t.Context(), trustlyclient.ListOptions{StartIndex: 1})
		if got := time.Since(began); !errors.Is(err, trustlyclient.ErrUncounted) || errors.Is(err, trustlyclient.ErrUnavailable) || got > 4*time.Second {
			t.Errorf("person: got error %v after %v, want ErrUncounted within 4s", err, got)
		}
		time.Sleep(time.Minute)
		if api.count() != 1 {
			t.Errorf("got %d requests, want the one before", api.count())
		}
		database.mu.Lock()
		database.away = false
		database.mu.Unlock()
		if err := <-exported; err != nil {
			t.Errorf("export: got error %v, want none", err)
		}
		if _, err := c.List(t.Context(), trustlyclient.ListOptions{StartIndex: 1}); err != nil {
			t.Errorf("person afterwards: got error %v, want none", err)
		}
	})
}

// The database's clock may be set: forward it gives a burst at most, backward it blocks nobody.
func TestBudgetWhenTheClockIsSet(t *testing.T) {
	terms := newBudgetTerms(5)
	noon := noon.UnixMilli()
	var s budgetState
	ask := budgetAsk{Ask: trustlyclient.Ask{People: 9}, process: "a", slack: 10}
	if got, _ := s.take(noon, ask, terms); got.n != 5 {
		t.Fatalf("got %d, want 5", got.n)
	}
	hourAgo := noon - time.Hour.Milliseconds()
	if got, _ := s.take(hourAgo, ask, terms); got.n != 0 {
		t.Errorf("at once: got %d, want none", got.n)
	}
	if got, _ := s.take(hourAgo+1020, ask, terms); got.n != 5 {
		t.Errorf("a second later: got %d, want 5", got.n)
	}
}

// testBudget has two processes share what a real database counts. It runs on every engine.
func testBudget(t *testing.T, db *DB) {
	const rate = 20
	api := &counter{took: 2 * time.Millisecond}
	const base, id = "https://api.example.com/v1", "the access id"
	var clients []*trustlyclient.Client
	for range 2 {
		budget, err := db.Budget(t.Context(), base, id, rate)
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, sender(t, api, budget, rate, 8))
	}
	var group sync.WaitGroup
	began := time.Now()
	ctx, stop := context.WithTimeout(t.Context(), *longBudget)
	defer stop()
	send(ctx, &group, clients[0], 4)
	send(trustlyclient.InBackground(ctx), &group, clients[1], 4)
	group.Wait()
	lasted := time.Since(began)
	// A machine under load sends some late, close to the next; TestBudgetHoldsInAnyWindow has it exact, by a clock of its own.
	if got, want := api.most(time.Second), rate+rate/2; got > want {
		t.Errorf("got %d requests within a second, want at most %d", got, want)
	}
	if got, want := api.most(10*time.Second), int(rate*min(10, lasted.Seconds()+1)); got > want {
		t.Errorf("got %d requests within 10s, want at most %d", got, want)
	}
	if api.count() == 0 {
		t.Error("got no request")
	}
	t.Logf("%d requests in %v, %.1f %% of the limit", api.count(), lasted, 100*float64(api.count())/(lasted.Seconds()*rate))
	for _, other := range []string{base + "/", base} {
		budget, err := db.Budget(t.Context(), other, id, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if budget.process == "" {
			t.Error("a process without a name")
		}
	}
	var rows int
	var kept string
	if err := db.sql.QueryRowContext(t.Context(), `SELECT count(*), min(id) || min(state) FROM budgets`).Scan(&rows, &kept); err != nil || rows != 1 ||
		strings.Contains(kept, id) || strings.Contains(kept, "example") {
		t.Errorf("got %d rows, %.300s, %v, want one without the key's name", rows, kept, err)
	}
}

// testBudgetIsNewOnce: on PostgreSQL, whose crash empties the table, a row that was not there counts as used up.
func testBudgetIsNewOnce(t *testing.T, db *DB) {
	budget, err := db.Budget(t.Context(), "https://api.example.com", "a", 5)
	if err != nil {
		t.Fatal(err)
	}
	want := map[bool]int{true: 0, false: 2}[db.engine == &postgres]
	got, err := budget.Take(t.Context(), trustlyclient.Ask{People: 2})
	if err != nil || got.Requests != want || want == 0 && (got.Again < 100*time.Millisecond || got.Again > 1100*time.Millisecond) {
		t.Fatalf("at once: got %+v, %v, want %d", got, err, want)
	}
	if _, err := db.sql.ExecContext(t.Context(), `UPDATE budgets SET state = '{"sent":[]}'`); err != nil {
		t.Fatal(err)
	}
	sent := time.Now()
	if got, err = budget.Take(t.Context(), trustlyclient.Ask{People: 2}); err != nil || got.Requests != 2 || !got.Until.After(sent) {
		t.Errorf("afterwards: got %+v, %v, want 2", got, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := budget.Take(ended, trustlyclient.Ask{People: 1}); err == nil {
		t.Error("after the end: got no error")
	}
}

func BenchmarkBudgetTake(b *testing.B) {
	for _, rate := range []float64{5, 1000} {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			db, err := OpenTemp(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			budget, err := db.Budget(b.Context(), "https://api.example.com", "a", rate)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := budget.Take(b.Context(), trustlyclient.Ask{People: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
