package auth

import (
	"context"
	"errors"
	"time"
)

// Factors are what an account has besides its password.
type Factors struct {
	Authenticator      bool // an app that makes codes
	AuthenticatorAdded time.Time
	AuthenticatorUsed  time.Time // zero: only when it was added
	Passkeys           []Passkey // the oldest first
	RecoveryCodes      int       // not used yet
}

// Any reports whether the password alone is not enough. Recovery codes stand in for a factor and are none.
func (f Factors) Any() bool { return f.Authenticator || len(f.Passkeys) > 0 }

// Count is how many factors there are.
func (f Factors) Count() int {
	n := len(f.Passkeys)
	if f.Authenticator {
		n++
	}
	return n
}

// Passkey is one WebAuthn credential of a user.
type Passkey struct {
	ID             string // the credential's, as base64url
	UserID         int64
	Handle         string // what the authenticator knows the user by, as base64url
	Name           string // the user's word for it
	PublicKey      []byte // COSE
	Transports     []string
	BackupEligible bool
	BackedUp       bool
	SignCount      uint32
	AddedAt        time.Time
	UsedAt         time.Time // zero: never
}

// PasskeyUse is what one accepted answer of a passkey changes.
type PasskeyUse struct {
	SignCount   uint32
	BackedUp    bool
	ChallengeAt time.Time // when the challenge was made
	At          time.Time
}

// Means with a second factor. Those of a single sign-on start with "sso".
const (
	ByPasskey         Means = "passkey" // which checked the user, too: both factors in one
	ByPasswordTOTP    Means = "password+totp"
	ByPasswordCode    Means = "password+recovery"
	ByPasswordPasskey Means = "password+passkey"
)

// FactorStore is what [SecondFactors] keeps. Times are kept to the millisecond.
type FactorStore interface {
	// UserWithFactors returns a user and the user's factors as they are now, or ErrNotFound.
	UserWithFactors(ctx context.Context, userID int64) (User, Factors, error)

	// Authenticator returns the sealed secret of the user's app, or ErrNotFound.
	Authenticator(ctx context.Context, userID int64) (sealed []byte, err error)

	// SetAuthenticator keeps an app in place of any other, the code of a time step being used up. It ends the user's
	// logins but that of by, whose means become by.Means.
	SetAuthenticator(ctx context.Context, by Identity, sealed []byte, step int64, at time.Time) error

	// UseStep uses up the code of a time step, and keeps the secret as it is sealed now. ErrNotFound if it or a later
	// one was used before, or there is no app.
	UseStep(ctx context.Context, userID, step int64, sealed []byte, at time.Time) error

	// RemoveAuthenticator and RemovePasskey remove a factor, with the last one the recovery codes. They end the user's
	// logins but that of by. ErrNotFound if there is no such factor; ErrLastFactor if it is the last and keep is set.
	RemoveAuthenticator(ctx context.Context, by Identity, keep bool, at time.Time) error
	RemovePasskey(ctx context.Context, by Identity, id string, keep bool, at time.Time) error

	// SetRecoveryCodes keeps the hashes of new codes in place of any others; UseRecoveryCode uses one up, or ErrNotFound.
	SetRecoveryCodes(ctx context.Context, userID int64, hashes []string) error
	UseRecoveryCode(ctx context.Context, userID int64, hash string, at time.Time) error

	// AddPasskey keeps a passkey, as SetAuthenticator does. ErrPasskeyKnown if it is kept already, ErrTooManyPasskeys.
	AddPasskey(ctx context.Context, by Identity, p Passkey) error

	// PasskeyByID finds a passkey whosever it is, or ErrNotFound.
	PasskeyByID(ctx context.Context, id string) (Passkey, error)

	// UsePasskey notes a use. ErrNotFound if that challenge or a later one was answered before, or the counter did not
	// grow: somebody has a copy, or an old answer.
	UsePasskey(ctx context.Context, userID int64, id string, use PasskeyUse) error

	// TakeFactorTry counts one more code as wrong, unless wait, asked with the failures so far and the time of the
	// last, says how long there is to wait. No two are counted at once.
	TakeFactorTry(ctx context.Context, userID int64, at time.Time, wait func(failed int, last time.Time) time.Duration) (time.Duration, error)

	// ClearFactorTries forgets the tries after a right code and returns how many there were.
	ClearFactorTries(ctx context.Context, userID int64) (failed int, err error)

	// ProveLogin notes that the user of a login has proved who they are.
	ProveLogin(ctx context.Context, loginID string, at time.Time) error
}

// Errors of second factors, for errors.Is.
var (
	// ErrLastFactor: the account may not be left without a second factor.
	ErrLastFactor = errors.New("the last second factor")

	// ErrPasskeyKnown: the passkey is kept already.
	ErrPasskeyKnown = errors.New("the passkey is kept already")

	// ErrTooManyPasskeys: the user has as many as one may have.
	ErrTooManyPasskeys = errors.New("too many passkeys")
)
