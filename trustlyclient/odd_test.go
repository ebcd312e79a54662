package trustlyclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// oddRecords are transactions as no schema has them, all with the id 1.
func oddRecords(t testing.TB) map[string][]byte {
	t.Helper()
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, `"field%d":{"n":%d,"s":"text %d"},`, i, i, i)
	}
	return map[string][]byte{
		"5,000 fields":       []byte(`{` + many.String() + `"transactionId":"1","amount":"1.00"}`),
		"nested 5,000 deep":  []byte(`{"deep":` + strings.Repeat(`{"a":[`, 2500) + strings.Repeat(`]}`, 2500) + `,"transactionId":"1","amount":"1.00"}`),
		"nested in a field":  []byte(`{"payment":{"customer":{"name":` + strings.Repeat(`[`, 3000) + strings.Repeat(`]`, 3000) + `}},"transactionId":"1","amount":"1.00"}`),
		"nulls everywhere":   replaced(t, `null`),
		"texts everywhere":   replaced(t, `"x"`),
		"lists everywhere":   replaced(t, `[]`),
		"objects everywhere": replaced(t, `{"transactionId":{"transactionId":2}}`),
		"numbers everywhere": replaced(t, `-1e400`),
	}
}

// replaced is the API's sample with the same JSON for every member but the id and the amount, and within its objects.
func replaced(t testing.TB, with string) []byte {
	t.Helper()
	var wrapped struct{ Transaction map[string]any }
	if err := json.Unmarshal(readFile(t, "testdata/retrieve-transaction.example.json"), &wrapped); err != nil {
		t.Fatal(err)
	}
	var replace func(map[string]any)
	replace = func(object map[string]any) {
		for name, value := range object {
			if inner, ok := value.(map[string]any); ok {
				replace(inner)
				continue
			}
			object[name] = json.RawMessage(with)
		}
	}
	replace(wrapped.Transaction)
	wrapped.Transaction["transactionId"], wrapped.Transaction["amount"] = "1", "1.00"
	data, err := json.Marshal(wrapped.Transaction)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOddRecordsAreKept(t *testing.T) {
	for name, data := range oddRecords(t) {
		page, err := readPage(fmt.Appendf(nil, `{"transactions":[{"transactionId":"0"},%s,{"transaction":%s}]}`, data, data), nil, time.Time{})
		if err != nil || len(page.Transactions) != 3 {
			t.Errorf("%s: got %v, want three rows", name, err)
			continue
		}
		for _, got := range page.Transactions[1:] {
			if got.TransactionID != "1" || got.Amount.Text != "1.00" {
				t.Errorf("%s: got id %.50q and amount %.50q, want 1 and 1.00", name, got.TransactionID, got.Amount.Text)
			}
			if !bytes.Equal(got.Raw, data) {
				t.Errorf("%s: got other raw bytes than were sent", name)
			}
		}
	}
}

// Each member of the sample in turn is of a type that it should not have: the rest of the record decodes as ever.
func TestABadFieldCostsOnlyItself(t *testing.T) {
	sample := readFile(t, "testdata/retrieve-transaction.example.json")
	whole, err := ParseTransaction(sample)
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	var try func(at []string, object map[string]any, all any)
	try = func(at []string, object map[string]any, all any) {
		for name, value := range object {
			path := append(slices.Clone(at), name)
			for _, odd := range []string{`null`, `"x"`, `-1e400`, `true`, `[]`, `{}`, `[null,{"status":9}]`, `{"amount":{"amount":1}}`} {
				object[name] = json.RawMessage(odd)
				data, err := json.Marshal(all)
				if err != nil {
					t.Fatal(err)
				}
				got, err := ParseTransaction(data)
				if err != nil {
					t.Errorf("%v = %s: got %v, want the record", path, odd, err)
					continue
				}
				field := fieldAt(t, got, path)
				field.Set(fieldAt(t, whole, path))
				if diff := cmp.Diff(whole, got, cmpopts.IgnoreFields(Transaction{}, "Raw")); diff != "" {
					t.Errorf("%v = %s: other fields changed (-want +got):\n%s", path, odd, diff)
				}
				fields++
			}
			object[name] = value
			if inner, ok := value.(map[string]any); ok {
				try(path, inner, all)
			}
		}
	}
	var record struct {
		Transaction map[string]any `json:"transaction"`
	}
	decoder := json.NewDecoder(bytes.NewReader(sample))
	decoder.UseNumber()
	if err := decoder.Decode(&record); err != nil {
		t.Fatal(err)
	}
	try(nil, record.Transaction, record)
	if fields < 600 {
		t.Errorf("tried %d values, want those of some 90 members", fields)
	}
}

// fieldAt is the struct field for a path of API names.
func fieldAt(t *testing.T, transaction *Transaction, path []string) reflect.Value {
	t.Helper()
	at, below := reflect.ValueOf(transaction).Elem(), fieldTable.top
	for _, name := range path {
		i := below.find([]byte(`"` + name + `"`))
		if i < 0 {
			t.Fatalf("%v: no such field", path)
		}
		at, below = at.Field(below.all[i].index), below.all[i].below
	}
	return at
}
