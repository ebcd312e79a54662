package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// engine is what differs between the databases that the portal runs on. The SQL texts do not, but for the migrations.
type engine struct {
	dialect    goose.Dialect
	migrations fs.FS
	locker     lock.SessionLocker // of those who bring the schema up to date; nil: see bringUp
	isolation  sql.IsolationLevel // under which transactions run as if one after the other

	// clash reports whether a transaction failed only because of another one, and may be tried again.
	clash func(error) bool

	// noDisk reports whether the database says that it can't keep anything: see ErrNoDisk.
	noDisk func(error) bool

	// The last number that a table's rows were given, 0 for none.
	lastNumber    func(ctx context.Context, tx *sql.Tx, table string) (int64, error)
	setLastNumber func(ctx context.Context, tx *sql.Tx, table string, last int64) error
}

// CheckURL reports what is wrong with a database's URL, in words for the operator, without a look at the database.
func CheckURL(databaseURL string) error {
	if IsPostgres(databaseURL) {
		_, err := postgresConfig(databaseURL)
		return err
	}
	_, err := SQLitePath(databaseURL)
	return err
}

// IsPostgres reports whether the URL names a PostgreSQL database, which several machines share. Otherwise it names a
// SQLite file.
func IsPostgres(databaseURL string) bool {
	scheme, _, _ := strings.Cut(databaseURL, ":")
	return scheme == "postgres" || scheme == "postgresql"
}

// Open opens the database, makes its file first if it is SQLite's, and brings its schema up to this version's. It
// refuses a schema made by a newer version. See [SQLitePath] for the forms of databaseURL, or
// postgres://USER:PASSWORD@HOST:PORT/DATABASE.
func Open(ctx context.Context, databaseURL string) (*DB, error) {
	db, _, err := open(ctx, databaseURL)
	return db, err
}

// OpenExisting is Open, but for a SQLite file that is not there: that is an error.
func OpenExisting(ctx context.Context, databaseURL string) (*DB, error) {
	if !IsPostgres(databaseURL) {
		path, err := SQLitePath(databaseURL)
		if err == nil {
			_, err = os.Stat(path)
		}
		if err != nil {
			return nil, err
		}
	}
	return Open(ctx, databaseURL)
}

// Migrate brings the schema of a database up to this version's and returns the versions before and after. A new
// database has version 0.
func Migrate(ctx context.Context, databaseURL string) (before, after int64, err error) {
	db, before, err := open(ctx, databaseURL)
	if err != nil {
		return before, 0, err
	}
	after, err = db.SchemaVersion(ctx)
	return before, after, errors.Join(err, db.Close())
}

func open(ctx context.Context, databaseURL string) (_ *DB, before int64, err error) {
	db := &DB{now: time.Now, auditing: &auditQueue{}, statements: &statements{}, logins: &loginNames{}}
	var where string
	if IsPostgres(databaseURL) {
		db.engine = &postgres
		db.sql, where, err = openPostgres(databaseURL)
	} else {
		db.engine = &sqlite
		db.sql, where, err = openSQLite(databaseURL)
		db.direct = &direct{open: func() (driver.Conn, error) { return db.sql.Driver().Open(sqliteDSN(where)) }}
	}
	if err != nil {
		return nil, 0, err
	}
	if before, err = db.engine.bringUp(ctx, db.sql); err != nil {
		_ = db.sql.Close() // the first error is the one to tell
		return nil, before, fmt.Errorf("bring the schema of %s up to date: %w", where, err)
	}
	return db, before, nil
}

// SchemaVersion is the number of the newest migration that the database has.
func (db *DB) SchemaVersion(ctx context.Context) (int64, error) {
	var version int64
	if err := db.sql.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return version, nil
}

// bringUp applies the migrations that the database lacks. They go forward only.
func (e *engine) bringUp(ctx context.Context, conn *sql.DB) (before int64, err error) {
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if e.locker != nil {
		options = append(options, goose.WithSessionLocker(e.locker))
	}
	p, err := goose.NewProvider(e.dialect, conn, e.migrations, options...)
	if err != nil {
		return 0, err
	}
	// SQLite has no lock for it. When two processes start on a new file at once, one of them fails at what the other has
	// just done, and finds it done when it looks again.
	const attempts = 3
	for range attempts {
		if before, err = up(ctx, p); err == nil || ctx.Err() != nil || errors.As(err, new(*newerSchemaError)) {
			return before, err
		}
	}
	return before, err
}

func up(ctx context.Context, p *goose.Provider) (before int64, err error) {
	have, known, err := p.GetVersions(ctx)
	if err != nil {
		return 0, err
	}
	if have > known {
		return have, &newerSchemaError{have: have, known: known}
	}
	if have == known {
		return have, nil
	}
	_, err = p.Up(ctx)
	return have, err
}

// newerSchemaError: a newer portal made the schema, and this one could damage what it does not know.
type newerSchemaError struct{ have, known int64 }

func (e *newerSchemaError) Error() string {
	return fmt.Sprintf("the database has schema version %d, this portal knows versions up to %d: run the newer portal, or restore a backup made before it", e.have, e.known)
}
