package trustlytest

import (
	"math/big"
	"net/http"
	"strings"
	"testing"
)

func TestParseCentsIsExact(t *testing.T) {
	for _, c := range []struct {
		text     string
		up, down Cents
	}{
		{"0", 0, 0}, {"12", 1200, 1200}, {"12.5", 1250, 1250}, {"12.50", 1250, 1250}, {"12.500000", 1250, 1250},
		{"12.501", 1251, 1250}, {"0.001", 1, 0}, {"-1", -100, -100}, {"-0.001", 0, -1}, {"-1.239", -123, -124}, {"9999999.99", 999999999, 999999999},
	} {
		up, err1 := parseCents(c.text, true)
		down, err2 := parseCents(c.text, false)
		if up != c.up || down != c.down || err1 != nil || err2 != nil {
			t.Errorf("parseCents(%q): got %d, %d (%v, %v); want %d, %d", c.text, up, down, err1, err2, c.up, c.down)
		}
	}
	for _, text := range []string{"", ".", "1.", ".5", "1,5", "1e3", "+1", "--1", "1 ", "0x1", "١", "1.2.3", strings.Repeat("9", 16)} {
		if got, err := parseCents(text, true); err == nil {
			t.Errorf("parseCents(%q): got %d, want an error", text, got)
		}
	}
}

func FuzzParseCents(f *testing.F) {
	for _, seed := range []string{"12.50", "-0.001", "999999999999999.999", "1.", "e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		up, err := parseCents(text, true)
		if err != nil {
			return
		}
		down, _ := parseCents(text, false)
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q was read, but is no number", text)
		}
		if big.NewRat(int64(up), 100).Cmp(exact) < 0 || big.NewRat(int64(down), 100).Cmp(exact) > 0 || up-down > 1 {
			t.Errorf("parseCents(%q): got %d up and %d down", text, up, down)
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{
		"", "count=25&startIndex=0&orderBy=createdAt&sortOrder=asc", "transactionType=3&transactionType=6", "createdAt.start=1760000000000",
		"amount.min=10.005", "customerName=%E2%82%AC", "a=%zz", "ipAddr=::1", "payment.verification.status=3.0", ";", "&&==",
	} {
		f.Add(seed)
	}
	s := New(Options{Rows: 300, Now: at(testNow)})
	rows := s.Records()
	f.Fuzz(func(t *testing.T, raw string) {
		q, problems := parseQuery(raw, reading{unit: 1, maxCount: documentedMaxCount})
		if len(problems) > 0 {
			for _, p := range problems {
				if p.code != codeParameter || p.message == "" {
					t.Errorf("%q: got problem %+v", raw, p)
				}
			}
			return
		}
		if q.count < 1 || q.count > documentedMaxCount || q.startIndex < 0 {
			t.Errorf("%q: got count %d, startIndex %d", raw, q.count, q.startIndex)
		}
		n := 0
		for i := range rows {
			if q.matches(&rows[i]) {
				n++
			}
		}
		if got, want := len(s.ledger.page(q)), max(0, min(q.count, n-q.startIndex)); got != want {
			t.Errorf("%q: got %d rows, want %d", raw, got, want)
		}
	})
}

func FuzzInsertJSON(f *testing.F) {
	f.Add([]byte(`{"transactionId":"1","createdAt":"17","payment":{"customer":{"name":null}}}`))
	f.Add(example)
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := New(Options{Rows: -1})
		if id, err := s.InsertJSON(raw); err == nil {
			if w := get(s, "/transactions?customerName=x&createdAt.start=0"); w.Code != http.StatusOK {
				t.Errorf("after inserting %q as %s: got %d", raw, id, w.Code)
			}
		}
	})
}
