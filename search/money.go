package search

import (
	"strings"

	"trustlyportal/trustlyclient"
)

// Money writes an amount with two decimals at least, exactly and never rounded;
// ok is false for what is no number.
func Money(a trustlyclient.Amount) (text string, ok bool) {
	if isMoney(a.Text) {
		return a.Text, true
	}
	d, ok := a.Decimal()
	if !ok {
		return "", false
	}
	return d.StringFixed(max(2, -d.Exponent())), true
}

// isMoney reports whether a text stands as Money would write it, as nearly every amount of the API does.
func isMoney(text string) bool {
	whole, cents, _ := strings.Cut(text, ".")
	return len(text) <= 20 && isDigits(whole) && isDigits(cents) && len(cents) >= 2 && (whole == "0" || whole[0] != '0')
}
