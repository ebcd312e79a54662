package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/scs/v2"
)

// Errors of [Doors], for errors.Is. Their texts are for logs.
var (
	// ErrNotFound is what a [Store] answers for a user or login that it does not have.
	ErrNotFound = errors.New("not found")

	// ErrWrongPassword: no such account, a wrong password, or a disabled account. Which of them is not told.
	ErrWrongPassword = errors.New("wrong e-mail or password")

	// ErrNotSignedIn: the request has no session.
	ErrNotSignedIn = errors.New("not signed in")

	// ErrLoginEnded: the request has a session, but its login is over: signed out elsewhere, too old, idle for too
	// long, or the account was disabled or changed. errors.Is(ErrLoginEnded, ErrNotSignedIn) holds.
	ErrLoginEnded = fmt.Errorf("login ended: %w", ErrNotSignedIn)
)

// TooManyTries is the error of CheckPassword when too many passwords were wrong, or too many are being checked. This one
// was not.
type TooManyTries struct {
	Wait time.Duration // until the next try is looked at, at least a second
	Busy bool          // the wait is for others' tries: nothing counts against this client
}

func (e *TooManyTries) Error() string {
	if e.Busy {
		return fmt.Sprintf("too many sign-ins at once: wait %s", e.Wait)
	}
	return fmt.Sprintf("too many wrong passwords: wait %s", e.Wait)
}

// Store is what [Doors] keeps. Addresses are normalized before they get here.
type Store interface {
	// UserForSignIn returns the user of that address and the stored password hash, or ErrNotFound.
	UserForSignIn(ctx context.Context, email string) (u User, passwordHash string, err error)

	// StartLogin keeps a new login. ErrNotFound if the user's generation is no longer the login's or the user is
	// disabled: somebody changed the account while the password was being checked.
	StartLogin(ctx context.Context, l Login) error

	// LoginWithUser returns a login and its user, both as they are now, or ErrNotFound. Whether they are still good is
	// for the caller to say.
	LoginWithUser(ctx context.Context, id string) (Login, User, error)

	// TouchLogin moves the login's last use forward.
	TouchLogin(ctx context.Context, id string, at time.Time) error

	// EndLogin ends the login; ending an ended or unknown one is no error.
	EndLogin(ctx context.Context, id string, at time.Time) error

	// SignedInFrom reports whether a login of that account started from the network (see [Network]) since then.
	SignedInFrom(ctx context.Context, email, network string, since time.Time) (bool, error)

	// Wrong passwords count for all processes together.
	TryStore
}

// Doors lets people in and out.
type Doors struct {
	store     Store
	sessions  *scs.SessionManager
	throttle  *Throttle
	passwords *Passwords
	limits    Limits
	now       func() time.Time
	ssoOnly   bool // see CloseLocal
}

// NewDoors returns the doors over a store. The sessions must be the manager whose LoadAndSave wraps the handlers.
func NewDoors(store Store, sessions *scs.SessionManager, now func() time.Time) *Doors {
	return &Doors{
		store:     store,
		sessions:  sessions,
		throttle:  NewThrottle(store, now),
		passwords: NewPasswords(),
		limits:    DefaultLimits(),
		now:       now,
	}
}

// CloseLocal leaves the single sign-on as the only way in, for every account. It is called before anyone comes.
func (d *Doors) CloseLocal() { d.ssoOnly = true }

// LocalOpen reports whether accounts of the portal's own may sign in, by password or passkey.
func (d *Doors) LocalOpen() bool { return !d.ssoOnly }

// CheckPassword is CheckPasswordFrom for a client whose device is not known.
func (d *Doors) CheckPassword(ctx context.Context, email, password, address string) (User, error) {
	return d.CheckPasswordFrom(ctx, email, password, From{Address: address})
}

// From is where a password comes from.
type From struct {
	Address string // the client's, as the portal trusts it

	// Device names a browser from which the account has signed in before, see [Devices.Known]; "" for others. A login
	// that is still open counts as one.
	Device string
}

// knownNetworkFor is how long after a sign-in the account knows the network it came from.
const knownNetworkFor = 30 * 24 * time.Hour

// busyWait is how long a client is told to wait when the queue for checking passwords is full.
const busyWait = 2 * time.Second

// CheckPasswordFrom returns the user whose password it is. Nothing is opened yet: see [Doors.Open].
//
// Whoever tries passwords must cost little and keep nobody out. So tries are told apart, see [Throttle]:
//
//   - From a device that the account has signed in from before, they count against that device alone.
//   - From a network that the account has signed in from lately, against the account in that network and against the
//     network.
//   - From anywhere else, against the account as a whole, too, and they are checked by strangers' share of the work, in a
//     short queue. So 10,000 addresses together get no more than some tries a minute for one account.
//
// Thus an owner at the usual desk or browser gets in at any time. On a new device elsewhere the owner has to wait while
// an attack on the account lasts; a link from an administrator makes that browser known (see [Devices.Remember]).
//
// Errors: ErrWrongPassword, *TooManyTries, the context's, or the store's. An unknown account takes as long as a wrong
// password, so times do not tell which addresses have accounts.
func (d *Doors) CheckPasswordFrom(ctx context.Context, email, password string, from From) (User, error) {
	email = NormalizeEmail(email)
	verify := d.passwords.Verify
	taken := []limit{deviceLimit(email, from.Device)} // the first is forgotten after a right password
	if from.Device == "" {
		taken = []limit{pairLimit(email, from.Address), addressLimit(from.Address)}
		known, err := d.store.SignedInFrom(ctx, email, Network(from.Address), d.now().Add(-knownNetworkFor))
		if err != nil {
			return User{}, fmt.Errorf("look for sign-ins from the network: %w", err)
		}
		if !known {
			if d.passwords.strangers.full() { // what would not be looked at need not be counted and uncounted
				return User{}, &TooManyTries{Wait: busyWait, Busy: true}
			}
			verify = d.passwords.verifyStranger
			taken = append(taken, accountLimit(email))
		}
	}
	wait, err := d.throttle.take(ctx, taken...)
	if err != nil {
		return User{}, err
	}
	if wait > 0 {
		return User{}, &TooManyTries{Wait: wait}
	}

	user, hash, err := d.store.UserForSignIn(ctx, email)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, fmt.Errorf("find user: %w", err)
	}
	known := err == nil
	right, err := verify(ctx, password, hash) // an empty hash costs the same and is never right
	if errors.Is(err, errBusy) {
		if err := d.throttle.giveBack(ctx, taken...); err != nil {
			return User{}, err
		}
		return User{}, &TooManyTries{Wait: busyWait, Busy: true}
	}
	if err != nil {
		return User{}, fmt.Errorf("check password: %w", err)
	}
	if !known || !right || user.Disabled {
		return User{}, ErrWrongPassword
	}
	if err := d.throttle.clear(ctx, taken...); err != nil {
		return User{}, err
	}
	return user, nil
}

// HashPassword returns the hash of a password to keep, in its turn with the passwords that are checked. See
// [CheckPassword] for what to hash.
func (d *Doors) HashPassword(ctx context.Context, password string) (string, error) {
	return d.passwords.Hash(ctx, password)
}

// Open starts a login for a user who has proved by the means who they are, and puts it into the session under a new
// token. userAgent may be anything.
//
// An account of the single sign-on opens by that means alone: whoever has left there must not get in by what they once
// set up here.
//
// Errors: ErrWrongPassword if the account was changed or disabled since the proof, or does not open by these means, or
// the store's.
func (d *Doors) Open(ctx context.Context, user User, means Means, address, userAgent string) (Identity, error) {
	if means != BySSO && (user.SSO || d.ssoOnly) {
		return Identity{}, ErrWrongPassword
	}
	now := d.now()
	if old := d.sessions.GetString(ctx, sessionLogin); old != "" {
		if err := d.store.EndLogin(ctx, old, now); err != nil {
			return Identity{}, fmt.Errorf("end the browser's previous login: %w", err)
		}
	}
	login := Login{
		ID:         rand.Text(),
		UserID:     user.ID,
		Generation: user.Generation,
		Address:    shorten(address, 64),
		UserAgent:  shorten(userAgent, 300),
		Means:      means,
		ProvedAt:   now,
		StartedAt:  now,
		LastSeenAt: now,
	}
	if err := d.store.StartLogin(ctx, login); errors.Is(err, ErrNotFound) {
		return Identity{}, ErrWrongPassword
	} else if err != nil {
		return Identity{}, fmt.Errorf("start login: %w", err)
	}

	// Nothing that the session held before, and a token that nobody can have planted (session fixation).
	if err := d.sessions.Clear(ctx); err != nil {
		return Identity{}, fmt.Errorf("clear session: %w", err)
	}
	if err := d.sessions.RenewToken(ctx); err != nil {
		return Identity{}, fmt.Errorf("renew session token: %w", err)
	}
	d.sessions.Put(ctx, sessionLogin, login.ID)
	return Identity{LoginID: login.ID, User: user, Means: means, ProvedAt: now}, nil
}

// Identify returns who is behind the request whose session the context carries. It asks the store each time.
//
// Errors: ErrNotSignedIn, ErrLoginEnded, or the store's.
func (d *Doors) Identify(ctx context.Context) (Identity, error) {
	id := d.sessions.GetString(ctx, sessionLogin)
	if id == "" {
		return Identity{}, ErrNotSignedIn
	}
	login, user, err := d.store.LoginWithUser(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Identity{}, ErrLoginEnded
	}
	if err != nil {
		return Identity{}, fmt.Errorf("find login: %w", err)
	}
	now := d.now()
	if !login.goodFor(user, now, d.limits) {
		return Identity{}, ErrLoginEnded
	}
	if now.Sub(login.LastSeenAt) >= TouchEvery {
		if err := d.store.TouchLogin(ctx, id, now); err != nil {
			return Identity{}, fmt.Errorf("note the login's use: %w", err)
		}
	}
	return Identity{LoginID: id, User: user, Means: login.Means, ProvedAt: login.ProvedAt}, nil
}

// SignOut ends the session's login and the session. It goes through with it when the client hangs up meanwhile, and is
// no error for a stranger.
func (d *Doors) SignOut(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if id := d.sessions.GetString(ctx, sessionLogin); id != "" {
		if err := d.store.EndLogin(ctx, id, d.now()); err != nil {
			return fmt.Errorf("end login: %w", err)
		}
	}
	if err := d.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("destroy session: %w", err)
	}
	return nil
}

// shorten cuts what a client chose to at most n bytes of valid UTF-8.
func shorten(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
