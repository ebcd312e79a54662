package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

const (
	// postgresConns bounds the open connections of one process unless the URL says pool_max_conns: PostgreSQL serves 100
	// in all unless told otherwise, so that a handful of processes fit.
	postgresConns = 10

	// postgresConnectTimeout unless the URL says connect_timeout.
	postgresConnectTimeout = 5 * time.Second
)

//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

var postgres = engine{
	dialect:    goose.DialectPostgres,
	migrations: sub(postgresMigrations, "migrations/postgres"),
	locker:     must(lock.NewPostgresSessionLocker()),
	isolation:  sql.LevelSerializable,
	clash: func(err error) bool {
		var refused *pgconn.PgError
		return errors.As(err, &refused) && (refused.Code == "40001" || refused.Code == "40P01") // serialization failure, deadlock
	},
	// Of class 53, insufficient resources, the others pass: too many connections, and no memory.
	noDisk: func(err error) bool {
		refused, ok := errors.AsType[*pgconn.PgError](err)
		return ok && (refused.Code == "53100" || refused.Code == "58030" || refused.Code == "25006") // disk full, I/O error, read-only
	},
	lastNumber: func(ctx context.Context, tx *sql.Tx, table string) (last int64, err error) {
		err = tx.QueryRowContext(ctx, `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM `+table+`_id_seq`).Scan(&last)
		return last, err
	},
	setLastNumber: func(ctx context.Context, tx *sql.Tx, table string, last int64) error {
		_, err := tx.ExecContext(ctx, `SELECT setval(pg_get_serial_sequence($1, 'id'), $2)`, table, last)
		return err
	},
}

// postgresConfig reads a URL with the parameters of libpq and pgxpool. What is wrong is told without the URL's password.
func postgresConfig(databaseURL string) (*pgxpool.Config, error) {
	const form = "use postgres://USER:PASSWORD@HOST:PORT/DATABASE, with %-codes for what is special in the password"
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, errors.New("it is no URL: " + form)
	}
	config, err := pgxpool.ParseConfig(databaseURL)
	switch {
	case err != nil:
		return nil, errors.New("its parameters can't be read: " + form)
	case config.ConnConfig.Database == "":
		return nil, errors.New("the database is missing: " + form)
	}
	if !u.Query().Has("pool_max_conns") {
		config.MaxConns = postgresConns
	}
	if config.ConnConfig.ConnectTimeout == 0 || !u.Query().Has("connect_timeout") {
		config.ConnConfig.ConnectTimeout = postgresConnectTimeout
	}
	// A reader who leaves ends the query, not the connection.
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: time.Second}
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "trustlyportal"
	}
	return config, nil
}

// openPostgres makes a pool of connections that are opened when they are needed, and again after the server was away.
func openPostgres(databaseURL string) (_ *sql.DB, where string, err error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return nil, "", fmt.Errorf("open the database: %w", err)
	}
	conn := stdlib.OpenDB(*config.ConnConfig)
	conn.SetMaxOpenConns(int(config.MaxConns))
	conn.SetMaxIdleConns(int(config.MaxConns))
	conn.SetConnMaxLifetime(config.MaxConnLifetime)
	conn.SetConnMaxIdleTime(config.MaxConnIdleTime)
	return conn, whereIs(config.ConnConfig), nil
}

// whereIs names a database without its user and password.
func whereIs(c *pgx.ConnConfig) string {
	return fmt.Sprintf("PostgreSQL database %s on %s port %d", c.Database, c.Host, c.Port)
}

func sub(files embed.FS, dir string) fs.FS { return must(fs.Sub(files, dir)) }

// must is for what can only fail in a program that was built wrong.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
