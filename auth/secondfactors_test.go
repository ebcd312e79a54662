package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"
)

// oneApp is a store of one user's app. What it does not know panics.
type oneApp struct {
	FactorStore
	sealed []byte
	last   int64
	tries  int
}

func (a *oneApp) Authenticator(context.Context, int64) ([]byte, error) { return a.sealed, nil }

func (a *oneApp) SetAuthenticator(_ context.Context, _ Identity, sealed []byte, step int64, _ time.Time) error {
	a.sealed, a.last = sealed, step
	return nil
}

func (a *oneApp) UseStep(_ context.Context, _, step int64, sealed []byte, _ time.Time) error {
	if step <= a.last {
		return ErrNotFound
	}
	a.sealed, a.last = sealed, step
	return nil
}

func (a *oneApp) TakeFactorTry(context.Context, int64, time.Time, func(int, time.Time) time.Duration) (time.Duration, error) {
	a.tries++
	return 0, nil
}

func (a *oneApp) ClearFactorTries(context.Context, int64) (int, error) {
	n := a.tries
	a.tries = 0
	return n, nil
}

func factorsUnder(t *testing.T, store FactorStore, secret string, now func() time.Time) *SecondFactors {
	t.Helper()
	keys, err := NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSecondFactors(store, keys, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := hotp.GenerateCode(secret, uint64(at.Unix())/30)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// An app outlasts a change of PORTAL_SECRET, and the old one can go after its next code.
func TestAuthenticatorOutlastsRotation(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	older, newer := strings.Repeat("a", 32), strings.Repeat("b", 32)
	store, by := &oneApp{}, Identity{LoginID: "x", User: User{ID: 7}}
	before := factorsUnder(t, store, older, now)
	offer, err := before.OfferAuthenticator(by)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(offer.Ticket, offer.Secret) {
		t.Error("the ticket holds the secret in clear")
	}
	if err := before.AddAuthenticator(t.Context(), by, offer, codeAt(t, offer.Secret, at)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(store.sealed), offer.Secret) {
		t.Error("the secret is kept in clear")
	}
	at = at.Add(time.Minute)
	if _, _, err := factorsUnder(t, store, newer, now).CheckCode(t.Context(), 7, codeAt(t, offer.Secret, at)); !errors.Is(err, ErrSealed) {
		t.Errorf("without the older secret: got %v, want ErrSealed", err)
	}
	if means, _, err := factorsUnder(t, store, newer+","+older, now).CheckCode(t.Context(), 7, codeAt(t, offer.Secret, at)); err != nil || means != ByPasswordTOTP {
		t.Errorf("with both: got %q, %v", means, err)
	}
	at = at.Add(time.Minute)
	if _, wrong, err := factorsUnder(t, store, newer, now).CheckCode(t.Context(), 7, codeAt(t, offer.Secret, at)); err != nil || wrong != 0 {
		t.Errorf("with the newer one alone: got %d wrong before, %v", wrong, err)
	}
	// Another user's row opens nothing.
	if _, _, err := factorsUnder(t, store, newer, now).CheckCode(t.Context(), 8, codeAt(t, offer.Secret, at)); !errors.Is(err, ErrSealed) {
		t.Errorf("in another's place: got %v, want ErrSealed", err)
	}
}

func TestOffersEnd(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	s := factorsUnder(t, &oneApp{}, strings.Repeat("a", 32), func() time.Time { return at })
	by, other := Identity{User: User{ID: 7}}, Identity{User: User{ID: 8}}
	offer, err := s.OfferAuthenticator(by)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.ReadOffer(by, offer.Ticket); err != nil || got.Secret != offer.Secret {
		t.Errorf("got %q, %v, want the offered secret", got.Secret, err)
	}
	_, ticket, err := s.NewChallenge()
	if err != nil {
		t.Fatal(err)
	}
	for name, ticket := range map[string]string{"": "", "changed": offer.Ticket[1:], "a challenge": ticket, "no base64": "é"} {
		if _, err := s.ReadOffer(by, ticket); !errors.Is(err, ErrExpired) {
			t.Errorf("%s: got %v, want ErrExpired", name, err)
		}
	}
	if _, err := s.ReadOffer(other, offer.Ticket); !errors.Is(err, ErrExpired) {
		t.Errorf("another's: got %v, want ErrExpired", err)
	}
	at = at.Add(offerAge)
	if _, err := s.ReadOffer(by, offer.Ticket); !errors.Is(err, ErrExpired) {
		t.Errorf("an hour later: got %v, want ErrExpired", err)
	}
}
