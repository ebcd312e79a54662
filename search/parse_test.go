package search

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

var testNow = time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)

func mustParse(t testing.TB, q string) View {
	t.Helper()
	v, errs := Parse(q, testNow)
	if len(errs) > 0 {
		t.Fatalf("Parse(%q): got errors %v, want none", q, errs)
	}
	return v
}

func TestCanonicalSpelling(t *testing.T) {
	for _, c := range []struct{ name, query, want string }{
		{"nothing", "", ""},
		{"catalogue order", "amount.min=5&transactionStatus=5&transactionType=3", "transactionType=3&transactionStatus=5&amount.min=5"},
		{"codes sorted, doubles dropped", "transactionType=10&transactionType=3&transactionType=3", "transactionType=3&transactionType=10"},
		{"empty dropped", "transactionType=&amount.min=+&ipAddr=", ""},
		{"defaults dropped", "count=25&orderBy=createdAt&sortOrder=desc&startIndex=0", ""},
		{"count without zeros", "count=050", "count=50"},
		{"default columns dropped", "columns=" + strings.Join(defaultNames, ","), ""},
		{"id column first", "columns=amount,transactionId", "columns=transactionId,amount"},
		{"columns one by one", "columns=amount&columns=status", "columns=transactionId,amount,status"},
		{"all columns", "columns=all", "columns=all"},
		{"relative time readable", "createdAt.start=now-1M%2FM&tz=America%2FNew_York", "createdAt.start=now-1M/M&tz=America/New_York"},
		{"plus of a relative time", "createdAt.end=now+2h", "createdAt.end=now%2B2h"},
		{"plus of an offset", "createdAt.start=2026-11-01T00:00:00+02:00", "createdAt.start=2026-11-01T00:00:00%2B02:00"},
		{"spaces trimmed", "payment.merchantReference=+ABC+1+", "payment.merchantReference=ABC+1"},
		{"asOf as milliseconds", "asOf=2026-11-01T00:00:00Z", "asOf=1793491200000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := mustParse(t, c.query).Encode()
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if again := mustParse(t, got).Encode(); again != got {
				t.Errorf("canonical spelling of %q: got %q", got, again)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ query, name, message string }{
		{"transactionStaus=5", "transactionStaus", "is not a filter"},
		{"TransactionStatus=5", "TransactionStatus", "did you mean transactionStatus?"},
		{"status=5", "status", "did you mean transactionStatus?"},
		{"transactionId=1", "transactionId", "/transactions/ID"},
		{"transactionStatus=failed", "transactionStatus", "5 for Failed"},
		{"transactionStatus=5,8", "transactionStatus", "is not a code"},
		{"payment.verification.status=1&payment.verification.status=2", "payment.verification.status", "once only"},
		{"amount.min=1,000.00", "amount.min", "thousands"},
		{"amount.min=1e3", "amount.min", "is not an amount"},
		{"amount.min=1.005", "amount.min", "is not an amount"},
		{"amount.min=10&amount.max=9.99", "amount.max", "less than the smallest"},
		{"createdAt.start=yesterday", "createdAt.start", "is not a time"},
		{"createdAt.start=1760000000", "createdAt.start", "13 digits"},
		{"createdAt.start=2026-02-30", "createdAt.start", "is not a time"},
		{"createdAt.start=now-7x", "createdAt.start", "relative"},
		{"createdAt.start=now-", "createdAt.start", "relative"},
		{"createdAt.start=2026-11-02&createdAt.end=2026-11-01", "createdAt.end", "ends before"},
		{"createdAt.start=1760000000000&createdAt.end=1760000000000", "createdAt.end", "ends before"},
		{"ipAddr=300.1.1.1", "ipAddr", "is not an IP"},
		{"payment.fiAccount.verified=yes", "payment.fiAccount.verified", "true nor false"},
		{"payment.paymentId=1+2", "payment.paymentId", "without spaces"},
		{"count=0", "count", "1 to 100"},
		{"count=101", "count", "1 to 100"},
		{"startIndex=25", "startIndex", "pages by time"},
		{"orderBy=amount", "orderBy", "sort by"},
		{"sortOrder=up", "sortOrder", "neither"},
		{"tz=New+York", "tz", "Area/City"},
		{"tz=Local", "tz", "Area/City"},
		{"tz=../../etc/passwd", "tz", "Area/City"},
		{"columns=transactionId,nope", "columns", "nope"},
		{"after=x", "after", "start again"},
		{"after=1.0.9", "after", "start again"},
		{"asOf=now", "asOf", "instant"},
		{"payment.customer.name=%ff", "payment.customer.name", "can't be typed"},
		{"payment.customer.name=a%00b", "payment.customer.name", "can't be typed"},
		{"payment.customer.name=" + strings.Repeat("é", 201), "payment.customer.name", "longer than 200"},
		{"%zz", "", "can't be read"},
		{"transactionType=3;transactionStatus=5", "", "can't be read"},
	} {
		t.Run(c.query, func(t *testing.T) {
			_, errs := Parse(c.query, testNow)
			if len(errs) != 1 {
				t.Fatalf("got %d errors %v, want 1", len(errs), errs)
			}
			if errs[0].Name != c.name || !strings.Contains(errs[0].Message, c.message) {
				t.Errorf("got %q: %q, want %q: …%q…", errs[0].Name, errs[0].Message, c.name, c.message)
			}
		})
	}
}

func TestSentence(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"", "All transactions"},
		{"transactionType=3&transactionStatus=5&transactionStatus=10&amount.min=5.00&createdAt.start=now-7d&tz=America/New_York",
			"Captures, failed or reversed, of 5.00 or more, created in the last 7 days, New York time"},
		{"transactionType=3&transactionType=4", "Captures and refunds"},
		{"transactionType=99&transactionStatus=77", "Transactions of type 99, code 77"},
		{"createdAt.start=now/d", "Transactions, created today, UTC"},
		{"createdAt.start=now-1M/M&createdAt.end=now-1M/M&tz=Europe/Stockholm", "Transactions, created last month, Stockholm time"},
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-01", "Transactions, created on Nov 1, 2026, UTC"},
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-05", "Transactions, created from Nov 1, 2026 to the end of Nov 5, 2026, UTC"},
		{"updatedAt.end=2026-11-05", "Transactions, updated until the end of Nov 5, 2026, UTC"},
		{"completedAt.start=1793491200000&tz=America/New_York", "Transactions, completed since Oct 31, 2026 20:00, New York time"},
		{"amount.min=5&amount.max=5", "Transactions, of 5"},
		{"refunded.max=9.50", "Transactions, refunded 9.50 or less"},
		{"payment.customer.name=Ana+María", "Transactions, for customer “Ana María”"},
		{"payment.paymentType=2&payment.paymentType=3", "Transactions, of payment type deferred or recurring"},
		{"payment.fiAccount.verified=false", "Transactions, with account verified: no"},
		{"paymentProviderTransaction.ppTrxStatusCode=R01", "Transactions, with reason code R01"},
		{"asOf=1793491200000", "Transactions, as of Nov 1, 2026 00:00, UTC"},
	} {
		if got := mustParse(t, c.query).Sentence(); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.query, got, c.want)
		}
	}
}

func TestChipsRemoveWhatTheySay(t *testing.T) {
	v := mustParse(t, "transactionType=3&amount.min=5&amount.max=9&createdAt.start=now-7d&tz=UTC&after=1793491200000.1.7")
	chips := v.Chips()
	if len(chips) != 3 {
		t.Fatalf("got %d chips %v, want 3", len(chips), chips)
	}
	for i, want := range []string{
		"amount.min=5&amount.max=9&createdAt.start=now-7d&tz=UTC",
		"transactionType=3&createdAt.start=now-7d&tz=UTC",
		"transactionType=3&amount.min=5&amount.max=9&tz=UTC",
	} {
		if got := chips[i].Remove.Encode(); got != want {
			t.Errorf("without %s: got %q, want %q", chips[i].Label, got, want)
		}
	}
	if got, want := v.Cleared().Encode(), "tz=UTC"; got != want {
		t.Errorf("cleared: got %q, want %q", got, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "transactionType=3&amount.min=5", "createdAt.start=now-1M/M&tz=America/New_York", "columns=all&after=1.1.a", "a=%ff&&=;", "asOf=1793491200000&count=99"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, q string) {
		v, errs := Parse(q, testNow)
		_, _, _ = v.Sentence(), v.Chips(), v.Query(testNow)
		if len(errs) > 0 {
			return
		}
		canonical := v.Encode()
		again, errs := Parse(canonical, testNow)
		if len(errs) > 0 {
			t.Fatalf("%q: canonical %q is refused: %v", q, canonical, errs)
		}
		if got := again.Encode(); got != canonical {
			t.Fatalf("%q: got %q, want %q", q, got, canonical)
		}
		if _, err := url.ParseQuery(canonical); err != nil {
			t.Fatalf("%q: %v", canonical, err)
		}
	})
}
