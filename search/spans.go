package search

import (
	"fmt"
	"strings"
	"time"
)

// timePhrase completes "created …"; "" without a bound.
func (v View) timePhrase(base string) string {
	start, end := v.moment(base+".start"), v.moment(base+".end")
	if end.text == "now" && !start.IsZero() {
		end = Moment{} // the same for what has happened already
	}
	switch {
	case start.IsZero() && end.IsZero():
		return ""
	case end.IsZero() && start.text == "now/"+string(start.lastUnit()):
		return string(start.span()) // today, this week: what is not over yet has no end to tell
	case end.IsZero() && start.ago() != "":
		return "in the last " + start.ago()
	case end.IsZero():
		return "since " + v.startWords(start)
	case start.IsZero():
		return v.endWords("until", "before", end)
	}
	if s := v.wholePeriod(start, end); s != "" {
		return s
	}
	return "from " + v.startWords(start) + v.endWords(" to", " to before", end)
}

// wholePeriod names a range that is just one day, month or the like.
func (v View) wholePeriod(start, end Moment) string {
	if p := start.span(); p != "" && start.text == end.text {
		return p.in()
	}
	first, ok1 := v.day(start, false)
	last, ok2 := v.day(end, true)
	switch {
	case !ok1 || !ok2:
		return ""
	case first.Equal(last):
		return "on " + dateText(first)
	case first.Day() == 1 && addMonths(first, 1).AddDate(0, 0, -1).Equal(last):
		return "in " + first.Format("January 2006")
	}
	return ""
}

// startWords say where a range starts: a day, a clock time in the view's zone,
// or so long ago.
func (v View) startWords(m Moment) string {
	if day, ok := v.day(m, false); ok {
		return dateText(day)
	}
	if p := m.span(); p != "" {
		return "the start of " + string(p)
	}
	return v.boundWords(m)
}

// endWords say where a range ends. A day or another period is covered whole, an
// instant is not covered.
func (v View) endWords(until, before string, m Moment) string {
	if day, ok := v.day(m, true); ok {
		return until + " the end of " + dateText(day)
	}
	switch p := m.span(); {
	case p != "":
		return until + " the end of " + string(p)
	case m.rounds():
		return until + " " + m.text
	}
	return before + " " + v.boundWords(m)
}

// day is the day in the view's zone that a bound starts with or, as an end, is
// the last one of: a date as it is written, or an instant at midnight.
func (v View) day(m Moment, end bool) (time.Time, bool) {
	var midnight time.Time
	switch m.kind {
	case kindDate:
		return m.wall, true
	case kindRelative:
		return time.Time{}, false
	case kindWall:
		midnight = onClock(m.wall, v.Zone)
	case kindInstant:
		midnight = m.at
	}
	l := midnight.In(v.Zone)
	day := time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC)
	if !onClock(day, v.Zone).Equal(midnight) {
		return time.Time{}, false
	}
	if end {
		day = day.AddDate(0, 0, -1)
	}
	return day, true
}

// boundWords are an instant: a clock time in the view's zone, so long ago, or the
// relative words as they stand.
func (v View) boundWords(m Moment) string {
	switch m.kind {
	case kindWall:
		return clockText(m.wall)
	case kindInstant:
		return v.clock(m.at)
	}
	if ago := m.ago(); ago != "" {
		if m.ops[0].n == -1 {
			ago = article(ago)
		}
		return ago + " ago"
	}
	return m.text
}

var unitWords = map[byte]string{'s': "second", 'm': "minute", 'h': "hour", 'd': "day", 'w': "week", 'M': "month", 'y': "year"}

// ago says "7 days" for now-7d, "day" for now-1d.
func (m Moment) ago() string {
	if len(m.ops) != 1 || m.ops[0].round || m.ops[0].n >= 0 {
		return ""
	}
	return units(-m.ops[0].n, m.ops[0].unit)
}

func units(n int, unit byte) string {
	if n == 1 {
		return unitWords[unit]
	}
	return fmt.Sprintf("%d %ss", n, unitWords[unit])
}

func article(word string) string {
	if word == "hour" {
		return "an hour"
	}
	return "a " + word
}

// span is a unit of the calendar told from now: "yesterday", "last month", "the
// day 3 days ago".
type span string

// in completes "created …" for what lies within the period.
func (p span) in() string {
	switch {
	case strings.HasPrefix(string(p), "the day "):
		return "on " + string(p)
	case strings.HasPrefix(string(p), "the "):
		return "in " + string(p)
	}
	return string(p)
}

var days = map[int]span{-1: "yesterday", 0: "today", 1: "tomorrow"}

// span reads now/u and now±n/u with one and the same unit; "" for other words.
func (m Moment) span() span {
	n, unit := 0, m.lastUnit()
	switch {
	case unit == 0 || len(m.ops) > 2:
		return ""
	case len(m.ops) == 2 && (m.ops[0].round || m.ops[0].unit != unit):
		return ""
	case len(m.ops) == 2:
		n = m.ops[0].n
	}
	if day, ok := days[n]; ok && unit == 'd' {
		return day
	}
	word := unitWords[unit]
	switch {
	case n == 0:
		return span("this " + word)
	case n == -1 && strings.IndexByte("smh", unit) >= 0: // "in the last hour" is the 60 minutes before now
		return span("the previous " + word)
	case n == -1:
		return span("last " + word)
	case n == 1:
		return span("next " + word)
	case n < 0:
		return span("the " + word + " " + units(-n, unit) + " ago")
	}
	return span("the " + word + " " + units(n, unit) + " from now")
}

// lastUnit is the unit that the relative words are rounded to at their end; 0 for
// words that end otherwise.
func (m Moment) lastUnit() byte {
	if len(m.ops) == 0 || !m.ops[len(m.ops)-1].round {
		return 0
	}
	return m.ops[len(m.ops)-1].unit
}

// rounds reports whether the words round anywhere.
func (m Moment) rounds() bool {
	for _, op := range m.ops {
		if op.round {
			return true
		}
	}
	return false
}

func dateText(day time.Time) string { return day.Format("Jan 2, 2006") }

func (v View) clock(t time.Time) string { return clockText(t.In(v.Zone)) }

// clockText tells seconds where there are any. Milliseconds are for machines.
func clockText(t time.Time) string {
	if t.Second() != 0 || t.Nanosecond() != 0 {
		return t.Format("Jan 2, 2006 15:04:05")
	}
	return t.Format("Jan 2, 2006 15:04")
}
