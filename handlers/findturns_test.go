package handlers

import (
	"strings"
	"testing"

	"trustlyportal/search"
)

// With five requests a second the seventh reading waits for more than a second, so the likeliest goes first.
func TestFindAsksTheLikeliestFirst(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"124003116":       "transactionId routingNumber paymentId merchantReference externalId accountNumber originalTransactionId",
		"1006755981":      "transactionId paymentId merchantReference externalId accountNumber originalTransactionId",
		"ORD-20931-1":     "merchantReference externalId merchantReference paymentProviderTransactionId",
		"7833":            "accountNumber externalId merchantReference amount",
		"ptx-gOoNyq1MaeQ": "paymentProviderTransactionId",
	} {
		h := &hunt{readings: search.Readings(text)}
		var got []string
		for _, i := range h.turns() {
			name := h.readings[i].Name
			got = append(got, name[strings.LastIndex(name, ".")+1:])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
