package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
)

// mover changes a list before each request that reads it: rows arrive at the newest end and, late, anywhere; rows
// change, and some of them leave the view.
type mover struct {
	rng     *rand.Rand
	next    int             // id of the next row to arrive
	touched map[string]bool // rows that changed
	left    int             // changes left, for a list that grows for ever has no end to walk to
	now     int64
}

func (m *mover) move(api *fakeAPI) {
	for range 10 {
		if m.left--; m.left < 0 {
			return
		}
		m.now += 7
		switch m.rng.IntN(4) {
		case 0:
			m.arrive(api, m.now)
		case 1: // at the instant of another row, or between two
			at, _ := timeAt(api.rows[m.rng.IntN(len(api.rows))], "createdAt")
			m.arrive(api, at+int64(m.rng.IntN(2)))
		default:
			rec := api.rows[m.rng.IntN(len(api.rows))]
			m.touched[textAt(rec, "transactionId")] = true
			rec["updatedAt"] = m.now
			if m.rng.IntN(2) == 0 {
				rec["status"] = 5 // leaves the view of completed ones
			}
		}
	}
}

func (m *mover) arrive(api *fakeAPI, at int64) {
	m.next++
	rec := madeUpRecord(m.rng, m.next, at, time.Millisecond)
	rec["status"], rec["updatedAt"] = 4, m.now
	m.touched[strconv.Itoa(m.next)] = true
	api.rows = append(api.rows, rec)
}

// From the first page to the last while rows are created and changed: each row that matched at the start and stayed is
// met exactly once, and no row twice.
func TestPagingLosesNothingWhileTheListMoves(t *testing.T) {
	t.Parallel()
	api := newFake(t, nil)
	p := open(t, api)
	b := p.as(auth.Finance)
	for seed := range uint64(2) {
		for _, tc := range []struct {
			order, direction string
			count            int
			csv              bool
		}{
			{"createdAt", "desc", 25, false}, {"createdAt", "asc", 25, false}, {"createdAt", "desc", 7, false}, {"createdAt", "asc", 100, false},
			{"updatedAt", "desc", 25, false}, {"updatedAt", "asc", 10, false},
			{"createdAt", "asc", 0, true},
		} {
			name := fmt.Sprintf("%s %s by %d, seed %d", tc.order, tc.direction, tc.count, seed)
			rows := madeUp(seed+50, 300, time.Millisecond)
			for i := range rows {
				if i%5 > 0 {
					rows[i]["status"] = 4
				}
			}
			m := &mover{rng: rand.New(rand.NewPCG(seed, 9)), next: 900_000_000, touched: map[string]bool{}, left: 150, now: testNow.UnixMilli()}
			atStart := idsOf(wanted(rows, url.Values{"transactionStatus": {"4"}}))
			api.set(func(f *fakeAPI) { f.rows, f.before = rows, m.move })

			var got []string
			if tc.csv {
				a := b.get("/transactions.csv?transactionStatus=4").want(http.StatusOK)
				got = csvColumn(t, a, "transactionId")
			} else {
				got = ids(b.pages(fmt.Sprintf("/transactions?columns=transactionId&transactionStatus=4&orderBy=%s&sortOrder=%s&count=%d", tc.order, tc.direction, tc.count), "HX-Request", "true"))
			}
			times := map[string]int{}
			for _, id := range got {
				times[id]++
			}
			for _, id := range atStart {
				if !m.touched[id] && times[id] != 1 {
					t.Errorf("%s: row %s stayed as it was and is shown %d times, want once", name, id, times[id])
				}
			}
			for id, n := range times {
				// By update, oldest first, a row that changes moves ahead of the reader and is met again: the page says so.
				if n > 1 && !(tc.order == "updatedAt" && tc.direction == "asc" && m.touched[id]) {
					t.Errorf("%s: row %s is shown %d times, want once", name, id, n)
				}
			}
			if m.left > 120 {
				t.Errorf("%s: the list has hardly moved: %d of 150 changes are left", name, m.left)
			}
		}
	}
}

// Ordered by update, the page says what may happen.
func TestOrderByUpdateIsExplained(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(3, 10, time.Millisecond))).as(auth.Support)
	for query, want := range map[string]bool{"": false, "orderBy=updatedAt": true, "orderBy=updatedAt&sortOrder=asc": true} {
		a := b.get("/transactions?" + query).want(http.StatusOK)
		if got := a.doc().Find("p.note").Length() > 0; got != want {
			t.Errorf("%q: got a note %v, want %v", query, got, want)
		}
	}
}

// More rows than a page may share one millisecond.
func TestPagingThroughOneInstant(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	instant := testNow.Add(-time.Hour).UnixMilli()
	var rows []record
	for i := range 360 {
		at := instant
		if i < 30 || i >= 330 { // and some before and after
			at += int64(i - 200)
		}
		rec := madeUpRecord(rng, 600_000_000+i, at, time.Millisecond)
		rec["updatedAt"] = at
		rows = append(rows, rec)
	}
	for _, rising := range []bool{false, true} {
		api := newFake(t, rows)
		api.tiesRising = rising
		b := open(t, api).as(auth.Support)
		for _, view := range []string{"sortOrder=desc", "sortOrder=asc", "orderBy=updatedAt&sortOrder=asc"} {
			q, _ := url.ParseQuery(view)
			match := slices.Clone(rows)
			sortRows(match, q.Get("orderBy"), q.Get("sortOrder"), rising)
			api.reset()
			pages := b.pages("/transactions?columns=transactionId&count=25&"+view, "HX-Request", "true")
			if diff := cmp.Diff(idsOf(match), ids(pages)); diff != "" {
				t.Errorf("%s, rising ties %v: rows differ (-want +got):\n%s", view, rising, diff)
			}
			if got, want := len(pages), 15; got != want {
				t.Errorf("%s: got %d pages, want %d", view, got, want)
			}
			// Offsets count only within the instant, and the pages cost about one request each.
			if got := api.deepest(); got > 360 {
				t.Errorf("%s: got startIndex %d, want at most the rows of one instant", view, got)
			}
			if got := len(api.requests()); got > 2*len(pages)+2 {
				t.Errorf("%s: got %d requests for %d pages, want at most 2 each", view, got, len(pages))
			}
		}
	}
}

// A deep page costs what the first one costs: offsets stay within an answer's rows however far one reads, and in a file
// within what is asked ahead.
func TestPagingNeverGoesDeep(t *testing.T) {
	t.Parallel()
	rows := madeUp(5, 900, time.Millisecond)
	api := newFake(t, rows)
	b := open(t, api).as(auth.Finance)
	for _, view := range []string{"count=25", "count=100&sortOrder=asc", "count=50&orderBy=updatedAt"} {
		api.reset()
		pages := b.pages("/transactions?columns=transactionId&"+view, "HX-Request", "true")
		if got := len(ids(pages)); got != 900 {
			t.Errorf("%s: got %d rows, want 900", view, got)
		}
		if got := api.deepest(); got > 100 {
			t.Errorf("%s: got startIndex %d in a list without many rows of one instant, want at most one answer's rows", view, got)
		}
		if got := len(api.requests()); got > 2*len(pages) {
			t.Errorf("%s: got %d requests for %d pages, want at most 2 each", view, got, len(pages))
		}
	}
	// A file is asked for ahead, from the last row read on: as deep as three answers for each request that it has under
	// way, however many rows there are.
	const bound = 3 * export.Workers * search.MaxCount
	rows = madeUp(6, bound+600, time.Millisecond)
	api.set(func(f *fakeAPI) { f.rows = rows })
	api.reset()
	if got := len(csvColumn(t, b.get("/transactions.csv?columns=transactionId"), "transactionId")); got != len(rows) {
		t.Errorf("CSV: got %d rows, want %d", got, len(rows))
	}
	if got := api.deepest(); got > bound {
		t.Errorf("CSV: got startIndex %d among %d rows, want at most %d", got, len(rows), bound)
	}
	if got := len(api.requests()); got > len(rows)/100+2*export.Workers { // they overlap, and some ask beyond the end
		t.Errorf("CSV: got %d requests for %d rows, want little more than one for each 100", got, len(rows))
	}
}

// Newer leads back through the very same pages, also out of the middle of an instant.
func TestNewerLeadsBack(t *testing.T) {
	t.Parallel()
	rows := madeUp(6, 90, time.Millisecond)
	for i := 40; i < 70; i++ { // 30 rows of one instant
		rows[i]["createdAt"] = rows[40]["createdAt"]
	}
	for _, rising := range []bool{false, true} {
		api := newFake(t, rows)
		api.tiesRising = rising
		b := open(t, api).as(auth.Support)
		for _, view := range []string{"count=10", "count=7&sortOrder=asc", "count=25&orderBy=updatedAt", "count=5&transactionStatus=4&createdAt.start=now-15d"} {
			forward := b.pages("/transactions?columns=transactionId&"+view, "HX-Request", "true")
			if len(forward) < 3 {
				t.Fatalf("%s: got %d pages, want several", view, len(forward))
			}
			if forward[0].prev != "" {
				t.Errorf("%s: the first page has a way back, to %s", view, forward[0].prev)
			}
			if last := forward[len(forward)-1]; last.next != "" {
				t.Errorf("%s: the last page has a next one, %s", view, last.next)
			}
			at := forward[len(forward)-1]
			for i := len(forward) - 2; i >= 0; i-- {
				if at.prev == "" {
					t.Fatalf("%s: page %d has no way back", view, i+1)
				}
				a, _ := b.visit(at.prev, "HX-Request", "true")
				at = readPage(a)
				if diff := cmp.Diff(forward[i].ids, at.ids); diff != "" {
					t.Fatalf("%s, rising ties %v: page %d on the way back differs (-want +got):\n%s", view, rising, i, diff)
				}
			}
			if at.prev != "" {
				t.Errorf("%s: back at the first page there is still a way back, to %s", view, at.prev)
			}
		}
	}
}

// The cursor of a link is part of the URL, so it is checked like everything in it.
func TestMadeUpCursors(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(8, 60, time.Millisecond))
	b := open(t, api).as(auth.Support)
	for _, after := range []string{"x", "1", "1.2", "-1.1.5", "99999999999999999999.1.5", "1760000000000.0.5", "1760000000000.1.", "1760000000000.-1.5", "--1760000000000.1.5",
		"1760000000000.1.a%20b", "1760000000000.99999999.5", "1760000000000.1." + fmt.Sprintf("%0200d", 7)} {
		api.reset()
		a := b.get("/transactions?after=" + after)
		if after == "-1.1.5" { // a place, in 1970: the way back from there ends at the first page
			if a, _ = b.visit("/transactions?after=" + after); a.status != http.StatusOK {
				t.Errorf("after=%s: got %d, want a page", after, a.status)
			}
			continue
		}
		if a.status != http.StatusUnprocessableEntity || len(api.requests()) > 0 {
			t.Errorf("after=%s: got %d and %d requests to the API, want 422 and none", after, a.status, len(api.requests()))
		}
	}
}
