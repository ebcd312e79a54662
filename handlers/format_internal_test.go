package handlers

import (
	"testing"
	"time"
)

// The time for machines is the one that its layout gives.
func TestUTC(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{
		time.UnixMilli(1), time.UnixMilli(1795204338895), time.Date(2026, 11, 1, 1, 59, 59, 999_999_999, newYork), time.Date(2026, 2, 3, 4, 5, 6, 7_000_000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 70_000_000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC),
	} {
		if got, want := (formatter{}).utc(at), at.UTC().Format("2006-01-02T15:04:05.000Z07:00"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := (formatter{}).utc(time.Time{}); got != "" {
		t.Errorf("got %s for no time, want none", got)
	}
}
