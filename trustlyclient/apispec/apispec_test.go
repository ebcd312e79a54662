package apispec_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"trustlyportal/trustlyclient/apispec"
)

// reports collects what Handler says of a request.
type reports struct {
	testing.TB
	said []string
}

func (r *reports) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func TestHandlerReports(t *testing.T) {
	const start = "createdAt.start=1"
	tests := []struct {
		method, target string
		want           string // part of the report, "" = none
	}{
		{"GET", "/api/v1/transactions?count=100&startIndex=0&orderBy=createdAt&" + start, ""},
		{"GET", "/transactions?transactionStatus=5&transactionStatus=8&amount.min=1.00", ""},
		{"GET", "/transactions?payment.verification.status=2", ""},
		{"GET", "/transactions?payment.verification.status=two", "payment.verification.status"},
		{"GET", "/transactions?payment.fiAccount.verified=yes", "payment.fiAccount.verified"},
		{"GET", "/transactions?createdat.start=1", `declares no parameter "createdat.start"`},
		{"GET", "/transactions?count=5&count=6", "takes one value"},
		{"GET", "/transactions?payment.paymentId=", "given empty"},
		{"GET", "/transactions?count=%zz", "read the query"},
		{"POST", "/transactions", "got method POST"},
		{"GET", "/api/v1/transactions/1002", ""},
		{"GET", "/api/v1/transactions/1002?count=1", "single transaction"},
	}
	for _, tt := range slices.Concat(tests, tests) { // again, as what was allowed is remembered
		got := &reports{TB: t}
		reached := false
		r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.target, http.NoBody)
		r.SetBasicAuth("id", "key")
		apispec.Handler(got, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true })).ServeHTTP(httptest.NewRecorder(), r)
		if said := strings.Join(got.said, "; "); (said == "") != (tt.want == "") || !strings.Contains(said, tt.want) {
			t.Errorf("%s %s: got the report %q, want %q in it", tt.method, tt.target, said, tt.want)
		}
		if !reached {
			t.Errorf("%s %s: the API was not asked", tt.method, tt.target)
		}
	}
	got := &reports{TB: t}
	apispec.Handler(got, http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/transactions", http.NoBody))
	if len(got.said) != 1 || !strings.Contains(got.said[0], "Authorization") {
		t.Errorf("without credentials: got %q, want a report of the header Authorization", got.said)
	}
}
