// Package ssotest is a provider of OpenID Connect for tests, which can misbehave on demand. It is no example: it lets in
// whoever comes.
package ssotest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// What the portal is at the provider.
const (
	ClientID = "portal"
	Secret   = "provider-s3cret" // of a provider that lives for one test
)

// keyID of the provider's first key.
const keyID = "key-1"

// Claims are what the provider says of a person.
type Claims = map[string]any

// Behaviour is how the provider goes wrong. The zero value is a good provider.
type Behaviour struct {
	Discovery func(Claims)                         // changes the description
	Down      bool                                 // answers everything with 503
	Slow      chan struct{}                        // the token endpoint waits until it is closed
	Return    func(url.Values)                     // changes what the browser is sent back with
	IDToken   func(Claims)                         // changes the ID token's claims
	Sign      func(claims string) (idToken string) // in the place of the provider's own signature
	UserInfo  func(Claims)                         // changes the userinfo
	Token     func(rw http.ResponseWriter) bool    // answers in the place of the token endpoint, if true
	Proof     func(form url.Values)                // changes what the portal sent to the token endpoint
}

// Provider is a running provider.
type Provider struct {
	URL string // its issuer

	t      testing.TB
	now    func() time.Time
	server *oidctest.Server
	key    *ecdsa.PrivateKey

	mu       sync.Mutex
	person   Claims
	behave   Behaviour
	codes    map[string]url.Values // what was asked for, by the code given
	access   map[string]Claims     // by access token
	requests map[string]int        // by path
	ended    []url.Values          // what its log-out was asked with
}

// Start starts a provider until the test ends. Its people sign in without a word, as the one that Is names.
func Start(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{t: t, now: now, key: key, codes: map[string]url.Values{}, access: map[string]Claims{}, requests: map[string]int{}}
	p.server = &oidctest.Server{
		PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: keyID, Algorithm: oidc.ES256}},
		Algorithms: []string{oidc.ES256},
	}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) // another site than the portal, for browsers
	p.server.SetIssuer(p.URL)
	return p
}

// Is says who signs in next, by claims in the place of the usual ones: sub "ann-1", a verified email, groups.
func (p *Provider) Is(claims Claims) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.person = claims
}

// Behave changes how the provider goes wrong.
func (p *Provider) Behave(b Behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.behave = b
}

// Requests is how often a path was asked for.
func (p *Provider) Requests(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests[path]
}

// Ended is what the log-out was asked with, each time.
func (p *Provider) Ended() []url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]url.Values(nil), p.ended...)
}

// NewKey gives the provider another key to sign with.
func (p *Provider) NewKey(id string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key = key
	p.server.PublicKeys = []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: id, Algorithm: oidc.ES256}}
}

// Sign signs claims with the provider's present key.
func (p *Provider) Sign(claims Claims) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sign(claims)
}

func (p *Provider) sign(claims Claims) string {
	text, err := json.Marshal(claims)
	if err != nil {
		panic(err) // the test's own claims
	}
	return oidctest.SignIDToken(p.key, p.server.PublicKeys[0].KeyID, oidc.ES256, string(text))
}

// LogoutToken is what the provider sends to say that a person's session is over. Changes may spoil it.
func (p *Provider) LogoutToken(subject, session string, changes ...func(Claims)) string {
	now := p.now().Unix()
	claims := Claims{
		"iss": p.URL, "aud": ClientID, "iat": now, "exp": now + 120, "jti": rand.Text(), "sub": subject,
		"events": Claims{"http://schemas.openid.net/event/backchannel-logout": Claims{}},
	}
	if session != "" {
		claims["sid"] = session
	}
	for _, change := range changes {
		change(claims)
	}
	return p.Sign(claims)
}

// ServeHTTP is the provider.
func (p *Provider) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.requests[r.URL.Path]++
	behave := p.behave
	p.mu.Unlock()
	if behave.Down {
		http.Error(rw, "<b>down</b>", http.StatusServiceUnavailable)
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		p.describe(rw, behave)
	case "/auth":
		p.authorize(rw, r, behave)
	case "/token":
		p.token(rw, r, behave)
	case "/userinfo":
		p.userInfo(rw, r, behave)
	case "/end-session":
		p.mu.Lock()
		p.ended = append(p.ended, r.URL.Query())
		p.mu.Unlock()
		http.Redirect(rw, r, r.URL.Query().Get("post_logout_redirect_uri"), http.StatusSeeOther) //nolint:gosec // a test's own
	default:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.server.ServeHTTP(rw, r)
	}
}

func (p *Provider) describe(rw http.ResponseWriter, behave Behaviour) {
	d := Claims{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"userinfo_endpoint": p.URL + "/userinfo", "end_session_endpoint": p.URL + "/end-session",
		"id_token_signing_alg_values_supported": []string{oidc.ES256, "HS256", "none"}, "response_types_supported": []string{"code"},
		"authorization_response_iss_parameter_supported": true,
	}
	if behave.Discovery != nil {
		behave.Discovery(d)
	}
	answer(rw, http.StatusOK, d)
}

// authorize is where the browser comes to. Nobody is asked anything.
func (p *Provider) authorize(rw http.ResponseWriter, r *http.Request, behave Behaviour) {
	asked := r.URL.Query()
	back, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil || asked.Get("client_id") != ClientID || asked.Get("response_type") != "code" || asked.Get("code_challenge_method") != "S256" {
		http.Error(rw, "the portal asked for something else than a code with PKCE", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = asked
	p.mu.Unlock()
	q := url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {p.URL}}
	if behave.Return != nil {
		behave.Return(q)
	}
	back.RawQuery = q.Encode()
	http.Redirect(rw, r, back.String(), http.StatusFound) //nolint:gosec // a test's own
}

func (p *Provider) token(rw http.ResponseWriter, r *http.Request, behave Behaviour) {
	if behave.Slow != nil {
		select {
		case <-behave.Slow:
		case <-r.Context().Done():
			return
		}
	}
	if behave.Token != nil && behave.Token(rw) {
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	form := r.PostForm
	if behave.Proof != nil {
		behave.Proof(form)
	}
	id, secret, basic := r.BasicAuth()
	if !basic || id != ClientID || secret != url.QueryEscape(Secret) {
		answer(rw, http.StatusUnauthorized, Claims{"error": "invalid_client", "error_description": "<b>wrong</b> secret"})
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	asked, ok := p.codes[form.Get("code")]
	delete(p.codes, form.Get("code")) // a code serves once
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	if !ok || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || form.Get("redirect_uri") != asked.Get("redirect_uri") {
		answer(rw, http.StatusBadRequest, Claims{"error": "invalid_grant", "error_description": "<script>alert(1)</script>"})
		return
	}
	access := rand.Text()
	now := p.now()
	claims := Claims{
		"iss": p.URL, "aud": ClientID, "sub": "ann-1", "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "nonce": asked.Get("nonce"),
		"email": "ann@example.com", "email_verified": true, "groups": []string{"staff"}, "sid": "session-1", "at_hash": hashOf(access),
	}
	if asked.Has("max_age") {
		claims["auth_time"] = now.Unix()
	}
	maps.Copy(claims, p.person)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	info := Claims{}
	for _, name := range []string{"sub", "email", "email_verified", "groups"} {
		info[name] = claims[name]
	}
	p.access[access] = info
	if behave.IDToken != nil {
		behave.IDToken(claims)
	}
	var raw string
	if behave.Sign == nil {
		raw = p.sign(claims)
	} else {
		text, _ := json.Marshal(claims) //nolint:errchkjson // the test's own claims
		raw = behave.Sign(string(text))
	}
	answer(rw, http.StatusOK, Claims{"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": raw})
}

func (p *Provider) userInfo(rw http.ResponseWriter, r *http.Request, behave Behaviour) {
	p.mu.Lock()
	info, ok := p.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	info = maps.Clone(info)
	p.mu.Unlock()
	if !ok {
		http.Error(rw, "no such access token", http.StatusUnauthorized)
		return
	}
	if behave.UserInfo != nil {
		behave.UserInfo(info)
	}
	answer(rw, http.StatusOK, info)
}

// Unsigned is a token with the algorithm "none".
func Unsigned(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf("%s.%s.", part([]byte(`{"alg":"none","kid":"`+keyID+`"}`)), part([]byte(claims)))
}

// Forged is a token signed by somebody else under the name of the provider's key.
func Forged(claims string) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return oidctest.SignIDToken(key, keyID, oidc.ES256, claims)
}

// SignedWithSecret is a token signed with what the portal and the provider share (HS256).
func SignedWithSecret(claims string) string {
	return oidctest.SignIDToken([]byte(strings.Repeat(Secret, 3)), keyID, "HS256", claims)
}

func hashOf(access string) string {
	sum := sha256.Sum256([]byte(access))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func answer(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v) //nolint:errchkjson // the test's own; a client that left is no error
}
