package auth

import (
	"fmt"
	"time"
)

// Limits are how long a login lasts.
type Limits struct {
	Idle     time.Duration // without use
	Lifetime time.Duration // however busy it is
}

// DefaultLimits are [IdleLimit] and [Lifetime].
func DefaultLimits() Limits { return Limits{Idle: IdleLimit, Lifetime: Lifetime} }

// Bounds of the limits: shorter ones end a login while its owner reads a page, longer ones leave a forgotten browser
// open for a weekend. NIST SP 800-63B asks for 12 hours and 30 minutes where a second factor is needed.
const (
	minIdle     = 5 * time.Minute
	minLifetime = 15 * time.Minute
	maxLifetime = 7 * 24 * time.Hour
)

// Check says what is wrong with the limits, in words for an operator; nil if they will do.
func (l Limits) Check() error {
	switch {
	case l.Lifetime < minLifetime || l.Lifetime > maxLifetime:
		return fmt.Errorf("a sign-in has to last between %s and %s", minLifetime, maxLifetime)
	case l.Idle < minIdle:
		return fmt.Errorf("a sign-in has to last %s without use at least", minIdle)
	case l.Idle > l.Lifetime:
		return fmt.Errorf("a sign-in can't last longer without use (%s) than in all (%s)", l.Idle, l.Lifetime)
	}
	return nil
}

// LimitTo sets other limits than the default ones, of logins and sessions both. It is called before anyone comes.
func (d *Doors) LimitTo(l Limits) {
	d.limits = l
	d.sessions.Lifetime = l.Lifetime
}

// Limits are how long logins last here.
func (d *Doors) Limits() Limits { return d.limits }

// Good reports whether the login still opens doors for its user, as both were read just now.
func (d *Doors) Good(l Login, u User) bool { return l.goodFor(u, d.now(), d.limits) }

// goodFor reports whether the login still opens doors for its user.
func (l Login) goodFor(u User, now time.Time, limits Limits) bool {
	return l.EndedAt.IsZero() &&
		!u.Disabled &&
		l.Generation == u.Generation &&
		now.Sub(l.StartedAt) < limits.Lifetime &&
		now.Sub(l.LastSeenAt) < limits.Idle
}
