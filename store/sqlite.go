package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite" // registers the driver "sqlite"
	codes "modernc.org/sqlite/lib"
)

// sqliteConns bounds the open connections: one writes at a time anyway, the others read meanwhile.
const sqliteConns = 4

// SQLitePath returns the file of a database URL of the form "sqlite:PATH", where PATH may be relative to the working
// directory. It is an error for any other form, in words for the operator.
func SQLitePath(databaseURL string) (string, error) {
	scheme, path, _ := strings.Cut(databaseURL, ":")
	switch {
	case scheme != "sqlite":
		return "", errors.New("it must look like sqlite:PATH, for example sqlite:data/portal.db, or postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	case path == "" || strings.HasSuffix(path, "/"):
		return "", errors.New("the file is missing: use sqlite:PATH, for example sqlite:data/portal.db")
	case strings.HasPrefix(path, ":memory:"):
		return "", errors.New("a database in memory would forget its users: use sqlite:PATH, for example sqlite:data/portal.db")
	}
	// sqlite://data/portal.db is how other programs write it; a host makes no sense for a file.
	if strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///") {
		return "", fmt.Errorf("use sqlite:%s for that file, or sqlite:/%s below the root directory", path[2:], path[2:])
	}
	return filepath.Clean(path), nil
}

// openSQLite opens the file, or makes it: readable by the portal's user only, as are the files that SQLite puts beside
// it, because they take the mode of the first.
func openSQLite(databaseURL string) (_ *sql.DB, path string, err error) {
	if path, err = SQLitePath(databaseURL); err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, path, fmt.Errorf("make the directory of the database: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, path, fmt.Errorf("open the database: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, path, fmt.Errorf("open the database: %w", err)
	}
	conn, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, path, fmt.Errorf("open the database: %w", err)
	}
	conn.SetMaxOpenConns(sqliteConns)
	conn.SetMaxIdleConns(sqliteConns)
	return conn, path, nil
}

// sqliteDSN puts the pragmas where every connection of the pool gets them: readers do not wait for the writer (WAL), a
// writer waits up to 5 s for another, and a transaction takes the write lock at its start, as one that takes it half
// way can only fail.
func sqliteDSN(path string) string {
	// Percent-encoded, because SQLite reads file: names as URIs. The slashes are as good encoded, but for the eye.
	escaped := strings.ReplaceAll(url.PathEscape(path), "%2F", "/")
	return "file:" + escaped +
		"?_pragma=journal_mode(WAL)" +
		"&_pragma=busy_timeout(5000)" +
		"&_pragma=synchronous(NORMAL)" +
		"&_pragma=foreign_keys(1)" +
		"&_txlock=immediate"
}

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// sqlite has no isolation to choose: each transaction that writes is alone from its start, see sqliteDSN.
var sqlite = engine{
	dialect:    goose.DialectSQLite3,
	migrations: sub(sqliteMigrations, "migrations/sqlite"),
	clash:      func(error) bool { return false },
	noDisk: func(err error) bool {
		refused, ok := errors.AsType[*driver.Error](err)
		if !ok {
			return false
		}
		switch refused.Code() & 0xff { // the rest says where it happened
		case codes.SQLITE_FULL, codes.SQLITE_IOERR, codes.SQLITE_READONLY:
			return true
		}
		return false
	},
	lastNumber: func(ctx context.Context, tx *sql.Tx, table string) (last int64, err error) {
		err = tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = $1`, table).Scan(&last)
		return last, err
	},
	setLastNumber: func(ctx context.Context, tx *sql.Tx, table string, last int64) error {
		if n, err := affected(tx.ExecContext(ctx, `UPDATE sqlite_sequence SET seq = $2 WHERE name = $1`, table, last)); n > 0 || err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, table, last)
		return err
	},
}

// OpenTemp opens a new database in a temporary directory, which Close removes.
func OpenTemp(ctx context.Context) (*DB, error) {
	dir, err := os.MkdirTemp("", "trustlyportal-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	db, err := Open(ctx, "sqlite:"+filepath.Join(dir, "portal.db"))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	db.close = func() error { return os.RemoveAll(dir) }
	return db, nil
}
