package export

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"trustlyportal/search"
)

// Spec is a plan as it is kept, for another process that goes on with it. It is JSON, and holds all that the plan needs:
// also the values that a private link keeps, because the link may be revoked meanwhile. Who stores it stores personal data.
type Spec struct {
	Query   string     `json:"query"`          // of the view, in canonical spelling
	Kept    url.Values `json:"kept,omitempty"` // what a private link keeps for the view; see search.View.KeptValues
	Columns []string   `json:"columns"`        // paths: another version may know more, but not these in another way
	AsOf    time.Time  `json:"asOf"`

	// Unmasked writes personal data in clear. Who may is for the caller to ask.
	Unmasked bool `json:"unmasked,omitempty"`

	// Since is the as-of of the export whose changes this one tells, see [Spec.Changed].
	Since *time.Time `json:"since,omitempty"`
}

// NewSpec plans an export of the view's columns as of an instant, cut to the millisecond.
func NewSpec(view search.View, asOf time.Time) Spec { return NewPlan(view, asOf).Spec() }

// Spec is the plan as it is kept.
func (p *Plan) Spec() Spec {
	s := Spec{Query: p.View.Encode(), Kept: p.View.KeptValues(), Columns: p.Columns(), AsOf: p.AsOf, Unmasked: p.unmasked}
	if !p.since.IsZero() {
		s.Since = new(p.since)
	}
	return s
}

// Plan makes the plan again. It fails only if this version of the portal no longer knows what another one planned.
func (s Spec) Plan() (*Plan, error) {
	open := func(string) (url.Values, error) { return s.Kept, nil }
	view, errs := search.ParseWith(open, s.Query, s.AsOf)
	if len(errs) > 0 {
		names := make([]string, len(errs))
		for i, e := range errs {
			names[i] = e.Name
		}
		return nil, fmt.Errorf("plan an export again: its view is not understood any more: %s", strings.Join(names, ", "))
	}
	p := &Plan{View: view, AsOf: s.AsOf.UTC().Truncate(time.Millisecond), unmasked: s.Unmasked}
	if s.Since != nil {
		p.since = s.Since.UTC()
	}
	for _, path := range s.Columns {
		f, ok := lookupField(path)
		if !ok {
			return nil, fmt.Errorf("plan an export again: the column %s is not known any more", path)
		}
		p.fields = append(p.fields, f)
	}
	if len(p.fields) == 0 {
		return nil, fmt.Errorf("plan an export again: it has no columns")
	}
	return p, nil
}
