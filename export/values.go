package export

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// canonical is the one text of a value that every format leads back to, which is what the digest is over:
// an instant in UTC, an amount as an exact decimal, a list of codes with spaces between, any other text with plain line
// ends and no longer than a spreadsheet's cell. What is no instant or no amount is text. docs/exports.md promises this.
func canonical(f search.Field, c Cell) string {
	switch {
	case c.List != nil:
		return plainText(strings.Join(c.List, " "))
	case f.Kind == search.KindTime:
		if at, ok := instant(c.Text); ok {
			return isoTime(at.UTC())
		}
	case f.Kind == search.KindAmount:
		if _, ok := cents(c.Text); ok {
			return c.Text
		}
		if d, ok := money(c.Text); ok {
			return moneyText(d)
		}
	}
	return plainText(c.Text)
}

func instant(text string) (time.Time, bool) {
	var at trustlyclient.Time
	if err := at.UnmarshalText([]byte(text)); err != nil || at.IsZero() {
		return time.Time{}, false
	}
	return at.Time, true
}

// isoTime writes milliseconds, and more digits only where there are any.
func isoTime(at time.Time) string {
	if at.Nanosecond()%int(time.Millisecond) != 0 {
		return at.Format("2006-01-02T15:04:05.999999999Z07:00")
	}
	return at.Format("2006-01-02T15:04:05.000Z07:00")
}

// local is the instant in the zone, or in UTC where the zone's clock then can't be written exactly: before zones were
// whole minutes apart, and at the ends of the calendar.
func local(at time.Time, zone *time.Location) time.Time {
	there := at.In(zone)
	if _, offset := there.Zone(); offset%60 != 0 || there.Year() < 1 || there.Year() > 9999 {
		return at.UTC()
	}
	return there
}

// longestMoney is how long an amount's text may be: what is longer could not be read back as one.
const longestMoney = 64

func money(text string) (decimal.Decimal, bool) {
	d, ok := trustlyclient.Amount{Text: text}.Decimal()
	return d, ok && len(moneyText(d)) <= longestMoney
}

// cents reads an amount that is written as moneyText would, as nearly all are, without a decimal.
func cents(text string) (int64, bool) {
	digits, negative := strings.CutPrefix(text, "-")
	point := len(digits) - 3
	if point < 1 || point > 14 || digits[point] != '.' || digits[0] == '0' && point > 1 {
		return 0, false
	}
	var n int64
	for i := range len(digits) {
		if i == point {
			continue
		}
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = 10*n + int64(digits[i]-'0')
	}
	if !negative {
		return n, true
	}
	return -n, n != 0
}

// moneyText is the exact value with two decimals, and with more only where they are not zero.
func moneyText(d decimal.Decimal) string {
	text := d.String()
	if _, decimals, _ := strings.Cut(text, "."); len(decimals) > 2 {
		return text
	}
	return d.StringFixed(2)
}

// longestText is how many UTF-16 units a spreadsheet's cell holds; keptText is how much stays of what is longer.
const (
	longestText = 32_767
	keptText    = 32_000
)

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func plainText(s string) string {
	if strings.IndexByte(s, '\r') >= 0 {
		s = lineEnds.Replace(s)
	}
	if len(s) <= longestText || utf16Len(s) <= longestText {
		return s
	}
	return fmt.Sprintf("%s… [cut: %d characters in all, SHA-256 %x]", firstUnits(s, keptText), utf8.RuneCountInString(s), sha256.Sum256([]byte(s)))
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16Width(r)
	}
	return n
}

func utf16Width(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

func firstUnits(s string, units int) string {
	for i, r := range s {
		if units -= utf16Width(r); units < 0 {
			return s[:i]
		}
	}
	return s
}
