package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// Authenticator returns the sealed secret of the user's authenticator app. ErrNotFound if there is none.
func (db *DB) Authenticator(ctx context.Context, userID int64) (sealed []byte, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT secret FROM authenticators WHERE user_id = $1`, userID).Scan(&sealed)
	if err != nil {
		return nil, fmt.Errorf("find authenticator: %w", notFound(err))
	}
	return sealed, nil
}

// SetAuthenticator keeps an authenticator app in place of any other. See [auth.FactorStore].
func (db *DB) SetAuthenticator(ctx context.Context, by auth.Identity, sealed []byte, step int64, at time.Time) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := factorsChanged(ctx, tx, by, at); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO authenticators (user_id, secret, last_step, created_at, used_at) VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT (user_id) DO UPDATE SET secret = $2, last_step = $3, created_at = $4, used_at = 0`,
			by.User.ID, sealed, step, toMillis(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep authenticator: %w", err)
	}
	return nil
}

// UseStep uses up the code of a time step: of several at once, one succeeds. See [auth.FactorStore].
func (db *DB) UseStep(ctx context.Context, userID, step int64, sealed []byte, at time.Time) error {
	n, err := affected(db.sql.ExecContext(ctx,
		`UPDATE authenticators SET last_step = $2, secret = $3, used_at = $4 WHERE user_id = $1 AND last_step < $2`,
		userID, step, sealed, toMillis(at)))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("use up a code: %w", err)
	}
	return nil
}

// RemoveAuthenticator removes the user's authenticator app. See [auth.FactorStore].
func (db *DB) RemoveAuthenticator(ctx context.Context, by auth.Identity, keep bool, at time.Time) error {
	if err := db.removeFactor(ctx, by, keep, at, `authenticators WHERE user_id = $1 AND '' = $2`, ""); err != nil {
		return fmt.Errorf("remove authenticator: %w", err)
	}
	return nil
}

// SetRecoveryCodes keeps the hashes of new recovery codes in place of all others.
func (db *DB) SetRecoveryCodes(ctx context.Context, userID int64, hashes []string) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		// Locks the user's row: of two at once the later one's codes hold, not both.
		if _, err := tx.ExecContext(ctx, `UPDATE users SET updated_at = updated_at WHERE id = $1`, userID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM recovery_codes WHERE user_id = $1`, userID); err != nil {
			return err
		}
		for _, hash := range hashes {
			if _, err := tx.ExecContext(ctx, `INSERT INTO recovery_codes (user_id, hash, used_at) VALUES ($1, $2, 0)`, userID, hash); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep recovery codes: %w", err)
	}
	return nil
}

// UseRecoveryCode uses up a recovery code: of several at once, one succeeds. ErrNotFound if there is no such code left.
func (db *DB) UseRecoveryCode(ctx context.Context, userID int64, hash string, at time.Time) error {
	n, err := affected(db.sql.ExecContext(ctx,
		`UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND hash = $2 AND used_at = 0`, userID, hash, toMillis(at)))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("use up a recovery code: %w", err)
	}
	return nil
}
