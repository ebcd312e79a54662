package views

// FilterForm is the whole form over the catalogue. It works without JavaScript:
// a disclosure with every control in it, the common ones first.
type FilterForm struct {
	Open   bool // unfolded; the caller opens it when there are errors
	Groups []FilterGroup

	Zone  string   // value of the tz control
	Zones []string // suggestions for it

	OrderBy   string // "createdAt" or "updatedAt"
	SortOrder string // "desc" or "asc"
	Count     int
	Counts    []int // offered page sizes; nil is 25, 50, 100

	Columns []Choice    // offered columns in order, those shown are On; nil draws no chooser
	Hidden  []Parameter // sent along unchanged
}

// FilterGroup is a set of controls under one label. Common stands above the rest.
type FilterGroup struct {
	Label    string
	Common   bool
	Controls []Control
}

// ControlKind decides how a filter is asked for.
type ControlKind string

// The kinds of control.
const (
	ControlText   ControlKind = "text"
	ControlNumber ControlKind = "number"
	ControlAmount ControlKind = "amount" // a pair: Name is the lower bound, EndName the upper
	ControlTime   ControlKind = "time"   // a pair: Name is the start, EndName the end
	ControlBool   ControlKind = "bool"   // any, yes, no
	ControlChecks ControlKind = "checks" // several codes
	ControlSelect ControlKind = "select" // one code
)

// Control asks for one filter, or for both ends of a range.
type Control struct {
	Kind    ControlKind
	Label   string
	Help    string
	Example string
	Values  Value
	End     Value // upper end of a pair; Name "" otherwise
	Choices []Choice
}

// Value is one parameter with what the reader wrote.
type Value struct {
	Name  string // query name
	Text  string
	Error string // why it was refused
}

// Choice is one code of a list, or one column.
type Choice struct {
	Value   string
	Label   string
	Meaning string
	On      bool
}

// Parameter is one name and value of a query string.
type Parameter struct{ Name, Value string }
