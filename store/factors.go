package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// UserWithFactors returns a user and the user's second factors as they are now. ErrNotFound if there is no such user.
func (db *DB) UserWithFactors(ctx context.Context, userID int64) (auth.User, auth.Factors, error) {
	var r userRow
	var f auth.Factors
	var added, used int64
	err := db.sql.QueryRowContext(ctx, `
		SELECT `+userColumns+`, coalesce(a.created_at, 0), coalesce(a.used_at, 0),
			(SELECT count(*) FROM recovery_codes c WHERE c.user_id = u.id AND c.used_at = 0)
		FROM users u LEFT JOIN authenticators a ON a.user_id = u.id WHERE u.id = $1`, userID).
		Scan(append(r.dest(), &added, &used, &f.RecoveryCodes)...)
	if err == nil {
		f.Authenticator, f.AuthenticatorAdded, f.AuthenticatorUsed = added != 0, fromMillis(added), fromMillis(used)
		f.Passkeys, err = db.passkeys(ctx, userID)
	}
	if err != nil {
		return auth.User{}, auth.Factors{}, fmt.Errorf("find user and factors: %w", notFound(err))
	}
	return r.get(), f, nil
}

// ResetFactors removes all second factors of a user, who then signs in by password alone, and ends all their logins.
// ErrNotFound if there is no such user.
func (db *DB) ResetFactors(ctx context.Context, userID int64) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := factorsChanged(ctx, tx, auth.Identity{User: auth.User{ID: userID}}, db.now()); err != nil {
			return err
		}
		for _, table := range []string{"authenticators", "passkeys", "recovery_codes", "factor_tries"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE user_id = $1`, userID); err != nil { //nolint:gosec // the names are above
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reset second factors: %w", err)
	}
	return nil
}

// factorsChanged ends the logins of the user but that of by, and those that are being started right now, since the
// generation grows. The login of by takes over by.Means. Being the transaction's first write it keeps other changes of
// the user's factors waiting. ErrNotFound if there is no such user, or the login of by is not good any more.
func factorsChanged(ctx context.Context, tx *sql.Tx, by auth.Identity, at time.Time) error {
	n, err := affected(tx.ExecContext(ctx,
		`UPDATE users SET generation = generation + 1, updated_at = $2 WHERE id = $1 AND ($3 = '' OR generation = $4)`,
		by.User.ID, toMillis(at), by.LoginID, by.User.Generation))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotFound
	}
	if _, err := tx.ExecContext(ctx,
		`UPDATE logins SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at = 0`, by.User.ID, by.LoginID, toMillis(at)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE logins SET generation = (SELECT u.generation FROM users u WHERE u.id = $1), means = $3
		WHERE id = $2 AND user_id = $1 AND ended_at = 0 AND generation = $4`, by.User.ID, by.LoginID, by.Means, by.User.Generation)
	return err
}

// removeFactor removes the row of one factor ($1 is the user, $2 the row's id), see [auth.FactorStore].
func (db *DB) removeFactor(ctx context.Context, by auth.Identity, keep bool, at time.Time, where, id string) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		if err := factorsChanged(ctx, tx, by, at); err != nil {
			return err
		}
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM `+where, by.User.ID, id))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		var left int
		if err := tx.QueryRowContext(ctx, `
			SELECT (SELECT count(*) FROM authenticators WHERE user_id = $1) + (SELECT count(*) FROM passkeys WHERE user_id = $1)`,
			by.User.ID).Scan(&left); err != nil {
			return err
		}
		switch {
		case left > 0:
			return nil
		case keep:
			return auth.ErrLastFactor
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM recovery_codes WHERE user_id = $1`, by.User.ID)
		return err
	})
}

// TakeFactorTry counts one more code as wrong unless wait says to wait. See [auth.FactorStore].
func (db *DB) TakeFactorTry(ctx context.Context, userID int64, at time.Time, wait func(failed int, last time.Time) time.Duration) (time.Duration, error) {
	var rest time.Duration
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		var failed int
		var tried int64
		// The write comes first, so that no two read the same number.
		if err := tx.QueryRowContext(ctx, `
			INSERT INTO factor_tries (user_id, failed, tried_at) VALUES ($1, 0, 0)
			ON CONFLICT (user_id) DO UPDATE SET failed = factor_tries.failed RETURNING failed, tried_at`, userID).Scan(&failed, &tried); err != nil {
			return err
		}
		if rest = wait(failed, fromMillis(tried)); rest > 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, `UPDATE factor_tries SET failed = failed + 1, tried_at = $2 WHERE user_id = $1`, userID, toMillis(at))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count a try: %w", err)
	}
	return rest, nil
}

// ClearFactorTries forgets a user's wrong codes and returns how many there were.
func (db *DB) ClearFactorTries(ctx context.Context, userID int64) (failed int, err error) {
	err = db.sql.QueryRowContext(ctx, `DELETE FROM factor_tries WHERE user_id = $1 RETURNING failed`, userID).Scan(&failed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("clear tries: %w", err)
	}
	return failed, nil
}

// ProveLogin notes when the user of a login last proved who they are.
func (db *DB) ProveLogin(ctx context.Context, loginID string, at time.Time) error {
	_, err := db.sql.ExecContext(ctx,
		`UPDATE logins SET proved_at = $2 WHERE id = $1 AND proved_at < $2 AND ended_at = 0`, loginID, toMillis(at))
	if err != nil {
		return fmt.Errorf("note a login's proof: %w", err)
	}
	return nil
}
