package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

const (
	// challengeAge is how long a browser has for an answer: to find the key, plug it in and touch it.
	challengeAge = 5 * time.Minute

	maxPasskeyName = 60 // characters
)

// relyingParty returns what passkeys are bound to: the host of the portal's URL. Nil with an address that passkeys do
// not work on: they take names and not numbers, and https unless the portal runs on the reader's own machine.
func relyingParty(base *url.URL) (*webauthn.WebAuthn, *url.URL, error) {
	origin := passkeyOrigin(base)
	if origin == nil {
		return nil, nil, nil
	}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: origin.Hostname(), RPDisplayName: totpIssuer, RPOrigins: []string{origin.String()},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			// A PIN or a finger each time, so that a passkey alone is two factors; keys that can't do it are refused.
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("passkeys: %w", err)
	}
	return rp, origin, nil
}

// passkeyOrigin is where passkeys work. A loopback address has the name localhost.
func passkeyOrigin(base *url.URL) *url.URL {
	if base == nil {
		return nil
	}
	host := strings.ToLower(base.Hostname())
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.Unmap().IsLoopback():
		host = "localhost"
	case err == nil, base.Scheme != "https" && host != "localhost" && !strings.HasSuffix(host, ".localhost"):
		return nil
	}
	if port := base.Port(); port != "" {
		host += ":" + port
	}
	return &url.URL{Scheme: base.Scheme, Host: host}
}

// PasskeyOrigin is the address at which passkeys work; nil if they work nowhere.
func (s *SecondFactors) PasskeyOrigin() *url.URL { return s.origin }

// challenge is what an authenticator signs, sealed for the way through the page. It serves once, as UsePasskey sees to.
type challenge struct {
	Challenge string    `json:"c"` // base64url
	At        time.Time `json:"at"`
}

const challengePlace = "passkey challenge"

// NewChallenge draws a challenge and a ticket that has to come back with the answer.
func (s *SecondFactors) NewChallenge() (text, ticket string, err error) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	c := challenge{base64.RawURLEncoding.EncodeToString(b), s.now()}
	ticket, err = s.seal(c, challengePlace)
	return c.Challenge, ticket, err
}

// passkeyUser is a user as the library asks for one.
type passkeyUser struct {
	handle   string
	email    string
	passkeys []Passkey
}

func (u passkeyUser) WebAuthnID() []byte          { return fromBase64(u.handle) }
func (u passkeyUser) WebAuthnName() string        { return u.email }
func (u passkeyUser) WebAuthnDisplayName() string { return u.email }

func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential {
	var list []webauthn.Credential
	for _, p := range u.passkeys {
		c := webauthn.Credential{
			ID: fromBase64(p.ID), PublicKey: p.PublicKey,
			Flags:         webauthn.CredentialFlags{UserPresent: true, BackupEligible: p.BackupEligible, BackupState: p.BackedUp},
			Authenticator: webauthn.Authenticator{SignCount: p.SignCount},
		}
		for _, t := range p.Transports {
			c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
		}
		list = append(list, c)
	}
	return list
}

func fromBase64(text string) []byte {
	b, _ := base64.RawURLEncoding.DecodeString(text) // made by us, or matching nothing
	return b
}

// handleOf is what authenticators know a user by: no address, and the same for all of a user's passkeys.
func (s *SecondFactors) handleOf(u User, f Factors) string {
	if len(f.Passkeys) > 0 {
		return f.Passkeys[0].Handle
	}
	mac := hmac.New(sha256.New, s.handleKey)
	mac.Write(strconv.AppendInt(nil, u.ID, 10))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// CreateOptions is what a browser needs to make a passkey, but for the challenge: PublicKeyCredentialCreationOptions as
// JSON. "" if passkeys don't work here.
func (s *SecondFactors) CreateOptions(u User, f Factors) (string, error) {
	if s.rp == nil {
		return "", nil
	}
	user := passkeyUser{s.handleOf(u, f), u.Email, f.Passkeys}
	creation, _, err := s.rp.BeginRegistration(user, webauthn.WithExclusions(webauthn.Credentials(user.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return "", fmt.Errorf("passkey options: %w", err)
	}
	text, err := json.Marshal(creation.Response)
	return string(text), err
}

// GetOptions is what a browser needs to use one of those passkeys, or with none given any that it has for the portal,
// but for the challenge: PublicKeyCredentialRequestOptions as JSON. "" if passkeys don't work here.
func (s *SecondFactors) GetOptions(passkeys []Passkey) (string, error) {
	if s.rp == nil {
		return "", nil
	}
	var assertion *protocol.CredentialAssertion
	var err error
	if len(passkeys) == 0 {
		assertion, _, err = s.rp.BeginDiscoverableLogin()
	} else {
		assertion, _, err = s.rp.BeginLogin(passkeyUser{handle: passkeys[0].Handle, passkeys: passkeys})
	}
	if err != nil {
		return "", fmt.Errorf("passkey options: %w", err)
	}
	text, err := json.Marshal(assertion.Response)
	return string(text), err
}

// AddPasskey keeps the passkey that a browser made for the signed-in user. Errors: ErrWrongPasskey, ErrExpired,
// ErrPasskeyKnown, ErrTooManyPasskeys, ErrNotFound if the account was changed meanwhile, or the store's.
func (s *SecondFactors) AddPasskey(ctx context.Context, by Identity, ticket, answer, name string) error {
	if s.rp == nil {
		return ErrWrongPasskey
	}
	var c challenge
	if err := s.unseal(ticket, challengePlace, challengeAge, &c, func() time.Time { return c.At }); err != nil {
		return err
	}
	user, factors, err := s.store.UserWithFactors(ctx, by.User.ID)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return errors.Join(ErrWrongPasskey, told(err))
	}
	known := passkeyUser{s.handleOf(user, factors), user.Email, factors.Passkeys}
	made, err := s.rp.CreateCredential(known, webauthn.SessionData{
		Challenge: c.Challenge, UserID: known.WebAuthnID(), CredParams: webauthn.CredentialParametersDefault(),
		UserVerification: protocol.VerificationRequired,
	}, parsed)
	if err != nil {
		return errors.Join(ErrWrongPasskey, told(err))
	}
	p := Passkey{
		ID: base64.RawURLEncoding.EncodeToString(made.ID), UserID: user.ID, Handle: known.handle, Name: passkeyName(name, len(factors.Passkeys)),
		PublicKey: made.PublicKey, BackupEligible: made.Flags.BackupEligible, BackedUp: made.Flags.BackupState,
		SignCount: made.Authenticator.SignCount, AddedAt: s.now(),
	}
	for _, t := range made.Transport {
		if t := string(t); !strings.ContainsRune(t, ',') && len(t) < 20 && len(p.Transports) < 8 {
			p.Transports = append(p.Transports, t)
		}
	}
	return s.store.AddPasskey(ctx, by.with(ByPasswordPasskey), p)
}

// passkeyName is the user's word for a passkey, or a number.
func passkeyName(typed string, have int) string {
	name := strings.Join(strings.Fields(strings.ToValidUTF8(typed, "")), " ")
	if name == "" {
		return "Passkey " + strconv.Itoa(have+1)
	}
	if r := []rune(name); utf8.RuneCountInString(name) > maxPasskeyName {
		name = string(r[:maxPasskeyName])
	}
	return name
}

// CheckPasskey returns the user whose passkey answered a challenge, checking by a PIN or a finger who that is. With
// userID 0 anybody's passkey will do that says whose it is; else it has to be that user's.
//
// Errors: ErrWrongPasskey, with the user if the passkey is known, ErrExpired, or the store's.
func (s *SecondFactors) CheckPasskey(ctx context.Context, userID int64, ticket, answer string) (User, error) {
	if s.rp == nil {
		return User{}, ErrWrongPasskey
	}
	var c challenge
	if err := s.unseal(ticket, challengePlace, challengeAge, &c, func() time.Time { return c.At }); err != nil {
		return User{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return User{}, errors.Join(ErrWrongPasskey, told(err))
	}
	kept, err := s.store.PasskeyByID(ctx, base64.RawURLEncoding.EncodeToString(parsed.RawID))
	if errors.Is(err, ErrNotFound) || err == nil && userID != 0 && kept.UserID != userID {
		return User{}, ErrWrongPasskey
	}
	if err != nil {
		return User{}, err
	}
	user, _, err := s.store.UserWithFactors(ctx, kept.UserID)
	if err != nil {
		return User{}, err
	}
	if user.Disabled || userID == 0 && len(parsed.Response.UserHandle) == 0 {
		return user, ErrWrongPasskey
	}
	session := webauthn.SessionData{Challenge: c.Challenge, UserID: fromBase64(kept.Handle), UserVerification: protocol.VerificationRequired}
	if _, err := s.rp.ValidateLogin(passkeyUser{handle: kept.Handle, passkeys: []Passkey{kept}}, session, parsed); err != nil {
		return user, errors.Join(ErrWrongPasskey, told(err))
	}
	data := parsed.Response.AuthenticatorData
	err = s.store.UsePasskey(ctx, kept.UserID, kept.ID, PasskeyUse{
		SignCount: data.Counter, BackedUp: data.Flags.HasBackupState(), ChallengeAt: c.At, At: s.now(),
	})
	if errors.Is(err, ErrNotFound) {
		return user, ErrWrongPasskey
	}
	return user, err
}

// RemovePasskey forgets a passkey of the signed-in user. See [FactorStore].
func (s *SecondFactors) RemovePasskey(ctx context.Context, by Identity, id string, keep bool) error {
	return s.store.RemovePasskey(ctx, by, id, keep, s.now())
}

// PasskeyNamed finds one of the passkeys by its id.
func (f Factors) PasskeyNamed(id string) (Passkey, bool) {
	i := slices.IndexFunc(f.Passkeys, func(p Passkey) bool { return p.ID == id })
	if i < 0 {
		return Passkey{}, false
	}
	return f.Passkeys[i], true
}

// told is the library's error without what the browser sent.
func told(err error) error {
	if p, ok := errors.AsType[*protocol.Error](err); ok {
		return errors.New(p.Type)
	}
	return errors.New("unreadable")
}
