package search

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trustlyportal/trustlyclient"
)

// bad is an API that does not page as documented, over a model that does.
type bad struct {
	*model
	deepest  int  // larger offsets are refused; 0 = none
	ends     int  // rows at larger offsets are not given; 0 = all
	deaf     bool // offsets are ignored
	clamps   bool // an offset behind the end brings the last row
	disorder bool // the order is ignored
}

func (b *bad) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	if b.deepest > 0 && o.StartIndex > b.deepest {
		return nil, fmt.Errorf("offset %d: %w", o.StartIndex, trustlyclient.ErrBadRequest)
	}
	if b.deaf {
		o.StartIndex = 0
	}
	if b.disorder && o.SortOrder == trustlyclient.Ascending {
		o.SortOrder = trustlyclient.Descending
	}
	asked := o
	page, err := b.model.List(ctx, o)
	if b.clamps && len(page.Transactions) == 0 && asked.StartIndex > 0 {
		asked.StartIndex, asked.Count, asked.SortOrder = 0, 1, trustlyclient.Descending
		return b.model.List(ctx, asked)
	}
	if b.ends > 0 {
		page.Transactions = page.Transactions[:max(0, min(len(page.Transactions), b.ends-o.StartIndex))]
	}
	return page, err
}

func count(t interface {
	Helper()
	Fatalf(string, ...any)
}, l Lister, q Query, asOf int64) Counted {
	t.Helper()
	c := NewCount(l, q, time.UnixMilli(asOf).UTC())
	err := c.Begin(context.Background())
	if err == nil {
		var got Counted
		if got, err = c.Finish(context.Background(), func(Progress) {}); err == nil {
			return got
		}
	}
	t.Fatalf("count: %v", err)
	return Counted{}
}

// truth is how many rows the list has when nothing changes, walked to its end.
func truth(m *model, q Query, asOf int64) int {
	between, most := m.between, m.cap
	m.between, m.cap = nil, 0
	defer func() { m.between, m.cap = between, most }()
	n := 0
	w := NewWalk(m, q.Export(time.UnixMilli(asOf).UTC().Truncate(time.Second)), Cursor{}, 0)
	for {
		row, err := w.Next(context.Background())
		if err != nil {
			panic(err)
		}
		if row == nil {
			return n
		}
		n++
	}
}

// budget is what a count may cost: the gallop, the halving, and five.
func budget(rows int) int { return int(2*math.Log2(float64(max(rows, 1)))) + 5 }

// A count is right for each size, bounds and unit, with rows of one instant on
// both edges, inside and outside, and with rows that arrive while it runs.
func TestCountBySize(t *testing.T) {
	const start, end = epoch + 500, epoch + 86_400_000 + 250 // not at whole seconds
	for _, unit := range []trustlyclient.TimeUnit{trustlyclient.Milliseconds, trustlyclient.Seconds} {
		for _, exclusive := range []bool{false, true} {
			for _, truncates := range []bool{false, true} {
				for _, seconds := range []bool{false, true} {
					for _, rows := range []int{0, 1, 2, 24, 25, 26, 99, 100, 101, 1000, 12_345} {
						if rows > 1000 && (truncates || seconds) {
							continue // it takes long; the sandbox is asked all of them
						}
						name := fmt.Sprintf("unit=%s exclusive=%t truncates=%t answers in seconds=%t rows=%d", unit, exclusive, truncates, seconds, rows)
						m := &model{unit: unit, exclusive: exclusive, truncates: truncates, seconds: seconds}
						for i := range rows {
							at := start + int64(i)*(end-start-1)/int64(max(1, rows-1))
							switch {
							case i < rows/4 && i < 40:
								at = start // many at the very start
							case i >= rows*3/4 && i >= rows-40:
								at = end - 1
							}
							m.rows = append(m.rows, row{id: i + 1, created: at, updated: at})
						}
						for i, off := range []int64{-1500, -1000, -1, -1, -1, 0, 0, 0, 400, 1000, 1500} {
							at := start + off
							if off >= 0 {
								at = end + off
							}
							m.rows = append(m.rows, row{id: 50_000 + i, created: at, updated: at})
						}
						const asOf = epoch + 100_000_000
						arrived := 0
						m.between = func(m *model) { // later than the pinned end, so none of its business
							arrived++
							m.rows = append(m.rows, row{id: 60_000 + arrived, created: asOf + int64(arrived)*7})
						}
						q := Query{Created: trustlyclient.TimeRange{Start: time.UnixMilli(start).UTC(), End: time.UnixMilli(end).UTC()}}
						want := truth(m, q, asOf)
						if !seconds && want != rows {
							t.Fatalf("%s: the list shows %d rows, want %d", name, want, rows)
						}
						m.requests = 0
						got := count(t, m, q, asOf)
						if !got.Exact() || got.Least != want {
							t.Errorf("%s: got %+v, want %d", name, got, want)
						}
						if got.Requests != m.requests || got.Requests > budget(want) {
							t.Errorf("%s: got %d requests (told %d), want at most %d", name, m.requests, got.Requests, budget(want))
						}
					}
				}
			}
		}
	}
}

// Without an end, what arrives while the count runs stays out of it.
func TestCountWhileRowsArrive(t *testing.T) {
	for _, unit := range []trustlyclient.TimeUnit{trustlyclient.Milliseconds, trustlyclient.Seconds} {
		m := &model{unit: unit}
		for i := range 500 {
			m.rows = append(m.rows, row{id: i + 1, created: epoch + int64(i)})
		}
		now := int64(epoch + 10_000)
		m.between = func(m *model) {
			for range 20 {
				m.rows = append(m.rows, row{id: len(m.rows) + 1, created: now})
				now += 3
			}
		}
		if got := count(t, m, Query{}, epoch+10_000); !got.Exact() || got.Least != 500 {
			t.Errorf("unit %s: got %+v, want exactly 500", unit, got)
		}
	}
}

// Whatever the list: the number is that of the list's rows, or said not to be.
func TestCountProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{
			unit:      rapid.SampledFrom([]trustlyclient.TimeUnit{trustlyclient.Milliseconds, trustlyclient.Seconds}).Draw(t, "unit"),
			exclusive: rapid.Bool().Draw(t, "exclusive"), truncates: rapid.Bool().Draw(t, "truncates"),
			seconds: rapid.Bool().Draw(t, "seconds"), downTies: rapid.Bool().Draw(t, "downTies"),
			cap: rapid.SampledFrom([]int{0, 0, 1, 10, 25, 50}).Draw(t, "cap"),
		}
		spread := rapid.SampledFrom([]int64{0, 20, 3000, 100_000}).Draw(t, "spread")
		for i := range rapid.IntRange(0, 300).Draw(t, "rows") {
			m.rows = append(m.rows, row{
				id: i + 1, created: epoch + rapid.Int64Range(0, spread).Draw(t, "created"), updated: epoch + rapid.Int64Range(0, spread).Draw(t, "updated"),
			})
		}
		bound := func(name string) time.Time {
			if rapid.Bool().Draw(t, name) {
				return time.UnixMilli(epoch + rapid.Int64Range(-10, spread+10).Draw(t, name+" at")).UTC()
			}
			return time.Time{}
		}
		var q Query
		q.Created = trustlyclient.TimeRange{Start: bound("created.start"), End: bound("created.end")}
		q.Updated = trustlyclient.TimeRange{Start: bound("updated.start"), End: bound("updated.end")}
		for _, r := range []*trustlyclient.TimeRange{&q.Created, &q.Updated} {
			if !r.End.IsZero() && r.End.Before(r.Start) {
				r.Start, r.End = r.End, r.Start
			}
		}
		q.OrderBy = rapid.SampledFrom([]trustlyclient.OrderBy{trustlyclient.ByCreated, trustlyclient.ByUpdated}).Draw(t, "orderBy")
		const asOf = epoch + 200_000
		want := truth(m, q, asOf)
		b := &bad{
			model: m, deepest: rapid.SampledFrom([]int{0, 0, 40, 100}).Draw(t, "deepest"), ends: rapid.SampledFrom([]int{0, 0, 60, 100}).Draw(t, "ends"),
		}
		got := count(t, b, q, asOf)
		switch {
		case got.Exact() && got.Least != want:
			t.Fatalf("got exactly %d, want %d", got.Least, want)
		case !got.About && (got.Least > want || got.Most >= 0 && got.Most < want):
			t.Fatalf("got %d to %d, want %d within", got.Least, got.Most, want)
		case b.deepest == 0 && b.ends == 0 && !crowdedEnd(m) && (m.cap == 0 || m.cap >= 25) && got.Why != Crowded && !got.Exact():
			t.Fatalf("got %+v from an API that behaves, want exactly %d", got, want)
		}
	})
}

// crowdedEnd reports whether some row has more than a page of rows right around
// it: were it the last one, an end at a large offset could not be told from a
// list that ends early.
func crowdedEnd(m *model) bool {
	unit := unitOf(m).Milliseconds()
	if m.seconds {
		unit = 1000
	}
	return slices.ContainsFunc(m.rows, func(last row) bool {
		n := 0
		for _, r := range m.rows {
			if last.created-2*unit <= r.created && r.created <= last.created+2*unit {
				n++
			}
		}
		return n > firstRows
	})
}

// Where the API does not page as documented, a number is told as far as it is
// known, and no further.
func TestCountWithABadAPI(t *testing.T) {
	const n = 3000
	spread := func() *model {
		m := &model{unit: trustlyclient.Milliseconds}
		for i := range n {
			m.rows = append(m.rows, row{id: i + 1, created: epoch + int64(i/3)*10})
		}
		return m
	}
	instant := spread()
	for i := range instant.rows {
		instant.rows[i].created = epoch
	}
	for _, tt := range []struct {
		name        string
		api         Lister
		least, most int
		why         Obstacle
	}{
		{"deep offsets refused", &bad{model: spread(), deepest: 1000}, n, n, NoObstacle},
		{"long lists end early", &bad{model: spread(), ends: 1000}, n, n, NoObstacle},
		{"deep offsets refused within an instant", &bad{model: instant, deepest: 1000}, 831, -1, TooDeep},
		{"long lists end early within an instant", &bad{model: instant, ends: 1000}, 1000, -1, TooDeep},
		{"offsets ignored", &bad{model: spread(), deaf: true}, 25, -1, Repeating},
		{"the last row behind the end", &bad{model: spread(), clamps: true}, 32, -1, Repeating},
	} {
		got := count(t, tt.api, Query{}, epoch+1_000_000)
		got.Requests = 0
		if want := (Counted{Least: tt.least, Most: tt.most, Why: tt.why}); got != want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, want)
		}
	}
	c := NewCount(&bad{model: spread(), disorder: true}, Query{}, time.UnixMilli(epoch+1_000_000))
	if err := c.Begin(t.Context()); err != ErrOutOfOrder { //nolint:errorlint // it is that very error
		t.Errorf("order ignored: got error %v, want %v", err, ErrOutOfOrder)
	}
}
