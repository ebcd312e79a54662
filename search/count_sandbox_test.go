package search_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/apispec"
	"trustlyportal/trustlyclient/trustlytest"
)

// Over the sandbox, in each shape, unit and meaning of the bounds: a count is right, for rows of one instant on both
// edges, for filters, for a range of processing whose bounds many rows share, while rows arrive, and within its budget.
func TestCountOverTheSandbox(t *testing.T) {
	for _, bounds := range []string{"inclusive", "exclusive", "exclusive end"} {
		for _, unit := range []string{trustlytest.Milliseconds, trustlytest.Seconds} {
			for _, shape := range []int{trustlytest.ShapeArray, trustlytest.ShapeNumbered, trustlytest.ShapePaged, trustlytest.ShapeWrapped} {
				t.Run(fmt.Sprintf("%s/unit=%s/shape=%d", bounds, unit, shape), func(t *testing.T) {
					t.Parallel()
					testCounts(t, trustlytest.Options{
						Rows: -1, Shape: shape, TimeUnit: unit, ExclusiveBounds: bounds == "exclusive", ExclusiveEnd: bounds == "exclusive end",
					})
				})
			}
		}
	}
}

func testCounts(t *testing.T, options trustlytest.Options) {
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	options.Now = func() time.Time { return now }
	sandbox := trustlytest.New(options)
	start, end := now.Add(-24*time.Hour+250*time.Millisecond), now.Add(-time.Hour+750*time.Millisecond)
	from, to := start.Add(time.Hour), end.Add(-time.Hour) // of the range of processing
	insert := func(at time.Time, i int) bool {
		processed := at.Add(time.Minute)
		switch i % 500 { // as batches have it: many at the very bounds
		case 1:
			processed = from
		case 2:
			processed = from.Add(-time.Millisecond)
		case 3:
			processed = to
		case 4:
			processed = to.Add(-time.Millisecond)
		case 5:
			processed = to.Add(time.Second)
		}
		status := trustlytest.StatusCompleted
		if i%3 == 0 {
			status = trustlytest.StatusReversed
		}
		sandbox.Insert(trustlytest.Record{
			Type: trustlytest.Capture, Status: status, CreatedAt: at.UnixMilli(), UpdatedAt: at.UnixMilli(), ProcessedAt: processed.UnixMilli(),
		})
		return !processed.Before(from) && processed.Before(to)
	}
	for _, off := range []time.Duration{-time.Second, -time.Millisecond, -time.Millisecond} {
		insert(start.Add(off), 0)
		insert(end.Add(-off-time.Millisecond), 0) // the end itself is outside
	}
	client := countClient(t, sandbox, options.TimeUnit, func() {
		for range 3 { // while the count runs
			sandbox.Insert(trustlytest.Record{Type: trustlytest.Capture, Status: trustlytest.StatusCompleted, CreatedAt: now.UnixMilli(), UpdatedAt: now.UnixMilli(), ProcessedAt: now.UnixMilli()})
		}
	})
	q := search.Query{Created: trustlyclient.TimeRange{Start: start, End: end}}
	processed := q
	processed.Processed = trustlyclient.TimeRange{Start: from, End: to}
	reversed := q
	reversed.Filters = url.Values{"transactionStatus": {"10"}}

	rows, inRange, back := 0, 0, 0
	for _, size := range []int{0, 1, 25, 26, 100, 101, 12_345} {
		for ; rows < size; rows++ {
			at := start.Add(time.Duration(rows*6) * time.Second)
			switch {
			case rows < 4 || rows%100 == 7:
				at = start
			case rows < 12:
				at = end.Add(-time.Millisecond)
			}
			if insert(at, rows) {
				inRange++
			}
			if rows%3 == 0 {
				back++
			}
		}
		for _, tt := range []struct {
			what  string
			query search.Query
			want  int
		}{{"created in the range", q, rows}, {"processed in the range", processed, inRange}, {"reversed", reversed, back}} {
			got, err := countRows(t, client, tt.query, now)
			if err != nil || !got.Exact() || got.Least != tt.want {
				t.Errorf("%s, of %d rows: got %+v and error %v, want exactly %d", tt.what, size, got, err, tt.want)
			}
			if most := int(2*math.Log2(float64(max(1, tt.want)))) + 5; got.Requests > most {
				t.Errorf("%s, of %d rows: got %d requests, want at most %d", tt.what, size, got.Requests, most)
			}
		}
	}
}

func countRows(t *testing.T, l search.Lister, q search.Query, asOf time.Time) (search.Counted, error) {
	t.Helper()
	c := search.NewCount(l, q, asOf)
	if err := c.Begin(t.Context()); err != nil {
		return search.Counted{}, err
	}
	return c.Finish(t.Context(), func(search.Progress) {})
}

// countClient is a client of the sandbox; between happens before each of its requests.
func countClient(t *testing.T, sandbox *trustlytest.Server, unit string, between func()) *trustlyclient.Client {
	t.Helper()
	api := httptest.NewServer(apispec.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		between()
		sandbox.ServeHTTP(w, r)
	})))
	t.Cleanup(api.Close)
	return clientOf(t, trustlyclient.Options{BaseURL: api.URL + "/api/v1", TimeUnit: trustlyclient.TimeUnit(unit)})
}

// The sandbox's misdeeds lead to no wrong number.
func TestCountWhereTheSandboxMisbehaves(t *testing.T) {
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		options trustlytest.Options
	}{
		{"largest offset 100", trustlytest.Options{MaxOffset: 100}},
		{"largest offset 1000", trustlytest.Options{MaxOffset: 1000}},
		{"pages of 25 at most", trustlytest.Options{MaxCount: 25, ClampCount: true}},
		{"pages of 10 at most", trustlytest.Options{MaxCount: 10, ClampCount: true}},
		{"times in seconds", trustlytest.Options{ResponseSeconds: true}},
		{"times and filters in seconds", trustlytest.Options{ResponseSeconds: true, TimeUnit: trustlytest.Seconds}},
		{"rows of one instant in changing order", trustlytest.Options{UnstableTies: true}},
	} {
		for seed := range uint64(5) {
			o := tt.options
			o.Rows, o.Seed, o.Now = 2345, seed, func() time.Time { return now }
			client := countClient(t, trustlytest.New(o), o.TimeUnit, func() {})
			got, err := countRows(t, client, search.Query{}, now.Add(time.Hour))
			if o.MaxOffset == 100 && err == nil && got.Why == search.TooDeep && got.Least > 0 && got.Least <= 2345 && got.Most < 0 {
				continue // some batch has more rows of one instant than that
			}
			if err != nil || got.Least != 2345 || got.Most != 2345 || got.About && !o.UnstableTies {
				t.Errorf("%s, seed %d: got %+v and error %v, want 2345", tt.name, seed, got, err)
			}
		}
	}
}
