package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// Purpose is what a one-time link is good for.
type Purpose string

// The purposes.
const (
	ToJoin        Purpose = "join"     // makes an account
	ToSetPassword Purpose = "password" // gives an account another password
	ToSetUp       Purpose = "set-up"   // makes the first administrator
)

// Invitation is a one-time link. What is kept of its secret is a hash, see [auth.NewLinkToken].
type Invitation struct {
	ID      string // unguessable, but no secret
	Purpose Purpose
	Email   string    // whom it is for; "" to set up
	Role    auth.Role // of who joins, or is the user's at the time
	UserID  int64     // whose password it is, else 0

	MadeBy      int64 // an administrator; 0: the command line
	MadeByEmail string
	CreatedAt   time.Time
	ExpiresAt   time.Time
	UsedAt      time.Time // zero before
	RevokedAt   time.Time // zero if it was not

	// Open reports whether it can be used now: it was not used, revoked or left to expire, its maker still manages
	// users, and nothing made it pointless: the account exists already, was changed since, or any account exists.
	Open bool
}

const invitationColumns = `i.id, i.purpose, i.email, i.role, i.user_id, i.made_by, i.made_email, i.created_at, i.expires_at, i.used_at, i.revoked_at`

// openInvitation is when an invitation i can be used; $1 is now.
const openInvitation = `i.used_at = 0 AND i.revoked_at = 0 AND i.expires_at > $1
	AND (i.made_by = 0 OR EXISTS (SELECT 1 FROM users m WHERE m.id = i.made_by AND m.disabled_at = 0 AND m.role = 'admin'))
	AND (i.purpose <> 'join' OR NOT EXISTS (SELECT 1 FROM users u WHERE u.email = i.email))
	AND (i.purpose <> 'password' OR EXISTS (SELECT 1 FROM users u WHERE u.id = i.user_id AND u.disabled_at = 0 AND u.generation = i.generation))
	AND (i.purpose <> 'set-up' OR NOT EXISTS (SELECT 1 FROM users))`

type invitationRow struct {
	Invitation
	created, expires, used, revoked int64
}

func (r *invitationRow) dest() []any {
	return []any{&r.ID, &r.Purpose, &r.Email, &r.Role, &r.UserID, &r.MadeBy, &r.MadeByEmail, &r.created, &r.expires, &r.used, &r.revoked}
}

func (r *invitationRow) get() Invitation {
	r.CreatedAt, r.ExpiresAt, r.UsedAt, r.RevokedAt = fromMillis(r.created), fromMillis(r.expires), fromMillis(r.used), fromMillis(r.revoked)
	return r.Invitation
}

// AddInvitation keeps a new link, made at its CreatedAt, under its hash; an earlier one for the same person or to set up ends. ErrConflict if
// the address of who is to join has an account, or if there are accounts when the portal is to be set up; ErrNotFound if
// the user whose password it is does not exist or is disabled.
func (db *DB) AddInvitation(ctx context.Context, i Invitation, hash string) (Invitation, error) {
	now := toMillis(i.CreatedAt)
	i.Email, i.Open = auth.NormalizeEmail(i.Email), true
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx,
			`UPDATE invitations SET revoked_at = $1 WHERE email = $2 AND used_at = 0 AND revoked_at = 0`, now, i.Email); err != nil {
			return err
		}
		var generation, users int64
		var err error
		switch i.Purpose {
		case ToJoin:
			err = tx.QueryRowContext(ctx, `SELECT count(*) FROM users WHERE email = $1`, i.Email).Scan(&users)
		case ToSetUp:
			i.Email, i.Role = "", auth.Admin
			err = tx.QueryRowContext(ctx, `SELECT count(*) FROM users`).Scan(&users)
		case ToSetPassword:
			err = notFound(tx.QueryRowContext(ctx, `SELECT generation, role FROM users WHERE id = $1 AND disabled_at = 0`, i.UserID).Scan(&generation, &i.Role))
		default:
			err = fmt.Errorf("%q is no purpose", i.Purpose)
		}
		if err == nil && users > 0 {
			err = ErrConflict
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO invitations (id, token_hash, purpose, email, role, user_id, generation, made_by, made_email, created_at, expires_at, used_at, revoked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0)`,
			i.ID, hash, i.Purpose, i.Email, i.Role, i.UserID, generation, i.MadeBy, i.MadeByEmail, now, toMillis(i.ExpiresAt))
		return err
	})
	if err != nil {
		return Invitation{}, fmt.Errorf("add invitation: %w", err)
	}
	return i, nil
}

// InvitationByHash finds a link by the hash of its secret, as it is then, also one that is not open any more. ErrNotFound.
func (db *DB) InvitationByHash(ctx context.Context, hash string, at time.Time) (Invitation, error) {
	var r invitationRow
	err := db.sql.QueryRowContext(ctx, `
		SELECT `+invitationColumns+`, CASE WHEN `+openInvitation+` THEN 1 ELSE 0 END FROM invitations i WHERE i.token_hash = $2`,
		toMillis(at), hash).Scan(append(r.dest(), &r.Open)...)
	if err != nil {
		return Invitation{}, fmt.Errorf("find invitation: %w", notFound(err))
	}
	return r.get(), nil
}

// OpenInvitations lists the links that can be used, the newest first. One to set up is not among them.
func (db *DB) OpenInvitations(ctx context.Context, at time.Time) (_ []Invitation, err error) {
	rows, err := db.sql.QueryContext(ctx, `
		SELECT `+invitationColumns+` FROM invitations i WHERE i.purpose <> 'set-up' AND `+openInvitation+`
		ORDER BY i.created_at DESC, i.id`, toMillis(at))
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var all []Invitation
	for rows.Next() {
		var r invitationRow
		if err := rows.Scan(r.dest()...); err != nil {
			return nil, fmt.Errorf("list invitations: %w", err)
		}
		r.Open = true
		all = append(all, r.get())
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	return all, nil
}

// RevokeInvitation ends an open link. ErrNotFound if there is no such link that is open.
func (db *DB) RevokeInvitation(ctx context.Context, id string, at time.Time) error {
	n, err := affected(db.sql.ExecContext(ctx,
		`UPDATE invitations SET revoked_at = $1 WHERE id = $2 AND used_at = 0 AND revoked_at = 0 AND expires_at > $1`, toMillis(at), id))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("revoke invitation: %w", err)
	}
	return nil
}

// AcceptInvitation uses an open link up: it makes the account, or gives it the password and ends its logins. email
// counts for the first administrator alone. ErrNotFound if the link is not open any more.
func (db *DB) AcceptInvitation(ctx context.Context, hash, email, passwordHash string, at time.Time) (auth.User, error) {
	now := toMillis(at)
	var u auth.User
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		var r invitationRow
		var generation int64
		err := tx.QueryRowContext(ctx, `
			UPDATE invitations AS i SET used_at = $1 WHERE i.token_hash = $2 AND `+openInvitation+`
			RETURNING purpose, email, role, user_id, generation`, now, hash).
			Scan(&r.Purpose, &r.Email, &r.Role, &r.UserID, &generation)
		if err != nil {
			return notFound(err)
		}
		switch r.Purpose {
		case ToSetPassword:
			u, err = acceptPassword(ctx, tx, r.UserID, generation, passwordHash, now)
		case ToSetUp:
			r.Email = auth.NormalizeEmail(email)
			fallthrough
		default:
			u, err = insertUser(ctx, tx, r.Email, r.Role, passwordHash, now)
		}
		return err
	})
	if err != nil {
		return auth.User{}, fmt.Errorf("accept invitation: %w", err)
	}
	return u, nil
}

func acceptPassword(ctx context.Context, tx *sql.Tx, userID, generation int64, passwordHash string, now int64) (auth.User, error) {
	n, err := affected(tx.ExecContext(ctx, `
		UPDATE users SET password_hash = $3, generation = generation + 1, updated_at = $4
		WHERE id = $1 AND generation = $2 AND disabled_at = 0`, userID, generation, passwordHash, now))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return auth.User{}, err
	}
	var r userRow
	if err := tx.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users u WHERE u.id = $1`, userID).Scan(r.dest()...); err != nil {
		return auth.User{}, err
	}
	return r.get(), endLogins(ctx, tx, userID, now)
}

// DeleteInvitations deletes the links that expired before an instant.
func (db *DB) DeleteInvitations(ctx context.Context, expiredBefore time.Time) error {
	if _, err := db.sql.ExecContext(ctx, `DELETE FROM invitations WHERE expires_at < $1`, toMillis(expiredBefore)); err != nil {
		return fmt.Errorf("delete old invitations: %w", err)
	}
	return nil
}
