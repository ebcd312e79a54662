package search

import (
	"strings"
	"time"
)

// Frozen returns the view as it stands at now, on its first page: relative words
// are replaced by the instants they mean, and what will be created later is left
// out. Asked for at any later time, it has the ranges that the view has now. What
// happens to its transactions later still shows.
func (v View) Frozen(now time.Time) View {
	frozen := v.Without(NameAfter)
	for _, p := range v.params {
		name, m := p.filter().Name, p.moment
		if m == nil || !m.relative() {
			continue
		}
		at := m.Start(now, v.Zone)
		if strings.HasSuffix(name, ".end") {
			at = m.End(now, v.Zone)
		}
		frozen = frozen.With(name, formatMillis(nextMilli(at)))
	}
	if created := v.timeRange("createdAt", now); v.AsOf.IsZero() && (created.End.IsZero() || created.End.After(now)) {
		frozen = frozen.With(NameAsOf, formatMillis(nextMilli(now)))
	}
	return frozen
}

// nextMilli is the millisecond at t or right after it. The times of transactions
// have no finer parts, so that as a bound it says the same as t.
func nextMilli(t time.Time) time.Time {
	if cut := t.Truncate(time.Millisecond); !cut.Equal(t) {
		return cut.Add(time.Millisecond)
	}
	return t
}

// relative reports whether the bound moves with the clock.
func (m Moment) relative() bool { return m.kind == kindRelative && m.text != "" }
