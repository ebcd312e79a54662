package trustlytest

import (
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestShares(t *testing.T) {
	count := func(seed uint64) (list []int) {
		s := New(Options{Seed: seed, Rows: 2, Now: at(testNow), Faults: []Fault{{Status: 500, Share: .2}, {Status: 429, Share: .1}}})
		for range 4000 {
			list = append(list, get(s, "/transactions").Code)
		}
		return list
	}
	list := count(1)
	n := map[int]int{}
	for _, code := range list {
		n[code]++
	}
	if n[500] < 700 || n[500] > 900 || n[429] < 320 || n[429] > 480 || n[200] != 4000-n[500]-n[429] {
		t.Errorf("got %v of 4000, want a fifth 500 and a tenth 429", n)
	}
	if !slices.Equal(list, count(1)) || slices.Equal(list, count(2)) {
		t.Error("faults by share: want the same for the same seed and others for another")
	}
}

func TestForcedErrors(t *testing.T) {
	s := New(Options{Rows: 20, Now: at(testNow)})
	for _, c := range []struct {
		value        string
		status, code int
	}{
		{"1002000000", 400, 200}, {"1003000000", 401, 300}, {"1003250000", 401, 325}, {"1003750000", 401, 375}, {"1001000000", 500, 100},
	} {
		for _, target := range []string{
			"/transactions/" + c.value, "/api/v1/transactions?accountNumber=" + c.value, "/transactions?payment.fiAccount.accountNumber=" + c.value,
			"/transactions?payment.paymentId=" + c.value, "/transactions?originalTransactionId=" + c.value,
		} {
			wantError(t, get(s, target), c.status, c.code, "")
		}
	}
	r := httptest.NewRequest("GET", "/transactions/1001000000", nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	wantError(t, w, 401, 375, "") // a stranger can't even force an error
}

func TestMatching(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    map[string]string // value → "name description reference" that find the row, as letters
	}{
		{Options{}, map[string]string{"Blue Harbor 17": "ndr", "blue harbor 17": "nd", "blue har": "nd", "harbor": "nd", "x": ""}},
		{Options{Matching: MatchPrefix}, map[string]string{"Blue Harbor 17": "ndr", "blue harbor 17": "nd", "blue har": "nd", "harbor": ""}},
		{Options{Matching: MatchExact}, map[string]string{"Blue Harbor 17": "ndr", "blue harbor 17": "", "Blue Har": ""}},
		{Options{Matching: MatchExact, PartialReferences: true}, map[string]string{"Blue Harbor 17": "ndr", "harbor": "r"}},
	} {
		c.options.Rows = -1
		s := New(c.options)
		const text = "Blue Harbor 17"
		s.Insert(Record{ID: "1", Payment: &Payment{Description: text, MerchantReference: text, Customer: &Customer{Name: text}}})
		for value, want := range c.want {
			got := ""
			for _, name := range []string{"payment.customer.name", "payment.description", "payment.merchantReference"} {
				if len(ids(t, s, url.Values{name: {value}})) == 1 {
					got += strings.TrimPrefix(name, "payment.")[:1]
				}
			}
			got = strings.NewReplacer("c", "n", "m", "r").Replace(got)
			if got != want {
				t.Errorf("%q, references %t: %q found by %q, want %q", c.options.Matching, c.options.PartialReferences, value, got, want)
			}
		}
	}
}

func TestRanges(t *testing.T) {
	now := testNow.UnixMilli()
	hours := func(n int64) string { return strconv.FormatInt(now-n*hour, 10) }
	s := New(Options{Rows: 500, Now: at(testNow), MaxRange: 48 * time.Hour})
	for _, c := range []struct {
		query  string
		status int
	}{
		{"", 400},
		{"payment.description=x", 400},
		{"createdAt.start=" + hours(48), 200},
		{"createdAt.start=" + hours(49), 400},
		{"createdAt.end=" + hours(1), 400},
		{"createdAt.start=" + hours(90) + "&createdAt.end=" + hours(50), 200},
		{"createdAt.start=" + hours(99) + "&createdAt.end=" + hours(50), 400},
		{"updatedAt.start=" + hours(40), 200},
		{"updatedAt.start=" + hours(40) + "&createdAt.start=" + hours(49), 400},
	} {
		if w := get(s, "/transactions?"+c.query); w.Code != c.status {
			t.Errorf("range of 48 hours, %q: got %d, want %d", c.query, w.Code, c.status)
		}
	}
	rows := New(Options{Rows: 500, Now: at(testNow)}).Records()
	s = New(Options{Rows: 500, Now: at(testNow), DefaultRange: 30 * 24 * time.Hour, MaxRange: 60 * 24 * time.Hour})
	want := 0
	for _, r := range rows {
		if r.CreatedAt >= now-30*day {
			want++
		}
	}
	if got := len(all(t, s, nil)); got != want || want == len(rows) {
		t.Errorf("without a range: got %d rows, want the %d of 30 days, of %d", got, want, len(rows))
	}
	if got := len(all(t, s, url.Values{"createdAt.start": {hours(59 * 24)}})); got <= want {
		t.Errorf("with a range of 59 days: got %d rows, want more than %d", got, want)
	}
}

func TestPagingLimits(t *testing.T) {
	s := New(Options{Rows: 300, Now: at(testNow), MaxCount: 40, MaxOffset: 100})
	wantError(t, get(s, "/transactions?count=41"), 400, 200, "count")
	wantError(t, get(s, "/transactions?startIndex=101"), 400, 200, "startIndex")
	if got := len(ids(t, s, url.Values{"count": {"40"}, "startIndex": {"100"}})); got != 40 {
		t.Errorf("at both limits: got %d rows, want 40", got)
	}
	s = New(Options{Rows: 300, Now: at(testNow), MaxCount: 10, ClampCount: true, MaxOffset: 10})
	if got := len(ids(t, s, url.Values{"count": {"100"}})); got != 10 {
		t.Errorf("clamped: got %d rows, want 10", got)
	}
	if got := len(ids(t, s, nil)); got != 10 {
		t.Errorf("without count: got %d rows, want 10", got)
	}
	wantError(t, get(s, "/transactions?startIndex=11"), 400, 200, "startIndex")
}

func TestUnstableTies(t *testing.T) {
	s := New(Options{Rows: -1, Now: at(testNow), UnstableTies: true})
	for i, createdAt := range []int64{1000, 2000, 2000, 2000, 3000} {
		s.Insert(Record{ID: strconv.Itoa(i), CreatedAt: createdAt})
	}
	first, second := ids(t, s, nil), ids(t, s, nil)
	if slices.Equal(first, second) || first[0] != "4" || second[0] != "4" || first[4] != "0" || second[4] != "0" {
		t.Errorf("got %v and %v, want the three in the middle in other orders", first, second)
	}
}

func TestUnknownIDs(t *testing.T) {
	for _, c := range []struct {
		options Options
		status  int
	}{{Options{}, 400}, {Options{NotFound404: true}, 404}, {Options{NotFound200: true}, 200}} {
		c.options.Rows = 1
		wantError(t, get(New(c.options), "/transactions/404404"), c.status, 200, "transactionId")
	}
}

func TestGzip(t *testing.T) {
	s := New(Options{Rows: 100, Now: at(testNow), Gzip: true})
	plain := get(s, "/transactions")
	if !json.Valid(plain.Body.Bytes()) || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("for a client that accepts no gzip: got %v", plain.Header())
	}
	r := httptest.NewRequest("GET", "/transactions", nil)
	r.SetBasicAuth("id", "key")
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	z, err := gzip.NewReader(w.Body)
	if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("got %v, %v, want gzip", w.Header(), err)
	}
	var page struct{ Transactions []json.RawMessage }
	if err := json.NewDecoder(z).Decode(&page); err != nil || len(page.Transactions) != 25 {
		t.Errorf("unpacked: got %d rows, %v, want 25", len(page.Transactions), err)
	}
}

func TestLatency(t *testing.T) {
	s := New(Options{Rows: 1, Latency: 15 * time.Millisecond, Jitter: 20 * time.Millisecond})
	began := time.Now()
	for range 5 {
		if w := get(s, "/transactions"); w.Code != http.StatusOK {
			t.Errorf("got %d, want 200", w.Code)
		}
	}
	if took := time.Since(began); took < 75*time.Millisecond {
		t.Errorf("five answers took %v, want 75 ms or more", took)
	}
}

// Rows arrive and change at the pace that was asked for, whatever the pace of requests.
func TestChurn(t *testing.T) {
	now := testNow
	s := New(Options{Seed: 4, Rows: 1000, Now: func() time.Time { return now }, CreatedPerSecond: 200, ChangedPerSecond: 30.5})
	before := map[string]Record{}
	for _, r := range s.Records() {
		before[r.ID] = r
	}
	for range 100 {
		now = now.Add(73 * time.Millisecond)
		get(s, "/transactions")
	}
	created, changed, ties, last := 0, 0, 0, int64(0)
	for _, r := range s.Records() {
		old, known := before[r.ID]
		if !known {
			created++
			if r.CreatedAt <= testNow.UnixMilli() || r.CreatedAt > now.UnixMilli() {
				t.Errorf("transaction %s was created at %d, out of the time that passed", r.ID, r.CreatedAt)
			}
			if r.CreatedAt == last {
				ties++
			}
			last = r.CreatedAt
			changed += int(r.Version) - 1
			continue
		}
		changed += int(r.Version - old.Version)
		if (r.Version == old.Version) != (r.UpdatedAt == old.UpdatedAt) || r.UpdatedAt > now.UnixMilli() || r.CreatedAt != old.CreatedAt {
			t.Errorf("transaction %s: got %+v, was %+v", r.ID, r, old)
		}
	}
	if created != 1460 || changed < 215 || changed > 222 || ties < 100 {
		t.Errorf("in 7.3 s: got %d created, %d changes, %d ties; want 1460, 222, 100 or more", created, changed, ties)
	}
	checkOrder(t, s)
	now = now.Add(time.Hour) // a sandbox left alone does not make up an hour's rows at once
	get(s, "/transactions")
	if got := len(s.Records()); got > 1000+1460+60*200 {
		t.Errorf("after an hour of silence: got %d rows", got)
	}
}
