package search

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Moment is one bound of a time range as a URL writes it: an ISO date, an ISO
// date-time, Unix milliseconds, or words relative to now in Grafana's grammar
// (now-7d, now/d, now-1M/M). It keeps its text, so that a live link stays live.
type Moment struct {
	text string
	ops  []relativeOp // relative words; the other kinds leave it nil
	kind momentKind
	wall time.Time // kindDate, kindWall: the clock as written, in UTC
	at   time.Time // kindInstant
}

type momentKind int

const (
	kindRelative momentKind = iota
	kindDate                // 2026-11-01
	kindWall                // 2026-11-01T13:00, read in the view's zone
	kindInstant             // 2026-11-01T13:00Z or Unix milliseconds
)

// relativeOp is one step after "now": an addition, or with round a cut to the
// start of a unit (its end, as an upper bound).
type relativeOp struct {
	round bool
	n     int
	unit  byte // s m h d w M y
}

// Bounds on what is read as a time. They keep arithmetic far from overflow and
// catch seconds written where milliseconds are meant.
const (
	maxRelativeSteps  = 8
	maxRelativeNumber = 100_000
	minUnixMillis     = 100_000_000_000 // below it, trustly.md 3 reads seconds
	minYear           = 1970
	maxYear           = 9999
)

// ParseMoment reads one bound. Its error is text for the person who wrote it.
func ParseMoment(s string) (Moment, error) {
	switch {
	case s == "":
		return Moment{}, errors.New("is empty")
	case strings.HasPrefix(s, "now"):
		return parseRelative(strings.ReplaceAll(s, " ", "+")) // form decoding reads a plus as a space
	case isDigits(strings.TrimPrefix(s, "-")):
		return parseMillis(s)
	}
	if i := len(s) - len(" 00:00"); i > 0 && s[i] == ' ' && s[len(s)-3] == ':' {
		s = s[:i] + "+" + s[i+1:] // an offset's plus, read as a space by form decoding
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return checkYear(Moment{text: s, kind: kindDate, wall: t}, t)
	}
	for _, layout := range []string{"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return checkYear(Moment{text: s, kind: kindInstant, at: t.UTC()}, t)
		}
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return checkYear(Moment{text: s, kind: kindWall, wall: t}, t)
		}
	}
	return Moment{}, errors.New("is not a time: write a date (2026-11-01), a date and time (2026-11-01T13:00), Unix milliseconds, or words such as now-7d, now/d or now-1M/M")
}

func checkYear(m Moment, t time.Time) (Moment, error) {
	if y := t.Year(); y < minYear || y > maxYear {
		return Moment{}, fmt.Errorf("is outside the years %d to %d", minYear, maxYear)
	}
	return m, nil
}

func parseMillis(s string) (Moment, error) {
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return Moment{}, errors.New("is too large for Unix milliseconds")
	}
	if ms < minUnixMillis {
		return Moment{}, errors.New("is too small for Unix milliseconds (13 digits): seconds are not accepted here")
	}
	t := time.UnixMilli(ms).UTC()
	return checkYear(Moment{text: s, kind: kindInstant, at: t}, t)
}

func parseRelative(s string) (Moment, error) {
	m := Moment{text: s, kind: kindRelative}
	rest := s[len("now"):]
	for rest != "" {
		op := relativeOp{round: rest[0] == '/'}
		sign := rest[0]
		rest = rest[1:]
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if op.round == (digits > 0) || (sign != '/' && sign != '+' && sign != '-') {
			return Moment{}, relativeError()
		}
		if !op.round {
			n, err := strconv.Atoi(rest[:digits])
			if err != nil || n > maxRelativeNumber {
				return Moment{}, fmt.Errorf("counts more than %d", maxRelativeNumber)
			}
			op.n = n
			if sign == '-' {
				op.n = -n
			}
			rest = rest[digits:]
		}
		if rest == "" || !strings.ContainsRune("smhdwMy", rune(rest[0])) {
			return Moment{}, relativeError()
		}
		op.unit = rest[0]
		rest = rest[1:]
		if m.ops = append(m.ops, op); len(m.ops) > maxRelativeSteps {
			return Moment{}, fmt.Errorf("has more than %d steps", maxRelativeSteps)
		}
	}
	return m, nil
}

func relativeError() error {
	return errors.New("is not a relative time: write now, then steps such as -7d, +2h or /d with the units s, m, h, d, w, M or y (for example now-7d, now/d, now-1M/M)")
}

// String returns the bound as it was written.
func (m Moment) String() string { return m.text }

// IsZero reports that there is no bound.
func (m Moment) IsZero() bool { return m.text == "" }

// Start is the bound as a lower, inclusive one: a date means its first instant
// in the zone, rounding goes down. The result is in UTC.
func (m Moment) Start(now time.Time, zone *time.Location) time.Time {
	return m.resolve(now, zone, false)
}

// End is the bound as an upper, exclusive one: a date means the first instant
// of the next day, so it covers that whole day, and rounding goes up.
func (m Moment) End(now time.Time, zone *time.Location) time.Time { return m.resolve(now, zone, true) }

func (m Moment) resolve(now time.Time, zone *time.Location, up bool) time.Time {
	switch m.kind {
	case kindInstant:
		return m.at
	case kindWall:
		return onClock(m.wall, zone)
	case kindDate:
		if up {
			return onClock(m.wall.AddDate(0, 0, 1), zone)
		}
		return onClock(m.wall, zone)
	}
	t := now
	for _, op := range m.ops {
		if op.round {
			t = roundDown(t, op.unit, zone)
			if up {
				t = roundDown(shift(t, 1, op.unit, zone), op.unit, zone)
			}
		} else {
			t = shift(t, op.n, op.unit, zone)
		}
	}
	return clampYears(t).UTC()
}

func clampYears(t time.Time) time.Time {
	first, last := time.Unix(0, 0), time.Date(maxYear, 12, 31, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}

// shift moves by n units. Hours and shorter are exact durations; days and
// longer keep the clock of the zone, and a day that the month lacks becomes
// its last one (now-1M on March 31 is the end of February).
func shift(t time.Time, n int, unit byte, zone *time.Location) time.Time {
	switch unit {
	case 's':
		return t.Add(time.Duration(n) * time.Second)
	case 'm':
		return t.Add(time.Duration(n) * time.Minute)
	case 'h':
		return t.Add(time.Duration(n) * time.Hour)
	}
	l := clampYears(t).In(zone)
	wall := time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
	switch unit {
	case 'd':
		wall = wall.AddDate(0, 0, n)
	case 'w':
		wall = wall.AddDate(0, 0, 7*n)
	case 'M':
		wall = addMonths(wall, n)
	case 'y':
		wall = addMonths(wall, 12*n)
	}
	return onDay(clampYears(wall).UTC(), n < 0, zone)
}

// onDay is onClock, but keeps to wall's day where the clock jumps over midnight
// (as Nuuk's does in spring). A day that the zone left out (as Apia did one) is
// the day before it on the way back, and the day after it otherwise.
func onDay(wall time.Time, back bool, zone *time.Location) time.Time {
	at := onClock(wall, zone)
	if dateOn(at, zone).Equal(wall.Truncate(24 * time.Hour)) {
		return at
	}
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	before := wall.Add(-time.Duration(after) * time.Second)
	if back || dateOn(before, zone).Equal(wall.Truncate(24*time.Hour)) {
		return before.UTC()
	}
	return at
}

func addMonths(wall time.Time, n int) time.Time {
	first := time.Date(wall.Year(), wall.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	lastDay := first.AddDate(0, 1, -1).Day()
	day := min(wall.Day(), lastDay)
	return time.Date(first.Year(), first.Month(), day, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), time.UTC)
}

// roundDown cuts to the start of the unit in the zone. Weeks start on Monday.
func roundDown(t time.Time, unit byte, zone *time.Location) time.Time {
	l := t.In(zone)
	switch unit {
	case 's':
		return t.Truncate(time.Second)
	case 'm':
		return t.Add(-time.Duration(l.Second())*time.Second - time.Duration(l.Nanosecond()))
	case 'h':
		start := t.Add(-time.Duration(l.Minute())*time.Minute - time.Duration(l.Second())*time.Second - time.Duration(l.Nanosecond()))
		if changed, _ := l.ZoneBounds(); changed.After(start) { // by half an hour, on Lord Howe Island
			return changed
		}
		return start
	}
	day := time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC)
	switch unit {
	case 'w':
		day = day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	case 'M':
		day = time.Date(l.Year(), l.Month(), 1, 0, 0, 0, 0, time.UTC)
	case 'y':
		day = time.Date(l.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return onClock(day, zone)
}

// onClock is the instant at which the zone's clock shows wall (given in UTC).
// A clock time that happens twice means its first time; one that is skipped
// means the same distance after the jump, so a midnight that does not exist is
// the first instant of its day.
func onClock(wall time.Time, zone *time.Location) time.Time {
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	early := wall.Add(-time.Duration(before) * time.Second)
	if before == after || showsClock(early, wall, zone) {
		return early.UTC()
	}
	late := wall.Add(-time.Duration(after) * time.Second)
	if showsClock(late, wall, zone) {
		return late.UTC()
	}
	return early.UTC()
}

func showsClock(t, wall time.Time, zone *time.Location) bool {
	l := t.In(zone)
	return l.Day() == wall.Day() && l.Hour() == wall.Hour() && l.Minute() == wall.Minute() && l.Second() == wall.Second()
}

func isDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
