package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
)

// Sessions is the table that scs keeps sessions in.
//
// It stands in for scs's sqlite3store, because that takes no context, runs only on SQLite (julianday, REPLACE) and
// starts a goroutine of its own.
type Sessions struct{ db *DB }

var _ scs.CtxStore = (*Sessions)(nil)

// Sessions returns the session table.
func (db *DB) Sessions() *Sessions { return &Sessions{db: db} }

// FindCtx returns a session's data, if it has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	ahead := readAheadFrom(ctx)
	ahead.begin(token)
	if id := s.db.logins.get(token); id != "" && ahead != nil {
		var r loginRow
		if err := s.db.queryRow(ctx, `SELECT s.data, `+loginColumns+`
			FROM sessions s JOIN logins l ON l.id = $3 JOIN users u ON u.id = l.user_id WHERE s.token = $1 AND s.expires_at > $2`,
			token, toMillis(s.db.now()), id).Scan(append([]any{&data}, r.dest()...)...); err == nil {
			ahead.put(r.get())
			return data, true, nil
		}
	}
	err = s.db.queryRow(ctx,
		`SELECT data FROM sessions WHERE token = $1 AND expires_at > $2`, token, toMillis(s.db.now())).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return data, true, nil
}

// CommitCtx keeps a session's data until expiry. It does so even if the client hangs up meanwhile: what the handler did
// is done.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, err := s.db.sql.ExecContext(context.WithoutCancel(ctx), `
		INSERT INTO sessions (token, data, expires_at) VALUES ($1, $2, $3)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`,
		token, data, toMillis(expiry))
	if err != nil {
		return fmt.Errorf("keep session: %w", err)
	}
	return nil
}

// DeleteCtx deletes a session, even if the client hangs up meanwhile. An unknown one is no error.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.db.sql.ExecContext(context.WithoutCancel(ctx), `DELETE FROM sessions WHERE token = $1`, token)
	if err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// DeleteExpired deletes the sessions that have expired. Somebody has to call it now and then.
func (s *Sessions) DeleteExpired(ctx context.Context) error {
	_, err := s.db.sql.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at <= $1`, toMillis(s.db.now()))
	if err != nil {
		return fmt.Errorf("delete expired sessions: %w", err)
	}
	return nil
}

// Find, Commit and Delete are the methods without a context that scs.Store asks for. scs itself calls the others.

// Find is FindCtx without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *Sessions) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}
