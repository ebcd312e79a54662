package search

import (
	"strings"

	"trustlyportal/trustlyclient"
)

// Chip is one filter in force; a range is one chip.
type Chip struct {
	Names  []string // the parameters it stands for
	Label  string
	Text   string
	Remove View // the view without it
}

// Chips lists the filters in force in the catalogue's order.
func (v View) Chips() []Chip {
	var chips []Chip
	for _, p := range v.params {
		f := p.filter()
		low, high, pair := f.Pair()
		switch {
		case !f.narrows() || pair && f.Name == high && v.Has(low): // said with its lower end
		case pair:
			text := v.rangeText(f, low, high)
			chips = append(chips, Chip{[]string{low, high}, f.Label, text, v.Without(low, high)})
		default:
			chips = append(chips, Chip{[]string{f.Name}, f.Label, v.chipText(f), v.Without(f.Name)})
		}
	}
	if !v.AsOf.IsZero() {
		chips = append(chips, Chip{[]string{NameAsOf}, "As of", v.clock(v.AsOf), v.Without(NameAsOf)})
	}
	return chips
}

func (v View) chipText(f *Filter) string {
	if f.Kind != KindCode {
		return strings.Join(v.Values(f.Name), ", ")
	}
	var names []string
	for _, code := range v.Values(f.Name) {
		if m, ok := trustlyclient.LookupCode(f.Codes, code); ok {
			names = append(names, m.Name)
		} else {
			names = append(names, code)
		}
	}
	return strings.Join(names, ", ")
}

func (v View) rangeText(f *Filter, low, high string) string {
	if f.Kind == KindTime {
		return v.timePhrase(strings.TrimSuffix(low, ".start"))
	}
	switch {
	case !v.Has(high):
		return "≥ " + v.Value(low)
	case !v.Has(low):
		return "≤ " + v.Value(high)
	case v.Value(low) == v.Value(high):
		return v.Value(low)
	}
	return v.Value(low) + " – " + v.Value(high)
}
