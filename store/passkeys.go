package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"trustlyportal/auth"
)

// MaxPasskeys is how many passkeys one user keeps: phones, laptops, keys on rings, and some forgotten.
const MaxPasskeys = 20

const passkeyColumns = `id, user_id, handle, name, public_key, transports, backup_eligible, backed_up, sign_count, created_at, used_at` //nolint:gosec // names of columns

func scanPasskey(scan func(...any) error) (auth.Passkey, error) {
	var p auth.Passkey
	var transports string
	var eligible, backedUp, added, used int64
	err := scan(&p.ID, &p.UserID, &p.Handle, &p.Name, &p.PublicKey, &transports, &eligible, &backedUp, &p.SignCount, &added, &used)
	if transports != "" {
		p.Transports = strings.Split(transports, ",")
	}
	p.BackupEligible, p.BackedUp = eligible == 1, backedUp == 1
	p.AddedAt, p.UsedAt = fromMillis(added), fromMillis(used)
	return p, err
}

func (db *DB) passkeys(ctx context.Context, userID int64) (_ []auth.Passkey, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT `+passkeyColumns+` FROM passkeys WHERE user_id = $1 ORDER BY created_at, id`, userID)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []auth.Passkey
	for rows.Next() {
		p, err := scanPasskey(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// PasskeyByID finds a passkey, whosever it is. ErrNotFound if there is none.
func (db *DB) PasskeyByID(ctx context.Context, id string) (auth.Passkey, error) {
	p, err := scanPasskey(db.sql.QueryRowContext(ctx, `SELECT `+passkeyColumns+` FROM passkeys WHERE id = $1`, id).Scan)
	if err != nil {
		return auth.Passkey{}, fmt.Errorf("find passkey: %w", notFound(err))
	}
	return p, nil
}

// AddPasskey keeps a passkey of the user of by. See [auth.FactorStore].
func (db *DB) AddPasskey(ctx context.Context, by auth.Identity, p auth.Passkey) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := factorsChanged(ctx, tx, by, p.AddedAt); err != nil {
			return err
		}
		var kept int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM passkeys WHERE user_id = $1`, by.User.ID).Scan(&kept); err != nil {
			return err
		}
		if kept >= MaxPasskeys {
			return auth.ErrTooManyPasskeys
		}
		n, err := affected(tx.ExecContext(ctx, `
			INSERT INTO passkeys (`+passkeyColumns+`, challenge_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)
			ON CONFLICT (id) DO NOTHING`,
			p.ID, by.User.ID, p.Handle, p.Name, p.PublicKey, strings.Join(p.Transports, ","), flag(p.BackupEligible), flag(p.BackedUp),
			p.SignCount, toMillis(p.AddedAt)))
		if err == nil && n == 0 {
			err = auth.ErrPasskeyKnown
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("keep passkey: %w", err)
	}
	return nil
}

// UsePasskey notes a use: of several answers to one challenge, one succeeds. A counter that stays at 0 is one that the
// authenticator does not keep. See [auth.FactorStore].
func (db *DB) UsePasskey(ctx context.Context, userID int64, id string, use auth.PasskeyUse) error {
	n, err := affected(db.sql.ExecContext(ctx, `
		UPDATE passkeys SET sign_count = $3, backed_up = $4, challenge_at = $5, used_at = $6
		WHERE id = $1 AND user_id = $2 AND challenge_at < $5 AND (sign_count < $3 OR sign_count = 0 AND $3 = 0)`,
		id, userID, use.SignCount, flag(use.BackedUp), toMillis(use.ChallengeAt), toMillis(use.At)))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("note a passkey's use: %w", err)
	}
	return nil
}

// RemovePasskey removes a passkey of the user of by. See [auth.FactorStore].
func (db *DB) RemovePasskey(ctx context.Context, by auth.Identity, id string, keep bool, at time.Time) error {
	if err := db.removeFactor(ctx, by, keep, at, `passkeys WHERE user_id = $1 AND id = $2`, id); err != nil {
		return fmt.Errorf("remove passkey: %w", err)
	}
	return nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
