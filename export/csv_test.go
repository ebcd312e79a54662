package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

var testNow = time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)

func record(t *testing.T, json string) *trustlyclient.Transaction {
	t.Helper()
	tx, err := trustlyclient.ParseTransaction([]byte(json))
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// rows hands out records, then an error if there is one.
type rows struct {
	list []*trustlyclient.Transaction
	err  error
}

func (r *rows) Next(context.Context) (*trustlyclient.Transaction, error) {
	if len(r.list) == 0 {
		return nil, r.err
	}
	t := r.list[0]
	r.list = r.list[1:]
	return t, nil
}

// columnsOf are the columns that a URL's columns=… names.
func columnsOf(t *testing.T, names string) []search.Column {
	t.Helper()
	view, errs := search.Parse("columns="+names, testNow)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return view.Columns
}

func TestCSV(t *testing.T) {
	zone, err := search.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out, err := NewCSV(&b, columnsOf(t, "status,amount,reference,bankAccount,payment.customer.email,createdAt,payment.allowedPaymentProviderType"), zone)
	if err != nil {
		t.Fatal(err)
	}
	list := &rows{list: []*trustlyclient.Transaction{
		record(t, `{"transactionId":"0012","status":4,"amount":"-12.5","currency":"USD","merchantReference":"=1+1","createdAt":1793511000000,
			"payment":{"merchantReference":"A,\"B\"\nC","customer":{"email":"ada@example.com"},"account":{"accountNumber":"000123457833"},
			"paymentProvider":{"name":"Ärzte Bank"},"allowedPaymentProviderType":[1,2,9]}}`),
		record(t, `{"transactionId":"0013","status":"77","amount":"99999999999999999.999","createdAt":1793514600000}`), // an hour later, the same clock time
		record(t, `{"transactionId":"0014"}`),
	}}
	first, _ := list.Next(t.Context())
	n, err := Copy(t.Context(), out, first, list, func() error { return nil })
	if err != nil || n != 3 {
		t.Fatalf("got %d rows and %v, want 3", n, err)
	}
	want := strings.Join([]string{
		`transactionId,status,status.name,amount,currency,merchantReference,payment.merchantReference,payment.paymentProvider.name,payment.account.accountNumber,payment.customer.email,createdAt,payment.allowedPaymentProviderType,payment.allowedPaymentProviderType.name`,
		"0012,4,Completed,-12.50,USD,'=1+1,\"A,\"\"B\"\"\r\nC\",Ärzte Bank,••7833,a•••••@example.com,2026-11-01T01:30:00.000-04:00,1 2 9,\"Online banking, Manual electronic check, \"",
		`0013,77,,99999999999999999.999,,,,,,,2026-11-01T01:30:00.000-05:00,,`,
		`0014,,,,,,,,,,,,`,
		``,
	}, "\r\n")
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if strings.Contains(b.String(), "ada@") || strings.Contains(b.String(), "12345") {
		t.Error("the file holds personal data in clear")
	}
}

func TestAllColumnsFit(t *testing.T) {
	var b bytes.Buffer
	out, err := NewCSV(&b, columnsOf(t, "all"), testNow.Location())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(out.Write(record(t, `{"transactionId":"1"}`)), out.Flush()); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll() // refuses lines of another length
	if err != nil || len(lines) != 2 || lines[0][0] != "transactionId" {
		t.Fatalf("got %d lines and %v, want a heading that starts with transactionId and a row", len(lines), err)
	}
	seen := map[string]bool{}
	for _, name := range lines[0] {
		if seen[name] {
			t.Errorf("%s stands twice in the heading", name)
		}
		seen[name] = true
	}
	for _, f := range search.Fields() {
		if !seen[f.Path] {
			t.Errorf("%s is missing from the heading", f.Path)
		}
	}
}

func TestGuard(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"Joe", "Joe"}, {"-12.50", "-12.50"}, {"0", "0"}, {"00123", "00123"}, {"-0.00", "-0.00"},
		{"=1+1", "'=1+1"}, {"+16505551212", "'+16505551212"}, {"-1+2", "'-1+2"}, {"--1", "'--1"}, {"-", "'-"}, {"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"}, {"\r=1", "'\r=1"}, {"\n=1", "'\n=1"}, {" =1", "' =1"}, {"\u00a0=1", "'\u00a0=1"}, {"\ufeff=1", "'\ufeff=1"},
		{"＝1", "'＝1"}, {"|calc", "'|calc"}, {"1e5", "1e5"}, {"a=b", "a=b"}, {"O'Neil", "O'Neil"}, {"  ", "  "},
	} {
		if got := guard(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCopyStopsAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	var b bytes.Buffer
	out, err := NewCSV(&b, columnsOf(t, "status"), testNow.Location())
	if err != nil {
		t.Fatal(err)
	}
	first := record(t, `{"transactionId":"1"}`)
	if n, err := Copy(t.Context(), out, first, &rows{err: broken}, func() error { return nil }); !errors.Is(err, broken) || n != 1 {
		t.Errorf("got %d rows and %v, want 1 and %v", n, err, broken)
	}
	if n, err := Copy(t.Context(), out, first, &rows{}, func() error { return broken }); !errors.Is(err, broken) || n != 1 {
		t.Errorf("reader gone: got %d rows and %v, want 1 and %v", n, err, broken)
	}
	if n, err := Copy(t.Context(), out, nil, &rows{}, func() error { return nil }); err != nil || n != 0 {
		t.Errorf("no rows: got %d and %v, want 0 and none", n, err)
	}
}

// What a spreadsheet reads from the file begins no formula, and is the text itself but for the guard.
func FuzzGuard(f *testing.F) {
	for _, s := range []string{"=1", "-1", "Joe", "\t@", "＋1", "a,\"b\"\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := guard(s)
		if got != s && got != "'"+s {
			t.Fatalf("%q: got %q", s, got)
		}
		if got != "" && strings.ContainsRune("=+-@\t\r\n", []rune(got)[0]) && !number.MatchString(got) {
			t.Errorf("%q: got %q, which begins a formula", s, got)
		}
	})
}
