package auth

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/pquerna/otp"
)

// Errors of [SecondFactors], for errors.Is.
var (
	// ErrNoCode: what was typed is no code at all, so it was not counted as a try.
	ErrNoCode = errors.New("not a code")

	// ErrWrongCode: a code of another time, another app, or none of the recovery codes that are left.
	ErrWrongCode = errors.New("wrong code")

	// ErrUsedCode: the right code, but it was accepted before.
	ErrUsedCode = errors.New("the code was used before")

	// ErrWrongPasskey: not a passkey of the account, or its answer does not hold.
	ErrWrongPasskey = errors.New("wrong passkey")

	// ErrExpired: what the page held is too old, or not of this portal's making.
	ErrExpired = errors.New("the page is too old")
)

const (
	// freeCodes are the wrong codes that cost nothing: a slip, the code of a moment ago, the other account's.
	freeCodes = 3

	// maxCodeDelay is what a guesser who has the password comes to wait between codes. With three codes good at any
	// time, a year of guessing finds one of ten. Passkeys and recovery codes don't wait, so the owner can get in.
	maxCodeDelay = 15 * time.Minute

	// offerAge is how long somebody may take to set up an app.
	offerAge = time.Hour

	// ProofAge is how long a proof of who somebody is serves for sensitive acts.
	ProofAge = 15 * time.Minute
)

// SecondFactors checks and keeps what proves a person beyond the password: codes of an authenticator app, recovery
// codes, passkeys.
type SecondFactors struct {
	store     FactorStore
	secrets   Sealer // of authenticators' secrets at rest
	pages     Sealer // of what goes through a page and back
	handleKey []byte
	rp        *webauthn.WebAuthn // nil where passkeys don't work
	origin    *url.URL
	now       func() time.Time
}

// NewSecondFactors returns the factors over a store; base is the URL at which people reach the portal.
func NewSecondFactors(store FactorStore, keys Keys, base *url.URL, now func() time.Time) (*SecondFactors, error) {
	s := &SecondFactors{store: store, now: now}
	var err error
	if s.secrets, err = keys.Sealer(authenticatorPurpose); err != nil {
		return nil, err
	}
	if s.pages, err = keys.Sealer("second factor page"); err != nil {
		return nil, err
	}
	handle, err := keys.Derive("passkey handle", 32)
	if err != nil {
		return nil, err
	}
	s.handleKey = handle[0]
	s.rp, s.origin, err = relyingParty(base)
	return s, err
}

// Of returns a user and the user's factors as they are now. ErrNotFound if there is no such user.
func (s *SecondFactors) Of(ctx context.Context, userID int64) (User, Factors, error) {
	return s.store.UserWithFactors(ctx, userID)
}

// AuthenticatorOffer is a secret that nobody uses yet.
type AuthenticatorOffer struct {
	Secret string `json:"secret"` // base32
	At     time.Time
	Ticket string `json:"-"` // has to come back with a code
}

func offerPlace(by Identity) string { return "authenticator of " + strconv.FormatInt(by.User.ID, 10) }

// OfferAuthenticator draws a secret for the signed-in user's app. Nothing is kept until a code of it comes back.
func (s *SecondFactors) OfferAuthenticator(by Identity) (AuthenticatorOffer, error) {
	o := AuthenticatorOffer{Secret: newTOTPSecret(), At: s.now()}
	var err error
	o.Ticket, err = s.seal(o, offerPlace(by))
	return o, err
}

// ReadOffer returns the offer of a ticket, or ErrExpired.
func (s *SecondFactors) ReadOffer(by Identity, ticket string) (AuthenticatorOffer, error) {
	o := AuthenticatorOffer{Ticket: ticket}
	err := s.unseal(ticket, offerPlace(by), offerAge, &o, func() time.Time { return o.At })
	return o, err
}

// Picture is the offer as a PNG for a phone's camera.
func (o AuthenticatorOffer) Picture(email string) ([]byte, error) {
	key, err := otp.NewKeyFromURL(totpURL(o.Secret, email))
	if err != nil {
		return nil, fmt.Errorf("picture of a secret: %w", told(err)) // the error would repeat the secret
	}
	img, err := key.Image(232, 232)
	if err != nil {
		return nil, fmt.Errorf("picture of a secret: %w", err)
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	return b.Bytes(), err
}

// CheckOffer says whether a code shows that the app has the secret: ErrNoCode, ErrWrongCode.
func (s *SecondFactors) CheckOffer(o AuthenticatorOffer, typed string) error {
	_, err := s.offeredStep(o, typed)
	return err
}

func (s *SecondFactors) offeredStep(o AuthenticatorOffer, typed string) (int64, error) {
	code, ok := parseTOTP(typed)
	if !ok {
		return 0, ErrNoCode
	}
	steps, err := totpSteps(o.Secret, code, s.now())
	if err != nil {
		return 0, err
	}
	if len(steps) == 0 {
		return 0, ErrWrongCode
	}
	return steps[0], nil
}

// AddAuthenticator keeps the offered app in place of any other, once a code shows that it works; the code is used up.
// Errors: those of CheckOffer, ErrNotFound if the account was changed meanwhile, or the store's.
func (s *SecondFactors) AddAuthenticator(ctx context.Context, by Identity, o AuthenticatorOffer, typed string) error {
	step, err := s.offeredStep(o, typed)
	if err != nil {
		return err
	}
	sealed := s.secrets.Seal([]byte(o.Secret), offerPlace(by))
	return s.store.SetAuthenticator(ctx, by.with(ByPasswordTOTP), sealed, step, s.now())
}

// RemoveAuthenticator forgets the signed-in user's app. See [FactorStore].
func (s *SecondFactors) RemoveAuthenticator(ctx context.Context, by Identity, keep bool) error {
	return s.store.RemoveAuthenticator(ctx, by, keep, s.now())
}

// NewRecoveryCodes makes codes in place of all others. They are not kept: show them once.
func (s *SecondFactors) NewRecoveryCodes(ctx context.Context, userID int64) ([]string, error) {
	var codes, hashes []string
	for range recoveryCodes {
		code := newRecoveryCode()
		codes = append(codes, code)
		hashes = append(hashes, hashRecoveryCode(userID, strings.ReplaceAll(code, "-", "")))
	}
	if err := s.store.SetRecoveryCodes(ctx, userID, hashes); err != nil {
		return nil, err
	}
	return codes, nil
}

// CheckCode takes a code of the user's app, or a recovery code, and uses it up. It says which it was as the means of a
// sign-in by password and it, and how many wrong codes came before it.
//
// Errors: ErrNoCode, ErrWrongCode, ErrUsedCode, *TooManyTries, or the store's.
func (s *SecondFactors) CheckCode(ctx context.Context, userID int64, typed string) (means Means, wrong int, err error) {
	now := s.now()
	if code, ok := parseRecoveryCode(typed); ok {
		err := s.store.UseRecoveryCode(ctx, userID, hashRecoveryCode(userID, code), now)
		if errors.Is(err, ErrNotFound) {
			return "", 0, ErrWrongCode
		}
		return ByPasswordCode, 0, err
	}
	code, ok := parseTOTP(typed)
	if !ok {
		return "", 0, ErrNoCode
	}
	wait, err := s.store.TakeFactorTry(ctx, userID, now, func(failed int, last time.Time) time.Duration { return codeDelay(failed, last, now) })
	switch {
	case err != nil:
		return "", 0, err
	case wait > 0:
		return "", 0, &TooManyTries{Wait: (wait + time.Second - 1).Truncate(time.Second)}
	}
	if err := s.useTOTP(ctx, userID, code, now); err != nil {
		return "", 0, err
	}
	tries, err := s.store.ClearFactorTries(ctx, userID)
	return ByPasswordTOTP, max(0, tries-1), err // the right one was counted, too
}

func (s *SecondFactors) useTOTP(ctx context.Context, userID int64, code string, now time.Time) error {
	sealed, err := s.store.Authenticator(ctx, userID)
	if errors.Is(err, ErrNotFound) {
		return ErrWrongCode
	}
	if err != nil {
		return err
	}
	place := offerPlace(Identity{User: User{ID: userID}})
	secret, err := s.secrets.Open(sealed, place)
	if err != nil {
		return fmt.Errorf("open an authenticator's secret, has PORTAL_SECRET changed: %w", err)
	}
	steps, err := totpSteps(string(secret), code, now)
	if err != nil {
		return err
	}
	result := ErrWrongCode
	for _, step := range steps {
		// Sealed anew, so that an older PORTAL_SECRET can go once everybody has signed in.
		err := s.store.UseStep(ctx, userID, step, s.secrets.Seal(secret, place), now)
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		result = ErrUsedCode
	}
	return result
}

// codeDelay is how long to wait for the next code: nothing at first, then 1, 2, 4… seconds since the last one.
func codeDelay(failed int, last, now time.Time) time.Duration {
	if failed < freeCodes {
		return 0
	}
	delay := maxCodeDelay
	if doublings := failed - freeCodes; doublings < 10 { // 2¹⁰ s is over the maximum
		delay = min(delay, time.Second<<doublings)
	}
	return min(max(0, last.Add(delay).Sub(now)), maxCodeDelay) // the last clause is for clocks that differ
}

// Prove notes that the reader has just proved who they are.
func (s *SecondFactors) Prove(ctx context.Context, by Identity) error {
	return s.store.ProveLogin(ctx, by.LoginID, s.now())
}

// Recent reports whether the reader's proof is fresh enough for sensitive acts.
func (s *SecondFactors) Recent(by Identity) bool { return s.now().Sub(by.ProvedAt) < ProofAge }

// with is the identity after a factor was added: a login by password alone has it from now on.
func (id Identity) with(means Means) Identity {
	if id.Means == ByPassword {
		id.Means = means
	}
	return id
}

// Strong reports whether a sign-in by these means took two factors. A single sign-on counts: its provider says who may
// come in and how they prove it.
func (m Means) Strong() bool {
	return m == ByPasskey || strings.HasPrefix(string(m), "password+") || strings.HasPrefix(string(m), "sso")
}

// seal makes a text for a page that only this portal reads, and only in that place.
func (s *SecondFactors) seal(value any, place string) (string, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("seal for a page: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.pages.Seal(text, place)), nil
}

// unseal reads what seal made into value, unless it is older than age: ErrExpired.
func (s *SecondFactors) unseal(ticket, place string, age time.Duration, value any, at func() time.Time) error {
	sealed, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil {
		return ErrExpired
	}
	text, err := s.pages.Open(sealed, place)
	if err != nil || json.Unmarshal(text, value) != nil || s.now().Sub(at()) >= age {
		return ErrExpired
	}
	return nil
}
