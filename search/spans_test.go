package search

import "testing"

// Ranges in words, the rounded ends among them: as an end, a day or a month is covered whole.
func TestRangesInWords(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"createdAt.start=now-1h", "created in the last hour, UTC"},
		{"createdAt.start=now-7d&createdAt.end=now", "created in the last 7 days, UTC"},
		{"createdAt.start=now/h", "created this hour, UTC"},
		{"createdAt.start=now/w&createdAt.end=now/w", "created this week, UTC"},
		{"createdAt.start=now-1d/d&createdAt.end=now-1d/d", "created yesterday, UTC"},
		{"createdAt.start=now-1h/h&createdAt.end=now-1h/h", "created in the previous hour, UTC"},
		{"createdAt.start=now-3d/d&createdAt.end=now-3d/d", "created on the day 3 days ago, UTC"},
		{"createdAt.start=now-2w/w&createdAt.end=now-2w/w", "created in the week 2 weeks ago, UTC"},
		{"createdAt.start=now-7d/d", "created since the start of the day 7 days ago, UTC"},
		{"createdAt.start=now-7d/d&createdAt.end=now-1d/d", "created from the start of the day 7 days ago to the end of yesterday, UTC"},
		{"createdAt.start=now-2M/M&createdAt.end=now-1M/M", "created from the start of the month 2 months ago to the end of last month, UTC"},
		{"createdAt.start=now-7d&createdAt.end=now-1d", "created from 7 days ago to before a day ago, UTC"},
		{"createdAt.start=now/d&createdAt.end=now%2B1d/d", "created from the start of today to the end of tomorrow, UTC"},
		{"createdAt.end=now-1h", "created before an hour ago, UTC"},
		{"createdAt.end=now-1d/d", "created until the end of yesterday, UTC"},
		{"createdAt.start=now/d-6h&createdAt.end=now-1d/d%2B6h", "created from now/d-6h to now-1d/d+6h, UTC"},
		{"createdAt.start=2026-11-01T00:00&createdAt.end=2026-11-03T10:30", "created from Nov 1, 2026 to before Nov 3, 2026 10:30, UTC"},
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-30", "created in November 2026, UTC"},
		{"createdAt.start=2028-02-01&createdAt.end=2028-02-28", "created from Feb 1, 2028 to the end of Feb 28, 2028, UTC"},
		{"createdAt.start=2028-02-01&createdAt.end=2028-02-29", "created in February 2028, UTC"},

		// As a frozen link has them: instants.
		{"createdAt.start=1795064400000&createdAt.end=1795150800000&tz=America/New_York", "created on Nov 19, 2026, New York time"},
		{"createdAt.start=1793505600000&createdAt.end=1796101200000&tz=America/New_York", "created in November 2026, New York time"}, // 30 days and an hour
		{"createdAt.start=1793505600000&createdAt.end=1796097600000&tz=America/New_York", "created from Nov 1, 2026 to before Nov 30, 2026 23:00, New York time"},
		{"createdAt.start=1794582245123&asOf=1795187045123&tz=America/New_York", "created since Nov 13, 2026 10:04:05, as of Nov 20, 2026 10:04:05, New York time"},
	} {
		if got, want := mustParse(t, c.query).Sentence(), "Transactions, "+c.want; got != want {
			t.Errorf("%s:\n got %q\nwant %q", c.query, got, want)
		}
	}
}
