package search

import (
	"context"
	"errors"
	"time"

	"trustlyportal/trustlyclient"
)

// Count finds how many rows a query has, from an API that tells no total. In
// ascending order of creation, up to an instant that has passed, the rows have
// fixed offsets: asking for single rows further and further out, and then
// halving, finds the offset behind the last one in some 2·log2(n) requests.
//
// The API is asked one unit wider than the query holds, see [Query.holds]. The
// rows too many by creation stand at the two ends, where the search stops at
// them; those by another time are read by themselves, see excess.
//
// What can't be told is said to be so, and never guessed: an API that repeats
// rows, that ends its lists early, or that refuses deep offsets. Where it only
// refuses them, the count goes on by time.
type Count struct {
	lister Lister
	query  Query

	part     *part           // the part of the range that is being searched
	before   int             // rows in the parts before
	reached  int             // the largest offset of a row in the parts before
	met      map[string]bool // whether rows met by themselves belong to the list
	longest  int             // rows around a bound that were read for extra
	extra    int             // rows that the API matches and the query doesn't hold
	most     int             // rows in the largest answer so far
	requests int

	moved   bool // rows were seen to come or go meanwhile
	undated bool // a row has no time of creation
	crowded bool // extra is too low: there are too many to read
}

// Counted is what a count found.
type Counted struct {
	Least, Most int // equal when the number is known; Most is negative when nobody knows
	About       bool
	Why         Obstacle
	Requests    int
}

// Exact reports whether the number is just what the list has.
func (c Counted) Exact() bool { return c.Least == c.Most && !c.About }

// Obstacle is why a number is not exact.
type Obstacle int

// The obstacles.
const (
	NoObstacle Obstacle = iota
	Moving              // rows entered or left the list while it was counted
	Undated             // rows without a time of creation have no place of their own
	Crowded             // more rows than can be read stand right outside a range
	TooDeep             // the API refuses offsets before the time moves on
	Repeating           // the API gives the same row at distant offsets
)

// Progress is what a count knows on its way. Most is negative as long as no end
// was seen.
type Progress struct{ Least, Most int }

const (
	// firstRows is how many rows the first request asks for: a short list is
	// counted by it, and rows too many at the front are seen.
	firstRows = 25

	// drift is how far apart two requests may see one row in a list that moves.
	drift = 8

	// maxRequests bounds a count that goes on by time again and again.
	maxRequests = 300

	// maxOffset is beyond any list.
	maxOffset = 1 << 30
)

var (
	errTooDeep   = errors.New("the API refuses the offset")
	errRepeating = errors.New("the API repeats rows")
)

// NewCount prepares to count what q holds of what was created before asOf. An
// answer may tell times in whole seconds, so asOf is cut to its second.
func NewCount(l Lister, q Query, asOf time.Time) *Count {
	q = q.Export(asOf.Truncate(time.Second))
	if q.Created.Start.IsZero() {
		q.Created.Start = earliest
	}
	return &Count{lister: l, query: q, met: map[string]bool{}}
}

// Begin makes the first request, which tells whether the API answers at all.
func (c *Count) Begin(ctx context.Context) error {
	unit := unitOf(c.lister)
	q := c.query
	q.Updated, q.Processed, q.Completed = wider(q.Updated, unit), wider(q.Processed, unit), wider(q.Completed, unit)
	return c.open(ctx, q)
}

// Finish counts, after Begin. It reports after each request. When it fails, the
// result says what was known by then.
func (c *Count) Finish(ctx context.Context, report func(Progress)) (Counted, error) {
	known := Progress{Most: -1}
	c.part.report = func(p Progress) { known = p; report(p) }
	n, err := c.short(ctx)
	if err == nil && n < 0 {
		if err = c.excess(ctx); err == nil {
			n, err = c.parts(ctx)
		}
	}
	result := Counted{Least: n, Most: n, Requests: c.requests}
	switch {
	case errors.Is(err, errTooDeep):
		result.Least, result.Most, result.Why, err = known.Least, -1, TooDeep, nil
	case errors.Is(err, errRepeating):
		result.Least, result.Most, result.Why, err = c.sure(), -1, Repeating, nil
	case err != nil:
		result.Least, result.Most = known.Least, known.Most
	case c.crowded:
		result.Least, result.Why = 0, Crowded
	case c.undated:
		result.About, result.Why = true, Undated
	case c.moved:
		result.About, result.Why = true, Moving
	}
	return result, err
}

// short counts a list that the first answer holds whole; -1 if it does not.
func (c *Count) short(ctx context.Context) (int, error) {
	p := c.part
	if !p.short {
		return -1, nil
	}
	rows := len(p.rows)
	if p.rows[0] == nil {
		rows = 0
	}
	if p.short = false; rows > 0 {
		if t, err := p.at(ctx, rows); err != nil || t != nil {
			return -1, err
		}
		if whole, err := p.whole(ctx, rows); err != nil || !whole {
			return -1, err
		}
	}
	n := 0
	for _, t := range p.rows {
		if t != nil && c.query.holds(t) {
			n++
		}
	}
	return n, nil
}

// parts counts by offsets, and by time where offsets are refused.
func (c *Count) parts(ctx context.Context) (int, error) {
	for c.requests < maxRequests {
		p := c.part
		first, err := p.first(ctx, c.begun)
		if err != nil {
			return 0, err
		}
		p.front = first
		p.tell()
		end, err := p.first(ctx, c.past)
		whole := true
		if err == nil && p.rows[end] == nil { // no row told that the range is over
			whole, err = p.whole(ctx, end)
		}
		if err == nil && whole {
			// As long as the longest list: those around a bound may have ended early.
			c.crowded = c.crowded || c.longest > firstRows && c.longest >= max(c.reached, p.deepest()+1)
			return max(0, c.before+end-first-c.extra), nil
		}
		if err != nil && !errors.Is(err, errTooDeep) {
			return 0, err
		}
		// On from the instant of the deepest row; the rows before that instant are counted here.
		deepest := p.deepest()
		from, dated := c.query.position(p.rows[deepest])
		if !dated {
			return 0, errTooDeep
		}
		if _, err := p.at(ctx, max(0, deepest-1)); err != nil { // most rows have their instant for themselves
			return 0, err
		}
		cut, err := p.first(ctx, func(t *trustlyclient.Transaction) bool {
			ms, ok := c.query.position(t)
			return ok && ms >= from
		})
		if err != nil {
			return 0, err
		}
		if cut <= first {
			return 0, errTooDeep // a single instant has more rows than offsets reach
		}
		c.before += cut - first
		c.reached = max(c.reached, deepest)
		q := p.query
		q.Created.Start = time.UnixMilli(from).UTC()
		if err := c.open(ctx, q); err != nil {
			return 0, err
		}
		c.part.report = p.report
	}
	return 0, errTooDeep
}

// sure is how many rows of the list were met, whatever the API's offsets mean.
func (c *Count) sure() int {
	n := 0
	for _, holds := range c.met {
		if holds {
			n++
		}
	}
	return n
}

// begun reports whether a row stands behind the start of the part.
func (c *Count) begun(t *trustlyclient.Transaction) bool {
	return inside(trustlyclient.TimeRange{Start: c.part.query.Created.Start}, t.CreatedAt)
}

// past reports whether a row stands behind the end of the range.
func (c *Count) past(t *trustlyclient.Transaction) bool {
	return !inside(trustlyclient.TimeRange{End: c.query.Created.End}, t.CreatedAt)
}

// list makes one request. Of q's ranges, that of creation is asked one unit wider.
func (c *Count) list(ctx context.Context, q Query, start, count int) ([]*trustlyclient.Transaction, error) {
	c.requests++
	q.Created = wider(q.Created, unitOf(c.lister))
	page, err := c.lister.List(ctx, trustlyclient.ListOptions{
		Filters: q.Filters,
		Created: q.Created, Updated: q.Updated, Processed: q.Processed, Completed: q.Completed,
		OrderBy: q.OrderBy, SortOrder: q.SortOrder, StartIndex: start, Count: count, Fields: walked,
	})
	if start > 0 && errors.Is(err, trustlyclient.ErrBadRequest) {
		return nil, errTooDeep
	}
	if err != nil {
		return nil, err // says itself that a list was asked for
	}
	c.most = max(c.most, len(page.Transactions))
	return page.Transactions, nil
}
