package auth

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// keptTokens is a store with one token.
type keptTokens struct {
	hash    string
	token   Token
	owner   User
	asked   int
	touched []string
}

func (k *keptTokens) TokenWithOwner(_ context.Context, hash string) (Token, User, error) {
	k.asked++
	if hash != k.hash {
		return Token{}, User{}, ErrNotFound
	}
	return k.token, k.owner, nil
}

func (k *keptTokens) TouchToken(_ context.Context, id int64, at time.Time, address string) error {
	k.touched = append(k.touched, fmt.Sprintf("%d %s", id, address))
	k.token.UsedAt = at
	return nil
}

func TestTokensIdentify(t *testing.T) {
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	text := NewTokenText()
	good := Token{ID: 7, OwnerID: 3, Name: "nightly", Scope: Scope{Kind: ScopeExport}, CreatedAt: now, ExpiresAt: now.Add(TokenLife)}
	header := []string{"Bearer " + text.Reveal()}
	for _, c := range []struct {
		name   string
		change func(*keptTokens)
		header []string
		fault  TokenFault
		asked  int
	}{
		{"good", func(*keptTokens) {}, header, "", 1},
		{"misspelt", func(*keptTokens) {}, []string{header[0] + "A"}, TokenMisspelt, 0},
		{"none", func(*keptTokens) {}, []string{"Basic x"}, TokenMisspelt, 0},
		{"another", func(*keptTokens) {}, []string{"Bearer " + NewTokenText().Reveal()}, TokenUnknown, 1},
		{"revoked", func(k *keptTokens) { k.token.RevokedAt = now }, header, TokenRevoked, 1},
		{"expired", func(k *keptTokens) { k.token.ExpiresAt = now }, header, TokenExpired, 1},
		{"its last moment", func(k *keptTokens) { k.token.ExpiresAt = now.Add(time.Millisecond) }, header, "", 1},
		{"owner disabled", func(k *keptTokens) { k.owner.Disabled = true }, header, TokenOrphaned, 1},
		{"owner with a new password or role", func(k *keptTokens) { k.owner.Generation = 9 }, header, "", 1},
	} {
		kept := &keptTokens{hash: text.Hash(), token: good, owner: User{ID: 3, Email: "ann@example.com", Role: Finance}}
		c.change(kept)
		id, err := NewTokens(kept, func() time.Time { return now }).Identify(t.Context(), c.header, "192.0.2.1")
		var refused *TokenRefused
		errors.As(err, &refused)
		switch {
		case c.fault == "" && (err != nil || id.User != kept.owner || id.Token.ID != 7 || id.LoginID != "" || id.Means != ByToken || !id.May(Export)):
			t.Errorf("%s: got %+v and %v, want its owner", c.name, id, err)
		case c.fault == "" && fmt.Sprint(kept.touched) != "[7 192.0.2.1]":
			t.Errorf("%s: got %v touched, want once", c.name, kept.touched)
		case c.fault != "" && (refused == nil || refused.Fault != c.fault || refused.Wait != 0 || id != (Identity{}) || kept.touched != nil):
			t.Errorf("%s: got %+v and %v, want it refused as %s", c.name, id, err, c.fault)
		}
		if kept.asked != c.asked {
			t.Errorf("%s: the store was asked %d times, want %d", c.name, kept.asked, c.asked)
		}
	}
}

// Wrong tokens are slowed down by address; a good one from there is not.
func TestWrongTokensSlowDown(t *testing.T) {
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	text := NewTokenText()
	kept := &keptTokens{hash: text.Hash(), token: Token{ID: 7, ExpiresAt: now.Add(TokenLife), Scope: Scope{Kind: ScopeExport}}}
	tokens := NewTokens(kept, func() time.Time { return now })
	told := 0
	for range 10_000 {
		_, err := tokens.Identify(t.Context(), []string{"Bearer " + NewTokenText().Reveal()}, "192.0.2.1")
		var refused *TokenRefused
		if !errors.As(err, &refused) {
			t.Fatalf("got %v, want it refused", err)
		}
		if !refused.Again {
			told++
		} else if refused.Wait < time.Second || refused.Wait > maxDelay {
			t.Fatalf("got the wait %s, want a second to a minute", refused.Wait)
		}
	}
	if told != freeTriesAddress {
		t.Errorf("got %d of 10,000 refusals to tell of, want %d", told, freeTriesAddress)
	}
	if _, err := tokens.Identify(t.Context(), []string{"Bearer " + text.Reveal()}, "192.0.2.1"); err != nil {
		t.Errorf("a good token from that address: got %v, want it in", err)
	}
	if _, err := tokens.Identify(t.Context(), []string{"Bearer x"}, "192.0.2.2"); err == nil || err.(*TokenRefused).Wait > 0 { //nolint:errorlint // made there
		t.Errorf("another address: got %v, want it refused without a wait", err)
	}
}

// A token has so many requests at once, then one more every two seconds; told of the first refusal of a row.
func TestTokenBudget(t *testing.T) {
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	b := newTokenBudget()
	for i := range tokenBurst {
		if wait, _ := b.take(1, now); wait > 0 {
			t.Fatalf("request %d at once: got the wait %s, want none", i+1, wait)
		}
	}
	for i := range 3 {
		if wait, again := b.take(1, now); wait != 2*time.Second || again != (i > 0) {
			t.Errorf("request %d beyond: got the wait %s, again %t", i+1, wait, again)
		}
	}
	if wait, _ := b.take(2, now); wait > 0 {
		t.Errorf("another token: got the wait %s, want none", wait)
	}
	now = now.Add(1500 * time.Millisecond)
	if wait, _ := b.take(1, now); wait != time.Second {
		t.Errorf("half a second early: got the wait %s, want it rounded up to a second", wait)
	}
	now = now.Add(500 * time.Millisecond)
	if wait, _ := b.take(1, now); wait > 0 {
		t.Errorf("after waiting as told: got the wait %s, want none", wait)
	}
	if wait, again := b.take(1, now); wait == 0 || again {
		t.Errorf("the next: got the wait %s, again %t; want it refused, and told of", wait, again)
	}
	now = now.Add(time.Hour)
	for id := range int64(5 * maxBudgets) {
		b.take(id, now)
		now = now.Add(time.Minute)
	}
	if n := len(b.spent); n > maxBudgets {
		t.Errorf("got %d budgets in memory, want %d at most", n, maxBudgets)
	}
}
