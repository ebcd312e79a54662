package auth

import (
	"container/list"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

const (
	// freeTries are the wrong passwords that cost nothing: a typo, caps lock, the old password.
	freeTries = 3

	// freeTriesAddress is the same for all accounts tried from one address. Larger, because an office shares one.
	freeTriesAddress = 20

	// freeTriesAccount is the same for one account tried by strangers from anywhere: the 100 wrong ones in a row that
	// NIST SP 800-63B allows. Those whom the account knows do not wait for it, see [Doors].
	freeTriesAccount = 100

	maxDelay    = time.Minute      // a person waits that long; a guesser gets 1,440 tries a day
	forgetAfter = 15 * time.Minute // of quiet

	// maxThrottled bounds the memory, at some 200 bytes each to 4 MB. Beyond it the longest quiet is forgotten first.
	maxThrottled = 20_000
)

// Throttle slows down wrong passwords: by account and address together, more generously by address alone, and more
// generously still by account alone. Who may go past the last one is for [Doors] to say, or a stranger elsewhere could
// lock its owner out.
//
// It lives in memory: a restart forgives, and several machines count apart, both of which argon2 can bear.
type Throttle struct {
	now func() time.Time

	mu    sync.Mutex
	tries map[tryKey]*list.Element // of *tries
	quiet *list.List               // longest quiet in front
}

// limit is how many tries of one kind cost nothing.
type limit struct {
	key  tryKey
	free int
}

// tryKey is a hash, so that what a client sends takes no more memory than this, and no addresses lie in memory.
type tryKey [16]byte

type tries struct {
	key  tryKey
	n    int // since the last quiet time or success
	last time.Time
}

// NewThrottle returns a throttle that reads the time from now.
func NewThrottle(now func() time.Time) *Throttle {
	return &Throttle{now: now, tries: map[tryKey]*list.Element{}, quiet: list.New()}
}

// Take asks for one try for the account from the address. Zero: go ahead, and the try counts as wrong until
// [Throttle.Clear] says otherwise, so that many at once are no way around. Otherwise it is how long to wait, in whole
// seconds, and nothing was counted.
func (t *Throttle) Take(account, address string) time.Duration {
	return t.take(pairLimit(account, address), addressLimit(address))
}

// Clear forgets the account's wrong tries from the address after a right password. Of the address's own count it takes
// back one: else anyone with an account could guess others for ever by signing in now and then.
func (t *Throttle) Clear(account, address string) {
	t.clear(pairLimit(account, address))
	t.giveBack(addressLimit(address))
}

// take counts one try against all limits, if none of them asks to wait.
func (t *Throttle) take(limits ...limit) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	var wait time.Duration
	for _, l := range limits {
		wait = max(wait, t.wait(l.key, l.free, now))
	}
	if wait > 0 {
		return (wait + time.Second - 1).Truncate(time.Second) // up: a client that waits as told must get in
	}
	for _, l := range limits {
		t.count(l.key, now)
	}
	return 0
}

// giveBack takes one try back from each limit: it was right, or not looked at.
func (t *Throttle) giveBack(limits ...limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range limits {
		e, ok := t.tries[l.key]
		if !ok {
			continue
		}
		if tr := e.Value.(*tries); tr.n > 1 {
			tr.n--
		} else {
			t.forget(l.key)
		}
	}
}

// clear forgets all tries of the limit.
func (t *Throttle) clear(l limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(l.key)
}

// wait is how long the key must stay quiet before its next try: nothing while tries are free, then 1, 2, 4… seconds
// since the last one.
func (t *Throttle) wait(key tryKey, free int, now time.Time) time.Duration {
	e, ok := t.tries[key]
	if !ok {
		return 0
	}
	tr := e.Value.(*tries)
	if now.Sub(tr.last) >= forgetAfter {
		t.forget(key)
		return 0
	}
	if tr.n < free {
		return 0
	}
	delay := maxDelay
	if doublings := tr.n - free; doublings < 6 { // 2⁶ s is over the maximum
		delay = time.Second << doublings
	}
	return max(0, tr.last.Add(delay).Sub(now))
}

func (t *Throttle) count(key tryKey, now time.Time) {
	e, ok := t.tries[key]
	if !ok {
		if t.quiet.Len() >= maxThrottled {
			t.forget(t.quiet.Front().Value.(*tries).key)
		}
		e = t.quiet.PushBack(&tries{key: key})
		t.tries[key] = e
	}
	tr := e.Value.(*tries)
	tr.n++
	tr.last = now
	t.quiet.MoveToBack(e)
}

func (t *Throttle) forget(key tryKey) {
	if e, ok := t.tries[key]; ok {
		t.quiet.Remove(e)
		delete(t.tries, key)
	}
}

// The limits of a try. An address stands for its network.

func pairLimit(account, address string) limit {
	return limit{hashKey("pair", account, Network(address)), freeTries}
}

func addressLimit(address string) limit {
	return limit{hashKey("address", Network(address)), freeTriesAddress}
}

func accountLimit(account string) limit {
	return limit{hashKey("account", account), freeTriesAccount}
}

func deviceLimit(account, device string) limit {
	return limit{hashKey("device", account, device), freeTries}
}

func hashKey(parts ...string) tryKey {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p)) // of fixed length, so that no two lists of parts run together
		h.Write(sum[:])
	}
	return tryKey(h.Sum(nil)[:16])
}

// Network returns the address, for IPv6 its /64: one customer's line has that many addresses to try from, and changes
// between them from day to day. What is no address is its own network.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
