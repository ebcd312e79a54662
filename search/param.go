package search

import (
	"net/url"
	"slices"
	"strings"
)

// param is one parameter that a view has. Views that are a step apart share most of theirs, so that what stands in one
// is not changed.
type param struct {
	place  int      // of its filter in the catalogue
	values []string // checked texts in canonical spelling, never empty
	moment *Moment  // the value of KindTime, read
	query  string   // all of it as a URL has it: "transactionStatus=5&transactionStatus=8"
}

func (p param) filter() *Filter { return &catalogue[p.place] }

// at finds where a filter's parameter is or belongs.
func (v *View) at(place int) (i int, found bool) {
	for i < len(v.params) && v.params[i].place < place {
		i++
	}
	return i, i < len(v.params) && v.params[i].place == place
}

// param finds a parameter by its name; nil for one that the view does not have.
func (v *View) param(name string) *param {
	if place, ok := byName[name]; ok {
		if i, found := v.at(place); found {
			return &v.params[i]
		}
	}
	return nil
}

// moment is the value of a filter of KindTime, the zero one where the view has none.
func (v *View) moment(name string) Moment {
	if p := v.param(name); p != nil && p.moment != nil {
		return *p.moment
	}
	return Moment{}
}

// keep adds a checked value to a view that is being made.
func (v *View) keep(f *Filter, text string) *param {
	place := byName[f.Name]
	i, found := v.at(place)
	if !found {
		v.params = slices.Insert(v.params, i, param{place: place})
	}
	p := &v.params[i]
	p.values = append(p.values, text)
	return p
}

// spell ends the making of a parameter: the values are put in order, and it is written as a URL has it.
func (v *View) spell(place int) {
	i, found := v.at(place)
	if !found {
		return
	}
	p := &v.params[i]
	f := p.filter()
	if f.Repeat {
		slices.SortFunc(p.values, byCode)
	}
	if len(p.values) == 1 {
		p.query = f.Name + "=" + escape(p.values[0])
		return
	}
	pairs := make([]string, len(p.values))
	for j, value := range p.values {
		pairs[j] = f.Name + "=" + escape(value)
	}
	p.query = strings.Join(pairs, "&")
}

// drop takes a parameter away from a view that is being made.
func (v *View) drop(name string) {
	if place, ok := byName[name]; ok {
		if i, found := v.at(place); found {
			v.params = slices.Delete(v.params, i, i+1)
		}
	}
}

// named are all parameters by their names.
func (v *View) named() url.Values {
	q := make(url.Values, len(v.params)+1)
	for _, p := range v.params {
		q[p.filter().Name] = p.values
	}
	return q
}
