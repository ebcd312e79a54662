package search

import (
	"testing"

	"trustlyportal/trustlyclient"
)

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"125.50", "125.50", true}, {"10.0", "10.00", true}, {"7", "7.00", true}, {"0.00", "0.00", true}, {"-12.5", "-12.50", true},
		{"0.005", "0.005", true}, {"99999999999999999.999", "99999999999999999.999", true}, {"", "", false}, {"n/a", "", false},
	} {
		if got, ok := Money(trustlyclient.Amount{Text: c.in}); got != c.want || ok != c.ok {
			t.Errorf("%q: got %q, %t, want %q, %t", c.in, got, ok, c.want, c.ok)
		}
	}
}
