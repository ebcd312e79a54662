// Package store keeps the portal's own data in a database: accounts, sign-ins, views, exports and the audit. Of payments
// there is only what is sealed before it comes here, such as what became of a pasted list, and it expires.
//
// There is one set of SQL texts. It keeps to what SQLite and PostgreSQL both run unchanged: $1 placeholders, ON
// CONFLICT, RETURNING, times as integer milliseconds since 1970 with 0 for "never", no booleans. What is written once per
// engine are the migrations, what an engine holds, and the clock of a budget. Transactions run as if one after the other on
// both: SQLite has one writer at a time, PostgreSQL is asked for it, see inTx.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trustlyportal/auth"
)

// Errors for errors.Is.
var (
	// ErrNotFound: no such row. It is auth's, as auth asks for rows without knowing this package.
	ErrNotFound = auth.ErrNotFound

	// ErrConflict: another row has that name already.
	ErrConflict = errors.New("exists already")

	// ErrLastAdmin: the change would leave nobody who can manage users.
	ErrLastAdmin = errors.New("the last enabled administrator")
)

// DB is an open database with the schema of this version.
type DB struct {
	sql    *sql.DB
	engine *engine
	now    func() time.Time
	close  func() error // what else Close has to do, for OpenTemp

	auditing   *auditQueue
	statements *statements
	logins     *loginNames
	direct     *direct // nil on PostgreSQL, and in a database that is only read
}

// Close closes the database after the queries under way, and after what is in line for the audit.
func (db *DB) Close() error {
	db.writeLine()
	err := errors.Join(db.direct.close(), db.sql.Close())
	if db.close != nil {
		err = errors.Join(err, db.close())
	}
	return err
}

// Ping reports whether the database answers a query on the portal's tables.
func (db *DB) Ping(ctx context.Context) error {
	var n int
	if err := db.sql.QueryRowContext(ctx, `SELECT count(*) FROM sessions WHERE token = ''`).Scan(&n); err != nil {
		return fmt.Errorf("ask the database: %w", err)
	}
	return nil
}

// notFound turns the driver-independent "no rows" into ErrNotFound.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
