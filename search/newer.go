package search

import (
	"context"
	"time"

	"trustlyportal/trustlyclient"
)

// Newer counts, with one request, the rows that arrived on top of a list since its first page was read. The list shows
// the newest first, by creation, and has no end.
//
// since is the place of the page's first row; its Ties are the page's rows of that row's instant. The zero cursor
// stands for a list that was empty. more says that there are more than most rows, which is then what n says.
//
// A row of the same instant is new if the API lists it before the first row, or if more of the instant are there than
// the page showed: nothing says in which order the API has them.
func Newer(ctx context.Context, l Lister, q Query, since Cursor, most int) (n int, more bool, err error) {
	if !since.IsZero() {
		q.Created.Start = time.UnixMilli(since.Millis).UTC()
	}
	q.Fields = walked
	w := NewWalk(l, q, Cursor{}, most+1)
	rows, _, err := w.list(ctx, w.options(Cursor{}), 0, most+1)
	if err != nil {
		return 0, false, err
	}
	later, tied, before := 0, 0, 0 // after the instant; within it; within it and before the first row
	met := false
	for _, t := range rows {
		ms, ok := q.position(t)
		switch {
		case !ok || !q.holds(t):
		case since.IsZero() || ms > since.Millis:
			later++
		case ms == since.Millis:
			tied++
			met = met || rowID(t) == since.ID
			if !met {
				before++
			}
		}
	}
	if !met { // the first row left the list itself: nothing stands before it
		before = 0
	}
	n = later + max(before, tied-since.Ties)
	return min(n, most), n > most, nil
}

// TopOf is the place of a page's first row, as [Newer] takes it: the zero cursor for a page without rows. Of an instant
// that fills the page and may go on, the page can't tell how many there are, so that only the order tells then.
func TopOf(page Page) Cursor {
	q := Query{OrderBy: trustlyclient.ByCreated, SortOrder: trustlyclient.Descending}
	var top Cursor
	for i, t := range page.Rows {
		ms, ok := q.position(t)
		switch {
		case i == 0 && ok:
			top = Cursor{Millis: ms, ID: rowID(t)}
		case i == 0 || !ok || ms != top.Millis:
			return top
		}
		top.Ties = i + 1
	}
	if !page.Older.IsZero() {
		top.Ties = maxTies
	}
	return top
}
