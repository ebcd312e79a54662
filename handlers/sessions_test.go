package handlers_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
)

// One's sign-ins are listed, this one marked, and end one by one or all together.
func TestSessions(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withProxies("127.0.0.0/8"))
	u := p.addUser("ann@example.com", auth.Support)
	enter := func(userAgent, address string) *browser {
		b := p.stranger()
		b.post("/login", url.Values{"email": {u.Email}, "password": {testPassword}}, "User-Agent", userAgent, "X-Forwarded-For", address).want(http.StatusSeeOther)
		p.clock.advance(time.Minute)
		return b
	}
	one := enter("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "192.0.2.1")
	two := enter("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1", "192.0.2.2")
	three := enter(`<script>alert("x")</script>`, "2001:db8::7")
	a := one.get("/account/sessions").want(http.StatusOK)
	rows := a.doc().Find("tbody tr")
	if got := words(rows.First()); !strings.HasPrefix(got, "Firefox 145 on Windows This one192.0.2.1PasswordNov 20, 12:00") {
		t.Errorf("first row: got %q, want this sign-in", got)
	}
	for _, want := range []string{"Safari 26 on iPhone", "192.0.2.2", `<script>alert("x")</script>`, "2001:db8::7", "12 hours after it started", "not used for 2 hours"} {
		if !strings.Contains(a.text(), want) {
			t.Errorf("the page does not say %q: %q", want, a.text())
		}
	}
	row := a.doc().Find("tbody tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "iPhone") })
	id, _ := row.Find("[name=end]").Attr("value")
	one.post("/account/sessions", url.Values{"end": {id}}).want(http.StatusSeeOther)
	two.get("/account").want(http.StatusSeeOther)
	three.get("/account").want(http.StatusOK)
	one.post("/account/sessions", url.Values{"end": {id}}).want(http.StatusSeeOther) // sent twice
	one.post("/account/sessions", url.Values{"end": {"others"}}).want(http.StatusSeeOther)
	three.get("/account").want(http.StatusSeeOther)
	if got := one.get("/account/sessions").want(http.StatusOK).text(); !strings.Contains(got, "signed in nowhere else") {
		t.Errorf("got %q", got)
	}
	if got := p.actsOn(audit.EndSession, audit.Allowed, u.Email); got != 2 {
		t.Errorf("the audit has %d ends, want 2", got)
	}
	// Somebody else's is not one's to end.
	other := p.as(auth.Finance)
	logins, err := p.db.OpenLogins(t.Context(), u.ID)
	if err != nil || len(logins) != 1 {
		t.Fatalf("got %d sign-ins, %v, want one", len(logins), err)
	}
	other.post("/account/sessions", url.Values{"end": {logins[0].ID}}).want(http.StatusSeeOther)
	one.get("/account").want(http.StatusOK)
	one.post("/account/sessions", url.Values{"end": {logins[0].ID}}).want(http.StatusSeeOther)
	one.get("/account").want(http.StatusSeeOther)
}

// Changing one's password asks for the present one, ends the other sign-ins and keeps this one under a new cookie.
func TestChangePassword(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	second := p.beside()
	here, there := p.as(auth.Support), p.as(auth.Support)
	before := here.client.Jar.Cookies(mustURL(p.url))
	for _, tt := range []struct{ present, chosen, want string }{
		{"not this one", newPassword, "This is not your present password."},
		{testPassword, "short", "but needs at least 12"},
		{testPassword, "support@example.com", "is the e-mail address"},
		{testPassword, testPassword, "This is the password that you have."},
	} {
		a := here.post("/account/password", url.Values{"present": {tt.present}, "new": {tt.chosen}}).want(http.StatusUnprocessableEntity)
		if !strings.Contains(a.text(), tt.want) || strings.Contains(a.body, newPassword) || strings.Contains(a.body, testPassword) {
			t.Errorf("got %q, want %q and no password in the page", a.text(), tt.want)
		}
	}
	there.at(second).get("/account").want(http.StatusOK)
	here.post("/account/password", url.Values{"present": {testPassword}, "new": {newPassword}}).want(http.StatusSeeOther)
	if got := here.get("/account/password").want(http.StatusOK).text(); !strings.Contains(got, "Password changed. You are signed out everywhere else.") {
		t.Errorf("got %q", got)
	}
	there.at(second).get("/account").want(http.StatusSeeOther)
	old := p.stranger()
	old.client.Jar.SetCookies(mustURL(p.url), before)
	old.get("/account").want(http.StatusSeeOther) // the cookie from before the change
	here.get("/account").want(http.StatusOK)
	p.stranger().post("/login", url.Values{"email": {"support@example.com"}, "password": {testPassword}}).want(http.StatusUnauthorized)
	p.stranger().post("/login", url.Values{"email": {"support@example.com"}, "password": {newPassword}}).want(http.StatusSeeOther)
	if got := p.actsOn(audit.SetPassword, audit.Allowed, "support@example.com"); got != 1 {
		t.Errorf("the audit has %d changes, want 1", got)
	}
	if got := p.actsOn(audit.SetPassword, audit.Refused, "support@example.com"); got != 1 {
		t.Errorf("the audit has %d refusals, want the wrong password", got)
	}
	// Wrong ones slow down, though the browser is known.
	for range 3 {
		here.post("/account/password", url.Values{"present": {"wrong"}, "new": {newPassword}}).want(http.StatusUnprocessableEntity)
	}
	here.post("/account/password", url.Values{"present": {"wrong"}, "new": {newPassword}}).want(http.StatusTooManyRequests)
	p.as(auth.Finance).get("/account/password").want(http.StatusOK)
}

// An account without a password says so.
func TestNoPassword(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	u := p.user("support@example.com")
	logins, err := p.db.OpenLogins(t.Context(), u.ID)
	if err != nil || len(logins) != 1 {
		t.Fatal(logins, err)
	}
	by := auth.Identity{LoginID: logins[0].ID, User: u}
	if err := p.db.ChangePassword(t.Context(), by, ""); err != nil {
		t.Fatal(err)
	}
	a := b.get("/account/password").want(http.StatusOK)
	if !strings.Contains(a.text(), "Your account has no password") || a.doc().Find("#new").Length() > 0 {
		t.Errorf("got %q, want it said, and no form", a.text())
	}
	b.post("/account/password", url.Values{"present": {""}, "new": {newPassword}}).want(http.StatusUnprocessableEntity)
}

// A request that is in flight while its sign-in is ended may end; it does not bring the sign-in back, in any process.
func TestEndedWhileInFlight(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(72, 3, time.Millisecond))
	p := open(t, api)
	second := p.beside()
	b := p.as(auth.Finance)
	u := p.user("finance@example.com")
	asked, goOn := make(chan struct{}, 10), make(chan struct{})
	api.set(func(f *fakeAPI) {
		f.instead = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
			asked <- struct{}{}
			select {
			case <-goOn:
			case <-r.Context().Done():
			}
			return false
		}
	})
	var flights sync.WaitGroup
	for _, path := range []string{"/transactions?tz=UTC", "/transactions.csv?tz=UTC"} {
		flights.Go(func() {
			a, err := b.try(http.MethodGet, path, nil) // writes its session back when it ends
			if err == nil && a.status != http.StatusOK {
				t.Errorf("%s: got %d, want the answer that was under way", path, a.status)
			}
		})
	}
	<-asked
	<-asked
	if err := p.db.EndLogins(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	b.at(second).get("/account").want(http.StatusSeeOther) // while they are still in flight
	close(goOn)
	flights.Wait()
	for _, at := range []*portal{p, second} {
		b.at(at).get("/transactions").want(http.StatusSeeOther)
		b.at(at).get("/transactions.csv", "Accept", "*/*").want(http.StatusUnauthorized)
		b.at(at).get("/transactions", "HX-Request", "true").want(http.StatusUnauthorized)
	}
}

// The limits of a sign-in are those that were set.
func TestSessionLimits(t *testing.T) {
	t.Parallel()
	limits := auth.Limits{Idle: 10 * time.Minute, Lifetime: time.Hour}
	p := open(t, newFake(t, nil))
	p.config.Doors.LimitTo(limits)
	b := p.as(auth.Support)
	if got := b.get("/account/sessions").text(); !strings.Contains(got, "1 hour after it started") || !strings.Contains(got, "not used for 10 minutes") {
		t.Errorf("got %q, want the limits", got)
	}
	for range 7 {
		p.clock.advance(8 * time.Minute)
		b.get("/account").want(http.StatusOK)
	}
	p.clock.advance(4 * time.Minute) // an hour in all
	b.get("/account").want(http.StatusSeeOther)
	b = p.as(auth.Support)
	p.clock.advance(10 * time.Minute)
	b.get("/account").want(http.StatusSeeOther)
	if list, err := p.db.OpenLogins(t.Context(), p.user("support@example.com").ID); err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	if got := p.as(auth.Support).get("/account/sessions").doc().Find("tbody tr").Length(); got != 1 {
		t.Errorf("got %d sign-ins, want the one that is not over", got)
	}
}

func TestDevice(t *testing.T) {
	t.Parallel()
	for ua, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":            "Edge 142 on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                    "Chrome 142 on macOS",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15":                    "Safari 26 on macOS",
		"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0":                                                                   "Firefox 145 on Linux",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36":      "Samsung Internet 28 on Android",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36":                          "Chrome 142 on Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.1 Mobile/15E148 Safari/604.1": "Chrome 142 on iPhone",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                           "Chrome 142 on ChromeOS",
		"curl/8.5.0":                    "curl 8",
		"":                              "Unknown device",
		"   ":                           "Unknown device",
		"Lynx/2.9.2 libwww-FM/2.14":     "Lynx/2.9.2 libwww-FM/2.14",
		"Version/3":                     "Version/3",
		strings.Repeat("x", 200):        strings.Repeat("x", 59) + "…",
		"Chrome/99999999999":            "Chrome 9999",
		"Mozilla/5.0 (Windows NT 10.0)": "Mozilla/5.0 (Windows NT 10.0)",
	} {
		if got := handlers.Device(ua); got != want {
			t.Errorf("%q: got %q, want %q", ua, got, want)
		}
	}
}

func FuzzDevice(f *testing.F) {
	f.Add("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")
	f.Add("\xff/1 ‮Chrome/1")
	f.Fuzz(func(t *testing.T, ua string) {
		if got := handlers.Device(ua); len([]rune(got)) > 64 || got == "" {
			t.Errorf("%q: got %q, want something short", ua, got)
		}
	})
}

// Whatever is sent to the pages that strangers reach, nothing breaks.
func FuzzInvite(f *testing.F) {
	p := open(f, http.NotFoundHandler())
	f.Add("code=A&new=b&email=c")
	f.Add("code=%00%ff&new=" + strings.Repeat("x", 2000))
	f.Fuzz(func(t *testing.T, body string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+handlers.InvitePath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode >= 500 {
			t.Errorf("%q: got %d, %v", body, response.StatusCode, err)
		}
	})
}
