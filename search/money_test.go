package search

import (
	"testing"

	"pgregory.net/rapid"

	"trustlyportal/trustlyclient"
)

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"125.50", "125.50", true}, {"10.0", "10.00", true}, {"7", "7.00", true}, {"0.00", "0.00", true}, {"-12.5", "-12.50", true}, {"007.50", "7.50", true}, {"00.00", "0.00", true},
		{"0.005", "0.005", true}, {"99999999999999999.999", "99999999999999999.999", true}, {"", "", false}, {"n/a", "", false},
	} {
		if got, ok := Money(trustlyclient.Amount{Text: c.in}); got != c.want || ok != c.ok {
			t.Errorf("%q: got %q, %t, want %q, %t", c.in, got, ok, c.want, c.ok)
		}
	}
}

// What stands as Money would write it is not read as a number at all: it has to say the same.
func TestMoneyAsSent(t *testing.T) {
	digits := rapid.StringMatching(`-?[0-9]{0,22}(\.[0-9]{0,5})?`)
	rapid.Check(t, func(rt *rapid.T) {
		sent := trustlyclient.Amount{Text: digits.Draw(rt, "amount")}
		got, ok := Money(sent)
		d, want := sent.Decimal()
		if ok != want || ok && got != d.StringFixed(max(2, -d.Exponent())) {
			rt.Errorf("%q: got %q, %t, want %s, %t", sent.Text, got, ok, d, want)
		}
	})
}
