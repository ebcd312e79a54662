package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// KnownSchema is the number of the newest migration that this program has. See [DB.SchemaVersion] for the database's.
func (db *DB) KnownSchema() (int64, error) {
	files, err := fs.Glob(db.engine.migrations, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("list the migrations: %w", err)
	}
	var newest int64
	for _, file := range files {
		number, _, _ := strings.Cut(path.Base(file), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("list the migrations: %w", err)
		}
		newest = max(newest, n)
	}
	return newest, nil
}

// TryAudit reports whether the audit could be written to now, without a record: it writes the end of the chain as it is.
func (db *DB) TryAudit(ctx context.Context) error {
	if _, err := db.sql.ExecContext(ctx, `UPDATE audit_ends SET head_seq = head_seq WHERE id = 1`); err != nil {
		return fmt.Errorf("try to write the audit: %w", err)
	}
	return nil
}

// Pool is how the connections to the database are used.
type Pool struct {
	Max, Open, InUse, Idle int // Max 0: no limit
	Waits                  int64
	Waited                 time.Duration // in all
}

// Pool returns how the connections are used now, and how often and long somebody waited for one.
func (db *DB) Pool() Pool {
	s := db.sql.Stats()
	return Pool{Max: s.MaxOpenConnections, Open: s.OpenConnections, InUse: s.InUse, Idle: s.Idle, Waits: s.WaitCount, Waited: s.WaitDuration}
}

// Figures are counts of what the database holds, for metrics.
type Figures struct {
	Logins     int64 // that open doors still
	Sessions   int64 // that have not expired, of strangers too
	Exports    map[ExportState]int64
	Worksheets map[WorksheetState]int64
}

// Figures counts. A login counts if it started and was used after these instants.
func (db *DB) Figures(ctx context.Context, started, used time.Time) (Figures, error) {
	now := toMillis(db.now())
	f := Figures{Exports: map[ExportState]int64{}, Worksheets: map[WorksheetState]int64{}}
	err := errors.Join(
		db.sql.QueryRowContext(ctx, `
			SELECT count(*) FROM logins l JOIN users u ON u.id = l.user_id
			WHERE l.ended_at = 0 AND l.generation = u.generation AND u.disabled_at = 0 AND l.started_at > $1 AND l.last_seen_at > $2`,
			toMillis(started), toMillis(used)).Scan(&f.Logins),
		db.sql.QueryRowContext(ctx, `SELECT count(*) FROM sessions WHERE expires_at > $1`, now).Scan(&f.Sessions),
		tally(ctx, db.sql, f.Exports, `SELECT state, count(*) FROM export_jobs WHERE state <> $1 GROUP BY state`, exportDiscarded),
		tally(ctx, db.sql, f.Worksheets, `SELECT state, count(*) FROM worksheets WHERE expires_at > $1 GROUP BY state`, now),
	)
	if err != nil {
		return Figures{}, fmt.Errorf("count for metrics: %w", err)
	}
	return f, nil
}

// tally reads rows of a state and how many there are of it.
func tally[S ~string](ctx context.Context, conn *sql.DB, into map[S]int64, query string, args ...any) (err error) {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var state S
		var n int64
		if err := rows.Scan(&state, &n); err != nil {
			return err
		}
		into[state] = n
	}
	return rows.Err()
}
