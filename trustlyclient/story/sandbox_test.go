package story

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// testNow is a Thursday.
var testNow = time.Date(2026, 3, 12, 15, 0, 0, 0, time.UTC)

func atNow() time.Time { return testNow }

// answered reads all of a sandbox's transactions as its answers have them.
func answered(t testing.TB, s *trustlytest.Server) []*trustlyclient.Transaction {
	t.Helper()
	var list []*trustlyclient.Transaction
	for {
		target := fmt.Sprintf("/transactions?sortOrder=asc&count=100&startIndex=%d", len(list))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		r.SetBasicAuth("any", "any")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var answer struct{ Transactions []json.RawMessage }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); w.Code != http.StatusOK || err != nil {
			t.Fatalf("%s: got %d, %v", target, w.Code, err)
		}
		for _, raw := range answer.Transactions {
			list = append(list, parse(t, string(raw)))
		}
		if len(answer.Transactions) < 100 {
			return list
		}
	}
}

func parse(t testing.TB, text string) *trustlyclient.Transaction {
	t.Helper()
	record, err := trustlyclient.ParseTransaction([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return record
}

// inserted reads made-up records as answers have them.
func inserted(t testing.TB, rows []trustlytest.Record) []*trustlyclient.Transaction {
	t.Helper()
	s := trustlytest.New(trustlytest.Options{Rows: -1, Now: atNow})
	for _, r := range rows {
		s.Insert(r)
	}
	return answered(t, s)
}

// byPayment parts records into families, in the order of their first records.
func byPayment(list []*trustlyclient.Transaction) [][]*trustlyclient.Transaction {
	var families [][]*trustlyclient.Transaction
	index := map[trustlyclient.Text]int{}
	for _, t := range list {
		i, ok := index[t.Payment.PaymentID]
		if !ok {
			i = len(families)
			index[t.Payment.PaymentID] = i
			families = append(families, nil)
		}
		families[i] = append(families[i], t)
	}
	return families
}
