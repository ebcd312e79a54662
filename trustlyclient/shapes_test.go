package trustlyclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPageShapes(t *testing.T) {
	tests := []struct {
		name, body  string
		ids         string // joined by spaces
		start, size int
	}{
		{"list", `{"transactions":[{"transactionId":"1"},{"transactionId":2}]}`, "1 2", -1, -1},
		{"list with numbers", `{"startIndex":50,"itemsPerPage":25,"transactions":[{"transactionId":"1"}]}`, "1", 50, 25},
		{"list with strings", `{"transactions":[{"transactionId":"1"}],"startIndex":"0","itemsPerPage":"100"}`, "1", 0, 100},
		{"list with odd numbers", `{"transactions":[],"startIndex":null,"itemsPerPage":-5}`, "", -1, -1},
		{"wrapped members", `{"transactions":[{"transaction":{"transactionId":"1"}},{"transactionId":"2"}]}`, "1 2", -1, -1},
		{"wrapper with a neighbour", `{"transactions":[{"links":[],"transaction":{"transactionId":"1"}}]}`, "1", -1, -1},
		{"empty list", `{"transactions":[]}`, "", -1, -1},
		{"null list", `{"transactions":null}`, "", -1, -1},
		{"no errors", `{"errors":[],"transactions":[{"transactionId":"1"}]}`, "1", -1, -1},
		{"numbered, wrapped", `{"0":{"transaction":{"transactionId":"a"}},"1":{"transaction":{"transactionId":"b"}}}`, "a b", -1, -1},
		{"numbered, bare", `{"0":{"transactionId":"a"},"1":{"transactionId":"b"}}`, "a b", -1, -1},
		{"numbered, out of order", `{"10":{"transactionId":"k"},"9":{"transactionId":"j"},"2":{"transactionId":"c"},"0":{"transactionId":"a"}}`, "a c j k", -1, -1},
		{"numbered, a number twice", `{"0":{"transactionId":"a"},"0":{"transactionId":"b"}}`, "a b", -1, -1},
		{"numbered with numbers", `{"0":{"transactionId":"a"},"startIndex":"3"}`, "a", 3, -1},
		{"numbered, empty", ` {} `, "", -1, -1},
		{"an id twice", `{"transactions":[{"transactionId":"1"},{"transactionId":"1"}]}`, "1 1", -1, -1},
		{"a row without an id", `{"transactions":[{"transactionId":"1"},{"status":4},{}]}`, "1 - -", -1, -1},
		{"odd types", `{"transactions":[{"payment":"x","status":{"a":1},"transactionId":"1","paymentProviderTransaction":[]}]}`, "1", -1, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, err := readPage([]byte(tt.body), nil, time.Time{})
			if err != nil {
				t.Fatalf("got error %v, want none", err)
			}
			var ids []string
			for _, transaction := range page.Transactions {
				id := transaction.TransactionID.String()
				if id == "" {
					id = "-"
				}
				ids = append(ids, id)
			}
			if got := strings.Join(ids, " "); got != tt.ids {
				t.Errorf("got ids %q, want %q", got, tt.ids)
			}
			if page.StartIndex != tt.start || page.ItemsPerPage != tt.size {
				t.Errorf("got start %d size %d, want %d %d", page.StartIndex, page.ItemsPerPage, tt.start, tt.size)
			}
		})
	}
}

// broken are answers no row may be read from.
var broken = []struct{ name, body string }{
	{"nothing", ``},
	{"space", " \n"},
	{"null", `null`},
	{"text", `"transactions"`},
	{"list alone", `[{"transactionId":"1"}]`},
	{"HTML", `<html><body>Bad gateway</body></html>`},
	{"cut short", `{"transactions":[{"transactionId":"1"},{"transac`},
	{"without its end", `{"transactions":[{"transactionId":"1"}]`},
	{"two answers", `{"transactions":[]}{"transactions":[]}`},
	{"other object", `{"items":[{"transactionId":"1"}]}`},
	{"message", `{"message":"no"}`},
	{"numbers without rows", `{"startIndex":0,"itemsPerPage":25}`},
	{"transactions an object", `{"transactions":{"0":{"transactionId":"1"}}}`},
	{"transactions a text", `{"transactions":"none"}`},
	{"two lists", `{"transactions":[{"transactionId":"1"}],"transactions":[]}`},
	{"list and numbers", `{"transactions":[],"0":{"transactionId":"1"}}`},
	{"a null row", `{"transactions":[{"transactionId":"1"},null]}`},
	{"a text row", `{"transactions":[{"transactionId":"1"},"2"]}`},
	{"a list row", `{"transactions":[[{"transactionId":"1"}]]}`},
	{"a wrapped null", `{"transactions":[{"transaction":null}]}`},
	{"a wrapped text", `{"transactions":[{"transaction":"1"}]}`},
	{"a numbered null", `{"0":{"transactionId":"1"},"1":null}`},
	{"a number too large", `{"0":{"transactionId":"1"},"99999999999999999999":{}}`},
	{"nested too deep", `{"transactions":[{"a":` + strings.Repeat(`[`, 100_000) + strings.Repeat(`]`, 100_000) + `}]}`},
}

func TestBrokenPagesAreMalformed(t *testing.T) {
	for _, tt := range broken {
		t.Run(tt.name, func(t *testing.T) {
			page, err := readPage([]byte(tt.body), nil, time.Time{})
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v, %v, want ErrMalformed", page, err)
			}
		})
	}
}

func TestSingleShapes(t *testing.T) {
	for _, body := range []string{
		`{"transaction":{"transactionId":"7"}}`,
		` {"transaction": {"transactionId":"7"}} `,
		`{"transactionId":7}`,
		`{"transactionId":"7","transaction":{"transactionId":"8"}}`,
		`{"errors":null,"transaction":{"transactionId":"7"}}`,
		`{"TransactionID":"8","status":9,"payment":{"allowedPaymentProviderType":[9]},"transaction":{"transactionId":"7"}}`,
		`{"transaction":{"transactionId":"8"},"transaction":{"transactionId":"7","transaction":{"transactionId":"9"}}}`,
	} {
		got, err := parseSingle([]byte(body))
		if err != nil || got.TransactionID != "7" || got.Status != "" || got.Payment.AllowedPaymentProviderType != nil {
			t.Errorf("%s: got %+v, %v, want transaction 7 and nothing of what is around it", body, got, err)
		}
	}
	for _, body := range []string{``, `{}`, `null`, `[]`, `{"transaction":null}`, `{"transaction":{}}`, `{"message":"x"}`, `{"transactions":[{"transactionId":"7"}]}`, `{"transactionId":"7"} x`} {
		if got, err := parseSingle([]byte(body)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, %v, want ErrMalformed", body, got, err)
		}
	}
}

func TestRawIsKeptByteForByte(t *testing.T) {
	const one = "{ \"transactionId\" : \"1\",\n\t\"unknown\": [1.50, \"\\u00e9\"], \"amount\":\"1.00\"  }"
	for _, body := range []string{
		`{"transactions":[` + one + `]}`,
		`{"transactions":[ {"transaction" :  ` + one + ` } ] }`,
		`{"0": {"transaction":` + one + `}}`,
	} {
		page, err := readPage([]byte(body), nil, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(page.Transactions[0].Raw); got != one {
			t.Errorf("%s: got %q, want %q", body, got, one)
		}
	}
	got, err := ParseTransaction([]byte(" " + one + "\n"))
	if err != nil || string(got.Raw) != one {
		t.Errorf("got %q, %v, want %q", got.Raw, err, one)
	}
}

func TestRawDoesNotShareThePage(t *testing.T) {
	body := []byte(`{"transactions":[{"transactionId":"1"}]}`)
	page, err := readPage(body, nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if got, want := string(page.Transactions[0].Raw), `{"transactionId":"1"}`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNamesWithoutRegardToCase(t *testing.T) {
	for _, name := range []string{"subtype", "subType", "SubType"} {
		got, err := ParseTransaction([]byte(`{"payment":{"paymentProvider":{"` + name + `":2000}}}`))
		if err != nil || got.Payment.PaymentProvider.SubType != "2000" {
			t.Errorf("%s: got %v, %v, want 2000", name, got.Payment.PaymentProvider.SubType, err)
		}
	}
}

// FuzzPage feeds the page reader anything: it must not panic, and an answer it takes must account for every row.
func FuzzPage(f *testing.F) {
	for _, tt := range broken[:len(broken)-1] {
		f.Add([]byte(tt.body))
	}
	f.Add([]byte(`{"transactions":[{"transaction":{"transactionId":"1"}},{"transactionId":"2"}],"startIndex":"0"}`))
	f.Add([]byte(`{"10":{"transactionId":"k"},"2":{"transactionId":"c"},"errors":[]}`))
	f.Add([]byte(`{"errors":[{"code":"200"}]}`))
	for _, record := range oddRecords(f) {
		f.Add(fmt.Appendf(nil, `{"transactions":[%s,{"transaction":%s}]}`, record, record))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _ = parseSingle(body)
		_ = complaintIn(body)
		page, err := readPage(body, nil, time.Time{})
		if err != nil {
			var said *complaint
			if !errors.Is(err, ErrMalformed) && !errors.As(err, &said) {
				t.Fatalf("got error %v, want ErrMalformed or a complaint", err)
			}
			return
		}
		var list struct {
			Transactions []json.RawMessage `json:"transactions"`
		}
		if json.Unmarshal(body, &list) == nil && len(list.Transactions) > len(page.Transactions) && bytes.Contains(body, []byte(`"transactions"`)) {
			t.Errorf("got %d rows, want %d", len(page.Transactions), len(list.Transactions))
		}
		for _, transaction := range page.Transactions {
			if !json.Valid(transaction.Raw) {
				t.Errorf("got raw %q, want JSON", transaction.Raw)
			}
		}
	})
}

// FuzzDecode holds the hand-written decoder against json.Unmarshal.
func FuzzDecode(f *testing.F) {
	f.Add(readFile(f, "testdata/retrieve-transaction.example.json"))
	for _, seed := range []string{
		`{"payment":{"customer":{"name":"a\u0062\\"},"customer":{"email":"x"}}}`,
		`{"payment":[],"transactionId":1,"TRANSACTIONID":2}`,
		`{"payment":{"allowedPaymentProviderType":[1,"2",null]}}`,
		`{"a":{"b":"}]\""},"payment":null,"amount":-1.5e3}`,
	} {
		f.Add([]byte(seed))
	}
	for _, record := range oddRecords(f) {
		f.Add(record)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = bytes.TrimSpace(data)
		if !json.Valid(data) || data[0] != '{' || bytes.ContainsAny(data, "ſK") {
			t.Skip() // encoding/json folds two more letters than lower case does
		}
		var want, got Transaction
		err := json.Unmarshal(data, &want)
		if mistyped := (*json.UnmarshalTypeError)(nil); err != nil && !errors.As(err, &mistyped) {
			t.Skip()
		}
		d := newDecoder(data, nil) // which has read others before
		defer d.done()
		if end := d.transaction(&got, 0, 0); end != len(data) {
			t.Errorf("got the end at %d, want it at %d", end, len(data))
		}
		d.fill()
		// A single code is taken as a list of one, which json.Unmarshal refuses.
		want.Payment.AllowedPaymentProviderType, got.Payment.AllowedPaymentProviderType = nil, nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("decoded otherwise than json.Unmarshal (-want +got):\n%s", diff)
		}
	})
}
