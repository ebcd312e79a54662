package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/auth/ssotest"
)

// leavesFor is the address that a page leads a browser on to.
func (a answer) leavesFor() string {
	a.t.Helper()
	content, _ := a.want(http.StatusOK).doc().Find(`head meta[http-equiv=refresh]`).Attr("content")
	address, ok := strings.CutPrefix(content, "0; url=")
	link, _ := a.doc().Find("main .ways a").Attr("href")
	if !ok || link != address {
		a.t.Fatalf("%s: got the page lead to %q, its link to %q, want both to the provider\n%.500s", a.request, content, link, a.text())
	}
	return address
}

func TestLinkSSO(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	u := p.addUser("ann@example.com", auth.Finance)
	p.addUser("boss@example.com", auth.Admin)
	// By the address alone nobody gets into the account.
	p.stranger().sso("/").want(http.StatusConflict)

	b, elsewhere := p.signIn("ann@example.com"), p.signIn("ann@example.com")
	if got := b.get("/account/sso").want(http.StatusOK).text(); !strings.Contains(got, "your password here is deleted") {
		t.Errorf("got %q, want it to say what connecting does", got)
	}
	link := func() answer { t.Helper(); return b.get(b.atProviderAddress(b.post("/account/sso", nil).leavesFor())) }
	for _, tt := range []struct {
		name   string
		person ssotest.Claims
		status int
		detail string
	}{
		{"somebody else's address", ssotest.Claims{"email": "eve@example.com"}, http.StatusConflict, "other-person"},
		{"an unverified address", ssotest.Claims{"email_verified": false}, http.StatusConflict, "other-person"},
		{"no role", ssotest.Claims{"groups": []string{}}, http.StatusForbidden, "no-role"},
	} {
		provider.Is(tt.person)
		link().want(tt.status)
		if got := p.lastRecords(2); !strings.Contains(got, "add-factor refused user ann@example.com: single sign-on, "+tt.detail) {
			t.Errorf("%s: audit: got\n%s", tt.name, got)
		}
	}
	b.get("/account").want(http.StatusOK)

	// The handshake of one browser's login is of no use to another's.
	provider.Is(nil)
	stolen := b.atProviderAddress(b.post("/account/sso", nil).leavesFor())
	cookies := b.client.Jar.Cookies(mustURL(p.url + "/login"))
	eve := p.signIn("boss@example.com")
	for _, c := range cookies {
		if c.Name == "portal_handshake" {
			c.Path = "/login"
			eve.client.Jar.SetCookies(mustURL(p.url+"/login"), []*http.Cookie{c})
		}
	}
	eve.get(stolen).want(http.StatusBadRequest)
	if got, _ := p.db.UserByEmail(t.Context(), "boss@example.com"); got.SSO {
		t.Fatal("somebody else's account was connected")
	}

	link().want(http.StatusSeeOther)
	got, err := p.db.UserByEmail(t.Context(), "ann@example.com")
	if err != nil || got.ID != u.ID || !got.SSO || got.Role != auth.Support {
		t.Errorf("got %+v, %v, want the account connected, in the provider's role", got, err)
	}
	if text := b.get("/account/sso").want(http.StatusOK).text(); !strings.Contains(text, "You sign in with Example ID") || !strings.Contains(text, "Connected.") {
		t.Errorf("got %q, want it to say that it is connected", text)
	}
	elsewhere.get("/account").want(http.StatusSeeOther)
	p.stranger().post("/login", url.Values{"email": {"ann@example.com"}, "password": {testPassword}}).want(http.StatusUnauthorized)
	p.stranger().sso("/").want(http.StatusSeeOther)
	b.post("/account/sso", nil).want(http.StatusSeeOther) // nothing more to connect

	// The last administrator stays one: connecting is the portal's own act.
	provider.Is(ssotest.Claims{"sub": "boss-2", "email": "boss@example.com"})
	boss := p.signIn("boss@example.com")
	a := boss.get(boss.atProviderAddress(boss.post("/account/sso", nil).leavesFor())).want(http.StatusConflict)
	if got := words(a.doc().Find("h1")); got != "You are the last administrator" {
		t.Errorf("last administrator: got the heading %q", got)
	}
	boss.get("/admin/audit").want(http.StatusOK)
	// Nor does the same person get a second account.
	provider.Is(ssotest.Claims{"email": "boss@example.com", "groups": "bosses"})
	boss.get(boss.atProviderAddress(boss.post("/account/sso", nil).leavesFor())).want(http.StatusConflict)
}

// A sensitive act takes a new sign-in at the provider, and its word that it was one.
func TestProveBySSO(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	p.addUser("other@example.com", auth.Admin)
	provider.Is(ssotest.Claims{"groups": "bosses"})
	b := p.stranger()
	b.sso("/").want(http.StatusSeeOther)
	provider.Is(ssotest.Claims{"groups": "bosses", "sub": "mallory-3", "email": "mallory@example.com"})
	p.stranger().sso("/").want(http.StatusSeeOther)
	sensitive := "/exports/in-clear"
	b.get(sensitive).want(http.StatusOK)
	p.clock.advance(16 * time.Minute)
	_, end := b.visit(sensitive)
	if !strings.HasPrefix(end, "/account/prove") {
		t.Fatalf("got to %s, want to be asked for a proof", end)
	}
	href, _ := b.get(end).doc().Find(`main a[href^="/login/sso/prove"]`).Attr("href")
	if href != "/login/sso/prove?next=%2Fexports%2Fin-clear" {
		t.Fatalf("got the way to the provider %q", href)
	}
	for _, tt := range []struct {
		name   string
		person ssotest.Claims
		status int
	}{
		{"an old sign-in there", ssotest.Claims{"groups": "bosses", "auth_time": p.clock.now().Add(-time.Hour).Unix()}, http.StatusForbidden},
		{"no word of when", ssotest.Claims{"groups": "bosses", "auth_time": nil}, http.StatusForbidden},
		{"another account's owner", ssotest.Claims{"groups": "bosses", "sub": "mallory-3"}, http.StatusConflict},
		{"somebody else", ssotest.Claims{"groups": "bosses", "sub": "eve-2"}, http.StatusConflict},
	} {
		provider.Is(tt.person)
		b.get(b.atProvider(b.get(href))).want(tt.status)
		if _, end := b.visit(sensitive); !strings.HasPrefix(end, "/account/prove") {
			t.Errorf("%s: got to %s, want it to be no proof", tt.name, end)
		}
	}
	provider.Is(ssotest.Claims{"groups": "bosses"})
	if got := b.get(b.atProvider(b.get(href))).want(http.StatusSeeOther).header.Get("Location"); got != sensitive {
		t.Errorf("got Location %q, want to go on to what was asked for", got)
	}
	b.get(sensitive).want(http.StatusOK)
	if got := p.lastRecords(5); !strings.Contains(got, "prove allowed user ann@example.com: sso") {
		t.Errorf("audit: got\n%s\nwant the proof", got)
	}
	// A sign-in that rests on an old session there is no fresh proof either.
	provider.Is(ssotest.Claims{"groups": "bosses", "auth_time": p.clock.now().Add(-time.Hour).Unix()})
	old := p.stranger()
	old.sso("/").want(http.StatusSeeOther)
	if _, end := old.visit(sensitive); !strings.HasPrefix(end, "/account/prove") {
		t.Errorf("signed in by an old session: got to %s, want to be asked for a proof", end)
	}
	// Another role by then: that is a sign-in, in that role.
	provider.Is(ssotest.Claims{"groups": "staff"})
	old.get(old.atProvider(old.get(href))).want(http.StatusSeeOther)
	old.get("/admin/audit").want(http.StatusForbidden)
	// Whoever signed in by password is asked for that.
	local := p.signIn("other@example.com")
	if got := local.get(href).want(http.StatusSeeOther).header.Get("Location"); got != "/account/prove?next=%2Fexports%2Fin-clear" {
		t.Errorf("by password: got Location %q, want the page that asks for it", got)
	}
}

func TestSingleLogout(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	p.addUser("local@example.com", auth.Support)
	b := p.stranger()
	b.sso("/").want(http.StatusSeeOther)
	address := mustURL(b.post("/logout", url.Values{}).leavesFor())
	b.get("/account").want(http.StatusSeeOther)
	q := address.Query()
	if !strings.HasPrefix(address.String(), provider.URL+"/end-session?") || q.Get("client_id") != ssotest.ClientID || q.Get("post_logout_redirect_uri") != "http://127.0.0.1/login" {
		t.Errorf("got %s, want the provider's log-out, and back to the sign-in page", address)
	}
	if hint := strings.Split(q.Get("id_token_hint"), "."); len(hint) != 3 {
		t.Errorf("got the hint %q, want the ID token", q.Get("id_token_hint"))
	}
	if got := b.atProviderAddress(address.String()); got != "/login" {
		t.Errorf("got back to %s, want /login", got)
	}
	// By password there is nothing to end elsewhere.
	if got := p.signIn("local@example.com").post("/logout", url.Values{}).want(http.StatusSeeOther).header.Get("Location"); got != "/login" {
		t.Errorf("by password: got Location %q, want /login", got)
	}
	// Where the provider offers none, or does not answer, signing out here works all the same.
	for name, behave := range map[string]ssotest.Behaviour{
		"not offered": {Discovery: func(c ssotest.Claims) { delete(c, "end_session_endpoint") }},
		"down":        {Down: true},
	} {
		p, provider := openSSO(t)
		b := p.stranger()
		back := b.atProvider(b.get("/login/sso"))
		b.get(back).want(http.StatusSeeOther)
		provider.Behave(behave)
		next := p.again()
		next.config.SSO = auth.NewSSO(auth.SSOConfig{Issuer: provider.URL, ClientID: ssotest.ClientID, Name: "Example ID"}, p.clock.now)
		next = next.again()
		b.url = next.url
		if got := b.post("/logout", url.Values{}).want(http.StatusSeeOther).header.Get("Location"); got != "/login" {
			t.Errorf("%s: got Location %q, want /login", name, got)
		}
		b.get("/account").want(http.StatusSeeOther)
	}
}

// The provider ends what came from its session, everywhere and at once.
func TestBackChannelLogout(t *testing.T) {
	t.Parallel()
	p, provider := openSSO(t)
	tell := func(token string) answer {
		t.Helper()
		return p.stranger().post("/login/sso/backchannel-logout", url.Values{"logout_token": {token}})
	}
	in := func(session string) *browser {
		t.Helper()
		provider.Is(ssotest.Claims{"sid": session})
		b := p.stranger()
		b.sso("/").want(http.StatusSeeOther)
		return b
	}
	one, two := in("one"), in("two")
	provider.Is(ssotest.Claims{"sub": "bob-2", "email": "bob@example.com", "sid": "three"})
	bob := p.stranger()
	bob.sso("/").want(http.StatusSeeOther)

	for name, token := range map[string]string{
		"none": "", "forged": ssotest.Forged("{}"), "no logout token": provider.Sign(ssotest.Claims{"iss": provider.URL, "aud": ssotest.ClientID, "sub": "ann-1"}),
		"for others": provider.LogoutToken("ann-1", "", func(c ssotest.Claims) { c["aud"] = "others" }),
	} {
		a := tell(token).want(http.StatusBadRequest)
		var said struct{ Error string }
		if err := json.Unmarshal([]byte(a.body), &said); err != nil || said.Error != "invalid_request" {
			t.Errorf("%s: got %s, want the standard's error", name, a.body)
		}
	}
	one.get("/account").want(http.StatusOK)

	token := provider.LogoutToken("ann-1", "one")
	tell(token).want(http.StatusOK)
	other := p.again()
	one.url, two.url, bob.url = other.url, other.url, other.url
	one.get("/account").want(http.StatusSeeOther)
	two.get("/account").want(http.StatusOK)
	bob.get("/account").want(http.StatusOK)
	if got := p.lastRecords(3); !strings.Contains(got, "end-session allowed user ann@example.com: sso, by the provider, 1") {
		t.Errorf("audit: got\n%s\nwant the ended sign-in", got)
	}
	p = other
	// The same token later ends nothing that was begun after it.
	p.clock.advance(90 * time.Second)
	again := in("one")
	tell(token).want(http.StatusOK)
	again.get("/account").want(http.StatusOK)

	tell(provider.LogoutToken("ann-1", "")).want(http.StatusOK)
	again.get("/account").want(http.StatusSeeOther)
	two.get("/account").want(http.StatusSeeOther)
	bob.get("/account").want(http.StatusOK)
	// By the session alone.
	tell(provider.LogoutToken("", "three", func(c ssotest.Claims) { delete(c, "sub") })).want(http.StatusOK)
	bob.get("/account").want(http.StatusSeeOther)
}
