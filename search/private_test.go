package search

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const testToken = "K5TQ2XEWJ7M3CZ4RVN6AHB2YDF"

// testKept is what the tests' private link stands for.
var testKept = url.Values{"payment.customer.name": {"Joe User"}, "ipAddr": {"203.0.113.7"}}

func openTest(token string) (url.Values, error) {
	if token != testToken {
		return nil, errors.New("was revoked")
	}
	return testKept, nil
}

func mustOpen(t testing.TB, q string) View {
	t.Helper()
	v, errs := ParseWith(openTest, q, testNow)
	if len(errs) > 0 {
		t.Fatalf("ParseWith(%q): got errors %v, want none", q, errs)
	}
	return v
}

// Kept values count for all that is asked and shown, and stand in no URL.
func TestKeptValuesCountAndStayOutOfURLs(t *testing.T) {
	plain := mustParse(t, "transactionStatus=5&payment.customer.name=Joe+User&ipAddr=203.0.113.7&tz=UTC")
	v := mustOpen(t, "transactionStatus=5&private="+testToken+"&tz=UTC")
	if diff := cmp.Diff(plain.Query(testNow), v.Query(testNow)); diff != "" {
		t.Errorf("query differs from that of the plain view (-plain +private):\n%s", diff)
	}
	if got, want := v.Sentence(), plain.Sentence(); got != want {
		t.Errorf("got sentence %q, want %q", got, want)
	}
	if got, want := v.Title(), "Transactions, failed, for customer ••, from IP address ••"; got != want {
		t.Errorf("got title %q, want %q", got, want)
	}
	if got, want := plain.Title(), plain.Sentence(); got != want {
		t.Errorf("got the plain view's title %q, want its sentence %q", got, want)
	}
	if got, want := len(v.Chips()), len(plain.Chips()); got != want {
		t.Errorf("got %d chips, want %d", got, want)
	}
	if got, want := plain.Keep(testToken).Encode(), v.Encode(); got != want {
		t.Errorf("plain view kept: got %q, want %q", got, want)
	}
	if got, want := plain.Exposed(), []string{"Customer name", "IP address"}; !slices.Equal(got, want) {
		t.Errorf("plain view exposes %q, want %q", got, want)
	}
	if got := v.Exposed(); got != nil {
		t.Errorf("private view exposes %q, want nothing", got)
	}
	if diff := cmp.Diff(testKept, v.PersonalValues()); diff != "" {
		t.Errorf("personal values differ (-want +got):\n%s", diff)
	}

	others := map[string]View{
		"itself": v, "older": v.At(Cursor{Millis: 1, Ties: 1, ID: "7"}), "frozen": v.Frozen(testNow), "sorted": v.With(NameSortOrder, "asc"),
		"with a filter": v.With("amount.min", "5"), "the same value": v.With("ipAddr", "203.0.113.7"), "columns": v.With(NameColumns, "amount"),
	}
	for _, chip := range v.Chips() {
		others["without "+chip.Label] = chip.Remove
	}
	for name, other := range others {
		if got := other.Encode(); !strings.Contains(got, "private="+testToken) || strings.Contains(got, "Joe") || strings.Contains(got, "203") {
			t.Errorf("%s: got %q, want the token and no value", name, got)
		}
		again := mustOpen(t, other.Encode())
		if diff := cmp.Diff(other.Query(testNow), again.Query(testNow)); diff != "" || again.Encode() != other.Encode() {
			t.Errorf("%s: %q read again is %q (-want +got):\n%s", name, other.Encode(), again.Encode(), diff)
		}
	}
	if got := v.Cleared().Encode(); got != "tz=UTC" {
		t.Errorf("cleared: got %q, want tz=UTC", got)
	}
}

// What is taken away or replaced stays so, in the URL too.
func TestKeptValuesAreLeftOutOneByOne(t *testing.T) {
	for _, c := range []struct{ query, canonical, name, ip string }{
		{"private=" + testToken, "private=" + testToken, "Joe User", "203.0.113.7"},
		{"private=" + testToken + "~ipAddr", "private=" + testToken + "~ipAddr", "Joe User", ""},
		{"private=" + testToken + "~ipAddr~payment.customer.name", "", "", ""},
		{"private=" + testToken + "~accountNumber", "private=" + testToken, "Joe User", "203.0.113.7"}, // it keeps none
		{"private=" + testToken + "&payment.customer.name=", "private=" + testToken, "Joe User", "203.0.113.7"},
		{"private=" + testToken + "&payment.customer.name=Ann", "payment.customer.name=Ann&private=" + testToken + "~payment.customer.name", "Ann", "203.0.113.7"},
		{"private=" + testToken + "&payment.customer.name=Ann&ipAddr=1.1.1.1", "payment.customer.name=Ann&ipAddr=1.1.1.1", "Ann", "1.1.1.1"},
	} {
		v := mustOpen(t, c.query)
		if got := v.Encode(); got != c.canonical {
			t.Errorf("%s: got canonical %q, want %q", c.query, got, c.canonical)
		}
		if v.Value("payment.customer.name") != c.name || v.Value("ipAddr") != c.ip {
			t.Errorf("%s: got name %q and address %q, want %q and %q", c.query, v.Value("payment.customer.name"), v.Value("ipAddr"), c.name, c.ip)
		}
	}
	v := mustOpen(t, "private="+testToken)
	if got, want := v.Without("ipAddr").Encode(), "private="+testToken+"~ipAddr"; got != want {
		t.Errorf("without the address: got %q, want %q", got, want)
	}
	if got := v.Without("ipAddr").Without("payment.customer.name").Encode(); got != "" {
		t.Errorf("without both: got %q, want nothing", got)
	}
	replaced := v.With("ipAddr", "1.1.1.1")
	if got, want := replaced.Without("ipAddr").Encode(), "private="+testToken+"~ipAddr"; got != want {
		t.Errorf("replaced and taken away: got %q, want %q: the kept one must not come back", got, want)
	}
	if got, want := v.Without("ipAddr").Keep(strings.Repeat("A", 26)).Encode(), "private="+strings.Repeat("A", 26); got != want {
		t.Errorf("kept anew: got %q, want %q", got, want)
	}
}

// Without what it stands for, a private link would show more than was asked for: it is refused.
func TestPrivateLinkIsNeverIgnored(t *testing.T) {
	for _, c := range []struct {
		query   string
		open    Opener
		message string
	}{
		{"private=" + testToken, nil, "can't be opened here"},
		{"private=" + strings.Repeat("A", 26), openTest, "was revoked"},
		{"private=x", openTest, "can't be read"},
		{"private=" + testToken + "~", openTest, "leaves out"},
		{"private=" + testToken + "~amount.min", openTest, "leaves out"},
		{"private=" + testToken + "~\xff", openTest, "leaves out"},
		{"private=" + testToken + "&private=" + testToken + "~ipAddr", openTest, "once only"},
	} {
		_, errs := ParseWith(c.open, c.query, testNow)
		if len(errs) != 1 || errs[0].Name != NamePrivate || !strings.Contains(errs[0].Message, c.message) {
			t.Errorf("%q: got errors %v, want one of %s that says %q", c.query, errs, NamePrivate, c.message)
		}
		for _, e := range errs {
			if e.Value != "" {
				t.Errorf("%q: the error repeats %q", c.query, e.Value)
			}
		}
	}
}

func FuzzPrivate(f *testing.F) {
	for _, seed := range []string{"private=" + testToken, "private=" + testToken + "~ipAddr&ipAddr=1.1.1.1", "private=" + testToken + "~payment.customer.name&count=3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		v, errs := ParseWith(openTest, query, testNow)
		if len(errs) > 0 {
			return
		}
		again, errs := ParseWith(openTest, v.Encode(), testNow)
		if len(errs) > 0 || again.Encode() != v.Encode() {
			t.Fatalf("%q: canonical %q reads as %q, %v", query, v.Encode(), again.Encode(), errs)
		}
		if diff := cmp.Diff(v.Query(testNow).Filters, again.Query(testNow).Filters); diff != "" {
			t.Fatalf("%q: filters differ after a round trip:\n%s", query, diff)
		}
	})
}
