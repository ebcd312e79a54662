package store

import (
	"context"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// A lease says who works on a running worksheet and until when, unless it is renewed: a process that dies leaves the
// work to whoever takes it next, and no two work on one at once.

// TakeWorksheet gives the holder the lease of a running worksheet and returns it with its owner. ErrNotFound if it is
// not running or somebody else's lease has not run out.
func (db *DB) TakeWorksheet(ctx context.Context, id, holder string, now, until time.Time) (Worksheet, auth.User, error) {
	w, err := scanWorksheet(db.sql.QueryRowContext(ctx, `
		UPDATE worksheets SET lease_holder = $2, lease_until = $4
		WHERE id = $1 AND state = $5 AND expires_at > $3 AND (lease_until <= $3 OR lease_holder = $2)
		RETURNING `+worksheetColumns,
		id, holder, toMillis(now), toMillis(until), WorksheetRunning).Scan)
	if err != nil {
		return Worksheet{}, auth.User{}, fmt.Errorf("take worksheet: %w", notFound(err))
	}
	owner, err := db.WorksheetOwner(ctx, id)
	return w, owner, err
}

// SaveWorksheet keeps the body, the count of entries asked and the state of a worksheet whose lease the holder has, and
// renews the lease. It returns the state that the worksheet has now: what its owner has ended stays ended. ErrNotFound
// if the lease is another's by now or the worksheet is gone.
func (db *DB) SaveWorksheet(ctx context.Context, w Worksheet, holder string) (WorksheetState, error) {
	var state WorksheetState
	err := db.sql.QueryRowContext(ctx, `
		UPDATE worksheets SET body = $3, asked = $4, state = CASE WHEN state = $5 THEN $6 ELSE state END, updated_at = $7, lease_until = $8
		WHERE id = $1 AND lease_holder = $2 AND expires_at > $7
		RETURNING state`,
		w.ID, holder, w.Body, w.Asked, WorksheetRunning, w.State, toMillis(w.UpdatedAt), toMillis(w.LeaseUntil)).Scan(&state)
	if err != nil {
		return "", fmt.Errorf("save worksheet: %w", notFound(err))
	}
	return state, nil
}

// WorksheetOwner returns the user whose worksheet it is, as the user is now. ErrNotFound if it is gone.
func (db *DB) WorksheetOwner(ctx context.Context, id string) (auth.User, error) {
	var r userRow
	err := db.sql.QueryRowContext(ctx,
		`SELECT `+userColumns+` FROM users u JOIN worksheets w ON w.user_id = u.id WHERE w.id = $1`, id).Scan(r.dest()...)
	if err != nil {
		return auth.User{}, fmt.Errorf("find the worksheet's owner: %w", notFound(err))
	}
	return r.get(), nil
}

// ReleaseWorksheet gives a lease back, so that another process can go on at once.
func (db *DB) ReleaseWorksheet(ctx context.Context, id, holder string) error {
	_, err := db.sql.ExecContext(ctx, `UPDATE worksheets SET lease_holder = '', lease_until = 0 WHERE id = $1 AND lease_holder = $2`, id, holder)
	if err != nil {
		return fmt.Errorf("release worksheet: %w", err)
	}
	return nil
}
