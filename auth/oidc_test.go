package auth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"trustlyportal/auth/ssotest"
)

const ssoReturn = "http://127.0.0.1:9/login/sso/return"

// ssoClock is a clock that tests move.
type ssoClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *ssoClock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *ssoClock) advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

func startSSO(t *testing.T, changes ...func(*SSOConfig)) (*SSO, *ssotest.Provider, *ssoClock) {
	t.Helper()
	clock := &ssoClock{at: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	p := ssotest.Start(t, clock.now)
	c := SSOConfig{
		Issuer: p.URL, ClientID: ssotest.ClientID, ClientSecret: ssotest.Secret, Name: "Example ID", ReturnURL: ssoReturn,
		Scopes: []string{"openid", "email", "profile"}, RoleClaim: "groups", EmailClaim: "email",
		Roles: RoleMap{{"staff", Support}, {"money", Finance}, {"bosses", Admin}},
	}
	for _, change := range changes {
		change(&c)
	}
	return NewSSO(c, clock.now), p, clock
}

// throughProvider follows the browser to the provider and back, and returns what it was sent back with.
func throughProvider(t *testing.T, address string) url.Values {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := response.Location()
	if err != nil || !strings.HasPrefix(back.String(), ssoReturn+"?") {
		t.Fatalf("at the provider: got %d to %v, %v, want to be sent back to the portal", response.StatusCode, back, err)
	}
	return back.Query()
}

func signInBySSO(t *testing.T, s *SSO) (Claimed, error) {
	t.Helper()
	h, address, err := s.Begin(t.Context(), false)
	if err != nil {
		return Claimed{}, err
	}
	return s.Finish(t.Context(), h, throughProvider(t, address))
}

func wantReason(t *testing.T, name string, err error, want SSOReason) {
	t.Helper()
	var refused *SSOError
	if !errors.As(err, &refused) || refused.Reason != want {
		t.Errorf("%s: got %v, want it refused as %s", name, err, want)
	}
	if err != nil && (strings.Contains(err.Error(), "<b>") || strings.Contains(err.Error(), "<script>") || strings.Contains(err.Error(), ssotest.Secret) || len(err.Error()) > 500) {
		t.Errorf("%s: the error %q repeats what the provider or a stranger wrote", name, err)
	}
}

func TestSSO(t *testing.T) {
	t.Parallel()
	s, p, _ := startSSO(t)
	if n := p.Requests("/.well-known/openid-configuration"); n != 0 {
		t.Errorf("before it is needed: got %d requests for the description, want none", n)
	}
	for range 3 {
		c, err := signInBySSO(t, s)
		if err != nil {
			t.Fatal(err)
		}
		if c.Issuer != p.URL || c.Subject != "ann-1" || c.Email != "ann@example.com" || c.Role != Support || c.SessionID != "session-1" || c.IDToken == "" {
			t.Errorf("got %+v, want Ann of the provider in the role support", c)
		}
	}
	for path, want := range map[string]int{"/.well-known/openid-configuration": 1, "/keys": 1, "/userinfo": 0} {
		if got := p.Requests(path); got != want {
			t.Errorf("%s: got %d requests for three sign-ins, want %d", path, got, want)
		}
	}
	// Each sign-in has secrets of its own, and the address tells none but as a hash.
	h, address, err := s.Begin(t.Context(), false)
	again, _, _ := s.Begin(t.Context(), false)
	if err != nil || h.State == again.State || h.Nonce == again.Nonce || h.Verifier == again.Verifier || strings.Contains(address, h.Verifier) {
		t.Errorf("got %v and %v to %s, %v, want others each time and no verifier in the address", h, again, address, err)
	}
}

// Everything that can be wrong with an answer, one at a time.
func TestSSORefusals(t *testing.T) {
	t.Parallel()
	claim := func(name string, value any) ssotest.Behaviour {
		return ssotest.Behaviour{IDToken: func(c ssotest.Claims) {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}}
	}
	back := func(change func(url.Values)) ssotest.Behaviour { return ssotest.Behaviour{Return: change} }
	set := func(name, value string) ssotest.Behaviour { return back(func(q url.Values) { q.Set(name, value) }) }
	tokens := func(status int, body string) ssotest.Behaviour {
		return ssotest.Behaviour{Token: func(rw http.ResponseWriter) bool {
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(status)
			_, _ = rw.Write([]byte(body))
			return true
		}}
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		behave ssotest.Behaviour
		want   SSOReason
	}{
		"wrong state":             {set("state", "another"), SSOWrongState},
		"empty state":             {set("state", ""), SSOWrongState},
		"no state":                {back(func(q url.Values) { q.Del("state") }), SSOWrongState},
		"state twice":             {back(func(q url.Values) { q.Add("state", q.Get("state")) }), SSOWrongState},
		"code twice":              {back(func(q url.Values) { q.Add("code", "x") }), SSOWrongState},
		"another issuer answers":  {set("iss", "https://evil.example"), SSOWrongIssuer},
		"no issuer, though said":  {back(func(q url.Values) { q.Del("iss") }), SSOWrongIssuer},
		"no code":                 {set("code", ""), SSONoCode},
		"long code":               {set("code", strings.Repeat("x", 5000)), SSONoCode},
		"a code of nobody":        {set("code", "made-up"), SSORefusedCode},
		"denied":                  {set("error", "access_denied"), SSODenied},
		"denied strangely":        {set("error", "<script>"), SSODenied},
		"wrong verifier":          {ssotest.Behaviour{Proof: func(f url.Values) { f.Set("code_verifier", "another") }}, SSORefusedCode},
		"no verifier":             {ssotest.Behaviour{Proof: func(f url.Values) { f.Del("code_verifier") }}, SSORefusedCode},
		"wrong nonce":             {claim("nonce", "another"), SSOWrongNonce},
		"no nonce":                {claim("nonce", nil), SSOWrongNonce},
		"another audience":        {claim("aud", "others"), SSOBadToken},
		"several audiences":       {claim("aud", []string{ssotest.ClientID, "others"}), SSOBadToken},
		"another party":           {claim("azp", "others"), SSOBadToken},
		"strange party":           {claim("azp", 7), SSOBadToken},
		"another issuer":          {claim("iss", "https://evil.example"), SSOBadToken},
		"expired":                 {claim("exp", now.Add(-2*time.Minute).Unix()), SSOExpiredToken},
		"no expiry":               {claim("exp", nil), SSOExpiredToken},
		"issued in the future":    {claim("iat", now.Add(2*time.Minute).Unix()), SSOExpiredToken},
		"not yet":                 {claim("nbf", now.Add(time.Hour).Unix()), SSOBadToken},
		"no subject":              {claim("sub", nil), SSOBadToken},
		"long subject":            {claim("sub", strings.Repeat("x", 256)), SSOBadToken},
		"control in the subject":  {claim("sub", "a\x00b"), SSOBadToken},
		"wrong access token hash": {claim("at_hash", "AAAA"), SSOBadToken},
		"algorithm none":          {ssotest.Behaviour{Sign: ssotest.Unsigned}, SSOBadToken},
		"algorithm HS256":         {ssotest.Behaviour{Sign: ssotest.SignedWithSecret}, SSOBadToken},
		"forged":                  {ssotest.Behaviour{Sign: ssotest.Forged}, SSOBadToken},
		"no ID token":             {ssotest.Behaviour{Sign: func(string) string { return "" }}, SSOBadToken},
		"no token":                {ssotest.Behaviour{Sign: func(string) string { return "a.b.c" }}, SSOBadToken},
		"no JSON":                 {tokens(http.StatusOK, "<b>not JSON</b>"), SSOUnanswered},
		"no access token":         {tokens(http.StatusOK, "{}"), SSOUnanswered},
		"too long":                {tokens(http.StatusOK, `{"access_token":"`+strings.Repeat("x", 2<<20)+`"}`), SSOUnanswered},
		"failing":                 {tokens(http.StatusBadGateway, "<b>proxy</b>"), SSOUnanswered},
		"wrong secret":            {tokens(http.StatusUnauthorized, `{"error":"invalid_client"}`), SSOMisconfig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p, _ := startSSO(t)
			p.Behave(tt.behave)
			c, err := signInBySSO(t, s)
			wantReason(t, name, err, tt.want)
			if c.Subject != "" {
				t.Errorf("got %+v beside the refusal, want nobody", c)
			}
		})
	}
	t.Run("an empty handshake", func(t *testing.T) {
		t.Parallel()
		s, _, _ := startSSO(t)
		for _, h := range []SSOHandshake{{}, {Nonce: "n", Verifier: "v"}, {State: "s", Verifier: "v"}, {State: "s", Nonce: "n"}} {
			_, err := s.Finish(t.Context(), h, url.Values{"state": {h.State}, "code": {"x"}})
			wantReason(t, "an empty handshake", err, SSONotBegun)
		}
	})
}

// What is a little off is no refusal: clocks differ, and providers write the same in several ways.
func TestSSOAllows(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, change := range map[string]func(ssotest.Claims){
		"expired by half a minute": func(c ssotest.Claims) { c["exp"] = now.Add(-30 * time.Second).Unix() },
		"issued half a minute on":  func(c ssotest.Claims) { c["iat"] = now.Add(30 * time.Second).Unix() },
		"audiences with a party":   func(c ssotest.Claims) { c["aud"], c["azp"] = []string{"x", ssotest.ClientID}, ssotest.ClientID },
		"no access token hash":     func(c ssotest.Claims) { delete(c, "at_hash") },
		"verified as a text":       func(c ssotest.Claims) { c["email_verified"] = "true" },
		"capitals in the address":  func(c ssotest.Claims) { c["email"] = "Ann@Example.com" },
		"a role as a text":         func(c ssotest.Claims) { c["groups"] = "staff" },
		"roles among others":       func(c ssotest.Claims) { c["groups"] = []any{7, nil, "staff", "others"} },
	} {
		s, p, _ := startSSO(t)
		p.Behave(ssotest.Behaviour{IDToken: change})
		if c, err := signInBySSO(t, s); err != nil || c.Email != "ann@example.com" || c.Role != Support {
			t.Errorf("%s: got %+v, %v, want Ann as support", name, c, err)
		}
	}
}

func TestSSOClaims(t *testing.T) {
	t.Parallel()
	inObject := func(c *SSOConfig) { c.RoleClaim = "realm.access.roles" }
	inName := func(c *SSOConfig) { c.RoleClaim = "https://example.com/roles" }
	byUPN := func(c *SSOConfig) { c.EmailClaim = "upn" }
	for name, tt := range map[string]struct {
		config     func(*SSOConfig)
		claims     ssotest.Claims
		userInfo   func(ssotest.Claims)
		role       Role
		email      string
		unverified bool
		asked      int // for userinfo
	}{
		"the highest role":      {claims: ssotest.Claims{"groups": []string{"money", "bosses", "staff"}}, role: Admin, email: "ann@example.com"},
		"no role":               {claims: ssotest.Claims{"groups": []string{"Staff", "staff ", ""}}, email: "ann@example.com"},
		"a role in an object":   {config: inObject, claims: ssotest.Claims{"realm": ssotest.Claims{"access": ssotest.Claims{"roles": []string{"money"}}}}, role: Finance, email: "ann@example.com"},
		"an object with dots":   {config: inObject, claims: ssotest.Claims{"realm.access": ssotest.Claims{"roles": "money"}}, role: Finance, email: "ann@example.com"},
		"a name with dots":      {config: inName, claims: ssotest.Claims{"https://example.com/roles": []string{"money"}}, role: Finance, email: "ann@example.com"},
		"an unverified address": {claims: ssotest.Claims{"email_verified": false}, role: Support, unverified: true},
		"verified not said":     {claims: ssotest.Claims{"email_verified": nil}, role: Support, unverified: true},
		"no address anywhere":   {claims: ssotest.Claims{"email": nil}, role: Support, asked: 1},
		"no address, really":    {claims: ssotest.Claims{"email": "ann"}, role: Support},
		"another claim":         {config: byUPN, claims: ssotest.Claims{"upn": "Ann@corp.example", "email_verified": nil}, role: Support, email: "ann@corp.example"},
		"roles in the userinfo": {claims: ssotest.Claims{"groups": nil}, userInfo: func(c ssotest.Claims) { c["groups"] = []string{"bosses"} }, role: Admin, email: "ann@example.com", asked: 1},
		"no promotion by it":    {claims: ssotest.Claims{"email": nil}, userInfo: func(c ssotest.Claims) { c["groups"], c["email"] = []string{"bosses"}, "ann@example.com" }, role: Support, email: "ann@example.com", asked: 1},
		"verified elsewhere": {claims: ssotest.Claims{"groups": nil, "email_verified": nil}, userInfo: func(c ssotest.Claims) {
			c["email"], c["email_verified"], c["groups"] = "other@example.com", true, "staff"
		}, role: Support, unverified: true, asked: 1},
	} {
		s, p, _ := startSSO(t)
		if tt.config != nil {
			s, p, _ = startSSO(t, tt.config)
		}
		p.Is(tt.claims)
		p.Behave(ssotest.Behaviour{UserInfo: tt.userInfo})
		c, err := signInBySSO(t, s)
		if err != nil || c.Role != tt.role || c.Email != tt.email || c.Unverified != tt.unverified {
			t.Errorf("%s: got role %q, email %q, unverified %v, %v, want %q, %q, %v", name, c.Role, c.Email, c.Unverified, err, tt.role, tt.email, tt.unverified)
		}
		if got := p.Requests("/userinfo"); got != tt.asked {
			t.Errorf("%s: got %d requests for the userinfo, want %d", name, got, tt.asked)
		}
	}
	s, p, _ := startSSO(t)
	p.Is(ssotest.Claims{"groups": nil})
	p.Behave(ssotest.Behaviour{UserInfo: func(c ssotest.Claims) { c["sub"], c["groups"] = "bob-2", "bosses" }})
	_, err := signInBySSO(t, s)
	wantReason(t, "userinfo of another person", err, SSOBadToken)
}

// Signing in again counts only if the provider says that it has just happened.
func TestSSOAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		at   any
		want SSOReason
	}{
		"just now":      {now.Unix(), ""},
		"clocks differ": {now.Add(-30 * time.Second).Unix(), ""},
		"long ago":      {now.Add(-time.Hour).Unix(), SSONotFresh},
		"not said":      {nil, SSONotFresh},
		"as a text":     {"1795176000", SSONotFresh},
	} {
		s, p, _ := startSSO(t)
		p.Is(ssotest.Claims{"auth_time": tt.at})
		h, address, err := s.Begin(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		if u, _ := url.Parse(address); u.Query().Get("prompt") != "login" || u.Query().Get("max_age") != "0" {
			t.Errorf("%s: got the address %s, want it to ask for a new sign-in", name, address)
		}
		c, err := s.Finish(t.Context(), h, throughProvider(t, address))
		if tt.want != "" {
			wantReason(t, name, err, tt.want)
		} else if err != nil || c.SignedInAt.IsZero() {
			t.Errorf("%s: got %+v, %v, want it allowed", name, c, err)
		}
	}
}

func TestSSOProviderDownAndBack(t *testing.T) {
	t.Parallel()
	s, p, clock := startSSO(t)
	p.Behave(ssotest.Behaviour{Down: true})
	_, _, err := s.Begin(t.Context(), false)
	wantReason(t, "down", err, SSOUnanswered)
	if s.Answers() {
		t.Error("down: got that it answers")
	}
	for range 5 {
		_, _, err = s.Begin(t.Context(), false)
		wantReason(t, "down", err, SSOUnanswered)
	}
	if got := p.Requests("/.well-known/openid-configuration"); got != 1 {
		t.Errorf("down: got %d requests for six tries at once, want 1", got)
	}
	p.Behave(ssotest.Behaviour{})
	clock.advance(discoveryPause)
	if _, err := signInBySSO(t, s); err != nil || !s.Answers() {
		t.Errorf("back: got %v, answers %v, want it to work again", err, s.Answers())
	}
	// Once known, it is used though it fails to describe itself anew, and asked beside the requests.
	p.Behave(ssotest.Behaviour{Discovery: func(c ssotest.Claims) { c["token_endpoint"] = "" }})
	clock.advance(discoveryAge)
	if _, err := signInBySSO(t, s); err != nil {
		t.Errorf("with a broken description: got %v, want the old one to be used", err)
	}
}

func TestSSOWaitEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	s, p, _ := startSSO(t)
	slow := make(chan struct{})
	defer close(slow)
	p.Behave(ssotest.Behaviour{Slow: slow})
	h, address, err := s.Begin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	back := throughProvider(t, address)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel) // whenever it comes, the wait ends
	_, err = s.Finish(ctx, h, back)
	wantReason(t, "slow", err, SSOUnanswered)
}

func TestSSODescriptions(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(ssotest.Claims){
		"another issuer":   func(c ssotest.Claims) { c["issuer"] = "https://evil.example" },
		"no token address": func(c ssotest.Claims) { delete(c, "token_endpoint") },
		"no keys":          func(c ssotest.Claims) { delete(c, "jwks_uri") },
		"http elsewhere":   func(c ssotest.Claims) { c["token_endpoint"] = "http://id.example.com/token" },
		"a script":         func(c ssotest.Claims) { c["end_session_endpoint"] = "javascript:alert(1)" },
		"a user name":      func(c ssotest.Claims) { c["authorization_endpoint"] = "https://ada@id.example.com/auth" },
		"too long":         func(c ssotest.Claims) { c["padding"] = strings.Repeat("x", maxAnswer) },
		"no texts":         func(c ssotest.Claims) { c["token_endpoint"] = 7 },
	} {
		s, p, _ := startSSO(t)
		p.Behave(ssotest.Behaviour{Discovery: change})
		_, _, err := s.Begin(t.Context(), false)
		wantReason(t, name, err, SSOUnanswered)
	}
	s, p, _ := startSSO(t)
	p.Behave(ssotest.Behaviour{Token: func(rw http.ResponseWriter) bool {
		rw.Header().Set("Location", p.URL+"/elsewhere")
		rw.WriteHeader(http.StatusTemporaryRedirect) // which keeps the method and the form
		return true
	}})
	_, err := signInBySSO(t, s)
	wantReason(t, "redirecting", err, SSOUnanswered)
	if got := p.Requests("/elsewhere"); got != 0 {
		t.Errorf("redirecting: got the secret sent to where the provider points, %d times", got)
	}
	s, p, _ = startSSO(t)
	p.Behave(ssotest.Behaviour{
		Discovery: func(c ssotest.Claims) {
			c["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"}
			delete(c, "authorization_response_iss_parameter_supported")
		},
		Return: func(q url.Values) { q.Del("iss") },
	})
	_, err = signInBySSO(t, s) // the test's provider knows basic alone
	wantReason(t, "credentials in the form", err, SSOMisconfig)
}

// Keys change; a stranger's tokens do not make the portal ask for them without end.
func TestSSOKeys(t *testing.T) {
	t.Parallel()
	s, p, clock := startSSO(t)
	if _, err := signInBySSO(t, s); err != nil {
		t.Fatal(err)
	}
	p.NewKey("key-2")
	clock.advance(keysPause)
	if _, err := signInBySSO(t, s); err != nil {
		t.Errorf("with a new key: got %v, want it to be fetched", err)
	}
	asked := p.Requests("/keys")
	forged := ssotest.Forged(`{"iss":"` + p.URL + `"}`)
	for range 20 {
		if _, err := s.LoggedOut(t.Context(), forged); err == nil {
			t.Fatal("a forged logout token: got no error")
		}
	}
	if got := p.Requests("/keys") - asked; got > 1 {
		t.Errorf("20 forged tokens: got %d requests for keys, want at most 1", got)
	}
}
