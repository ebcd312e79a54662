package search

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// What people search for can be personal, and so can be what private links keep. These types travel far, so none of them
// can be printed or logged by accident: all that comes out is which filters are there.

// Format writes the names of the view's parameters, whatever the verb.
func (v View) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "view[%s]", v.names()) }

// LogValue is the same for logs.
func (v View) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(v)) }

func (v View) names() string {
	var names []string
	for _, f := range catalogue {
		if v.Has(f.Name) {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, " ")
}

// Format writes the names of the query's filters, whatever the verb.
func (q Query) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "query[%s]", q.names()) }

// LogValue is the same for logs.
func (q Query) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(q)) }

func (q Query) names() string {
	var names []string
	for name := range q.Filters {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// LogValue is what the text is read as, without the text.
func (r Reading) LogValue() slog.Value { return slog.StringValue("reading[" + r.Name + "]") }

// LogValue is the field's path, without what is in it.
func (l Leaf) LogValue() slog.Value { return slog.StringValue("leaf[" + l.Path + "]") }
