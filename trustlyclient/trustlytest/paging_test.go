package trustlytest

import (
	"net/url"
	"slices"
	"strconv"
	"testing"
)

func TestOrdersAndPages(t *testing.T) {
	s := New(Options{Seed: 3, Rows: 1500, Now: at(testNow)})
	rows := s.Records()
	for _, q := range []url.Values{
		{},
		{"sortOrder": {"asc"}},
		{"orderBy": {"updatedAt"}},
		{"orderBy": {"updatedAt"}, "sortOrder": {"asc"}},
		{"orderBy": {"createdAt"}, "sortOrder": {"desc"}},
	} {
		want := expected(rows, q)
		for _, count := range []int{1, 7, 100} {
			q := clone(q)
			for _, start := range []int{0, 1, 99, 640, 1499, 1500, 90_000} {
				q.Set("count", strconv.Itoa(count))
				q.Set("startIndex", strconv.Itoa(start))
				page := want[min(start, len(want)):min(start+count, len(want))]
				if got := ids(t, s, q); !slices.Equal(got, page) {
					t.Errorf("%s: got %v, want %v", q.Encode(), got, page)
				}
			}
		}
	}
	if got := len(ids(t, s, nil)); got != 25 {
		t.Errorf("without count: got %d rows, want 25", got)
	}
}

func TestBurstSharesEveryTime(t *testing.T) {
	rows := New(Options{Rows: 2000, Now: at(testNow)}).Records()
	created, updated := map[int64]int{}, map[int64]int{}
	for _, r := range rows {
		created[r.CreatedAt]++
		updated[r.UpdatedAt]++
	}
	most := func(m map[int64]int) (n int) {
		for _, c := range m {
			n = max(n, c)
		}
		return n
	}
	if most(created) < 300 || most(updated) < 300 {
		t.Errorf("most rows in one millisecond: got %d created and %d updated, want 300", most(created), most(updated))
	}
}
