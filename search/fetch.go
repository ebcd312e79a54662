package search

import (
	"context"
	"slices"
	"time"

	"trustlyportal/trustlyclient"
)

const (
	// overlap is how many rows behind us a request at an offset brings again, to
	// prove that nothing moved in between.
	overlap = 5

	// spare is asked beyond what is wanted: the rows that bounds one unit wider bring.
	spare = 2

	// capStep suspects a server that answers fewer rows than asked: a short
	// answer of a round number of rows is no proof that the list ends.
	capStep = 25

	// maxSteps bounds the requests between two new rows. Some 10,000 rows of one
	// instant are behind us then, or the API does not heed what it is asked.
	maxSteps = 100
)

// fetch gets the next rows into the buffer, or finds the end.
func (w *Walk) fetch(ctx context.Context) error {
	if !w.fetched.cursor.IsZero() && w.fetched.ties == nil {
		return w.resume(ctx, w.startAt(w.fetched.cursor.Ties))
	}
	options := w.options(w.fetched.cursor)
	known := w.known(options)
	start := w.startAt(known)
	for step := range maxSteps {
		rows, full, err := w.list(ctx, options, start, w.size(step, known-start))
		if err != nil {
			return err
		}
		if start > 0 && !w.meets(rows) {
			// Rows before the offset left the list: what stands there now may be new.
			if w.fetched.skipped > 0 {
				return w.resume(ctx, 0)
			}
			start /= 2
			continue
		}
		fresh := w.take(rows, w.exact && w.uncapped && start == 0)
		if !full || len(rows) <= overlap {
			w.ended = w.ended || fresh == 0 || !full || !w.strict
			return nil
		}
		if fresh > 0 {
			return nil
		}
		start += len(rows) - overlap
	}
	return ErrNoProgress
}

// meets reports whether an answer begins with a row behind us. One without a time may stand anywhere, and where a walk goes
// on from a position it is not known: so it tells nothing.
func (w *Walk) meets(rows []*trustlyclient.Transaction) bool {
	for _, t := range rows {
		if row := w.query.spot(t); !row.loose || w.fetched.passed(row, w.query) {
			return w.fetched.passed(row, w.query)
		}
	}
	return false
}

// take passes the rows that are new, buffers those in range and says how many
// were new. each is that of pass.
func (w *Walk) take(rows []*trustlyclient.Transaction, each bool) int {
	for _, t := range rows {
		if w.query.holds(t) {
			w.inRange++
		}
	}
	fresh := w.pass(w.query.spots(rows), each)
	for _, i := range fresh {
		if w.query.holds(rows[i]) {
			w.buffer = append(w.buffer, rows[i])
			w.kept++
		}
	}
	return len(fresh)
}

// pass passes the rows of an answer that are new and says which. What stands
// before a row already passed is behind us, even where it was not met: it
// arrived there meanwhile. Only where updates are told in whole seconds and the
// latest come last may a passed row have moved on within its instant; there each
// row is judged for itself.
//
// So it is where each is asked for, of an answer that has all rows of the
// instant: then it does not matter in which order they stand.
func (w *Walk) pass(rows []spot, each bool) (fresh []int) {
	first := 0
	movedOn := w.query.OrderBy == trustlyclient.ByUpdated && w.query.ascending() && w.fetched.cursor.Millis%1000 == 0
	if !movedOn && !each {
		for i, row := range slices.Backward(rows) {
			if w.fetched.passed(row, w.query) {
				w.fetched.skip(rows[:i], w.query)
				first = i + 1
				break
			}
		}
	}
	for i, row := range rows[first:] {
		if !w.fetched.passed(row, w.query) {
			w.fetched.pass(row)
			fresh = append(fresh, first+i)
		}
	}
	w.fetched.trim()
	w.ended = w.ended || w.query.outlasted(w.fetched.cursor)
	return fresh
}

// resume finds the place of a cursor from outside, which tells only the last
// row behind us, reading on from an offset, and takes the rows after it.
func (w *Walk) resume(ctx context.Context, start int) error {
	c := w.fetched.cursor
	rows, at, err := w.seek(ctx, start)
	if err == nil && at < 0 && start > 0 {
		start = 0
		rows, at, err = w.seek(ctx, start)
	}
	if err != nil {
		return err
	}
	if at < 0 {
		at = w.guess(rows)
	}
	w.fetched = place{cursor: c, ties: map[string]bool{c.ID: true}, skipped: start, loose: w.fetched.loose}
	for _, t := range rows[:at] {
		ms, ok := w.query.position(t)
		if ok && ms == c.Millis {
			w.fetched.ties[rowID(t)] = true
		}
		if ok {
			w.fetched.trail = append(w.fetched.trail, ms)
		}
	}
	w.take(rows[at:], false)
	return nil
}

// seek reads on from the offset start until the cursor's row, or what comes
// after its instant, is found. at is the index behind the row, -1 if it is gone.
func (w *Walk) seek(ctx context.Context, start int) (rows []*trustlyclient.Transaction, at int, err error) {
	c := w.fetched.cursor
	options := w.options(c)
	seen := map[string]bool{}
	offset := start
	for step := range maxSteps {
		answer, full, err := w.list(ctx, options, offset, w.size(step, c.Ties-start))
		if err != nil {
			return nil, 0, err
		}
		if offset > start && (len(answer) == 0 || !seen[rowID(answer[0])]) {
			offset = max(start, offset/2) // see fetch
			continue
		}
		beyond := false
		for _, t := range answer {
			id := rowID(t)
			if seen[id] {
				continue
			}
			seen[id] = true
			rows = append(rows, t)
			ms, ok := w.query.position(t)
			if id == c.ID && ms == c.Millis { // elsewhere it was updated, and marks no place
				at = len(rows)
			}
			beyond = beyond || ok && ms != c.Millis && (ms > c.Millis) == w.query.ascending()
		}
		last := !full || len(answer) <= overlap
		if at > 0 || beyond || last {
			w.ended = last && (!full || !w.strict)
			if at == 0 {
				at = -1
			}
			return rows, at, nil
		}
		offset += len(answer) - overlap
	}
	return nil, 0, ErrNoProgress
}

// guess finds the place of a row that is gone from the list among rows read
// from the front. If the rows of its instant stand in the order of their ids,
// that order tells; else their number does, less the one that is gone.
func (w *Walk) guess(rows []*trustlyclient.Transaction) int {
	c := w.fetched.cursor
	first, last := len(rows), len(rows)
	for i, t := range rows {
		ms, ok := w.query.position(t)
		if ok && ms == c.Millis && i < first {
			first = i
		}
		if ok && ms != c.Millis && (ms > c.Millis) == w.query.ascending() {
			last = i
			break
		}
	}
	first = min(first, last)
	ties := rows[first:last]
	up, down := true, true
	for i := 1; i < len(ties); i++ {
		order := byCode(rowID(ties[i-1]), rowID(ties[i]))
		up, down = up && order < 0, down && order > 0
	}
	if up == down { // one row or none, or no order at all
		return first + min(len(ties), c.Ties-1)
	}
	at := first
	for at < last && (byCode(rowID(rows[at]), c.ID) < 0) == up {
		at++
	}
	return at
}

// options asks for what is ahead of the cursor, one unit wider than needed.
func (w *Walk) options(c Cursor) trustlyclient.ListOptions {
	q := w.query
	unit := unitOf(w.lister)
	q.Created, q.Updated = wider(q.Created, unit), wider(q.Updated, unit)
	q.Processed, q.Completed = wider(q.Processed, unit), wider(q.Completed, unit)
	if q.Created.Start.IsZero() {
		q.Created.Start = earliest
	}
	if at := time.UnixMilli(c.Millis).UTC(); !c.IsZero() && q.ascending() {
		q.ordering().Start = at.Add(-unit)
	} else if !c.IsZero() {
		end := at.Add(time.Millisecond)
		if c.Millis%1000 == 0 {
			end = at.Add(time.Second) // the time may have been sent in whole seconds
		}
		q.ordering().End = end
	}
	return trustlyclient.ListOptions{
		Filters: q.Filters,
		Created: q.Created, Updated: q.Updated, Processed: q.Processed, Completed: q.Completed,
		OrderBy: q.OrderBy, SortOrder: q.SortOrder, Fields: w.fields,
	}
}

// known counts the rows behind us that the request will bring again whatever
// its bounds mean.
func (w *Walk) known(options trustlyclient.ListOptions) int {
	q := Query{Created: options.Created, Updated: options.Updated, OrderBy: options.OrderBy}
	bounds := q.ordering()
	unit := unitOf(w.lister).Milliseconds()
	n := w.fetched.skipped
	for _, ms := range w.fetched.trail {
		if w.query.ascending() && ms/unit > bounds.Start.UnixMilli()/unit || !w.query.ascending() && ms < bounds.End.UnixMilli() {
			n++
		}
	}
	return n
}

// startAt is the offset of the first request when so many rows are behind us:
// none while one answer can hold them and what is wanted.
func (w *Walk) startAt(known int) int {
	if w.want > 0 && known+w.remaining()+spare <= MaxCount {
		return 0
	}
	return max(0, known-overlap)
}

// remaining is how many rows the caller will still take: once it took what it
// said it wants, as many as there are.
func (w *Walk) remaining() int {
	if n := w.want - w.taken; n > 0 {
		return n
	}
	return MaxCount
}

// size is how many rows a request asks for. The first of several holds what is
// wanted and the rows behind us that come with it; if it did not, more are
// behind us than thought.
func (w *Walk) size(step, behind int) int {
	if w.want == 0 || step > 0 {
		return MaxCount
	}
	return min(MaxCount, max(2*overlap, w.remaining()+max(0, behind)+spare))
}

// list makes one request and checks the order of its answer. full reports
// whether more may follow.
func (w *Walk) list(ctx context.Context, options trustlyclient.ListOptions, start, count int) (rows []*trustlyclient.Transaction, full bool, err error) {
	options.StartIndex, options.Count = start, count
	w.requests++
	page, err := w.lister.List(ctx, options)
	if err != nil {
		return nil, false, err // says itself that a list was asked for
	}
	if w.asOf.IsZero() {
		w.asOf = page.FetchedAt
	}
	if err := w.query.checkOrder(page.Transactions); err != nil {
		return nil, false, err
	}
	n := len(page.Transactions)
	w.answered = n
	w.uncapped = w.uncapped || n >= MaxCount
	full = n >= count || !w.uncapped && (w.strict || n > 0 && n%capStep == 0)
	return page.Transactions, full, nil
}

func (q Query) checkOrder(rows []*trustlyclient.Transaction) error {
	var before int64
	for i, t := range rows {
		ms, ok := q.position(t)
		if !ok {
			continue
		}
		if i > 0 && before != 0 && ms != before && (ms < before) == q.ascending() {
			return ErrOutOfOrder
		}
		before = ms
	}
	return nil
}

// unitOf is the length of the unit in which the API takes times.
func unitOf(l Lister) time.Duration {
	if l.TimeUnit() == trustlyclient.Seconds {
		return time.Second
	}
	return time.Millisecond
}
