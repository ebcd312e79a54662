package auth

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth/ssotest"
)

func TestEndSessionURL(t *testing.T) {
	t.Parallel()
	s, p, clock := startSSO(t)
	got, err := url.Parse(s.EndSessionURL(t.Context(), "an.id.token", "http://127.0.0.1:9/login"))
	if err != nil || !strings.HasPrefix(got.String(), p.URL+"/end-session?") {
		t.Fatalf("got %v, %v, want the provider's address", got, err)
	}
	want := url.Values{"client_id": {ssotest.ClientID}, "id_token_hint": {"an.id.token"}, "post_logout_redirect_uri": {"http://127.0.0.1:9/login"}}
	if got.RawQuery != want.Encode() {
		t.Errorf("got %q, want %q", got.RawQuery, want.Encode())
	}
	if got := s.EndSessionURL(t.Context(), strings.Repeat("x", longestHint+1), "x"); strings.Contains(got, "id_token_hint") {
		t.Error("a long token: got it in the address, want it left out")
	}
	p.Behave(ssotest.Behaviour{Discovery: func(c ssotest.Claims) { delete(c, "end_session_endpoint") }})
	clock.advance(discoveryAge)
	s = NewSSO(s.config, clock.now)
	if got := s.EndSessionURL(t.Context(), "x", "x"); got != "" {
		t.Errorf("not offered: got %q, want none", got)
	}
}

func TestLoggedOut(t *testing.T) {
	t.Parallel()
	s, p, clock := startSSO(t)
	l, err := s.LoggedOut(t.Context(), p.LogoutToken("ann-1", "session-1"))
	if err != nil || l.Subject != "ann-1" || l.SessionID != "session-1" || !l.Until.Equal(clock.now().Add(clockSkew)) {
		t.Errorf("got %+v, %v, want Ann's session until a minute from now", l, err)
	}
	set := func(name string, value any) func(ssotest.Claims) {
		return func(c ssotest.Claims) {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
	}
	for name, tt := range map[string]struct {
		change func(ssotest.Claims)
		want   SSOReason
	}{
		"an ID token":      {set("nonce", "x"), SSOBadToken},
		"no event":         {set("events", nil), SSOBadToken},
		"another event":    {set("events", ssotest.Claims{"https://example.com/other": ssotest.Claims{}}), SSOBadToken},
		"no object":        {set("events", ssotest.Claims{"http://schemas.openid.net/event/backchannel-logout": true}), SSOBadToken},
		"no id":            {set("jti", nil), SSOBadToken},
		"for others":       {set("aud", "others"), SSOBadToken},
		"by others":        {set("iss", "https://evil.example"), SSOBadToken},
		"of nobody":        {set("sub", nil), SSOBadToken},
		"expired":          {set("exp", clock.now().Add(-2*time.Minute).Unix()), SSOExpiredToken},
		"without expiry":   {set("exp", nil), SSOBadToken},
		"of the future":    {set("iat", clock.now().Add(2*time.Minute).Unix()), SSOExpiredToken},
		"a hostile person": {set("sub", strings.Repeat("x", 300)), SSOBadToken},
	} {
		_, err := s.LoggedOut(t.Context(), p.LogoutToken("ann-1", "", tt.change))
		wantReason(t, name, err, tt.want)
	}
	for _, token := range []string{"", "x", "a.b.c", ssotest.Unsigned(`{}`), strings.Repeat("A", 1<<16)} {
		_, err := s.LoggedOut(t.Context(), token)
		wantReason(t, "no token", err, SSOBadToken)
	}
}
