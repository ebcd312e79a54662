package search

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"trustlyportal/trustlyclient"
)

// View is what a list URL means: which transactions, how they are shown, and
// where the page starts. It is made by [Parse] and never changed; With and
// Without return another one.
type View struct {
	params []param // what the URL names, in the catalogue's order
	kept   kept    // those of the values that a private link keeps

	Zone      *time.Location // in which days are read and times shown; UTC when the URL names none
	Count     int            // rows per page, 1 to 100
	OrderBy   trustlyclient.OrderBy
	SortOrder trustlyclient.SortOrder
	Columns   []Column  // never empty; transactionId is the first
	AsOf      time.Time // zero, or the instant that the view is pinned to
	After     Cursor    // zero on the first page
}

// DefaultCount is the number of rows of a page whose URL names none, the API's
// own default.
const DefaultCount = 25

// MaxCount is the API's largest page (its overview page).
const MaxCount = 100

// Has reports whether the URL names the parameter.
func (v View) Has(name string) bool { return v.param(name) != nil }

// Values returns a parameter's values in canonical spelling. The caller must
// not change them.
func (v View) Values(name string) []string {
	if p := v.param(name); p != nil {
		return p.values
	}
	return nil
}

// Value returns a parameter's first value, or "".
func (v View) Value(name string) string {
	if p := v.param(name); p != nil {
		return p.values[0]
	}
	return ""
}

// Shown are the parameters that the view's URL shows: all but those that a private link keeps. The caller must not change
// their values.
func (v View) Shown() url.Values {
	q := v.named()
	for name := range q {
		if v.Kept(name) {
			delete(q, name)
		}
	}
	return q
}

// Filtered reports whether any filter narrows the list.
func (v View) Filtered() bool {
	return slices.ContainsFunc(v.params, func(p param) bool { return p.filter().narrows() })
}

// narrows reports whether a filter says what is in a list, not how the list is shown.
func (f *Filter) narrows() bool { return f.Kind != KindView }

// Encode writes the canonical query string: the catalogue's order, no empty
// parameters, defaults left out. Two views that mean the same have one spelling.
// What a private link keeps is not in it.
func (v View) Encode() string { return v.write("", "") }

// URL returns path with the view's query string.
func (v View) URL(path string) string { return v.write(path, "?") }

// write is the query string behind a path and a mark between both, which falls away with an empty query.
func (v View) write(path, mark string) string {
	size := len(path) + len(mark)
	for i := range v.params {
		size += len(v.params[i].query) + len("&")
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(path)
	for i := range v.params {
		p := &v.params[i]
		if v.Kept(p.filter().Name) {
			continue
		}
		b.WriteString(mark)
		b.WriteString(p.query)
		mark = "&"
	}
	return b.String()
}

// readable undoes escapes that a query does not need, so that people can read
// and edit dates, zones and column lists in the address bar.
var readable = strings.NewReplacer("%2F", "/", "%3A", ":", "%2C", ",")

func escape(s string) string {
	for i := range len(s) {
		if !plainInQuery[s[i]] {
			return readable.Replace(url.QueryEscape(s))
		}
	}
	return s
}

// plainInQuery are the bytes that escape leaves as they are, which most values are made of.
var plainInQuery = func() (plain [256]bool) {
	for _, c := range []byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.~/:,") {
		plain[c] = true
	}
	return plain
}()

// With returns the view with a parameter set to values, or removed when there
// are none. Another filter or order starts at the first page again.
func (v View) With(name string, values ...string) View {
	if v.steps() && name != NamePrivate {
		return v.changed(name, values)
	}
	q, private := v.named(), v.kept
	delete(q, NamePrivate)
	for keptName := range private.values {
		if private.holds(keptName) {
			delete(q, keptName)
		}
	}
	switch {
	case name == NamePrivate:
		private = kept{}
	case private.holds(name) && !slices.Equal(values, private.values[name]):
		private = private.without(name)
		q[name] = values
	case !private.holds(name):
		q[name] = values
	}
	if name != NameAfter && name != NameColumns {
		delete(q, NameAfter)
	}
	next, _ := read(q, private)
	return next
}

// steps reports whether the view was made by reading and has no private link, so that changing one thing leaves the others.
func (v View) steps() bool { return v.kept.token == "" && v.Zone != nil }

// changed is With for such a view. A page links to dozens of views, each a step from its own, whose other values were
// checked when it was made.
func (v View) changed(name string, raw []string) View {
	starts := !v.After.IsZero() && name != NameAfter && name != NameColumns
	if len(raw) == 0 && !starts && !v.Has(name) {
		return v
	}
	next := v.copied()
	next.put(name, raw)
	if starts {
		next.forget(NameAfter)
	}
	return next
}

// copied is a view to be changed, with room for what a step adds.
func (v View) copied() View {
	v.params = append(make([]param, 0, len(v.params)+2), v.params...)
	return v
}

// put sets a parameter of a view that is being made. Values are left out if there is anything wrong with them.
func (v *View) put(name string, raw []string) {
	v.forget(name)
	i, ok := byName[name]
	if !ok || len(raw) == 0 {
		return
	}
	if p, ok := presetParams[presetWords{name, raw[0]}]; ok && len(raw) == 1 {
		at, _ := v.at(i)
		v.params = slices.Insert(v.params, at, p)
		return
	}
	f := &catalogue[i]
	values, _ := readValues(f, raw)
	for _, value := range values {
		_ = v.take(f, value)
	}
	v.spell(i)
}

// forget takes a parameter away: from then on its default counts.
func (v *View) forget(name string) {
	v.drop(name)
	switch name {
	case NameZone:
		v.Zone = time.UTC
	case NameCount:
		v.Count = DefaultCount
	case NameOrderBy:
		v.OrderBy = trustlyclient.ByCreated
	case NameSortOrder:
		v.SortOrder = trustlyclient.Descending
	case NameColumns:
		v.Columns = DefaultColumns()
	case NameAsOf:
		v.AsOf = time.Time{}
	case NameAfter:
		v.After = Cursor{}
	}
}

// Without returns the view without the named parameters, on its first page.
func (v View) Without(names ...string) View {
	for _, name := range names {
		v = v.With(name)
	}
	return v
}

// Cleared returns the view without any filter, shown in the same way.
func (v View) Cleared() View {
	for _, p := range v.params {
		if f := p.filter(); f.narrows() {
			v = v.With(f.Name)
		}
	}
	return v.Without(NameAsOf)
}

// At returns the page that starts at the cursor, the first page for the zero one.
func (v View) At(c Cursor) View {
	if c.IsZero() {
		return v.With(NameAfter)
	}
	return v.With(NameAfter, c.String())
}

func formatMillis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
