package handlers

import (
	"testing"
	"time"

	"trustlyportal/store"
	"trustlyportal/views"
)

// Times and sizes in words, in the unit that fits.
func TestExportWords(t *testing.T) {
	t.Parallel()
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	f := formatter{zone: newYork, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, newYork) }
	for _, tt := range []struct{ got, want string }{
		{between(7*time.Second, 13*time.Second), "7 to 13 seconds"},
		{between(200*time.Millisecond, 900*time.Millisecond), "a second"},
		{between(90*time.Second, 5*time.Minute), "2 to 5 minutes"},
		{between(3*time.Hour, 3*time.Hour), "3 hours"},
		{f.span(day(10, 1), day(11, 1)), "Oct 1 to Oct 31"},
		{f.span(day(10, 1), day(10, 2)), "Oct 1 to Oct 1"},
		{f.span(time.Time{}, day(11, 2)), "the first one on to Nov 1"},
		{f.span(day(10, 31).AddDate(-1, 0, 0), day(11, 1).Add(25*time.Hour+30*time.Minute)), "Oct 31 2025 to Nov 2, 00:30"}, // Nov 1 has 25 hours
		{speedWords(0), ""}, {speedWords(90), "90 rows a minute"}, {speedWords(60_000), "1,000 rows a second"},
		{leftWords(3 * time.Second), "a few seconds left"}, {leftWords(61 * time.Second), "about 70 seconds left"},
		{leftWords(4 * time.Minute), "about 4 minutes left"}, {leftWords(5 * time.Hour), "about 5 hours left"},
		{daysWords(7 * 24 * time.Hour), "7 days"}, {daysWords(24 * time.Hour), "a day"}, {daysWords(36 * time.Hour), "36 hours"}, {daysWords(time.Hour), "an hour"},
		{placeWords(1, false), "Next in the queue. Exports take turns, person by person."},
		{placeWords(3, false), "Number 3 in the queue. Exports take turns, person by person."},
		{placeWords(0, true), "It was interrupted, and goes on in a moment; what was read is not lost."},
		{grouped("-1234567.891"), "-1,234,567.891"}, {grouped("999.00"), "999.00"}, {grouped("-100"), "-100"},
		{grouped("123456789012345678901234567890.12"), "123,456,789,012,345,678,901,234,567,890.12"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	for n, want := range map[int]int{0: 0, 99: 99, 101: 100, 1601: 1600, 3_249: 3200, 409_601: 410_000} {
		if got := rounded(n); got != want {
			t.Errorf("%d rounded: got %d, want %d", n, got, want)
		}
	}
}

// A job whose time is over has expired, though its rows are there still; each way to fail has its words.
func TestExportStateWords(t *testing.T) {
	t.Parallel()
	now := time.Now()
	job := exportJob{ExportJob: store.ExportJob{State: store.ExportComplete, ExpiresAt: now}}
	if got := exportState(job, now); got != store.ExportExpired {
		t.Errorf("at its end: got %s, want it expired", got)
	}
	if got := exportState(job, now.Add(-time.Millisecond)); got != store.ExportComplete {
		t.Errorf("before its end: got %s, want it complete", got)
	}
	for _, why := range []store.ExportWhy{
		store.ExportNoAPI, store.ExportNoAccess, store.ExportRefused, store.ExportUnreliable, store.ExportNoDisk, store.ExportNoPermission,
		store.ExportUserDisabled, store.ExportSealed, store.ExportCheckFailed, store.ExportInternal,
	} {
		if _, ok := exportTroubles[why]; !ok {
			t.Errorf("%s: got no words for it", why)
		}
	}
	job = exportJob{ExportJob: store.ExportJob{State: store.ExportFailed, Why: "a later version's", Run: "RUN"}}
	if got := exportTrouble(store.ExportFailed, job); got.What == "" || got.Tone != views.ToneBad {
		t.Errorf("a reason that nobody knows: got %+v, want it told as a failure", got)
	}
}

// A job whose process died, or can't save anything, is not said to be about done.
func TestExportSilence(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	w := &web{Config: Config{Now: func() time.Time { return now }}}
	for ago, want := range map[time.Duration]views.ExportProgress{
		time.Second:      {Speed: "1,000 rows a second", Left: "a few seconds left"},
		11 * time.Second: {Waits: "It was interrupted at Nov 20, 11:59, and goes on by itself as soon as the portal can; what was read is not lost."},
	} {
		job := exportJob{ExportJob: store.ExportJob{State: store.ExportCollecting, Rows: 9000, PerMinute: 60_000, UpdatedAt: now.Add(-ago),
			CoversFrom: now.Add(-10 * time.Hour), CoveredUntil: now.Add(-time.Hour), CoversTo: now}}
		got, err := w.exportProgress(nil, formatter{zone: time.UTC, now: now}, job.State, job)
		if err != nil || got.Speed != want.Speed || got.Left != want.Left || got.Waits != want.Waits {
			t.Errorf("after %s: got %+v and %v, want %+v", ago, got, err, want)
		}
	}
}
