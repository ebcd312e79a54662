package auth

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ByToken is the means of whoever brings an access token. No login is opened: each request brings the token anew.
const ByToken Means = "token"

// TokenStore keeps access tokens by the hash of their text.
type TokenStore interface {
	// TokenWithOwner returns the token of that hash and its owner, both as they are now, or ErrNotFound. Whether they are
	// still good is for the caller to say.
	TokenWithOwner(ctx context.Context, hash string) (Token, User, error)

	// TouchToken moves the token's last use forward.
	TouchToken(ctx context.Context, id int64, at time.Time, address string) error
}

// Tokens says who is behind an access token.
type Tokens struct {
	store  TokenStore
	wrong  *Throttle // in memory: 256 bits can't be guessed, so it only bounds what wrong ones cost this process
	budget *tokenBudget
	now    func() time.Time
}

// NewTokens returns the tokens of a store.
func NewTokens(store TokenStore, now func() time.Time) *Tokens {
	return &Tokens{store: store, wrong: NewThrottle(newMemoryTries(), now), budget: newTokenBudget(), now: now}
}

// TokenFault is why a token opens nothing.
type TokenFault string

// The faults.
const (
	TokenMisspelt TokenFault = "misspelt" // no token at all: see ErrMisspelt
	TokenUnknown  TokenFault = "unknown"  // well formed, but none of this portal's, or deleted
	TokenExpired  TokenFault = "expired"
	TokenRevoked  TokenFault = "revoked"
	TokenOrphaned TokenFault = "its owner's account is closed" //nolint:gosec // no credentials
	TokenHasty    TokenFault = "too many requests"             // good, but used too often
)

// TokenRefused is the error of [Tokens.Identify] for a token that opens nothing.
type TokenRefused struct {
	Fault TokenFault
	Token Token // zero unless it is known
	Owner User  // zero unless the token is known

	// Wait is how long to wait before the next try, in whole seconds; 0 for as long as one likes.
	Wait time.Duration

	// Again says that the same was refused just before: telling of each would let a client fill a log or a table.
	Again bool
}

func (e *TokenRefused) Error() string { return "access token refused: " + string(e.Fault) }

// Identify returns who is behind a request by its Authorization header, and asks the store each time. The address is the
// client's, as the portal trusts it.
//
// Wrong tokens from an address are slowed down as wrong passwords are, which bounds what they cost beyond being looked
// up. Not so a good one: a forgotten script with an old token must not stop its neighbour, and 256 bits can't be guessed
// at any speed.
//
// Errors: *TokenRefused, or the store's.
func (t *Tokens) Identify(ctx context.Context, authorization []string, address string) (Identity, error) {
	text, err := ParseBearer(authorization)
	if err != nil {
		return Identity{}, t.refuse(ctx, &TokenRefused{Fault: TokenMisspelt}, "", address)
	}
	hash := text.Hash()
	token, owner, err := t.store.TokenWithOwner(ctx, hash)
	if errors.Is(err, ErrNotFound) {
		return Identity{}, t.refuse(ctx, &TokenRefused{Fault: TokenUnknown}, hash, address)
	}
	if err != nil {
		return Identity{}, fmt.Errorf("find access token: %w", err)
	}
	now := t.now()
	if fault := token.fault(owner, now); fault != "" {
		return Identity{}, t.refuse(ctx, &TokenRefused{Fault: fault, Token: token, Owner: owner}, hash, address)
	}
	if wait, again := t.budget.take(token.ID, now); wait > 0 {
		return Identity{}, &TokenRefused{Fault: TokenHasty, Token: token, Owner: owner, Wait: wait, Again: again}
	}
	if now.Sub(token.UsedAt) >= TouchEvery {
		if err := t.store.TouchToken(ctx, token.ID, now, shorten(address, 64)); err != nil {
			return Identity{}, fmt.Errorf("note the access token's use: %w", err)
		}
	}
	return Identity{User: owner, Means: ByToken, Token: token}, nil
}

// fault is why the token opens nothing for its owner; "" if it does.
func (t Token) fault(owner User, now time.Time) TokenFault {
	switch {
	case !t.RevokedAt.IsZero():
		return TokenRevoked
	case !now.Before(t.ExpiresAt):
		return TokenExpired
	case owner.Disabled:
		return TokenOrphaned
	}
	return ""
}

// refuse counts a wrong token against its address.
func (t *Tokens) refuse(ctx context.Context, e *TokenRefused, hash, address string) error {
	var err error
	if e.Wait, err = t.wrong.Take(ctx, hash, address); err != nil {
		return err
	}
	e.Again = e.Wait > 0
	return e
}
