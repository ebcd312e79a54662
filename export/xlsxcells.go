package export

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

func (x *xlsxEncoder) startRow() {
	x.used++
	x.line = append(x.line[:0], `<row r="`...)
	x.line = strconv.AppendInt(x.line, int64(x.used), 10)
	x.line = append(x.line, `">`...)
}

func (x *xlsxEncoder) endRow() error {
	x.line = append(x.line, `</row>`...)
	x.size += int64(len(x.line))
	_, err := x.sheet.Write(x.line)
	return err
}

// startCell writes a cell up to the end of its style.
func (x *xlsxEncoder) startCell(i, style int) {
	x.line = append(x.line, `<c r="`...)
	x.line = append(x.line, x.letters[i]...)
	x.line = strconv.AppendInt(x.line, int64(x.used), 10)
	x.line = append(x.line, `" s="`...)
	x.line = strconv.AppendInt(x.line, int64(style), 10)
}

// text writes a text cell. The first of a row is written though it be empty: a row without cells would be none.
func (x *xlsxEncoder) text(i, style int, text string) {
	if text == "" && i > 0 {
		return
	}
	x.startCell(i, style)
	x.line = append(x.line, `" t="inlineStr"><is><t xml:space="preserve">`...)
	x.line = appendXML(x.line, text)
	x.line = append(x.line, `</t></is></c>`...)
}

func (x *xlsxEncoder) number(i, style int, digits string) {
	x.startCell(i, style)
	x.line = append(x.line, `"><v>`...)
	x.line = append(x.line, digits...)
	x.line = append(x.line, `</v></c>`...)
}

// numberDigits is how many digits of a number a spreadsheet keeps.
const numberDigits = 15

// fitsNumber reports whether a spreadsheet's number is just this decimal, to its last digit.
func fitsNumber(text string) bool {
	digits := 0
	for _, r := range strings.TrimLeft(text, "-0.") {
		if r != '.' {
			digits++
		}
	}
	if digits > numberDigits {
		return false
	}
	f, err := strconv.ParseFloat(text, 64)
	d, readErr := decimal.NewFromString(text)
	return err == nil && readErr == nil && decimal.NewFromFloat(f).Equal(d)
}

// Days of the spreadsheet calendar: it counts from the end of 1899, and has a 29th of February 1900 that never was.
const (
	dayMillis    = 24 * 60 * 60 * 1000
	unixSerial   = 25_569 // 1970-01-01
	lowestSerial = 61     // 1900-03-01
)

// dateSerial is the clock's date and time as days, as spreadsheets count them.
func dateSerial(clock time.Time) (serial string, ok bool) {
	_, offset := clock.Zone()
	millis := clock.UnixMilli() + int64(offset)*1000
	days := float64(millis)/dayMillis + unixSerial
	if clock.Nanosecond()%int(time.Millisecond) != 0 || days < lowestSerial {
		return "", false
	}
	return strconv.FormatFloat(days, 'f', -1, 64), true
}

// serialTime is the clock's date and time that a serial stands for.
func serialTime(serial float64, offset time.Duration) time.Time {
	millis := int64(math.Round((serial - unixSerial) * dayMillis))
	return time.UnixMilli(millis).Add(-offset).UTC()
}

// appendXML writes text for a cell. What XML can't hold is written as Excel does, _x0007_, and what looks like that is
// escaped in the same way.
func appendXML(b []byte, text string) []byte {
	for i, r := range text {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b = fmt.Appendf(b, "_x%04X_", r)
		case r == '_' && escaped(text[i:]):
			b = append(b, "_x005F_"...)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

// escaped reports whether the text begins with a character written as _x0007_.
func escaped(text string) bool {
	if len(text) < 7 || text[0] != '_' || text[1] != 'x' && text[1] != 'X' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 16)
	return err == nil && !strings.ContainsAny(text[2:6], "+-_")
}

// unescape undoes what appendXML and Excel do to characters that XML can't hold.
func unescape(text string) string {
	if !strings.Contains(text, "_x") && !strings.Contains(text, "_X") {
		return text
	}
	var b strings.Builder
	for text != "" {
		if !escaped(text) {
			b.WriteByte(text[0])
			text = text[1:]
			continue
		}
		code, _ := strconv.ParseUint(text[2:6], 16, 16) // escaped has read it
		b.WriteRune(rune(code))
		text = text[7:]
	}
	return b.String()
}
