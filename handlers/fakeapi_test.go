package handlers_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const fakeID, fakeKey = "access-id", "access-key"

// record is one transaction as the API's JSON.
type record = map[string]any

// fakeAPI is a second, plain reading of the API: a handler over a slice of records. It shares nothing with trustlytest
// or with the client.
type fakeAPI struct {
	t testing.TB

	// How the API answers, where its documentation leaves it open.
	shape          int   // 1, 2 or 3 of trustly.md 2.3; 0 = 1
	enumsAsStrings bool  // codes are JSON strings
	inSeconds      bool  // times of answers are in seconds
	unit           int64 // milliseconds of one unit of the time filters; 0 = 1
	openStart      bool  // .start leaves out its own instant
	openEnd        bool  // .end leaves out its own instant
	wholeUnits     bool  // times are compared by whole units
	tiesRising     bool  // rows of one instant by ascending id in both directions

	mu      sync.Mutex
	rows    []record
	seen    []seen
	before  func(api *fakeAPI)                                              // runs before each list, under the lock
	instead func(n int, w http.ResponseWriter, r *http.Request) (done bool) // answers the n-th request since the last reset itself
}

// seen is one request that the fake got.
type seen struct {
	path  string
	query url.Values
}

func newFake(t testing.TB, rows []record) *fakeAPI {
	t.Helper()
	return &fakeAPI{t: t, rows: rows}
}

// reset forgets the requests so far.
func (f *fakeAPI) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = nil
}

func (f *fakeAPI) requests() []seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.seen)
}

func (f *fakeAPI) set(change func(*fakeAPI)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// deepest is the largest startIndex asked for.
func (f *fakeAPI) deepest() int {
	n := 0
	for _, s := range f.requests() {
		i, _ := strconv.Atoi(s.query.Get("startIndex"))
		n = max(n, i)
	}
	return n
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.check(r)
	query, _ := url.ParseQuery(r.URL.RawQuery)
	f.seen = append(f.seen, seen{r.URL.Path, query})
	n, instead := len(f.seen), f.instead
	f.mu.Unlock()
	if instead != nil && instead(n, w, r) {
		return
	}
	if status, answer := f.answer(r.URL.Path, query); status != http.StatusOK {
		refuse(w, status, 200, "No transaction")
	} else {
		reply(w, answer)
	}
}

func (f *fakeAPI) answer(path string, query url.Values) (status int, answer any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if path == "/api/v1/transactions" {
		if f.before != nil {
			f.before(f)
		}
		return http.StatusOK, f.list(query)
	}
	i := slices.IndexFunc(f.rows, func(rec record) bool { return path == "/api/v1/transactions/"+textAt(rec, "transactionId") })
	if i < 0 {
		return http.StatusNotFound, nil
	}
	return http.StatusOK, map[string]any{"transaction": f.written(f.rows[i])}
}

// check reports requests as the portal should not make them. What the API's specification allows at all, apispec checks
// for every test's API.
func (f *fakeAPI) check(r *http.Request) {
	if id, key, ok := r.BasicAuth(); !ok || id != fakeID || key != fakeKey {
		f.t.Errorf("%s: got credentials %q, want HTTP Basic with the access id and key", r.URL.Path, id)
	}
	if r.URL.Path != "/api/v1/transactions" {
		return
	}
	query := r.URL.Query()
	if n, err := strconv.Atoi(query.Get("count")); err != nil || n < 1 || n > 100 {
		f.t.Errorf("got count %q, want 1 to 100", query.Get("count"))
	}
	if n, err := strconv.Atoi(query.Get("startIndex")); err != nil || n < 0 {
		f.t.Errorf("got startIndex %q, want a number from 0", query.Get("startIndex"))
	}
	if query.Get("orderBy") == "" || query.Get("sortOrder") == "" || query.Get("createdAt.start") == "" {
		f.t.Errorf("order or window left to the API's defaults, which are not documented: %v", query)
	}
}

func (f *fakeAPI) list(q url.Values) any {
	found := f.matching(q)
	start, _ := strconv.Atoi(q.Get("startIndex"))
	count, _ := strconv.Atoi(q.Get("count"))
	found = found[min(start, len(found)):]
	found = found[:min(count, len(found))]
	switch f.shape {
	case 2:
		numbered := map[string]any{}
		for i, rec := range found {
			numbered[strconv.Itoa(i)] = map[string]any{"transaction": f.written(rec)}
		}
		return numbered
	case 3:
		list := []any{}
		for _, rec := range found {
			list = append(list, map[string]any{"transaction": f.written(rec)})
		}
		return map[string]any{"transactions": list, "startIndex": start, "itemsPerPage": count}
	default:
		list := []any{}
		for _, rec := range found {
			list = append(list, f.written(rec))
		}
		return map[string]any{"transactions": list}
	}
}

// matching are the rows that the API has for a query, in its order.
func (f *fakeAPI) matching(q url.Values) []record {
	var tests []func(record) bool
	for name, values := range q {
		if match, known := predicates[name]; known {
			tests = append(tests, func(rec record) bool { return match(rec, values) })
		} else if field, end, isTime := timeFilter(name); isTime {
			tests = append(tests, f.inTime(field, end, values[0]))
		}
	}
	var found []record
	for _, rec := range f.rows {
		if !slices.ContainsFunc(tests, func(fits func(record) bool) bool { return !fits(rec) }) {
			found = append(found, rec)
		}
	}
	sortRows(found, q.Get("orderBy"), q.Get("sortOrder"), f.tiesRising)
	return found
}

func (f *fakeAPI) inTime(field string, end bool, bound string) func(record) bool {
	unit := max(f.unit, 1)
	limit, err := strconv.ParseInt(bound, 10, 64)
	if err != nil {
		f.t.Errorf("a bound of %s is %q, want a Unix time", field, bound)
	}
	limit *= unit
	return func(rec record) bool {
		at, ok := timeAt(rec, field)
		if f.wholeUnits {
			at = at / unit * unit
		}
		switch {
		case !ok:
			return false
		case end && f.openEnd:
			return at < limit
		case end:
			return at <= limit
		case f.openStart:
			return at > limit
		default:
			return at >= limit
		}
	}
}

// wanted are the rows that a view of the portal has to show: its ranges hold their start and not their end.
func wanted(rows []record, q url.Values) []record {
	exact := &fakeAPI{rows: rows, openEnd: true}
	return exact.matching(q)
}

func timeFilter(name string) (field string, end, ok bool) {
	for _, field := range []string{"createdAt", "updatedAt", "processedAt", "completedAt"} {
		if name == field+".start" || name == field+".end" {
			return field, strings.HasSuffix(name, ".end"), true
		}
	}
	return "", false, false
}

func sortRows(rows []record, orderBy, sortOrder string, tiesRising bool) {
	orderBy = cmp.Or(orderBy, "createdAt")
	type key struct {
		at int64
		id int
		of record
	}
	keys := make([]key, len(rows))
	for i, rec := range rows {
		keys[i].of = rec
		keys[i].at, _ = timeAt(rec, orderBy)
		keys[i].id, _ = strconv.Atoi(textAt(rec, "transactionId"))
	}
	slices.SortStableFunc(keys, func(a, b key) int {
		order, ties := cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)
		if sortOrder != "asc" {
			order = -order
			if !tiesRising {
				ties = -ties
			}
		}
		return cmp.Or(order, ties)
	})
	for i := range keys {
		rows[i] = keys[i].of
	}
}

type predicate func(rec record, values []string) bool

// predicates read each filter as its name says: names and descriptions by a part of them, the rest exactly.
var predicates = map[string]predicate{
	"transactionType":                            oneOf("transactionType"),
	"transactionStatus":                          oneOf("status"),
	"payment.paymentType":                        oneOf("payment.paymentType"),
	"payment.authorization.status":               oneOf("payment.auth.status"),
	"payment.verification.status":                same("payment.verification.status"),
	"paymentProviderTransaction.ppTrxStatusCode": same("paymentProviderTransaction.status"),
	"amount.min":                                 limit("amount", 1),
	"amount.max":                                 limit("amount", -1),
	"paid.min":                                   limit("paid", 1),
	"paid.max":                                   limit("paid", -1),
	"refunded.min":                               limit("refunded", 1),
	"refunded.max":                               limit("refunded", -1),
	"originalTransactionId":                      same("originalTransactionId"),
	"payment.paymentId":                          same("payment.paymentId"),
	"payment.merchantReference":                  same("payment.merchantReference"),
	"paymentProviderTransaction.paymentProviderTransactionId": same("paymentProviderTransaction.paymentProviderTransactionId"),
	"payment.merchant.merchantId":                             same("payment.merchant.merchantId"),
	"payment.fingerprint":                                     same("payment.fingerprint"),
	"payment.customer.name":                                   part("payment.customer.name"),
	"customerName":                                            part("payment.customer.name"),
	"payment.customer.externalId":                             same("payment.customer.externalId"),
	"ipAddr":                                                  same("ip"),
	"payment.fiAccount.accountNumber":                         same("payment.account.accountNumber"),
	"payment.fiAccount.routingNumber":                         same("payment.account.routingNumber"),
	"payment.fiAccount.verified":                              same("payment.account.verified"),
	"accountNumber":                                           same("payment.account.accountNumber"),
	"routingNumber":                                           same("payment.account.routingNumber"),
	"payment.paymentProvider.paymentProviderId":               same("payment.paymentProvider.paymentProviderId"),
	"payment.fiAccount.providerId":                            same("payment.account.providerId"),
	"payment.paymentProvider.framework":                       same("payment.paymentProvider.framework"),
	"payment.description":                                     part("payment.description"),
	"ignoreUserPortalTransactions": func(rec record, values []string) bool {
		return values[0] != "true" || textAt(rec, "userPortal") != "true"
	},
}

func oneOf(path string) predicate {
	return func(rec record, values []string) bool { return slices.Contains(values, textAt(rec, path)) }
}

func same(path string) predicate {
	return func(rec record, values []string) bool { return textAt(rec, path) == values[0] }
}

func part(path string) predicate {
	return func(rec record, values []string) bool {
		return strings.Contains(strings.ToLower(textAt(rec, path)), strings.ToLower(values[0]))
	}
}

// limit compares amounts exactly; side 1 is a least one, -1 a largest one.
func limit(path string, side int) predicate {
	return func(rec record, values []string) bool {
		have, ok1 := new(big.Rat).SetString(textAt(rec, path))
		bound, ok2 := new(big.Rat).SetString(values[0])
		return ok1 && ok2 && have.Cmp(bound)*side >= 0
	}
}

// textAt is the text of a scalar of the record, "" for none.
func textAt(rec record, path string) string {
	var v any = rec
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[name]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func timeAt(rec record, field string) (ms int64, ok bool) {
	ms, ok = rec[field].(int64)
	return ms, ok
}

var codeNames = []string{"transactionType", "status", "paymentType", "mode", "type", "profile", "source", "authorizationStatus", "system",
	"paymentProviderSubtype", "paymentFlow", "subtype"}

// written is the record as this API writes it.
func (f *fakeAPI) written(rec record) record {
	return f.writtenValue("", rec).(record)
}

func (f *fakeAPI) writtenValue(name string, v any) any {
	switch v := v.(type) {
	case record:
		out := record{}
		for name, inner := range v {
			out[name] = f.writtenValue(name, inner)
		}
		return out
	case int:
		if f.enumsAsStrings && slices.Contains(codeNames, name) {
			return strconv.Itoa(v)
		}
	case int64: // only times are
		if f.inSeconds {
			return v / 1000
		}
	}
	return v
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) //nolint:errchkjson // a client that left is no news
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	reply(w, map[string]any{"errors": []any{map[string]any{"domain": "com.example.Exception", "code": code, "message": message}}})
}
