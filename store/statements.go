package store

import (
	"context"
	"database/sql"
	"sync"
)

// statements are those that every page needs, prepared once: on SQLite, reading the SQL takes several times as long as
// answering it.
type statements struct{ byText sync.Map }

// query is [sql.DB.QueryContext] by a prepared statement. The text must be a constant: it is kept until the database
// closes.
//
//nolint:sqlclosecheck // prepared statements are kept
func (db *DB) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if s := db.prepared(ctx, text); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return db.sql.QueryContext(ctx, text, args...)
}

// queryRow is [sql.DB.QueryRowContext] in the same way.
//
//nolint:sqlclosecheck // prepared statements are kept
func (db *DB) queryRow(ctx context.Context, text string, args ...any) *sql.Row {
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
