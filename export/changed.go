package export

import (
	"errors"
	"strconv"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// ErrNothingCanChange is the answer to [Spec.Changed] for a view of what was updated until some instant: what changes
// later leaves it.
var ErrNothingCanChange = errors.New("the view shows only what was last updated before that export: nothing that changed since can be in it")

// changeField is the column that an export of changes has besides those of the view.
var changeField = search.Field{Path: "change", Label: "Change", Group: search.FieldsTransaction, Kind: search.KindText}

// Texts of changeField.
const (
	changeNew     = "new"     // created at or after the as-of of the earlier export, which can't have it
	changeChanged = "changed" // created before
)

// Changed plans an export of what changed since s: the same view, its ranges as they stood then, with the rows whose
// updatedAt is at or after the as-of of s, and the column change, which says new or changed. The ranges are no longer
// pinned to that as-of, so what was created later is in it, if they reach so far.
//
// It can't tell what no longer matches the view's filters: a capture that was completed and is now returned is not among
// the completed ones any more. To close a month over what may come back, export a view without a filter by status, and
// then its changes. Rows that changed while s was being read may be in both.
func (s Spec) Changed(asOf time.Time) (Spec, error) {
	p, err := s.Plan()
	if err != nil {
		return Spec{}, err
	}
	since := p.AsOf
	if pinned := p.View.AsOf; !pinned.IsZero() && pinned.Before(since) {
		since = pinned.Truncate(time.Millisecond)
	}
	view := p.View.Frozen(p.AsOf).Without(search.NameAsOf)
	updated := view.Range("updatedAt", p.AsOf)
	if !updated.End.IsZero() && !since.Before(updated.End) {
		return Spec{}, ErrNothingCanChange
	}
	if updated.Start.Before(since) {
		view = view.With("updatedAt.start", strconv.FormatInt(since.UnixMilli(), 10))
	}
	next := &Plan{View: view, AsOf: asOf.UTC().Truncate(time.Millisecond), unmasked: p.unmasked, since: since}
	next.fields = append(next.fields, p.fields[0], changeField)
	for _, f := range p.fields[1:] {
		if f.Path != changeField.Path {
			next.fields = append(next.fields, f)
		}
	}
	return next.Spec(), nil
}

// change is what the column says of a transaction, nothing if the API sent no time of creation.
func (p *Plan) change(t *trustlyclient.Transaction) string {
	switch {
	case t.CreatedAt.IsZero():
		return ""
	case t.CreatedAt.Before(p.since):
		return changeChanged
	}
	return changeNew
}

// lookupField finds a field that an export may have, spelled as exports spell it.
func lookupField(path string) (search.Field, bool) {
	if path == changeField.Path {
		return changeField, true
	}
	f, ok := search.LookupField(path)
	return f, ok && f.Path == path
}
