package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// discoveryAge is how long the provider's description is good; then it is asked for anew, beside the requests.
	discoveryAge = time.Hour

	// discoveryPause is how long after a failure the provider is left alone.
	discoveryPause = 5 * time.Second

	// clockSkew is how far the provider's clock and ours may differ.
	clockSkew = time.Minute
)

// ssoProvider is a provider as it describes itself.
type ssoProvider struct {
	oidc     *oidc.Provider
	verifier *oidc.IDTokenVerifier
	endpoint oauth2.Endpoint

	endSession string // where it ends its own session; "" if it offers none
	sendsIss   bool   // its answers name their issuer (RFC 9207)
}

// discovery asks for the provider's description: once for all who wait for it.
type discovery struct {
	known   *ssoProvider  // the last good one
	err     error         // of the last try
	triedAt time.Time     // the last try's end
	running chan struct{} // closed when the present try ends; nil for none
}

// provider returns the description, from memory if it is there. It is a *SSOError if the provider does not answer.
func (s *SSO) provider(ctx context.Context) (*ssoProvider, error) {
	s.mu.Lock()
	d := &s.discovery
	age := s.now().Sub(d.triedAt)
	if d.running == nil && (d.known == nil && age >= discoveryPause || d.known != nil && age >= discoveryAge) {
		s.discover()
	}
	known, err, running := d.known, d.err, d.running
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	if running == nil {
		return nil, err
	}
	select {
	case <-running:
	case <-ctx.Done():
		return nil, &SSOError{Reason: SSOUnanswered, Err: ctx.Err()}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.known == nil {
		return nil, d.err
	}
	return d.known, nil
}

// Answers reports whether the provider answered when it was last asked. It asks beside the request when that was long
// ago, or went wrong, so that what it reports is soon right again.
func (s *SSO) Answers() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &s.discovery
	age := s.now().Sub(d.triedAt)
	if d.running == nil && (age >= discoveryAge || (d.err != nil || d.known == nil) && age >= discoveryPause) {
		s.discover()
	}
	return d.err == nil
}

// discover starts a try. s.mu is held.
func (s *SSO) discover() {
	done := make(chan struct{})
	s.discovery.running = done
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
		defer cancel()
		p, err := s.describe(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		d := &s.discovery
		d.err, d.triedAt, d.running = nil, s.now(), nil
		if err != nil {
			d.err = &SSOError{Reason: SSOUnanswered, Err: fmt.Errorf("discovery: %w", tame(err))}
		} else {
			d.known = p
		}
		close(done)
	}()
}

// describe asks for the description and checks it.
func (s *SSO) describe(ctx context.Context) (*ssoProvider, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, s.client), s.config.Issuer)
	if other, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return nil, fmt.Errorf("the provider calls itself %.100q: PORTAL_OIDC_ISSUER has to be spelled the same", other.Discovered)
	}
	if err != nil {
		return nil, err
	}
	var more struct {
		JWKS       string   `json:"jwks_uri"`
		UserInfo   string   `json:"userinfo_endpoint"`
		EndSession string   `json:"end_session_endpoint"`
		SendsIss   bool     `json:"authorization_response_iss_parameter_supported"`
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, err
	}
	p := &ssoProvider{oidc: found, endpoint: found.Endpoint(), endSession: more.EndSession, sendsIss: more.SendsIss}
	for _, e := range []struct {
		name, url string
		required  bool
	}{
		{"authorization_endpoint", p.endpoint.AuthURL, true}, {"token_endpoint", p.endpoint.TokenURL, true}, {"jwks_uri", more.JWKS, true},
		{"userinfo_endpoint", more.UserInfo, false}, {"end_session_endpoint", more.EndSession, false},
	} {
		if e.url == "" && !e.required {
			continue
		}
		if err := CheckProviderURL(e.url); err != nil {
			return nil, fmt.Errorf("its %s %w", e.name, err)
		}
	}
	p.endpoint.AuthStyle = oauth2.AuthStyleInHeader // what every provider takes if it names no methods
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		p.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	// The verifier asks for keys when it meets an unknown one.
	p.verifier = found.VerifierContext(oidc.ClientContext(context.Background(), s.keysClient), &oidc.Config{
		ClientID: s.config.ClientID,
		Now:      func() time.Time { return s.now().Add(-clockSkew) },
	})
	return p, nil
}

// CheckProviderURL says what is wrong with an address of a provider, in words that follow its name: codes, secrets and
// tokens go there, so it is https but on this machine.
func CheckProviderURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("is no https URL")
	case u.User != nil:
		return errors.New("holds a user name")
	case u.Fragment != "":
		return errors.New("has a fragment")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return errors.New("is http, which would send tokens in clear")
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
