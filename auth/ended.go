package auth

import (
	"context"
	"errors"
	"fmt"
)

// Forget drops the session of a login that is over and returns whose it was; false if nobody's is known. Whoever still
// has the cookie is a stranger from now on, so that who comes with an old one can be noted without noting it for ever.
func (d *Doors) Forget(ctx context.Context) (User, bool, error) {
	id := d.sessions.GetString(ctx, sessionLogin)
	if id == "" {
		return User{}, false, nil
	}
	_, user, err := d.store.LoginWithUser(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, false, fmt.Errorf("find login: %w", err)
	}
	found := err == nil
	if err := d.sessions.Destroy(ctx); err != nil {
		return User{}, false, fmt.Errorf("destroy session: %w", err)
	}
	return user, found, nil
}
