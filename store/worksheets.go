package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// WorksheetState is how far the work on a pasted list is.
type WorksheetState string

// The states. Whoever holds the lease works on a running one.
const (
	WorksheetRunning  WorksheetState = "running"
	WorksheetDone     WorksheetState = "done"
	WorksheetCanceled WorksheetState = "canceled" // by its owner
	WorksheetStopped  WorksheetState = "stopped"  // asking on made no sense; the body says why
)

// Bounds of what one user keeps.
const (
	MaxWorksheets        = 20 // the oldest make room
	MaxRunningWorksheets = 3  // so that nobody's lists keep the others' waiting for hours
)

// ErrTooManyRunning is what the user gets who has MaxRunningWorksheets under way.
var ErrTooManyRunning = errors.New("too many worksheets under way")

// Worksheet is one kept list of pasted texts with what became of each. Its body is sealed: what it holds is for the
// caller to know.
type Worksheet struct {
	ID                              string
	UserID                          int64
	State                           WorksheetState
	Entries, Asked                  int // pasted, and those of them with an answer, for lists that don't open the body
	Body                            []byte
	CreatedAt, UpdatedAt, ExpiresAt time.Time
	LeaseUntil                      time.Time // of a running one; in the past: nobody works on it
}

const worksheetColumns = `id, user_id, state, entries, asked, body, created_at, updated_at, expires_at, lease_until`

func scanWorksheet(scan func(...any) error) (Worksheet, error) {
	var w Worksheet
	var created, updated, expires, lease int64
	err := scan(&w.ID, &w.UserID, &w.State, &w.Entries, &w.Asked, &w.Body, &created, &updated, &expires, &lease)
	w.CreatedAt, w.UpdatedAt, w.ExpiresAt, w.LeaseUntil = fromMillis(created), fromMillis(updated), fromMillis(expires), fromMillis(lease)
	return w, err
}

// AddWorksheet keeps a new running worksheet, which nobody works on yet. The user's oldest ones make room for it.
// ErrTooManyRunning if that many are under way.
func (db *DB) AddWorksheet(ctx context.Context, w Worksheet) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := admitWorksheet(ctx, tx, w.UserID, w.CreatedAt); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			DELETE FROM worksheets WHERE user_id = $1 AND state <> $2 AND id NOT IN (
				SELECT id FROM worksheets WHERE user_id = $1 ORDER BY created_at DESC, id LIMIT $3)`,
			w.UserID, WorksheetRunning, MaxWorksheets-1); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO worksheets (id, user_id, state, entries, asked, body, created_at, updated_at, expires_at, lease_holder, lease_until)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0)`,
			w.ID, w.UserID, WorksheetRunning, w.Entries, w.Asked, w.Body, toMillis(w.CreatedAt), toMillis(w.UpdatedAt), toMillis(w.ExpiresAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep worksheet: %w", err)
	}
	return nil
}

// admitWorksheet refuses one running worksheet more than a user may have.
func admitWorksheet(ctx context.Context, tx *sql.Tx, userID int64, now time.Time) error {
	// The write that changes nothing locks the user's row, so that two at once are counted one after the other.
	if _, err := tx.ExecContext(ctx, `UPDATE users SET updated_at = updated_at WHERE id = $1`, userID); err != nil {
		return err
	}
	var running int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM worksheets WHERE user_id = $1 AND state = $2 AND expires_at > $3`,
		userID, WorksheetRunning, toMillis(now)).Scan(&running)
	if err == nil && running >= MaxRunningWorksheets {
		err = ErrTooManyRunning
	}
	return err
}

// Worksheet returns a user's worksheet. ErrNotFound if there is none of that id, it is another's, or it has expired.
func (db *DB) Worksheet(ctx context.Context, id string, userID int64, now time.Time) (Worksheet, error) {
	w, err := scanWorksheet(db.sql.QueryRowContext(ctx,
		`SELECT `+worksheetColumns+` FROM worksheets WHERE id = $1 AND user_id = $2 AND expires_at > $3`,
		id, userID, toMillis(now)).Scan)
	if err != nil {
		return Worksheet{}, fmt.Errorf("find worksheet: %w", notFound(err))
	}
	return w, nil
}

// Worksheets lists what a user keeps, the newest first, without the bodies.
func (db *DB) Worksheets(ctx context.Context, userID int64, now time.Time) (_ []Worksheet, err error) {
	rows, err := db.sql.QueryContext(ctx, `
		SELECT id, user_id, state, entries, asked, '', created_at, updated_at, expires_at, lease_until
		FROM worksheets WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id`, userID, toMillis(now))
	if err != nil {
		return nil, fmt.Errorf("list worksheets: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []Worksheet
	for rows.Next() {
		w, err := scanWorksheet(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list worksheets: %w", err)
		}
		list = append(list, w)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list worksheets: %w", err)
	}
	return list, nil
}

// RestartWorksheet makes a worksheet that nobody works on any more a running one, with another body. ErrNotFound if it
// is running or not the user's; ErrTooManyRunning if that many others are under way.
func (db *DB) RestartWorksheet(ctx context.Context, w Worksheet) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := admitWorksheet(ctx, tx, w.UserID, w.UpdatedAt); err != nil {
			return err
		}
		n, err := affected(tx.ExecContext(ctx, `
			UPDATE worksheets SET state = $3, asked = $4, body = $5, updated_at = $6, lease_holder = '', lease_until = 0
			WHERE id = $1 AND user_id = $2 AND state <> $3 AND expires_at > $6`,
			w.ID, w.UserID, WorksheetRunning, w.Asked, w.Body, toMillis(w.UpdatedAt)))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("restart worksheet: %w", err)
	}
	return nil
}

// CancelWorksheet ends a running worksheet at its owner's word; whoever works on it learns so at the next save. One
// that is not running stays as it is. ErrNotFound if it is not the user's.
func (db *DB) CancelWorksheet(ctx context.Context, id string, userID int64, now time.Time) error {
	n, err := affected(db.sql.ExecContext(ctx, `
		UPDATE worksheets SET state = CASE WHEN state = $3 THEN $4 ELSE state END WHERE id = $1 AND user_id = $2 AND expires_at > $5`,
		id, userID, WorksheetRunning, WorksheetCanceled, toMillis(now)))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("cancel worksheet: %w", err)
	}
	return nil
}

// DeleteWorksheet deletes a user's worksheet; whoever works on it learns so at the next save. ErrNotFound if there is
// none.
func (db *DB) DeleteWorksheet(ctx context.Context, id string, userID int64) error {
	n, err := affected(db.sql.ExecContext(ctx, `DELETE FROM worksheets WHERE id = $1 AND user_id = $2`, id, userID))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("delete worksheet: %w", err)
	}
	return nil
}

// DeleteExpiredWorksheets deletes the worksheets that have expired. Somebody has to call it now and then.
func (db *DB) DeleteExpiredWorksheets(ctx context.Context, now time.Time) error {
	if _, err := db.sql.ExecContext(ctx, `DELETE FROM worksheets WHERE expires_at <= $1`, toMillis(now)); err != nil {
		return fmt.Errorf("delete expired worksheets: %w", err)
	}
	return nil
}
