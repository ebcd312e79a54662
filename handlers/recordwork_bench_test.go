package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// BenchmarkRecordWork is the portal's own work for a record's page, without the API, the audit and the session.
func BenchmarkRecordWork(b *testing.B) {
	sandbox := trustlytest.New(trustlytest.Options{Seed: 1, Rows: 1000})
	b.Cleanup(sandbox.Close)
	p := open(b, sandbox)
	rows := func(filters url.Values) []*trustlyclient.Transaction {
		answer, err := p.config.Client.List(b.Context(), trustlyclient.ListOptions{
			Filters: filters, Count: 100, Created: trustlyclient.TimeRange{Start: testNow.AddDate(-20, 0, 0)},
		})
		if err != nil || len(answer.Transactions) == 0 {
			b.Fatalf("list: %v", err)
		}
		return answer.Transactions
	}
	payment := rows(url.Values{"payment.paymentId": {string(rows(nil)[0].Payment.PaymentID)}})
	draw, err := handlers.MakeRecord(p.config, payment)
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/transactions/"+string(payment[0].TransactionID)+"?tz=America/New_York", http.NoBody)
	b.ReportAllocs()
	size, before := 0, cpu(b)
	for b.Loop() {
		drawn, err := draw(r)
		if err != nil {
			b.Fatal(err)
		}
		size = len(drawn)
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/op") // the machine may be busy
	b.ReportMetric(float64(size), "page-bytes")
}
