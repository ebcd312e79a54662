package handlers_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
)

// tries is how many wrong passwords TestLockout sends each way. The real thing: go test ./handlers -run Lockout -v -tries 10000
var tries = flag.Int("tries", 120, "wrong passwords that TestLockout sends from one address and from many")

// Wrong passwords without end, from one address and from many: they cost little, and the owner still signs in, at the
// usual desk and from the usual browser elsewhere. On a new device elsewhere the owner waits, until a link from an
// administrator makes it known.
func TestLockout(t *testing.T) {
	p := open(t, newFake(t, nil), withProxies("127.0.0.0/8"))
	admin := p.as(auth.Admin)
	u := p.addUser("owner@example.com", auth.Support)
	signIn := func(b *browser, password, address string) answer {
		return b.post("/login", url.Values{"email": {u.Email}, "password": {password}}, "X-Forwarded-For", address)
	}
	usual := p.stranger()
	signIn(usual, testPassword, "192.0.2.10").want(http.StatusSeeOther) // the desk and the browser become known
	usual.post("/logout", url.Values{}).want(http.StatusSeeOther)

	for _, way := range []struct {
		name    string
		address func(i int) string
		most    int64 // passwords that may be looked at
	}{
		{"one address", func(int) string { return "198.51.100.7" }, 3},
		{"many addresses", func(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255) }, 100},
	} {
		before, start := usage(), time.Now()
		var looked, refused, other atomic.Int64
		var slowest sync.Map
		var all sync.WaitGroup
		work := make(chan int)
		for worker := range 16 {
			all.Go(func() {
				attacker := p.stranger()
				for i := range work {
					began := time.Now()
					switch signIn(attacker, "not this one at all", way.address(i)).status {
					case http.StatusUnauthorized:
						looked.Add(1)
					case http.StatusTooManyRequests:
						refused.Add(1)
					default:
						other.Add(1)
					}
					if took := time.Since(began); worker == 0 {
						slowest.Store(i, took)
					}
				}
			})
		}
		for i := range *tries {
			work <- i
			if i == *tries/2 { // in the middle of it
				began := time.Now()
				at := p.stranger()
				signIn(at, testPassword, "192.0.2.10").want(http.StatusSeeOther) // the usual desk, another browser
				desk := time.Since(began)
				began = time.Now()
				signIn(usual, testPassword, "203.0.113.9").want(http.StatusSeeOther) // the usual browser, elsewhere
				t.Logf("%s: the owner signs in meanwhile in %v at the desk, in %v elsewhere", way.name, desk.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
			}
		}
		close(work)
		all.Wait()
		after := usage()
		var took []time.Duration
		slowest.Range(func(_, d any) bool { took = append(took, d.(time.Duration)); return true })
		slices.Sort(took)
		t.Logf("%s: %d tries in %v: %d looked at, %d refused at once; memory %+d kB; answers %v median, %v longest", way.name, *tries, time.Since(start).Round(time.Millisecond),
			looked.Load(), refused.Load(), (int64(after)-int64(before))>>10, took[len(took)/2].Round(time.Microsecond), took[len(took)-1].Round(time.Millisecond))
		if looked.Load() > way.most || other.Load() > 0 || looked.Load() == 0 {
			t.Errorf("%s: %d passwords were looked at, %d refused, %d answered otherwise; want %d looked at at most", way.name, looked.Load(), refused.Load(), other.Load(), way.most)
		}
	}
	// A new device elsewhere. How many tries count already depends on how many met a full queue.
	for i := 0; signIn(p.stranger(), "wrong", fmt.Sprintf("172.16.0.%d", i)).status != http.StatusTooManyRequests; i++ {
		if i > 100 {
			t.Fatal("got more than 100 tries for strangers together")
		}
	}
	fresh := p.stranger()
	signIn(fresh, testPassword, "203.0.113.77").want(http.StatusTooManyRequests)
	code := admin.post(accountPath(u, "/link"), url.Values{}).code()
	fresh.post("/login/invite", url.Values{"code": {code}, "new": {newPassword}}).want(http.StatusSeeOther)
	signIn(fresh, newPassword, "203.0.113.77").want(http.StatusSeeOther)
	// Nobody learns which accounts there are by how they are refused.
	if got, want := signIn(p.stranger(), "x", "198.51.100.7").status, http.StatusTooManyRequests; got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

// usage is the memory in use.
func usage() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A cookie of a known device is this portal's, for this account, or worth nothing.
func TestKnownDeviceCookie(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withProxies("127.0.0.0/8"))
	p.addUser("a@example.com", auth.Support)
	p.addUser("b@example.com", auth.Support)
	b := p.stranger()
	try := func(email, password string) int {
		return b.post("/login", url.Values{"email": {email}, "password": {password}}, "X-Forwarded-For", "198.51.100.1").status
	}
	if got := try("a@example.com", testPassword); got != http.StatusSeeOther {
		t.Fatalf("got %d", got)
	}
	// Wrong ones count against the device: three, then a wait. Another device at the same desk has its own count.
	for i, want := range []int{401, 401, 401, 429} {
		if got := try("a@example.com", "wrong"); got != want {
			t.Errorf("wrong password %d from the known device: got %d, want %d", i+1, got, want)
		}
	}
	if got := p.stranger().post("/login", url.Values{"email": {"a@example.com"}, "password": {testPassword}}, "X-Forwarded-For", "198.51.100.1").status; got != http.StatusSeeOther {
		t.Errorf("another browser at the known desk: got %d, want it let in", got)
	}
	// For another account the cookie says nothing.
	if got := try("b@example.com", testPassword); got != http.StatusSeeOther {
		t.Errorf("another account: got %d", got)
	}
	// Tampered with, it is no cookie.
	kept := ""
	for _, c := range b.client.Jar.Cookies(mustURL(p.url + "/login")) {
		if c.Name == "portal_device" {
			kept = c.Value
		}
	}
	if kept == "" || strings.Contains(kept, "example") {
		t.Fatalf("got the cookie %q, want one that tells nothing", kept)
	}
	for _, value := range []string{"", "x", kept[:len(kept)-2], strings.ToUpper(kept)} {
		b.client.Jar.SetCookies(mustURL(p.url), []*http.Cookie{{Name: "portal_device", Value: value, Path: "/login"}})
		if got := try("a@example.com", "wrong"); got != 401 && got != 429 {
			t.Errorf("cookie %q: got %d", value, got)
		}
	}
}
