package search

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"trustlyportal/trustlyclient"
)

// DateFields are the names of the four times that a list can be dated by, in the
// order they are offered; each has a filter with .start and one with .end.
func DateFields() []string { return timeFields }

// DateLabel names one of DateFields: "Created".
func DateLabel(field string) string { return labelOf(field + ".start") }

// DateField is the time that the view is dated by: the one it is sorted by if
// that has a range, or else the first that has one, or else again the one it is
// sorted by.
func (v View) DateField() string {
	sorted := string(v.OrderBy)
	if v.dated(sorted) {
		return sorted
	}
	if i := slices.IndexFunc(timeFields, v.dated); i >= 0 {
		return timeFields[i]
	}
	return sorted
}

func (v View) dated(field string) bool { return v.Has(field+".start") || v.Has(field+".end") }

// Dateless reports whether the view has no range of time, so that its zone only
// says how times are shown.
func (v View) Dateless() bool { return !slices.ContainsFunc(timeFields, v.dated) }

// Range is what a time's range means at now, in instants: half-open, with the
// zero time for a bound that the view leaves open.
func (v View) Range(field string, now time.Time) trustlyclient.TimeRange {
	return v.timeRange(field, now)
}

// Preset is a range of days with a name.
type Preset struct {
	Label      string
	Start, End string // relative words; "" leaves the bound open
}

// Presets are the ranges offered with one click. Those that reach the present
// have no end: it would hide what the API's clock has ahead of ours. The caller must not change it.
func Presets() []Preset { return presets }

var presets = []Preset{
	{"Today", "now/d", ""},
	{"Yesterday", "now-1d/d", "now-1d/d"},
	{"This week", "now/w", ""},
	{"Last week", "now-1w/w", "now-1w/w"},
	{"7 days", "now-7d", ""},
	{"30 days", "now-30d", ""},
	{"This month", "now/M", ""},
	{"Last month", "now-1M/M", "now-1M/M"},
	{"Any time", "", ""},
}

// presetParams are the parameters that presets are made of, read once: each page of a list links to all of them.
var presetParams = func() map[presetWords]param {
	made := map[presetWords]param{}
	for _, field := range timeFields {
		for _, p := range presets {
			for _, w := range []presetWords{{field + ".start", p.Start}, {field + ".end", p.End}} {
				place, v := byName[w.name], View{}
				if w.words != "" && v.take(&catalogue[place], w.words) == nil {
					v.spell(place)
					made[w] = v.params[0]
				}
			}
		}
	}
	return made
}()

// presetWords are one bound of a preset.
type presetWords struct{ name, words string }

// Dated returns the view with the preset's range of one time.
func (v View) Dated(field string, p Preset) View {
	return v.within(field, p.Start, p.End).Without(NameAsOf)
}

// IsDated reports whether the view has the preset's range of that time, also if
// the URL says in other words that it reaches the present.
func (v View) IsDated(field string, p Preset) bool {
	start, end := v.Value(field+".start"), v.Value(field+".end")
	return start == p.Start && (end == p.End || start != "" && p.End == "" && (end == "now" || end == start && strings.HasPrefix(start, "now/")))
}

// DatedBy returns the view with the range of one time put on another one.
func (v View) DatedBy(from, to string) View {
	start, end := v.Value(from+".start"), v.Value(from+".end")
	return v.within(from, "", "").within(to, start, end)
}

func (v View) within(field, start, end string) View {
	if !v.steps() {
		return v.With(field+".start", nonEmpty(start)...).With(field+".end", nonEmpty(end)...)
	}
	next := v.copied()
	next.put(field+".start", nonEmpty(start))
	next.put(field+".end", nonEmpty(end))
	next.forget(NameAfter)
	return next
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// Earlier returns the view one period back: the range of its date field moved by
// its own length, so that it ends where the present one begins. Relative words
// stay relative, whole months move by months, days by days, anything else by
// exactly as much time as it covers. It reports false for a range without a
// start, and before the first transaction there can be.
func (v View) Earlier(now time.Time) (View, bool) { return v.moved(-1, now) }

// Later is the way back from Earlier. It reports false if the period would lie
// wholly in the future.
func (v View) Later(now time.Time) (View, bool) { return v.moved(1, now) }

func (v View) moved(by int, now time.Time) (View, bool) {
	field := v.DateField()
	start, end := v.moment(field+".start"), v.moment(field+".end")
	if start.IsZero() {
		return View{}, false
	}
	p := period{start, end, v.Zone, now}
	move := p.byTime
	switch {
	case p.relative():
		move = p.byWords
	case p.days():
		move = p.byDays
	}
	low, high := move(by)
	next := v.within(field, low, high)
	r := next.Range(field, now)
	switch {
	case next.Value(field+".start") != low || next.Value(field+".end") != high: // it can't be written
	case !r.End.IsZero() && (!r.Start.Before(r.End) || !r.End.After(earliest)):
	case by > 0 && !r.Start.Before(v.present(field, now)):
	default:
		return next, true
	}
	return View{}, false
}

// present is the instant after which the view holds nothing.
func (v View) present(field string, now time.Time) time.Time {
	if field == string(trustlyclient.ByCreated) && !v.AsOf.IsZero() && v.AsOf.Before(now) {
		return v.AsOf
	}
	return now
}

// period is a range that has a start, with what its bounds are read by. An open
// end stands for now.
type period struct {
	start, end Moment
	zone       *time.Location
	now        time.Time
}

// steps reads a bound as "n units from now", rounded to the unit or not. Now
// itself is so in any unit.
func (m Moment) steps(unit byte, round bool) (n int, ok bool) {
	ops := m.ops
	if m.kind != kindRelative || m.IsZero() {
		return 0, false
	}
	if round {
		if len(ops) == 0 || !ops[len(ops)-1].round || ops[len(ops)-1].unit != unit {
			return 0, false
		}
		ops = ops[:len(ops)-1]
	}
	for _, op := range ops {
		if op.round || op.unit != unit {
			return 0, false
		}
		n += op.n
	}
	return n, true
}

// unit is that of a relative bound: of the rounding it ends with, or of its steps.
func (m Moment) unit() (unit byte, round, ok bool) {
	if m.kind != kindRelative || len(m.ops) == 0 {
		return 0, false, false
	}
	last := m.ops[len(m.ops)-1]
	return last.unit, last.round, true
}

// bounds are the steps of a relative period whose bounds agree in unit and
// rounding: [from, to) in units, rounded to them or not.
func (p period) bounds() (from, to int, unit byte, round, ok bool) {
	unit, round, ok = p.start.unit()
	if !ok {
		return 0, 0, 0, false, false
	}
	from, ok = p.start.steps(unit, round)
	last := 0 // an open end, or now: the present one
	if ok && !p.end.IsZero() && p.end.text != "now" {
		last, ok = p.end.steps(unit, round)
	}
	if round {
		last++ // a rounded end covers its unit
	}
	return from, last, unit, round, ok && from < last
}

func (p period) relative() bool {
	_, _, _, _, ok := p.bounds()
	return ok
}

// byWords moves a relative period: now-7d to now-14d..now-7d, now-1M/M to
// now-2M/M. One that reaches the present, and no further, has no end.
func (p period) byWords(by int) (start, end string) {
	from, to, unit, round, _ := p.bounds()
	length := to - from
	from, to = from+by*length, to+by*length
	last, suffix, present := to, "", 0
	if round {
		last, suffix, present = to-1, "/"+string(unit), 1
	}
	start = relativeWords(from, unit) + suffix
	if to != present {
		end = relativeWords(last, unit) + suffix
	}
	return start, end
}

func relativeWords(n int, unit byte) string {
	if n == 0 {
		return "now"
	}
	return fmt.Sprintf("now%+d%c", n, unit)
}

// days reports whether the period begins and ends with days, an open end with
// the present one.
func (p period) days() bool {
	first, next := p.walls()
	return onClock(first, p.zone).Equal(p.from()) && onClock(next, p.zone).Equal(p.to()) && first.Before(next)
}

func (p period) from() time.Time { return p.start.Start(p.now, p.zone) }

// to is the period's end; a start on a date is followed by whole days.
func (p period) to() time.Time {
	switch {
	case !p.end.IsZero():
		return p.end.End(p.now, p.zone)
	case p.start.kind == kindDate:
		return roundDown(shift(p.now, 1, 'd', p.zone), 'd', p.zone)
	}
	return p.now
}

// walls are the dates that the period begins with and that follows it.
func (p period) walls() (first, next time.Time) {
	return dateOn(p.from(), p.zone), dateOn(p.to(), p.zone)
}

func dateOn(t time.Time, zone *time.Location) time.Time {
	l := t.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC)
}

// byDays moves by as many days as the period has, or by months if it is made of
// whole ones.
func (p period) byDays(by int) (start, end string) {
	first, next := p.walls()
	if first.Day() == 1 && next.Day() == 1 {
		months := (next.Year()-first.Year())*12 + int(next.Month()-first.Month())
		first, next = addMonths(first, by*months), addMonths(next, by*months)
	} else {
		n := int(next.Sub(first) / (24 * time.Hour))
		first, next = first.AddDate(0, 0, by*n), next.AddDate(0, 0, by*n)
	}
	return first.Format(time.DateOnly), next.AddDate(0, 0, -1).Format(time.DateOnly)
}

// byTime moves by exactly as much time as the period covers.
func (p period) byTime(by int) (start, end string) {
	length := p.to().Sub(p.from())
	if by < 0 {
		return p.write(p.from().Add(-length)), p.write(p.from())
	}
	return p.write(p.to()), p.write(p.to().Add(length))
}

// write spells an instant as the start is spelt: a clock time of the zone where
// that is the only reading of it, Unix milliseconds, or with its offset.
func (p period) write(t time.Time) string {
	const clock = "2006-01-02T15:04:05.999"
	switch {
	case p.start.kind == kindInstant && isDigits(p.start.text):
		return formatMillis(t)
	case p.start.kind == kindWall:
		text := t.In(p.zone).Format(clock)
		if m, err := ParseMoment(text); err == nil && m.Start(p.now, p.zone).Equal(t.Truncate(time.Millisecond)) {
			return strings.TrimSuffix(text, ":00")
		}
	}
	return t.UTC().Format(clock + "Z07:00")
}
