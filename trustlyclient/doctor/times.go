package doctor

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"trustlyportal/trustlyclient"
)

// unitName is how settings name a unit.
func unitName(unit int64) string {
	if unit == 1000 {
		return string(trustlyclient.Seconds)
	}
	return string(trustlyclient.Milliseconds)
}

// times finds the units of times in answers and in filters.
func (e *examination) times(ctx context.Context) {
	if len(e.known) == 0 {
		for _, check := range []string{CheckAnswerTimes, CheckTimeUnit} {
			e.unknown(check, "there are no transactions")
		}
		return
	}
	value := e.known[0].unit
	verdict, words := OK, map[string]string{"ms": "Unix milliseconds", "s": "Unix seconds", "text": "dates as text"}[value]
	if value != "ms" {
		verdict = Differs
	}
	e.found(CheckAnswerTimes, verdict, value, "times in answers are "+words+"; all are read")

	probe := e.lone()
	milli := e.list(ctx, latestFirst(25).within(probe.created-slack, probe.created+slack, 1))
	second := e.list(ctx, latestFirst(25).within(probe.created-slack, probe.created+slack, 1000))
	inMilli, deafMilli := around(milli, probe)
	inSecond, deafSecond := around(second, probe)
	e.judgeUnit(inMilli, inSecond, deafMilli || deafSecond, milli, second)
}

// lone picks a row to probe: the last of the first page that is some time away from the newest, which then must not
// come back.
func (e *examination) lone() row {
	for _, r := range slices.Backward(e.newest) {
		if r.created != 0 && r.created < e.known[0].created-5*slack {
			return r
		}
	}
	return e.known[0]
}

// around reports whether an answer for the narrow window around r has it, and whether the API was deaf to the window.
func around(a *answer, r row) (found, deaf bool) {
	for _, got := range a.rows {
		if got.created < r.created-2*slack || got.created > r.created+2*slack {
			return false, true
		}
	}
	return a.has(r.id) || len(a.rows) >= 25, false // a full page of its neighbours says as much
}

func (e *examination) judgeUnit(inMilli, inSecond, deaf bool, evidence ...*answer) {
	configured := int64(1)
	if e.options.TimeUnit == trustlyclient.Seconds {
		configured = 1000
	}
	var value string
	switch {
	case inMilli && inSecond:
		e.unit, value = configured, "either"
		e.found(CheckTimeUnit, OK, value, "time filters are read in milliseconds and in seconds alike", evidence...)
		return
	case inMilli:
		e.unit = 1
	case inSecond:
		e.unit = 1000
	case deaf:
		e.found(CheckTimeUnit, Problem, "ignored", "time filters are ignored: views by time show wrong rows", evidence...)
		return
	default:
		e.unknown(CheckTimeUnit, "a window around a transaction finds it in neither unit", evidence...)
		return
	}
	value = unitName(e.unit)
	words := map[int64]string{1: "milliseconds", 1000: "seconds"}
	if e.unit == configured {
		e.found(CheckTimeUnit, OK, value, "time filters are read in "+words[e.unit]+", as configured", evidence...)
	} else {
		e.found(CheckTimeUnit, Problem, value, fmt.Sprintf("time filters are read in %s, and TRUSTLY_TIME_UNIT is %s: views by time miss rows", words[e.unit], unitName(configured)), evidence...)
	}
	f := &e.report.Findings[slices.IndexFunc(e.report.Findings, func(f Finding) bool { return f.Check == CheckTimeUnit })]
	f.Setting = "TRUSTLY_TIME_UNIT=" + value
}

// maxRows is how many rows bounds are tried on where not every row can tell.
const maxRows = 4

// bounds finds whether a row is found by its own instant, as .start and as .end. That takes a row whose instant the
// filter can name: any row if filter and answer are in milliseconds, one at a whole second if the filter is in seconds.
// Where answers are cut to seconds the instant has to be found first.
func (e *examination) bounds(ctx context.Context) {
	if len(e.known) == 0 || e.unit == 0 {
		why := "there are no transactions"
		if len(e.known) > 0 {
			why = "the unit of time filters is not known"
		}
		e.unknown(CheckStartBound, why)
		e.unknown(CheckEndBound, why)
		return
	}
	var evidence []*answer
	for i, r := range e.roundest() {
		if i == maxRows {
			break
		}
		start, a := e.at(ctx, r, r.created, true)
		end, b := e.at(ctx, r, r.created, false)
		evidence = append(evidence, a, b)
		if !a.ok() || !b.ok() || !start && len(a.rows) >= e.most || !end && len(b.rows) >= e.most {
			continue // a crowd may hide the row
		}
		// What answers show is the instant itself, or it was cut. A row that is not found from what is shown is not cut,
		// and neither is one that is found up to there: then both bounds are told.
		if r.exact(e.unit) || !start || end {
			e.judgeBounds(start, end, a, b)
			return
		}
		if e.unit == 1 {
			if e.narrow(ctx, r, evidence) {
				return
			}
			break
		}
	}
	const why = "no transaction shows an instant that the filter can name. Nothing depends on it: the portal asks wider and drops what is too much"
	e.unknown(CheckStartBound, why, evidence...)
	e.unknown(CheckEndBound, why, evidence...)
}

// roundest orders rows so that those come first whose instant a filter can name, or is likely to.
func (e *examination) roundest() []row {
	rank := func(r row) int {
		if r.exact(e.unit) {
			return 0
		}
		for i, step := range []int64{3_600_000, 60_000, 1000} {
			if r.created%step == 0 {
				return i + 1
			}
		}
		return 4
	}
	list := make([]row, 0, len(e.known))
	seen := map[int64]bool{} // rows of one instant tell the same
	for _, r := range e.known {
		if !seen[r.created] {
			list = append(list, r)
		}
		seen[r.created] = true
	}
	slices.SortStableFunc(list, func(a, b row) int { return rank(a) - rank(b) })
	return list
}

// at asks whether r is found from, or else up to, an instant.
func (e *examination) at(ctx context.Context, r row, instant int64, start bool) (bool, *answer) {
	p := latestFirst(e.most)
	whole := instant / e.unit
	if start {
		p = p.with("createdAt.start", strconv.FormatInt(whole, 10)).with("createdAt.end", strconv.FormatInt(whole+max(slack/e.unit, 2), 10))
	} else {
		p = p.with("createdAt.start", strconv.FormatInt(whole-max(slack/e.unit, 2), 10)).with("createdAt.end", strconv.FormatInt(whole, 10))
	}
	a := e.list(ctx, p)
	return a.has(r.id), a
}

// narrow finds bounds where filters are in milliseconds and answers in seconds, for a row that is found from the second
// shown and not up to it: it finds the last .start that still finds the row, and how much further .end must go.
func (e *examination) narrow(ctx context.Context, r row, evidence []*answer) bool {
	if upTo, a := e.at(ctx, r, r.created+1, false); upTo {
		// It was created in that millisecond, or in the one before and .end leaves its own out. From that millisecond on it
		// is found in the first case only.
		from, b := e.at(ctx, r, r.created+1, true)
		if !b.ok() || !from && len(b.rows) >= e.most {
			return false
		}
		e.judgeBounds(true, from, append(evidence, a, b)...)
		return true
	}
	const steps = 12
	if e.left() < steps {
		return false
	}
	low, high := r.created, r.created+1000 // .start finds it at low, and not at high
	var last *answer
	for high-low > 1 {
		middle := (low + high) / 2
		found, a := e.at(ctx, r, middle, true)
		if !a.ok() || !found && len(a.rows) >= e.most {
			return false
		}
		if last = a; found {
			low = middle
		} else {
			high = middle
		}
	}
	evidence = append(evidence, last)
	for beyond := range int64(3) {
		found, a := e.at(ctx, r, low+beyond, false)
		evidence = append(evidence, a)
		if !a.ok() || !found && len(a.rows) >= e.most {
			return false
		}
		if found {
			// The same instant on both sides: both inclusive. One apart: one of them; of the two ways the half-open range is
			// the usual one. Two apart: both exclusive.
			e.judgeBounds(beyond < 2, beyond == 0, evidence...)
			return true
		}
	}
	return false
}

func (e *examination) judgeBounds(start, end bool, evidence ...*answer) {
	value := map[bool]string{true: "inclusive", false: "exclusive"}
	e.found(CheckStartBound, OK, value[start], "createdAt.start is "+value[start]+"; the portal asks wider and drops what is too much", evidence...)
	e.found(CheckEndBound, OK, value[end], "createdAt.end is "+value[end]+"; the portal asks wider and drops what is too much", evidence...)
}

// span is a length of time as settings of the sandbox write it.
func span(d time.Duration) string {
	if d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return strconv.Itoa(int(d/time.Hour)) + "h"
}
