package store

import (
	"context"
	"fmt"
	"time"
)

const (
	// clearedAtOnce is how many parts one transaction deletes: a second's work would keep all other writers of SQLite
	// waiting for as long.
	clearedAtOnce = 16

	// clearPause lets them in.
	clearPause = 10 * time.Millisecond
)

// ExpireExports ends what has had its time: complete jobs lose their rows and are remembered until remember, with their
// receipts; other ended ones go. Somebody has to call it now and then.
func (db *DB) ExpireExports(ctx context.Context, now, remember time.Time) error {
	if _, err := db.sql.ExecContext(ctx, `UPDATE export_jobs SET state = $1 WHERE state IN ('canceled', 'failed', 'expired') AND expires_at <= $2`,
		exportDiscarded, toMillis(now)); err != nil {
		return fmt.Errorf("expire exports: %w", err)
	}
	if _, err := db.sql.ExecContext(ctx, `UPDATE export_jobs SET state = $1, expires_at = $2 WHERE state = 'complete' AND expires_at <= $3`,
		ExportExpired, toMillis(remember), toMillis(now)); err != nil {
		return fmt.Errorf("expire exports: %w", err)
	}
	return db.ClearExports(ctx)
}

// ClearExports deletes the rows of jobs that can't be downloaded any more or never will be, and deleted jobs, a little at
// a time. What it leaves behind when it is interrupted, the next call deletes.
func (db *DB) ClearExports(ctx context.Context) error {
	for {
		n, err := affected(db.sql.ExecContext(ctx, `
			DELETE FROM export_parts WHERE (job_id, part) IN (
				SELECT job_id, part FROM export_parts
				WHERE job_id IN (SELECT id FROM export_jobs WHERE state IN ('canceled', 'failed', 'expired', 'discarded')) LIMIT $1)`, clearedAtOnce))
		if err != nil {
			return fmt.Errorf("delete parts of exports: %w", err)
		}
		if n < clearedAtOnce {
			break
		}
		select {
		case <-time.After(clearPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if _, err := db.sql.ExecContext(ctx, `
		DELETE FROM export_jobs WHERE state = 'discarded' AND NOT EXISTS (SELECT 1 FROM export_parts p WHERE p.job_id = export_jobs.id)`); err != nil {
		return fmt.Errorf("delete exports: %w", err)
	}
	return nil
}
