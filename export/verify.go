package export

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Difference is what a file has otherwise than its receipt says. Its text is for the person who asked.
type Difference struct{ What string }

func (d *Difference) Error() string { return d.What }

func differs(format string, args ...any) error { return &Difference{fmt.Sprintf(format, args...)} }

// Verified says what was held against the receipt.
type Verified struct {
	Rows   int
	Digest string
	Totals bool // false: the file lacks a column that they are made of
	Names  bool // false: the names of codes are another version's
}

// ReceiptIn reads the receipt that a workbook holds in its sheet About. The error is a [Difference] if it is no whole
// workbook of an export.
func ReceiptIn(path string) (Receipt, error) {
	file, err := os.Open(path)
	if err != nil {
		return Receipt{}, err
	}
	defer file.Close() //nolint:errcheck // only read
	r, err := receiptInXLSX(file)
	if err != nil {
		return Receipt{}, differs("%v", err)
	}
	return r, nil
}

// Verify reads a file whose name ends in a format's extension, and holds its rows against the receipt. The error is a
// [Difference] if the file is not what the receipt was made for; any other says that the file could not be looked at.
// version is the portal's, which decides whether names of codes can be compared.
func Verify(path string, r Receipt, version string) (Verified, error) {
	format, ok := FormatOf(strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."))
	if !ok {
		return Verified{}, fmt.Errorf("%s: the name ends in none of the formats: %s", path, extensions())
	}
	file, err := os.Open(path)
	if err != nil {
		return Verified{}, err
	}
	defer file.Close() //nolint:errcheck // only read
	rows, err := format.open(file)
	if err != nil {
		return Verified{}, differs("%v", err)
	}
	return verify(rows, r, version)
}

func extensions() string {
	var out []string
	for _, f := range formats {
		out = append(out, "."+f.Extension)
	}
	return strings.Join(out, ", ")
}

func verify(rows source, r Receipt, version string) (Verified, error) {
	columns := rows.Columns()
	if columns == nil {
		columns = r.Columns // a file without rows that does not name them
	}
	if !slices.Equal(columns, r.Columns) {
		return Verified{}, differs("the columns are %s; the receipt says %s", strings.Join(columns, " "), strings.Join(r.Columns, " "))
	}
	index, tally := factColumns(columns)
	done := 0 // blocks found equal
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Verified{}, differs("after %d good rows: %v", tally.Rows(), err)
		}
		var about facts
		for i, at := range index {
			if at >= 0 {
				about[i] = canonical(factFields[i], row[at])
			}
		}
		tally.add(about, row)
		if n := len(tally.blocks); n > done {
			if done < len(r.Blocks) && tally.blocks[done] != r.Blocks[done] {
				return Verified{}, differs("the rows differ: the first difference is between rows %d and %d", done*blockRows+1, n*blockRows)
			}
			done = n
		}
	}
	found := Verified{Rows: tally.Rows(), Digest: tally.Digest(), Totals: !slices.Contains(index[:], -1)}
	if err := compare(tally, r, index, found.Totals); err != nil {
		return found, err
	}
	if named, ok := rows.(interface{ wrongName() string }); ok && r.Version == version {
		found.Names = true
		if wrong := named.wrongName(); wrong != "" {
			return found, differs("%s", wrong)
		}
	}
	return found, nil
}

// wrongName is the first name in a table that does not belong to the code beside it.
func (t *table) wrongName() string { return t.wrong }

// factColumns finds the columns that marks and totals are made of, -1 for one that the file lacks.
func factColumns(columns []string) (index [factCount]int, tally *Tally) {
	for i, f := range factFields {
		index[i] = slices.Index(columns, f.Path)
	}
	return index, newTally(fieldsOf(columns))
}

func compare(t *Tally, r Receipt, index [factCount]int, totals bool) error {
	switch {
	case t.rows != r.Rows:
		return differs("the file has %d rows; the receipt says %d", t.rows, r.Rows)
	case t.rows > 0 && index[factID] >= 0 && t.first.ID != id(r.First):
		return differs("the first row is %s; the receipt says %s", t.first.ID, id(r.First))
	case t.rows > 0 && index[factID] >= 0 && t.last.ID != id(r.Last):
		return differs("the last row is %s; the receipt says %s", t.last.ID, id(r.Last))
	}
	if totals {
		if err := compareTotals(t.sums(), r.Totals); err != nil {
			return err
		}
	}
	if got := t.Digest(); got != r.Digest {
		return differs("the rows differ after row %d: their SHA-256 is %s; the receipt says %s", t.rows/blockRows*blockRows, got, r.Digest)
	}
	return nil
}

// compareReceipts holds what was counted against what another count said.
func compareReceipts(got, want Receipt) error {
	switch {
	case got.Rows != want.Rows:
		return differs("there are %d rows; %d were counted", got.Rows, want.Rows)
	case got.Digest != want.Digest || !slices.Equal(got.Blocks, want.Blocks):
		return differs("the SHA-256 of the rows is %s; it was %s", got.Digest, want.Digest)
	case got.Rows > 0 && (*got.First != *want.First || *got.Last != *want.Last):
		return differs("the first and last rows are %s and %s; they were %s and %s", got.First.ID, got.Last.ID, want.First.ID, want.Last.ID)
	}
	return compareTotals(got.Totals, want.Totals)
}

func id(m *Mark) string {
	if m == nil {
		return "none"
	}
	return m.ID
}

func compareTotals(got, want []Total) error {
	for i := range max(len(got), len(want)) {
		var g, w Total
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g.plain() != w.plain() {
			return differs("the totals differ: the file has %s; the receipt says %s", g, w)
		}
	}
	return nil
}

// plain leaves out what another version of the portal may name otherwise.
func (t Total) plain() Total {
	return Total{Type: t.Type, Status: t.Status, Currency: t.Currency, Rows: t.Rows, Amount: t.Amount, Missing: t.Missing, Unreadable: t.Unreadable}
}

// String is the total in words.
func (t Total) String() string {
	if t.Rows == 0 {
		return "no more totals"
	}
	return fmt.Sprintf("type %q, status %q: %d rows, %s %s (%d without an amount, %d unreadable)", t.Type, t.Status, t.Rows, t.Amount, t.Currency, t.Missing, t.Unreadable)
}
