// Package export writes a view, walked to its end, in a file's format.
package export

import (
	"context"
	"fmt"

	"trustlyportal/trustlyclient"
)

// Rows is what an export reads: one row after the other, nil at the end. *search.Sweep is one.
type Rows interface {
	Next(context.Context) (*trustlyclient.Transaction, error)
}

// Encoder writes rows in one format.
type Encoder interface {
	Write(*trustlyclient.Transaction) error
	Flush() error // hands on what is buffered
}

// flushEvery is after how many rows the reader gets to see progress: one request's worth.
const flushEvery = 100

// Copy writes first and all rows after it, and returns how many. flushed is called after each flush. An error leaves
// the file incomplete: the caller has to make that visible.
func Copy(ctx context.Context, to Encoder, first *trustlyclient.Transaction, rows Rows, flushed func() error) (int, error) {
	n := 0
	for t := first; t != nil; {
		if err := to.Write(t); err != nil {
			return n, fmt.Errorf("write row: %w", err)
		}
		if n++; n%flushEvery == 0 {
			if err := flush(to, flushed); err != nil {
				return n, err
			}
		}
		var err error
		if t, err = rows.Next(ctx); err != nil {
			return n, err
		}
	}
	return n, flush(to, flushed)
}

func flush(to Encoder, flushed func() error) error {
	if err := to.Flush(); err != nil {
		return fmt.Errorf("flush rows: %w", err)
	}
	if err := flushed(); err != nil {
		return fmt.Errorf("flush rows: %w", err)
	}
	return nil
}
