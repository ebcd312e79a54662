package export

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

var testNow = time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)

func record(t testing.TB, text string) *trustlyclient.Transaction {
	t.Helper()
	tx, err := trustlyclient.ParseTransaction([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// rows hands out entries of records, then an error if there is one.
type rows struct {
	plan *Plan
	list []*trustlyclient.Transaction
	err  error
}

func (r *rows) Next(context.Context) (*Entry, error) {
	if len(r.list) == 0 {
		return nil, r.err
	}
	t := r.list[0]
	r.list = r.list[1:]
	return r.plan.Entry(t), nil
}

// planOf is the plan of a URL's query.
func planOf(t testing.TB, query string) *Plan {
	t.Helper()
	view, errs := search.Parse(query, testNow)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return NewPlan(view, testNow)
}

// written is a whole file in the format, and its receipt.
func written(t testing.TB, format Format, plan *Plan, list []*trustlyclient.Transaction) (path string, r Receipt) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "export."+format.Extension)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	to, err := format.New(file, plan)
	if err != nil {
		t.Fatal(err)
	}
	return path, writeAll(t, to, plan, list)
}

func writeAll(t testing.TB, to Encoder, plan *Plan, list []*trustlyclient.Transaction) Receipt {
	t.Helper()
	tally, from := NewTally(plan), &rows{plan: plan, list: list}
	first, _ := from.Next(t.Context())
	if err := Copy(t.Context(), to, tally, first, from, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	r := plan.Receipt(tally)
	r.Version, r.By, r.Source, r.ReadFrom, r.ReadUntil = "test", "ada@example.com", "DEMO", testNow, testNow.Add(time.Minute)
	if err := to.Close(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// verified fails unless the file holds.
func verified(t testing.TB, path string, r Receipt) {
	t.Helper()
	found, err := Verify(path, r, "test")
	if err != nil {
		t.Fatalf("%s: got %v, want it to hold", filepath.Ext(path), err)
	}
	if found.Rows != r.Rows || found.Digest != r.Digest {
		t.Fatalf("%s: got %d rows with %s, want %d with %s", filepath.Ext(path), found.Rows, found.Digest, r.Rows, r.Digest)
	}
}

// hostileTexts are what breaks files.
var hostileTexts = []string{
	"", " ", "=1+1", "'=1+1", "''=1+1", "'", "-1", "-1+2", "@x", "+1", "\t=1", "\r=1", "\n", "a\r\nb\rc\nd", "\x00\x01\x1f", "_x0041_", "_x005F_x0041_", "_X000d_", "__x0007__",
	"\ufeff", "\uFFFE\uFFFF", "<a>&amp;\"'", "]]>", `a,"b";c`, "00123", "1e5", "2026-11-01", "0012", "true", "null", "TRUE", "é\u2028\u2029", "👩‍👩‍👧", "\u202Eevil",
	"1793511000000", "2026-11-01T05:30:00.123456Z", "1880-01-01T00:00:00Z", "1900-02-28T12:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "10000000000",
	"12.5", "-0.00", "99999999999999999.999", "0.1234567890123456789", "1e30", "1e-30", "12.340", " 7 ", "123456789012345", "1234567890123456", "-12.5",
	"123456789012345678901234567890123456789012345678901234567890e32", "NaN", "Inf", "12,50", `{"taxId":"123-45-6789"}`, `["a b","c"]`, "\\.", "\xff\xfe",
	strings.Repeat("x", longestText), strings.Repeat("x", longestText+1), strings.Repeat("👩", longestText/2+1) + "\r\n",
}

// hostileRecord has a text of the generator's in each of its fields.
func hostileRecord(t testing.TB, text func() string) *trustlyclient.Transaction {
	t.Helper()
	tree := map[string]any{}
	for _, f := range search.Fields() {
		at, names := tree, strings.Split(f.Path, ".")
		for _, name := range names[:len(names)-1] {
			inner, ok := at[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[name] = inner
			}
			at = inner
		}
		var value any = text()
		if f.Path == listField {
			value = []any{text(), text(), 1}
		}
		at[names[len(names)-1]] = value
	}
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return record(t, string(b))
}

// anyText draws texts that break files, and any other.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(hostileTexts[:len(hostileTexts)-3]), rapid.String(), rapid.Map(rapid.Int64Range(0, 253402300799999), func(n int64) string { return fmt.Sprint(n) }))
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// writtenFrom is a whole file of kept rows.
func writtenFrom(t testing.TB, format Format, plan *Plan, k *kept) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kept."+format.Extension)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	to, err := format.New(file, plan)
	if err != nil {
		t.Fatal(err)
	}
	from, tally := ReadParts(k.all()), NewTally(plan)
	defer from.Close()
	first, err := from.Next(t.Context())
	if err == nil {
		err = Copy(t.Context(), to, tally, first, from, func() error { return nil })
	}
	if err == nil {
		err = to.Close(plan.Receipt(tally))
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
