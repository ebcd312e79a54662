package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ExportState is how far an export job is.
type ExportState string

// The states. Whoever holds the lease works on one that is collecting or checking.
const (
	ExportQueued     ExportState = "queued"     // nobody works on it; some of its rows may be there
	ExportCollecting ExportState = "collecting" // its rows are read
	ExportChecking   ExportState = "checking"   // all rows are there and are gone through again
	ExportComplete   ExportState = "complete"   // the only state in which it can be downloaded
	ExportCanceled   ExportState = "canceled"   // by its owner
	ExportFailed     ExportState = "failed"     // see ExportWhy
	ExportExpired    ExportState = "expired"    // was complete; its rows are gone, its receipt is not

	exportDiscarded ExportState = "discarded" // deleted, as far as anyone can see
)

// UnderWay reports whether the job is on its way to an end.
func (s ExportState) UnderWay() bool {
	return s == ExportQueued || s == ExportCollecting || s == ExportChecking
}

// underWay is the same in SQL.
const underWay = `('queued', 'collecting', 'checking')`

// ExportWhy is why a job failed.
type ExportWhy string

// The reasons.
const (
	ExportNoAPI        ExportWhy = "api"        // Trustly's API did not answer, for longer than a job waits
	ExportNoAccess     ExportWhy = "access"     // it refused the portal's credentials
	ExportRefused      ExportWhy = "refused"    // it refused what was asked
	ExportUnreliable   ExportWhy = "unreliable" // its answers can't be relied on
	ExportNoDisk       ExportWhy = "disk"       // rows could not be kept
	ExportNoPermission ExportWhy = "permission" // its owner may not export (so) any more
	ExportUserDisabled ExportWhy = "disabled"   // its owner's account was disabled
	ExportSealed       ExportWhy = "sealed"     // under a secret that the portal has no more
	ExportCheckFailed  ExportWhy = "check"      // what is kept is not what was read
	ExportInternal     ExportWhy = "internal"   // a mistake in the portal
)

// Bounds of what one user has.
const (
	MaxExportsUnderWay = 5   // so that nobody's exports keep the others' waiting for hours
	MaxExports         = 100 // complete, with their rows
	maxEndedExports    = 200 // without rows; the oldest make room
)

// Errors for errors.Is.
var (
	ErrTooManyExportsUnderWay = errors.New("too many exports under way")
	ErrTooManyExports         = errors.New("too many exports kept")
)

// ExportJob is one export. What it exports, how far it is and its receipt are sealed: what they hold is for the caller
// to know.
type ExportJob struct {
	ID     string
	UserID int64
	State  ExportState
	Why    ExportWhy // of a failed one
	Run    string    // request id of the last that worked on it
	Format string

	Spec    []byte
	Walk    []byte // empty at the beginning
	Receipt []byte // of a complete one

	Rows, Parts int
	Bytes       int64 // of the parts, as they are kept
	Requests    int
	PerMinute   int // rows, of late
	Checked     int // rows

	CoversFrom, CoveredUntil, CoversTo time.Time // of the rows' creation; CoversFrom may be zero
	WaitingSince                       time.Time // the API has failed since; zero: it answers
	Attempts                           int       // how often it was taken up since it last got further

	CreatedAt, StartedAt, UpdatedAt, EndedAt time.Time
	ExpiresAt                                time.Time // of one that ended
	LeaseUntil                               time.Time // in the past: nobody works on it
}

const exportColumns = `id, user_id, state, why, run, format, spec, walk, receipt, row_count, part_count, byte_count, requests, per_minute, checked,
	covers_from, covered_until, covers_to, waiting_since, attempts, created_at, started_at, updated_at, ended_at, expires_at, lease_until`

// exportColumnsListed leave out what lists don't open.
const exportColumnsListed = `id, user_id, state, why, run, format, spec, '', '', row_count, part_count, byte_count, requests, per_minute, checked,
	covers_from, covered_until, covers_to, waiting_since, attempts, created_at, started_at, updated_at, ended_at, expires_at, lease_until`

func scanExport(scan func(...any) error) (ExportJob, error) {
	var j ExportJob
	var from, until, to, waiting, created, started, updated, ended, expires, lease int64
	err := scan(&j.ID, &j.UserID, &j.State, &j.Why, &j.Run, &j.Format, &j.Spec, &j.Walk, &j.Receipt, &j.Rows, &j.Parts, &j.Bytes, &j.Requests, &j.PerMinute, &j.Checked,
		&from, &until, &to, &waiting, &j.Attempts, &created, &started, &updated, &ended, &expires, &lease)
	j.CoversFrom, j.CoveredUntil, j.CoversTo, j.WaitingSince = fromMillis(from), fromMillis(until), fromMillis(to), fromMillis(waiting)
	j.CreatedAt, j.StartedAt, j.UpdatedAt, j.EndedAt = fromMillis(created), fromMillis(started), fromMillis(updated), fromMillis(ended)
	j.ExpiresAt, j.LeaseUntil = fromMillis(expires), fromMillis(lease)
	return j, err
}

// AddExport keeps a new job, which waits for its turn. ErrTooManyExportsUnderWay or ErrTooManyExports if its user has as
// many as one may have.
func (db *DB) AddExport(ctx context.Context, j ExportJob) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := admitExport(ctx, tx, j.UserID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO export_jobs (id, user_id, state, why, run, format, spec, walk, receipt, row_count, part_count, byte_count, requests, per_minute, checked,
				covers_from, covered_until, covers_to, waiting_since, attempts, created_at, started_at, updated_at, ended_at, expires_at, turn_at, lease_holder, lease_until)
			VALUES ($1, $2, $3, '', '', $4, $5, $6, $6, 0, 0, 0, 0, 0, 0, $7, 0, $8, 0, 0, $9, 0, $9, 0, 0, 0, '', 0)`,
			j.ID, j.UserID, ExportQueued, j.Format, j.Spec, []byte{}, toMillis(j.CoversFrom), toMillis(j.CoversTo), toMillis(j.CreatedAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep export: %w", err)
	}
	return nil
}

// admitExport refuses one job more than a user may have, and lets the oldest of those without rows make room.
func admitExport(ctx context.Context, tx *sql.Tx, userID int64) error {
	// The write that changes nothing locks the user's row, so that two at once are counted one after the other.
	if _, err := tx.ExecContext(ctx, `UPDATE users SET updated_at = updated_at WHERE id = $1`, userID); err != nil {
		return err
	}
	for _, bound := range []struct {
		states string
		most   int
		err    error
	}{{underWay, MaxExportsUnderWay, ErrTooManyExportsUnderWay}, {`('complete')`, MaxExports, ErrTooManyExports}} {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM export_jobs WHERE user_id = $1 AND state IN `+bound.states, userID).Scan(&n); err != nil {
			return err
		}
		if n >= bound.most {
			return bound.err
		}
	}
	const over = `state IN ('canceled', 'failed', 'expired')`
	_, err := tx.ExecContext(ctx, `
		UPDATE export_jobs SET state = $2 WHERE user_id = $1 AND `+over+` AND id NOT IN (
			SELECT id FROM export_jobs WHERE user_id = $1 AND `+over+` ORDER BY created_at DESC, id LIMIT $3)`,
		userID, exportDiscarded, maxEndedExports)
	return err
}

// Export returns a user's job. ErrNotFound if there is none of that id, or it is another's.
func (db *DB) Export(ctx context.Context, id string, userID int64) (ExportJob, error) {
	j, err := scanExport(db.sql.QueryRowContext(ctx,
		`SELECT `+exportColumns+` FROM export_jobs WHERE id = $1 AND user_id = $2 AND state <> $3`, id, userID, exportDiscarded).Scan)
	if err != nil {
		return ExportJob{}, fmt.Errorf("find export: %w", notFound(err))
	}
	return j, nil
}

// Exports lists a user's jobs, the newest first, without walks and receipts.
func (db *DB) Exports(ctx context.Context, userID int64) (_ []ExportJob, err error) {
	rows, err := db.sql.QueryContext(ctx,
		`SELECT `+exportColumnsListed+` FROM export_jobs WHERE user_id = $1 AND state <> $2 ORDER BY created_at DESC, id`, userID, exportDiscarded)
	if err != nil {
		return nil, fmt.Errorf("list exports: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []ExportJob
	for rows.Next() {
		j, err := scanExport(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list exports: %w", err)
		}
		list = append(list, j)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list exports: %w", err)
	}
	return list, nil
}

// CancelExport ends a user's job that is under way; whoever works on it learns so when it next asks. Its row stays until
// expires. One that has ended stays as it is. It returns the state that the job has now; ErrNotFound if it is not the
// user's.
func (db *DB) CancelExport(ctx context.Context, id string, userID int64, now, expires time.Time) (ExportState, error) {
	_, err := db.sql.ExecContext(ctx, `
		UPDATE export_jobs SET state = $3, updated_at = $4, ended_at = $4, expires_at = $5, lease_holder = '', lease_until = 0
		WHERE id = $1 AND user_id = $2 AND state IN `+underWay,
		id, userID, ExportCanceled, toMillis(now), toMillis(expires))
	var state ExportState
	if err == nil {
		err = notFound(db.sql.QueryRowContext(ctx, `SELECT state FROM export_jobs WHERE id = $1 AND user_id = $2 AND state <> $3`,
			id, userID, exportDiscarded).Scan(&state))
	}
	if err != nil {
		return "", fmt.Errorf("cancel export: %w", err)
	}
	return state, nil
}

// DeleteExport takes a user's job away; whoever works on it learns so when it next asks. [DB.ClearExports] deletes its
// rows. ErrNotFound if there is none.
func (db *DB) DeleteExport(ctx context.Context, id string, userID int64) error {
	n, err := affected(db.sql.ExecContext(ctx, `
		UPDATE export_jobs SET state = $3, lease_holder = '', lease_until = 0 WHERE id = $1 AND user_id = $2 AND state <> $3`,
		id, userID, exportDiscarded))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("delete export: %w", err)
	}
	return nil
}

// ExportPart returns one of the job's parts, 1 for the first, as it was saved. ErrNotFound if it is not there, or not
// any more.
func (db *DB) ExportPart(ctx context.Context, id string, part int) ([]byte, error) {
	var body []byte
	err := db.sql.QueryRowContext(ctx, `
		SELECT p.body FROM export_parts p JOIN export_jobs j ON j.id = p.job_id
		WHERE p.job_id = $1 AND p.part = $2 AND j.state IN ('collecting', 'checking', 'complete')`, id, part).Scan(&body)
	if err != nil {
		return nil, fmt.Errorf("read a part of an export: %w", db.orNoDisk(notFound(err)))
	}
	return body, nil
}
