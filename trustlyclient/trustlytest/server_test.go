package trustlytest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var testNow = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// get asks s without a network.
func get(s http.Handler, target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.SetBasicAuth("id", "key")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// ids asks for a list in shape 1 and returns the ids in the order they came.
func ids(t *testing.T, s http.Handler, q url.Values) []string {
	t.Helper()
	w := get(s, "/api/v1/transactions?"+q.Encode())
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: got %d %s", q.Encode(), w.Code, w.Body)
	}
	var page struct {
		Transactions []struct {
			TransactionID string `json:"transactionId"`
		} `json:"transactions"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
		t.Fatalf("GET %s: %v", q.Encode(), err)
	}
	list := make([]string, len(page.Transactions))
	for i, tx := range page.Transactions {
		list[i] = tx.TransactionID
	}
	return list
}

// all pages through a whole list.
func all(t *testing.T, s http.Handler, q url.Values) []string {
	t.Helper()
	q = clone(q)
	q.Set("count", "100")
	var list []string
	for {
		q.Set("startIndex", strconv.Itoa(len(list)))
		page := ids(t, s, q)
		list = append(list, page...)
		if len(page) < 100 {
			return list
		}
	}
}

func clone(q url.Values) url.Values {
	c := url.Values{}
	for k, v := range q {
		c[k] = slices.Clone(v)
	}
	return c
}

type errorAnswer struct {
	Errors []struct {
		Domain     string `json:"domain"`
		Code       int    `json:"code"`
		Message    string `json:"message"`
		Location   string `json:"location"`
		OccurredAt int64  `json:"occurredAt"`
	} `json:"errors"`
}

func wantError(t *testing.T, w *httptest.ResponseRecorder, status, code int, location string) {
	t.Helper()
	var a errorAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || len(a.Errors) == 0 {
		t.Fatalf("got %d %q, want an errors array (%v)", w.Code, w.Body, err)
	}
	e := a.Errors[0]
	if w.Code != status || e.Code != code || e.Location != location {
		t.Errorf("got %d, code %d at %q; want %d, code %d at %q", w.Code, e.Code, e.Location, status, code, location)
	}
	if !strings.HasPrefix(e.Domain, "com.paywithmybank.") || e.Message == "" || e.OccurredAt == 0 {
		t.Errorf("got error %+v, want domain, message and occurredAt", e)
	}
}

func TestRefusals(t *testing.T) {
	s := New(Options{Rows: 50, Now: at(testNow)})
	for _, c := range []struct {
		target       string
		status, code int
		location     string
	}{
		{"/transactions?count=101", 400, 200, "count"},
		{"/transactions?count=0", 400, 200, "count"},
		{"/transactions?count=ten", 400, 200, "count"},
		{"/transactions?startIndex=-1", 400, 200, "startIndex"},
		{"/transactions?orderBy=amount", 400, 200, "orderBy"},
		{"/transactions?sortOrder=up", 400, 200, "sortOrder"},
		{"/transactions?transactionType=Capture", 400, 200, "transactionType"},
		{"/transactions?transactionType=3,6", 400, 200, "transactionType"},
		{"/transactions?createdAt.start=2026-01-01", 400, 200, "createdAt.start"},
		{"/transactions?updatedAt.end=-5", 400, 200, "updatedAt.end"},
		{"/transactions?amount.min=1e3", 400, 200, "amount.min"},
		{"/transactions?amount.max=12,50", 400, 200, "amount.max"},
		{"/transactions?ipAddr=localhost", 400, 200, "ipAddr"},
		{"/transactions?payment.fiAccount.verified=yes", 400, 200, "payment.fiAccount.verified"},
		{"/transactions?payment.verification.status=NaN", 400, 200, "payment.verification.status"},
		{"/transactions?ignoreUserPortalTransactions=1", 400, 200, "ignoreUserPortalTransactions"},
		{"/transactions?transactionId=1", 400, 200, "transactionId"},
		{"/transactions?status=3", 400, 200, "status"},
		{"/transactions?customerName=", 400, 200, "customerName"},
		{"/transactions?customerName=a&customerName=b", 400, 200, "customerName"},
		{"/transactions?customerName=%zz", 400, 200, ""},
		{"/transactions/404404", 400, 200, "transactionId"},
		{"/transactions/", 404, 200, ""},
		{"/transactions/1/risk", 404, 200, ""},
		{"/payments", 404, 200, ""},
		{"/", 404, 200, ""},
	} {
		for _, prefix := range []string{"", "/api/v1"} {
			t.Run(prefix+c.target, func(t *testing.T) { wantError(t, get(s, prefix+c.target), c.status, c.code, c.location) })
		}
	}
	wantError(t, get(New(Options{Rows: 1, NotFound404: true}), "/transactions/404404"), 404, 200, "transactionId")
	r := httptest.NewRequest(http.MethodPost, "/transactions", nil)
	r.SetBasicAuth("id", "key")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: got %d, want 405", w.Code)
	}
}

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		name          string
		options       Options
		user, key     string
		authenticated bool
	}{
		{"none", Options{}, "", "", false},
		{"any", Options{}, "someone", "", true},
		{"right", Options{AccessID: "id", AccessKey: "key"}, "id", "key", true},
		{"wrong key", Options{AccessID: "id", AccessKey: "key"}, "id", "yek", false},
		{"wrong id", Options{AccessID: "id", AccessKey: "key"}, "di", "key", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.options.Rows = 1
			r := httptest.NewRequest(http.MethodGet, "/transactions", nil)
			if c.user != "" {
				r.SetBasicAuth(c.user, c.key)
			}
			w := httptest.NewRecorder()
			New(c.options).ServeHTTP(w, r)
			if c.authenticated {
				if w.Code != http.StatusOK {
					t.Errorf("got %d, want 200", w.Code)
				}
				return
			}
			wantError(t, w, 401, 375, "")
		})
	}
}

func TestRateLimit(t *testing.T) {
	for kind, want := range map[string]func(string) bool{
		"":             func(h string) bool { return h == "1" },
		RetryAfterDate: func(h string) bool { at, err := http.ParseTime(h); return err == nil && time.Until(at) < 3*time.Second },
		RetryAfterNone: func(h string) bool { return h == "" },
	} {
		s := New(Options{Rows: 1, RateLimit: 3, RetryAfter: kind})
		for i := range 4 {
			w := get(s, "/transactions")
			if got, want := w.Code == http.StatusOK, i < 3; got != want {
				t.Fatalf("request %d: got %d", i, w.Code)
			}
			if i == 3 {
				wantError(t, w, 429, 100, "")
				if h := w.Header().Get("Retry-After"); !want(h) {
					t.Errorf("Retry-After %q: got %q", kind, h)
				}
			}
		}
	}
}

func TestShapes(t *testing.T) {
	options := Options{Rows: 30, Now: at(testNow)}
	members := func(shape int) map[string]json.RawMessage {
		options.Shape = shape
		w := get(New(options), "/transactions?count=2&startIndex=3")
		var m map[string]json.RawMessage
		if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
			t.Fatalf("shape %d: %v in %s", shape, err, w.Body)
		}
		return m
	}
	first := func(list json.RawMessage) json.RawMessage {
		var l []json.RawMessage
		if err := json.Unmarshal(list, &l); err != nil || len(l) != 2 {
			t.Fatalf("got %d members of %s, want 2 (%v)", len(l), list, err)
		}
		return l[0]
	}
	inner := func(b json.RawMessage) string {
		var m map[string]json.RawMessage
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		return string(m["transaction"])
	}
	one := members(ShapeArray)
	want := string(first(one["transactions"]))
	if len(one) != 1 || !strings.HasPrefix(want, `{"transactionId":"`) {
		t.Errorf("shape 1: got %d members, first %.60s", len(one), want)
	}
	two := members(ShapeNumbered)
	if len(two) != 2 || inner(two["0"]) != want || inner(two["1"]) == "" {
		t.Errorf("shape 2: got members %v, want 0 and 1 with the rows of shape 1", two)
	}
	three := members(ShapePaged)
	if string(three["startIndex"]) != "3" || string(three["itemsPerPage"]) != "2" || string(first(three["transactions"])) != want {
		t.Errorf("shape 3: got startIndex %s, itemsPerPage %s", three["startIndex"], three["itemsPerPage"])
	}
	if got := inner(first(members(ShapeWrapped)["transactions"])); got != want {
		t.Errorf("shape 4: got %.60s, want %.60s", got, want)
	}
	for shape := ShapeArray; shape <= ShapeWrapped; shape++ {
		s := New(Options{Rows: -1, Shape: shape})
		if w := get(s, "/transactions"); w.Code != 200 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("shape %d, empty: got %d %s", shape, w.Code, w.Body)
		}
	}
}

func TestOneTransaction(t *testing.T) {
	s := New(Options{Rows: 30, Now: at(testNow)})
	var want, got bytes.Buffer
	if err := json.Compact(&want, example); err != nil {
		t.Fatal(err)
	}
	if err := json.Compact(&got, get(s, "/api/v1/transactions/"+ExampleID).Body.Bytes()); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("the sample: got %s, want %s", &got, &want)
	}
	bare := get(New(Options{Rows: 30, Bare: true}), "/transactions/"+ExampleID).Body.Bytes()
	if !bytes.Contains(example, bare) {
		t.Errorf("the bare sample is not byte for byte that of the reference: %s", bare)
	}
}

func TestCodesAndTimesInOtherForms(t *testing.T) {
	plain := New(Options{Rows: 400, Now: at(testNow)})
	other := New(Options{Rows: 400, Now: at(testNow), EnumsAsStrings: true, ResponseSeconds: true})
	var capture Record
	for _, r := range plain.Records() {
		if r.Type == Capture && r.CompletedAt != 0 {
			capture = r
		}
	}
	read := func(s *Server) (tx struct {
		Transaction struct {
			TransactionType, Status json.RawMessage
			CreatedAt, CompletedAt  int64
			Payment                 struct {
				PaymentType json.RawMessage
				CreatedAt   int64
				Account     struct {
					Verification struct{ VerificationDate int64 }
				}
			}
		}
	}) {
		if err := json.Unmarshal(get(s, "/transactions/"+capture.ID).Body.Bytes(), &tx); err != nil {
			t.Fatal(err)
		}
		return tx
	}
	a, b := read(plain).Transaction, read(other).Transaction
	if string(a.TransactionType) != "3" || string(b.TransactionType) != `"3"` {
		t.Errorf("transactionType: got %s and %s, want 3 and \"3\"", a.TransactionType, b.TransactionType)
	}
	if `"`+string(a.Status)+`"` != string(b.Status) || `"`+string(a.Payment.PaymentType)+`"` != string(b.Payment.PaymentType) {
		t.Errorf("status, paymentType: got %s %s and %s %s", a.Status, a.Payment.PaymentType, b.Status, b.Payment.PaymentType)
	}
	if a.CreatedAt != capture.CreatedAt || b.CreatedAt != a.CreatedAt/1000 || b.CompletedAt != a.CompletedAt/1000 || b.Payment.CreatedAt != a.Payment.CreatedAt/1000 {
		t.Errorf("times: got %d and %d, want milliseconds and seconds of %d", a.CreatedAt, b.CreatedAt, capture.CreatedAt)
	}
	if v := a.Payment.Account.Verification.VerificationDate; v != b.Payment.Account.Verification.VerificationDate || v > 1e11 || v == 0 {
		t.Errorf("verificationDate: got %d and %d, want the same seconds", v, b.Payment.Account.Verification.VerificationDate)
	}
}
