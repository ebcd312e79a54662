package export

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// Whatever the rows hold: each format's file leads back to the same digest and totals.
func TestEveryFormatHasTheSameDigest(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "Asia/Kathmandu", "Africa/Monrovia", "Pacific/Apia", "Europe/Berlin"}
	rapid.Check(t, func(rt *rapid.T) {
		columns := "all"
		if rapid.Bool().Draw(rt, "some columns") {
			f := rapid.SampledFrom(search.Columns()).Draw(rt, "column")
			columns = f.Name
		}
		plan := planOf(t, "columns="+columns+"&tz="+rapid.SampledFrom(zones).Draw(rt, "zone"))
		var list []*trustlyclient.Transaction
		for range rapid.IntRange(0, 4).Draw(rt, "rows") {
			list = append(list, hostileRecord(t, func() string { return anyText().Draw(rt, "text") }))
		}
		var digests []string
		for _, format := range Formats() {
			path, r := written(t, format, plan, list)
			if _, err := Verify(path, r, "test"); err != nil {
				rt.Fatalf("%s: got %v, want it to hold", format.Name, err)
			}
			digests = append(digests, r.Digest)
		}
		if len(slices.Compact(digests)) != 1 {
			rt.Fatalf("got the digests %v, want one", digests)
		}
	})
}

// Each of the hostile texts, in every column; the longest in one, which is enough of them.
func TestHostileTextsComeBack(t *testing.T) {
	var list []*trustlyclient.Transaction
	for _, text := range hostileTexts {
		if len(text) >= longestText {
			list = append(list, &trustlyclient.Transaction{TransactionID: "1", StatusMessage: trustlyclient.Text(text)})
			continue
		}
		list = append(list, hostileRecord(t, func() string { return text }))
	}
	for _, zone := range []string{"UTC", "America/New_York"} {
		for _, format := range Formats() {
			path, r := written(t, format, planOf(t, "columns=all&tz="+zone), list)
			verified(t, path, r)
		}
	}
}

// A value has one text, and that text is its own.
func FuzzCanonical(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s)
	}
	fields := fieldsOf([]string{"transactionId", "createdAt", "amount", "status", "preAuthorized"})
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		for _, field := range fields {
			once := canonical(field, Cell{Text: s})
			if twice := canonical(field, Cell{Text: once}); twice != once {
				t.Errorf("%s: %q became %q, and that became %q", field.Path, s, once, twice)
			}
		}
	})
}

// FuzzRoundTrip writes any text into a text, a time and an amount in each format, and reads it back.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s, s, s)
	}
	plan := planOf(f, "columns=statusMessage,createdAt,amount&tz=America/New_York")
	f.Fuzz(func(t *testing.T, text, at, amount string) {
		tx := &trustlyclient.Transaction{TransactionID: "1", StatusMessage: trustlyclient.Text(text), Amount: trustlyclient.Amount{Text: amount}}
		_ = tx.CreatedAt.UnmarshalText([]byte(at)) // takes any text
		for _, format := range Formats() {
			path, r := written(t, format, plan, []*trustlyclient.Transaction{tx})
			verified(t, path, r)
		}
	})
}

// FuzzReaders reads any bytes as a file: they are refused, or they are rows.
func FuzzReaders(f *testing.F) {
	for i, format := range Formats() {
		path, _ := written(f, format, planOf(f, "columns=amount,createdAt,status"), sampleRows(f, 3))
		whole, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, whole)
		f.Add(i, whole[:len(whole)/2])
	}
	_, r := written(f, formats[0], planOf(f, "columns=amount,createdAt,status"), sampleRows(f, 3))
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		format := formats[uint(i)%uint(len(formats))]
		path := filepath.Join(t.TempDir(), "x."+format.Extension)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(path, r, "test"); err != nil && !errors.As(err, new(*Difference)) {
			t.Errorf("got %v, want a difference or none", err)
		}
	})
}

func sampleRows(t testing.TB, n int) []*trustlyclient.Transaction {
	t.Helper()
	list := make([]*trustlyclient.Transaction, n)
	for i := range list {
		list[i] = record(t, fmt.Sprintf(`{"transactionId":"00%d","transactionType":%d,"status":%d,"amount":"%d.%02d","currency":%q,"createdAt":%d,"merchantReference":"0%d"}`,
			1000+i, 3+i%3, 4+i%2, i%7-2, i%100, []string{"USD", "CAD"}[i%2], 1793500000000+int64(i)*60_000, i))
	}
	return list
}

const factQuery = "columns=transactionType,status,amount,merchantReference,createdAt&tz=America/New_York"

// A file that lost its end holds nowhere, wherever it was cut.
func TestTruncatedFilesNeverVerify(t *testing.T) {
	for _, format := range Formats() {
		path, r := written(t, format, planOf(t, factQuery), sampleRows(t, 40))
		verified(t, path, r)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		short := filepath.Join(t.TempDir(), "short."+format.Extension)
		for n := range whole {
			if n%17 != 0 && n < len(whole)-40 {
				continue
			}
			if err := os.WriteFile(short, whole[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Verify(short, r, "test"); !errors.As(err, new(*Difference)) {
				t.Errorf("%s, %d of %d bytes: got %v, want a difference", format.Name, n, len(whole), err)
			}
		}
	}
}

// The first difference is named, and so that a person finds it.
func TestVerifyNamesTheDifference(t *testing.T) {
	csvFormat, _ := FormatOf("csv")
	path, r := written(t, csvFormat, planOf(t, factQuery), sampleRows(t, 12_000))
	verified(t, path, r)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\r\n")
	edit := func(f func(l []string) []string) string { return strings.Join(f(slices.Clone(lines)), "") }
	for _, c := range []struct{ name, file, want string }{
		{"a row less", edit(func(l []string) []string { return slices.Delete(l, 11_000, 11_001) }), "the file has 11999 rows; the receipt says 12000"},
		{"the last row twice", edit(func(l []string) []string { return slices.Insert(l, 12_001, l[12_000]) }), "the file has 12001 rows; the receipt says 12000"},
		{"another first row", edit(func(l []string) []string { l[1], l[2] = l[2], l[1]; return l }), "the rows differ: the first difference is between rows 1 and 10000"},
		{"rows turned about at the end", edit(func(l []string) []string { l[11_001], l[11_002] = l[11_002], l[11_001]; return l }), "the rows differ after row 10000"},
		{"an amount", edit(func(l []string) []string { l[11_009] = strings.Replace(l[11_009], ".08", ".09", 1); return l }), "the totals differ: the file has type"},
		{"a reference", edit(func(l []string) []string { l[11_009] = strings.Replace(l[11_009], "011008", "11008", 1); return l }), "the rows differ after row 10000"},
		{"a code's name", edit(func(l []string) []string { l[4] = strings.Replace(l[4], "Failed", "Completed", 1); return l }), "row 4: status.name is"},
		{"a column less", strings.ReplaceAll(string(data), ",merchantReference", ",payment.description"), "the columns are transactionId"},
		{"a column spelled otherwise", strings.Replace(string(data), ",merchantReference", ",merchantreference", 1), "the column “merchantreference” is none"},
		{"nothing", "", "it has no heading"},
	} {
		if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		var d *Difference
		if _, err := Verify(path, r, "test"); !errors.As(err, &d) || !strings.Contains(d.What, c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// Totals are exact where floating point is not, and say what they leave out.
func TestTotalsAreExact(t *testing.T) {
	want := decimal.Zero
	var list []*trustlyclient.Transaction
	for i := range 10_000 {
		amount := fmt.Sprintf("%d.%02d", i*7919, i%100)
		want = want.Add(decimal.RequireFromString(amount))
		list = append(list, record(t, fmt.Sprintf(`{"transactionId":%d,"transactionType":3,"status":4,"currency":"USD","amount":%q}`, i, amount)))
	}
	list = append(list, record(t, `{"transactionType":3,"status":4,"currency":"USD","amount":"n/a"}`), record(t, `{"transactionType":3,"status":4,"currency":"USD"}`),
		record(t, `{"transactionType":10,"status":4,"currency":"CAD","amount":"0.001"}`))
	plan := planOf(t, "columns=createdAt")
	csvFormat, _ := FormatOf("csv")
	_, r := written(t, csvFormat, plan, list)
	wantTotals := []Total{
		{Type: "3", TypeName: "Capture", Status: "4", StatusName: "Completed", Currency: "USD", Rows: 10_002, Amount: want.StringFixed(2), Missing: 1, Unreadable: 1},
		{Type: "10", TypeName: "Preauthorization", Status: "4", StatusName: "Completed", Currency: "CAD", Rows: 1, Amount: "0.001"},
	}
	for i := range r.Totals {
		r.Totals[i].sum = decimal.Decimal{}
	}
	if !slices.Equal(r.Totals, wantTotals) {
		t.Errorf("got  %+v\nwant %+v", r.Totals, wantTotals)
	}
}

func TestReceiptComesBack(t *testing.T) {
	_, r := written(t, formats[0], planOf(t, factQuery+"&createdAt.start=now-7d&payment.customer.name=Ada"), sampleRows(t, 25_000))
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadReceipt(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.JSON()
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("got %s and %v, want %s", again, err, text)
	}
	if len(r.Blocks) != 2 || !strings.Contains(r.URL, "asOf=") || strings.Contains(r.URL, "now-") {
		t.Errorf("got %d blocks and the link %s, want 2 and a frozen link", len(r.Blocks), r.URL)
	}
	if _, err := ReadReceipt(strings.NewReader(`{"rows":3}`)); err == nil {
		t.Error("any JSON is taken for a receipt")
	}
}

// The digest is the one that docs/exports.md describes: scripts compute it on their own.
func TestDigestIsTheDocumentedOne(t *testing.T) {
	_, r := written(t, formats[0], planOf(t, "columns=amount,createdAt"), []*trustlyclient.Transaction{
		record(t, `{"transactionId":"007","amount":"-1.5","currency":"USD","createdAt":1793511000000}`),
	})
	// printf '13:transactionId,6:amount,8:currency,9:createdAt,\n3:007,5:-1.50,3:USD,24:2026-11-01T05:30:00.000Z,\n' | sha256sum
	if want := "55e5f0493c488ca4fd3427a113c68e9ee996107f04252d389ac3917ed16d8dc0"; r.Digest != want {
		t.Errorf("got %s, want %s", r.Digest, want)
	}
}
