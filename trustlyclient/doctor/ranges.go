package doctor

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// usualRanges are lengths that limits have, shortest first.
var usualRanges = []time.Duration{
	time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 3 * day, 7 * day, 8 * day, 10 * day, 14 * day, 15 * day, 20 * day, 28 * day, 29 * day, 30 * day,
	31 * day, 32 * day, 45 * day, 59 * day, 60 * day, 61 * day, 62 * day, 89 * day, 90 * day, 91 * day, 92 * day, 93 * day, 100 * day, 120 * day, 180 * day,
	181 * day, 183 * day, 184 * day, 200 * day, 364 * day, 365 * day, 366 * day, 367 * day, 400 * day, 730 * day, 731 * day, 1095 * day, 1826 * day, 3650 * day,
}

// ranges finds the longest range of time that a list may ask for, and the one that it has when it asks for none. In
// passing it sees whether the ascending order is heeded.
func (e *examination) ranges(ctx context.Context) {
	if e.unit == 0 {
		const why = "the unit of time filters is not known"
		e.unknown(CheckLongestRange, why)
		if _, done := e.report.Finding(CheckDefaultRange); !done {
			e.unknown(CheckDefaultRange, why)
		}
		return
	}
	now := e.report.At.UnixMilli()
	ask := func(d time.Duration) *answer { // a little less, as the bounds are rounded to whole units
		return e.list(ctx, oldestFirst(5).within(now-d.Milliseconds()+slack, now, e.unit))
	}
	oldest := ask(ages)
	switch {
	case oldest.ok():
		e.widest = ages
		e.found(CheckLongestRange, OK, "none", "a range may be as long as one likes: 20 years are accepted", oldest)
	case oldest.status != 400:
		e.unknown(CheckLongestRange, "the question was not answered", oldest)
	default:
		evidence := []*answer{oldest}
		low, high := -1, len(usualRanges) // accepted, refused
		for high-low > 1 {
			middle := (low + high) / 2
			a := ask(usualRanges[middle])
			evidence = append(evidence, a)
			if !a.ok() && a.status != 400 {
				break
			}
			if a.ok() {
				low, oldest = middle, a
			} else {
				high = middle
			}
		}
		switch {
		case low < 0 || high-low > 1:
			e.unknown(CheckLongestRange, "no length was seen to be the limit", evidence...)
		default:
			e.widest = usualRanges[low]
			words := "a range may be " + span(e.widest) + " long, "
			if high < len(usualRanges) {
				words += span(usualRanges[high])
			} else {
				words += "20 years"
			}
			e.found(CheckLongestRange, Differs, span(e.widest), words+" are refused: keep views shorter than that", evidence...)
		}
	}
	e.meet(oldest)
	e.defaultRange(ctx, oldest)
}

// defaultRange compares the oldest row of a list without a range to what is older.
func (e *examination) defaultRange(ctx context.Context, oldest *answer) {
	if _, done := e.report.Finding(CheckDefaultRange); done || e.widest == 0 {
		if !done {
			e.unknown(CheckDefaultRange, "the longest range is not known")
		}
		return
	}
	bare := e.list(ctx, oldestFirst(5))
	switch {
	case bare.status == 400:
		e.found(CheckDefaultRange, Differs, "refused", "a list must name a range of time: without one it is refused", bare)
		return
	case !bare.ok() || len(bare.rows) == 0 || bare.rows[0].created == 0:
		e.unknown(CheckDefaultRange, "a list without a range brings nothing to compare", bare)
		return
	}
	seen := bare.rows[0].created
	if e.widest == ages && len(oldest.rows) > 0 && oldest.rows[0].created >= seen {
		e.found(CheckDefaultRange, OK, "none", "a list that names no range of time goes back to the oldest transaction", bare, oldest)
		return
	}
	before := e.list(ctx, latestFirst(1).within(seen-(e.widest-e.widest/24).Milliseconds(), seen-1000, e.unit))
	older := slices.DeleteFunc(slices.Clone(before.rows), func(r row) bool { return r.created >= seen })
	switch {
	case !before.ok():
		e.unknown(CheckDefaultRange, "the question was not answered", bare, before)
	case len(older) == 0:
		e.found(CheckDefaultRange, OK, "none", "a list that names no range of time goes back to the oldest transaction that could be seen", bare, before)
	default:
		now := e.report.At.UnixMilli()
		low, high := time.Duration(now-seen)*time.Millisecond, time.Duration(now-older[0].created)*time.Millisecond
		value := ""
		fits := slices.DeleteFunc(slices.Clone(usualRanges), func(d time.Duration) bool { return d < low-time.Minute || d > high })
		if len(fits) > 0 {
			// Of several lengths that fit, the likeliest is the roundest.
			slices.SortStableFunc(fits, func(a, b time.Duration) int { return cmp.Compare(roundness(a), roundness(b)) })
			value = span(fits[0])
		}
		words := "between " + ago(low.Milliseconds()) + " and " + ago(high.Milliseconds())
		if value != "" {
			words = value + " (" + words + ")"
		}
		e.found(CheckDefaultRange, Differs, value, "a list that names no range of time looks back "+words+" only; the portal always names one", bare, before)
	}
}

// roundness puts lengths that people choose before their neighbours.
func roundness(d time.Duration) int {
	i := slices.Index([]time.Duration{30 * day, 90 * day, 60 * day, 7 * day, 365 * day, 180 * day, day, 31 * day, 14 * day}, d)
	if i < 0 {
		return 100
	}
	return i
}
