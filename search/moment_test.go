package search

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestMoments(t *testing.T) {
	const ny, sp, sth = "America/New_York", "America/Sao_Paulo", "Europe/Stockholm"
	for _, c := range []struct{ name, text, zone, now, start, end string }{
		{"date", "2026-11-19", "UTC", "", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"},
		{"date in a zone", "2026-11-19", ny, "", "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z"},
		{"spring day has 23 hours", "2026-03-08", ny, "", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		{"autumn day has 25 hours", "2026-11-01", ny, "", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		{"autumn day in Europe", "2026-10-25", sth, "", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
		{"midnight that does not exist", "2017-10-15", sp, "", "2017-10-15T03:00:00Z", "2017-10-16T02:00:00Z"},
		{"midnight that comes twice", "2018-02-18", sp, "", "2018-02-18T03:00:00Z", "2018-02-19T03:00:00Z"},
		{"day before a midnight that comes twice", "2018-02-17", sp, "", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"},
		{"day that does not exist", "2011-12-30", "Pacific/Apia", "", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"leap day", "2028-02-29", "UTC", "", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"},
		{"clock time", "2026-11-19T13:30", ny, "", "2026-11-19T18:30:00Z", "2026-11-19T18:30:00Z"},
		{"clock time that comes twice is the first", "2026-11-01T01:30", ny, "", "2026-11-01T05:30:00Z", "2026-11-01T05:30:00Z"},
		{"clock time that is skipped", "2026-03-08T02:30", ny, "", "2026-03-08T07:30:00Z", "2026-03-08T07:30:00Z"},
		{"offset", "2026-11-19T13:30:00.250-05:00", "UTC", "", "2026-11-19T18:30:00.25Z", "2026-11-19T18:30:00.25Z"},
		{"milliseconds", "1760000100123", ny, "", "2025-10-09T08:55:00.123Z", "2025-10-09T08:55:00.123Z"},

		{"now", "now", ny, "2026-11-20T15:04:05Z", "2026-11-20T15:04:05Z", "2026-11-20T15:04:05Z"},
		{"hours are exact over a change", "now-24h", ny, "2026-11-02T04:30:00Z", "2026-11-01T04:30:00Z", "2026-11-01T04:30:00Z"},
		{"days keep the clock over a change", "now-1d", ny, "2026-11-02T04:30:00Z", "2026-11-01T03:30:00Z", "2026-11-01T03:30:00Z"},
		{"seven days over the spring change", "now-7d", ny, "2026-03-10T12:00:00Z", "2026-03-03T13:00:00Z", "2026-03-03T13:00:00Z"},
		{"today", "now/d", ny, "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		{"today is another day elsewhere", "now/d", "Pacific/Auckland", "2026-11-20T15:04:05Z", "2026-11-20T11:00:00Z", "2026-11-21T11:00:00Z"},
		{"yesterday at a month's start", "now-1d/d", "UTC", "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"week starts on Monday, on a Sunday", "now/w", "UTC", "2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"},
		{"week starts on Monday, on a Monday", "now/w", "UTC", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"},
		{"last month", "now-1M/M", "UTC", "2026-03-31T12:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"month back from the 31st", "now-1M", "UTC", "2026-03-31T12:00:00Z", "2026-02-28T12:00:00Z", "2026-02-28T12:00:00Z"},
		{"year back from a leap day", "now-1y", "UTC", "2028-02-29T12:00:00Z", "2027-02-28T12:00:00Z", "2027-02-28T12:00:00Z"},
		{"month with a change", "now/M", ny, "2026-11-20T12:00:00Z", "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z"},
		{"year", "now/y", sth, "2026-07-01T12:00:00Z", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"},
		{"hour in a zone of 45 minutes", "now/h", "Asia/Kathmandu", "2026-11-20T15:04:05Z", "2026-11-20T14:15:00Z", "2026-11-20T15:15:00Z"},
		{"minute and second", "now/m", "UTC", "2026-11-20T15:04:05.5Z", "2026-11-20T15:04:00Z", "2026-11-20T15:05:00Z"},
		{"steps after rounding", "now/d+8h", ny, "2026-11-20T15:04:05Z", "2026-11-20T13:00:00Z", "2026-11-21T13:00:00Z"},
		{"before 1970", "now-99999d", "UTC", "2026-11-20T15:04:05Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := LoadZone(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			now, _ := time.Parse(time.RFC3339, c.now)
			m, err := ParseMoment(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Start(now, zone).Format(time.RFC3339Nano); got != c.start {
				t.Errorf("start: got %s, want %s", got, c.start)
			}
			if got := m.End(now, zone).Format(time.RFC3339Nano); got != c.end {
				t.Errorf("end: got %s, want %s", got, c.end)
			}
		})
	}
}

// A day's end is the next day's start, and its start shows the day's first
// clock time, in every zone and over every change.
func TestDaysJoin(t *testing.T) {
	for _, name := range []string{"UTC", "America/New_York", "America/Havana", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Europe/London", "Pacific/Apia", "America/St_Johns", "Asia/Tehran"} {
		zone, err := LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for day := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2027; day = day.AddDate(0, 0, 1) {
			m, err := ParseMoment(day.Format(time.DateOnly))
			if err != nil {
				t.Fatal(err)
			}
			start, end := m.Start(day, zone), m.End(day, zone)
			if name == "Pacific/Apia" && day.Format(time.DateOnly) == "2011-12-30" {
				continue // the day that the zone skipped
			}
			if got := start.In(zone).Format(time.DateOnly); got != m.String() {
				t.Fatalf("%s %s: starts on %s", name, m, got)
			}
			if got := start.Add(-time.Millisecond).In(zone).Format(time.DateOnly); got == m.String() {
				t.Fatalf("%s %s: has begun before %s", name, m, start)
			}
			if got := end.Add(-time.Millisecond).In(zone).Format(time.DateOnly); got != m.String() {
				t.Fatalf("%s %s: ends on %s", name, m, got)
			}
		}
	}
}

func FuzzParseMoment(f *testing.F) {
	for _, s := range []string{"now", "now-7d/d", "2026-11-01", "2026-11-01T01:30", "1760000000000", "now/M-1y+3h"} {
		f.Add(s)
	}
	zone, _ := LoadZone("America/New_York")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMoment(s)
		if err != nil {
			return
		}
		start, end := m.Start(testNow, zone), m.End(testNow, zone)
		if end.Before(start) && m.kind != kindRelative {
			t.Errorf("%q: ends at %s before it starts at %s", s, end, start)
		}
		if start.Year() < 1969 || end.Year() > 10000 {
			t.Errorf("%q: %s to %s is out of bounds", s, start, end)
		}
	})
}
