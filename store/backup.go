package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"trustlyportal/audit"
)

// ErrNotSQLite is the answer for PostgreSQL, which has tools of its own.
var ErrNotSQLite = errors.New("the database is no SQLite file")

// Backup is what a copy of a database holds.
type Backup struct {
	Schema int64
	Bytes  int64

	Verified bool      // the audit: not if the schema is another version's
	Records  int64     // of the audit
	Newest   audit.End // of them
}

// BackUp copies a SQLite database, as it is at one moment, into a new or empty file while others work on it, and checks
// the copy: that SQLite finds it whole, each row that another one names is there, and the chain of the audit holds. What
// fails leaves a file that is of no use. It is [ErrNotSQLite] for another engine.
func BackUp(ctx context.Context, databaseURL, to string) (Backup, error) {
	if IsPostgres(databaseURL) {
		return Backup{}, ErrNotSQLite
	}
	path, err := SQLitePath(databaseURL)
	if err != nil {
		return Backup{}, err
	}
	if _, err := os.Stat(path); err != nil {
		return Backup{}, fmt.Errorf("open the database: %w", err)
	}
	conn, err := sql.Open("sqlite", sqliteDSN(path)+"&mode=rw")
	if err != nil {
		return Backup{}, fmt.Errorf("open the database: %w", err)
	}
	_, err = conn.ExecContext(ctx, `VACUUM INTO $1`, to)
	if err := errors.Join(err, conn.Close()); err != nil {
		return Backup{}, fmt.Errorf("copy the database: %w", err)
	}
	b, err := checkBackup(ctx, to)
	if err != nil {
		return b, fmt.Errorf("check the copy: %w", err)
	}
	return b, nil
}

// checkBackup reads all of a copy.
func checkBackup(ctx context.Context, path string) (b Backup, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return b, err
	}
	b.Bytes = info.Size()
	db, err := OpenToRead(ctx, "sqlite:"+path)
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.sound(ctx); err != nil {
		return b, err
	}
	have, known, err := db.Schema(ctx)
	if b.Schema = have; err != nil || have != known { // the audit's table may be another one
		return b, err
	}
	b.Verified = true
	b.Records, b.Newest, err = db.VerifyAudit(ctx)
	return b, err
}

// sound is what SQLite itself finds.
func (db *DB) sound(ctx context.Context) error {
	var found []string
	rows, err := db.sql.QueryContext(ctx, `PRAGMA integrity_check(10)`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // only read
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		found = append(found, line)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if text := strings.Join(found, "; "); text != "ok" {
		return fmt.Errorf("SQLite finds it broken: %s", text)
	}
	var lost int
	if err := db.sql.QueryRowContext(ctx, `SELECT count(*) FROM pragma_foreign_key_check`).Scan(&lost); err != nil {
		return err
	}
	if lost > 0 {
		return fmt.Errorf("%d rows name others that are not there", lost)
	}
	return nil
}
