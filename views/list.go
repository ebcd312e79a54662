package views

import (
	"trustlyportal/search"
)

// ListPage is GET /transactions. [List] draws the whole page, [Results] only the
// region that htmx replaces; both from the same struct.
type ListPage struct {
	Frame    Frame
	Sentence string // the heading: "Captures, failed or reversed, of 5.00 or more, …"
	Action   string // where the form goes; "" is "/transactions"

	Dates Dates
	Zone  string // in which times are shown: "America/New_York"

	Chips     []Chip
	ClearHref string // the list without filters; "" when there is none to clear
	Form      FilterForm
	Errors    []FormError // 422: no rows are shown

	Columns     []Column
	ColumnsHref string // the chooser; "" draws no link to it
	Rows        []Row
	Empty       Empty // drawn when Rows is empty and there are no Errors

	CountText       string // "1–25 of at least 26", "25 transactions"; the API gives no total
	CountHref       string // counts exactly; "" when CountText does
	CountPrice      string // "about 10 to 40 requests to Trustly, …"
	CountPriceShort string // "10–40 requests, 2–8 s"
	AsOf            string // "14:03:12"; when the API answered
	AsOfUTC         string // the same as RFC 3339 in UTC, for <time datetime>
	Note            string // "Sorted by update: a row that changes while you read moves to the front."
	NewestHref      string // the first page, on a later one
	NewerHref       string // "" on the first page
	OlderHref       string // "" on the last page
	PageSizes       []Link // 25, 50, 100
	Grows           bool   // new rows appear on top, and the page may ask for them
	Since           string // the place of the first row, to ask from; "" of an empty list

	Bookmarks  Bookmarks
	ExportHref string // the form; "" when the reader may not export
}

// Chip is one filter in force.
type Chip struct {
	Label      string // "Status"
	Text       string // "Failed, Reversed"
	RemoveHref string // the same view without it
	Control    string // API name of the filter, to jump to its control; may be ""
	Kept       bool   // its value is kept in a private link
}

// FormError is one value that was refused.
type FormError struct {
	Name    string // query name of the parameter; the link leads to its control if there is one
	Label   string
	Value   string // as it was sent
	Message string // goes on from the value: "is not an amount: write 12.50"
}

// Column is the head of one column.
type Column struct {
	Name     string // as in columns=…
	Label    string
	Right    bool   // amounts
	Sort     string // "", "ascending" or "descending": what the list is ordered by
	SortHref string // "" when the API can't order by it
	Filter   string // what a cell's value can be filtered by; of amounts and times the name before .min and .start
	Zone     string // of times: "EST"
}

// Row is one transaction. Cells stand in the order of the columns.
type Row struct {
	ID    string
	Href  string // its own page
	Cells []Cell
}

// CellKind decides how a cell is drawn.
type CellKind byte

// The kinds of cell.
const (
	CellText   CellKind = iota // text of unknown hands: isolated, cut when long, whole in the title
	CellID                     // the transaction's id, a link to Row.Href
	CellStatus                 // mark and word
	CellAmount                 // Text "125.50", Sub "USD"
	CellTime                   // Text in the view's zone, UTC for machines
	CellMono                   // references, codes, account ends
)

// Cell is one value of one row. The zero Cell is an empty one.
type Cell struct {
	Text  string
	Sub   string // second, quieter text: currency, last four digits, meaning of a code
	Tone  Tone   // of a status
	Title string // the whole value when Text is shortened, or a code's meaning
	UTC   string // RFC 3339, for CellTime

	Value      string // what the column's filter takes, where it is not Text
	Unfiltered bool   // the column's filter can't find this value
	Kind       CellKind
}

// Empty says why there is nothing and what may help.
type Empty struct {
	Heading     string
	Text        string
	Suggestions []Link // "Without the status filter", "Widen to 30 days"
}

func (p ListPage) heading() string {
	if p.Sentence == "" {
		return "Transactions"
	}
	return p.Sentence
}

func (p ListPage) action() string {
	if p.Action == "" {
		return "/transactions"
	}
	return p.Action
}

// right reports whether the column of the i-th cell is set flush right.
func (p ListPage) right(i int) bool { return i < len(p.Columns) && p.Columns[i].Right }

// The next page is older only when the newest come first.
func (p ListPage) olderLabel() string {
	if p.Form.SortOrder == "asc" {
		return "Newer"
	}
	return "Older"
}

func (p ListPage) newerLabel() string {
	if p.Form.SortOrder == "asc" {
		return "Older"
	}
	return "Newer"
}

func (e FormError) fieldLabel() string {
	if e.Label == "" {
		return e.Name
	}
	return e.Label
}

// sentence stands beside the control, which says the label.
func (e FormError) sentence() string {
	if e.Value == "" {
		return e.fieldLabel() + " " + e.Message
	}
	return "“" + search.Isolate(e.Value) + "” " + e.Message
}
