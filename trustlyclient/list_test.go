package trustlyclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestListQuery(t *testing.T) {
	const always = "count=25&orderBy=createdAt&sortOrder=desc&startIndex=0"
	at := time.Date(2026, 3, 1, 12, 0, 0, 1_500_000, time.FixedZone("", -5*3600)) // 17:00:00.0015 UTC
	tests := []struct {
		name    string
		options ListOptions
		unit    TimeUnit
		want    string // encoded, names sorted
	}{
		{"nothing", ListOptions{}, Milliseconds, always},
		{"paging", ListOptions{OrderBy: ByUpdated, SortOrder: Ascending, StartIndex: 7, Count: 100}, Milliseconds,
			"count=100&orderBy=updatedAt&sortOrder=asc&startIndex=7"},
		{"repeated", ListOptions{Filters: url.Values{"transactionType": {"3", "6"}}}, Milliseconds,
			always + "&transactionType=3&transactionType=6"},
		{"escaped", ListOptions{Filters: url.Values{"customerName": {"A&b=c ü"}}}, Milliseconds,
			"count=25&customerName=A%26b%3Dc+%C3%BC&orderBy=createdAt&sortOrder=desc&startIndex=0"},
		{"milliseconds", ListOptions{Created: TimeRange{at, at}}, Milliseconds,
			"count=25&createdAt.end=1772384400002&createdAt.start=1772384400001&orderBy=createdAt&sortOrder=desc&startIndex=0"},
		{"seconds", ListOptions{Completed: TimeRange{at, at}}, Seconds,
			"completedAt.end=1772384401&completedAt.start=1772384400&" + always},
		{"whole seconds", ListOptions{Processed: TimeRange{Start: time.Unix(5, 0), End: time.Unix(5, 0)}}, Seconds,
			"count=25&orderBy=createdAt&processedAt.end=5&processedAt.start=5&sortOrder=desc&startIndex=0"},
		{"before 1970", ListOptions{Updated: TimeRange{time.UnixMilli(-1500), time.UnixMilli(-1500)}}, Seconds,
			always + "&updatedAt.end=-1&updatedAt.start=-2"},
		{"half open", ListOptions{Updated: TimeRange{End: time.UnixMilli(9)}}, Milliseconds, always + "&updatedAt.end=9"},
		{"time as filter", ListOptions{Filters: url.Values{"updatedAt.end": {"17"}}}, Seconds, always + "&updatedAt.end=17"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.URL.RawQuery
				answer(200, `{"transactions":[]}`)(w, r)
			}, func(o *Options) { o.TimeUnit = tt.unit })
			if _, err := c.List(context.Background(), tt.options); err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got query\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

func TestListRefusesBeforeAnyRequest(t *testing.T) {
	tests := map[string]struct {
		options ListOptions
		want    string // part of the error
	}{
		"unknown filter":       {ListOptions{Filters: url.Values{"transactionId": {"1"}}}, `no filter "transactionId"`},
		"another case":         {ListOptions{Filters: url.Values{"TransactionType": {"1"}}}, "no filter"},
		"paging as filter":     {ListOptions{Filters: url.Values{"startIndex": {"1"}}}, "no filter"},
		"empty value":          {ListOptions{Filters: url.Values{"amount.min": {""}}}, "empty value"},
		"no value":             {ListOptions{Filters: url.Values{"amount.min": nil}}, "empty value"},
		"one of two empty":     {ListOptions{Filters: url.Values{"transactionType": {"1", ""}}}, "empty value"},
		"two for one":          {ListOptions{Filters: url.Values{"payment.paymentId": {"1", "2"}}}, "takes one value"},
		"a time twice":         {ListOptions{Filters: url.Values{"createdAt.end": {"1"}}, Created: TimeRange{End: time.Unix(1, 0)}}, "given twice"},
		"order":                {ListOptions{OrderBy: "amount"}, "OrderBy"},
		"direction":            {ListOptions{SortOrder: "down"}, "SortOrder"},
		"count over the limit": {ListOptions{Count: 101}, "Count"},
		"negative count":       {ListOptions{Count: -1}, "Count"},
		"negative start":       {ListOptions{StartIndex: -1}, "StartIndex"},
	}
	requests := 0
	c := serve(t, func(http.ResponseWriter, *http.Request) { requests++ }, nil)
	for name, tt := range tests {
		_, err := c.List(context.Background(), tt.options)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got error %v, want ErrInvalid with %q", name, err, tt.want)
		}
		for _, err := range c.All(context.Background(), tt.options) {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: All: got error %v, want ErrInvalid", name, err)
			}
		}
	}
	if requests != 0 {
		t.Errorf("got %d requests, want 0", requests)
	}
}

func TestListPage(t *testing.T) {
	before := time.Now()
	c := serve(t, answer(200, `{"transactions":[{"transactionId":"1"}],"startIndex":"0","itemsPerPage":25}`), nil)
	page, err := c.List(context.Background(), ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Transactions) != 1 || page.StartIndex != 0 || page.ItemsPerPage != 25 {
		t.Errorf("got %+v, want one row, start 0, 25 per page", page)
	}
	if at := page.FetchedAt; at.Before(before.Truncate(0)) || at.After(time.Now()) || at.Location() != time.UTC {
		t.Errorf("got fetched at %v, want now in UTC", at)
	}
}

// ledger serves ids by startIndex and count, at most limit of them a page when limit is not 0.
func ledger(t *testing.T, ids func(request int) []string, limit int) (*Client, *int) {
	requests := new(int)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		all := ids(*requests)
		*requests++
		start, _ := strconv.Atoi(r.FormValue("startIndex"))
		count, _ := strconv.Atoi(r.FormValue("count"))
		extra := ""
		if limit > 0 {
			count = min(count, limit)
			extra = fmt.Sprintf(`,"itemsPerPage":%d`, limit)
		}
		var rows []string
		for _, id := range all[min(start, len(all)):min(start+count, len(all))] {
			rows = append(rows, fmt.Sprintf(`{"transactionId":%q}`, id))
		}
		_, _ = fmt.Fprintf(w, `{"transactions":[%s]%s}`, strings.Join(rows, ","), extra)
	}, nil), requests
}

func numbers(from, to int) []string {
	var ids []string
	for i := from; i <= to; i++ {
		ids = append(ids, strconv.Itoa(i))
	}
	return ids
}

func collect(c *Client, options ListOptions) (ids []string, err error) {
	for t, err := range c.All(context.Background(), options) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, t.TransactionID.String())
	}
	return ids, nil
}

func TestAll(t *testing.T) {
	tests := []struct {
		name     string
		rows     int
		options  ListOptions
		limit    int
		want     []string
		requests int
	}{
		{"nothing", 0, ListOptions{}, 0, nil, 1},
		{"less than a page", 3, ListOptions{}, 0, numbers(1, 3), 1},
		{"pages of 100", 250, ListOptions{}, 0, numbers(1, 250), 3},
		{"whole pages", 20, ListOptions{Count: 10}, 0, numbers(1, 20), 3},
		{"from an offset", 12, ListOptions{Count: 5, StartIndex: 4}, 0, numbers(5, 12), 2},
		{"the API gives less than asked", 25, ListOptions{Count: 100}, 10, numbers(1, 25), 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, requests := ledger(t, func(int) []string { return numbers(1, tt.rows) }, tt.limit)
			got, err := collect(c, tt.options)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
			if *requests != tt.requests {
				t.Errorf("got %d requests, want %d", *requests, tt.requests)
			}
		})
	}
}

func TestAllDropsRepeats(t *testing.T) {
	// Two rows arrive on top before each further page.
	c, _ := ledger(t, func(request int) []string {
		return append(slices.Repeat([]string{"new"}, 2*request), numbers(1, 10)...)
	}, 0)
	got, err := collect(c, ListOptions{Count: 4})
	if want := numbers(1, 10); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestAllMayBeRangedTwiceAndWaitsForIt(t *testing.T) {
	c, requests := ledger(t, func(int) []string { return numbers(1, 5) }, 0)
	all := c.All(context.Background(), ListOptions{Count: 2})
	if *requests != 0 {
		t.Errorf("got %d requests before the range, want 0", *requests)
	}
	for range 2 {
		var got []string
		for transaction, err := range all {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, transaction.TransactionID.String())
		}
		if want := numbers(1, 5); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestAllStopsAtABreakAndAtAnError(t *testing.T) {
	c, requests := ledger(t, func(int) []string { return numbers(1, 100) }, 0)
	for range c.All(context.Background(), ListOptions{Count: 10}) {
		break
	}
	if *requests != 1 {
		t.Errorf("got %d requests after a break, want 1", *requests)
	}

	asked := 0
	c = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 2 {
			answer(403, ``)(w, r)
			return
		}
		answer(200, `{"transactions":[{"transactionId":"`+strconv.Itoa(asked)+`"}]}`)(w, r)
	}, nil)
	got, err := collect(c, ListOptions{Count: 1})
	if !errors.Is(err, ErrForbidden) || !slices.Equal(got, []string{"1"}) || asked != 2 {
		t.Errorf("got %v, %v after %d requests, want 1 row and ErrForbidden after 2", got, err, asked)
	}
}

// TestAllEndsWhenTheOffsetIsIgnored has a server that gives its first page for every offset.
func TestAllEndsWhenTheOffsetIsIgnored(t *testing.T) {
	for _, row := range []string{`{"transactionId":"1"}`, `{}`} {
		requests := 0
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests > 10 {
				t.Error("asked again and again")
			}
			answer(200, `{"transactions":[`+row+`]}`)(w, r)
		}, nil)
		if _, err := collect(c, ListOptions{Count: 1}); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got error %v, want ErrMalformed", row, err)
		}
	}
}
