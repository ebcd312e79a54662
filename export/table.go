package export

import (
	"encoding/csv"
	"fmt"
	"io"
)

// Table writes lines of texts in the form of [CSV], for files that hold other things than a view's rows: RFC 4180, UTF-8,
// with the guard against formulas on every cell.
type Table struct{ w *csv.Writer }

// NewTable writes the heading.
func NewTable(w io.Writer, heading ...string) (*Table, error) {
	t := &Table{w: csv.NewWriter(w)}
	t.w.UseCRLF = true
	return t, t.Write(heading...)
}

// Write writes one line.
func (t *Table) Write(cells ...string) error {
	guarded := make([]string, len(cells))
	for i, cell := range cells {
		guarded[i] = guard(cell)
	}
	if err := t.w.Write(guarded); err != nil {
		return fmt.Errorf("write line: %w", err)
	}
	return nil
}

// Flush hands on what is buffered.
func (t *Table) Flush() error {
	t.w.Flush()
	return t.w.Error()
}
