package search

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"trustlyportal/trustlyclient"
)

// Query is a view at one instant: what is asked of the API and what its answers
// are held against.
type Query struct {
	Filters url.Values // everything but times, by the API's names

	// The ranges are half-open, [Start, End), and exact to the millisecond.
	Created, Updated, Processed, Completed trustlyclient.TimeRange

	OrderBy   trustlyclient.OrderBy
	SortOrder trustlyclient.SortOrder

	// Fields are the paths of those that the caller reads of each row; the walk adds its own. Empty reads all, and Raw:
	// few are read in a third of the time.
	Fields []string
}

// walked are the fields that a walk reads: whose row it is, and whether and where it stands in a list.
var walked = []string{"transactionId", "createdAt", "updatedAt", "processedAt", "completedAt"}

// read are the fields that are read of each row.
func (q Query) read() []string {
	if len(q.Fields) == 0 {
		return nil
	}
	return slices.Concat(walked, q.Fields)
}

// earliest stands in for a start that nobody gave. What the API answers without
// a window is not documented (trustly.md 2.2), so one is always sent; Trustly
// has no transaction this old.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Query resolves the view's relative times at now.
func (v View) Query(now time.Time) Query {
	q := Query{Filters: url.Values{}, OrderBy: v.OrderBy, SortOrder: v.SortOrder}
	for _, p := range v.params {
		if f := p.filter(); f.narrows() && f.Kind != KindTime {
			q.Filters[f.Name] = p.values
		}
	}
	q.Created = v.timeRange("createdAt", now)
	q.Updated = v.timeRange("updatedAt", now)
	q.Processed = v.timeRange("processedAt", now)
	q.Completed = v.timeRange("completedAt", now)
	if !v.AsOf.IsZero() {
		q.Created = until(q.Created, v.AsOf)
	}
	return q
}

func (v View) timeRange(name string, now time.Time) trustlyclient.TimeRange {
	var r trustlyclient.TimeRange
	if m := v.moment(name + ".start"); !m.IsZero() {
		r.Start = m.Start(now, v.Zone)
	}
	if m := v.moment(name + ".end"); !m.IsZero() {
		r.End = m.End(now, v.Zone)
	}
	return r
}

func until(r trustlyclient.TimeRange, end time.Time) trustlyclient.TimeRange {
	if r.End.IsZero() || end.Before(r.End) {
		r.End = end
	}
	return r
}

// Export returns the query in the order an export walks: oldest first, and
// nothing that was created at asOf or later.
func (q Query) Export(asOf time.Time) Query {
	q.OrderBy, q.SortOrder = trustlyclient.ByCreated, trustlyclient.Ascending
	q.Created = until(q.Created, asOf)
	return q
}

// reversed returns the query in the opposite direction.
func (q Query) reversed() Query {
	if q.ascending() {
		q.SortOrder = trustlyclient.Descending
	} else {
		q.SortOrder = trustlyclient.Ascending
	}
	return q
}

func (q Query) ascending() bool { return q.SortOrder == trustlyclient.Ascending }

// ordering is the range of the field that the list is ordered by.
func (q *Query) ordering() *trustlyclient.TimeRange {
	if q.OrderBy == trustlyclient.ByUpdated {
		return &q.Updated
	}
	return &q.Created
}

// position is the order field's value of a row, in milliseconds; ok is false
// for a row without one.
func (q Query) position(t *trustlyclient.Transaction) (ms int64, ok bool) {
	at := t.CreatedAt
	if q.OrderBy == trustlyclient.ByUpdated {
		at = t.UpdatedAt
	}
	return at.UnixMilli(), !at.IsZero()
}

// holds reports whether a row lies in the query's ranges. The API's bounds may
// be inclusive or not, so it is asked a little wider and its answer cut here. A
// row without the time in question is kept: the API counted it in.
func (q Query) holds(t *trustlyclient.Transaction) bool {
	return inside(q.Created, t.CreatedAt) && inside(q.Updated, t.UpdatedAt) &&
		inside(q.Processed, t.ProcessedAt) && inside(q.Completed, t.CompletedAt)
}

// outlasted reports whether a walk at the cursor has left the range: it was
// asked for a little wider.
func (q Query) outlasted(c Cursor) bool {
	r := *q.ordering()
	if q.ascending() {
		return !r.End.IsZero() && c.Millis >= r.End.UnixMilli()
	}
	return !r.Start.IsZero() && !c.IsZero() && c.Millis+time.Second.Milliseconds() <= r.Start.UnixMilli()
}

func inside(r trustlyclient.TimeRange, t trustlyclient.Time) bool {
	switch {
	case t.IsZero() || r.Start.IsZero() && r.End.IsZero():
		return true
	case !r.End.IsZero() && !t.Time.Before(r.End):
		return false
	case r.Start.IsZero() || !t.Time.Before(r.Start):
		return true
	}
	// A time sent in whole seconds may be any instant of its second.
	return t.Time.Equal(t.Time.Truncate(time.Second)) && !sentInMillis(t) && !t.Time.Add(time.Second-time.Millisecond).Before(r.Start)
}

// sentInMillis reports whether the API sent the time to the millisecond.
func sentInMillis(t trustlyclient.Time) bool {
	return t.Text == strconv.FormatInt(t.UnixMilli(), 10)
}

// wider asks one unit more on each side than the range holds.
func wider(r trustlyclient.TimeRange, unit time.Duration) trustlyclient.TimeRange {
	if !r.Start.IsZero() {
		r.Start = r.Start.Add(-unit)
	}
	if !r.End.IsZero() {
		r.End = r.End.Add(unit)
	}
	return r
}
