package search

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestTidy(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ pasted, want string }{
		{"1006755981", "1006755981"},
		{"  1006755981\r\n", "1006755981"},
		{"\u00a01006755981\u202f\t", "1006755981"},
		{"\ufeff\u200b1006755981\u200e", "1006755981"},
		{"1006\u00ad755981", "1006755981"},
		{"#1006755981", "1006755981"},
		{"# 1006755981.", "1006755981"},
		{"'1006755981", "1006755981"},
		{`="0012345678"`, "0012345678"},
		{`"1006755981"`, "1006755981"},
		{"“1006755981”,", "1006755981"},
		{"«ORD-20931»;", "ORD-20931"},
		{"`ORD-20931`", "ORD-20931"},
		{"```ORD-20931```", "ORD-20931"},
		{"<1006755981>", "1006755981"},
		{"(1006755981)", "1006755981"},
		{"[ORD-20931].", "ORD-20931"},
		{"*1006755981*", "1006755981"},
		{"*Transaction:* #1006755981", "*Transaction:* #1006755981"},
		{"> 1006755981", "1006755981"},
		{"> > ORD-20931", "ORD-20931"},
		{">> ORD-20931", "ORD-20931"},
		{"****7833", "****7833"},
		{"• ORD-20931", "ORD-20931"},
		{"- ORD-20931", "ORD-20931"},
		{"-12.50", "-12.50"},
		{"ORD–20931", "ORD-20931"},
		{"ORD\u201120931", "ORD-20931"},
		{"Transaction ID: 1006755981", "1006755981"},
		{"transaction id # 1006755981", "1006755981"},
		{"Transaction ID: “1006755981”.", "1006755981"},
		{"ID:1006755981", "1006755981"},
		{"transactionId=1006755981", "1006755981"},
		{"Order no.: 20931", "20931"},
		{"Ref: ORD-20931", "ORD-20931"},
		{"Customer name: Joe User", "Joe User"},
		{"mailto:joe@example.com", "joe@example.com"},
		{"Order 20931", "Order 20931"},
		{"Note: 20931", "Note: 20931"},
		{"ID:", "ID"},
		{"Joe   A.\tUser", "Joe A. User"},
		{"Sammy Davis Jr.", "Sammy Davis Jr"},
		{"O’Brien", "O’Brien"},
		{"Jose\u0301", "José"},
		{"علی\u200cرضا", "علی\u200cرضا"},
		{"1,250.00", "1,250.00"},
		{"8ZqP5XmHvGT//Szf249Nj/mwh9c=", "8ZqP5XmHvGT//Szf249Nj/mwh9c="},
		{"fe80::1", "fe80::1"},
		{"", ""}, {"\x00\x01", ""}, {"\xff\xfe", ""}, {`"'#`, ""}, {" \u00a0 ", ""},
	} {
		if got := Tidy(tc.pasted); got != tc.want {
			t.Errorf("Tidy(%q): got %q, want %q", tc.pasted, got, tc.want)
		}
	}
}

// short names the readings as the table below writes them.
var short = map[string]string{
	ReadRecord: "id", ReadAmount: "amount", namePayment: "payment", nameOriginal: "original", nameReference: "ref", nameExternal: "external",
	nameCustomer: "name", nameProviderID: "provider", nameReason: "reason", nameAccount: "account", nameRouting: "routing", nameIP: "ip",
	nameAbout: "about", namePrint: "print",
}

func TestReadings(t *testing.T) {
	t.Parallel()
	const tenDigits = "id payment original ref external account"
	for _, tc := range []struct{ pasted, want string }{
		// identifiers
		{"1006755981", tenDigits},
		{" #1006755981 ", tenDigits},
		{"Transaction ID: 1006755981", tenDigits},
		{"ID:1006755981", tenDigits + " ref=ID:1006755981"},
		{"1,006,755,981", tenDigits + " ref=1,006,755,981"},
		{"1006 755 981", tenDigits + " ref=1006 755 981"},
		{"1006755981.00", tenDigits + " ref=1006755981.00"},
		{"1'006'755'981", tenDigits + " ref=1'006'755'981"},
		{"1.006.755.981", tenDigits + " ref=1.006.755.981"},
		{"1.006.755.981,00", tenDigits + " ref=1.006.755.981,00"},
		{"123456", tenDigits},
		{"999999999999999", tenDigits},
		{"9999999999999999", "ref provider external account"},
		{"123456789012345678", "ref provider external"},
		{"https://portal.example.com/transactions/1006755981?tz=UTC", "id=1006755981"},
		{"<https://portal.example.com/transactions/1006755981>", "id=1006755981"},
		{"ORD-20931", "ref external provider"},
		{"ORD-20931-1", "ref external provider ~ref=ORD-20931"},
		{"REF:20931", "account external ref amount=20931.00 ref=REF:20931"},
		{"Order 20931", "ref about external name"},
		{"cust-4711", "ref external provider"},
		{"ptx-gOoNyq1MaeQ-kQIDTYxaZlTY-sbx", "provider"},
		{"PTX-gOoNyq1MaeQ.", "provider=PTX-gOoNyq1MaeQ"},
		{"3f2504e0-4f89-11d3-9a0c-0305e82c3301", "ref external provider"},
		{"8ZqP5XmHvGT//Szf249Nj/mwh9c=", "print provider ref"},
		// bank numbers
		{"124003116", "id routing payment original ref external account"},
		{"081500123", "id routing payment original ref external account"}, // Canadian
		{"124003117", tenDigits},
		{"991000007", tenDigits}, // right check digit, no such district
		{"000000000", tenDigits},
		{"7833", "account external ref amount=7833.00"},
		{"••7833", "account=7833 ref=••7833 external=••7833"},
		{"•• 7833", "account=7833 external=7833 ref=7833 amount=7833.00"},
		{"****7833", "account=7833 ref=****7833 external=****7833"},
		{"xxxx-7833", "account=7833 ref=xxxx-7833 external=xxxx-7833"},
		{"ending in 7833", "account=7833 ref=ending in 7833 external=ending in 7833"},
		// addresses
		{"203.0.113.7", "ip"},
		{"IP: 203.0.113.7", "ip=203.0.113.7"},
		{"203.0.113.7:443", "ip=203.0.113.7"},
		{"::ffff:203.0.113.7", "ip=203.0.113.7 ip=::ffff:203.0.113.7"},
		{"2001:db8::1", "ip"},
		{"2001:DB8:0:0::1", "ip=2001:db8::1 ip=2001:DB8:0:0::1"},
		{"[2001:db8::1]", "ip=2001:db8::1"},
		{"[2001:db8::1]:443", "ip=2001:db8::1"},
		// money
		{"$1,250.00", "amount=1250.00 ref=$1,250.00"},
		{"1,250.00", "amount=1250.00 ref=1,250.00"},
		{"1250.00", "amount=1250.00 ref=1250.00"},
		{"1250", "account external ref amount=1250.00"},
		{"$ 1250", "amount=1250.00 ref=$ 1250"},
		{"US$1,250", "amount=1250.00 ref=US$1,250"},
		{"1250 USD", "amount=1250.00 ref=1250 USD"},
		{"CA$12.5", "amount=12.50 ref=CA$12.5"},
		{"-$12.50", "amount=12.50 ref=-$12.50"},
		{"($12.50)", "amount=12.50 ref=$12.50"},
		{"12,50", "amount=12.50 ref=12,50"},
		{"1.250,00", "amount=1250.00 ref=1.250,00"},
		{"1 250,00 $", "amount=1250.00 ref=1 250,00 $"},
		{"1'250.00", "amount=1250.00 ref=1'250.00"},
		{"1.250", "amount=1250.00 amount=1.25 ref=1.250"},
		{"1,250", "amount=1250.00 account=1250 external=1250 ref=1250 ref=1,250"},
		{"0.99", "amount=0.99 ref=0.99"},
		{"$100000", "amount=100000.00 ref=$100000"},
		{"007", "external ref"},
		{"12", "external ref amount=12.00"},
		{"$99,999,999.00", "ref external provider name=$99,999,999.00"}, // longer than any amount of the API
		// reason codes
		{"R01", "reason ref external"},
		{"r01", "reason=R01 ref=r01 external=r01"},
		{"R99", "reason ref external"},
		{"SW054", "reason ref external"},
		{"uc07", "reason=UC07 ref=uc07 external=uc07"},
		{"EFT_901", "reason ref external"},
		{"EFT 901", "reason=EFT_901 ref=EFT 901 external=EFT 901"},
		{"901", "reason=EFT_901 external=901 ref=901 amount=901.00"},
		{"ARUCS_B", "reason ref external"},
		// people
		{"Joe User", "name ref about"},
		{"User, Joe", "name=Joe User name=User, Joe ref=User, Joe about=User, Joe"},
		{"Иван Петров", "name ref about"},
		{"O’Brien", "name ref external about"},
		{"Anne-Marie", "name ref external about"},
		{"Zoë2", "ref external provider name"},
		{"=1+1", "ref external provider name"},
		{"李小龙", "name ref external about"},
		{`<script>&"'x`, "name ref external about"},
		// what the API can't search
		{"joe@example.com", "external ref"},
		{"Joe User <joe@example.com>", "name=Joe User external=joe@example.com ref=joe@example.com"},
		{`"User, Joe" <joe@example.com>`, "name=Joe User name=User, Joe external=joe@example.com ref=joe@example.com"},
		{"(650) 555-0100", "external=(650) 555-0100 ref=(650) 555-0100 external=6505550100 ref=6505550100"},
		{"+16505550100", "external=+16505550100 ref=+16505550100 external=16505550100 ref=16505550100"},
		{"1.00676E+09", ""},
		{"", ""}, {"\x00", ""}, {strings.Repeat("x", 201), ""}, {strings.Repeat("9", 5000), ""},
	} {
		var got []string
		for _, r := range Readings(tc.pasted) {
			text := short[r.Name]
			if r.Loose {
				text = "~" + text
			}
			got = append(got, text+"="+r.Value)
		}
		var want []string
		for _, w := range splitWanted(tc.want) {
			if !strings.Contains(w, "=") {
				w += "=" + valueMeant(tc.pasted)
			}
			want = append(want, w)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Readings(%q):\n got %q\nwant %q", tc.pasted, got, want)
		}
	}
}

// valueMeant is the value of the readings for which the table names none.
func valueMeant(pasted string) string {
	text := Tidy(pasted)
	return ungroup(text)
}

// splitWanted cuts before each word that names a reading: values hold spaces.
func splitWanted(s string) []string {
	var out []string
	for word := range strings.FieldsSeq(s) {
		name, _, _ := strings.Cut(strings.TrimPrefix(word, "~"), "=")
		if isShort := slices.Contains(slices.Collect(maps.Values(short)), name); isShort || len(out) == 0 {
			out = append(out, word)
		} else {
			out[len(out)-1] += " " + word
		}
	}
	return out
}

func TestUnsearchable(t *testing.T) {
	t.Parallel()
	for pasted, want := range map[string]Kept{
		"joe@example.com": KeptMail, " <joe.user+x@mail.example.com>, ": KeptMail, "Joe User <joe@example.com>": KeptMail, "mailto:joe@example.com": KeptMail,
		"E-mail: joe@example.com": KeptMail, "(650) 555-0100": KeptPhone, "650-555-0100": KeptPhone, "650.555.0100": KeptPhone, "+1 650 555 0100": KeptPhone,
		"+49 30 901820": KeptPhone, "tel:+16505550100": KeptPhone, "1-650-555-0100": KeptPhone, "1.00676E+09": KeptShortened, "1,00676E+09": KeptShortened,
		"6505550100": KeptNothing, "1006755981": KeptNothing, "100 675 5981": KeptNothing, "": KeptNothing, "Joe User": KeptNothing, "@joe": KeptNothing,
		"($12.50)": KeptNothing, "203.0.113.7": KeptNothing, "ORD-20931": KeptNothing, "+": KeptNothing, "1,250.00": KeptNothing, "1E5": KeptNothing,
	} {
		if got := Unsearchable(pasted); got != want {
			t.Errorf("Unsearchable(%q): got %d, want %d", pasted, got, want)
		}
	}
}

// Whatever is pasted: no panic, few questions, each with a value that its filter takes and that a URL keeps.
func FuzzReadings(f *testing.F) {
	for _, seed := range []string{"1006755981", " #1,006,755,981 ", "Transaction ID: 7", "$1,250.00", "1.250,00", "(650) 555-0100", "Joe <joe@x.io>", "R01",
		"User, Joe", "[2001:db8::1]:443", "\x00\xff", "id:id:id:", "((((", "= =\"", "- - -1", "e\u200b\u0301", "12 34 56", "xx1234", "ref:ORD-1-1", "EFT_901"} {
		f.Add(seed)
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, pasted string) {
		text := Tidy(pasted)
		if again := Tidy(text); again != text || !utf8.ValidString(text) {
			t.Errorf("Tidy(%q): got %q, and %q again", pasted, text, again)
		}
		Unsearchable(pasted)
		readings := Readings(pasted)
		if len(readings) > MaxReadings {
			t.Errorf("Readings(%q): got %d, want %d at most", pasted, len(readings), MaxReadings)
		}
		for i, r := range readings {
			if r.Label() == "" || slices.Contains(readings[:i], r) {
				t.Errorf("Readings(%q): got %+v without a name or twice", pasted, r)
			}
			if r.Name == ReadRecord {
				continue
			}
			values := url.Values{r.Name: {r.Value}}
			if r.Name == ReadAmount {
				values = url.Values{"amount.min": {r.Value}, "amount.max": {r.Value}}
			}
			view, errs := Parse(values.Encode(), now)
			if len(errs) > 0 || !view.Filtered() {
				t.Errorf("Readings(%q): %+v is refused: %v", pasted, r, errs)
			}
			if got, want := r.In(emptyView()).Encode(), view.Encode(); got != want {
				t.Errorf("Readings(%q): %+v: got the view %q, want %q", pasted, r, got, want)
			}
		}
	})
}
