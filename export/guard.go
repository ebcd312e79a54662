package export

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// guard keeps spreadsheets from taking text for a formula: text that begins as one, after any blanks, gets an
// apostrophe in front. A number, also a negative one, is none. Text that looks guarded already gets one more, so that
// unguard always finds the text as it was.
func guard(s string) string {
	if risky(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// unguard undoes guard.
func unguard(s string) string {
	if strings.HasPrefix(s, "'") && risky(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}

func risky(s string) bool {
	start := strings.TrimLeft(s, " \u00a0\u200b\ufeff")
	first, _ := utf8.DecodeRuneInString(start)
	return start != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", first) && !number.MatchString(s)
}
