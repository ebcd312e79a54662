package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// Account is a user with what an administrator asks about one.
type Account struct {
	auth.User
	DisabledAt    time.Time // zero while enabled
	HasPassword   bool
	Authenticator bool
	Passkeys      int
	LastSeenAt    time.Time // of any kept login; zero for none
}

const accountQuery = `
	SELECT ` + userColumns + `, CASE WHEN u.password_hash = '' THEN 0 ELSE 1 END,
		(SELECT count(*) FROM authenticators a WHERE a.user_id = u.id),
		(SELECT count(*) FROM passkeys p WHERE p.user_id = u.id),
		coalesce((SELECT max(l.last_seen_at) FROM logins l WHERE l.user_id = u.id), 0)
	FROM users u `

// accountRow scans what accountQuery selects.
type accountRow struct {
	Account
	user userRow
	seen int64
}

func (r *accountRow) dest() []any {
	return append(r.user.dest(), &r.HasPassword, &r.Authenticator, &r.Passkeys, &r.seen)
}

func (r *accountRow) get() Account {
	r.User, r.DisabledAt, r.LastSeenAt = r.user.get(), fromMillis(r.user.disabledAt), fromMillis(r.seen)
	return r.Account
}

// Accounts lists all accounts by address.
func (db *DB) Accounts(ctx context.Context) (_ []Account, err error) {
	rows, err := db.sql.QueryContext(ctx, accountQuery+`ORDER BY u.email`)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var all []Account
	for rows.Next() {
		var r accountRow
		if err := rows.Scan(r.dest()...); err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		all = append(all, r.get())
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return all, nil
}

// Account returns one account. ErrNotFound.
func (db *DB) Account(ctx context.Context, userID int64) (Account, error) {
	var r accountRow
	if err := db.sql.QueryRowContext(ctx, accountQuery+`WHERE u.id = $1`, userID).Scan(r.dest()...); err != nil {
		return Account{}, fmt.Errorf("find account: %w", notFound(err))
	}
	return r.get(), nil
}

// IsLastAdmin reports whether the user is the last enabled administrator: SetRole and SetDisabled would refuse.
func (db *DB) IsLastAdmin(ctx context.Context, userID int64) (bool, error) {
	var others, own int64
	err := db.sql.QueryRowContext(ctx, `
		SELECT coalesce(sum(CASE WHEN id <> $1 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN id = $1 THEN 1 ELSE 0 END), 0)
		FROM users WHERE role = $2 AND disabled_at = 0`, userID, auth.Admin).Scan(&others, &own)
	if err != nil {
		return false, fmt.Errorf("count administrators: %w", err)
	}
	return own == 1 && others == 0, nil
}

// HasUsers reports whether there is any account.
func (db *DB) HasUsers(ctx context.Context) (bool, error) {
	var n int64
	if err := db.sql.QueryRowContext(ctx, `SELECT count(*) FROM users`).Scan(&n); err != nil {
		return false, fmt.Errorf("count users: %w", err)
	}
	return n > 0, nil
}
