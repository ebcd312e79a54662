package trustlytest

import (
	"math/rand/v2"
	"time"
)

// Spans of time in milliseconds, the unit of all times in the ledger.
const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// hourWeights say how busy each UTC hour is: shops in North America, so quiet in the UTC morning.
var hourWeights = [24]float64{.7, .6, .5, .4, .25, .15, .1, .08, .08, .1, .15, .25, .4, .6, .8, .9, 1, 1, 1, .95, .95, .9, .85, .8}

// dayWeights start with Sunday.
var dayWeights = [7]float64{.5, 1, .95, .95, 1, 1, .6}

func weekday(at int64) time.Weekday {
	return time.Weekday((at/day + 4) % 7) // the first day of 1970 was a Thursday
}

// pastMoment picks an instant of the days before now: the nearer, the likelier, and with the rhythm of hours and
// weekdays.
func pastMoment(r *rand.Rand, now, days int64) int64 {
	for range 20 {
		u := r.Float64()
		at := now - second - int64(u*u*float64(days*day))
		if r.Float64() < hourWeights[at%day/hour]*dayWeights[weekday(at)] {
			return at
		}
	}
	return now - second - r.Int64N(days*day)
}

// bankingDay returns the start of the n-th banking day (Monday to Friday, UTC) after at.
func bankingDay(at int64, n int) int64 {
	d := at / day * day
	for n > 0 {
		d += day
		if w := weekday(d); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return d
}

// cutOff is when the day's debits leave, 20:30 UTC.
const cutOff = 20*hour + 30*minute

// nextBatch returns when a debit asked for at that time leaves.
func nextBatch(at int64) int64 {
	d := at / day * day
	if w := weekday(at); w != time.Saturday && w != time.Sunday && at%day < cutOff {
		return d + cutOff
	}
	return bankingDay(at, 1) + cutOff
}

// late adds the time a batch takes to reach a record. Two of five are written at the batch's very instant, so that
// records share a millisecond.
func late(r *rand.Rand, batch int64) int64 {
	if r.IntN(5) < 2 {
		return batch
	}
	return batch + r.Int64N(25*minute)
}
