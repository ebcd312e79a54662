package search

import (
	"testing"
	"time"

	"trustlyportal/trustlyclient"
)

func TestNewer(t *testing.T) {
	q := Query{OrderBy: trustlyclient.ByCreated, SortOrder: trustlyclient.Descending}
	const at = 1_795_000_000_000
	page := []row{{id: 5, created: at}, {id: 4, created: at}, {id: 3, created: at - 1}, {id: 2, created: at - 5000}}
	many := func(n int) (rows []row) {
		for i := range n {
			rows = append(rows, row{id: 100 + i, created: at + 1 + int64(i)})
		}
		return rows
	}
	for name, tc := range map[string]struct {
		page, arrived []row
		gone          int // a row that leaves the list
		want          int
		more          bool
	}{
		"nothing":                                   {page: page},
		"later ones":                                {page: page, arrived: []row{{id: 6, created: at + 1}, {id: 7, created: at + 60_000}}, want: 2},
		"in the same millisecond, listed before":    {page: page, arrived: []row{{id: 6, created: at}}, want: 1},
		"in the same millisecond, listed after":     {page: page, arrived: []row{{id: 1, created: at}}, want: 1},
		"in the same millisecond, on both sides":    {page: page, arrived: []row{{id: 1, created: at}, {id: 6, created: at}, {id: 7, created: at + 1}}, want: 3},
		"further down, which is not on top":         {page: page, arrived: []row{{id: 9, created: at - 1}, {id: 8, created: at - 100}}},
		"the first row left":                        {page: page, gone: 5},
		"the first row left, another came":          {page: page, gone: 5, arrived: []row{{id: 6, created: at + 2}}, want: 1},
		"as many as are counted":                    {page: page, arrived: many(25), want: 25},
		"more than are counted":                     {page: page, arrived: many(26), want: 25, more: true},
		"far more":                                  {page: page, arrived: many(300), want: 25, more: true},
		"to an empty list":                          {arrived: many(3), want: 3},
		"nothing to an empty list":                  {},
		"to a page that one instant fills, before":  {page: tied(at, 25, 30), arrived: []row{{id: 99, created: at}}, want: 1},
		"to a page that one instant fills, nothing": {page: tied(at, 25, 30)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, m := range []model{
				{unit: trustlyclient.Milliseconds, downTies: true}, {unit: trustlyclient.Milliseconds, downTies: true, exclusive: true},
				{unit: trustlyclient.Seconds, downTies: true}, {unit: trustlyclient.Seconds, downTies: true, exclusive: true},
			} {
				m.rows = append(m.rows, tc.page...)
				first, err := ReadPage(t.Context(), &m, q, Cursor{}, 25)
				if err != nil {
					t.Fatal(err)
				}
				since := TopOf(first)
				if again, err := ParseCursor(since.String()); !since.IsZero() && (err != nil || again != since) {
					t.Errorf("cursor %s: got %v, %v back", since, again, err)
				}
				for i := range m.rows {
					m.rows[i].gone = m.rows[i].id == tc.gone
				}
				m.rows = append(m.rows, tc.arrived...)
				m.requests = 0
				n, more, err := Newer(t.Context(), &m, q, since, 25)
				if err != nil || n != tc.want || more != tc.more {
					t.Errorf("exclusive %v, unit %v: got %d, more %v, error %v, want %d, more %v", m.exclusive, m.unit, n, more, err, tc.want, tc.more)
				}
				if m.requests != 1 {
					t.Errorf("requests: got %d, want 1", m.requests)
				}
			}
		})
	}
}

// tied are rows of one instant.
func tied(at int64, from, to int) (rows []row) {
	for id := from; id <= to+25; id++ {
		rows = append(rows, row{id: id, created: at})
	}
	return rows
}

func TestTopOf(t *testing.T) {
	at := trustlyclient.Time{Time: time.UnixMilli(1_795_000_000_000), Text: "1795000000000"}
	page := Page{Rows: []*trustlyclient.Transaction{{TransactionID: "7", CreatedAt: at}, {TransactionID: "6", CreatedAt: at}, {TransactionID: "5"}}}
	if got, want := TopOf(page).String(), "1795000000000.2.7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	page.Rows = page.Rows[2:]
	if got := TopOf(page); !got.IsZero() {
		t.Errorf("a row without a time: got %s, want no place", got)
	}
}
