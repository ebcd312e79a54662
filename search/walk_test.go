package search

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trustlyportal/trustlyclient"
)

// model is a list that moves: a straightforward API over a slice, told to
// change between any two requests.
type model struct {
	rows      []row
	unit      trustlyclient.TimeUnit
	exclusive bool // bounds leave out their own instant
	truncates bool // rows are compared by whole units
	seconds   bool // times in answers are in seconds
	downTies  bool // rows of one instant by descending id
	cap       int  // never more rows than this, whatever is asked
	between   func(m *model)
	requests  int
	deepest   int
	order     []int      // of the rows, as the last request had them
	answers   []answered // made of the rows so far
}

type answered struct {
	row row
	as  *trustlyclient.Transaction
}

type row struct {
	id               int
	created, updated int64
	gone             bool // no longer matches the filter
}

func (m *model) TimeUnit() trustlyclient.TimeUnit { return m.unit }

// within tells which instants a range takes.
func (m *model) within(r trustlyclient.TimeRange) func(ms int64) bool {
	if r.Start.IsZero() && r.End.IsZero() {
		return func(int64) bool { return true }
	}
	unit := unitOf(m).Milliseconds()
	start, end := int64(math.MinInt64), int64(math.MaxInt64)
	if !r.Start.IsZero() {
		start = r.Start.UnixMilli()
		if m.unit == trustlyclient.Seconds {
			start = start / 1000 * 1000
		}
	}
	if !r.End.IsZero() {
		end = r.End.UnixMilli()
		if m.unit == trustlyclient.Seconds {
			end = (end + 999) / 1000 * 1000
		}
	}
	return func(at int64) bool {
		if m.truncates {
			at = at / unit * unit
		}
		return start <= at && at <= end && !(m.exclusive && (at == start || at == end))
	}
}

func (m *model) List(_ context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	if m.between != nil {
		m.between(m)
	}
	m.requests++
	m.deepest = max(m.deepest, o.StartIndex)
	n := o.Count
	if m.cap > 0 {
		n = min(n, m.cap)
	}
	page := &trustlyclient.Page{}
	created, updated, skip := m.within(o.Created), m.within(o.Updated), o.StartIndex
	for _, i := range m.inOrder(o.OrderBy == trustlyclient.ByUpdated, o.SortOrder == trustlyclient.Descending) {
		r := &m.rows[i]
		if r.gone || !created(r.created) || !updated(r.updated) {
			continue
		}
		if skip--; skip >= 0 {
			continue
		}
		if len(page.Transactions) == n {
			break
		}
		page.Transactions = append(page.Transactions, m.answer(i))
	}
	return page, nil
}

// answer is a row as the API has it. Nobody changes an answer, so it is made once.
func (m *model) answer(i int) *trustlyclient.Transaction {
	for len(m.answers) <= i {
		m.answers = append(m.answers, answered{})
	}
	r, a := m.rows[i], &m.answers[i]
	if r.gone = false; a.row != r || a.as == nil {
		t := &trustlyclient.Transaction{TransactionID: trustlyclient.Text(strconv.Itoa(r.id))}
		t.CreatedAt, t.UpdatedAt = m.time(r.created), m.time(r.updated)
		*a = answered{row: r, as: t}
	}
	return a.as
}

// inOrder are the indices of the rows. It keeps them for the next request, for which few will have to move.
func (m *model) inOrder(byUpdate, descending bool) []int {
	m.order = m.order[:min(len(m.order), len(m.rows))]
	for len(m.order) < len(m.rows) {
		m.order = append(m.order, len(m.order))
	}
	compare := func(i, j int) int {
		a, b := &m.rows[i], &m.rows[j]
		c := cmp.Compare(a.created, b.created)
		if byUpdate {
			c = cmp.Compare(a.updated, b.updated)
		}
		if descending {
			c = -c
		}
		if c == 0 {
			if c = cmp.Compare(a.id, b.id); m.downTies {
				c = -c
			}
		}
		return c
	}
	slices.SortFunc(m.order, compare)
	return m.order
}

func (m *model) time(ms int64) trustlyclient.Time {
	if m.seconds {
		ms = ms / 1000 * 1000
		return trustlyclient.Time{Time: time.UnixMilli(ms).UTC(), Text: strconv.FormatInt(ms/1000, 10)}
	}
	return trustlyclient.Time{Time: time.UnixMilli(ms).UTC(), Text: strconv.FormatInt(ms, 10)}
}

const epoch = 1_760_000_000_000

func walkAll(t interface {
	Helper()
	Fatalf(string, ...any)
}, m *model, q Query, pageSize int) []string {
	t.Helper()
	var ids []string
	if pageSize == 0 {
		w := NewWalk(m, q, Cursor{}, 0)
		for {
			row, err := w.Next(context.Background())
			if err != nil {
				t.Fatalf("walk: %v", err)
			}
			if row == nil {
				return ids
			}
			ids = append(ids, string(row.TransactionID))
		}
	}
	for at := (Cursor{}); ; {
		page, err := ReadPage(context.Background(), m, q, at, pageSize)
		if err != nil {
			t.Fatalf("page at %s: %v", at, err)
		}
		if len(page.Rows) > pageSize {
			t.Fatalf("page at %s: got %d rows, want at most %d", at, len(page.Rows), pageSize)
		}
		for _, r := range page.Rows {
			ids = append(ids, string(r.TransactionID))
		}
		if page.Older.IsZero() {
			return ids
		}
		// A cursor goes through a URL.
		if at, err = ParseCursor(page.Older.String()); err != nil {
			t.Fatalf("cursor %s: %v", page.Older, err)
		}
	}
}

// Whatever the API's bounds, units, orders and page caps: a row that matched at
// the start and stayed unchanged is met exactly once, and none twice, while
// rows arrive, leave and change between any two requests.
func TestWalkLosesNothingWhileTheListMoves(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		span := rapid.SampledFrom([]int64{3, 50, 5_000, 100_000}).Draw(r, "span") // few instants make many ties
		m := &model{
			unit:      rapid.SampledFrom([]trustlyclient.TimeUnit{trustlyclient.Milliseconds, trustlyclient.Seconds}).Draw(r, "unit"),
			exclusive: rapid.Bool().Draw(r, "exclusive"),
			truncates: rapid.Bool().Draw(r, "truncates"),
			seconds:   rapid.Bool().Draw(r, "seconds"),
			downTies:  rapid.Bool().Draw(r, "downTies"),
			cap:       rapid.SampledFrom([]int{0, 0, 25, 50}).Draw(r, "cap"),
		}
		n := rapid.IntRange(0, 250).Draw(r, "rows")
		for i := range n {
			created := epoch + rapid.Int64Range(0, span).Draw(r, "created")
			m.rows = append(m.rows, row{id: 1000 + i, created: created, updated: created + rapid.Int64Range(0, span).Draw(r, "updated")})
		}
		q := Query{
			OrderBy:   rapid.SampledFrom([]trustlyclient.OrderBy{trustlyclient.ByCreated, trustlyclient.ByUpdated}).Draw(r, "order"),
			SortOrder: rapid.SampledFrom([]trustlyclient.SortOrder{trustlyclient.Ascending, trustlyclient.Descending}).Draw(r, "direction"),
		}
		if rapid.Bool().Draw(r, "bounded") && !m.seconds {
			q.Created.Start = time.UnixMilli(epoch + span/4).UTC()
			q.Created.End = time.UnixMilli(epoch + span/2 + 1).UTC()
		}
		pageSize := rapid.SampledFrom([]int{0, 1, 2, 7, 25, 99, 100}).Draw(r, "page")
		if pageSize == 0 && m.cap == 0 && rapid.Bool().Draw(r, "odd cap") {
			m.cap = 30 // a walk to the end believes no short answer
		}

		start := slices.Clone(m.rows)
		touched := map[int]bool{}
		next, clock := 5000, epoch+2*span+10
		moves := rapid.IntRange(0, 3).Draw(r, "moves")
		left := 80 // a list that grows for ever has no end to walk to
		m.between = func(m *model) {
			for range min(moves, left) {
				left--
				clock++
				i := rapid.IntRange(0, max(0, len(m.rows)-1)).Draw(r, "which")
				kind := rapid.IntRange(0, 3).Draw(r, "kind")
				byUpdate := q.OrderBy == trustlyclient.ByUpdated
				if m.seconds && (pageSize > 0 && kind == 1 || byUpdate && (kind > 1 || pageSize > 0)) {
					kind = 0 // what a Cursor and a Walk say they can't tell
				}
				switch {
				case kind == 0 || len(m.rows) == 0: // a row arrives, at any instant
					at := epoch + rapid.Int64Range(0, 2*span+20).Draw(r, "at")
					if m.seconds && byUpdate {
						at = clock // updates come one after the other
					}
					m.rows = append(m.rows, row{id: next, created: at, updated: at})
					next++
				case kind == 1: // a row stops matching
					m.rows[i].gone, touched[m.rows[i].id] = true, true
				default: // a row is updated now
					m.rows[i].updated, touched[m.rows[i].id] = clock, true
				}
			}
		}
		got := walkAll(r, m, q, pageSize)

		met := map[string]int{}
		for _, id := range got {
			met[id]++
		}
		for _, was := range start {
			id := strconv.Itoa(was.id)
			matched := (q.Created.Start.IsZero() || was.created >= q.Created.Start.UnixMilli()) && (q.Created.End.IsZero() || was.created < q.Created.End.UnixMilli())
			want := 1
			if !matched {
				want = 0
			}
			switch {
			case !touched[was.id] && met[id] != want:
				r.Fatalf("row %s (created %d, updated %d): met %d times, want %d\nwalk: %v", id, was.created-epoch, was.updated-epoch, met[id], want, got)
			case touched[was.id] && q.OrderBy == trustlyclient.ByCreated && met[id] > 1:
				r.Fatalf("row %s changed and was met %d times", id, met[id])
			}
		}
	})
}

// Rows that arrive behind the walk within its own instant are not taken for rows ahead and sought for again and again.
func TestWalkEndsWhereRowsArriveBehindIt(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		m := &model{unit: trustlyclient.Milliseconds, seconds: true, cap: 25 + 25*int(seed%2)}
		for i := range 3 {
			m.rows = append(m.rows, row{id: 1000 + i, created: epoch})
		}
		arriving := random.Perm(80) // ids before those
		m.between = func(m *model) {
			for range min(1+int(seed%3), len(arriving)) {
				if random.IntN(2) == 0 {
					m.rows[random.IntN(len(m.rows))].gone = true
				}
				m.rows = append(m.rows, row{id: arriving[0], created: epoch + random.Int64N(20)})
				arriving = arriving[1:]
			}
		}
		w := NewWalk(m, Query{SortOrder: trustlyclient.Ascending}, Cursor{}, 0)
		for {
			met, err := w.Next(context.Background())
			if err != nil {
				t.Errorf("seed %d: after %d requests got %v, want the end", seed, w.Requests(), err)
			}
			if met == nil {
				break
			}
		}
	}
}

// Pages read backwards are the pages read forwards.
func TestPagesBackAreThePagesForth(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := &model{unit: trustlyclient.Milliseconds, exclusive: rapid.Bool().Draw(r, "exclusive"), downTies: rapid.Bool().Draw(r, "downTies")}
		span := rapid.SampledFrom([]int64{0, 3, 50, 5_000}).Draw(r, "span")
		for i := range rapid.IntRange(0, 300).Draw(r, "rows") {
			at := epoch + rapid.Int64Range(0, span).Draw(r, "created")
			m.rows = append(m.rows, row{id: 1000 + i, created: at, updated: at})
		}
		q := Query{OrderBy: trustlyclient.ByCreated, SortOrder: rapid.SampledFrom([]trustlyclient.SortOrder{trustlyclient.Ascending, trustlyclient.Descending}).Draw(r, "direction")}
		size := rapid.SampledFrom([]int{1, 7, 25, 100}).Draw(r, "page")
		var pages []Page
		for at := (Cursor{}); ; {
			page, err := ReadPage(context.Background(), m, q, at, size)
			if err != nil {
				r.Fatalf("page at %s: %v", at, err)
			}
			if pages = append(pages, page); page.Older.IsZero() {
				break
			}
			at = page.Older
		}
		for i := len(pages) - 1; i > 0; i-- {
			back, err := ReadPage(context.Background(), m, q, pages[i].Newer, size)
			if err != nil {
				r.Fatalf("back from page %d: %v", i, err)
			}
			if got, want := ids(back.Rows), ids(pages[i-1].Rows); got != want {
				r.Fatalf("back from page %d:\n got %s\nwant %s", i, got, want)
			}
			if back.First != (i == 1) {
				r.Fatalf("back from page %d: got first %t", i, back.First)
			}
			if back.Older != pages[i-1].Older {
				r.Fatalf("back from page %d: got older %s, want %s", i, back.Older, pages[i-1].Older)
			}
		}
	})
}

func ids(rows []*trustlyclient.Transaction) string {
	var s string
	for _, r := range rows {
		s += string(r.TransactionID) + " "
	}
	return s
}

func TestThreeHundredRowsInOneMillisecond(t *testing.T) {
	for _, exclusive := range []bool{false, true} {
		m := &model{unit: trustlyclient.Milliseconds, exclusive: exclusive}
		for i := range 400 {
			at := int64(epoch + 7)
			if i >= 300 {
				at = epoch + int64(i)
			}
			m.rows = append(m.rows, row{id: 1000 + i, created: at, updated: at})
		}
		q := Query{OrderBy: trustlyclient.ByCreated, SortOrder: trustlyclient.Descending}
		got := walkAll(t, m, q, 25)
		if slices.Sort(got); len(slices.Compact(got)) != 400 {
			t.Errorf("exclusive %t: got %d rows, want 400", exclusive, len(slices.Compact(got)))
		}
		if m.deepest > 300 {
			t.Errorf("exclusive %t: got an offset of %d, want at most the ties", exclusive, m.deepest)
		}
		if m.requests > 40 {
			t.Errorf("exclusive %t: got %d requests for 16 pages", exclusive, m.requests)
		}
	}
}

// A walk to the end costs about a request per hundred rows, and offsets stay
// within an instant.
func TestDenseWalkCostsARequestPerHundredRows(t *testing.T) {
	for _, unit := range []trustlyclient.TimeUnit{trustlyclient.Milliseconds, trustlyclient.Seconds} {
		m := &model{unit: unit}
		for i := range 20_000 {
			at := epoch + int64(i)*500
			m.rows = append(m.rows, row{id: 100_000 + i, created: at, updated: at})
		}
		q := Query{OrderBy: trustlyclient.ByCreated, SortOrder: trustlyclient.Ascending}
		if got := walkAll(t, m, q, 0); len(got) != 20_000 {
			t.Fatalf("%s: got %d rows, want 20000", unit, len(got))
		}
		if m.requests > 220 || m.deepest > 10 {
			t.Errorf("%s: got %d requests and an offset of %d, want at most 220 and 10", unit, m.requests, m.deepest)
		}
	}
}

// stuck answers the same rows whatever is asked.
type stuck struct{ model }

func (s *stuck) List(_ context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	return s.model.List(context.Background(), trustlyclient.ListOptions{OrderBy: o.OrderBy, SortOrder: o.SortOrder, Count: o.Count})
}

func TestWalkRefusesAnAPIThatDoesNotPage(t *testing.T) {
	s := &stuck{model{unit: trustlyclient.Milliseconds}}
	for i := range 200 {
		s.rows = append(s.rows, row{id: i + 1, created: epoch + int64(i), updated: epoch})
	}
	w := NewWalk(s, Query{OrderBy: trustlyclient.ByCreated, SortOrder: trustlyclient.Ascending}, Cursor{}, 0)
	var err error
	for range 1000 {
		var r *trustlyclient.Transaction
		if r, err = w.Next(context.Background()); err != nil || r == nil {
			break
		}
	}
	if fmt.Sprint(err) != fmt.Sprint(ErrNoProgress) {
		t.Errorf("got %v, want %v", err, ErrNoProgress)
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add("1760000000000.1.1006755981")
	f.Add("-1760000000000.12.a.b")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCursor(s)
		if err != nil {
			return
		}
		again, err := ParseCursor(c.String())
		if err != nil || again != c {
			t.Errorf("%q: got %+v (%v), want %+v", s, again, err, c)
		}
	})
}
