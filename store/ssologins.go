package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// SSOLogin is what belongs to a login by single sign-on.
type SSOLogin struct {
	LoginID   string
	Issuer    string
	SessionID string // of the provider's session, or ""
	IDToken   []byte // sealed by the caller, or empty

	// ProvedAt is when the person proved to the provider who they are, which may be long before the login; zero if it
	// does not say. It is not read back.
	ProvedAt time.Time
}

// KeepSSOLogin keeps what belongs to a login that was started by single sign-on.
func (db *DB) KeepSSOLogin(ctx context.Context, l SSOLogin) error {
	if l.IDToken == nil {
		l.IDToken = []byte{}
	}
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO sso_logins (login_id, issuer, session_id, id_token) VALUES ($1, $2, $3, $4)`,
			l.LoginID, l.Issuer, l.SessionID, l.IDToken); err != nil || l.ProvedAt.IsZero() {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE logins SET proved_at = $2 WHERE id = $1 AND proved_at > $2`, l.LoginID, toMillis(l.ProvedAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep single sign-on: %w", err)
	}
	return nil
}

// SSOLogin returns what KeepSSOLogin kept, or ErrNotFound.
func (db *DB) SSOLogin(ctx context.Context, loginID string) (SSOLogin, error) {
	l := SSOLogin{LoginID: loginID}
	err := db.sql.QueryRowContext(ctx, `SELECT issuer, session_id, id_token FROM sso_logins WHERE login_id = $1`, loginID).
		Scan(&l.Issuer, &l.SessionID, &l.IDToken)
	if err != nil {
		return SSOLogin{}, fmt.Errorf("find single sign-on: %w", notFound(err))
	}
	return l, nil
}

// EndSSOLogins ends the logins that a provider says are over: those of its session, or of its person if no session is
// named or known, that started until an instant. It returns whose they were, one user for each login.
func (db *DB) EndSSOLogins(ctx context.Context, issuer, subject, session string, until time.Time) (userIDs []int64, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) (err error) {
		rows, err := tx.QueryContext(ctx, `
			UPDATE logins SET ended_at = $5
			WHERE ended_at = 0 AND started_at <= $4 AND id IN (
				SELECT s.login_id FROM sso_logins s JOIN logins l ON l.id = s.login_id
				LEFT JOIN identities o ON o.user_id = l.user_id AND o.issuer = s.issuer
				WHERE s.issuer = $1 AND ($2 = '' OR o.subject = $2) AND ($3 = '' OR s.session_id = $3 OR $2 <> '' AND s.session_id = '') AND ($2 <> '' OR $3 <> ''))
			RETURNING user_id`, issuer, subject, session, toMillis(until), toMillis(db.now()))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // read to its end below
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			userIDs = append(userIDs, id)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("end logins of a single sign-on: %w", err)
	}
	return userIDs, nil
}

// DeleteSSOLogins deletes what belongs to logins that have ended or started before an instant: nobody signs out of them.
func (db *DB) DeleteSSOLogins(ctx context.Context, startedBefore time.Time) error {
	_, err := db.sql.ExecContext(ctx,
		`DELETE FROM sso_logins WHERE login_id IN (SELECT id FROM logins WHERE ended_at <> 0 OR started_at < $1)`,
		toMillis(startedBefore))
	if err != nil {
		return fmt.Errorf("delete old single sign-ons: %w", err)
	}
	return nil
}
