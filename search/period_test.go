package search

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"trustlyportal/trustlyclient"
)

// What the presets cover, in instants worked out by hand from each zone's rules.
func TestPresetsCoverTheirDays(t *testing.T) {
	const ny, london, howe, santiago, cairo, apia, nuuk = "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Pacific/Apia", "America/Nuuk"
	for _, c := range []struct{ zone, now, preset, start, end string }{
		// Weekdays in November, no change near.
		{"UTC", "2026-11-20T15:04:05Z", "Today", "2026-11-20T00:00:00Z", ""},
		{"UTC", "2026-11-20T15:04:05Z", "Yesterday", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"},
		{"UTC", "2026-11-20T15:04:05Z", "This week", "2026-11-16T00:00:00Z", ""},
		{"UTC", "2026-11-20T15:04:05Z", "Last week", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"},
		{"UTC", "2026-11-20T15:04:05Z", "7 days", "2026-11-13T15:04:05Z", ""},
		{"UTC", "2026-11-20T15:04:05Z", "30 days", "2026-10-21T15:04:05Z", ""},
		{"UTC", "2026-11-20T15:04:05Z", "This month", "2026-11-01T00:00:00Z", ""},
		{"UTC", "2026-11-20T15:04:05Z", "Last month", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"},
		{"UTC", "2026-11-20T15:04:05Z", "Any time", "", ""},

		// New York: 25 hours on Nov 1, 2026, 23 hours on Mar 8, 2026.
		{ny, "2026-11-01T12:00:00Z", "Today", "2026-11-01T04:00:00Z", ""},
		{ny, "2026-11-02T12:00:00Z", "Yesterday", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		{ny, "2026-11-02T04:30:00Z", "Yesterday", "2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z"}, // still Nov 1 there
		{ny, "2026-11-02T12:00:00Z", "Last week", "2026-10-26T04:00:00Z", "2026-11-02T05:00:00Z"}, // 169 hours
		{ny, "2026-11-05T12:00:00Z", "7 days", "2026-10-29T11:00:00Z", ""},                        // 7 o'clock then as now
		{ny, "2026-11-20T12:00:00Z", "30 days", "2026-10-21T11:00:00Z", ""},
		{ny, "2026-11-20T12:00:00Z", "This month", "2026-11-01T04:00:00Z", ""},
		{ny, "2026-12-20T12:00:00Z", "Last month", "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z"}, // 721 hours
		{ny, "2026-03-09T12:00:00Z", "Yesterday", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		{ny, "2026-04-01T12:00:00Z", "Last month", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z"}, // 743 hours
		{ny, "2026-03-10T12:00:00Z", "7 days", "2026-03-03T13:00:00Z", ""},

		// Month ends, leap days, the turn of the year.
		{"UTC", "2026-03-31T12:00:00Z", "Last month", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"UTC", "2028-03-31T12:00:00Z", "Last month", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"}, // 29 days
		{"UTC", "2028-02-29T23:59:59Z", "Today", "2028-02-29T00:00:00Z", ""},
		{"UTC", "2028-03-01T00:00:00Z", "Yesterday", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"},
		{"UTC", "2027-03-01T00:00:00Z", "Yesterday", "2027-02-28T00:00:00Z", "2027-03-01T00:00:00Z"},
		{"UTC", "2028-03-07T09:00:00Z", "7 days", "2028-02-29T09:00:00Z", ""},
		{"UTC", "2028-03-30T09:00:00Z", "30 days", "2028-02-29T09:00:00Z", ""},
		{"UTC", "2027-01-01T00:00:00Z", "Last month", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"UTC", "2027-01-01T00:00:00Z", "Yesterday", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"UTC", "2027-01-03T23:59:59Z", "This week", "2026-12-28T00:00:00Z", ""}, // a Sunday

		// London: 23 hours on Mar 29, 2026, 25 on Oct 25, 2026.
		{london, "2026-03-30T09:00:00Z", "Yesterday", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"},
		{london, "2026-10-26T09:00:00Z", "Yesterday", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"},
		{london, "2026-11-01T09:00:00Z", "Last month", "2026-09-30T23:00:00Z", "2026-11-01T00:00:00Z"},

		// Lord Howe Island changes by half an hour: 24.5 hours on Apr 5, 2026, 23.5 on Oct 4, 2026.
		{howe, "2026-04-06T00:00:00Z", "Yesterday", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"},
		{howe, "2026-10-05T00:00:00Z", "Yesterday", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"},

		// Midnights that do not exist: Santiago on Sep 6, 2026, Cairo on Apr 24, 2026; Nuuk's clock jumps from 23:00 to midnight on Mar 28, 2026.
		{santiago, "2026-09-07T15:00:00Z", "Yesterday", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"},
		{santiago, "2026-09-06T15:00:00Z", "Today", "2026-09-06T04:00:00Z", ""},
		{santiago, "2026-09-06T15:00:00Z", "Yesterday", "2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z"},
		{cairo, "2026-04-25T10:00:00Z", "Yesterday", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		{cairo, "2026-04-24T10:00:00Z", "Yesterday", "2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z"},
		{nuuk, "2026-03-30T00:30:00Z", "Yesterday", "2026-03-28T02:00:00Z", "2026-03-29T01:00:00Z"}, // asked at 23:30, which its 23-hour Saturday lacks
		{nuuk, "2026-03-30T00:30:00Z", "Today", "2026-03-29T01:00:00Z", ""},
		{nuuk, "2026-04-05T00:30:00Z", "7 days", "2026-03-29T00:30:00Z", ""}, // asked at 23:30 on a Saturday

		// Apia went from Dec 29 to Dec 31, 2011: the day before was the 29th.
		{apia, "2011-12-31T00:00:00Z", "Today", "2011-12-30T10:00:00Z", ""},
		{apia, "2011-12-31T00:00:00Z", "Yesterday", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
		{apia, "2012-01-02T00:00:00Z", "Last month", "2011-12-01T10:00:00Z", "2011-12-31T10:00:00Z"}, // 30 days
	} {
		t.Run(c.preset+" in "+c.zone+" at "+c.now, func(t *testing.T) {
			now := utc(t, c.now)
			for _, field := range DateFields() {
				v := preset(t, mustParse(t, "tz="+c.zone), field, c.preset)
				r := v.Range(field, now)
				if got := spell(r); got != c.start+" to "+c.end {
					t.Errorf("%s: got %s, want %s to %s", field, got, c.start, c.end)
				}
				if got := v.DateField(); c.preset != "Any time" && got != field {
					t.Errorf("date field: got %s, want %s", got, field)
				}
			}
		})
	}
}

// The ranges that people write themselves.
func TestRangesCoverTheirDays(t *testing.T) {
	const ny, apia = "America/New_York", "Pacific/Apia"
	for _, c := range []struct{ zone, now, start, end, from, to string }{
		{ny, "", "2026-11-01", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		{ny, "", "2026-03-08", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		{ny, "", "2026-10-25", "2026-11-07", "2026-10-25T04:00:00Z", "2026-11-08T05:00:00Z"},
		{ny, "", "2028-02-28", "2028-03-01", "2028-02-28T05:00:00Z", "2028-03-02T05:00:00Z"},
		{ny, "2026-11-02T05:00:00Z", "now-24h", "now", "2026-11-01T05:00:00Z", "2026-11-02T05:00:00Z"}, // exact
		{ny, "2026-11-02T05:00:00Z", "now-1d", "now", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},  // midnight to midnight
		{ny, "2026-11-20T15:00:00Z", "now-3d/d", "now-1d/d", "2026-11-17T05:00:00Z", "2026-11-20T05:00:00Z"},
		{ny, "2026-11-20T15:00:00Z", "now/y", "now/y", "2026-01-01T05:00:00Z", "2027-01-01T05:00:00Z"},
		{ny, "2026-05-20T15:00:00Z", "now-3M/M", "now-1M/M", "2026-02-01T05:00:00Z", "2026-05-01T04:00:00Z"},
		{ny, "2026-03-31T12:00:00Z", "now-1M", "", "2026-02-28T13:00:00Z", ""},
		{ny, "2026-11-01T06:30:00Z", "now/h", "now/h", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"},                    // the second one o'clock
		{"Australia/Lord_Howe", "2026-10-03T15:45:00Z", "now/h", "now/h", "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z"}, // two o'clock began at half past
		{apia, "", "2011-12-29", "2011-12-31", "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z"},
	} {
		now := testNow
		if c.now != "" {
			now = utc(t, c.now)
		}
		v := mustParse(t, fmt.Sprintf("tz=%s&completedAt.start=%s&completedAt.end=%s", c.zone, c.start, c.end))
		if got := spell(v.Range("completedAt", now)); got != c.from+" to "+c.to {
			t.Errorf("%s to %s in %s: got %s, want %s to %s", c.start, c.end, c.zone, got, c.from, c.to)
		}
	}
}

func TestEarlierAndLater(t *testing.T) {
	const none = "none"
	for _, c := range []struct{ query, earlier, later string }{
		{"createdAt.start=now-1d/d&createdAt.end=now-1d/d", "createdAt.start=now-2d/d&createdAt.end=now-2d/d", "createdAt.start=now/d"},
		{"createdAt.start=now/d", "createdAt.start=now-1d/d&createdAt.end=now-1d/d", none},
		{"createdAt.start=now/d&createdAt.end=now/d", "createdAt.start=now-1d/d&createdAt.end=now-1d/d", none},
		{"createdAt.start=now/d&createdAt.end=now", "createdAt.start=now-1d/d&createdAt.end=now-1d/d", none},
		{"createdAt.start=now-1M/M&createdAt.end=now-1M/M", "createdAt.start=now-2M/M&createdAt.end=now-2M/M", "createdAt.start=now/M"},
		{"createdAt.start=now/M", "createdAt.start=now-1M/M&createdAt.end=now-1M/M", none},
		{"createdAt.start=now-1w/w&createdAt.end=now-1w/w", "createdAt.start=now-2w/w&createdAt.end=now-2w/w", "createdAt.start=now/w"},
		{"createdAt.start=now-3M/M&createdAt.end=now-1M/M", "createdAt.start=now-6M/M&createdAt.end=now-4M/M", "createdAt.start=now/M&createdAt.end=now%2B2M/M"},
		{"createdAt.start=now-3d/d", "createdAt.start=now-7d/d&createdAt.end=now-4d/d", none},
		{"createdAt.start=now-7d", "createdAt.start=now-14d&createdAt.end=now-7d", none},
		{"createdAt.start=now-7d&createdAt.end=now", "createdAt.start=now-14d&createdAt.end=now-7d", none},
		{"createdAt.start=now-14d&createdAt.end=now-7d", "createdAt.start=now-21d&createdAt.end=now-14d", "createdAt.start=now-7d"},
		{"createdAt.start=now-7d&createdAt.end=now-3d", "createdAt.start=now-11d&createdAt.end=now-7d", "createdAt.start=now-3d&createdAt.end=now%2B1d"},
		{"createdAt.start=now-1h", "createdAt.start=now-2h&createdAt.end=now-1h", none},

		{"createdAt.start=2026-11-01&createdAt.end=2026-11-30", "createdAt.start=2026-10-01&createdAt.end=2026-10-31", none},
		{"createdAt.start=2026-10-01&createdAt.end=2026-10-31", "createdAt.start=2026-09-01&createdAt.end=2026-09-30", "createdAt.start=2026-11-01&createdAt.end=2026-11-30"},
		{"createdAt.start=2026-01-01&createdAt.end=2026-03-31", "createdAt.start=2025-10-01&createdAt.end=2025-12-31", "createdAt.start=2026-04-01&createdAt.end=2026-06-30"},
		{"createdAt.start=2024-02-01&createdAt.end=2024-02-29", "createdAt.start=2024-01-01&createdAt.end=2024-01-31", "createdAt.start=2024-03-01&createdAt.end=2024-03-31"},
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-15", "createdAt.start=2026-10-17&createdAt.end=2026-10-31", "createdAt.start=2026-11-16&createdAt.end=2026-11-30"},
		{"createdAt.start=2024-02-29&createdAt.end=2024-02-29", "createdAt.start=2024-02-28&createdAt.end=2024-02-28", "createdAt.start=2024-03-01&createdAt.end=2024-03-01"},
		{"createdAt.start=2026-11-10", "createdAt.start=2026-10-30&createdAt.end=2026-11-09", none},
		{"createdAt.start=now/M&createdAt.end=now-1d/d", "createdAt.start=2026-10-13&createdAt.end=2026-10-31", "createdAt.start=2026-11-20&createdAt.end=2026-12-08"},

		{"createdAt.start=2026-11-19T10:00&createdAt.end=2026-11-19T12:30&tz=America/New_York", "createdAt.start=2026-11-19T07:30&createdAt.end=2026-11-19T10:00&tz=America/New_York",
			"createdAt.start=2026-11-19T12:30&createdAt.end=2026-11-19T15:00&tz=America/New_York"},
		// Midnight to midnight, 25 hours; 25 hours before it is not midnight.
		{"createdAt.start=2026-11-01T00:00&createdAt.end=2026-11-01T23:59:59&tz=America/New_York", "createdAt.start=2026-10-30T23:00:01&createdAt.end=2026-11-01T00:00&tz=America/New_York",
			"createdAt.start=2026-11-01T23:59:59&createdAt.end=2026-11-03T00:59:58&tz=America/New_York"},
		// One o'clock comes twice: its second time can't be written as a clock time.
		{"createdAt.start=2026-11-01T02:00&createdAt.end=2026-11-01T02:30&tz=America/New_York", "createdAt.start=2026-11-01T06:30:00Z&createdAt.end=2026-11-01T02:00&tz=America/New_York",
			"createdAt.start=2026-11-01T02:30&createdAt.end=2026-11-01T03:00&tz=America/New_York"},
		{"createdAt.start=2026-11-19T10:00:00Z&createdAt.end=2026-11-19T11:00:00Z", "createdAt.start=2026-11-19T09:00:00Z&createdAt.end=2026-11-19T10:00:00Z", "createdAt.start=2026-11-19T11:00:00Z&createdAt.end=2026-11-19T12:00:00Z"},
		{"createdAt.start=1790000000000&createdAt.end=1790000000500", "createdAt.start=1789999999500&createdAt.end=1790000000000", "createdAt.start=1790000000500&createdAt.end=1790000001000"},

		{"createdAt.end=2026-11-01", none, none},
		{"", none, none},
		{"createdAt.start=2026-12-01&createdAt.end=2026-12-31", "createdAt.start=2026-11-01&createdAt.end=2026-11-30", none},
		{"createdAt.start=2000-01-01&createdAt.end=2000-01-31", none, "createdAt.start=2000-02-01&createdAt.end=2000-02-29"},
		{"createdAt.start=now-100000d&createdAt.end=now-1d", none, "createdAt.start=now-1d&createdAt.end=now%2B99998d"},
		// A view that is pinned has nothing after its instant.
		{"createdAt.start=2026-10-01&createdAt.end=2026-10-31&asOf=1793491200000", "createdAt.start=2026-09-01&createdAt.end=2026-09-30&asOf=1793491200000", none},
		// The rest of the view stays, the page does not.
		{"transactionStatus=5&updatedAt.start=now-7d&orderBy=updatedAt&count=50&after=1793491200000.1.7", "transactionStatus=5&updatedAt.start=now-14d&updatedAt.end=now-7d&orderBy=updatedAt&count=50", none},
		{"createdAt.start=now-30d&completedAt.start=now-1d/d&completedAt.end=now-1d/d&orderBy=updatedAt", "createdAt.start=now-60d&createdAt.end=now-30d&completedAt.start=now-1d/d&completedAt.end=now-1d/d&orderBy=updatedAt", none},
	} {
		v := mustParse(t, c.query)
		encode := func(v View, ok bool) string {
			if !ok {
				return none
			}
			return v.Encode()
		}
		if got := encode(v.Earlier(testNow)); got != c.earlier {
			t.Errorf("%s\n     earlier: got %s\n             want %s", c.query, got, c.earlier)
		}
		if got := encode(v.Later(testNow)); got != c.later {
			t.Errorf("%s\n       later: got %s\n             want %s", c.query, got, c.later)
		}
	}
}

// Periods beside each other touch, without a gap or an overlap, and the way back
// leads to where one came from: at any instant, over every change of the clock.
func TestPeriodsTouch(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 20))
	zones := []string{"UTC", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "America/Nuuk", "Asia/Kathmandu", "America/Havana"}
	for range 4000 {
		zone := zones[rng.IntN(len(zones))]
		now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.Int64N(3*366*24*3600)) * time.Second)
		start, end, exact := anyRange(rng, now)
		v, errs := Parse(fmt.Sprintf("tz=%s&createdAt.start=%s&createdAt.end=%s", zone, start, end), now)
		if len(errs) > 0 {
			continue
		}
		here := v.Range("createdAt", now)
		what := fmt.Sprintf("%s to %s in %s at %s", start, end, zone, now.Format(time.RFC3339))
		earlier, ok := v.Earlier(now)
		if !ok {
			if here.Start.Add(here.Start.Sub(present(here.End, now))).Year() > 2001 {
				t.Fatalf("%s: got nothing earlier", what)
			}
			continue // before the first transaction
		}
		before := earlier.Range("createdAt", now)
		if !before.End.Equal(here.Start) {
			t.Fatalf("%s: the period before, %s, ends at %s, want %s", what, earlier.Encode(), before.End, here.Start)
		}
		if exact && before.End.Sub(before.Start) != here.End.Sub(here.Start) {
			t.Fatalf("%s: the period before has %s, want %s", what, before.End.Sub(before.Start), here.End.Sub(here.Start))
		}
		again, ok := earlier.Later(now)
		if !ok {
			if here.Start.Before(now) {
				t.Fatalf("%s: got no way back from %s", what, earlier.Encode())
			}
			continue
		}
		if got := again.Range("createdAt", now); end != "" && spell(got) != spell(here) && !(got.End.IsZero() && !here.End.Before(now)) {
			t.Fatalf("%s: there and back gives %s, %s, want %s", what, again.Encode(), spell(got), spell(here))
		}
	}
}

func present(end, now time.Time) time.Time {
	if end.IsZero() {
		return now
	}
	return end
}

// anyRange makes up a range, and says whether its length is a fixed time.
func anyRange(rng *rand.Rand, now time.Time) (start, end string, exact bool) {
	n, length := rng.IntN(40), rng.IntN(12)+1
	day := now.AddDate(0, 0, -n-length)
	switch rng.IntN(7) {
	case 0: // whole units
		u := string("dwMy"[rng.IntN(4)])
		return relativeWords(-n-length, u[0]) + "/" + u, relativeWords(-n-1, u[0]) + "/" + u, false
	case 1:
		u := "mhdwM"[rng.IntN(5)]
		return relativeWords(-n-length, u), relativeWords(-n, u), u == 'm' || u == 'h'
	case 2:
		return day.Format(time.DateOnly), day.AddDate(0, 0, length-1).Format(time.DateOnly), false
	case 3: // whole months
		month := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
		return month.Format(time.DateOnly), month.AddDate(0, length, -1).Format(time.DateOnly), false
	case 4:
		return day.Format("2006-01-02T15:04"), day.Add(time.Duration(rng.IntN(5000)+1) * time.Minute).Format("2006-01-02T15:04:05"), true
	case 5:
		return formatMillis(day), formatMillis(day.Add(time.Duration(rng.IntN(1e9)+1) * time.Millisecond)), true
	}
	return relativeWords(-n, "dwM"[rng.IntN(3)]) + "/d", "", false
}

// A range moves from one time to another with nothing lost.
func TestDatedByAnotherTime(t *testing.T) {
	v := mustParse(t, "transactionType=3&createdAt.start=now-1M/M&createdAt.end=now-1M/M&tz=Europe/London&after=1793491200000.1.7")
	moved := v.DatedBy("createdAt", "processedAt")
	if got, want := moved.Encode(), "transactionType=3&processedAt.start=now-1M/M&processedAt.end=now-1M/M&tz=Europe/London"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := moved.DatedBy("processedAt", "createdAt").Encode(); got != v.Without(NameAfter).Encode() {
		t.Errorf("and back: got %s, want %s", got, v.Without(NameAfter).Encode())
	}
	for query, want := range map[string]string{
		"": "createdAt", "orderBy=updatedAt": "updatedAt", "updatedAt.end=now": "updatedAt",
		"createdAt.start=now/d&updatedAt.start=now/d":                       "createdAt",
		"createdAt.start=now/d&updatedAt.start=now/d&orderBy=updatedAt":     "updatedAt",
		"processedAt.start=now/d&completedAt.start=now/d&orderBy=updatedAt": "processedAt",
	} {
		if got := mustParse(t, query).DateField(); got != want {
			t.Errorf("%q: got the date field %s, want %s", query, got, want)
		}
	}
}

func TestCurrentPreset(t *testing.T) {
	for query, want := range map[string]string{
		"":                      "Any time",
		"createdAt.start=now/d": "Today",
		"createdAt.start=now/d&createdAt.end=now":         "Today",
		"createdAt.start=now/d&createdAt.end=now/d":       "Today",
		"createdAt.start=now-1d/d&createdAt.end=now-1d/d": "Yesterday",
		"createdAt.start=now-1d/d":                        "",
		"createdAt.start=now-7d":                          "7 days",
		"createdAt.start=now-7d&createdAt.end=now-1d":     "",
		"createdAt.end=now":                               "",
		"updatedAt.start=now/M":                           "This month",
	} {
		v := mustParse(t, query)
		var current []string
		for _, p := range Presets() {
			if v.IsDated(v.DateField(), p) {
				current = append(current, p.Label)
			}
		}
		if got := fmt.Sprint(current); got != fmt.Sprintf("[%s]", want) {
			t.Errorf("%s: got the current presets %s, want %s", query, got, want)
		}
	}
}

func preset(t *testing.T, v View, field, label string) View {
	t.Helper()
	for _, p := range Presets() {
		if p.Label == label {
			return v.Dated(field, p)
		}
	}
	t.Fatalf("there is no preset %q", label)
	return v
}

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func spell(r trustlyclient.TimeRange) string {
	text := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339Nano)
	}
	return text(r.Start) + " to " + text(r.End)
}
