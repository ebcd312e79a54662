package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// SSOConfig are the settings of the single sign-on: one provider of OpenID Connect. It prints as "[single sign-on]",
// since it holds a secret.
type SSOConfig struct {
	Issuer       string // as the provider spells it
	ClientID     string
	ClientSecret string
	Name         string // of the provider, for people
	ReturnURL    string // of the portal, where the provider sends browsers back to
	Scopes       []string
	RoleClaim    string // a text or a list of texts; dots reach into objects
	EmailClaim   string // a claim other than "email" is taken to be verified
	Roles        RoleMap
}

// Format keeps the secret out of every %v.
func (SSOConfig) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[single sign-on]") }

// LogValue keeps the secret out of logs.
func (SSOConfig) LogValue() slog.Value { return slog.StringValue("[single sign-on]") }

// SSO lets people prove who they are at a provider of OpenID Connect: the authorization code flow with PKCE, state and
// nonce. The provider is asked for its description when it is needed first, so that the portal starts without it.
type SSO struct {
	config     SSOConfig
	now        func() time.Time
	client     *http.Client
	keysClient *http.Client
	places     chan struct{} // one for each sign-in that asks the provider at once

	mu        sync.Mutex
	discovery discovery
}

const (
	// ssoAtOnce is how many sign-ins ask the provider at once; the others wait. Strangers can begin sign-ins, too.
	ssoAtOnce = 8

	// longestSession is how old a session at the provider may be without a new sign-in there. To be asked for one at all
	// makes a provider say when the person last signed in.
	longestSession = 30 * 24 * time.Hour

	// finishTimeout bounds all requests of one sign-in, the wait for a place included.
	finishTimeout = 20 * time.Second
)

// NewSSO returns the single sign-on; nothing is asked of the provider yet.
func NewSSO(c SSOConfig, now func() time.Time) *SSO {
	transport := boundedTransport{http.DefaultTransport}
	return &SSO{
		config:     c,
		now:        now,
		client:     newSSOClient(transport),
		keysClient: newSSOClient(&seldomTransport{base: transport, pause: keysPause, now: now}),
		places:     make(chan struct{}, ssoAtOnce),
	}
}

// Name is the provider's, for people.
func (s *SSO) Name() string { return s.config.Name }

// Issuer names the provider in identities.
func (s *SSO) Issuer() string { return s.config.Issuer }

// SSOHandshake is what has to be remembered until the provider sends the browser back. None of it may be known to
// anyone but that browser: it belongs into [Handshakes].
type SSOHandshake struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Fresh    int64  `json:"f,omitempty"` // seconds since 1970: the person has to have signed in since then
}

// Begin returns the provider's address to which a browser goes to sign in, and what has to be remembered meanwhile. With
// again, the provider is told to ask for the password, or whatever it asks for, though the browser is signed in there.
//
// The error is a *SSOError.
func (s *SSO) Begin(ctx context.Context, again bool) (SSOHandshake, string, error) {
	p, err := s.provider(ctx)
	if err != nil {
		return SSOHandshake{}, "", err
	}
	h := SSOHandshake{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	maxAge := longestSession
	options := []oauth2.AuthCodeOption{oidc.Nonce(h.Nonce), oauth2.S256ChallengeOption(h.Verifier)}
	if again {
		maxAge, h.Fresh = 0, s.now().Unix()
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(maxAge/time.Second))))
	return h, s.oauth2(p).AuthCodeURL(h.State, options...), nil
}

func (s *SSO) oauth2(p *ssoProvider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: s.config.ClientID, ClientSecret: s.config.ClientSecret,
		Endpoint: p.endpoint, RedirectURL: s.config.ReturnURL, Scopes: s.config.Scopes,
	}
}

// Claimed is what the provider says of who has signed in there.
type Claimed struct {
	Issuer, Subject string // together they name the person, for ever

	Email      string    // normalized; "" if the provider vouches for none
	Unverified bool      // there is an address, but the provider does not vouch for it
	Role       Role      // the highest that the claim gives; "" for none
	SessionID  string    // of the provider's session; may be ""
	SignedInAt time.Time // there; zero if it does not say
	IDToken    string    // for signing out there
}

// Finish takes the parameters with which the provider sent the browser back, and returns who it says that is. The
// handshake must be forgotten before, so that it serves once.
//
// The error is a *SSOError.
func (s *SSO) Finish(ctx context.Context, h SSOHandshake, back url.Values) (Claimed, error) {
	if err := s.checkReturn(h, back); err != nil {
		return Claimed{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, finishTimeout)
	defer cancel()
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	case <-ctx.Done():
		return Claimed{}, &SSOError{Reason: SSOUnanswered, Err: ctx.Err()}
	}
	p, err := s.provider(ctx)
	if err != nil {
		return Claimed{}, err
	}
	if p.sendsIss && !back.Has("iss") {
		return Claimed{}, ssoErrorf(SSOWrongIssuer, "the answer names no issuer, though the provider says that it does")
	}
	if back.Has("error") {
		return Claimed{}, &SSOError{Reason: SSODenied, Code: errorCode(back.Get("error"))}
	}
	const longestCode = 4096
	code := back.Get("code")
	if code == "" || len(code) > longestCode {
		return Claimed{}, &SSOError{Reason: SSONoCode}
	}
	ctx = oidc.ClientContext(ctx, s.client)
	tokens, err := s.oauth2(p).Exchange(ctx, code, oauth2.VerifierOption(h.Verifier))
	if err != nil {
		return Claimed{}, exchangeError(err)
	}
	return s.claimed(ctx, p, h, tokens)
}

// checkReturn checks what can be checked without asking the provider.
func (s *SSO) checkReturn(h SSOHandshake, back url.Values) error {
	if h.State == "" || h.Nonce == "" || h.Verifier == "" {
		return &SSOError{Reason: SSONotBegun}
	}
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(back[name]) > 1 {
			return ssoErrorf(SSOWrongState, "the parameter %s is there twice", name)
		}
	}
	if !same(back.Get("state"), h.State) {
		return &SSOError{Reason: SSOWrongState}
	}
	if back.Has("iss") && back.Get("iss") != s.config.Issuer {
		return &SSOError{Reason: SSOWrongIssuer}
	}
	return nil
}

// same compares what nobody may guess byte by byte.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
