package export

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"trustlyportal/search"
)

// Amounts that are read quickly are just those that exact decimals would write the same, and worth the same.
func FuzzCents(f *testing.F) {
	for _, text := range []string{"0.00", "-0.00", "-0.01", "12.30", "012.30", "1.5", "1.500", ".50", "+1.00", "1,00", "1e2.00", "99999999999999.99", "999999999999999.99", "-", "-.00", "1.0\u0660", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, quick := cents(text)
		d, ok := money(text)
		if quick && (!ok || moneyText(d) != text || !d.Equal(decimal.New(n, -2))) {
			t.Errorf("%q: got %d cents, want %v (%t)", text, n, d, ok)
		}
		if !quick && ok && moneyText(d) == text && len(text) < 10 && strings.IndexByte(text, '.') == len(text)-3 {
			t.Errorf("%q: got it left to decimals, want %v read quickly", text, d)
		}
	})
}

// Sums are exact whatever the amounts come to on the way.
func TestSumsOfManyAmounts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	amount, _ := search.LookupField("amount")
	var total Total
	want := decimal.Zero
	for range 20_000 {
		text := []string{"99999999999999.99", "-99999999999999.99", "0.01", "1.005", "1e3"}[min(4, random.IntN(100)/24)]
		d, _ := money(text)
		want = want.Add(d)
		total.add(canonical(amount, Cell{Text: text}))
	}
	for range 1000 {
		total.add("99999999999999.99")
		want = want.Add(decimal.RequireFromString("99999999999999.99"))
	}
	if got := total.exact(); !got.Equal(want) || total.Rows != 21_000 || total.Missing+total.Unreadable > 0 {
		t.Errorf("got %v of %d rows, want %v of 21000", got, total.Rows, want)
	}
}
