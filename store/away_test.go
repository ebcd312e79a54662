package store

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestPostgresComesBack has a server that is really away.
func TestAway(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"57P01": true, "57P03": true, "53300": true, "08006": true, // ends, starts, too many connections, connection lost
		"28P01": false, "23505": false, "53100": false, "57014": false, "": false, // password, unique, disk, canceled
	} {
		if got := Away(fmt.Errorf("session: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("PostgreSQL's %q: got %v, want %v", code, got, want)
		}
	}
	for _, err := range []error{nil, ErrNotFound, ErrNoDisk, errors.New("sql: database is closed")} {
		if Away(err) {
			t.Errorf("%v: got away, want not", err)
		}
	}

	file := "file:" + filepath.Join(t.TempDir(), "portal.db") + "?_txlock=immediate"
	var open [2]*sql.DB
	for i := range open {
		db, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		open[i] = db
	}
	tx, err := open[0].BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open[1].BeginTx(t.Context(), nil); !Away(err) {
		t.Errorf("a locked file: got %v, want an error that says so", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
}
