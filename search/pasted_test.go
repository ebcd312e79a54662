package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// texts are the entries' texts, a duplicate with = and the line of its first one.
func texts(p Pasted) []string {
	out := []string{}
	for _, e := range p.Entries {
		text := e.Text
		if e.DuplicateOf >= 0 {
			text += fmt.Sprintf(" =%d", p.Entries[e.DuplicateOf].Line)
		}
		out = append(out, text)
	}
	return out
}

func TestParsePasted(t *testing.T) {
	for _, c := range []struct {
		name, list, header string
		want               []string
	}{
		{"empty", " \n\t\r\n ,;\n-\n\"\"", "", []string{}},
		{"column", "1006755981\n1006755982\n", "", []string{"1006755981", "1006755982"}},
		{"line ends of every kind", "\ufeffA1\r\nA2\rA3\vA4\u2028A5", "", []string{"A1", "A2", "A3", "A4", "A5"}},
		{"separators", "A1\tA2,A3;A4", "", []string{"A1", "A2", "A3", "A4"}},
		{"header", "Transaction ID\n1006755981", "Transaction ID", []string{"1006755981"}},
		{"header in camel case", "merchantReference\nA1", "merchantReference", []string{"A1"}},
		{"header of several columns", "Our reference\tAmount\nA1\t12.50", "Our reference, Amount", []string{"A1", "12.50"}},
		{"header after empty lines", "\n\nPayment ID\nA1", "Payment ID", []string{"A1"}},
		{"only the first header", "ID\nID\nA1", "ID", []string{"ID", "A1"}},
		{"a reference like a header", "REF-ABC\nA1", "", []string{"REF-ABC", "A1"}},
		{"a header with a digit", "Reference 2\nA1", "", []string{"Reference 2", "A1"}},
		{"duplicates", "A1\n1006755981\nA1\n#1006755981\n1,006,755,981\n\"A1\"", "", []string{"A1", "1006755981", "A1 =1", "#1006755981 =2", "1,006,755,981 =2", "A1 =1"}},
		{"case tells apart", "a1\nA1", "", []string{"a1", "A1"}},
		{"quoted cells", `"A, 1",B;"say ""C""",D`, "", []string{"A, 1", "B", `say "C"`, "D"}},
		{"a quote that does not close", `"A,B`, "", []string{`"A`, "B"}},
		{"a quote within", `5"A,B`, "", []string{`5"A`, "B"}},
		{"thousands marks", "1,006,755,981;1,006,755,982\n12,34", "", []string{"1,006,755,981", "1,006,755,982", "12", "34"}},
		{"kept though unreadable", "1.00676E+09\nnobody@example.com", "", []string{"1.00676E+09", "nobody@example.com"}},
		{"broken text", "A\xff1", "", []string{"A\uFFFD1"}},
	} {
		p := ParsePasted(c.list)
		if got := texts(p); !slices.Equal(got, c.want) || p.Header != c.header {
			t.Errorf("%s: got %q below %q, want %q below %q", c.name, got, p.Header, c.want, c.header)
		}
	}
	p := ParsePasted("ID\n\nA1\nA2,A3")
	for i, want := range [][2]int{{3, 0}, {4, 1}, {4, 2}} {
		if e := p.Entries[i]; e.Line != want[0] || e.Place != want[1] {
			t.Errorf("%s: got line %d, place %d, want %v", e.Text, e.Line, e.Place, want)
		}
	}
}

func TestPastedReadings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"1006755981", "transactionId payment.paymentId originalTransactionId payment.merchantReference payment.customer.externalId"},
		{" #1,006,755,981 ", "transactionId payment.paymentId originalTransactionId payment.merchantReference payment.customer.externalId payment.merchantReference"},
		{"ptx-gOoNyq1MaeQ", "paymentProviderTransaction.paymentProviderTransactionId"},
		{"ABCDE12345", "payment.merchantReference payment.customer.externalId paymentProviderTransaction.paymentProviderTransactionId"},
		{"20931", "payment.customer.externalId payment.merchantReference"},
		{"203.0.113.7", ""}, {"1.00676E+09", ""}, {"", ""}, {strings.Repeat("x", 201), ""},
		{"Joe User", "payment.merchantReference"},
	} {
		var got []string
		for _, r := range PastedReadings(c.text) {
			got = append(got, r.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: got %q, want %q", c.text, strings.Join(got, " "), c.want)
		}
	}
}

// Whatever is pasted: no entry is empty or looked up twice, no letter or digit is lost, and the
// lines are in their order.
func FuzzParsePasted(f *testing.F) {
	for _, s := range []string{"1006755981\n1006755982", "ID\nA1\tA2,\"A, 3\";A4", "1,006,755,981", "\"\"\"", "a\r\nb\rc", "\xff\n\u2028\"a\"b,", "Transaction ID"} {
		f.Add(s)
	}
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if !isWritten(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(s, "\uFFFD"))
	}
	f.Fuzz(func(t *testing.T, list string) {
		p := ParsePasted(list)
		kept, line := p.Header, 0
		seen := map[string]bool{}
		for i, e := range p.Entries {
			if Tidy(e.Text) == "" || !utf8.ValidString(e.Text) || strings.ContainsAny(e.Text, "\r\n") {
				t.Errorf("%q: got the entry %q", list, e.Text)
			}
			if e.Line < line || e.DuplicateOf >= i {
				t.Errorf("%q: got line %d after %d, duplicate of %d at %d", list, e.Line, line, e.DuplicateOf, i)
			}
			first := e.DuplicateOf < 0
			if key := pastedKey(e.Text); first == seen[key] {
				t.Errorf("%q: got %q first %v, want %v", list, e.Text, first, !seen[key])
			} else {
				seen[key] = true
			}
			if !first && p.Entries[e.DuplicateOf].DuplicateOf >= 0 {
				t.Errorf("%q: got %q a duplicate of a duplicate", list, e.Text)
			}
			line = e.Line
			kept += e.Text
		}
		if got, want := letters(kept), letters(list); got != want {
			t.Errorf("%q: got the letters %q, want %q", list, got, want)
		}
	})
}
