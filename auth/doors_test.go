package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
)

// memory is a Store in maps.
type memory struct {
	users  map[string]User
	hashes map[string]string
	logins map[string]Login
	*memoryTries
	touch  int // calls of TouchLogin
	broken error
}

func (m *memory) UserForSignIn(_ context.Context, email string) (User, string, error) {
	u, ok := m.users[email]
	if !ok {
		return User{}, "", ErrNotFound
	}
	return u, m.hashes[email], m.broken
}

func (m *memory) StartLogin(_ context.Context, l Login) error {
	m.logins[l.ID] = l
	return nil
}

func (m *memory) LoginWithUser(_ context.Context, id string) (Login, User, error) {
	l, ok := m.logins[id]
	if !ok {
		return Login{}, User{}, ErrNotFound
	}
	for _, u := range m.users {
		if u.ID == l.UserID {
			return l, u, m.broken
		}
	}
	return Login{}, User{}, ErrNotFound
}

func (m *memory) TouchLogin(_ context.Context, id string, at time.Time) error {
	l := m.logins[id]
	l.LastSeenAt = at
	m.logins[id] = l
	m.touch++
	return nil
}

func (m *memory) EndLogin(_ context.Context, id string, at time.Time) error {
	if l, ok := m.logins[id]; ok && l.EndedAt.IsZero() {
		l.EndedAt = at
		m.logins[id] = l
	}
	return nil
}

func (m *memory) SignedInFrom(_ context.Context, email, network string, since time.Time) (bool, error) {
	for _, l := range m.logins {
		if l.UserID == m.users[email].ID && Network(l.Address) == network && l.StartedAt.After(since) {
			return true, m.broken
		}
	}
	return false, m.broken
}

// building is doors in a wall: a server whose requests have sessions, and a browser in front of it.
type building struct {
	store *memory
	doors *Doors
	clock *clock

	server  *httptest.Server
	browser *http.Client
	inside  func(ctx context.Context) // what the next request does
}

const rightPassword = "elf kisses moon"

func build(t *testing.T) *building {
	t.Helper()
	b := &building{clock: newClock()}
	hash, err := NewPasswords().Hash(t.Context(), rightPassword)
	if err != nil {
		t.Fatal(err)
	}
	b.store = &memory{
		users: map[string]User{
			"ada@example.com":  {ID: 1, Email: "ada@example.com", Role: Support, Generation: 3},
			"gone@example.com": {ID: 2, Email: "gone@example.com", Role: Admin, Disabled: true},
			"sso@example.com":  {ID: 3, Email: "sso@example.com", Role: Admin},
		},
		hashes:      map[string]string{"ada@example.com": hash, "gone@example.com": hash},
		logins:      map[string]Login{},
		memoryTries: newMemoryTries(),
	}
	sessions := NewSessions(memstore.NewWithCleanupInterval(0), false)
	b.doors = NewDoors(b.store, sessions, b.clock.now)
	b.server = httptest.NewServer(sessions.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b.inside(r.Context())
	})))
	t.Cleanup(b.server.Close)
	b.browser = b.newBrowser(t)
	return b
}

func (b *building) newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// request runs inside in a request of the browser and returns the answer's cookies.
func (b *building) request(t *testing.T, inside func(ctx context.Context)) []*http.Cookie {
	t.Helper()
	b.inside = inside
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := b.browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.Cookies()
}

func (b *building) signIn(t *testing.T, email, password string) (id Identity, err error) {
	t.Helper()
	b.request(t, func(ctx context.Context) {
		var user User
		if user, err = b.doors.CheckPassword(ctx, email, password, "192.0.2.1"); err == nil {
			id, err = b.doors.Open(ctx, user, ByPassword, "192.0.2.1", "Browser/1")
		}
	})
	return id, err
}

func (b *building) mustSignIn(t *testing.T) Identity {
	t.Helper()
	id, err := b.signIn(t, "ada@example.com", rightPassword)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (b *building) identify(t *testing.T) (id Identity, err error) {
	t.Helper()
	b.request(t, func(ctx context.Context) { id, err = b.doors.Identify(ctx) })
	return id, err
}

func TestSignInIdentifySignOut(t *testing.T) {
	b := build(t)
	if _, err := b.identify(t); !errors.Is(err, ErrNotSignedIn) || errors.Is(err, ErrLoginEnded) {
		t.Errorf("Identify a stranger: got error %v, want ErrNotSignedIn alone", err)
	}
	want, err := b.signIn(t, " ADA@example.com ", rightPassword)
	if err != nil || want.User != b.store.users["ada@example.com"] || want.LoginID == "" {
		t.Fatalf("SignIn: got %+v, %v, want ada with a login", want, err)
	}
	if got, err := b.identify(t); got != want || err != nil {
		t.Errorf("Identify: got %+v, %v, want %+v", got, err, want)
	}
	l := b.store.logins[want.LoginID]
	if l.UserID != 1 || l.Generation != 3 || l.Address != "192.0.2.1" || l.UserAgent != "Browser/1" || l.StartedAt != b.clock.now() {
		t.Errorf("the login: got %+v, want user, generation, address, browser and time of the sign-in", l)
	}

	b.request(t, func(ctx context.Context) {
		if err := b.doors.SignOut(ctx); err != nil {
			t.Errorf("SignOut: %v", err)
		}
	})
	if b.store.logins[want.LoginID].EndedAt.IsZero() {
		t.Error("the login after SignOut: got it open, want it ended")
	}
	if _, err := b.identify(t); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("Identify after SignOut: got error %v, want ErrNotSignedIn", err)
	}
	b.request(t, func(ctx context.Context) {
		if err := b.doors.SignOut(ctx); err != nil {
			t.Errorf("SignOut of a stranger: %v", err)
		}
	})
}

// A copy of the cookie is worth nothing after signing out, although the session row may have been written back by a
// request in flight.
func TestSignOutEndsACopiedCookie(t *testing.T) {
	b := build(t)
	b.mustSignIn(t)
	b.request(t, func(ctx context.Context) {
		if err := b.doors.SignOut(ctx); err != nil {
			t.Fatal(err)
		}
		// What a slower request of the same browser does: it loaded the session before and saves it after.
		for id := range b.store.logins {
			b.doors.sessions.Put(ctx, sessionLogin, id)
		}
	})
	if _, err := b.identify(t); !errors.Is(err, ErrLoginEnded) {
		t.Errorf("Identify with the session written back: got error %v, want ErrLoginEnded", err)
	}
}

func TestSignInRefuses(t *testing.T) {
	b := build(t)
	for name, try := range map[string][2]string{
		"wrong password":      {"ada@example.com", "elf kisses mooN"},
		"no password":         {"ada@example.com", ""},
		"unknown account":     {"bob@example.com", rightPassword},
		"disabled account":    {"gone@example.com", rightPassword},
		"account without one": {"sso@example.com", ""},
		"endless address":     {strings.Repeat("a", 1<<16), rightPassword},
	} {
		if id, err := b.signIn(t, try[0], try[1]); !errors.Is(err, ErrWrongPassword) || id != (Identity{}) {
			t.Errorf("%s: got %+v, %v, want ErrWrongPassword", name, id, err)
		}
	}
	if len(b.store.logins) != 0 {
		t.Errorf("logins: got %d, want none", len(b.store.logins))
	}
	b.store.broken = errors.New("disk on fire")
	if _, err := b.signIn(t, "ada@example.com", rightPassword); !errors.Is(err, b.store.broken) {
		t.Errorf("with a broken store: got error %v, want the store's", err)
	}
}

func TestSignInSlowsDown(t *testing.T) {
	b := build(t)
	for range freeTries {
		if _, err := b.signIn(t, "ada@example.com", "wrong"); !errors.Is(err, ErrWrongPassword) {
			t.Fatalf("a free try: got error %v, want ErrWrongPassword", err)
		}
	}
	_, err := b.signIn(t, "Ada@example.com", rightPassword)
	var tooMany *TooManyTries
	if !errors.As(err, &tooMany) || tooMany.Wait != time.Second {
		t.Fatalf("one more: got error %v, want TooManyTries of 1s, the right password or not", err)
	}
	b.clock.advance(tooMany.Wait)
	if _, err := b.signIn(t, "ada@example.com", rightPassword); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestLoginsEnd(t *testing.T) {
	change := func(f func(*User)) func(*building) {
		return func(b *building) {
			u := b.store.users["ada@example.com"]
			f(&u)
			b.store.users["ada@example.com"] = u
		}
	}
	tests := []struct {
		name string
		do   func(b *building)
		want error
	}{
		{"nothing happened", func(*building) {}, nil},
		{"just in time", func(b *building) { b.clock.advance(IdleLimit - time.Second) }, nil},
		{"idle", func(b *building) { b.clock.advance(IdleLimit) }, ErrLoginEnded},
		{"disabled", change(func(u *User) { u.Disabled = true }), ErrLoginEnded},
		{"another generation", change(func(u *User) { u.Generation++ }), ErrLoginEnded},
		{"ended elsewhere", func(b *building) {
			for id := range b.store.logins {
				_ = b.store.EndLogin(context.Background(), id, b.clock.now())
			}
		}, ErrLoginEnded},
		{"deleted", func(b *building) { clear(b.store.logins) }, ErrLoginEnded},
	}
	for _, tt := range tests {
		b := build(t)
		b.mustSignIn(t)
		tt.do(b)
		if _, err := b.identify(t); !errors.Is(err, tt.want) {
			t.Errorf("%s: got error %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestLoginsEndHoweverBusy(t *testing.T) {
	b := build(t)
	b.mustSignIn(t)
	const step = time.Hour
	for at := step; at < Lifetime; at += step {
		b.clock.advance(step)
		if _, err := b.identify(t); err != nil {
			t.Fatalf("busy after %v: %v", at, err)
		}
	}
	b.clock.advance(step)
	if _, err := b.identify(t); !errors.Is(err, ErrLoginEnded) {
		t.Errorf("busy after %v: got error %v, want ErrLoginEnded", Lifetime, err)
	}
}

func TestIdentityFollowsTheRole(t *testing.T) {
	b := build(t)
	b.mustSignIn(t)
	u := b.store.users["ada@example.com"]
	u.Role = Finance // without a new generation, which the real store would give it
	b.store.users["ada@example.com"] = u
	if id, err := b.identify(t); err != nil || !id.May(Export) {
		t.Errorf("after another role: got %+v, %v, want the new role's permissions", id, err)
	}
}

func TestTouchOnceAMinute(t *testing.T) {
	b := build(t)
	b.mustSignIn(t)
	for range 181 { // three minutes
		if _, err := b.identify(t); err != nil {
			t.Fatal(err)
		}
		b.clock.advance(time.Second)
	}
	if b.store.touch != 3 {
		t.Errorf("writes in three minutes of a request a second: got %d, want 3", b.store.touch)
	}
}

// Session fixation: the token must be another one after signing in, and what the session held must be gone.
func TestSignInChangesTheToken(t *testing.T) {
	b := build(t)
	b.mustSignIn(t)
	var first string
	b.request(t, func(ctx context.Context) {
		first = b.doors.sessions.Token(ctx)
		b.doors.AddNotice(ctx, Notice{Info, "for the one before"})
	})
	old := b.mustSignIn(t)
	again := b.mustSignIn(t)
	b.request(t, func(ctx context.Context) {
		if got := b.doors.sessions.Token(ctx); got == first {
			t.Error("token after signing in: got the one before")
		}
		if got := b.doors.Notices(ctx); len(got) != 0 {
			t.Errorf("notices after signing in: got %v, want none", got)
		}
	})
	if b.store.logins[old.LoginID].EndedAt.IsZero() || !b.store.logins[again.LoginID].EndedAt.IsZero() {
		t.Error("logins after signing in twice in one browser: want the first ended and the second open")
	}
}

func TestNotices(t *testing.T) {
	b := build(t)
	if cookies := b.request(t, func(ctx context.Context) { b.doors.AddNotice(ctx, Notice{Info, "x"}) }); len(cookies) != 0 {
		t.Errorf("a notice for a stranger: got cookies %v, want no session", cookies)
	}
	b.mustSignIn(t)
	want := []Notice{{Success, "Preferences saved."}, {Warning, `a "second" <one>`}}
	b.request(t, func(ctx context.Context) {
		for _, n := range want {
			b.doors.AddNotice(ctx, n)
		}
	})
	b.request(t, func(ctx context.Context) {
		if got := b.doors.Notices(ctx); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("Notices: got %v, want %v", got, want)
		}
	})
	cookies := b.request(t, func(ctx context.Context) {
		if got := b.doors.Notices(ctx); len(got) != 0 {
			t.Errorf("Notices again: got %v, want none", got)
		}
	})
	if len(cookies) != 0 {
		t.Errorf("looking for notices: got cookies %v, want the session unchanged", cookies)
	}
}

func TestSessionCookie(t *testing.T) {
	for https, name := range map[bool]string{false: "portal_session", true: "__Host-portal_session"} {
		m := NewSessions(memstore.NewWithCleanupInterval(0), https)
		rec := httptest.NewRecorder()
		m.WriteSessionCookie(t.Context(), rec, "T", time.Now().Add(time.Hour))
		c := rec.Result().Cookies()[0]
		if c.Name != name || c.Secure != https || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie with https %t: got %+v, want %s, Secure %t, HttpOnly, Lax, / and no domain", https, c, name, https)
		}
		if !m.HashTokenInStore || m.Lifetime != Lifetime || m.IdleTimeout != 0 {
			t.Errorf("manager: got hash %t, lifetime %v, idle %v, want true, %v, 0", m.HashTokenInStore, m.Lifetime, m.IdleTimeout, Lifetime)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"abc", "abc"}, {"abcdef", "abcd"}, {"abcé", "abc"}, {"\xffa", "\uFFFDa"}, {"", ""},
	} {
		if got := shorten(tt.in, 4); got != tt.want {
			t.Errorf("shorten(%q, 4): got %q, want %q", tt.in, got, tt.want)
		}
	}
}
