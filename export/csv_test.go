package export

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

func TestCSV(t *testing.T) {
	plan := planOf(t, "tz=America/New_York&columns=status,amount,reference,bankAccount,payment.customer.email,createdAt,payment.allowedPaymentProviderType")
	var b bytes.Buffer
	out, err := newCSV(&b, plan)
	if err != nil {
		t.Fatal(err)
	}
	r := writeAll(t, out, plan, []*trustlyclient.Transaction{
		record(t, `{"transactionId":"0012","status":4,"amount":"-12.5","currency":"USD","merchantReference":"=1+1","createdAt":1793511000000,
			"payment":{"merchantReference":"A,\"B\"\nC","customer":{"email":"ada@example.com"},"account":{"accountNumber":"000123457833"},
			"paymentProvider":{"name":"Ärzte Bank"},"allowedPaymentProviderType":[1,2,9]}}`),
		record(t, `{"transactionId":"0013","status":"77","amount":"99999999999999999.999","createdAt":1793514600000}`), // an hour later, the same clock time
		record(t, `{"transactionId":"0014"}`),
	})
	if r.Rows != 3 {
		t.Errorf("got %d rows, want 3", r.Rows)
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

func TestByteOrderMark(t *testing.T) {
	csvFormat, _ := FormatOf("csv")
	var with, without bytes.Buffer
	for to, query := range map[*bytes.Buffer]string{&with: "bom=1&columns=amount", &without: "columns=amount"} {
		plan := planOf(t, query)
		out, err := csvFormat.New(to, plan)
		if err != nil {
			t.Fatal(err)
		}
		writeAll(t, out, plan, nil)
	}
	if got, want := with.String(), byteOrderMark+without.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAllColumnsFit(t *testing.T) {
	plan := planOf(t, "columns=all")
	var b bytes.Buffer
	out, err := newCSV(&b, plan)
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, out, plan, []*trustlyclient.Transaction{record(t, `{"transactionId":"1"}`)})
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

// The kind of a field says how its values are read; a value of another type would be written as plain text.
func TestKindsAreThoseOfTheValues(t *testing.T) {
	empty := record(t, `{"transactionId":"1"}`)
	for _, f := range search.Fields() {
		_, isTime := f.Value(empty).(trustlyclient.Time)
		_, isAmount := f.Value(empty).(trustlyclient.Amount)
		_, isList := f.Value(empty).([]trustlyclient.Code)
		if isTime != (f.Kind == search.KindTime) || isAmount != (f.Kind == search.KindAmount) || isList != (f.Path == listField) {
			t.Errorf("%s: got a value of type %T, which its kind %d does not tell", f.Path, f.Value(empty), f.Kind)
		}
	}
}

func TestGuard(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"Joe", "Joe"}, {"-12.50", "-12.50"}, {"0", "0"}, {"00123", "00123"}, {"-0.00", "-0.00"},
		{"=1+1", "'=1+1"}, {"+16505551212", "'+16505551212"}, {"-1+2", "'-1+2"}, {"--1", "'--1"}, {"-", "'-"}, {"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"}, {"\r=1", "'\r=1"}, {"\n=1", "'\n=1"}, {" =1", "' =1"}, {"\u00a0=1", "'\u00a0=1"}, {"\ufeff=1", "'\ufeff=1"},
		{"＝1", "'＝1"}, {"|calc", "'|calc"}, {"1e5", "1e5"}, {"a=b", "a=b"}, {"O'Neil", "O'Neil"}, {"  ", "  "},
		{"'=1+1", "''=1+1"}, {"'quoted'", "'quoted'"}, {"'-12.50", "'-12.50"},
	} {
		if got := guard(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCopyStopsAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	for _, format := range Formats() {
		for _, c := range []struct {
			name       string
			first      bool
			rows, gone error
			want       int
		}{{"the API fails", true, broken, nil, 1}, {"the reader is gone", true, nil, broken, 1}, {"no rows", false, nil, nil, 0}} {
			plan := planOf(t, "columns=status")
			tally := NewTally(plan)
			out, err := format.New(&bytes.Buffer{}, plan)
			if err != nil {
				t.Fatal(err)
			}
			var first *Entry
			if c.first {
				first = plan.Entry(record(t, `{"transactionId":"1"}`))
			}
			err = Copy(t.Context(), out, tally, first, &rows{err: c.rows}, func() error { return c.gone })
			if wantErr := errors.Join(c.rows, c.gone) != nil; errors.Is(err, broken) != wantErr || tally.Rows() != c.want {
				t.Errorf("%s, %s: got %d rows and %v, want %d and an error %t", format.Name, c.name, tally.Rows(), err, c.want, wantErr)
			}
		}
	}
}

// What a spreadsheet reads from the file begins no formula, and the text itself is found again.
func FuzzGuard(f *testing.F) {
	for _, s := range hostileTexts {
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
		if back := unguard(got); back != s {
			t.Errorf("%q: got %q back from %q", s, back, got)
		}
	})
}
