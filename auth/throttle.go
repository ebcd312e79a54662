package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
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

	maxDelay = time.Minute // a person waits that long; a guesser gets 1,440 tries a day

	// ForgetAfter is how long after the last wrong try all are forgotten.
	ForgetAfter = 15 * time.Minute
)

// Throttle slows down wrong passwords: by account and address together, more generously by address alone, and more
// generously still by account alone. Who may go past the last one is for [Doors] to say, or a stranger elsewhere could
// lock its owner out.
type Throttle struct {
	now   func() time.Time
	tries TryStore
}

// TryStore keeps wrong tries.
type TryStore interface {
	// ChangeTries calls change with the tries of these keys, in their order, and keeps what it makes of them; nobody else
	// changes those meanwhile. change may be called several times. What has no try, and what was quiet for ForgetAfter, need
	// not be kept.
	ChangeTries(ctx context.Context, keys []string, change func([]Tried)) error
}

// Tried is how often something was tried.
type Tried struct {
	N    int       // since the last quiet time or success
	Last time.Time // zero for never
}

// limit is how many tries of one kind cost nothing.
type limit struct {
	key  string
	free int
}

// NewThrottle returns a throttle over a store that reads the time from now.
func NewThrottle(tries TryStore, now func() time.Time) *Throttle {
	return &Throttle{now: now, tries: tries}
}

// Take asks for one try for the account from the address. Zero: go ahead, and the try counts as wrong until
// [Throttle.Clear] says otherwise, so that many at once are no way around. Otherwise it is how long to wait, in whole
// seconds, and nothing was counted. Errors are the store's.
func (t *Throttle) Take(ctx context.Context, account, address string) (time.Duration, error) {
	return t.take(ctx, pairLimit(account, address), addressLimit(address))
}

// Clear forgets the account's wrong tries from the address after a right password. Of the address's own count it takes
// back one: else anyone with an account could guess others for ever by signing in now and then.
func (t *Throttle) Clear(ctx context.Context, account, address string) error {
	return t.clear(ctx, pairLimit(account, address), addressLimit(address))
}

// take counts one try against all limits, if none of them asks to wait.
func (t *Throttle) take(ctx context.Context, limits ...limit) (wait time.Duration, err error) {
	err = t.change(ctx, limits, func(tried []Tried, now time.Time) {
		wait = 0
		for i, l := range limits {
			wait = max(wait, tried[i].wait(l.free, now))
		}
		if wait > 0 {
			return
		}
		for i := range tried {
			tried[i].N++
			if now.After(tried[i].Last) { // another machine's clock may be ahead
				tried[i].Last = now
			}
		}
	})
	return (wait + time.Second - 1).Truncate(time.Second), err // up: a client that waits as told must get in
}

// giveBack takes one try back from each limit: it was not looked at.
func (t *Throttle) giveBack(ctx context.Context, limits ...limit) error {
	return t.change(ctx, limits, func(tried []Tried, _ time.Time) {
		for i := range tried {
			tried[i].giveBack()
		}
	})
}

// clear forgets all tries of the first limit and takes one back from each other: it was right.
func (t *Throttle) clear(ctx context.Context, limits ...limit) error {
	return t.change(ctx, limits, func(tried []Tried, _ time.Time) {
		tried[0] = Tried{}
		for i := range tried {
			tried[i].giveBack()
		}
	})
}

// change forgets what was quiet before do sees it.
func (t *Throttle) change(ctx context.Context, limits []limit, do func(tried []Tried, now time.Time)) error {
	keys := make([]string, len(limits))
	for i, l := range limits {
		keys[i] = l.key
	}
	now := t.now()
	err := t.tries.ChangeTries(ctx, keys, func(tried []Tried) {
		for i := range tried {
			if now.Sub(tried[i].Last) >= ForgetAfter {
				tried[i] = Tried{}
			}
		}
		do(tried, now)
	})
	if err != nil {
		return fmt.Errorf("count wrong tries: %w", err)
	}
	return nil
}

func (tr *Tried) giveBack() {
	if tr.N--; tr.N <= 0 {
		*tr = Tried{}
	}
}

// wait is how long there must be quiet before the next try: nothing while tries are free, then 1, 2, 4… seconds since the
// last one.
func (tr Tried) wait(free int, now time.Time) time.Duration {
	if tr.N < free {
		return 0
	}
	delay := maxDelay
	if doublings := tr.N - free; doublings < 6 { // 2⁶ s is over the maximum
		delay = time.Second << doublings
	}
	return min(max(0, tr.Last.Add(delay).Sub(now)), delay)
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

// hashKey is of one length, so that what a client sends takes no more room than this, and no addresses lie about.
func hashKey(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p)) // of fixed length, so that no two lists of parts run together
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
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
