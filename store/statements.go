package store

import (
	"context"
	"database/sql"
	"sync"
)

// statements are those that every page needs, prepared once: on SQLite, reading the SQL takes several times as long as
// answering it.
type statements struct{ byText sync.Map }

// scanner is a row, as [sql.Row] is one.
type scanner interface{ Scan(dest ...any) error }

// rows are what a query answers, as [sql.Rows] are.
type rows interface {
	scanner
	Next() bool
	Err() error
	Close() error
}

// query is [sql.DB.QueryContext] by a prepared statement, for few rows. The text must be a constant: it is kept until
// the database closes.
//
//nolint:sqlclosecheck,rowserrcheck // prepared statements are kept, and rows are the caller's to look at
func (db *DB) query(ctx context.Context, text string, args ...any) (rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if read, ok := db.direct.rows(text, args); ok {
		return &readRows{rows: read}, nil
	}
	if s := db.prepared(ctx, text); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return db.sql.QueryContext(ctx, text, args...)
}

// queryRow is [sql.DB.QueryRowContext] in the same way.
//
//nolint:sqlclosecheck // prepared statements are kept
func (db *DB) queryRow(ctx context.Context, text string, args ...any) scanner {
	if err := ctx.Err(); err != nil {
		return &readRows{err: err}
	}
	if read, ok := db.direct.rows(text, args); ok {
		return &readRows{rows: read}
	}
	if s := db.prepared(ctx, text); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return db.sql.QueryRowContext(ctx, text, args...)
}

// prepared is nil if the statement can't be prepared just now. To ask without then tells why.
func (db *DB) prepared(ctx context.Context, text string) *sql.Stmt {
	if s, ok := db.statements.byText.Load(text); ok {
		return s.(*sql.Stmt)
	}
	s, err := db.sql.PrepareContext(ctx, text)
	if err != nil {
		return nil
	}
	kept, met := db.statements.byText.LoadOrStore(text, s)
	if met {
		_ = s.Close() //nolint:sqlclosecheck // another request was quicker
	}
	return kept.(*sql.Stmt)
}
