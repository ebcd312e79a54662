package search

import (
	"context"
	"errors"
	"time"

	"trustlyportal/trustlyclient"
)

// Estimate says about how many rows a query has, at the price of a few requests. It is a rough [Count]: it goes out in
// larger steps, and stops when the number lies between bounds of which one is twice the other.
type Estimate struct {
	Least, Most int  // Most is negative when nobody knows
	Exact       bool // Least and Most are the number itself
	Requests    int
}

const (
	// EstimatePrice is how many requests an estimate takes at most. The list has fewer rows than its last step reaches.
	EstimatePrice = 12

	// estimateStep is how much further out each request looks than the one before.
	estimateStep = 4
)

// EstimateRows estimates q as it is exported as of an instant. The first request tells whether the API answers at all,
// and counts a list that its answer holds whole. An API that refuses an offset, or that repeats rows further out, leaves
// the number open above. One that ends long lists early is not found out: that is [Count]'s.
func EstimateRows(ctx context.Context, l Lister, q Query, asOf time.Time) (Estimate, error) {
	g := &gallop{lister: l, query: q.Export(asOf), met: map[string]bool{}}
	if g.query.Created.Start.IsZero() {
		g.query.Created.Start = earliest
	}
	held, err := g.first(ctx)
	if err == nil && !g.short {
		err = g.run(ctx)
	}
	e := Estimate{Least: g.least, Most: g.most, Requests: g.requests}
	if g.short {
		e = Estimate{Least: held, Most: held, Exact: true, Requests: g.requests}
	}
	switch {
	case errors.Is(err, errRepeating): // its offsets mean nothing
		return Estimate{Least: held, Most: -1, Requests: g.requests}, nil
	case errors.Is(err, errTooDeep):
		return Estimate{Least: g.least, Most: -1, Requests: g.requests}, nil
	}
	return e, err
}

// gallop looks for the end of a list by single rows.
type gallop struct {
	lister   Lister
	query    Query
	met      map[string]bool
	short    bool // the first answer held the whole list
	least    int  // so many rows there are
	most     int  // and not more than these
	requests int
}

// first asks for a whole answer, and returns how many of its rows the query holds.
func (g *gallop) first(ctx context.Context) (int, error) {
	rows, err := g.ask(ctx, 0, MaxCount)
	if err != nil {
		return 0, err
	}
	held := 0
	for _, t := range rows {
		g.met[rowID(t)] = true
		if g.query.holds(t) {
			held++
		}
	}
	if g.least, g.most = held, -1; len(rows) == 0 {
		g.short = true
		return 0, nil
	}
	if len(rows) < MaxCount { // the end, or the API's own limit
		more, err := g.ask(ctx, len(rows), 1)
		if err != nil {
			return 0, err
		}
		if g.short = len(more) == 0; !g.short && g.met[rowID(more[0])] {
			return held, errRepeating
		}
	}
	return held, nil
}

// run goes out until there is no row any more, then halves once.
func (g *gallop) run(ctx context.Context) error {
	for low := MaxCount; g.requests < EstimatePrice-1; low *= estimateStep {
		there, err := g.at(ctx, low*estimateStep)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		g.most = low * estimateStep
		middle := low * estimateStep / 2
		if there, err = g.at(ctx, middle); err == nil && !there {
			g.most = middle
		}
		return err
	}
	return nil
}

// at reports whether there is a row at an offset.
func (g *gallop) at(ctx context.Context, offset int) (bool, error) {
	rows, err := g.ask(ctx, offset, 1)
	if err != nil || len(rows) == 0 || !g.query.until(rows[0]) {
		return false, err
	}
	id := rowID(rows[0])
	if g.met[id] {
		return false, errRepeating
	}
	g.met[id] = true
	g.least = max(g.least, offset+1)
	return true, nil
}

// until reports whether a row stands before the end of the range of creation, in which offsets count.
func (q Query) until(t *trustlyclient.Transaction) bool {
	return inside(trustlyclient.TimeRange{End: q.Created.End}, t.CreatedAt)
}

func (g *gallop) ask(ctx context.Context, start, count int) ([]*trustlyclient.Transaction, error) {
	g.requests++
	q, unit := g.query, unitOf(g.lister)
	page, err := g.lister.List(ctx, trustlyclient.ListOptions{
		Filters: q.Filters,
		Created: wider(q.Created, unit), Updated: wider(q.Updated, unit), Processed: wider(q.Processed, unit), Completed: wider(q.Completed, unit),
		OrderBy: q.OrderBy, SortOrder: q.SortOrder, StartIndex: start, Count: count, Fields: walked,
	})
	if start > 0 && errors.Is(err, trustlyclient.ErrBadRequest) {
		return nil, errTooDeep
	}
	if err != nil {
		return nil, err
	}
	return page.Transactions, nil
}
