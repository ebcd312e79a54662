package story

import (
	"fmt"
	"testing"
	"time"
)

func TestGap(t *testing.T) {
	tests := []struct {
		zone, a, b, want string
	}{
		{"UTC", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00.9Z", "0 second"},
		{"UTC", "2026-03-02T10:00:00Z", "2026-03-02T10:00:59Z", "59 second"},
		{"UTC", "2026-03-02T10:00:00Z", "2026-03-02T10:59:59Z", "59 minute"},
		{"UTC", "2026-03-02T23:00:00Z", "2026-03-03T01:00:00Z", "2 hour"}, // another date, but no day
		{"UTC", "2026-03-02T10:00:00Z", "2026-03-03T09:59:59.999Z", "23 hour"},
		{"UTC", "2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z", "1 day"},
		{"UTC", "2026-03-02T23:00:00Z", "2026-03-05T01:00:00Z", "3 day"}, // Monday to Thursday
		{"UTC", "2026-02-28T12:00:00Z", "2026-03-01T12:00:00Z", "1 day"},
		{"UTC", "2024-02-28T12:00:00Z", "2024-03-01T12:00:00Z", "2 day"},
		{"UTC", "1969-12-31T12:00:00Z", "1970-01-02T12:00:00Z", "2 day"},
		// The night of March 8 has 23 hours, that of November 1 has 25.
		{"America/New_York", "2026-03-07T12:00:00-05:00", "2026-03-08T12:00:00-04:00", "1 day"},
		{"America/New_York", "2026-03-07T12:00:00-05:00", "2026-03-08T11:59:00-04:00", "22 hour"},
		{"America/New_York", "2026-10-31T12:00:00-04:00", "2026-11-01T12:00:00-05:00", "1 day"},
		{"America/New_York", "2026-10-31T12:00:00-04:00", "2026-11-01T11:59:00-05:00", "24 hour"},
		{"America/New_York", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "1 hour"}, // the clock shows 1:30 twice
		// The same two instants in other zones: what is a day depends on the reader's dates.
		{"UTC", "2026-03-08T17:00:00Z", "2026-03-10T02:00:00Z", "2 day"},
		{"America/New_York", "2026-03-08T17:00:00Z", "2026-03-10T02:00:00Z", "1 day"},
		{"Asia/Kolkata", "2026-03-08T17:00:00Z", "2026-03-10T02:00:00Z", "2 day"},
	}
	for _, tt := range tests {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		a, b := parsed(t, tt.a), parsed(t, tt.b)
		for _, pair := range [][2]time.Time{{a, b}, {b, a}} {
			n, unit := Gap(pair[0], pair[1], zone)
			if got := fmt.Sprint(n, " ", unit); got != tt.want {
				t.Errorf("%s to %s in %s: got %s, want %s", pair[0], pair[1], tt.zone, got, tt.want)
			}
		}
	}
}

func parsed(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// So many calendar days on, at the same time of the clock, is so many days, whatever the clocks did in between.
func FuzzGap(f *testing.F) {
	f.Add(int64(1772000000), 3, int64(0))
	f.Add(int64(1793000000), 1, int64(3599))
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, seconds int64, days int, rest int64) {
		seconds, days, rest = seconds%4e9, days%4000, rest%86400
		if days < 0 || seconds < 0 || rest < 0 {
			t.Skip()
		}
		a := time.Unix(seconds, 0).In(zone)
		b := a.AddDate(0, 0, days)
		if clock(a) == clock(b) && days > 0 { // not where the hour is left out
			if n, unit := Gap(a, b, zone); n != days || unit != Days {
				t.Errorf("%s to %s: got %d %s, want %d days", a, b, n, unit, days)
			}
		}
		b = a.Add(time.Duration(rest) * time.Second)
		if n, unit := Gap(a, b, zone); unit == Hours && n > 24 || unit == Days && rest < 23*3600 {
			t.Errorf("%s to %s: got %d %s", a, b, n, unit)
		}
	})
}
