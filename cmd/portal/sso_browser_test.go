package main

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"trustlyportal/auth/ssotest"
	"trustlyportal/trustlyclient/trustlytest"
)

// ssoPortal starts a portal with a provider of the single sign-on, and the account ann@example.com of its own.
func ssoPortal(t *testing.T) (*running, *ssotest.Provider) {
	t.Helper()
	provider := ssotest.Start(t, time.Now)
	_, baseURL := trustlytest.NewServer(t, trustlytest.Options{Seed: 7, Rows: 50, AccessID: "ID", AccessKey: "KEY"})
	env := onDatabase(t, environment{
		"PORTAL_ADDR":      "127.0.0.1:0",
		"TRUSTLY_BASE_URL": baseURL, "TRUSTLY_ACCESS_ID": "ID", "TRUSTLY_ACCESS_KEY": "KEY", "TRUSTLY_RATE_LIMIT": "0",
		"PORTAL_OIDC_ISSUER": provider.URL, "PORTAL_OIDC_CLIENT_ID": ssotest.ClientID, "PORTAL_OIDC_CLIENT_SECRET": ssotest.Secret,
		"PORTAL_OIDC_ROLES": "staff=support", "PORTAL_OIDC_NAME": "Example ID",
	})
	if _, stderr, code := command(t, env, userPassword+"\n", "user", "add", "--email=ann@example.com", "--role=support", "--password-stdin"); code != exitOK {
		t.Fatalf("portal user add: got code %d, %s", code, stderr)
	}
	p := start(t, env, "serve")
	t.Cleanup(func() {
		p.stop()
		if code := p.wait(t); code != exitOK {
			t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
		}
	})
	return p, provider
}

// A real browser signs in through a provider on another site, whatever its cookies' and policies' rules are. Tampered
// with, nobody is signed in, and the page leads on.
func TestSignInBySSO(t *testing.T) {
	t.Parallel()
	p, provider := ssoPortal(t)
	provider.Is(ssotest.Claims{"sub": "bob-2", "email": "bob@example.com"})
	b := newTab(t, p.url)
	b.expect(http.StatusBadRequest)
	list := "/transactions?createdAt.start=now-14d&tz=UTC"
	b.open(list)
	b.heading("Sign in")
	b.accessible("sign-in with single sign-on")
	for _, tt := range []struct {
		name, heading string
		behave        ssotest.Behaviour
	}{
		{"state", "belongs to another sign-in", ssotest.Behaviour{Return: func(q url.Values) { q.Set("state", "tampered") }}},
		{"nonce", "belongs to another sign-in", ssotest.Behaviour{IDToken: func(c ssotest.Claims) { c["nonce"] = "tampered" }}},
		{"verifier", "did not confirm the sign-in", ssotest.Behaviour{Proof: func(f url.Values) { f.Set("code_verifier", "tampered") }}},
	} {
		provider.Behave(tt.behave)
		b.click("main a", "Sign in with Example ID")
		b.heading(tt.heading)
		if tt.name == "state" { // the others' pages are built alike
			b.accessible("tampered " + tt.name)
		}
		if b.shows("details.menu") {
			t.Errorf("%s tampered: somebody is signed in", tt.name)
		}
	}
	provider.Behave(ssotest.Behaviour{})
	b.click("main a", "Sign in with Example ID")
	b.at(list)
	b.click("details.menu summary", "bob@example.com")
	b.click("details.menu button", "Sign out")
	b.at("/login")
	if ended := provider.Ended(); len(ended) != 1 || ended[0].Get("id_token_hint") == "" {
		t.Errorf("the provider was asked to sign out with %v, want once and with the ID token", ended)
	}
	b.open("/account")
	b.heading("Sign in")
	b.signIn("ann@example.com", userPassword)
	b.at("/account")

	// Connecting an account of the portal's own.
	provider.Is(nil)
	b.click("nav.tabs a", "Single sign-on")
	b.heading("Single sign-on")
	b.accessible("connecting")
	b.click("main form button", "Connect Example ID")
	b.until("the account to be connected", `document.querySelector(".notice")?.textContent.includes("Connected.")`)
	b.at("/account/sso")
	b.accessible("connected")
}

// Where the provider is the only way in and does not answer, the page says so.
func TestSSOProviderIsDown(t *testing.T) {
	t.Parallel()
	p, provider := ssoPortal(t)
	provider.Behave(ssotest.Behaviour{Down: true})
	b := newTab(t, p.url)
	b.expect(http.StatusBadGateway)
	b.open("/login")
	b.click("main a", "Sign in with Example ID")
	b.heading("Example ID does not answer")
	b.open("/login")
	b.until("the notice", `document.querySelector("#sso-silent")`)
	b.accessible("sign-in while the provider is down")
	b.signIn("ann@example.com", userPassword)
	b.until("the list", `location.pathname === "/transactions"`)
}
