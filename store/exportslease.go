package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// A lease says who works on a job and until when, unless it is renewed: a process that dies leaves the job to whoever
// takes it next, and no two work on one at once. What the holder writes is refused as soon as the job is another's, was
// canceled or deleted.

// WaitingExport is a job that nobody works on.
type WaitingExport struct {
	ID     string
	UserID int64
	Busy   int // jobs of the same user that are worked on
}

// WaitingExports lists jobs that wait to be taken up, at most n, in their fair order: first those of users for whom the
// fewest jobs are worked on, then those of users whose last turn is the longest ago.
func (db *DB) WaitingExports(ctx context.Context, now time.Time, n int) (_ []WaitingExport, err error) {
	rows, err := db.sql.QueryContext(ctx, `
		SELECT j.id, j.user_id,
			(SELECT count(*) FROM export_jobs b WHERE b.user_id = j.user_id AND b.state IN `+underWay+` AND b.lease_until > $1) AS busy,
			(SELECT max(t.turn_at) FROM export_jobs t WHERE t.user_id = j.user_id) AS turn
		FROM export_jobs j WHERE j.state IN `+underWay+` AND j.lease_until <= $1
		ORDER BY busy, turn, j.turn_at, j.created_at, j.id LIMIT $2`, toMillis(now), n)
	if err != nil {
		return nil, fmt.Errorf("list waiting exports: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []WaitingExport
	for rows.Next() {
		var w WaitingExport
		var turn int64
		if err := rows.Scan(&w.ID, &w.UserID, &w.Busy, &turn); err != nil {
			return nil, fmt.Errorf("list waiting exports: %w", err)
		}
		list = append(list, w)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list waiting exports: %w", err)
	}
	return list, nil
}

// MaxBusyExports is how many jobs of one user are worked on at a time, by all processes together.
const MaxBusyExports = 2

// TakeExport gives the holder the lease of a job under way and returns it with its owner. ErrNotFound if it is not under
// way, somebody else's lease has not run out, or MaxBusyExports of the same user are worked on. run is what the log calls
// this attempt.
func (db *DB) TakeExport(ctx context.Context, id, holder, run string, now, until time.Time) (j ExportJob, owner auth.User, err error) {
	err = db.inTurn(ctx, func(tx *sql.Tx) error {
		// The write that changes nothing locks the user's row, so that two at once are counted one after the other.
		if _, err := tx.ExecContext(ctx, `UPDATE users SET updated_at = updated_at WHERE id = (SELECT user_id FROM export_jobs WHERE id = $1)`, id); err != nil {
			return err
		}
		j, err = scanExport(tx.QueryRowContext(ctx, `
			UPDATE export_jobs SET lease_holder = $2, run = $3, lease_until = $5, turn_at = $4, updated_at = $4, attempts = attempts + 1, per_minute = 0, checked = 0,
				state = 'collecting', started_at = CASE WHEN started_at = 0 THEN $4 ELSE started_at END
			WHERE id = $1 AND state IN `+underWay+` AND lease_until <= $4 AND
				(SELECT count(*) FROM export_jobs b WHERE b.user_id = export_jobs.user_id AND b.state IN `+underWay+` AND b.lease_until > $4) < $6
			RETURNING `+exportColumns,
			id, holder, run, toMillis(now), toMillis(until), MaxBusyExports).Scan)
		if err != nil {
			return notFound(err)
		}
		owner, err = exportOwner(ctx, tx, id)
		return err
	})
	if err != nil {
		return ExportJob{}, auth.User{}, fmt.Errorf("take export: %w", err)
	}
	return j, owner, nil
}

// exportOwner is the job's owner as the user is now.
func exportOwner(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, id string) (auth.User, error) {
	var r userRow
	err := q.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users u JOIN export_jobs j ON j.user_id = u.id WHERE j.id = $1`, id).Scan(r.dest()...)
	if err != nil {
		return auth.User{}, fmt.Errorf("find the export's owner: %w", notFound(err))
	}
	return r.get(), nil
}

// SaveExportPart keeps the job's next part, number j.Parts, together with the walk behind it, the progress and a renewed
// lease: all of it or nothing. Where part is nil the walk alone moved on. It returns the job's owner as the user is now.
// ErrNotFound if the job is no longer the holder's, or that part is not the next; ErrNoDisk if the database can keep no more.
func (db *DB) SaveExportPart(ctx context.Context, j ExportJob, holder string, part []byte) (owner auth.User, err error) {
	before := j.Parts
	if part != nil {
		before--
	}
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `
			UPDATE export_jobs SET walk = $4, row_count = $5, part_count = $3, byte_count = byte_count + $6, requests = $7, per_minute = $8,
				covers_from = $9, covered_until = $10, waiting_since = 0, attempts = 0, updated_at = $11, lease_until = $12
			WHERE id = $1 AND lease_holder = $2 AND state = 'collecting' AND part_count = $13`,
			j.ID, holder, j.Parts, j.Walk, j.Rows, len(part), j.Requests, j.PerMinute,
			toMillis(j.CoversFrom), toMillis(j.CoveredUntil), toMillis(j.UpdatedAt), toMillis(j.LeaseUntil), before))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err == nil && part != nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO export_parts (job_id, part, body) VALUES ($1, $2, $3)`, j.ID, j.Parts, part)
		}
		if err != nil {
			return err
		}
		owner, err = exportOwner(ctx, tx, j.ID)
		return err
	})
	if err != nil {
		return auth.User{}, fmt.Errorf("save a part of an export: %w", db.orNoDisk(err))
	}
	return owner, nil
}

// RenewExport renews the lease of a job and tells how it is getting on: its state, collecting or checking, since when the
// API fails, and how many rows have been checked. It returns the owner as SaveExportPart does.
func (db *DB) RenewExport(ctx context.Context, j ExportJob, holder string) (auth.User, error) {
	n, err := affected(db.sql.ExecContext(ctx, `
		UPDATE export_jobs SET state = $3, waiting_since = $4, checked = $5, updated_at = $6, lease_until = $7
		WHERE id = $1 AND lease_holder = $2 AND state IN `+underWay,
		j.ID, holder, j.State, toMillis(j.WaitingSince), j.Checked, toMillis(j.UpdatedAt), toMillis(j.LeaseUntil)))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return auth.User{}, fmt.Errorf("renew export: %w", db.orNoDisk(err))
	}
	owner, err := exportOwner(ctx, db.sql, j.ID)
	return owner, db.orNoDisk(err)
}

// EndExport ends a job as j says, complete with its receipt or failed, and gives the lease back. ErrNotFound if the job
// is no longer the holder's; one becomes complete only after it was checked.
func (db *DB) EndExport(ctx context.Context, j ExportJob, holder string) error {
	n, err := affected(db.sql.ExecContext(ctx, `
		UPDATE export_jobs SET state = $3, why = $4, receipt = $5, updated_at = $6, ended_at = $6, expires_at = $7, waiting_since = 0, lease_holder = '', lease_until = 0
		WHERE id = $1 AND lease_holder = $2 AND state IN `+underWay+` AND ($3 <> 'complete' OR state = 'checking' AND part_count = $8)`,
		j.ID, holder, j.State, j.Why, notNil(j.Receipt), toMillis(j.EndedAt), toMillis(j.ExpiresAt), j.Parts))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("end export: %w", db.orNoDisk(err))
	}
	return nil
}

// ReleaseExport gives a lease back, so that another process can go on at once.
func (db *DB) ReleaseExport(ctx context.Context, id, holder string) error {
	_, err := db.sql.ExecContext(ctx, `
		UPDATE export_jobs SET state = 'queued', lease_holder = '', lease_until = 0 WHERE id = $1 AND lease_holder = $2 AND state IN `+underWay, id, holder)
	if err != nil {
		return fmt.Errorf("release export: %w", err)
	}
	return nil
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
