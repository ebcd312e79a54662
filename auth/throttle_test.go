package auth

import (
	"fmt"
	"testing"
	"time"
)

// clock is a time that stands still until it is moved.
type clock struct{ t time.Time }

func newClock() *clock                   { return &clock{time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)} }
func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

// tester is a throttle that does not fail.
type tester struct {
	*testing.T
	throttle *Throttle
	memory   *memoryTries
}

func newTester(t *testing.T, c *clock) tester {
	m := newMemoryTries()
	return tester{t, NewThrottle(m, c.now), m}
}

func (t tester) Take(account, address string) time.Duration {
	t.Helper()
	wait, err := t.throttle.Take(t.Context(), account, address)
	if err != nil {
		t.Fatal(err)
	}
	return wait
}

func (t tester) Clear(account, address string) {
	t.Helper()
	if err := t.throttle.Clear(t.Context(), account, address); err != nil {
		t.Fatal(err)
	}
}

func TestThrottleGrows(t *testing.T) {
	c := newClock()
	th := newTester(t, c)
	var got []time.Duration
	for range 12 {
		wait := th.Take("ada@example.com", "192.0.2.1")
		got = append(got, wait)
		if wait > 0 {
			// Asking too early is refused, but makes nothing worse.
			c.advance(wait - time.Nanosecond)
			if again := th.Take("ada@example.com", "192.0.2.1"); again != time.Second {
				t.Errorf("a moment before %v are over: got %v, want 1s", wait, again)
			}
			c.advance(time.Nanosecond)
			if again := th.Take("ada@example.com", "192.0.2.1"); again != 0 {
				t.Errorf("after the wait of %v: got %v, want none", wait, again)
			}
		}
	}
	const s = time.Second
	want := []time.Duration{0, 0, 0, 1 * s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 60 * s, 60 * s, 60 * s}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("waits before each try:\ngot  %v\nwant %v", got, want)
	}
}

func TestThrottleForgets(t *testing.T) {
	c := newClock()
	th := newTester(t, c)
	for range freeTries {
		th.Take("a", "192.0.2.1")
	}
	c.advance(ForgetAfter)
	for i := range freeTries {
		if wait := th.Take("a", "192.0.2.1"); wait != 0 {
			t.Errorf("try %d after quiet: got %v, want none", i+1, wait)
		}
	}
	if wait := th.Take("a", "192.0.2.1"); wait != time.Second {
		t.Errorf("one more: got %v, want 1s", wait)
	}
}

func TestThrottleSuccessClears(t *testing.T) {
	c := newClock()
	th := newTester(t, c)
	for i := range 30 {
		if wait := th.Take("a", "192.0.2.1"); wait != 0 {
			t.Fatalf("sign-in %d of one who knows the password: got %v, want none", i+1, wait)
		}
		th.Clear("a", "192.0.2.1")
	}
	if len(th.memory.tries) != 0 || th.memory.quiet.Len() != 0 {
		t.Errorf("after successes: got %d and %d entries, want none", len(th.memory.tries), th.memory.quiet.Len())
	}
}

// A stranger who guesses without end must not keep the owner out, who sits somewhere else.
func TestThrottleStrangerDoesNotLockOut(t *testing.T) {
	c := newClock()
	th := newTester(t, c)
	for i := range 1000 {
		th.Take("ada@example.com", fmt.Sprintf("198.51.100.%d", i%250))
		c.advance(100 * time.Millisecond)
	}
	if wait := th.Take("ada@example.com", "192.0.2.1"); wait != 0 {
		t.Errorf("the owner elsewhere: got %v, want none", wait)
	}
}

func TestThrottleByAddress(t *testing.T) {
	c := newClock()
	th := newTester(t, c)
	for i := range freeTriesAddress {
		if wait := th.Take(fmt.Sprint("user", i), "192.0.2.1"); wait != 0 {
			t.Fatalf("account %d from one address: got %v, want none", i+1, wait)
		}
	}
	if wait := th.Take("another", "192.0.2.1"); wait != time.Second {
		t.Errorf("account %d from one address: got %v, want 1s", freeTriesAddress+1, wait)
	}
	// Signing in to an own account now and then takes back its own try and no more.
	for range 50 {
		c.advance(time.Minute)
		if wait := th.Take("own", "192.0.2.1"); wait != 0 {
			t.Fatalf("own account after a minute: got %v, want none", wait)
		}
		th.Clear("own", "192.0.2.1")
	}
	if wait := th.Take("another", "192.0.2.1"); wait != time.Second {
		t.Errorf("after own sign-ins: got %v, want 1s", wait)
	}
}

func TestThrottleNetworks(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"fe80::1%eth0", "fe80::1%eth1", true},
		{"", "unix", false},
	} {
		if same := Network(tt.a) == Network(tt.b); same != tt.same {
			t.Errorf("%q and %q are one network: got %t, want %t", tt.a, tt.b, same, tt.same)
		}
	}
}

func TestThrottleIsBounded(t *testing.T) {
	c := newClock()
	th := newTester(t, c)
	for range freeTries + 1 {
		th.Take("kept", "192.0.2.1")
	}
	for i := range 2 * maxTried {
		th.Take(fmt.Sprint("user", i), fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
		if i%(maxTried/4) == 0 { // twice while all others are forgotten
			c.advance(maxDelay)
			th.Take("kept", "192.0.2.1")
		}
	}
	if len(th.memory.tries) > maxTried || len(th.memory.tries) != th.memory.quiet.Len() {
		t.Errorf("entries: got %d and %d, want equal and at most %d", len(th.memory.tries), th.memory.quiet.Len(), maxTried)
	}
	if wait := th.Take("kept", "192.0.2.1"); wait == 0 {
		t.Error("the busiest guesser was forgotten among many quiet ones: got no wait")
	}
}
