package trustlytest

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shows is a second, plain reading of each filter: does the record show one of the values? It shares nothing with the
// server's own matching.
func shows(r Record, name string, values []string) bool {
	p := r.Payment
	var customer Customer
	var account Account
	var provider Provider
	if p.Customer != nil {
		customer = *p.Customer
	}
	if p.Account != nil {
		account = *p.Account
	}
	if p.Provider != nil {
		provider = *p.Provider
	}
	same := func(have string) bool { return have == values[0] }
	part := func(have string) bool { return strings.Contains(strings.ToLower(have), strings.ToLower(values[0])) }
	one := func(have int) bool { return slices.Contains(values, strconv.Itoa(have)) }
	compare := func(have Cents) int {
		limit, ok := new(big.Rat).SetString(values[0])
		if !ok {
			panic(values[0])
		}
		return big.NewRat(int64(have), 100).Cmp(limit)
	}
	bound := func() int64 { n, _ := strconv.ParseInt(values[0], 10, 64); return n }
	switch name {
	case "transactionType":
		return one(r.Type)
	case "transactionStatus":
		return one(r.Status)
	case "payment.paymentType":
		return one(p.Type)
	case "payment.authorization.status":
		return p.AuthStatus != 0 && one(p.AuthStatus)
	case "payment.verification.status":
		return one(int(p.VerificationStatus))
	case "originalTransactionId":
		return same(r.OriginalID)
	case "payment.paymentId":
		return same(p.ID)
	case "payment.merchantReference":
		return same(p.MerchantReference)
	case "payment.fingerprint":
		return same(customer.Fingerprint)
	case "payment.merchant.merchantId":
		return same(p.Merchant.ID)
	case "payment.customer.externalId":
		return same(customer.ExternalID)
	case "payment.fiAccount.providerId":
		return same(account.ProviderID)
	case "paymentProviderTransaction.paymentProviderTransactionId":
		return same(r.ProviderID)
	case "paymentProviderTransaction.ppTrxStatusCode":
		return same(r.ProviderStatus)
	case "payment.paymentProvider.paymentProviderId":
		return same(provider.ID)
	case "payment.paymentProvider.framework":
		return same(provider.Framework)
	case "payment.fiAccount.accountNumber", "accountNumber":
		return same(account.Number)
	case "payment.fiAccount.routingNumber", "routingNumber":
		return same(account.Routing)
	case "payment.fiAccount.verified":
		return p.Account != nil && same(fmt.Sprint(account.Verified))
	case "customerName", "payment.customer.name":
		return part(customer.Name)
	case "payment.description":
		return part(p.Description)
	case "ipAddr":
		return same(r.IP)
	case "amount.min":
		return compare(r.Amount) >= 0
	case "amount.max":
		return compare(r.Amount) <= 0
	case "paid.min":
		return compare(r.Paid) >= 0
	case "paid.max":
		return compare(r.Paid) <= 0
	case "refunded.min":
		return compare(r.Refunded) >= 0
	case "refunded.max":
		return compare(r.Refunded) <= 0
	case "createdAt.start":
		return r.CreatedAt >= bound()
	case "createdAt.end":
		return r.CreatedAt <= bound()
	case "updatedAt.start":
		return r.UpdatedAt >= bound()
	case "updatedAt.end":
		return r.UpdatedAt <= bound()
	case "processedAt.start":
		return r.ProcessedAt != 0 && r.ProcessedAt >= bound()
	case "processedAt.end":
		return r.ProcessedAt != 0 && r.ProcessedAt <= bound()
	case "completedAt.start":
		return r.CompletedAt != 0 && r.CompletedAt >= bound()
	case "completedAt.end":
		return r.CompletedAt != 0 && r.CompletedAt <= bound()
	case "ignoreUserPortalTransactions":
		return true
	}
	panic("no predicate for " + name)
}

// expected returns the ids of the rows that show all of q, in the API's order.
func expected(rows []Record, q url.Values) []string {
	var match []Record
	for _, r := range rows {
		ok := true
		for name, values := range q {
			if name != "orderBy" && name != "sortOrder" && !shows(r, name, values) {
				ok = false
			}
		}
		if ok {
			match = append(match, r)
		}
	}
	sort.Slice(match, func(i, j int) bool {
		a, b := match[i], match[j]
		if q.Get("sortOrder") != "asc" {
			a, b = b, a
		}
		x, y := a.CreatedAt, b.CreatedAt
		if q.Get("orderBy") == "updatedAt" {
			x, y = a.UpdatedAt, b.UpdatedAt
		}
		if x != y {
			return x < y
		}
		m, _ := strconv.Atoi(a.ID)
		n, _ := strconv.Atoi(b.ID)
		return m < n
	})
	list := make([]string, len(match))
	for i, r := range match {
		list[i] = r.ID
	}
	return list
}

// valuesFor gives for each filter values that some rows show.
func valuesFor(r *rand.Rand, rows []Record) url.Values {
	row := func(has func(Record) bool) Record {
		for {
			if x := rows[r.IntN(len(rows))]; x.Rare == nil && has(x) {
				return x
			}
		}
	}
	whole := row(func(x Record) bool { return x.Payment.Customer != nil && x.Payment.Account != nil && x.IP != "" })
	child := row(func(x Record) bool { return x.OriginalID != "" })
	done := row(func(x Record) bool { return x.ProcessedAt != 0 && x.CompletedAt != 0 })
	late := row(func(x Record) bool { return x.CreatedAt > testNow.AddDate(0, -3, 0).UnixMilli() })
	framed := row(func(x Record) bool { return x.Payment.Provider.Framework != "" })
	refunded := row(func(x Record) bool { return x.Refunded > 0 })
	p := whole.Payment
	name := []rune(p.Customer.Name)
	ms := func(t int64) string { return strconv.FormatInt(t, 10) }
	one := func(v string) []string { return []string{v} }
	return url.Values{
		"transactionType":     {"3", "6", "99"},
		"transactionStatus":   {strconv.Itoa(whole.Status), "14", "77"},
		"payment.paymentType": {strconv.Itoa(p.Type), "5"}, "payment.authorization.status": {"6", "2"}, "payment.verification.status": {"2"},
		"originalTransactionId": one(child.OriginalID), "payment.paymentId": one(p.ID), "payment.merchantReference": one(p.MerchantReference),
		"payment.fingerprint": one(p.Customer.Fingerprint), "payment.merchant.merchantId": one(p.Merchant.ID), "payment.customer.externalId": one(p.Customer.ExternalID),
		"payment.fiAccount.providerId": one(p.Account.ProviderID), "paymentProviderTransaction.paymentProviderTransactionId": one(whole.ProviderID),
		"paymentProviderTransaction.ppTrxStatusCode": one(whole.ProviderStatus), "payment.paymentProvider.paymentProviderId": one(p.Provider.ID),
		"payment.paymentProvider.framework": one(framed.Payment.Provider.Framework),
		"payment.fiAccount.accountNumber":   one(p.Account.Number), "accountNumber": one(p.Account.Number),
		"payment.fiAccount.routingNumber": one(p.Account.Routing), "routingNumber": one(p.Account.Routing), "payment.fiAccount.verified": {"false"},
		"customerName": one(strings.ToUpper(string(name[:min(4, len(name))]))), "payment.customer.name": one(strings.ToLower(p.Customer.Name)),
		"payment.description": {"oRDe"}, "ipAddr": one(whole.IP),
		"amount.min": one(whole.Amount.String()), "amount.max": {"125.505"}, "paid.min": {"0.01"}, "paid.max": one(done.Paid.String()),
		"refunded.min": one(refunded.Refunded.String()), "refunded.max": {"10"},
		"createdAt.start": one(ms(late.CreatedAt)), "createdAt.end": one(ms(whole.CreatedAt)), "updatedAt.start": one(ms(late.UpdatedAt)), "updatedAt.end": one(ms(whole.UpdatedAt)),
		"processedAt.start": one(ms(done.ProcessedAt)), "processedAt.end": one(ms(done.ProcessedAt)), "completedAt.start": one(ms(done.CompletedAt)), "completedAt.end": one(ms(done.CompletedAt)),
		"ignoreUserPortalTransactions": {"true"},
	}
}

func TestEachFilter(t *testing.T) {
	s := New(Options{Seed: 7, Rows: 3000, Now: at(testNow)})
	rows := s.Records()
	values := valuesFor(rand.New(rand.NewPCG(1, 1)), rows)
	for name := range parameters {
		if strings.HasSuffix(name, "Index") || name == "count" || name == "orderBy" || name == "sortOrder" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			q := url.Values{name: values[name]}
			got, want := all(t, s, q), expected(rows, q)
			if len(want) == 0 || len(want) == len(rows) && name != "ignoreUserPortalTransactions" {
				t.Errorf("%s=%v matches %d rows of %d, which shows nothing", name, values[name], len(want), len(rows))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s=%v: got %d rows, want %d", name, values[name], len(got), len(want))
			}
		})
	}
}

func TestFiltersTogether(t *testing.T) {
	s := New(Options{Seed: 7, Rows: 2000, Now: at(testNow)})
	rows := s.Records()
	r := rand.New(rand.NewPCG(2, 2))
	var names []string
	for name := range valuesFor(r, rows) {
		names = append(names, name)
	}
	sort.Strings(names)
	found := 0
	for range 200 {
		values := valuesFor(r, rows)
		q := url.Values{"orderBy": {pick(r, []string{"createdAt", "updatedAt"})}, "sortOrder": {pick(r, []string{"asc", "desc"})}}
		for range 1 + r.IntN(4) {
			name := pick(r, names)
			q[name] = values[name]
		}
		got, want := all(t, s, q), expected(rows, q)
		if found += len(want); !slices.Equal(got, want) {
			t.Errorf("%s: got %d rows, want %d", q.Encode(), len(got), len(want))
		}
	}
	if found < 1000 {
		t.Errorf("the combinations found %d rows in all, which shows little", found)
	}
}

func TestBounds(t *testing.T) {
	base := testNow.Add(-time.Hour).Truncate(time.Second).UnixMilli()
	for _, c := range []struct {
		name    string
		options Options
		unit    int64
		want    []string // ids of rows at 0, 1, … 4 units after base for start = base+1, end = base+3
	}{
		{"inclusive", Options{}, 1, []string{"1", "2", "3"}},
		{"exclusive", Options{ExclusiveBounds: true}, 1, []string{"2"}},
		{"exclusive end", Options{ExclusiveEnd: true}, 1, []string{"1", "2"}},
		{"seconds", Options{TimeUnit: Seconds}, 1000, []string{"1", "2", "3"}},
		{"exclusive seconds", Options{TimeUnit: Seconds, ExclusiveBounds: true}, 1000, []string{"2"}},
	} {
		for _, field := range []string{"createdAt", "updatedAt", "processedAt", "completedAt"} {
			t.Run(c.name+" "+field, func(t *testing.T) {
				c.options.Rows, c.options.Now = -1, at(testNow)
				s := New(c.options)
				for i := range int64(5) {
					r := Record{ID: strconv.FormatInt(i, 10), CreatedAt: base + i*c.unit, UpdatedAt: base + i*c.unit}
					r.ProcessedAt, r.CompletedAt = r.CreatedAt, r.CreatedAt
					s.Insert(r)
				}
				unit := func(i int64) string { return strconv.FormatInt((base+i*c.unit)/c.unit, 10) }
				got := ids(t, s, url.Values{field + ".start": {unit(1)}, field + ".end": {unit(3)}, "sortOrder": {"asc"}})
				if !slices.Equal(got, c.want) {
					t.Errorf("got rows %v, want %v", got, c.want)
				}
			})
		}
	}
}

func TestAddressesMatchByValue(t *testing.T) {
	s := New(Options{Rows: -1})
	s.Insert(Record{ID: "1", IP: "2001:db8:0:0::1"})
	if got := ids(t, s, url.Values{"ipAddr": {"2001:DB8::1"}}); len(got) != 1 {
		t.Errorf("another spelling of the address: got %v, want the row", got)
	}
}
