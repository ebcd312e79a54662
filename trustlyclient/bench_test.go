package trustlyclient

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// BenchmarkReadPage reads a page of 100 copies of the API's own sample, compacted to 2.2 kB each as on the wire: all of it,
// and what a list shows.
func BenchmarkReadPage(b *testing.B) {
	body := pageOfSamples(b, 100)
	for name, paths := range map[string][]string{
		"all": nil,
		"few": {"transactionId", "transactionType", "status", "statusMessage", "amount", "currency", "payment.customer.name",
			"merchantReference", "payment.merchantReference", "payment.paymentProvider.name", "payment.account.accountNumber",
			"paymentProviderTransaction.status", "createdAt", "updatedAt", "processedAt", "completedAt"},
	} {
		want, err := fieldsAt(paths)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				page, err := readPage(body, want, time.Time{})
				if err != nil || len(page.Transactions) != 100 {
					b.Fatalf("got %v, want a page of 100", err)
				}
			}
		})
	}
}

func pageOfSamples(t testing.TB, n int) []byte {
	t.Helper()
	var sample bytes.Buffer
	if err := json.Compact(&sample, readFile(t, "testdata/retrieve-transaction.example.json")); err != nil {
		t.Fatal(err)
	}
	one := bytes.TrimSuffix(bytes.TrimPrefix(sample.Bytes(), []byte(`{"transaction":`)), []byte("}"))
	return append(append([]byte(`{"transactions":[`), bytes.Join(slices.Repeat([][]byte{one}, n), []byte(","))...), []byte("]}")...)
}
