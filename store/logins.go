package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// StartLogin keeps a new login, if the user is enabled and still of the login's generation; else ErrNotFound. See
// [auth.Store].
func (db *DB) StartLogin(ctx context.Context, l auth.Login) error {
	n, err := affected(db.sql.ExecContext(ctx, `
		INSERT INTO logins (id, user_id, generation, address, user_agent, means, proved_at, started_at, last_seen_at, ended_at, network)
		SELECT $1, u.id, u.generation, $4, $5, $6, $7, $8, $9, 0, $10
		FROM users u WHERE u.id = $2 AND u.generation = $3 AND u.disabled_at = 0`,
		l.ID, l.UserID, l.Generation, l.Address, l.UserAgent, l.Means, toMillis(l.ProvedAt), toMillis(l.StartedAt), toMillis(l.LastSeenAt),
		auth.Network(l.Address)))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("start login: %w", err)
	}
	return nil
}

// LoginWithUser returns a login and its user as they are now. See [auth.Store].
func (db *DB) LoginWithUser(ctx context.Context, id string) (auth.Login, auth.User, error) {
	ahead := readAheadFrom(ctx)
	if l, u, ok := ahead.take(id); ok {
		return l, u, nil
	}
	var r loginRow
	if err := db.queryRow(ctx, `SELECT `+loginColumns+` FROM logins l JOIN users u ON u.id = l.user_id WHERE l.id = $1`, id).Scan(r.dest()...); err != nil {
		return auth.Login{}, auth.User{}, fmt.Errorf("find login: %w", notFound(err))
	}
	db.logins.learn(ahead, id)
	l, u := r.get()
	return l, u, nil
}

// loginColumns are a login's and its user's.
const loginColumns = `l.id, l.user_id, l.generation, l.address, l.user_agent, l.means, l.proved_at, l.started_at, l.last_seen_at, l.ended_at, ` + userColumns

// loginRow scans loginColumns.
type loginRow struct {
	login                        auth.Login
	proved, started, seen, ended int64
	user                         userRow
}

func (r *loginRow) dest() []any {
	l := &r.login
	return append([]any{&l.ID, &l.UserID, &l.Generation, &l.Address, &l.UserAgent, &l.Means, &r.proved, &r.started, &r.seen, &r.ended}, r.user.dest()...)
}

func (r *loginRow) get() (auth.Login, auth.User) {
	l := r.login
	l.ProvedAt, l.StartedAt, l.LastSeenAt, l.EndedAt = fromMillis(r.proved), fromMillis(r.started), fromMillis(r.seen), fromMillis(r.ended)
	return l, r.user.get()
}

// TouchLogin moves the last use of a login that has not ended forward, never back. How often is for the caller to
// bound.
func (db *DB) TouchLogin(ctx context.Context, id string, at time.Time) error {
	_, err := db.sql.ExecContext(ctx,
		`UPDATE logins SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2 AND ended_at = 0`, id, toMillis(at))
	if err != nil {
		return fmt.Errorf("touch login: %w", err)
	}
	return nil
}

// EndLogin ends a login. An ended one keeps its end, an unknown one is no error.
func (db *DB) EndLogin(ctx context.Context, id string, at time.Time) error {
	_, err := db.sql.ExecContext(ctx,
		`UPDATE logins SET ended_at = $2 WHERE id = $1 AND ended_at = 0`, id, toMillis(at))
	if err != nil {
		return fmt.Errorf("end login: %w", err)
	}
	return nil
}

// EndLogins ends all logins of a user.
func (db *DB) EndLogins(ctx context.Context, userID int64) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error { return endLogins(ctx, tx, userID, toMillis(db.now())) })
	if err != nil {
		return fmt.Errorf("end logins of a user: %w", err)
	}
	return nil
}

func endLogins(ctx context.Context, tx *sql.Tx, userID, at int64) error {
	_, err := tx.ExecContext(ctx,
		`UPDATE logins SET ended_at = $2 WHERE user_id = $1 AND ended_at = 0`, userID, at)
	return err
}

// SignedInFrom reports whether a login of that account started from the network since then. See [auth.Store].
func (db *DB) SignedInFrom(ctx context.Context, email, network string, since time.Time) (bool, error) {
	var n int64
	err := db.sql.QueryRowContext(ctx, `
		SELECT count(*) FROM users u JOIN logins l ON l.user_id = u.id
		WHERE u.email = $1 AND l.network = $2 AND l.started_at > $3`, email, network, toMillis(since)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for logins from a network: %w", err)
	}
	return n > 0, nil
}

// OpenLogins lists the logins of a user that have not ended and are of the user's generation, the last used first.
// Those too old or idle for too long are among them: see [auth.Doors.Good].
func (db *DB) OpenLogins(ctx context.Context, userID int64) (_ []auth.Login, err error) {
	rows, err := db.sql.QueryContext(ctx, `
		SELECT l.id, l.generation, l.address, l.user_agent, l.means, l.proved_at, l.started_at, l.last_seen_at
		FROM logins l JOIN users u ON u.id = l.user_id
		WHERE l.user_id = $1 AND l.ended_at = 0 AND l.generation = u.generation
		ORDER BY l.last_seen_at DESC, l.id`, userID)
	if err != nil {
		return nil, fmt.Errorf("list logins: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var logins []auth.Login
	for rows.Next() {
		l := auth.Login{UserID: userID}
		var proved, started, seen int64
		if err := rows.Scan(&l.ID, &l.Generation, &l.Address, &l.UserAgent, &l.Means, &proved, &started, &seen); err != nil {
			return nil, fmt.Errorf("list logins: %w", err)
		}
		l.ProvedAt, l.StartedAt, l.LastSeenAt = fromMillis(proved), fromMillis(started), fromMillis(seen)
		logins = append(logins, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list logins: %w", err)
	}
	return logins, nil
}

// EndLoginOf ends one login of a user. ErrNotFound if the user has no such login that has not ended.
func (db *DB) EndLoginOf(ctx context.Context, userID int64, id string) error {
	n, err := affected(db.sql.ExecContext(ctx,
		`UPDATE logins SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at = 0`, id, userID, toMillis(db.now())))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("end login of a user: %w", err)
	}
	return nil
}

// EndOtherLogins ends all logins of a user but one.
func (db *DB) EndOtherLogins(ctx context.Context, userID int64, keep string) error {
	_, err := db.sql.ExecContext(ctx,
		`UPDATE logins SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at = 0`, userID, keep, toMillis(db.now()))
	if err != nil {
		return fmt.Errorf("end other logins of a user: %w", err)
	}
	return nil
}

// DeleteLogins deletes the logins that started before an instant. It must be longer ago than a login can last.
func (db *DB) DeleteLogins(ctx context.Context, startedBefore time.Time) error {
	_, err := db.sql.ExecContext(ctx, `DELETE FROM logins WHERE started_at < $1`, toMillis(startedBefore))
	if err != nil {
		return fmt.Errorf("delete old logins: %w", err)
	}
	return nil
}
