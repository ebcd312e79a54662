package export

import (
	"fmt"
	"strings"

	"trustlyportal/search"
)

// nameSuffix marks the second column of a code.
const nameSuffix = ".name"

// slot is one column of a table: a field, or the name that belongs to a field's code.
type slot struct {
	field search.Field
	index int // of the field among the plan's
	name  bool
}

// slots are the columns of CSV and XLSX. A code has two, the code and its name.
func slots(fields []search.Field) []slot {
	var out []slot
	for i, f := range fields {
		out = append(out, slot{f, i, false})
		if f.Coded() {
			out = append(out, slot{f, i, true})
		}
	}
	return out
}

func (s slot) heading() string {
	if s.name {
		return s.field.Path + nameSuffix
	}
	return s.field.Path
}

// names are the names of a cell's codes, empty for codes nobody documents.
func names(f search.Field, c Cell) string {
	if c.List == nil {
		return codeName(f, c.Text)
	}
	out := make([]string, len(c.List))
	for i, code := range c.List {
		out[i] = codeName(f, code)
	}
	return strings.Join(out, ", ")
}

func codeName(f search.Field, code string) string {
	m, _ := f.Meaning(code)
	return m.Name
}

// table reads rows of such columns back, and checks the names of codes on the way.
type table struct {
	columns []string
	slots   []slot
	rows    int
	wrong   string // the first name that is not its code's
}

// Columns are the paths of the fields.
func (t *table) Columns() []string { return t.columns }

func (t *table) readHeading(headings []string) error {
	for _, heading := range headings {
		if f, ok := lookupField(heading); ok {
			t.slots = append(t.slots, slot{f, len(t.columns), false})
			t.columns = append(t.columns, f.Path)
			continue
		}
		f, ok := lookupField(strings.TrimSuffix(heading, nameSuffix))
		if !ok || len(t.columns) == 0 || t.columns[len(t.columns)-1] != f.Path {
			return fmt.Errorf("the column “%s” is none of an export", search.Isolate(heading))
		}
		t.slots = append(t.slots, slot{f, len(t.columns) - 1, true})
	}
	if len(t.columns) == 0 {
		return fmt.Errorf("%w: it has no heading", errTorn)
	}
	return nil
}

// row sorts cells, one for each slot, into a row.
func (t *table) row(cells []Cell) Row {
	row := make(Row, len(t.columns))
	t.rows++
	for i, s := range t.slots {
		switch {
		case !s.name:
			row[s.index] = cells[i]
		case t.wrong == "" && s.field.Path != listField && cells[i].Text != names(s.field, row[s.index]):
			t.wrong = fmt.Sprintf("row %d: %s is “%s”, but the code beside it means “%s”",
				t.rows, s.heading(), search.Isolate(cells[i].Text), names(s.field, row[s.index]))
		}
	}
	return row
}

// listField is the one field in which the API sends several codes. A table joins them, so their names are not checked.
const listField = "payment.allowedPaymentProviderType"
