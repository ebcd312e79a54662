package trustlyclient_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"trustlyportal/trustlyclient"
)

// api stands in for Trustly in the examples.
func api() *httptest.Server {
	const capture = `{"transactionId":"1009000103","transactionType":3,"status":4,"currency":"USD","amount":"125.50",` +
		`"createdAt":1760000100123,"paymentProviderTransaction":{"status":"AC118"},"payment":{"paymentId":"1009000100"}}`
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/transactions", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"transactions":[`+capture+`]}`)
	})
	mux.HandleFunc("GET /api/v1/transactions/1009000103", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"transaction":`+capture+`}`)
	})
	mux.HandleFunc("GET /api/v1/transactions/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"errors":[{"domain":"com.example.InvalidParameterException","code":200,"message":"No transaction found"}]}`)
	})
	return httptest.NewServer(mux)
}

func newClient(server *httptest.Server) *trustlyclient.Client {
	client, err := trustlyclient.New(trustlyclient.Options{
		BaseURL:        server.URL + "/api/v1",
		AccessID:       "access id",
		AccessKey:      "access key",
		RateLimit:      5,
		MaxConcurrency: 4,
	})
	if err != nil {
		panic(err)
	}
	return client
}

func ExampleClient_List() {
	server := api()
	defer server.Close()
	client := newClient(server)
	defer client.CloseIdleConnections()

	page, err := client.List(context.Background(), trustlyclient.ListOptions{
		Filters: url.Values{"transactionType": {"3", "6"}, "amount.min": {"100.00"}},
		Created: trustlyclient.TimeRange{Start: time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)},
		Count:   50,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range page.Transactions {
		kind, _ := trustlyclient.LookupCode("TransactionType", t.TransactionType.String())
		fmt.Println(t.TransactionID, kind.Name, t.Amount, t.Currency, t.CreatedAt.Format(time.RFC3339))
	}
	// Output: 1009000103 Capture 125.50 USD 2025-10-09T08:55:00Z
}

// An API that fails for a moment is asked again; what was answered a moment ago is not, unless a reader reloads.
func ExampleFresh() {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"transactions":[]}`)
	}))
	defer server.Close()
	client, err := trustlyclient.New(trustlyclient.Options{
		BaseURL: server.URL, AccessID: "access id", AccessKey: "access key",
		CacheFor: time.Minute,
	})
	if err != nil {
		panic(err)
	}
	defer client.CloseIdleConnections()

	ctx := trustlyclient.WithRequestID(context.Background(), "7KQ2")
	_, err = client.List(ctx, trustlyclient.ListOptions{})
	fmt.Println("first:", requests, err)
	_, err = client.List(ctx, trustlyclient.ListOptions{})
	fmt.Println("again:", requests, err)
	_, err = client.List(trustlyclient.Fresh(ctx), trustlyclient.ListOptions{})
	fmt.Println("reload:", requests, err)
	// Output:
	// first: 2 <nil>
	// again: 2 <nil>
	// reload: 3 <nil>
}

// An export leaves the way free for people and waits longer for an API in trouble.
func ExampleInBackground() {
	server := api()
	defer server.Close()
	client := newClient(server)
	defer client.CloseIdleConnections()

	export := trustlyclient.InBackground(context.Background())
	page, err := client.List(export, trustlyclient.ListOptions{Count: trustlyclient.MaxCount})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(page.Transactions), "row")
	// Output: 1 row
}

func ExampleClient_Get() {
	server := api()
	defer server.Close()
	client := newClient(server)
	defer client.CloseIdleConnections()

	t, err := client.Get(context.Background(), "1009000103")
	fmt.Println(t.Payment.PaymentID, err)

	_, err = client.Get(context.Background(), "1009000999")
	fmt.Println(errors.Is(err, trustlyclient.ErrNotFound))
	if e, ok := errors.AsType[*trustlyclient.Error](err); ok {
		fmt.Println(e.StatusCode, e.Code)
	}
	// Output:
	// 1009000100 <nil>
	// true
	// 400 200
}

func ExampleClient_All() {
	server := api()
	defer server.Close()
	client := newClient(server)
	defer client.CloseIdleConnections()

	family := client.All(context.Background(), trustlyclient.ListOptions{
		Filters:   url.Values{"payment.paymentId": {"1009000100"}},
		SortOrder: trustlyclient.Ascending,
	})
	for t, err := range family {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(t.TransactionID, t.PaymentProviderTransaction.Status)
	}
	// Output: 1009000103 AC118
}

func ExampleAmount_Decimal() {
	paid, _ := trustlyclient.Amount{Text: "125.50"}.Decimal()
	refunded, _ := trustlyclient.Amount{Text: "25.50"}.Decimal()
	fmt.Println(paid.Sub(refunded).StringFixed(2))
	// Output: 100.00
}

func ExampleLookupProviderStatus() {
	for _, code := range []string{"R02", "EFT_901", "ZZ9"} {
		meaning, ok := trustlyclient.LookupProviderStatus(code)
		fmt.Printf("%s %q %v\n", code, meaning.Name, ok)
	}
	// Output:
	// R02 "Account closed" true
	// EFT_901 "Insufficient funds" true
	// ZZ9 "" false
}

func ExampleLookupCode() {
	meaning, _ := trustlyclient.LookupCode("DeclineExtendedReasonCode", "13024")
	fmt.Println(meaning.Name)
	// Output: Merchant amount limit in 24 hours
}
