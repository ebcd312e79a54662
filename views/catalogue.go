package views

import (
	"net/url"
	"slices"
	"strings"
	"sync"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// commonLabel stands above the filters that are offered first.
const commonLabel = "Common filters"

// FilterGroups draws up the form over the whole catalogue: the common filters
// first, then the others under their groups. values are what the reader sent,
// good or not; errs are put beside the controls they belong to.
func FilterGroups(values url.Values, errs []FormError) []FilterGroup {
	groups := slices.Clone(emptyGroups())
	for i := range groups {
		groups[i].fill(values, errs)
	}
	return groups
}

// fill puts into a group of nobody's what a reader sent. Its controls are another's as well, and stay as they are.
func (g *FilterGroup) fill(values url.Values, errs []FormError) {
	own := false
	for i, c := range g.Controls {
		if !c.concerned(values, errs) {
			continue
		}
		if !own {
			g.Controls, g.drawn, own = slices.Clone(g.Controls), "", true
		}
		g.Controls[i].fill(values, errs)
	}
}

// concerned reports whether anything that was sent, or refused, is the control's.
func (c *Control) concerned(values url.Values, errs []FormError) bool {
	for _, name := range []string{c.Values.Name, c.End.Name} {
		if len(values[name]) > 0 || slices.ContainsFunc(errs, func(e FormError) bool { return e.Name == name && name != "" }) {
			return true
		}
	}
	return false
}

// fill puts into a control of nobody's what a reader sent.
func (c *Control) fill(values url.Values, errs []FormError) {
	name := c.Values.Name
	if chosen := values[name]; len(chosen) > 0 && c.Choices != nil {
		f, _ := search.Lookup(name)
		c.Choices = choices(f.Codes, chosen)
	}
	c.Values = value(name, values, errs)
	if c.End.Name != "" {
		c.End = value(c.End.Name, values, errs)
	}
	c.drawn = ""
}

// emptyGroups are the form before anybody fills it in, drawn: of the forty controls few hold anything. Nobody may change
// them.
var emptyGroups = sync.OnceValue(func() []FilterGroup {
	groups := catalogueGroups()
	for i := range groups {
		for j, c := range groups[i].Controls {
			groups[i].Controls[j].drawn = drawnOnce(control(c))
		}
		groups[i].drawn = drawnOnce(filterGroup(groups[i]))
	}
	return groups
})

// Still are the longest parts of the filter form as long as nobody fills them in, in their order: the lists of codes that
// it begins with, and all groups but the common one. end is that of every page.
func Still() (form []string, end string) {
	var lists, others strings.Builder
	groups := emptyGroups()
	for _, c := range groups[0].Controls {
		if c.Kind != ControlChecks {
			break
		}
		lists.WriteString(c.drawn)
	}
	for _, g := range groups[1:] {
		others.WriteString(g.drawn)
	}
	return []string{lists.String(), others.String()}, drawnFoot() + pageEnds
}

// catalogueGroups are the controls of the whole catalogue.
func catalogueGroups() []FilterGroup {
	groups := []FilterGroup{{Label: commonLabel, Common: true}}
	for _, f := range search.Filters() {
		if f.Kind == search.KindView {
			continue
		}
		low, high, paired := f.Pair()
		if paired && f.Name == high {
			continue // drawn with its lower end
		}
		c := controlFor(f)
		if paired {
			c.Values.Name, c.End.Name = low, high
		}
		if f.Common {
			groups[0].Controls = append(groups[0].Controls, c)
			continue
		}
		i := slices.IndexFunc(groups, func(g FilterGroup) bool { return g.Label == f.Group })
		if i < 0 {
			groups = append(groups, FilterGroup{Label: f.Group})
			i = len(groups) - 1
		}
		groups[i].Controls = append(groups[i].Controls, c)
	}
	return groups
}

func controlFor(f search.Filter) Control {
	c := Control{Kind: ControlText, Label: f.Label, Help: f.Help, Values: Value{Name: f.Name}}
	if f.Example != "" {
		c.Example = "e.g. " + f.Example
	}
	switch f.Kind {
	case search.KindAmount:
		c.Kind = ControlAmount
		c.Help = strings.TrimSuffix(f.Help, ": this much or more.") + "."
	case search.KindTime:
		c.Kind = ControlTime
		c.Help = strings.TrimSuffix(f.Help, " at this time or later.") + " in this time: dates, dates with a time, or words such as now-7d and now/d. A date as the end covers that whole day."
	case search.KindBool:
		c.Kind = ControlBool
	case search.KindNumber:
		c.Kind = ControlNumber
	case search.KindCode:
		c.Kind = ControlSelect
		if f.Repeat {
			c.Kind = ControlChecks
		}
		c.Choices = choices(f.Codes, nil)
	}
	return c
}

func value(name string, values url.Values, errs []FormError) Value {
	v := Value{Name: name, Text: values.Get(name)}
	for _, e := range errs {
		if e.Name == name {
			v.Error = e.sentence()
			break
		}
	}
	return v
}

// choices lists a code table, those in chosen On. A chosen code that the table
// does not know is a choice too and stands first: unknown codes are kept.
func choices(table string, chosen []string) []Choice {
	var known, unknown []Choice
	listed := map[string]bool{"": true}
	for _, m := range trustlyclient.Codes(table) {
		listed[m.Code] = true
		known = append(known, Choice{Value: m.Code, Label: m.Name, Meaning: m.Description, On: slices.Contains(chosen, m.Code)})
	}
	for _, code := range chosen {
		if !listed[code] {
			listed[code] = true
			unknown = append(unknown, Choice{Value: code, Label: "Code " + search.Isolate(code), On: true})
		}
	}
	return append(unknown, known...)
}

// kindWords say on the help page what a filter takes.
var kindWords = map[search.Kind]string{
	search.KindText:   "text",
	search.KindID:     "an identifier",
	search.KindCode:   "a code",
	search.KindAmount: "an amount, such as 5.00",
	search.KindTime:   "a time",
	search.KindBool:   "true or false",
	search.KindIP:     "an IP address",
	search.KindNumber: "digits",
	search.KindView:   "",
}

// HelpGroups documents the whole catalogue. link makes the URL of a list with one
// parameter, its canonical form; nil writes it plainly.
func HelpGroups(link func(name, value string) string) []HelpGroup {
	if link == nil {
		link = func(name, value string) string {
			return "/transactions?" + url.Values{name: {value}}.Encode()
		}
	}
	var groups []HelpGroup
	for _, f := range search.Filters() {
		if len(groups) == 0 || groups[len(groups)-1].Label != f.Group {
			groups = append(groups, HelpGroup{Label: f.Group})
		}
		h := HelpFilter{
			Name: f.Name, Label: f.Label, Kind: kindWords[f.Kind], Repeat: f.Repeat, Personal: f.Personal,
			Meaning: f.Help, Example: f.Example,
		}
		if f.Kind == search.KindCode {
			h.Codes = choices(f.Codes, nil)
		}
		if f.Example != "" && f.Name != search.NameAfter && f.Name != search.NamePrivate {
			h.ExampleURL = link(f.Name, f.Example)
		}
		g := &groups[len(groups)-1]
		g.Filters = append(g.Filters, h)
	}
	return groups
}
