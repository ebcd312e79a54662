package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// copiedTables are those that make up the portal's state, each behind those it refers to.
var copiedTables = []string{
	"users", "logins", "sessions", "sso_logins", "identities", "authenticators", "recovery_codes", "passkeys", "factor_tries",
	"tokens", "invitations", "saved_views", "default_views", "private_links", "worksheets", "export_jobs", "export_parts", "audit_ends", "audit",
}

// passingTables hold for seconds or minutes only and are not copied.
var passingTables = []string{"budgets", "tries"}

// numberedTables give their rows numbers that are never given twice.
var numberedTables = []string{"users", "tokens"}

// Copied tells what became of one table.
type Copied struct {
	Table string
	Rows  int64
}

// ErrNotEmpty is for a target that holds data already.
var ErrNotEmpty = errors.New("it holds data already: name a new, empty database")

// CopyState copies everything from one database to another, empty one, of either engine, reads it back and compares: all
// of it or nothing. Sealed values stay sealed, and need the same secret. SQLite lets nobody else write into from meanwhile;
// with PostgreSQL what others write there meanwhile stays behind. Both have the schema of this version, as [Open] saw to it.
func CopyState(ctx context.Context, from, to *DB, tell func(Copied)) error {
	source, err := from.sql.BeginTx(ctx, &sql.TxOptions{Isolation: from.engine.isolation})
	if err != nil {
		return fmt.Errorf("read what to copy: %w", err)
	}
	defer func() { _ = source.Rollback() }() // only read
	return to.inTurn(ctx, func(target *sql.Tx) error {
		for _, table := range []string{"users", "audit"} {
			var n int64
			if err := target.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return ErrNotEmpty
			}
		}
		for _, table := range copiedTables {
			n, err := copyTable(ctx, source, target, table)
			if err != nil {
				return fmt.Errorf("copy %s: %w", table, err)
			}
			tell(Copied{table, n})
		}
		for _, table := range numberedTables {
			last, err := from.engine.lastNumber(ctx, source, table)
			if err == nil && last > 0 {
				err = to.engine.setLastNumber(ctx, target, table, last)
			}
			if err != nil {
				return fmt.Errorf("copy the numbers of %s: %w", table, err)
			}
		}
		return nil
	})
}

// copyTable copies the rows of one table and compares them with what the target then has.
func copyTable(ctx context.Context, source, target *sql.Tx, table string) (n int64, err error) {
	columns, binaries, err := columnsOf(ctx, target, table)
	if err != nil {
		return 0, err
	}
	list, places := strings.Join(columns, ", "), make([]string, len(columns))
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	put := `INSERT INTO ` + table + ` (` + list + `) VALUES (` + strings.Join(places, ", ") + `)` //nolint:gosec // names of this schema
	if table == "audit_ends" {                                                                    // its one row is there from the beginning, and only ever changed
		sets := make([]string, len(columns))
		for i, column := range columns {
			sets[i] = column + " = " + places[i]
		}
		put = `UPDATE audit_ends SET ` + strings.Join(sets, ", ") + ` WHERE id = 1`
	}
	statement, err := target.PrepareContext(ctx, put)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, statement.Close()) }()

	everything := `SELECT ` + list + ` FROM ` + table
	read, err := sumRows(ctx, source, everything, len(columns), func(values []any) error {
		for i, value := range values {
			values[i] = asKept(value, binaries[i])
		}
		_, err := statement.ExecContext(ctx, values...)
		return err
	})
	if err != nil {
		return 0, err
	}
	kept, err := sumRows(ctx, target, everything, len(columns), func([]any) error { return nil })
	if err == nil && kept != read {
		err = fmt.Errorf("%d rows were read and %d are there, or not the same ones", read.rows, kept.rows)
	}
	return read.rows, err
}

// columnsOf returns a table's columns in the order of their names, and which of them hold bytes that are no text.
func columnsOf(ctx context.Context, tx *sql.Tx, table string) (names []string, binaries []bool, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table+` WHERE 1 = 0`) //nolint:gosec // one of copiedTables
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(types, func(a, b *sql.ColumnType) int { return strings.Compare(a.Name(), b.Name()) })
	for _, t := range types {
		names = append(names, t.Name())
		binaries = append(binaries, t.DatabaseTypeName() == "BYTEA" || t.DatabaseTypeName() == "BLOB")
	}
	return names, binaries, rows.Err()
}

// asKept is a value in the type of its column: SQLite knows no types of columns, only of values.
func asKept(value any, binary bool) any {
	switch v := value.(type) {
	case string:
		if binary {
			return []byte(v)
		}
	case []byte:
		if !binary {
			return string(v)
		}
	}
	return value
}

// rowSum is what a set of rows comes to, in whatever order they are read.
type rowSum struct {
	rows int64
	sum  [sha256.Size]byte
}

func sumRows(ctx context.Context, tx *sql.Tx, query string, columns int, do func([]any) error) (s rowSum, err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, dest := make([]any, columns), make([]any, columns)
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return s, err
		}
		for i, value := range values {
			if b, ok := value.([]byte); value == nil || ok && b == nil { // no column is null: SQLite's way to give no bytes
				values[i] = []byte{}
			}
		}
		s.add(values)
		if err := do(values); err != nil {
			return s, fmt.Errorf("row %d: %w", s.rows, err)
		}
	}
	return s, rows.Err()
}

func (s *rowSum) add(values []any) {
	h := sha256.New()
	for _, value := range values {
		var text []byte
		switch v := value.(type) {
		case []byte:
			text = v
		case string:
			text = []byte(v)
		default:
			text = fmt.Append(nil, v)
		}
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write(text)
	}
	s.rows++
	for i, b := range h.Sum(nil) { // rows are all different, by their keys
		s.sum[i] ^= b
	}
}
