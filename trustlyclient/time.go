package trustlyclient

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Time is an instant in UTC. The API sends Unix milliseconds (13 digits) in most places, seconds (10 digits) for
// account.verification.verificationDate, and declares date-time strings for recurrence dates; numbers may be quoted.
// A number below 100 000 000 000 counts as seconds, any other as milliseconds.
//
// The zero Time is a missing one. A value that can't be read has a zero time.Time and its Text.
type Time struct {
	time.Time
	Text string // as sent; "" when missing
}

// secondsBelow parts the two units: as seconds it is the year 5138, as milliseconds it is March 1973.
const secondsBelow = 100_000_000_000

// dateLayouts are the textual forms taken. Without a zone they are read as UTC, Trustly's reporting zone.
var dateLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999Z0700", // +0000, as Java writes it
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	time.DateOnly,
}

// String returns the text as sent. For a text of the instant itself use t.Time.String or Format.
func (t Time) String() string { return t.Text }

// UnmarshalJSON takes any JSON value.
func (t *Time) UnmarshalJSON(data []byte) error {
	*t = readTime(scalarText(data))
	return nil
}

// MarshalJSON writes a Unix time as the number it was sent as, other texts as a string and a missing time as null.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.Text == "" {
		return []byte("null"), nil
	}
	if _, err := strconv.ParseInt(t.Text, 10, 64); err == nil && json.Valid([]byte(t.Text)) {
		return []byte(t.Text), nil
	}
	return marshalText(t.Text)
}

// MarshalText writes the text as sent.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.Text), nil }

// UnmarshalText reads the text of a time, as UnmarshalJSON reads a JSON string of it.
func (t *Time) UnmarshalText(text []byte) error {
	*t = readTime(string(text))
	return nil
}

func readTime(text string) Time { return Time{Time: parseTime(text), Text: text} }

// parseTime reads a Unix time or a date, and returns the zero time when it can't.
func parseTime(text string) time.Time {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return unixTime(n)
	}
	// A number with a fraction or an exponent: the schema declares some times as doubles.
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return unixFraction(f)
	}
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return readable(at)
		}
	}
	return time.Time{}
}

func unixTime(n int64) time.Time {
	if -secondsBelow < n && n < secondsBelow {
		return readable(time.Unix(n, 0))
	}
	return readable(time.UnixMilli(n))
}

// unixFraction reads to the millisecond, the finest step the API is known to use.
func unixFraction(f float64) time.Time {
	if math.Abs(f) < secondsBelow {
		f *= 1000
	}
	if math.IsNaN(f) || math.Abs(f) >= math.MaxInt64 {
		return time.Time{}
	}
	return readable(time.UnixMilli(int64(math.Round(f))))
}

// The years 1 to 9999 in Unix seconds, the last without its end.
const (
	firstYear = -62_135_596_800
	lastYear  = 253_402_300_800
)

// readable drops years that no calendar page or date format can show.
func readable(at time.Time) time.Time {
	if seconds := at.Unix(); seconds < firstYear || seconds >= lastYear {
		return time.Time{}
	}
	return at.UTC()
}
