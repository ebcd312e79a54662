package search

import (
	"context"
	"testing"
	"time"
)

func evenly(n int) *model {
	m := &model{}
	for i := range n {
		at := int64(1_790_000_000_000 + i*10)
		m.rows = append(m.rows, row{id: i + 1, created: at, updated: at})
	}
	return m
}

// An estimate holds the true number between bounds of which one is about twice the other, within its price; a list that
// one answer holds is counted.
func TestEstimate(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 99, 100, 101, 199, 200, 201, 399, 400, 401, 800, 5_000, 6_400, 30_000} {
		got, err := EstimateRows(context.Background(), evenly(size), Query{}, time.UnixMilli(1_800_000_000_000).UTC())
		if err != nil {
			t.Fatal(err)
		}
		exact := size < MaxCount
		if got.Least > size || got.Most < size || got.Exact != exact || exact && got.Least != size || got.Most > 2*max(MaxCount, got.Least) {
			t.Errorf("%d rows: got %+v, want it between, exact: %t", size, got, exact)
		}
		if got.Requests > EstimatePrice || exact && got.Requests > 2 {
			t.Errorf("%d rows: got %d requests, want at most %d", size, got.Requests, EstimatePrice)
		}
	}
}

// An API whose offsets can't be relied on gives no upper bound, and no lower one that it did not show.
func TestEstimateOfABadAPI(t *testing.T) {
	t.Parallel()
	for name, api := range map[string]*bad{
		"refuses offsets": {deepest: 500}, "ignores offsets": {deaf: true}, "clamps offsets": {clamps: true},
	} {
		api.model = evenly(3000)
		got, err := EstimateRows(context.Background(), api, Query{}, time.UnixMilli(1_800_000_000_000).UTC())
		if err != nil || got.Exact || got.Most >= 0 || got.Least < 100 || got.Least > 3000 {
			t.Errorf("%s: got %+v and error %v, want at least 100 rows and no more said", name, got, err)
		}
	}
}
