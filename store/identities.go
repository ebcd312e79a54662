package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// Identity is how a single sign-on's provider names the person behind an account.
type Identity struct {
	Issuer, Subject string
	User            auth.User
	CreatedAt       time.Time
	UsedAt          time.Time // last sign-in; zero for never
}

// UserByIdentity finds the account of a provider's person, or returns ErrNotFound.
func (db *DB) UserByIdentity(ctx context.Context, issuer, subject string) (auth.User, error) {
	var r userRow
	err := db.sql.QueryRowContext(ctx, `
		SELECT `+userColumns+` FROM identities o JOIN users u ON u.id = o.user_id
		WHERE o.issuer = $1 AND o.subject = $2`, issuer, subject).Scan(r.dest()...)
	if err != nil {
		return auth.User{}, fmt.Errorf("find user by identity: %w", notFound(err))
	}
	return r.get(), nil
}

// CreateIdentityUser adds an enabled account without a password for a provider's person. ErrConflict if the address
// has an account, or the person.
func (db *DB) CreateIdentityUser(ctx context.Context, issuer, subject, email string, role auth.Role) (auth.User, error) {
	now := toMillis(db.now())
	u := auth.User{Email: auth.NormalizeEmail(email), Role: role, CreatedAt: fromMillis(now), Generation: 1, SSO: true}
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `
			INSERT INTO users (email, role, password_hash, generation, disabled_at, created_at, updated_at)
			VALUES ($1, $2, '', $3, 0, $4, $4)
			ON CONFLICT (email) DO NOTHING
			RETURNING id`, u.Email, u.Role, u.Generation, now).Scan(&u.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrConflict
		}
		if err != nil {
			return err
		}
		return addIdentity(ctx, tx, issuer, subject, u.ID, now)
	})
	if err != nil {
		return auth.User{}, fmt.Errorf("create user of an identity: %w", err)
	}
	return u, nil
}

// LinkIdentity makes an account the provider's person's: its password is deleted and its logins end, as from now on the
// provider alone says who gets in, and in which role. ErrNotFound, ErrConflict if the account or the person is linked
// already, or ErrLastAdmin if the role would leave nobody who can manage users.
func (db *DB) LinkIdentity(ctx context.Context, userID int64, issuer, subject string, role auth.Role) error {
	now := toMillis(db.now())
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		before, err := lockAdmins(ctx, tx)
		if err != nil {
			return err
		}
		changed, err := affected(tx.ExecContext(ctx, `
			UPDATE users SET role = $2, password_hash = '', generation = generation + 1, updated_at = $3 WHERE id = $1`,
			userID, role, now))
		switch {
		case err != nil:
			return err
		case changed == 0:
			return ErrNotFound
		}
		if after, err := enabledAdmins(ctx, tx); err != nil {
			return err
		} else if before > 0 && after == 0 {
			return ErrLastAdmin
		}
		if err := addIdentity(ctx, tx, issuer, subject, userID, now); err != nil {
			return err
		}
		return endLogins(ctx, tx, userID, now)
	})
	if err != nil {
		return fmt.Errorf("link identity: %w", err)
	}
	return nil
}

func addIdentity(ctx context.Context, tx *sql.Tx, issuer, subject string, userID, now int64) error {
	n, err := affected(tx.ExecContext(ctx, `
		INSERT INTO identities (issuer, subject, user_id, created_at, used_at) VALUES ($1, $2, $3, $4, 0)
		ON CONFLICT DO NOTHING`, issuer, subject, userID, now))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return err
}

// UnlinkIdentity parts an account from its provider's person and ends its logins. It has no password then. ErrNotFound
// if it was not linked.
func (db *DB) UnlinkIdentity(ctx context.Context, userID int64) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM identities WHERE user_id = $1`, userID))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return renew(ctx, tx, userID, toMillis(db.now()))
	})
	if err != nil {
		return fmt.Errorf("unlink identity: %w", err)
	}
	return nil
}

// Identities lists the accounts that sign in through a provider, by address.
func (db *DB) Identities(ctx context.Context) (_ []Identity, err error) {
	rows, err := db.sql.QueryContext(ctx, `
		SELECT o.issuer, o.subject, o.created_at, o.used_at, `+userColumns+`
		FROM identities o JOIN users u ON u.id = o.user_id ORDER BY u.email`)
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []Identity
	for rows.Next() {
		var i Identity
		var r userRow
		var created, used int64
		if err := rows.Scan(append([]any{&i.Issuer, &i.Subject, &created, &used}, r.dest()...)...); err != nil {
			return nil, fmt.Errorf("list identities: %w", err)
		}
		i.User, i.CreatedAt, i.UsedAt = r.get(), fromMillis(created), fromMillis(used)
		list = append(list, i)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	return list, nil
}

// SetClaimedRole gives an account the role that its provider claims, and ends its logins; nothing happens if it is the
// role already. Unlike SetRole it takes the last administrator's role, too: what the provider takes away is gone.
func (db *DB) SetClaimedRole(ctx context.Context, userID int64, role auth.Role) error {
	now := toMillis(db.now())
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `
			UPDATE users SET role = $2, generation = generation + 1, updated_at = $3
			WHERE id = $1 AND role <> $2 AND EXISTS (SELECT 1 FROM identities o WHERE o.user_id = $1)`, userID, role, now))
		if err != nil || n == 0 {
			return err
		}
		return endLogins(ctx, tx, userID, now)
	})
	if err != nil {
		return fmt.Errorf("set claimed role: %w", err)
	}
	return nil
}

// NoteIdentity notes that an account was signed in to, and takes over the address by which its provider knows the person
// now, unless another account has it.
func (db *DB) NoteIdentity(ctx context.Context, userID int64, email string) error {
	now := toMillis(db.now())
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE identities SET used_at = $2 WHERE user_id = $1`, userID, now); err != nil {
			return err
		}
		if email == "" {
			return nil
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE users SET email = $2, updated_at = $3
			WHERE id = $1 AND email <> $2 AND NOT EXISTS (SELECT 1 FROM users x WHERE x.email = $2)`,
			userID, auth.NormalizeEmail(email), now)
		return err
	})
	if err != nil {
		return fmt.Errorf("note identity: %w", err)
	}
	return nil
}

// RenewUser ends the user's logins and whatever else holds for the present generation alone.
func (db *DB) RenewUser(ctx context.Context, userID int64) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error { return renew(ctx, tx, userID, toMillis(db.now())) })
	if err != nil {
		return fmt.Errorf("renew user: %w", err)
	}
	return nil
}

func renew(ctx context.Context, tx *sql.Tx, userID, now int64) error {
	if _, err := tx.ExecContext(ctx,
		`UPDATE users SET generation = generation + 1, updated_at = $2 WHERE id = $1`, userID, now); err != nil {
		return err
	}
	return endLogins(ctx, tx, userID, now)
}
