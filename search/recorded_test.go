package search

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestRecordedHoldsNothingTyped(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	const token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	open := func(string) (url.Values, error) { return url.Values{"ipAddr": {"203.0.113.7"}}, nil }
	v, errs := ParseWith(open, "private="+token+"&transactionStatus=5&transactionStatus=6&payment.paymentId=7833445566&payment.customer.name=Joe+User&createdAt.start=now-7d&amount.min=5.00&tz=America/New_York", now)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	hash := func(s string) string { return "#" + strings.Repeat("x", len(s)) }
	got := v.Recorded(hash)
	const want = "transactionStatus=5&transactionStatus=6&amount.min=5.00&createdAt.start=now-7d&payment.paymentId=#xxxxxxxxxx&payment.customer.name=#xxxxxxxx&ipAddr=#xxxxxxxxxxx&private=ABCDEFGH&tz=America/New_York"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// Whatever its kind, a filter whose values are personal is hashed.
	for _, f := range catalogue {
		if f.Personal && !f.typed() {
			t.Errorf("%s is personal and not hashed", f.Name)
		}
	}
}
