package trustlyclient

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// scannerSeeds are at the edges of what JSON is.
var scannerSeeds = []string{
	``, ` `, `{}`, `[]`, ` [ ] `, `{} x`, `[1,]`, `[,1]`, `{"a":1,}`, `{"a"}`, `{"a" : [ 1 , {"b":[]} ] }`, `{a:1}`, `{"a":1]`, `[1}`, `[`, `{`, `{"a":`,
	`0`, `-0`, `01`, `-`, `+1`, `1.`, `.5`, `1.5e`, `1.5e+`, `1.5E-07`, `1e400`, `1x`, `0x1`, `--1`, `123456789012345678901234567890.10`,
	`true`, `truE`, `tru`, `nul`, `null`, `false`, `falsey`, `nulll`, `NaN`, `Infinity`,
	`"`, `"a`, `"\`, `"\"`, `"\""`, `"\u"`, `"\u00e"`, `"\u00eg"`, `"\u00E9 and on"`, `"\x"`, `"a\\"`, `"\\\"\/\b\f\n\r\t"`, `'a'`,
	"\"tab\there\"", "\"nul\x00\"", "\"del\x7f\"", "\"long enough for words\x1f\"", "\"high \xff\xfe bytes\"", "\"é🙂 and more\"", "\"\\ud800\"",
	"\ufeff{}", "{}\x00", "\v{}", "\u00a0{}", "[1\u2028]", "// x\n{}",
	`"eight888"`, `"eight88\""`, `"1234567\\"`, `"12345678\\""`, `"123456789012345` + "\n" + `"`,
}

// FuzzWhole holds the scanner against encoding/json: neither takes what the other refuses.
func FuzzWhole(f *testing.F) {
	for _, seed := range scannerSeeds {
		f.Add([]byte(seed))
		f.Add([]byte(`{"a":[` + seed + `,"b"]}`))
	}
	for _, deep := range []int{maxDepth - 1, maxDepth, maxDepth + 1} {
		f.Add([]byte(strings.Repeat(`[`, deep) + strings.Repeat(`]`, deep)))
		f.Add([]byte(strings.Repeat(`{"a":`, deep) + `1` + strings.Repeat(`}`, deep)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, want := whole(data), json.Valid(data); got != want {
			t.Errorf("%.200q: got %v, want %v", data, got, want)
		}
	})
}

// An answer nested as deep as encoding/json takes is read, one level more is refused, wherever it is: rows stand three deep.
func TestDepthOfAnswers(t *testing.T) {
	for _, at := range []struct {
		before, after string
		depth         int
	}{
		{`{"transactionId":"1","deep":`, `}`, 3},
		{`{"transactionId":"1","amount":`, `}`, 3},
		{`{"transactionId":"1","payment":{"customer":{"name":`, `}}}`, 5},
		{`{"payment":{"allowedPaymentProviderType":`, `}}`, 4},
		{`{"payment":{"allowedPaymentProviderType":[1,`, `]}}`, 5},
		{`{"transaction":{"status":`, `}}`, 4},
	} {
		for inner, want := range map[int]bool{maxDepth - at.depth: true, maxDepth - at.depth + 1: false} {
			body := []byte(`{"transactions":[` + at.before + strings.Repeat(`[`, inner) + strings.Repeat(`]`, inner) + at.after + `]}`)
			for _, paths := range [][]string{nil, {"transactionType"}, {"amount", "status", "payment"}} {
				fields, err := fieldsAt(paths)
				if err != nil {
					t.Fatal(err)
				}
				_, err = readPage(body, fields, time.Time{})
				if got := err == nil; got != want || got != json.Valid(body) {
					t.Errorf("%s, %d lists deep, %v: got %v, want read %v as encoding/json does", at.before, inner, paths, err, want)
				}
			}
		}
	}
}

// However the members of a row are ordered, spelled and repeated, the last of a name stands, as with json.Unmarshal.
func TestRepeatedMembers(t *testing.T) {
	for _, row := range []string{
		`{"transactionId":"1","transactionId":"2"}`,
		`{"transactionId":"1","transaction\u0049d":"2"}`,
		`{"TransactionID":"1","transactionId":"2","TRANSACTIONID":"3"}`,
		`{"transactionId":"1","payment":{"paymentId":"5","country":"US"},"payment":{"country":"CA"}}`,
		`{"transactionId":"1","amount":"1.00","amount":null}`,
		`{"transactionId":"1","payment":{"country":"US"},"payment":null,"payment":7}`,
		`{"transactionId":"1","createdAt":1555629937054,"createdAt":"x"}`,
	} {
		var want Transaction
		_ = json.Unmarshal([]byte(row), &want) // the 7 for a payment is refused, and the rest read
		page, err := readPage([]byte(`{"transactions":[`+row+`]}`), nil, time.Time{})
		if err != nil {
			t.Errorf("%s: %v", row, err)
			continue
		}
		want.Raw = json.RawMessage(row)
		if diff := cmp.Diff(&want, page.Transactions[0]); diff != "" {
			t.Errorf("%s: decoded otherwise than by json.Unmarshal (-want +got):\n%s", row, diff)
		}
	}
}

// Texts are parts of a copy of their row: neither the answer's memory nor the raw bytes may be where they live.
func TestTextsDoNotShareTheAnswer(t *testing.T) {
	body := []byte(`{"transactions":[{"transactionId":"1","amount":12.50,"statusMessage":"caf\u00e9","payment":{"description":"shoes","createdAt":"2024-02-29"}}]}`)
	page, err := readPage(body, nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	got := page.Transactions[0]
	clear(body)
	clear(got.Raw)
	texts := fmt.Sprint(got.TransactionID, got.Amount, got.StatusMessage, got.Payment.Description, got.Payment.CreatedAt)
	if want := fmt.Sprint(Text("1"), Amount{"12.50"}, Text("café"), Text("shoes"), Time{Text: "2024-02-29"}); texts != want {
		t.Errorf("got %s, want %s", texts, want)
	}
}

func TestFieldsByAnyName(t *testing.T) {
	for name, want := range map[string]string{
		`"status"`: "status", `"STATUS"`: "status", `"statu\u0073"`: "status", `"statuß"`: "", `"stat"`: "", `""`: "",
		`"` + strings.Repeat("x", 200) + `"`: "", `"\ud800"`: "", "\"\xff\"": "",
	} {
		got := ""
		if i := fieldTable.top.find([]byte(name)); i >= 0 {
			got = strings.Trim(fieldTable.top.all[i].quoted, `"`)
		}
		if got != want {
			t.Errorf("%s: got the field %q, want %q", name, got, want)
		}
	}
}
