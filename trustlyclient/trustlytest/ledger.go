package trustlytest

import (
	"cmp"
	"slices"
)

// ledger holds the records by id and in the two orders that the API offers. A record in the ledger is never changed in
// place, only replaced, so what a reader took under the lock stays true after it.
type ledger struct {
	byID    map[string]*Record
	created []*Record // by createdAt, then id
	updated []*Record // by updatedAt, then id
}

// compareIDs orders ids as the numbers they usually are: shorter first, then digit by digit.
func compareIDs(a, b string) int {
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return cmp.Compare(a, b)
}

func byCreated(a, b *Record) int {
	if c := cmp.Compare(a.CreatedAt, b.CreatedAt); c != 0 {
		return c
	}
	return compareIDs(a.ID, b.ID)
}

func byUpdated(a, b *Record) int {
	if c := cmp.Compare(a.UpdatedAt, b.UpdatedAt); c != 0 {
		return c
	}
	return compareIDs(a.ID, b.ID)
}

// load fills an empty ledger at once.
func (l *ledger) load(rows []*Record) {
	l.byID = make(map[string]*Record, len(rows))
	for _, r := range rows {
		l.byID[r.ID] = r
	}
	l.created = slices.Clone(rows)
	l.updated = slices.Clone(rows)
	slices.SortFunc(l.created, byCreated)
	slices.SortFunc(l.updated, byUpdated)
}

// put inserts r, or replaces the record of the same id.
func (l *ledger) put(r *Record) {
	old := l.byID[r.ID]
	l.byID[r.ID] = r
	l.created = reindex(l.created, old, r, byCreated)
	l.updated = reindex(l.updated, old, r, byUpdated)
}

func (l *ledger) remove(id string) bool {
	old, ok := l.byID[id]
	if !ok {
		return false
	}
	delete(l.byID, id)
	l.created = reindex(l.created, old, nil, byCreated)
	l.updated = reindex(l.updated, old, nil, byUpdated)
	return true
}

// reindex puts next in the place of old; either may be nil.
func reindex(index []*Record, old, next *Record, order func(a, b *Record) int) []*Record {
	if old != nil {
		at, _ := slices.BinarySearchFunc(index, old, order)
		if next != nil && order(old, next) == 0 {
			index[at] = next
			return index
		}
		index = slices.Delete(index, at, at+1)
	}
	if next != nil {
		at, _ := slices.BinarySearchFunc(index, next, order)
		index = slices.Insert(index, at, next)
	}
	return index
}

// page returns the records that q asks for, in order.
func (l *ledger) page(q *query) []*Record {
	index, within, at := l.created, q.created, func(r *Record) int64 { return r.CreatedAt }
	if q.byUpdated {
		index, within, at = l.updated, q.updated, func(r *Record) int64 { return r.UpdatedAt }
	}
	from, _ := slices.BinarySearchFunc(index, within.from, func(r *Record, t int64) int { return cmp.Compare(at(r), t) })
	to, _ := slices.BinarySearchFunc(index, within.to, func(r *Record, t int64) int {
		if at(r) <= t {
			return -1
		}
		return 1
	})
	if from >= to {
		return nil
	}
	index = index[from:to]
	if q.flipTies {
		index = flipTies(index, at)
	}
	rows := make([]*Record, 0, q.count)
	skip := q.startIndex
	for i := range index {
		r := index[i]
		if !q.ascending {
			r = index[len(index)-1-i]
		}
		if !q.matches(r) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if rows = append(rows, r); len(rows) == q.count {
			break
		}
	}
	return rows
}

// flipTies returns a copy in which rows of equal times stand in the opposite order.
func flipTies(index []*Record, at func(*Record) int64) []*Record {
	index = slices.Clone(index)
	for from := 0; from < len(index); {
		to := from + 1
		for to < len(index) && at(index[to]) == at(index[from]) {
			to++
		}
		slices.Reverse(index[from:to])
		from = to
	}
	return index
}
