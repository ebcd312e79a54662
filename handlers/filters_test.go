package handlers_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// apis are the ways in which the API may answer, where its documentation leaves it open.
var apis = []struct {
	name string
	unit trustlyclient.TimeUnit
	step time.Duration // what the times of the records are multiples of
	set  func(*fakeAPI)
}{
	{"as documented", "ms", time.Millisecond, func(*fakeAPI) {}},
	{"enums as strings, numbered rows", "ms", time.Millisecond, func(f *fakeAPI) { f.enumsAsStrings, f.shape = true, 2 }},
	{"end exclusive, wrapped rows", "ms", time.Millisecond, func(f *fakeAPI) { f.openEnd, f.shape = true, 3 }},
	{"both exclusive", "ms", time.Millisecond, func(f *fakeAPI) { f.openStart, f.openEnd = true, true }},
	{"start exclusive, ties rising", "ms", time.Millisecond, func(f *fakeAPI) { f.openStart, f.tiesRising = true, true }},
	{"unit s", "s", time.Millisecond, func(f *fakeAPI) { f.unit = 1000 }},
	{"unit s, compared by whole seconds, both exclusive", "s", time.Millisecond, func(f *fakeAPI) {
		f.unit, f.wholeUnits, f.openStart, f.openEnd = 1000, true, true, true
	}},
	{"times in seconds", "ms", time.Second, func(f *fakeAPI) { f.inSeconds = true }},
	{"times and unit in seconds, end exclusive, strings", "s", time.Second, func(f *fakeAPI) {
		f.inSeconds, f.unit, f.openEnd, f.enumsAsStrings = true, 1000, true, true
	}},
}

func TestFiltersGiveExactlyTheirRows(t *testing.T) {
	for i, mode := range apis {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			rows := madeUp(uint64(i)+1, 48, mode.step)
			api := newFake(t, rows)
			mode.set(api)
			p := open(t, api, withClient(func(o *trustlyclient.Options) { o.TimeUnit = mode.unit }))
			b := p.as(auth.Finance)
			rng := rand.New(rand.NewPCG(uint64(i), 2))
			// One mode is shown with whole pages, the others with what htmx gets.
			var headers []string
			if i > 0 {
				headers = []string{"HX-Request", "true"}
			}
			alone := 0
			for _, f := range search.Filters() {
				if f.Kind == search.KindView {
					continue
				}
				alone++
				q := filterAlone(t, rng, rows, f)
				holds(t, b, rows, q, mode.set, headers)
			}
			if alone != 40 {
				t.Errorf("got %d filters, want 40", alone)
			}
			together := 30
			if i > 0 {
				together = 8
			}
			for range together {
				holds(t, b, rows, filtersTogether(rng, rows), mode.set, headers)
			}
		})
	}
}

// holds follows the view from page to page and reads it as CSV, and wants exactly the rows it should have.
func holds(t *testing.T, b *browser, rows []record, q url.Values, mode func(*fakeAPI), headers []string) {
	t.Helper()
	order := &fakeAPI{}
	mode(order)
	filters := url.Values{}
	for name, values := range q {
		if name != "count" {
			filters[name] = values
		}
	}
	match := wanted(rows, filters)
	sortRows(match, q.Get("orderBy"), q.Get("sortOrder"), order.tiesRising)
	want := idsOf(match)

	query := q.Encode()
	if headers != nil {
		query += "&columns=transactionId" // the rest costs time and says nothing about rows
	}
	got := ids(b.pages("/transactions?"+query, headers...))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: pages differ (-want +got):\n%s", q.Encode(), diff)
	}
	a := b.get("/transactions.csv?" + query)
	a.want(http.StatusOK)
	sortRows(match, "createdAt", "asc", order.tiesRising)
	if diff := cmp.Diff(idsOf(match), csvColumn(t, a, "transactionId")); diff != "" {
		t.Errorf("%s: CSV differs (-want +got):\n%s", q.Encode(), diff)
	}
}

func idsOf(rows []record) []string {
	var all []string
	for _, rec := range rows {
		all = append(all, textAt(rec, "transactionId"))
	}
	return all
}

// readCSV reads a download to its end.
func readCSV(t *testing.T, a answer) [][]string {
	t.Helper()
	if got, want := a.header.Get("Content-Type"), "text/csv"; !strings.HasPrefix(got, want) {
		t.Fatalf("%s: got Content-Type %q, want %s\n%.300s", a.request, got, want, a.body)
	}
	lines, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v\n%.600s", a.request, err, a.body)
	}
	return lines
}

func csvColumn(t *testing.T, a answer, name string) []string {
	t.Helper()
	lines := readCSV(t, a)
	i := slices.Index(lines[0], name)
	if i < 0 {
		t.Fatalf("%s: no column %s among %v", a.request, name, lines[0])
	}
	var all []string
	for _, line := range lines[1:] {
		all = append(all, line[i])
	}
	return all
}

// filterAlone is a query with one filter that finds some rows but not all, in pages of about a half of them.
func filterAlone(t *testing.T, rng *rand.Rand, rows []record, f search.Filter) url.Values {
	t.Helper()
	for range 1000 {
		value := valueOf(rng, f.Name, rows[rng.IntN(len(rows))])
		if value == "" {
			continue
		}
		q := url.Values{f.Name: {value}}
		if f.Repeat && rng.IntN(2) == 0 {
			if other := valueOf(rng, f.Name, rows[rng.IntN(len(rows))]); other != q.Get(f.Name) {
				q.Add(f.Name, other)
			}
		}
		if n := len(wanted(rows, q)); n > 0 && n < len(rows) {
			q.Set("count", strconv.Itoa(min(100, n/2+1))) // two pages, or one
			return q
		}
	}
	t.Fatalf("no value of %s finds some rows but not all", f.Name)
	return nil
}

// filtersTogether is a query with two to five filters of one row, an order and a page size.
func filtersTogether(rng *rand.Rand, rows []record) url.Values {
	rec := rows[rng.IntN(len(rows))]
	q := url.Values{}
	filters := search.Filters()
	for len(q) < 2+rng.IntN(4) {
		f := filters[rng.IntN(len(filters))]
		if f.Kind == search.KindView {
			continue
		}
		value := valueOf(rng, f.Name, rec)
		if value == "" {
			continue
		}
		q.Set(f.Name, value)
		if f.Repeat {
			if other := valueOf(rng, f.Name, rows[rng.IntN(len(rows))]); other != "" && other != value {
				q.Add(f.Name, other)
			}
		}
	}
	dropEmptyRanges(q)
	q.Set("orderBy", []string{"createdAt", "updatedAt"}[rng.IntN(2)])
	q.Set("sortOrder", []string{"asc", "desc"}[rng.IntN(2)])
	q.Set("count", strconv.Itoa([]int{2, 7, 25, 100}[rng.IntN(4)]))
	return q
}

// dropEmptyRanges takes back what the portal refuses: a range that ends before it starts.
func dropEmptyRanges(q url.Values) {
	for _, base := range []string{"createdAt", "updatedAt", "processedAt", "completedAt"} {
		if q.Has(base+".end") && q.Get(base+".start") >= q.Get(base+".end") {
			q.Del(base + ".start")
		}
	}
	for _, base := range []string{"amount", "paid", "refunded"} {
		low, _ := strconv.ParseFloat(q.Get(base+".min"), 64)
		if high, err := strconv.ParseFloat(q.Get(base+".max"), 64); err == nil && low > high {
			q.Del(base + ".min")
		}
	}
}

// filterPaths are the fields that filters read, where they are named differently.
var filterPaths = map[string]string{
	"transactionStatus": "status", "payment.authorization.status": "payment.auth.status", "ipAddr": "ip",
	"paymentProviderTransaction.ppTrxStatusCode": "paymentProviderTransaction.status",
	"payment.fiAccount.accountNumber":            "payment.account.accountNumber", "accountNumber": "payment.account.accountNumber",
	"payment.fiAccount.routingNumber": "payment.account.routingNumber", "routingNumber": "payment.account.routingNumber",
	"payment.fiAccount.verified": "payment.account.verified", "payment.fiAccount.providerId": "payment.account.providerId",
	"customerName": "payment.customer.name", "ignoreUserPortalTransactions": "userPortal",
}

// valueOf is a value of the filter that finds the record, "" for none. A bound is the record's own time or amount, for
// there it shows whether a range holds its ends.
func valueOf(rng *rand.Rand, name string, rec record) string {
	if field, end, ok := timeFilter(name); ok {
		at, ok := timeAt(rec, field)
		switch {
		case !ok:
			return ""
		case end && rng.IntN(2) == 0:
			return strconv.FormatInt(at+1, 10)
		}
		return strconv.FormatInt(at, 10)
	}
	if base, isLimit := strings.CutSuffix(name, ".min"); isLimit {
		return textAt(rec, base)
	}
	if base, isLimit := strings.CutSuffix(name, ".max"); isLimit {
		return textAt(rec, base)
	}
	path := filterPaths[name]
	if path == "" {
		path = name
	}
	text := textAt(rec, path)
	if part := []rune(text); len(part) > 6 && rng.IntN(2) == 0 && (strings.HasSuffix(name, "ame") || name == "payment.description") {
		return strings.ToUpper(strings.TrimSpace(string(part[1:5])))
	}
	return text
}

// What a person writes as a time means the same instant as its milliseconds.
func TestTimesMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	at := func(text string) int64 {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment.UnixMilli()
	}
	tests := []struct{ query, start, end string }{
		{"createdAt.start=2026-11-19&createdAt.end=2026-11-19&tz=America/New_York", "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z"},
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-01&tz=America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"}, // 25 hours
		{"createdAt.start=2026-03-08&createdAt.end=2026-03-08&tz=America/New_York", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"}, // 23 hours
		{"createdAt.start=2026-11-19", "2026-11-19T00:00:00Z", ""},
		{"createdAt.start=now-7d", "2026-11-13T12:00:00Z", ""},
		{"createdAt.start=now/d&createdAt.end=now&tz=Asia/Tokyo", "2026-11-19T15:00:00Z", "2026-11-20T12:00:00Z"},
		{"createdAt.start=now-1M/M&createdAt.end=now-1M/M&tz=Europe/Berlin", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"},
		{"createdAt.start=2026-11-19T10:00&createdAt.end=2026-11-19T10:00:30&tz=America/New_York", "2026-11-19T15:00:00Z", "2026-11-19T15:00:30Z"},
		{"createdAt.start=2026-11-19T10:00%2B02:00&createdAt.end=2026-11-19T10:00Z", "2026-11-19T08:00:00Z", "2026-11-19T10:00:00Z"},
	}
	for _, test := range tests {
		// A row right inside each bound and one right outside.
		var rows []record
		rng := rand.New(rand.NewPCG(7, 7))
		want := []string{}
		add := func(ms int64, in bool) {
			id := 600_000_000 + len(rows)
			rows = append(rows, madeUpRecord(rng, id, ms, time.Millisecond))
			if in {
				want = append(want, strconv.Itoa(id))
			}
		}
		add(at(test.start)-1, false)
		add(at(test.start), true)
		if test.end != "" {
			add(at(test.end)-1, true)
			add(at(test.end), false)
		}
		b := open(t, newFake(t, rows)).as(auth.Support)
		got := ids(b.pages("/transactions?" + test.query + "&sortOrder=asc"))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: rows differ (-want +got):\n%s", test.query, diff)
		}
	}
}

// A filter that finds nothing says so, and never shows the unfiltered list.
func TestNothingFound(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(1, 30, time.Millisecond))).as(auth.Finance)
	a, _ := b.visit("/transactions?payment.merchantReference=NO-SUCH-ORDER&createdAt.start=now-30d&tz=UTC")
	if p := readPage(a); len(p.ids) > 0 || p.next != "" {
		t.Errorf("got rows %v and next page %q, want none", p.ids, p.next)
	}
	if got := a.doc().Find(".empty h2").Text(); !strings.Contains(got, "No transactions") {
		t.Errorf("got the heading %q of an empty list, want it to say so", got)
	}
	lines := readCSV(t, b.get("/transactions.csv?payment.merchantReference=NO-SUCH-ORDER"))
	if len(lines) != 1 || lines[0][0] != "transactionId" {
		t.Errorf("got CSV %v, want the heading alone", fmt.Sprint(lines))
	}
}
