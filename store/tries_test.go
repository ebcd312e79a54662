package store

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
)

func (db *DB) countTries(t *testing.T) (n int) {
	t.Helper()
	if err := db.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM tries`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// testTries has whoever guesses go from one process to another and back: they count as one. Their clocks differ.
func testTries(t *testing.T, db *DB) {
	now := noon
	processes := []*auth.Throttle{
		auth.NewThrottle(db, func() time.Time { return now }),
		auth.NewThrottle(db, func() time.Time { return now.Add(200 * time.Millisecond) }),
	}
	take := func(i int, account, address string) time.Duration {
		t.Helper()
		wait, err := processes[i%2].Take(t.Context(), account, address)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	var got []time.Duration
	for i := range 8 {
		wait := take(i, "ada@example.com", "192.0.2.1")
		got = append(got, wait)
		for ; wait > 0; wait = take(i, "ada@example.com", "192.0.2.1") {
			now = now.Add(wait)
		}
	}
	const s = time.Second
	if want := []time.Duration{0, 0, 0, s, 2 * s, 4 * s, 8 * s, 16 * s}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("waits before each try:\ngot  %v\nwant %v", got, want)
	}
	if wait := take(0, "ada@example.com", "198.51.100.1"); wait != 0 {
		t.Errorf("from elsewhere: got %v, want none", wait)
	}

	// The right one from there, at the other process, clears that pair and that address, and no other.
	if err := processes[1].Clear(t.Context(), "ada@example.com", "198.51.100.1"); err != nil {
		t.Fatal(err)
	}
	if got := db.countTries(t); got != 2 {
		t.Errorf("got %d rows, want those of the guesser's pair and address", got)
	}
	if wait := take(0, "ada@example.com", "192.0.2.1"); wait == 0 {
		t.Error("the guesser after the owner's sign-in: got no wait")
	}

	// Quiet is forgotten, by those who ask and by housekeeping.
	now = now.Add(auth.ForgetAfter + time.Second)
	if wait := take(1, "ada@example.com", "192.0.2.1"); wait != 0 {
		t.Errorf("after quiet: got %v, want none", wait)
	}
	take(0, "bob@example.com", "192.0.2.2")
	if err := db.DeleteTries(t.Context(), now.Add(100*time.Millisecond)); err != nil || db.countTries(t) != 2 {
		t.Errorf("DeleteTries: got %d rows left, %v, want the two of the clock that is ahead", db.countTries(t), err)
	}
}

// testTriesAtOnce: many at once are no way around.
func testTriesAtOnce(t *testing.T, db *DB) {
	clock := func() time.Time { return noon }
	processes := []*auth.Throttle{auth.NewThrottle(db, clock), auth.NewThrottle(db, clock)}
	var passed atomic.Int64
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			wait, err := processes[i%2].Take(t.Context(), "ada@example.com", "192.0.2.1")
			if err != nil {
				t.Error(err)
			}
			if wait == 0 {
				passed.Add(1)
			}
		})
	}
	group.Wait()
	if got := passed.Load(); got != 3 {
		t.Errorf("got %d of 12 tries at once, want 3", got)
	}
	for range 3 {
		if err := processes[1].Clear(t.Context(), "ada@example.com", "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	if got := db.countTries(t); got != 0 {
		t.Errorf("got %d rows after right passwords, want none", got)
	}
}
