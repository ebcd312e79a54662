// Package export writes a view, walked to its end, in a file's format.
//
// A [Plan] says what is wanted and makes a [Row] of each transaction; formats.go lists the formats, whose encoders all
// take the same rows; a [Tally] counts them for the [Receipt]; [Verify] holds a file against its receipt.
package export

import (
	"context"
	"fmt"
)

// Rows is what an export reads: one entry after the other, nil at the end. *search.Sweep[*Entry] is one.
type Rows interface {
	Next(context.Context) (*Entry, error)
}

// Encoder writes rows in one format. Without Close the file is incomplete, and none of its readers takes it for whole
// if the receipt is at hand.
type Encoder interface {
	Write(Row) error
	Flush() error        // hands on what is buffered
	Close(Receipt) error // writes what comes after the rows
}

// flushEvery is after how many rows the reader gets to see progress: one request's worth.
const flushEvery = 100

// Copy writes first and all entries after it, and counts them in the tally. flushed is called after
// each flush. An error leaves the file incomplete: the caller has to make that visible, and to close the encoder if
// there is none.
func Copy(ctx context.Context, to Encoder, tally *Tally, first *Entry, rows Rows, flushed func() error) error {
	for entry := first; entry != nil; {
		if err := to.Write(entry.Row); err != nil {
			return fmt.Errorf("write row: %w", err)
		}
		tally.Add(entry)
		if tally.Rows()%flushEvery == 0 {
			if err := flush(to, flushed); err != nil {
				return err
			}
		}
		var err error
		if entry, err = rows.Next(ctx); err != nil {
			return err
		}
	}
	return flush(to, flushed)
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
