package trustlyclient

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func TestGetEscapesTheID(t *testing.T) {
	for id, want := range map[string]string{
		"1006755981":   "/api/v1/transactions/1006755981",
		"a b?c=d#e&f":  "/api/v1/transactions/a%20b%3Fc=d%23e&f",
		"%2F..":        "/api/v1/transactions/%252F..",
		"...":          "/api/v1/transactions/...",
		"日本":           "/api/v1/transactions/%E6%97%A5%E6%9C%AC",
		"a;b:c@d$e,f+": "/api/v1/transactions/a%3Bb:c@d$e%2Cf+",
	} {
		var got string
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			got = r.RequestURI
			answer(200, `{"transaction":{"transactionId":"1"}}`)(w, r)
		}, nil)
		if _, err := c.Get(context.Background(), id); err != nil {
			t.Errorf("%q: got error %v, want none", id, err)
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", id, got, want)
		}
		if address := c.URL(id); !strings.HasPrefix(address, "http://127.0.0.1:") || !strings.HasSuffix(address, want) {
			t.Errorf("%q: got the address %s, want that of the request: %s", id, address, want)
		}
	}
}

func TestGetRefusesBeforeAnyRequest(t *testing.T) {
	requests := 0
	c := serve(t, func(http.ResponseWriter, *http.Request) { requests++ }, nil)
	for _, id := range []string{"", ".", "..", "a/b", `a\b`, "../users", "a\nb", "a\x00", "a\u0085", "\xff", strings.Repeat("1", 129)} {
		_, err := c.Get(context.Background(), id)
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: got error %v, want ErrInvalid", id, err)
		}
		if got := c.URL(id); got != "" {
			t.Errorf("%q: got the address %q, want none", id, got)
		}
		if len(id) > 2 && strings.Contains(err.Error(), id) {
			t.Errorf("the error %q repeats the id", err)
		}
	}
	if requests != 0 {
		t.Errorf("got %d requests, want 0", requests)
	}
}

func TestTransactionLogsItsIDOnly(t *testing.T) {
	transaction, err := ParseTransaction(readFile(t, "testdata/retrieve-transaction.example.json"))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("read", "transaction", transaction)
	if got := log.String(); strings.Contains(got, "Joe") || !strings.Contains(got, `"transaction":"1006755981"`) {
		t.Errorf("got %s, want the id alone", got)
	}
}
