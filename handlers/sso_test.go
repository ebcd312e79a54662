package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/auth/ssotest"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
)

// openSSO starts a portal whose people sign in at a provider of the test's own.
func openSSO(t testing.TB, settings ...setting) (*portal, *ssotest.Provider) {
	t.Helper()
	var provider *ssotest.Provider
	withSSO := func(c *handlers.Config, _ *trustlyclient.Options) {
		if provider == nil {
			provider = ssotest.Start(t, c.Now)
		}
		c.SSO = auth.NewSSO(auth.SSOConfig{
			Issuer: provider.URL, ClientID: ssotest.ClientID, ClientSecret: ssotest.Secret, Name: "Example ID",
			ReturnURL: c.BaseURL.String() + handlers.SSOReturnPath, Scopes: []string{"openid", "email"},
			RoleClaim: "groups", EmailClaim: "email",
			Roles: auth.RoleMap{{Value: "staff", Role: auth.Support}, {Value: "money", Role: auth.Finance}, {Value: "bosses", Role: auth.Admin}},
		}, c.Now)
	}
	return open(t, http.NotFoundHandler(), append([]setting{withSSO}, settings...)...), provider
}

// atProvider follows the browser from a redirect of the portal's to the provider and returns the path it comes back to.
func (b *browser) atProvider(a answer) (back string) {
	b.t.Helper()
	a.want(http.StatusSeeOther)
	return b.atProviderAddress(a.header.Get("Location"))
}

func (b *browser) atProviderAddress(address string) (back string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	to, err := response.Location()
	if err != nil {
		b.t.Fatalf("the provider answered %d to %s, want it to send the browser back", response.StatusCode, address)
	}
	return to.RequestURI()
}

// sso goes through the single sign-on and returns the answer to its return.
func (b *browser) sso(next string) answer {
	b.t.Helper()
	return b.get(b.atProvider(b.get("/login/sso?next=" + url.QueryEscape(next))))
}

// lastRecords are the newest records of the audit, newest first, as "action result object: detail".
func (p *portal) lastRecords(n int) string {
	p.t.Helper()
	records, err := p.db.AuditPage(p.t.Context(), audit.Filter{}, 0, n)
	if err != nil {
		p.t.Fatal(err)
	}
	var lines []string
	for _, r := range records {
		lines = append(lines, string(r.Action)+" "+string(r.Result)+" "+r.Object+": "+r.Detail)
	}
	return strings.Join(lines, "\n")
}

func TestSignInBySSO(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	b := p.stranger()
	page := b.get("/login?next=/transactions%3FtransactionStatus%3D5").want(http.StatusOK).doc()
	link, _ := page.Find("a[data-zone-link]").Attr("href")
	if got := words(page.Find("a[data-zone-link]")); got != "Sign in with Example ID" || link != "/login/sso?next=%2Ftransactions%3FtransactionStatus%3D5" {
		t.Errorf("sign-in page: got the link %q to %q, want the single sign-on with the way back", got, link)
	}
	back := b.atProvider(b.get(link + "&tz=Europe/Berlin"))
	a := b.get(back).want(http.StatusSeeOther)
	if got := a.header.Get("Location"); got != "/transactions?transactionStatus=5" {
		t.Errorf("got Location %q, want what was asked for", got)
	}
	if got := b.get("/").header.Get("Location"); !strings.Contains(got, "tz=Europe/Berlin") {
		t.Errorf("home: got %q, want the browser's zone", got)
	}
	u, err := p.db.UserByEmail(t.Context(), "ann@example.com")
	if err != nil || !u.SSO || u.Role != auth.Support {
		t.Fatalf("got %+v, %v, want an account of the single sign-on as support", u, err)
	}
	if got, want := p.lastRecords(2), "sign-in allowed user ann@example.com: sso\nadd-user allowed user ann@example.com: sso, role support"; got != want {
		t.Errorf("audit: got\n%s\nwant\n%s", got, want)
	}
	// The address that came back serves once, and signing in again makes no second account.
	b.get(back).want(http.StatusBadRequest)
	p.stranger().sso("/").want(http.StatusSeeOther)
	if users, err := p.db.Users(t.Context()); err != nil || len(users) != 1 {
		t.Errorf("got %d users, %v, want 1", len(users), err)
	}
	// The person's word counts, not the address: it moves along.
	provider.Is(ssotest.Claims{"email": "ann.married@example.com"})
	p.stranger().sso("/").want(http.StatusSeeOther)
	if got, err := p.db.UserByEmail(t.Context(), "ann.married@example.com"); err != nil || got.ID != u.ID {
		t.Errorf("with another address: got %+v, %v, want the same account", got, err)
	}
	// Signed in already: nobody is sent anywhere.
	if got := b.get("/login/sso?next=/views").want(http.StatusSeeOther).header.Get("Location"); got != "/views" {
		t.Errorf("signed in already: got Location %q, want /views", got)
	}
	// No password opens that account, not even one that somebody sets.
	if err := p.db.SetPassword(t.Context(), u.ID, testHash()); err != nil {
		t.Fatal(err)
	}
	p.stranger().post("/login", url.Values{"email": {"ann.married@example.com"}, "password": {testPassword}}).want(http.StatusUnauthorized)
}

// Sign-ins that are begun in one process end in another: nothing of them is kept in memory.
func TestSSOInAnotherProcess(t *testing.T) {
	t.Parallel()
	p, _ := openSSO(t)
	b := p.stranger()
	back := b.atProvider(b.get("/login/sso?next=/views"))
	b.url = p.again().url
	b.get(back).want(http.StatusSeeOther)
	b.get("/account").want(http.StatusOK)
}

// Whatever is tampered with, nobody is signed in, the page says what happened and how to go on, and it is on record.
func TestSSORefused(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	p.addUser("local@example.com", auth.Admin)
	for _, tt := range []struct {
		name    string
		behave  ssotest.Behaviour
		person  ssotest.Claims
		status  int
		heading string
		record  string // "" for none
	}{
		{"state", ssotest.Behaviour{Return: func(q url.Values) { q.Set("state", "x") }}, nil, 400, "This answer belongs to another sign-in", ": sso, wrong-state"},
		{"nonce", ssotest.Behaviour{IDToken: func(c ssotest.Claims) { c["nonce"] = "x" }}, nil, 400, "This answer belongs to another sign-in", ": sso, wrong-nonce"},
		{"verifier", ssotest.Behaviour{Proof: func(f url.Values) { f.Set("code_verifier", "x") }}, nil, 400, "Example ID did not confirm the sign-in", ": sso, refused-code invalid_grant"},
		{"issuer", ssotest.Behaviour{Return: func(q url.Values) { q.Set("iss", "https://evil.example") }}, nil, 400, "Another provider answered", ": sso, wrong-issuer"},
		{"code", ssotest.Behaviour{Return: func(q url.Values) { q.Del("code") }}, nil, 400, "The answer is incomplete", ": sso, no-code"},
		{"algorithm", ssotest.Behaviour{Sign: ssotest.Unsigned}, nil, 400, "The answer can't be trusted", ": sso, bad-token"},
		{"expiry", ssotest.Behaviour{IDToken: func(c ssotest.Claims) { c["exp"] = 1 }}, nil, 400, "The answer came at the wrong time", ": sso, expired-token"},
		{"denied", ssotest.Behaviour{Return: func(q url.Values) {
			q.Del("code")
			q.Set("error", "access_denied")
			q.Set("error_description", "<i>raw words</i>")
		}}, nil, 403, "Example ID did not sign you in", ": sso, denied access_denied"},
		{"strange denial", ssotest.Behaviour{Return: func(q url.Values) { q.Set("error", "<i>raw words</i>") }}, nil, 403, "Example ID did not sign you in", ": sso, denied"},
		{"secret", ssotest.Behaviour{Token: func(rw http.ResponseWriter) bool {
			http.Error(rw, `{"error":"invalid_client","error_description":"raw words"}`, http.StatusUnauthorized)
			return true
		}}, nil, 502, "Example ID does not answer", ": sso, no-answer"}, // as text, it is no answer of a provider
		{"no role", ssotest.Behaviour{}, ssotest.Claims{"groups": nil}, 403, "No role in this portal", "user ann@example.com: sso, no-role"},
		{"no address", ssotest.Behaviour{}, ssotest.Claims{"email": nil}, 403, "No verified e-mail address", ": sso, no-email"},
		{"unverified", ssotest.Behaviour{}, ssotest.Claims{"email_verified": false}, 403, "No verified e-mail address", ": sso, no-email"},
		{"somebody's address", ssotest.Behaviour{}, ssotest.Claims{"email": "local@example.com", "groups": "bosses"}, 409, "Your address has another account here", "user local@example.com: sso, address-taken, subject ann-1"},
	} {
		provider.Behave(tt.behave)
		provider.Is(tt.person)
		b := p.stranger()
		a := b.sso("/views?x=1").want(tt.status)
		doc := a.doc()
		if got := words(doc.Find("h1")); got != tt.heading {
			t.Errorf("%s: got the heading %q, want %q", tt.name, got, tt.heading)
		}
		if href, _ := doc.Find(`main .ways a`).First().Attr("href"); href != "/login/sso?next=%2Fviews%3Fx%3D1" {
			t.Errorf("%s: got the way on %q, want to sign in again and back to where it was", tt.name, href)
		}
		if got := words(doc.Find("main .ident code")); got != a.header.Get("X-Request-Id") {
			t.Errorf("%s: got the request ID %q on the page, want %q", tt.name, got, a.header.Get("X-Request-Id"))
		}
		if strings.Contains(a.body, "raw words") || strings.Contains(a.body, "evil.example") {
			t.Errorf("%s: the page repeats what the provider wrote", tt.name)
		}
		if got := p.lastRecords(1); !strings.HasPrefix(got, "sign-in refused ") || !strings.HasSuffix(got, tt.record) {
			t.Errorf("%s: audit: got %q, want a refused sign-in with %q", tt.name, got, tt.record)
		}
		if got := b.get("/account").header.Get("Location"); got != "/login?next=%2Faccount" {
			t.Errorf("%s: got Location %q afterwards, want nobody signed in", tt.name, got)
		}
	}
	if users, err := p.db.Users(t.Context()); err != nil || len(users) != 1 {
		t.Errorf("got %d users, %v, want only the one from before", len(users), err)
	}
	if log := p.log.String(); strings.Contains(log, "raw words") || strings.Contains(log, ssotest.Secret) || strings.Contains(log, "ann@") || !strings.Contains(log, `"reason":"wrong-nonce"`) {
		t.Error("the log lacks the reasons, or tells of people, secrets or what the provider wrote")
	}
}

// Strangers can't fill the audit with sign-ins that nobody vouches for.
func TestSSOStrangersDoNotFillTheAudit(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	provider.Behave(ssotest.Behaviour{Return: func(q url.Values) { q.Set("state", "x") }})
	b := p.stranger()
	for range 30 {
		b.sso("/").want(http.StatusBadRequest)
		b.get("/login/sso/return?code=x&state=y").want(http.StatusBadRequest)
	}
	if n := strings.Count(p.lastRecords(100), "sign-in refused"); n != 20 {
		t.Errorf("got %d records of 60 refusals, want 20", n)
	}
	p.clock.advance(time.Minute)
	b.sso("/")
	if n := strings.Count(p.lastRecords(100), "sign-in refused"); n != 21 {
		t.Errorf("a minute later: got %d records, want one more", n)
	}
}

func TestSSOProviderDown(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	provider.Behave(ssotest.Behaviour{Down: true})
	p.addUser("local@example.com", auth.Support)
	b := p.stranger()
	a := b.get("/login/sso?next=/views").want(http.StatusBadGateway)
	if got := words(a.doc().Find("h1")); got != "Example ID does not answer" {
		t.Errorf("got the heading %q", got)
	}
	if got := b.get("/login").want(http.StatusOK).text(); !strings.Contains(got, "Example ID did not answer when the portal last asked") {
		t.Errorf("sign-in page: got %q, want it to say that the provider does not answer", got)
	}
	p.signIn("local@example.com").get("/account").want(http.StatusOK)
	provider.Behave(ssotest.Behaviour{})
	p.clock.advance(time.Minute)
	b.sso("/").want(http.StatusSeeOther)
	if got := p.stranger().get("/login").text(); strings.Contains(got, "did not answer") {
		t.Error("the sign-in page still says that the provider does not answer")
	}
	// Down in the middle of a sign-in.
	c := p.stranger()
	back := c.atProvider(c.get("/login/sso"))
	provider.Behave(ssotest.Behaviour{Down: true})
	c.get(back).want(http.StatusBadGateway)
}

// The provider's word on the role counts at each sign-in, and what it takes away is gone everywhere.
func TestSSORoles(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	provider.Is(ssotest.Claims{"groups": []string{"bosses", "staff"}})
	first := p.stranger()
	first.sso("/").want(http.StatusSeeOther)
	first.get("/admin/audit").want(http.StatusOK)

	other := p.again() // another process
	provider.Is(nil)
	second := other.stranger()
	second.sso("/").want(http.StatusSeeOther)
	second.get("/admin/audit").want(http.StatusForbidden)
	first.url = other.url
	first.get("/account").want(http.StatusSeeOther) // the last administrator is one no more
	if got := p.lastRecords(5); !strings.Contains(got, "change-role allowed user ann@example.com: sso, admin to support") {
		t.Errorf("audit: got\n%s\nwant the change of the role", got)
	}
	user, err := p.db.UserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.db.MakeToken(t.Context(), auth.Token{OwnerID: user.ID, Name: "nightly", Scope: auth.Scope{Kind: auth.ScopeExport}, ExpiresAt: testNow.Add(time.Hour)}, "hash"); err != nil {
		t.Fatal(err)
	}
	// No role at all: out, with all that was open.
	provider.Is(ssotest.Claims{"groups": []string{"others"}})
	other.stranger().sso("/").want(http.StatusForbidden)
	second.get("/account").want(http.StatusSeeOther)
	tokens, err := p.db.Tokens(t.Context(), user.ID)
	if err != nil || len(tokens) != 1 || tokens[0].RevokedAt.IsZero() {
		t.Errorf("got the tokens %+v, %v, want them revoked", tokens, err)
	}
	// Disabled in the portal stays out, whatever the provider says.
	if err := p.db.SetDisabled(t.Context(), user.ID, true); err != nil {
		t.Fatal(err)
	}
	provider.Is(nil)
	a := other.stranger().sso("/").want(http.StatusForbidden)
	if got := words(a.doc().Find("h1")); got != "Your account here is disabled" {
		t.Errorf("disabled: got the heading %q", got)
	}
	if got := p.lastRecords(1); got != "sign-in refused user ann@example.com: sso, disabled" {
		t.Errorf("disabled: audit: got %q, want the refusal", got)
	}
}

func TestSSOOnly(t *testing.T) {
	t.Parallel()
	p, _ := openSSO(t)
	p.addUser("local@example.com", auth.Admin)
	p.config.Doors.CloseLocal()
	doc := p.stranger().get("/login").want(http.StatusOK).doc()
	if doc.Find("input[type=password]").Length() > 0 || doc.Find("a[data-zone-link]").Length() != 1 {
		t.Error("the sign-in page shows a password, or no single sign-on")
	}
	a := p.stranger().post("/login", url.Values{"email": {"local@example.com"}, "password": {testPassword}}).want(http.StatusForbidden)
	if !strings.Contains(a.text(), "takes no passwords") {
		t.Errorf("got %q, want it to say why", a.text())
	}
	p.stranger().sso("/").want(http.StatusSeeOther)
}

// Without settings there is no single sign-on.
func TestNoSSO(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	for _, path := range []string{"/login/sso", "/login/sso/return?code=x&state=y"} {
		p.stranger().get(path).want(http.StatusNotFound)
	}
	p.stranger().post("/login/sso/backchannel-logout", url.Values{"logout_token": {"x"}}).want(http.StatusNotFound)
	if p.stranger().get("/login").doc().Find("a[data-zone-link]").Length() != 0 {
		t.Error("the sign-in page offers a single sign-on")
	}
	b := p.as(auth.Support)
	b.get("/account/sso").want(http.StatusOK)
	b.post("/account/sso", nil).want(http.StatusSeeOther)
}

// The way back survives the detour, however long, as far as a cookie holds it.
func TestSSOWayBack(t *testing.T) {
	t.Parallel()
	p, _ := openSSO(t)
	long := "/transactions?" + strings.Repeat("transactionStatus=5&merchantReference=order-1234&", 60) + "tz=UTC"
	for next, want := range map[string]string{
		long:                    long,
		"https://evil.example/": "/",
		"//evil.example":        "/",
		"/login/sso":            "/",
		"/views?a=1":            "/views?a=1",
	} {
		a := p.stranger().sso(next).want(http.StatusSeeOther)
		if got := a.header.Get("Location"); got != want {
			t.Errorf("%.60s: got Location %.80q, want %.80q", next, got, want)
		}
	}
	var noise strings.Builder
	for i := range 4000 {
		noise.WriteByte("abcdefghijklmnopqrstuvwxyz0123456789"[(i*i*7+i*13+i/3)%36])
	}
	b := p.stranger()
	if got := b.sso("/find?q=" + noise.String()).want(http.StatusSeeOther).header.Get("Location"); got != "/" && !strings.HasPrefix(got, "/find?q=") {
		t.Errorf("too long: got Location %.80q", got)
	} else if got == "/" && !strings.Contains(b.get("/account").text(), "too long to keep") {
		t.Error("too long: the next page does not say so")
	}
}

// Whatever comes back, there is no failure of ours, no way to another site, and nobody signed in.
func FuzzSSOReturn(f *testing.F) {
	for _, s := range []string{"", "code=x", "state=&code=x", "error=access_denied&state=x", "iss=https://evil.example&code=%00", "state=a&state=b", "%zz", "code=" + strings.Repeat("x", 5000)} {
		f.Add(s, "")
		f.Add(s, "portal_handshake=AAAA")
	}
	p, _ := openSSO(f)
	f.Fuzz(func(t *testing.T, query, cookie string) {
		begun := httptest.NewRecorder()
		p.web.ServeHTTP(begun, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login/sso", nil))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login/sso/return", nil)
		r.URL.RawQuery = query
		for _, c := range begun.Result().Cookies() {
			r.AddCookie(c)
		}
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		rec := httptest.NewRecorder()
		p.web.ServeHTTP(rec, r)
		if rec.Code >= 500 || rec.Code < 400 || rec.Header().Get("Location") != "" {
			t.Errorf("%q with %q: got %d to %q, want a refusal", query, cookie, rec.Code, rec.Header().Get("Location"))
		}
	})
}
