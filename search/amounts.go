package search

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// maxAmountLength is the longest amount that the API holds (trustly.md 5), with its point and two decimals.
const maxAmountLength = 10

// maxBareDigits is the longest row of digits that is read as an amount though nothing marks it as one: six and more
// are an identifier.
const maxBareDigits = 5

var (
	currencyBefore = regexp.MustCompile(`(?i)^(?:US ?\$|CAD? ?\$|\$|€|£|USD|CAD|EUR|GBP) ?`)
	currencyAfter  = regexp.MustCompile(`(?i) ?(?:US ?\$|CAD? ?\$|\$|€|£|USD|CAD|EUR|GBP)$`)
)

// spellings are the ways in which people write an amount: what groups the thousands, and what stands before the
// decimals. "1.250" fits two of them, and both are asked.
var spellings = []struct {
	pattern            *regexp.Regexp
	thousands, decimal string
}{
	{regexp.MustCompile(`^[0-9]*\.?[0-9]{1,2}$|^[0-9]+$`), "", "."},
	{regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,2})?$`), ",", "."},
	{regexp.MustCompile(`^[0-9]{1,3}( [0-9]{3})+(\.[0-9]{1,2})?$`), " ", "."},
	{regexp.MustCompile(`^[0-9]{1,3}( [0-9]{3})+,[0-9]{1,2}$`), " ", ","},
	{regexp.MustCompile(`^[0-9]{1,3}(['’][0-9]{3})+(\.[0-9]{1,2})?$`), "'’", "."},
	{regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{3})+(,[0-9]{1,2})?$`), ".", ","},
	{regexp.MustCompile(`^[0-9]+,[0-9]{1,2}$`), "", ","},
	{regexp.MustCompile(`^[0-9]+\.[0-9]{2}0+$`), "", "."},
}

// amounts are the sums of money that a tidy text can mean, as the API writes them; none if it can mean none. The sign
// is left out: the API tells money that goes out by its type, not by its sign. marked reports that the text can hardly
// be anything else.
func amounts(text string) (values []string, marked bool) {
	bare := peel(text, func(s string) string {
		s = strings.TrimSpace(strings.TrimLeft(s, "+-"))
		if inside, ok := strings.CutPrefix(s, "("); ok { // bookkeepers' minus
			s = strings.TrimSuffix(inside, ")")
		}
		if cut := currencyAfter.ReplaceAllString(currencyBefore.ReplaceAllString(s, ""), ""); cut != s {
			s, marked = strings.TrimSpace(cut), true
		}
		return s
	})
	if isDigits(bare) && !marked && (len(bare) > maxBareDigits || len(bare) > 1 && bare[0] == '0') {
		return nil, false
	}
	for _, spelling := range spellings {
		if !spelling.pattern.MatchString(bare) {
			continue
		}
		plain := strings.Map(func(r rune) rune {
			if strings.ContainsRune(spelling.thousands, r) {
				return -1
			}
			return r
		}, bare)
		sum, err := decimal.NewFromString(strings.Replace(plain, spelling.decimal, ".", 1))
		if value := sum.StringFixed(2); err == nil && len(value) <= maxAmountLength {
			values = append(values, value)
		}
	}
	return values, len(values) > 0 && (marked || !isDigits(bare))
}
