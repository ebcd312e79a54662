package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
)

// direct is one connection to SQLite for what every page needs: the rows of its reader, and the audit. It goes past
// database/sql, which takes longer to hand out a connection and to convert values than SQLite takes to answer; and as the
// audit is written over the same connection, SQLite need not read its pages again after each record, as it does on the
// others.
//
// It is one at a time. Who only reads does not wait for it: see [direct.rows].
type direct struct {
	open func() (driver.Conn, error)

	mu       sync.Mutex
	conn     driver.Conn // nil: not open
	prepared map[string]driver.Stmt
	closed   bool
}

var errClosed = errors.New("the database is closed")

// rows asks for what few rows say. It is false when the connection is taken or does not answer: others do, or tell why.
func (d *direct) rows(text string, args []any) ([][]driver.Value, bool) {
	if d == nil || !d.mu.TryLock() {
		return nil, false
	}
	defer d.mu.Unlock()
	rows, err := d.query(text, args)
	if err != nil {
		_ = d.drop() // who asks again is told why
	}
	return rows, err == nil
}

// inTx runs do in a transaction, which is undone if do returns an error. The connection is not used again after one,
// whatever it was: nothing can be left over of the transaction.
func (d *direct) inTx(do func(auditTx) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.exec(`BEGIN IMMEDIATE`, nil)
	if err != nil {
		err = fmt.Errorf("begin: %w", err)
	} else if err = do(directTx{d}); err == nil {
		if err = d.exec(`COMMIT`, nil); err != nil {
			err = fmt.Errorf("commit: %w", err)
		}
	}
	if err != nil {
		_ = d.drop() // the first error is the one to tell
	}
	return err
}

func (d *direct) close() error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return d.drop()
}

// drop closes the connection, if it is open; the next use opens another one.
func (d *direct) drop() error {
	if d.conn == nil {
		return nil
	}
	var errs []error
	for _, s := range d.prepared {
		errs = append(errs, s.Close())
	}
	errs = append(errs, d.conn.Close())
	d.conn, d.prepared = nil, nil
	return errors.Join(errs...)
}

func (d *direct) prepare(text string) (driver.Stmt, error) {
	if s, ok := d.prepared[text]; ok {
		return s, nil
	}
	if d.closed {
		return nil, errClosed
	}
	if d.conn == nil {
		conn, err := d.open()
		if err != nil {
			return nil, err
		}
		d.conn, d.prepared = conn, make(map[string]driver.Stmt)
	}
	s, err := d.conn.Prepare(text)
	if err != nil {
		return nil, err
	}
	d.prepared[text] = s
	return s, nil
}

func (d *direct) exec(text string, args []any) error {
	s, err := d.prepare(text)
	if err != nil {
		return err
	}
	values, err := bound(args)
	if err != nil {
		return err
	}
	_, err = s.(driver.StmtExecContext).ExecContext(context.Background(), values)
	return err
}

func (d *direct) query(text string, args []any) (_ [][]driver.Value, err error) {
	s, err := d.prepare(text)
	if err != nil {
		return nil, err
	}
	values, err := bound(args)
	if err != nil {
		return nil, err
	}
	answer, err := s.(driver.StmtQueryContext).QueryContext(context.Background(), values)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, answer.Close()) }()
	var rows [][]driver.Value
	for {
		row := make([]driver.Value, len(answer.Columns()))
		if err := answer.Next(row); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
}

// bound are arguments as drivers take them.
func bound(args []any) ([]driver.NamedValue, error) {
	values := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, err
		}
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return values, nil
}

// directTx is a transaction over the connection.
type directTx struct{ d *direct }

func (t directTx) exec(_ context.Context, text string, args ...any) error {
	return t.d.exec(text, args)
}

func (t directTx) queryRow(_ context.Context, text string, args ...any) scanner {
	rows, err := t.d.query(text, args)
	return &readRows{rows: rows, err: err}
}

// readRows are rows that have been read. As a [scanner] they are the first of them.
type readRows struct {
	rows [][]driver.Value
	at   int // of the row after the present one
	err  error
}

func (r *readRows) Next() bool {
	if r.at >= len(r.rows) {
		return false
	}
	r.at++
	return true
}

func (r *readRows) Err() error   { return r.err }
func (r *readRows) Close() error { return nil }

// Scan is [sql.Rows.Scan] for the types that the portal's tables have, and their like.
func (r *readRows) Scan(dest ...any) error {
	switch {
	case r.err != nil:
		return r.err
	case len(r.rows) == 0:
		return sql.ErrNoRows
	}
	row := r.rows[max(r.at-1, 0)]
	if len(row) != len(dest) {
		return fmt.Errorf("%d columns for %d variables", len(row), len(dest))
	}
	for i, to := range dest {
		if err := assign(to, row[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func assign(to any, value driver.Value) error {
	switch v := value.(type) {
	case int64:
		switch to := to.(type) {
		case *int64:
			*to = v
			return nil
		case *int:
			*to = int(v)
			return nil
		}
	case string:
		if to, ok := to.(*string); ok {
			*to = v
			return nil
		}
		if to := reflect.ValueOf(to).Elem(); to.Kind() == reflect.String { // such as a role
			to.SetString(v)
			return nil
		}
	case []byte:
		if to, ok := to.(*[]byte); ok {
			*to = v
			return nil
		}
	case nil: // SQLite's driver says so of an empty text of bytes
		if to, ok := to.(*[]byte); ok {
			*to = nil
			return nil
		}
	}
	return fmt.Errorf("%T for %T", value, to)
}
