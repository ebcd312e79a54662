package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
	"trustlyportal/trustlyclient/trustlytest"
)

var budgetFor = flag.Duration("budget.for", 3*time.Second, "how long two processes use the limit together; from 30s on also on SQLite, and how much of it is judged")

// arrivals is an API that keeps when requests came, whoever sent them.
type arrivals struct {
	api http.Handler
	mu  sync.Mutex
	at  []time.Time
}

func (a *arrivals) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.at = append(a.at, time.Now())
	a.mu.Unlock()
	a.api.ServeHTTP(w, r)
}

func (a *arrivals) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.at)
}

// most is the greatest number of requests within a window.
func (a *arrivals) most(window time.Duration) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	slices.SortFunc(a.at, time.Time.Compare)
	most, first := 0, 0
	for i := range a.at {
		for a.at[i].Sub(a.at[first]) >= window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// Two processes with people and an export each send together what one may, and use it; one is killed on the way.
func TestTwoProcessesShareTheLimit(t *testing.T) {
	t.Parallel()
	long := *budgetFor >= 30*time.Second
	databases := map[string]func(t *testing.T) string{"PostgreSQL": func(t *testing.T) string { return storetest.Server(t).New(t, "") }}
	if long {
		databases["SQLite"] = nil
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			const rate = 20
			e := newExporter(t, trustlytest.Options{Rows: 3000})
			came := &arrivals{api: e.api}
			api := httptest.NewServer(came)
			defer api.Close()
			own, err := url.Parse(e.env["TRUSTLY_BASE_URL"])
			if err != nil {
				t.Fatal(err)
			}
			e.env["TRUSTLY_BASE_URL"] = api.URL + own.Path
			e.env["TRUSTLY_RATE_LIMIT"], e.env["PORTAL_SECRET"] = fmt.Sprint(rate), strings.Repeat("s3cret ", 8)
			if database != nil {
				e.env["PORTAL_DATABASE_URL"] = database(t)
			}
			one, two := e.serve(), e.serve()
			e.addFinance("ann@example.com", "bob@example.com")

			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var group sync.WaitGroup
			began := time.Now()
			for _, at := range []struct {
				server *server
				email  string
			}{{one, "ann@example.com"}, {two, "bob@example.com"}} {
				p := e.signIn(at.server.url, at.email)
				p.post(at.server.url+"/exports", url.Values{"query": {e.filter}, "format": {"csv"}, "columns": {"shown"}})
				for i := range 6 {
					group.Go(func() { p.read(ctx, at.server.url, i) })
				}
			}
			time.Sleep(*budgetFor * 3 / 4)
			one.kill()
			time.Sleep(*budgetFor / 4)
			for end := time.Now().Add(time.Minute); came.count() < 2*rate && time.Now().Before(end); { // a busy machine has little demand
				time.Sleep(50 * time.Millisecond)
			}
			stop()
			group.Wait()
			lasted := time.Since(began).Seconds()

			n := came.count()
			used := float64(n) / (lasted * rate)
			t.Logf("%d requests in %.1f s, %.1f %% of the limit; at most %d in 10 s, %d in 3 s, %d in 1 s",
				n, lasted, 100*used, came.most(10*time.Second), came.most(3*time.Second), came.most(time.Second))
			if got := came.most(10 * time.Second); got > 10*rate {
				t.Errorf("got %d requests within 10 s, want at most %d", got, 10*rate)
			}
			// Half a second's worth more, where a request may be late that long on a busy machine.
			if got, most := came.most(2*time.Second), 2*rate+rate/2; got > most {
				t.Errorf("got %d requests within 2 s, want at most %d", got, most)
			}
			if n < 2*rate || long && used < 0.9 {
				t.Errorf("got %d requests, %.1f %% of the limit, want 90 %%", n, 100*used)
			}
		})
	}
}

// read opens one page after the other, each another.
func (p *person) read(ctx context.Context, base string, reader int) {
	for i := 0; ctx.Err() == nil; i++ {
		address := fmt.Sprintf("%s/transactions?amount.min=%d.%02d&tz=UTC", base, reader+i/100*6, i%100)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			p.Error(err)
			return
		}
		res, err := p.client.Do(req)
		if err != nil {
			return // the process was killed, or time is up
		}
		_, err = io.Copy(io.Discard, res.Body)
		if err := errors.Join(err, res.Body.Close()); err == nil && res.StatusCode != http.StatusOK {
			p.Errorf("GET %s: got %s, want 200", address, res.Status)
			return
		}
	}
}

// addFinance makes accounts with the password that signIn types.
func (e *exporter) addFinance(emails ...string) {
	e.Helper()
	db, err := store.Open(e.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		e.Fatal(err)
	}
	defer db.Close()
	hash, err := auth.NewPasswords().Hash(e.Context(), "seven quiet harbours")
	if err != nil {
		e.Fatal(err)
	}
	for _, email := range emails {
		if _, err := db.CreateUser(e.Context(), email, auth.Finance, hash); err != nil {
			e.Fatal(err)
		}
	}
}
