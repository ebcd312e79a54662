package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// KeepEndedTokens is how long a token is listed after it was revoked or expired, for whoever asks why a script stopped.
const KeepEndedTokens = 90 * 24 * time.Hour

const tokenColumns = `t.id, t.user_id, u.email, t.name, t.scope, t.created_at, t.expires_at, t.used_at, t.used_from, t.revoked_at` //nolint:gosec // no credentials

// tokenRow scans tokenColumns.
type tokenRow struct {
	token                             auth.Token
	scope                             string
	created, expires, used, revokedAt int64
}

func (r *tokenRow) dest() []any {
	t := &r.token
	return []any{&t.ID, &t.OwnerID, &t.Owner, &t.Name, &r.scope, &r.created, &r.expires, &r.used, &t.UsedFrom, &r.revokedAt}
}

// get returns the token. One of a scope that this version does not know has none, and may nothing.
func (r *tokenRow) get() auth.Token {
	r.token.Scope, _ = auth.ParseScope(r.scope)
	r.token.CreatedAt, r.token.ExpiresAt = fromMillis(r.created), fromMillis(r.expires)
	r.token.UsedAt, r.token.RevokedAt = fromMillis(r.used), fromMillis(r.revokedAt)
	return r.token
}

// MakeToken keeps a new token by its hash and returns it with its id. ErrNotFound if the owner is not there or disabled;
// ErrTooMany if the owner has [auth.MaxTokens] that still work.
func (db *DB) MakeToken(ctx context.Context, t auth.Token, hash string) (auth.Token, error) {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		// The write that changes nothing locks the owner's row, so that two at once are counted one after the other.
		if err := one(tx.ExecContext(ctx, `UPDATE users SET updated_at = updated_at WHERE id = $1 AND disabled_at = 0`, t.OwnerID)); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM tokens WHERE user_id = $1 AND revoked_at = 0 AND expires_at > $2`,
			t.OwnerID, toMillis(t.CreatedAt)).Scan(&n); err != nil {
			return err
		}
		if n >= auth.MaxTokens {
			return ErrTooMany
		}
		return tx.QueryRowContext(ctx, `
			INSERT INTO tokens (hash, user_id, name, scope, created_at, expires_at, used_at, used_from, revoked_at)
			VALUES ($1, $2, $3, $4, $5, $6, 0, '', 0) RETURNING id`,
			hash, t.OwnerID, t.Name, t.Scope.String(), toMillis(t.CreatedAt), toMillis(t.ExpiresAt)).Scan(&t.ID)
	})
	if err != nil {
		return auth.Token{}, fmt.Errorf("make token: %w", err)
	}
	return t, nil
}

// TokenWithOwner returns the token of that hash and its owner as they are now. See [auth.TokenStore].
func (db *DB) TokenWithOwner(ctx context.Context, hash string) (auth.Token, auth.User, error) {
	var t tokenRow
	var u userRow
	err := db.sql.QueryRowContext(ctx, `SELECT `+tokenColumns+`, `+userColumns+`
		FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = $1`, hash).Scan(append(t.dest(), u.dest()...)...)
	if err != nil {
		return auth.Token{}, auth.User{}, fmt.Errorf("find token: %w", notFound(err))
	}
	return t.get(), u.get(), nil
}

// Token finds a token by its id. ErrNotFound if there is none.
func (db *DB) Token(ctx context.Context, id int64) (auth.Token, error) {
	var t tokenRow
	err := db.sql.QueryRowContext(ctx, `SELECT `+tokenColumns+` FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.id = $1`, id).Scan(t.dest()...)
	if err != nil {
		return auth.Token{}, fmt.Errorf("find token: %w", notFound(err))
	}
	return t.get(), nil
}

// Tokens lists the user's tokens, the newest first, with those that ended not long ago.
func (db *DB) Tokens(ctx context.Context, userID int64) ([]auth.Token, error) {
	return db.tokens(ctx, userID)
}

// AllTokens lists everybody's tokens, the newest first, with those that ended not long ago.
func (db *DB) AllTokens(ctx context.Context) ([]auth.Token, error) {
	return db.tokens(ctx, 0) // nobody's id
}

func (db *DB) tokens(ctx context.Context, userID int64) (_ []auth.Token, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT `+tokenColumns+` FROM tokens t JOIN users u ON u.id = t.user_id
		WHERE $1 = 0 OR t.user_id = $1 ORDER BY t.id DESC`, userID)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var tokens []auth.Token
	for rows.Next() {
		var t tokenRow
		if err := rows.Scan(t.dest()...); err != nil {
			return nil, fmt.Errorf("list tokens: %w", err)
		}
		tokens = append(tokens, t.get())
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return tokens, nil
}

// TouchToken moves the last use of a token forward, never back. See [auth.TokenStore].
func (db *DB) TouchToken(ctx context.Context, id int64, at time.Time, address string) error {
	if _, err := db.sql.ExecContext(ctx, `UPDATE tokens SET used_at = $2, used_from = $3 WHERE id = $1 AND used_at < $2`, id, toMillis(at), address); err != nil {
		return fmt.Errorf("touch token: %w", err)
	}
	return nil
}

// RevokeToken ends a token; it takes effect with the next request that brings it. ErrNotFound if there is none, or it was
// revoked before.
func (db *DB) RevokeToken(ctx context.Context, id int64) error {
	if err := one(db.sql.ExecContext(ctx, `UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0`, id, toMillis(db.now()))); err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}

// DeleteEndedTokens deletes the tokens that were revoked or expired before an instant.
func (db *DB) DeleteEndedTokens(ctx context.Context, before time.Time) error {
	if _, err := db.sql.ExecContext(ctx, `DELETE FROM tokens WHERE expires_at < $1 OR revoked_at <> 0 AND revoked_at < $1`, toMillis(before)); err != nil {
		return fmt.Errorf("delete ended tokens: %w", err)
	}
	return nil
}
