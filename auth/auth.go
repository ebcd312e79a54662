// Package auth says who a reader is and what that reader may do.
//
// A person has a [User] with one [Role]; a role has permissions, listed in one table. Signing in starts a [Login],
// a row that is asked again on every request, so that ending a login, disabling a user or changing a role takes
// effect at once, whatever the browser still holds. [Doors] is the service that opens and shuts: CheckPassword, Open,
// Identify, SignOut.
//
// The package knows neither the web framework nor SQL: what it keeps goes through [Store].
package auth

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// User is one person with an account. It holds no password and no hash, so that it may go anywhere.
type User struct {
	ID        int64
	Email     string // normalized, see NormalizeEmail
	Role      Role
	Disabled  bool
	CreatedAt time.Time

	// SSO: the account signs in through the provider of the single sign-on, and in no other way. See [Doors.Open].
	SSO bool

	// StartView is the id of the saved view that the user starts from, or empty, also if it is shared no longer.
	StartView string

	// Generation grows whenever what was proved at sign-in stops holding: a new password, another role, the account
	// disabled. A login is good only for the generation that it was started under.
	Generation int64
}

// Login is one signed-in browser of one user.
type Login struct {
	ID         string // unguessable, but no secret: the session cookie is another value
	UserID     int64
	Generation int64 // of the user, when the login started
	Address    string
	UserAgent  string
	Means      Means
	ProvedAt   time.Time // when the user last proved who they are: at its start, or later when asked again
	StartedAt  time.Time
	LastSeenAt time.Time // kept to about a minute, see TouchEvery
	EndedAt    time.Time // zero while it lasts
}

// Means is how a user proved who they are at sign-in: "password", or several with a plus between.
type Means string

// The means of signing in.
const (
	ByPassword Means = "password"
	BySSO      Means = "sso" // how exactly is the provider's affair
)

// Identity is who is behind one request, as the database has it now. The zero value is nobody and may nothing.
type Identity struct {
	LoginID  string
	User     User
	Means    Means     // of the login
	ProvedAt time.Time // of the login
	Token    Token     // that the request brought in place of a login; else zero
}

// May reports whether the identity's role has the permission, and the scope of its token, if it has one.
func (id Identity) May(p Permission) bool {
	known := id.LoginID != "" || id.Token.ID != 0 && id.Token.Scope.May(p)
	return known && id.User.Role.May(p)
}

type identityKey struct{}

// WithIdentity returns a context that carries id, for [IdentityFrom].
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

// IdentityFrom returns the identity that [WithIdentity] put into the context; false means a stranger.
func IdentityFrom(ctx context.Context) (Identity, bool) {
	id, ok := ctx.Value(identityKey{}).(Identity)
	return id, ok
}

// maxEmail is the longest address that SMTP can carry (RFC 5321, 4.5.3.1.3, less its angle brackets).
const maxEmail = 254

// NormalizeEmail returns the form in which addresses are stored and compared: trimmed and in lower case. People do not
// tell addresses apart by case, whatever RFC 5321 allows.
func NormalizeEmail(email string) string {
	return strings.ToLower(strings.TrimSpace(email))
}

// CheckEmail says what is wrong with the address of a new account, in words for a person; nil if it may be used.
// It asks for something@something and no more: whether mail arrives is for a mail server to say.
func CheckEmail(email string) error {
	email = NormalizeEmail(email)
	at := strings.LastIndexByte(email, '@')
	switch {
	case len(email) > maxEmail:
		return errors.New("the e-mail address is longer than 254 characters")
	case at < 1 || at == len(email)-1 || strings.ContainsFunc(email, notInEmail):
		return errors.New("this is not an e-mail address, which looks like name@example.com")
	}
	return nil
}

func notInEmail(r rune) bool {
	return r <= ' ' || r == 0x7f || r == utf8.RuneError || strings.ContainsRune(`,;<>"\`, r)
}
