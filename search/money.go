package search

import "trustlyportal/trustlyclient"

// Money writes an amount with two decimals at least, exactly and never rounded;
// ok is false for what is no number.
func Money(a trustlyclient.Amount) (text string, ok bool) {
	d, ok := a.Decimal()
	if !ok {
		return "", false
	}
	return d.StringFixed(max(2, -d.Exponent())), true
}
