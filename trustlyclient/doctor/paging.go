package doctor

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

const (
	documentedCount = 100
	farthest        = 1_000_000
)

// recent is the window of the pages that are compared with each other. It ends before the examination began, so that
// rows that arrive meanwhile stay out.
func (e *examination) recent(p params) params {
	if e.unit == 0 {
		return p
	}
	to := e.report.At.UnixMilli()
	if len(e.known) > 0 {
		to = max(to, e.known[0].created+slack) // its clock may be ahead of ours
	}
	from := to - min(e.widest, ages).Milliseconds() + 2*slack
	if e.widest == 0 {
		from = to - day.Milliseconds()
	}
	return p.within(from, to, e.unit)
}

// paging finds the largest page, what an offset counts, how deep one may be, and whether orders are heeded.
func (e *examination) paging(ctx context.Context) {
	if len(e.known) == 0 {
		for _, check := range []string{CheckOrder, CheckTies, CheckPageSize, CheckOffset, CheckDeepOffset} {
			e.unknown(check, "there are no transactions")
		}
		return
	}
	page := e.list(ctx, e.recent(latestFirst(documentedCount)))
	page = e.pageSize(ctx, page)
	e.meet(page)
	e.offset(ctx, page)
	e.deepOffset(ctx)
	e.orders(ctx, page)
	e.ties(ctx)
}

// pageSize finds the largest page and returns one of that size.
func (e *examination) pageSize(ctx context.Context, page *answer) *answer {
	n := len(page.rows)
	switch {
	case page.status == 400:
		return e.smallerPage(ctx, page)
	case !page.ok():
		e.unknown(CheckPageSize, "the question was not answered", page)
	case n > documentedCount:
		e.most = documentedCount
		e.found(CheckPageSize, Problem, strconv.Itoa(n), fmt.Sprintf("count is ignored: asked for 100, it answers %d rows", n), page)
	case n == documentedCount:
		e.most = documentedCount
		more := e.list(ctx, e.recent(latestFirst(documentedCount+1)))
		switch {
		case more.status == 400:
			e.found(CheckPageSize, OK, "100", "a page may have 100 rows, and no more", page, more)
		case len(more.rows) > documentedCount:
			e.found(CheckPageSize, OK, strconv.Itoa(len(more.rows)), "a page may have 100 rows, and even more", page, more)
		default:
			e.found(CheckPageSize, OK, "100", "a page may have 100 rows; of more only the first 100 come", page, more)
		}
	default:
		e.most = max(n, 1)
		next := e.list(ctx, e.recent(latestFirst(1)).with("startIndex", strconv.Itoa(n)))
		if next.ok() && len(next.rows) > 0 && !page.has(next.rows[0].id) {
			e.found(CheckPageSize, Differs, strconv.Itoa(n), fmt.Sprintf("a page has %d rows at most, whatever count says", n), page, next)
			break
		}
		e.most = documentedCount
		e.found(CheckPageSize, OK, "100", fmt.Sprintf("count=100 is accepted; there are %d rows to show", n), page, next)
	}
	return page
}

// smallerPage looks for the largest page where 100 rows are refused.
func (e *examination) smallerPage(ctx context.Context, refused *answer) *answer {
	low, high, page := 0, documentedCount, refused
	evidence := []*answer{refused}
	for middle := 50; high-low > 1 && e.left() > 12; middle = (low + high) / 2 {
		a := e.list(ctx, e.recent(latestFirst(middle)))
		evidence = append(evidence, a)
		switch {
		case a.ok():
			low, page = middle, a
		case a.status == 400:
			high = middle
		default:
			e.unknown(CheckPageSize, "the question was not answered", evidence...)
			return page
		}
	}
	if low == 0 {
		e.found(CheckPageSize, Problem, "", "pages of 100 rows are refused, and small ones too", evidence...)
		return page
	}
	e.most = low
	e.found(CheckPageSize, Problem, strconv.Itoa(low), fmt.Sprintf("a page may have %d rows; 100 are refused, which the documentation promises and the portal asks for", low), evidence...)
	return page
}

// offset finds whether startIndex counts rows or pages.
func (e *examination) offset(ctx context.Context, page *answer) {
	const start, count = 3, 3
	if len(page.rows) < start+1 {
		e.unknown(CheckOffset, "there are too few transactions")
		return
	}
	a := e.list(ctx, e.recent(latestFirst(count)).with("startIndex", strconv.Itoa(start)))
	// Times are compared, not ids: whether rows of one instant keep their order is another question.
	stands := func(at int) bool {
		return at < len(page.rows) && len(a.rows) > 0 && slices.EqualFunc(a.rows, page.rows[at:min(at+count, len(page.rows))], func(x, y row) bool { return x.created == y.created })
	}
	switch {
	case !a.ok():
		e.unknown(CheckOffset, "the question was not answered", a)
	case stands(start):
		e.found(CheckOffset, OK, "rows", "startIndex counts rows", page, a)
	case stands(start * count):
		e.found(CheckOffset, Problem, "pages", "startIndex counts pages, not rows", page, a)
	case stands(0):
		e.found(CheckOffset, Problem, "ignored", "startIndex is ignored", page, a)
	default:
		e.unknown(CheckOffset, "other rows came than stand there", page, a)
	}
}

// deepOffset finds how deep an offset is accepted.
func (e *examination) deepOffset(ctx context.Context) {
	ask := func(n int) *answer {
		return e.list(ctx, e.recent(latestFirst(1)).with("startIndex", strconv.Itoa(n)))
	}
	a := ask(farthest)
	switch {
	case a.ok() && len(a.rows) > 0 && a.rows[0].id == e.known[0].id:
		e.found(CheckDeepOffset, Problem, "", "a deep startIndex brings the newest row again", a)
		return
	case a.ok():
		e.found(CheckDeepOffset, OK, strconv.Itoa(farthest), "startIndex may be 1,000,000 and more", a)
		return
	case a.status != 400:
		e.unknown(CheckDeepOffset, fmt.Sprintf("the question was not answered, the API may fail at depth (%d)", a.status), a)
		return
	}
	evidence := []*answer{a}
	depths := []int{0, 100, 500, 1000, 2000, 5000, 9900, 10_000, 20_000, 50_000, 100_000, farthest}
	low, high := 0, len(depths)-1
	for high-low > 1 {
		middle := (low + high) / 2
		a := ask(depths[middle])
		evidence = append(evidence, a)
		if a.ok() {
			low = middle
		} else {
			high = middle
		}
	}
	e.found(CheckDeepOffset, Differs, strconv.Itoa(depths[low]),
		fmt.Sprintf("startIndex may be %d, and %d is refused; the portal pages by time and needs small ones only", depths[low], depths[high]), evidence...)
}

// orders finds whether sortOrder and orderBy are heeded.
func (e *examination) orders(ctx context.Context, page *answer) {
	descends := func(rows []row, at func(row) int64) bool {
		return slices.IsSortedFunc(rows, func(a, b row) int { return int(max(-1, min(1, at(b)-at(a)))) })
	}
	created, updated := func(r row) int64 { return r.created }, func(r row) int64 { return r.updated }
	distinct := func(rows []row) bool { return len(rows) > 1 && rows[0].created != rows[len(rows)-1].created }

	if !distinct(page.rows) {
		e.unknown(CheckOrder, "there are too few transactions of different times", page)
		return
	}
	up := e.list(ctx, e.recent(oldestFirst(25)))
	byUpdate := e.list(ctx, e.recent(params{}.with("orderBy", "updatedAt").with("sortOrder", "desc").with("count", "25")))
	backwards := slices.Clone(up.rows)
	slices.Reverse(backwards)
	switch {
	case !up.ok() || !byUpdate.ok():
		e.unknown(CheckOrder, "the question was not answered", page, up, byUpdate)
	case !descends(page.rows, created):
		e.found(CheckOrder, Problem, "ignored", "rows do not come in the order of creation, latest first", page)
	case !distinct(up.rows):
		e.unknown(CheckOrder, "the oldest transactions share one instant", page, up)
	case !descends(backwards, created):
		e.found(CheckOrder, Problem, "ignored", "sortOrder=asc is not heeded: exports by time would be wrong", page, up)
	case !descends(byUpdate.rows, updated):
		e.found(CheckOrder, Problem, "ignored", "orderBy=updatedAt is not heeded", page, byUpdate)
	default:
		e.found(CheckOrder, OK, "honoured", "sortOrder and orderBy are heeded", page, up, byUpdate)
	}
}

// ties finds whether rows of one instant come in the same order each time, on which paging through them relies.
func (e *examination) ties(ctx context.Context) {
	groups := map[int64]int{}
	for _, r := range e.known {
		groups[r.created]++
	}
	var at int64
	for t, n := range groups {
		if n > 1 && (n > groups[at] || n == groups[at] && t > at) {
			at = t
		}
	}
	switch {
	case at == 0:
		e.unknown(CheckTies, "no two transactions seen share an instant")
		return
	case e.unit == 0:
		e.unknown(CheckTies, "the unit of time filters is not known")
		return
	}
	ask := func(start, count int) *answer {
		return e.list(ctx, latestFirst(count).within(at-1000, at+1000, e.unit).with("startIndex", strconv.Itoa(start)))
	}
	n := min(20, e.most)
	all, again, rest := ask(0, n), ask(0, max(1, n-1)), ask(1, n)
	if !all.ok() || !again.ok() || !rest.ok() || len(all.rows) < 2 {
		e.unknown(CheckTies, "the question was not answered", all, again, rest)
		return
	}
	same := func(a, b []string) bool { n := min(len(a), len(b)); return slices.Equal(a[:n], b[:n]) }
	if same(all.ids(), again.ids()) && same(all.ids()[1:], rest.ids()) {
		e.found(CheckTies, OK, "stable", "rows of one instant come in the same order each time", all, again, rest)
		return
	}
	e.found(CheckTies, Problem, "unstable", "rows of one instant come in another order each time: pages through them may repeat or lose rows", all, again, rest)
}

// nobody is an id that no transaction has: fifteen digits are as many as an id may have.
const nobody = "999999999999999"

// records asks for one transaction that is there and one that is not.
func (e *examination) records(ctx context.Context) {
	if len(e.known) > 0 {
		a := e.one(ctx, e.known[0].id, "{id of the newest row}")
		switch {
		case a.ok() && a.wrapped:
			e.found(CheckSingle, OK, "wrapped", `one transaction comes as {"transaction":{…}}; both forms are read`, a)
		case a.ok():
			e.found(CheckSingle, OK, "bare", "one transaction comes as a bare object; both forms are read", a)
		default:
			e.found(CheckSingle, Problem, "", "a transaction of the list can't be read alone", a)
		}
	}
	a := e.one(ctx, nobody, nobody)
	value := strconv.Itoa(a.status)
	if a.code != "" {
		value += "/" + a.code
	}
	switch {
	case a.status == 404, (a.status == 400 || a.status == 200) && a.code == "200":
		e.found(CheckUnknownID, OK, value, "an unknown id is answered "+value+", which is shown as not found", a)
	case a.spent || a.status == 0 || a.status == 429 || a.status >= 500:
		e.unknown(CheckUnknownID, "the question was not answered", a)
	default:
		e.found(CheckUnknownID, Differs, value, "an unknown id is answered "+value+", which is shown as an error, not as not found", a)
	}
}
