package search

import (
	"regexp"
	"strings"
)

// Kept says what a text is that the API can't search for.
type Kept int

// What people paste and the API has no filter for.
const (
	KeptNothing   Kept = iota // nothing of the kind
	KeptMail                  // an e-mail address
	KeptPhone                 // a phone number
	KeptShortened             // a number that a spreadsheet has cut to 1.00676E+09: its digits are lost
)

var (
	mailPattern      = regexp.MustCompile(`^(?:(.*?)[ <(\["']+)?([^\s<>()\[\],;:"'@]+@[^\s<>()\[\],;:"'@]+\.[^\s<>()\[\],;:"'@]+)[>)\]"' ]*$`)
	shortenedPattern = regexp.MustCompile(`^[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,2}$`)
	dashedPhone      = regexp.MustCompile(`^(?:1[-. ])?[0-9]{3}[-.][0-9]{3}[-.][0-9]{4}$`)
	phonePattern     = regexp.MustCompile(`^\+?[0-9 ().-]+$`)
)

// Unsearchable tells what a pasted text is, if the API can't be asked for it, so that a page can say so and offer what
// can be.
func Unsearchable(pasted string) Kept {
	text := Tidy(pasted)
	switch {
	case shortenedPattern.MatchString(text):
		return KeptShortened
	case mailPattern.MatchString(text):
		return KeptMail
	case isPhone(text):
		return KeptPhone
	}
	return KeptNothing
}

// isPhone knows phone numbers by what only they are written with: a leading +, brackets, or the American 3-3-4 with
// hyphens or points. Ten bare digits may be a transaction ID just as well.
func isPhone(text string) bool {
	if dashedPhone.MatchString(text) {
		return true
	}
	n := len(strings.Map(keepDigits, text))
	return phonePattern.MatchString(text) && strings.ContainsAny(text, "+(") && n >= 7 && n <= 15 && !strings.ContainsAny(text[1:], "+")
}
