package search

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trustlyportal/trustlyclient"
)

func TestFrozen(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"", "asOf=1795187045000"},
		{"createdAt.start=now-1d/d&createdAt.end=now-1d/d&updatedAt.end=2026-11-19&tz=America/New_York",
			"createdAt.start=1795064400000&createdAt.end=1795150800000&updatedAt.end=2026-11-19&tz=America/New_York"},
		{"createdAt.start=now-7d&after=1795187000000.1.7", "createdAt.start=1794582245000&asOf=1795187045000"},
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-20", "createdAt.start=2026-11-01&createdAt.end=2026-11-20&asOf=1795187045000"}, // the 20th is not over
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-19", "createdAt.start=2026-11-01&createdAt.end=2026-11-19"},
		{"createdAt.start=now-7d&asOf=1795000000000", "createdAt.start=1794582245000&asOf=1795000000000"},
		{"updatedAt.start=now-1h&completedAt.end=now/d&processedAt.start=now-1M/M", "updatedAt.start=1795183445000&processedAt.start=1790812800000&completedAt.end=1795219200000&asOf=1795187045000"},
	} {
		if got := mustParse(t, c.query).Frozen(testNow).Encode(); got != c.want {
			t.Errorf("%q frozen:\n got %q\nwant %q", c.query, got, c.want)
		}
	}
}

// A frozen view has, at any later time, the rows that the live one had: of what had been created by then.
func TestFrozenEqualsLiveAtItsInstant(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"}
	words := []string{"", "now", "now-7d", "now/d", "now-1M/M", "now-90m", "now/w", "now-1d/d", "2026-11-01", "2026-11-01T13:00", "1793491200123", "now+2h", "now+1d/d"}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1772000000, 1799000000).Draw(t, "second"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanosecond"))
		v := emptyView().With(NameZone, rapid.SampledFrom(zones).Draw(t, "zone"))
		for _, base := range timeFields {
			for _, end := range []string{".start", ".end"} {
				v = v.With(base+end, nonEmptyText(rapid.SampledFrom(words).Draw(t, base+end))...)
			}
		}
		later := now.Add(time.Duration(rapid.Int64Range(0, int64(400*24*time.Hour)).Draw(t, "later")))
		frozen := v.Frozen(now)
		if again, errs := Parse(frozen.Encode(), later); again.Encode() != frozen.Encode() {
			t.Fatalf("the frozen view is not canonical: %q, %v", frozen.Encode(), errs)
		}
		live, then := v.Query(now), frozen.Query(later)
		for _, r := range []trustlyclient.TimeRange{live.Created, live.Updated, live.Processed, live.Completed} {
			for _, bound := range []time.Time{r.Start, r.End, now} {
				for ms := int64(-1); ms <= 1; ms++ {
					at := trustlyclient.Time{Time: time.UnixMilli(bound.UnixMilli() + ms).UTC()}
					at.Text = formatMillis(at.Time)
					for name, row := range map[string]*trustlyclient.Transaction{"created": {CreatedAt: at}, "updated": {UpdatedAt: at}, "processed": {ProcessedAt: at}, "completed": {CompletedAt: at}} {
						there := live.holds(row)
						if name == "created" && !at.Before(now) {
							there = false // not created yet
						}
						if got := then.holds(row); got != there {
							t.Fatalf("%s at %s, now %s: frozen %q has it %v, live %q had it %v", name, at.UTC(), now.UTC(), frozen.Encode(), got, v.Encode(), there)
						}
					}
				}
			}
		}
		if diff := cmp.Diff(live.Filters, then.Filters); diff != "" {
			t.Fatalf("filters differ (-live +frozen):\n%s", diff)
		}
	})
}

func nonEmptyText(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
