package search

import (
	"context"
	"errors"

	"trustlyportal/trustlyclient"
)

// part is a range of creation in which rows are told by their offsets.
type part struct {
	count   *Count
	query   Query // exact by creation, wider by other times
	rows    map[int]*trustlyclient.Transaction
	offsets map[string]int // of the rows, by id
	short   bool           // the first answer was not full
	front   int            // rows before the start; -1 until known
	report  func(Progress)
}

// open makes the first request of a part.
func (c *Count) open(ctx context.Context, q Query) error {
	c.part = &part{count: c, query: q, rows: map[int]*trustlyclient.Transaction{}, offsets: map[string]int{}, front: -1, report: func(Progress) {}}
	rows, err := c.list(ctx, q, 0, firstRows)
	if err != nil {
		return err
	}
	for i, t := range rows {
		if err := c.part.note(i, t); err != nil {
			return err
		}
	}
	if c.part.short = len(rows) < firstRows; len(rows) == 0 {
		c.part.rows[0] = nil
	}
	return nil
}

// first finds the offset of the first row that reaches something, or the one
// behind the last row. No row before it reaches, all after it do.
func (p *part) first(ctx context.Context, reaches func(*trustlyclient.Transaction) bool) (int, error) {
	low, high := -1, -1 // known not to reach; known to
	for i, t := range p.rows {
		if t != nil && !reaches(t) {
			low = max(low, i)
		}
	}
	for i := range p.rows {
		if i > low && (high < 0 || i < high) {
			high = i
		}
	}
	for high < 0 || high-low > 1 {
		next := 2 * (low + 1)
		switch {
		case high >= 0:
			next = low + (high-low)/2
		case p.short: // it may end here
			next, p.short = low+1, false
		case next > maxOffset:
			return 0, ErrNoProgress
		}
		t, err := p.at(ctx, next)
		if err != nil {
			return 0, err
		}
		if t != nil && !reaches(t) {
			low = next
		} else {
			high = next
		}
	}
	return high, nil
}

// at is the row at an offset, nil behind the last one.
func (p *part) at(ctx context.Context, offset int) (*trustlyclient.Transaction, error) {
	if t, known := p.rows[offset]; known {
		return t, nil
	}
	rows, err := p.count.list(ctx, p.query, offset, 1)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		p.rows[offset] = nil
	} else if err := p.note(offset, rows[0]); err != nil {
		return nil, err
	}
	p.tell()
	return p.rows[offset], nil
}

// note keeps a row and holds it against those known: an API that does not heed
// offsets or order gives itself away, and so does a list that moves.
func (p *part) note(offset int, t *trustlyclient.Transaction) error {
	id := rowID(t)
	if at, met := p.offsets[id]; met {
		if apart(at, offset) > drift {
			return errRepeating
		}
		p.count.moved = true
	}
	p.offsets[id] = offset
	ms, ok := p.query.position(t)
	p.count.undated = p.count.undated || !ok
	for i, other := range p.rows {
		if other == nil {
			p.count.moved = p.count.moved || i < offset
			continue
		}
		before, dated := p.query.position(other)
		if !ok || !dated || before == ms || (before < ms) == (i < offset) {
			continue
		}
		if apart(i, offset) > drift {
			return ErrOutOfOrder
		}
		p.count.moved = true
	}
	p.rows[offset] = t
	p.count.met[id] = p.count.met[id] || p.count.query.holds(t)
	return nil
}

func apart(a, b int) int { return max(a, b) - min(a, b) }

// deepest is the offset of the last row known within the range.
func (p *part) deepest() int {
	deepest := -1
	for i, t := range p.rows {
		if t != nil && !p.count.past(t) {
			deepest = max(deepest, i)
		}
	}
	return deepest
}

// tell reports what is known by now.
func (p *part) tell() {
	c := p.count
	known := Progress{Least: max(0, c.before-c.extra), Most: -1}
	if p.front >= 0 {
		known.Least = max(0, c.before+p.deepest()+1-p.front-c.extra)
		deepest := p.deepest()
		for i, t := range p.rows {
			if i > deepest && (t == nil || c.past(t)) && (known.Most < 0 || c.before+i-p.front-c.extra < known.Most) {
				known.Most = max(0, c.before+i-p.front-c.extra)
			}
		}
	}
	if c.crowded {
		known.Least = 0
	}
	p.report(known)
}

// whole makes sure that a list which ended at an offset has no later row: some
// APIs end a long list early. What there is from the last row's instant on has
// to end with that row. The opposite order would not tell: an API may order rows
// of one instant the same way in both directions.
func (p *part) whole(ctx context.Context, end int) (bool, error) {
	c := p.count
	if end <= c.reached {
		return true, nil // a list of this API was longer
	}
	last := p.rows[end-1]
	if _, dated := p.query.position(last); !dated {
		return true, nil // which the result says
	}
	q := p.query
	q.Created.Start = last.CreatedAt.Time
	var rows []*trustlyclient.Transaction
	for range maxExcess {
		more, err := c.list(ctx, q, len(rows), MaxCount)
		if err != nil {
			return false, ignoring(err, errTooDeep)
		}
		rows = append(rows, more...)
		if len(more) < min(MaxCount, c.most) {
			break
		}
	}
	if end > firstRows && len(rows) >= end {
		return false, nil // as long as the list, so it would end early as well
	}
	for len(rows) > 0 && c.past(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	return len(rows) > 0 && rowID(rows[len(rows)-1]) == rowID(last), nil
}

// ignoring is the error unless it is the one that does not matter.
func ignoring(err, except error) error {
	if errors.Is(err, except) {
		return nil
	}
	return err
}

// excess counts the rows that the API matches but the query does not hold, for
// their times of update, processing or completion: the API is asked one unit
// wider, and whether its bounds are inclusive is not known. The rows right
// outside a bound come from a range that starts, or ends, at the very value that
// was asked for, so that they are those that the count meets, whatever it means.
func (c *Count) excess(ctx context.Context) error {
	unit := unitOf(c.lister)
	found := map[string]bool{}
	for _, of := range []func(*Query) *trustlyclient.TimeRange{
		func(q *Query) *trustlyclient.TimeRange { return &q.Updated },
		func(q *Query) *trustlyclient.TimeRange { return &q.Processed },
		func(q *Query) *trustlyclient.TimeRange { return &q.Completed },
	} {
		exact := *of(&c.query)
		if !exact.Start.IsZero() {
			q := c.part.query
			of(&q).End = exact.Start.Add(unit)
			if err := c.collect(ctx, q, found); err != nil {
				return err
			}
		}
		if !exact.End.IsZero() {
			q := c.part.query
			of(&q).Start = exact.End.Add(-unit)
			if err := c.collect(ctx, q, found); err != nil {
				return err
			}
		}
	}
	c.extra = len(found)
	return nil
}

// maxExcess bounds the answers that are read for one end of a range.
const maxExcess = 10

// collect reads the rows around a bound and notes those that the query does not
// hold, but for those outside the range of creation, which the offsets leave out.
func (c *Count) collect(ctx context.Context, q Query, found map[string]bool) error {
	seen := map[string]bool{}
	for range maxExcess {
		rows, err := c.list(ctx, q, len(seen), MaxCount)
		if errors.Is(err, errTooDeep) {
			break
		}
		if err != nil {
			return err
		}
		for _, t := range rows {
			id := rowID(t)
			c.moved = c.moved || seen[id]
			seen[id] = true
			if !c.query.holds(t) && inside(c.query.Created, t.CreatedAt) {
				found[id] = true
			}
		}
		c.part.tell()
		c.longest = max(c.longest, len(seen))
		if len(rows) < min(MaxCount, c.most) {
			return nil
		}
	}
	c.crowded = true
	return nil
}
