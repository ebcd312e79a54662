package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"trustlyportal/auth"
)

const userColumns = `u.id, u.email, u.role, u.disabled_at, u.created_at, u.generation,
	(SELECT count(*) FROM identities i WHERE i.user_id = u.id),
	COALESCE((SELECT v.id FROM default_views d JOIN saved_views v ON v.id = d.view_id
		WHERE d.user_id = u.id AND (v.user_id = u.id OR v.shared = 1)), '')`

// userRow scans userColumns.
type userRow struct {
	user                auth.User
	disabledAt, created int64
	identities          int64
}

func (r *userRow) dest() []any {
	return []any{&r.user.ID, &r.user.Email, &r.user.Role, &r.disabledAt, &r.created, &r.user.Generation, &r.identities, &r.user.StartView}
}

func (r *userRow) get() auth.User {
	r.user.Disabled = r.disabledAt != 0
	r.user.SSO = r.identities > 0
	r.user.CreatedAt = fromMillis(r.created)
	return r.user
}

// CreateUser adds an enabled user. The address is normalized here; the password is hashed already, or empty for none.
// ErrConflict if the address has an account.
func (db *DB) CreateUser(ctx context.Context, email string, role auth.Role, passwordHash string) (auth.User, error) {
	u, err := insertUser(ctx, db.sql, email, role, passwordHash, toMillis(db.now()))
	if err != nil {
		return auth.User{}, fmt.Errorf("create user: %w", err)
	}
	return u, nil
}

// rowQuerier is a database or a transaction.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func insertUser(ctx context.Context, q rowQuerier, email string, role auth.Role, passwordHash string, now int64) (auth.User, error) {
	u := auth.User{Email: auth.NormalizeEmail(email), Role: role, CreatedAt: fromMillis(now), Generation: 1}
	err := q.QueryRowContext(ctx, `
		INSERT INTO users (email, role, password_hash, generation, disabled_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, 0, $5, $5)
		ON CONFLICT (email) DO NOTHING
		RETURNING id`,
		u.Email, u.Role, passwordHash, u.Generation, now).Scan(&u.ID)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrConflict
	}
	if err != nil {
		return auth.User{}, err
	}
	return u, nil
}

// UserByEmail finds a user by address, in any case. ErrNotFound if there is none.
func (db *DB) UserByEmail(ctx context.Context, email string) (auth.User, error) {
	u, _, err := db.UserForSignIn(ctx, email)
	return u, err
}

// UserForSignIn is UserByEmail with the password's hash. See [auth.Store].
func (db *DB) UserForSignIn(ctx context.Context, email string) (auth.User, string, error) {
	var r userRow
	var hash string
	err := db.sql.QueryRowContext(ctx,
		`SELECT `+userColumns+`, u.password_hash FROM users u WHERE u.email = $1`,
		auth.NormalizeEmail(email)).Scan(append(r.dest(), &hash)...)
	if err != nil {
		return auth.User{}, "", fmt.Errorf("find user by e-mail: %w", notFound(err))
	}
	return r.get(), hash, nil
}

// Users lists all users by address.
func (db *DB) Users(ctx context.Context) (_ []auth.User, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT `+userColumns+` FROM users u ORDER BY u.email`)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var users []auth.User
	for rows.Next() {
		var r userRow
		if err := rows.Scan(r.dest()...); err != nil {
			return nil, fmt.Errorf("list users: %w", err)
		}
		users = append(users, r.get())
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return users, nil
}

// SetRole gives the user another role and ends the user's logins; nothing happens if it is the role already.
// ErrNotFound, or ErrLastAdmin if nobody would be left to manage users.
func (db *DB) SetRole(ctx context.Context, userID int64, role auth.Role) error {
	return db.changeUser(ctx, "set role", userID, `role = $3`, `role <> $3`, role)
}

// SetDisabled closes the account and ends the user's logins, or opens it again; nothing happens if it is so already.
// ErrNotFound, or ErrLastAdmin if nobody would be left to manage users.
func (db *DB) SetDisabled(ctx context.Context, userID int64, disabled bool) error {
	if disabled {
		return db.changeUser(ctx, "disable user", userID, `disabled_at = $3`, `disabled_at = 0`, toMillis(db.now()))
	}
	return db.changeUser(ctx, "enable user", userID, `disabled_at = $3`, `disabled_at <> $3`, int64(0))
}

// SetPassword keeps another password's hash and ends the user's logins. ErrNotFound if there is no such user.
func (db *DB) SetPassword(ctx context.Context, userID int64, passwordHash string) error {
	return db.changeUser(ctx, "set password", userID, `password_hash = $3`, `1 = 1`, passwordHash)
}

// ChangePassword keeps another password's hash for the reader, ends the reader's other logins and lets this one go on.
// ErrNotFound if the account was changed since the reader was identified.
func (db *DB) ChangePassword(ctx context.Context, by auth.Identity, passwordHash string) error {
	now := toMillis(db.now())
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `
			UPDATE users SET password_hash = $3, generation = generation + 1, updated_at = $4
			WHERE id = $1 AND generation = $2 AND disabled_at = 0`, by.User.ID, by.User.Generation, passwordHash, now))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx,
			`UPDATE logins SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at = 0`, by.User.ID, by.LoginID, now); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE logins SET generation = $3 WHERE id = $1 AND user_id = $2 AND ended_at = 0`,
			by.LoginID, by.User.ID, by.User.Generation+1)
		return err
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}

// changeUser sets one column of one user ($3 is its value) when the condition says that it would change something. What
// was proved at sign-in stops holding: the generation grows, which ends logins even if one is being started right now,
// and the logins' rows are marked as ended.
func (db *DB) changeUser(ctx context.Context, doing string, userID int64, set, when string, value any) error {
	now := toMillis(db.now())
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		before, err := lockAdmins(ctx, tx)
		if err != nil {
			return err
		}
		changed, err := affected(tx.ExecContext(ctx, `
			UPDATE users SET `+set+`, generation = generation + 1, updated_at = $2
			WHERE id = $1 AND `+when, userID, now, value))
		if err != nil {
			return err
		}
		if changed == 0 {
			var id int64 // not there, or so already?
			return notFound(tx.QueryRowContext(ctx, `SELECT id FROM users WHERE id = $1`, userID).Scan(&id))
		}
		after, err := enabledAdmins(ctx, tx)
		if err != nil {
			return err
		}
		if before > 0 && after == 0 {
			return ErrLastAdmin
		}
		return endLogins(ctx, tx, userID, now)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// lockAdmins counts the enabled administrators and keeps other transactions from changing them until this one ends.
// The write that changes nothing is what locks the rows on both engines; SELECT … FOR UPDATE is unknown to SQLite.
func lockAdmins(ctx context.Context, tx *sql.Tx) (int64, error) {
	return affected(tx.ExecContext(ctx,
		`UPDATE users SET updated_at = updated_at WHERE role = $1 AND disabled_at = 0`, auth.Admin))
}

func enabledAdmins(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx,
		`SELECT count(*) FROM users WHERE role = $1 AND disabled_at = 0`, auth.Admin).Scan(&n)
	return n, err
}

func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
