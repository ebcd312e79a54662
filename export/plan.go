package export

import (
	"slices"
	"strings"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// Plan is what an export is to hold. Every format is made from it alone.
type Plan struct {
	View search.View
	AsOf time.Time // nothing created at this instant or later is in it

	fields   []search.Field
	unmasked bool
	since    time.Time // of an export of changes: see Spec.Changed
}

// NewPlan plans an export of the view's columns as of an instant, cut to the millisecond.
func NewPlan(view search.View, asOf time.Time) *Plan {
	p := &Plan{View: view, AsOf: asOf.UTC().Truncate(time.Millisecond)}
	taken := map[string]bool{}
	for _, column := range view.Columns {
		for _, path := range column.Paths {
			field, ok := search.LookupField(path)
			if ok && !taken[path] {
				taken[path] = true
				p.fields = append(p.fields, field)
			}
		}
	}
	return p
}

// Query is what the walk asks for: of each row the columns, and what the receipt counts. The column of changes is made of
// the latter.
func (p *Plan) Query() search.Query {
	q := p.View.Query(p.AsOf).Export(p.AsOf)
	for _, f := range slices.Concat(p.fields, factFields[:]) {
		if f.Path != changeField.Path {
			q.Fields = append(q.Fields, f.Path)
		}
	}
	return q
}

// Columns are the paths of the fields in the order they are written.
func (p *Plan) Columns() []string {
	paths := make([]string, len(p.fields))
	for i, f := range p.fields {
		paths[i] = f.Path
	}
	return paths
}

// Row is one transaction as an export holds it: a cell for each of the plan's fields.
type Row []Cell

// Cell is one value as the API sent it, personal data masked unless the plan says otherwise. Text is empty where the API sent nothing.
type Cell struct {
	Text string
	List []string // instead of Text where the API sends several codes
}

// Entry is what an export keeps of a transaction: its row, and what the receipt counts.
type Entry struct {
	Row   Row
	facts facts
}

// Entry picks the plan's fields of a transaction and masks them. Nothing else of it is kept.
func (p *Plan) Entry(t *trustlyclient.Transaction) *Entry {
	e := &Entry{Row: make(Row, len(p.fields))}
	for i, f := range p.fields {
		e.Row[i] = p.cell(f, t)
	}
	for i, f := range factFields {
		e.facts[i] = canonical(f, p.cell(f, t))
	}
	return e
}

// cell picks a field, masked unless the plan says otherwise.
func (p *Plan) cell(f search.Field, t *trustlyclient.Transaction) Cell {
	if f.Path == changeField.Path {
		return Cell{Text: p.change(t)}
	}
	if text, ok := f.Sent(t); ok {
		return Cell{Text: p.shown(f, text)}
	}
	codes, _ := f.ClearValue(t).([]trustlyclient.Code)
	if len(codes) == 0 {
		return Cell{}
	}
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = p.shown(f, string(code))
	}
	return Cell{List: list}
}

// shown is what the export shows of a text: in UTF-8, which some of the formats ask for.
func (p *Plan) shown(f search.Field, text string) string {
	if !p.unmasked {
		text = f.Mask.Apply(search.MaskText(text))
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// fieldsOf are the fields of columns that are known to be some.
func fieldsOf(columns []string) []search.Field {
	fields := make([]search.Field, 0, len(columns))
	for _, path := range columns {
		if f, ok := lookupField(path); ok {
			fields = append(fields, f)
		}
	}
	return fields
}
