package search

import (
	"context"
	"time"

	"trustlyportal/trustlyclient"
)

// Page is one page of a list and the ways on from it.
type Page struct {
	Rows  []*trustlyclient.Transaction
	Older Cursor // the page after this one in the list's order; zero on the last
	Newer Cursor // the page before; zero on the first
	First bool   // the page is the first one, whatever cursor was asked for
	AsOf  time.Time
}

// ReadPage reads the page at the cursor, asking for one row more than it shows
// to learn whether another page follows.
func ReadPage(ctx context.Context, l Lister, q Query, at Cursor, count int) (Page, error) {
	if at.Back {
		return readBack(ctx, l, q, at, count)
	}
	w := NewWalk(l, q, at, count+1)
	page := Page{First: at.IsZero()}
	for len(page.Rows) < count {
		t, err := w.Next(ctx)
		if err != nil {
			return Page{}, err
		}
		if t == nil {
			break
		}
		page.Rows = append(page.Rows, t)
	}
	end := w.Cursor()
	if len(page.Rows) == count {
		more, err := w.Next(ctx)
		if err != nil {
			return Page{}, err
		}
		if more != nil {
			page.Older = end
		}
	}
	if !page.First {
		page.Newer = backFrom(q, page.Rows, at)
	}
	page.AsOf = w.AsOf()
	return page, nil
}

// backFrom is the cursor of the page that ends right before these rows.
func backFrom(q Query, rows []*trustlyclient.Transaction, at Cursor) Cursor {
	for _, t := range rows {
		if c := (Cursor{}).behind(q.spot(t)); !c.IsZero() {
			c.Back = true
			return c
		}
	}
	at.Back = true // an empty page: back to what ends with the row it starts behind
	return at
}

// readBack reads the page that ends right before the cursor's row. The API may
// order rows of one instant the same way in both directions, so the opposite
// order only tells from which instant on to read in the list's own.
func readBack(ctx context.Context, l Lister, q Query, at Cursor, count int) (Page, error) {
	from, top, err := instantBefore(ctx, l, q, at.Millis, count)
	if err != nil {
		return Page{}, err
	}
	forward := q
	switch {
	case top:
	case q.ascending():
		forward.ordering().Start = from
	default:
		forward.ordering().End = from.Add(time.Millisecond)
	}
	w := NewWalk(l, forward, Cursor{}, count+1)
	page := Page{}
	before := 0 // rows between the start of the reading and the cursor's row
	for {
		end := w.Cursor()
		t, err := w.Next(ctx)
		if err != nil {
			return Page{}, err
		}
		if t == nil || rowID(t) == at.ID || reaches(q, t, at.Millis) {
			page.Older, page.AsOf = end, w.AsOf()
			break
		}
		before++
		page.Rows = append(page.Rows, t)
		if len(page.Rows) > count {
			page.Rows = page.Rows[1:]
		}
	}
	if top && before <= count {
		return ReadPage(ctx, l, q, Cursor{}, count)
	}
	page.Newer = backFrom(q, page.Rows, at)
	return page, nil
}

// reaches reports whether a row lies past the instant in the list's order.
func reaches(q Query, t *trustlyclient.Transaction, millis int64) bool {
	ms, ok := q.position(t)
	return ok && ms != millis && (ms > millis) == q.ascending()
}

// instantBefore finds an instant with more than count rows from it to millis,
// exclusive; top when the list begins before that.
func instantBefore(ctx context.Context, l Lister, q Query, millis int64, count int) (from time.Time, top bool, err error) {
	r := q.reversed()
	if r.ascending() {
		r.ordering().Start = time.UnixMilli(millis).UTC().Add(time.Millisecond)
	} else {
		r.ordering().End = time.UnixMilli(millis).UTC()
	}
	w := NewWalk(l, r, Cursor{}, count+1)
	for range count + 1 {
		t, err := w.Next(ctx)
		if err != nil {
			return time.Time{}, false, err
		}
		if t == nil {
			return time.Time{}, true, nil
		}
		ms, ok := r.position(t)
		if ok {
			from = time.UnixMilli(ms).UTC()
		}
	}
	return from, from.IsZero(), nil
}
