package story

import "time"

// Unit is what a gap is counted in.
type Unit string

// The units of a gap.
const (
	Days    Unit = "day"
	Hours   Unit = "hour"
	Minutes Unit = "minute"
	Seconds Unit = "second"
)

// Gap is how far two instants lie apart, as a reader of a calendar in that zone counts it: from one day on in days by
// their dates, so that Monday evening to Thursday morning is 3 days; below that in whole hours, minutes or seconds. A
// day is from one time of the clock to the same on the next date, be it 23, 24 or 25 hours long. The order of a and b
// does not matter.
func Gap(a, b time.Time, zone *time.Location) (n int, unit Unit) {
	if b.Before(a) {
		a, b = b, a
	}
	a, b = a.In(zone), b.In(zone)
	if days := dayNumber(b) - dayNumber(a); days > 1 || days == 1 && clock(b) >= clock(a) {
		return days, Days
	}
	passed := b.Sub(a)
	switch {
	case passed >= time.Hour:
		return int(passed / time.Hour), Hours
	case passed >= time.Minute:
		return int(passed / time.Minute), Minutes
	}
	return int(passed / time.Second), Seconds
}

// dayNumber counts the dates since 1970.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// clock is what a clock on the wall shows.
func clock(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}
