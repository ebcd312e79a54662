package views

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
)

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

	Hidden []Parameter // sent along unchanged: columns, asOf
}

// FilterGroup is a set of controls under one label. Common stands above the rest.
type FilterGroup struct {
	Label    string
	Common   bool
	Controls []Control

	drawn string // the group as HTML, if it is nobody's: then it was drawn when the portal started
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

	drawn string // the control as HTML, likewise
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

func (f FilterForm) counts() []int {
	counts := f.Counts
	if len(counts) == 0 {
		counts = []int{25, 50, 100}
	}
	if f.Count > 0 && !slices.Contains(counts, f.Count) {
		counts = append(slices.Clone(counts), f.Count)
		slices.Sort(counts)
	}
	return counts
}

// used reports whether any control of the group holds something.
func (g FilterGroup) used() bool {
	return slices.ContainsFunc(g.Controls, Control.filled)
}

// picked says how many boxes are ticked.
func (c Control) picked() string {
	n := 0
	only := ""
	for _, ch := range c.Choices {
		if ch.On {
			n++
			only = ch.Label
		}
	}
	switch n {
	case 0:
		return "any"
	case 1:
		return only
	}
	return count(n) + " chosen"
}

// text is a choice in a drop-down list, where nothing can be hovered.
func (c Choice) text() string {
	if c.Meaning == "" {
		return c.Label
	}
	return c.Label + " – " + c.Meaning
}

// describedBy ties a control to its hint and its error.
func (v Value) describedBy(help string) templ.Attributes {
	a := v.describers(help)
	if v.Error != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

// describers is describedBy for a group of controls, which can't be invalid itself.
func (v Value) describers(help string) templ.Attributes {
	var ids []string
	if v.Error != "" {
		ids = append(ids, errorID(v.Name))
	}
	if help != "" {
		ids = append(ids, hintID(v.Name))
	}
	a := templ.Attributes{}
	if len(ids) > 0 {
		a["aria-describedby"] = strings.Join(ids, " ")
	}
	return a
}

// asks reports whether the form has a control for the parameter.
func (f FilterForm) asks(name string) bool {
	if name == "" {
		return false // of the address as a whole
	}
	return slices.Contains([]string{"tz", "orderBy", "sortOrder", "count"}, name) ||
		slices.ContainsFunc(f.Groups, func(g FilterGroup) bool {
			return slices.ContainsFunc(g.Controls, func(c Control) bool { return c.Values.Name == name || c.End.Name == name })
		})
}

// What stands around a part that is to come later. See [later].
const (
	laterBegins = `<noscript><!-- </noscript><template data-later><noscript> --></noscript>`
	laterEnds   = `<noscript><!-- </noscript></template><noscript> --></noscript>`
)
