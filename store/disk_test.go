package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"trustlyportal/auth"
)

// Each makes the next part impossible to keep. What PostgreSQL says of a disk is said by a trigger here.
var diskTroubles = map[string][]struct {
	name, trouble, end string
	noDisk             bool
}{
	"sqlite": {
		{"full", `PRAGMA max_page_count = 1`, `PRAGMA max_page_count = 1000000`, true},
		{"read-only", `PRAGMA query_only = 1`, `PRAGMA query_only = 0`, true},
		{"no table", `ALTER TABLE export_parts RENAME TO export_parts_away`, `ALTER TABLE export_parts_away RENAME TO export_parts`, false},
	},
	"postgres": {
		{"full", postgresSays("53100"), postgresIsWell, true},
		{"I/O error", postgresSays("58030"), postgresIsWell, true},
		{"read-only", `SET default_transaction_read_only = on`, `SET default_transaction_read_only = off`, true},
		{"too many connections", postgresSays("53300"), postgresIsWell, false},
		{"ends", postgresSays("57P01"), postgresIsWell, false},
		{"connection ended", `CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';` + postgresTrigger, postgresIsWell, false},
	},
}

const (
	postgresTrigger = `CREATE TRIGGER say BEFORE INSERT ON export_parts FOR EACH ROW EXECUTE FUNCTION say()`
	postgresIsWell  = `DROP FUNCTION say CASCADE`
)

func postgresSays(code string) string {
	return `CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''` + code + `''; END';` + postgresTrigger
}

func TestExportKnowsAFullDisk(t *testing.T) {
	for engine, troubles := range diskTroubles {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := engines[engine](t)
			defer db.Close()
			db.sql.SetMaxOpenConns(1) // which the settings are of
			addExport(t, db, exportOf("E1", addUser(t, db, "ada@example.com", auth.Finance), noon))
			j := takeExport(t, db, "E1", "one", noon)
			for _, trouble := range troubles {
				j = saveExport(t, db, j, "one", noon)
				if _, err := db.sql.ExecContext(t.Context(), trouble.trouble); err != nil {
					t.Fatalf("%s: %v", trouble.name, err)
				}
				_, err := db.SaveExportPart(t.Context(), j.next(noon), "one", make([]byte, 1<<20))
				if err == nil || errors.Is(err, ErrNoDisk) != trouble.noDisk || errors.Is(err, ErrNotFound) {
					t.Errorf("%s: got %v, want it to be ErrNoDisk: %t", trouble.name, err, trouble.noDisk)
				}
				if _, err := db.sql.ExecContext(t.Context(), trouble.end); err != nil {
					t.Fatalf("%s: %v", trouble.name, err)
				}
			}
			saveExport(t, db, j, "one", noon)
		})
	}
}

func TestNoDiskIsNotAway(t *testing.T) {
	t.Parallel()
	away := []error{
		driver.ErrBadConn, context.DeadlineExceeded, context.Canceled, io.ErrUnexpectedEOF, syscall.ECONNREFUSED, syscall.ECONNRESET,
		&net.OpError{Op: "dial", Err: syscall.ENOENT}, errors.New("database or disk is full (13)"),
	}
	for _, code := range []string{"08000", "08003", "08006", "57P01", "57P02", "57P03", "53200", "53300", "53400", "40001", "28P01", "XX000"} {
		away = append(away, &pgconn.PgError{Code: code})
	}
	for name, e := range map[string]*engine{"sqlite": &sqlite, "postgres": &postgres} {
		for _, err := range away {
			if e.noDisk(fmt.Errorf("commit: %w", err)) {
				t.Errorf("%s: got %v taken for a full disk", name, err)
			}
		}
	}
}

// Another process writes for longer than one waits for it.
func TestSQLiteLockedIsNotFull(t *testing.T) {
	t.Parallel()
	url := sqliteTemplate.SQLite(t)
	db, other := opened(t, url), opened(t, url)
	defer db.Close()
	defer other.Close()
	db.sql.SetMaxOpenConns(1)
	addExport(t, db, exportOf("E1", addUser(t, db, "ada@example.com", auth.Finance), noon))
	j := takeExport(t, db, "E1", "one", noon)
	if _, err := db.sql.ExecContext(t.Context(), `PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	tx, err := other.sql.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveExportPart(t.Context(), j.next(noon), "one", []byte("x")); err == nil || errors.Is(err, ErrNoDisk) {
		t.Errorf("got %v, want that it is locked", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	saveExport(t, db, j, "one", noon)
}
