package auth

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func newTestDevices(t testing.TB, c *clock, secret string) *Devices {
	t.Helper()
	keys, err := NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDevices(keys, true, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A browser is known to the accounts that signed in from it, by one number, and to nobody else.
func TestDevices(t *testing.T) {
	c := newClock()
	secret := strings.Repeat("0123456789abcdef", 4)
	d := newTestDevices(t, c, secret)
	var kept *http.Cookie
	request := func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/login", nil)
		if kept != nil {
			r.AddCookie(kept)
		}
		return r
	}
	remember := func(email string) {
		t.Helper()
		rw := httptest.NewRecorder()
		if err := d.Remember(rw, request(), email); err != nil {
			t.Fatal(err)
		}
		kept = rw.Result().Cookies()[0]
	}
	if got := d.Known(request(), "ada@example.com"); got != "" {
		t.Errorf("no cookie: got %q", got)
	}
	remember("Ada@Example.com ")
	inside, err := base64.RawURLEncoding.DecodeString(kept.Value)
	if err != nil || !kept.HttpOnly || !kept.Secure || kept.SameSite != http.SameSiteLaxMode || kept.Path != "/login" || bytes.Contains(inside, []byte("ada@example")) {
		t.Errorf("got the cookie %v, %v", kept, err)
	}
	id := d.Known(request(), "ada@example.com")
	if id == "" || d.Known(request(), "bob@example.com") != "" {
		t.Errorf("got %q for the account, and %q for another", id, d.Known(request(), "bob@example.com"))
	}
	remember("bob@example.com")
	if a, b := d.Known(request(), "ada@example.com"), d.Known(request(), "bob@example.com"); a != id || b != id {
		t.Errorf("two accounts: got %q and %q, want %q for both", a, b, id)
	}
	for i := range maxDeviceAccounts {
		remember(strings.Repeat("x", 240) + string(rune('a'+i)) + "@example.com")
	}
	if len(kept.Value) > 4000 || d.Known(request(), "ada@example.com") != "" {
		t.Errorf("many accounts: got a cookie of %d bytes, want it bounded and the oldest forgotten", len(kept.Value))
	}
	remember("ada@example.com")
	if got := newTestDevices(t, c, strings.Repeat("another secret!!", 4)).Known(request(), "ada@example.com"); got != "" {
		t.Errorf("under another secret: got %q", got)
	}
	c.advance(deviceAge - time.Second)
	if d.Known(request(), "ada@example.com") != id {
		t.Error("just in time: got it forgotten")
	}
	c.advance(time.Second)
	if got := d.Known(request(), "ada@example.com"); got != "" {
		t.Errorf("too old: got %q", got)
	}
}

func FuzzDeviceCookie(f *testing.F) {
	d := newTestDevices(f, newClock(), strings.Repeat("0123456789abcdef", 4))
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest(http.MethodPost, "/login", nil)
		r.Header.Set("Cookie", deviceCookie+"="+value)
		if got := d.Known(r, "ada@example.com"); got != "" {
			t.Errorf("%q: got %q, want it worth nothing", value, got)
		}
	})
}

// A link's code is found however people paste it.
func TestLinkHash(t *testing.T) {
	token, hash := NewLinkToken()
	for _, text := range []string{token, " " + token + "\n", strings.ToLower(token), "https://portal.example.com/login/invite#" + token} {
		if got := LinkHash(text); got != hash {
			t.Errorf("%q: got another hash", text)
		}
	}
	if other, _ := NewLinkToken(); LinkHash(other) == hash || LinkHash("") == hash || strings.Contains(hash, token) {
		t.Error("got the same hash for another code, or the code in it")
	}
}

// Strangers who queue for the checking of passwords are told so at once beyond a few; those whom the account knows wait
// for none of them.
func TestStrangersQueueApart(t *testing.T) {
	p := NewPasswords()
	for range maxStrangers + maxWaitingStrangers { // as if all of them were there
		if n := p.strangers.here.Add(1); n > p.strangers.most {
			t.Fatalf("got %d at once, want at most %d", n, p.strangers.most)
		}
	}
	if _, err := p.verifyStranger(t.Context(), "x", ""); err != errBusy { //nolint:errorlint // as it is
		t.Errorf("one stranger more: got %v, want errBusy", err)
	}
	if _, err := p.Verify(t.Context(), "x", ""); err != nil {
		t.Errorf("somebody known: got %v, want a turn", err)
	}
}

func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		limits Limits
		want   string
	}{
		{DefaultLimits(), ""},
		{Limits{Idle: 5 * time.Minute, Lifetime: 15 * time.Minute}, ""},
		{Limits{Idle: 12 * time.Hour, Lifetime: 12 * time.Hour}, ""},
		{Limits{Idle: 13 * time.Hour, Lifetime: 12 * time.Hour}, "can't last longer without use"},
		{Limits{Idle: time.Minute, Lifetime: time.Hour}, "has to last 5m0s without use"},
		{Limits{Idle: time.Hour, Lifetime: 8 * 24 * time.Hour}, "between"},
		{Limits{}, "between"},
	} {
		err := tt.limits.Check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%+v: got %v, want %q", tt.limits, err, tt.want)
		}
	}
}
