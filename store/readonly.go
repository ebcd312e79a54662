package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// OpenToRead opens a database that is there, of whatever schema, and leaves it as it is: nothing can be written, no file
// is made and no migration run. It is fs.ErrNotExist if there is no such file. See [DB.Schema].
func OpenToRead(ctx context.Context, databaseURL string) (*DB, error) {
	db := &DB{now: time.Now, auditing: &auditQueue{}, logins: &loginNames{}, engine: &sqlite}
	var err error
	if IsPostgres(databaseURL) {
		db.engine = &postgres
		db.sql, err = readPostgres(databaseURL)
	} else {
		db.sql, err = readSQLite(databaseURL)
	}
	if err != nil {
		return nil, err
	}
	if err := db.sql.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), db.sql.Close())
	}
	return db, nil
}

func readPostgres(databaseURL string) (*sql.DB, error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	return stdlib.OpenDB(*config.ConnConfig), nil
}

// readSQLite leaves SQLite's own files beside the database alone, too. While a portal has the database open they are
// there and are read with it; without them the file stands by itself and is read as it is.
func readSQLite(databaseURL string) (*sql.DB, error) {
	path, err := SQLitePath(databaseURL)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path) // which tells what is wrong better than SQLite
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	_ = file.Close() // only opened
	dsn, _, _ := strings.Cut(sqliteDSN(path), "?")
	dsn += "?mode=ro&_pragma=busy_timeout(5000)"
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		dsn += "&immutable=1"
	}
	conn, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return conn, nil
}

// Schema returns the version of the database's schema, 0 if there is none yet, and the one that this portal brings it to.
func (db *DB) Schema(ctx context.Context) (have, known int64, err error) {
	if known, err = db.KnownSchema(); err != nil {
		return 0, 0, err
	}
	tables := `SELECT count(*) FROM sqlite_master WHERE name = $1`
	if db.engine.dialect == goose.DialectPostgres {
		tables = `SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass($1)`
	}
	var n int
	if err := db.sql.QueryRowContext(ctx, tables, "goose_db_version").Scan(&n); err != nil {
		return 0, known, fmt.Errorf("read the schema's version: %w", err)
	}
	if n == 0 {
		return 0, known, nil
	}
	have, err = db.SchemaVersion(ctx)
	return have, known, err
}

// SealedKind is what a sealed text belongs to.
type SealedKind string

// The kinds of sealed texts that are kept for longer than a few minutes.
const (
	SealedExport        SealedKind = "exports"
	SealedPrivateLink   SealedKind = "private links"
	SealedWorksheet     SealedKind = "pasted lists"
	SealedAuthenticator SealedKind = "authenticator apps"
)

// Sealed is a text that can be read with the portal's secret only.
type Sealed struct {
	Kind SealedKind
	ID   string // of its row
	Text []byte
}

// NewestSealed returns the newest text of each kind that there is any of.
func (db *DB) NewestSealed(ctx context.Context) ([]Sealed, error) {
	var all []Sealed
	for _, kind := range []struct {
		name   SealedKind
		query  string
		packed bool
	}{
		{SealedExport, `SELECT id, spec FROM export_jobs ORDER BY created_at DESC LIMIT 1`, false},
		{SealedPrivateLink, `SELECT token, sealed FROM private_links ORDER BY created_at DESC LIMIT 1`, true},
		{SealedWorksheet, `SELECT id, body FROM worksheets ORDER BY updated_at DESC LIMIT 1`, false},
		{SealedAuthenticator, `SELECT CAST(user_id AS TEXT), secret FROM authenticators ORDER BY used_at DESC, created_at DESC LIMIT 1`, false},
	} {
		s := Sealed{Kind: kind.name}
		err := db.sql.QueryRowContext(ctx, kind.query).Scan(&s.ID, &s.Text)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil && kind.packed {
			s.Text, err = unpack(string(s.Text))
		}
		if err != nil {
			return nil, fmt.Errorf("read the newest of %s: %w", kind.name, err)
		}
		all = append(all, s)
	}
	return all, nil
}
