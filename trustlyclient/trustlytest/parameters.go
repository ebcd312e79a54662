package trustlytest

import (
	"bytes"
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// parameter is one query parameter of GET /transactions.
type parameter struct {
	repeat bool // may be sent several times; any of the values may match
	apply  func(q *query, values []string, read reading) error
}

// parameters are all 44 of Trustly's specification, one row each.
var parameters = map[string]parameter{
	"transactionType":              codes(func(r *Record) int { return r.Type }),
	"transactionStatus":            codes(func(r *Record) int { return r.Status }),
	"payment.paymentType":          codes(func(r *Record) int { return orNone(r.payment().Type) }),
	"payment.authorization.status": codes(func(r *Record) int { return orNone(r.payment().AuthStatus) }),
	"payment.verification.status":  number(func(r *Record) int { return orNone(int(r.payment().VerificationStatus)) }),

	"originalTransactionId":                                   exactly(func(r *Record) string { return r.OriginalID }),
	"payment.paymentId":                                       exactly(func(r *Record) string { return r.payment().ID }),
	"payment.merchantReference":                               reference(func(r *Record) string { return r.payment().MerchantReference }),
	"payment.fingerprint":                                     exactly(func(r *Record) string { return r.payment().customer().Fingerprint }),
	"payment.merchant.merchantId":                             exactly(func(r *Record) string { return r.payment().merchant().ID }),
	"payment.customer.externalId":                             exactly(func(r *Record) string { return r.payment().customer().ExternalID }),
	"payment.fiAccount.providerId":                            exactly(func(r *Record) string { return accountOf(r).ProviderID }),
	"paymentProviderTransaction.paymentProviderTransactionId": exactly(func(r *Record) string { return r.ProviderID }),
	"paymentProviderTransaction.ppTrxStatusCode":              exactly(func(r *Record) string { return r.ProviderStatus }),
	"payment.paymentProvider.paymentProviderId":               exactly(func(r *Record) string { return r.payment().provider().ID }),
	"payment.paymentProvider.framework":                       exactly(func(r *Record) string { return r.payment().provider().Framework }),

	"payment.fiAccount.accountNumber": exactly(func(r *Record) string { return accountOf(r).Number }),
	"payment.fiAccount.routingNumber": exactly(func(r *Record) string { return accountOf(r).Routing }),
	"accountNumber":                   exactly(func(r *Record) string { return accountOf(r).Number }),
	"routingNumber":                   exactly(func(r *Record) string { return accountOf(r).Routing }),
	"payment.fiAccount.verified": boolean(func(r *Record) (bool, bool) {
		a, ok := r.payment().account()
		return a.Verified, ok
	}),

	"customerName":          contains(func(r *Record) string { return r.payment().customer().Name }),
	"payment.customer.name": contains(func(r *Record) string { return r.payment().customer().Name }),
	"payment.description":   contains(func(r *Record) string { return r.payment().Description }),
	"ipAddr":                address(func(r *Record) string { return r.IP }),

	"amount.min":   minimum(func(r *Record) Cents { return r.Amount }),
	"amount.max":   maximum(func(r *Record) Cents { return r.Amount }),
	"paid.min":     minimum(func(r *Record) Cents { return r.Paid }),
	"paid.max":     maximum(func(r *Record) Cents { return r.Paid }),
	"refunded.min": minimum(func(r *Record) Cents { return r.Refunded }),
	"refunded.max": maximum(func(r *Record) Cents { return r.Refunded }),

	"createdAt.start":   start(func(q *query) *span { return &q.created }),
	"createdAt.end":     end(func(q *query) *span { return &q.created }),
	"updatedAt.start":   start(func(q *query) *span { return &q.updated }),
	"updatedAt.end":     end(func(q *query) *span { return &q.updated }),
	"processedAt.start": start(func(q *query) *span { return &q.processed }),
	"processedAt.end":   end(func(q *query) *span { return &q.processed }),
	"completedAt.start": start(func(q *query) *span { return &q.completed }),
	"completedAt.end":   end(func(q *query) *span { return &q.completed }),

	"startIndex": whole(0, func(read reading) int { return cmp.Or(read.maxOffset, math.MaxInt32) }, func(q *query, n int, _ reading) { q.startIndex = n }),
	"count":      whole(1, reading.highestCount, func(q *query, n int, read reading) { q.count = min(n, read.maxCount) }),
	"orderBy":    choice("createdAt", "updatedAt", func(q *query, second bool) { q.byUpdated = second }),
	"sortOrder":  choice("desc", "asc", func(q *query, second bool) { q.ascending = second }),

	"ignoreUserPortalTransactions": boolean(nil),
}

// noCode is a code that no request can ask for.
const noCode = -1 << 31

// orNone keeps a missing code, 0 in tables that start at 1, from matching a request for "0".
func orNone(code int) int {
	if code == 0 {
		return noCode
	}
	return code
}

func accountOf(r *Record) *Account { a, _ := r.payment().account(); return a }

func (q *query) where(matches func(*Record) bool) { q.filters = append(q.filters, matches) }

func codes(get func(*Record) int) parameter {
	return parameter{repeat: true, apply: func(q *query, values []string, _ reading) error {
		wanted := make([]int, len(values))
		for i, v := range values {
			n, err := strconv.ParseInt(v, 10, 16)
			if err != nil {
				return complaint("Value is not a code")
			}
			wanted[i] = int(n)
		}
		q.where(func(r *Record) bool { return slices.Contains(wanted, get(r)) })
		return nil
	}}
}

// number is for the one code that the specification calls a number: 3 and 3.0 are the same.
func number(get func(*Record) int) parameter {
	return parameter{apply: func(q *query, values []string, _ reading) error {
		n, err := strconv.ParseFloat(values[0], 64)
		if err != nil || n != n || n > 1e6 || n < -1e6 {
			return complaint("Value is not a number")
		}
		q.where(func(r *Record) bool { return float64(get(r)) == n })
		return nil
	}}
}

func exactly(get func(*Record) string) parameter {
	return parameter{apply: func(q *query, values []string, _ reading) error {
		q.where(func(r *Record) bool { return get(r) == values[0] })
		return nil
	}}
}

// contains matches a name or description in the way that the sandbox is set to.
func contains(get func(*Record) string) parameter {
	return parameter{apply: func(q *query, values []string, read reading) error {
		switch read.matching {
		case MatchExact:
			return exactly(get).apply(q, values, read)
		case MatchPrefix:
			q.lower(get, values[0], bytes.HasPrefix)
		default:
			q.lower(get, values[0], bytes.Contains)
		}
		return nil
	}}
}

func reference(get func(*Record) string) parameter {
	return parameter{apply: func(q *query, values []string, read reading) error {
		if !read.partialReferences {
			return exactly(get).apply(q, values, read)
		}
		q.lower(get, values[0], bytes.Contains)
		return nil
	}}
}

// lower compares in small letters.
func (q *query) lower(get func(*Record) string, wanted string, matches func(have, wanted []byte) bool) {
	small := appendLower(nil, wanted)
	var have []byte // used again for each row: a search by name reads them all
	q.where(func(r *Record) bool {
		have = appendLower(have[:0], get(r))
		return matches(have, small)
	})
}

func appendLower(b []byte, s string) []byte {
	for _, r := range s {
		b = utf8.AppendRune(b, unicode.ToLower(r))
	}
	return b
}

func boolean(get func(*Record) (value, known bool)) parameter {
	return parameter{apply: func(q *query, values []string, _ reading) error {
		if values[0] != "true" && values[0] != "false" {
			return complaint("Value is not true or false")
		}
		if get != nil {
			wanted := values[0] == "true"
			q.where(func(r *Record) bool { v, known := get(r); return known && v == wanted })
		}
		return nil
	}}
}

func address(get func(*Record) string) parameter {
	return parameter{apply: func(q *query, values []string, _ reading) error {
		wanted, err := netip.ParseAddr(values[0])
		if err != nil {
			return complaint("Value is not an IP address")
		}
		q.where(func(r *Record) bool {
			text := get(r)
			if text == values[0] {
				return true
			}
			have, err := netip.ParseAddr(text)
			return err == nil && have == wanted
		})
		return nil
	}}
}

func minimum(get func(*Record) Cents) parameter {
	return parameter{apply: func(q *query, values []string, _ reading) error {
		limit, err := parseCents(values[0], true)
		q.where(func(r *Record) bool { return get(r) >= limit })
		return err
	}}
}

func maximum(get func(*Record) Cents) parameter {
	return parameter{apply: func(q *query, values []string, _ reading) error {
		limit, err := parseCents(values[0], false)
		q.where(func(r *Record) bool { return get(r) <= limit })
		return err
	}}
}

func start(of func(*query) *span) parameter {
	return parameter{apply: func(q *query, values []string, read reading) error {
		t, err := read.parseTime(values[0])
		if read.exclusiveStart {
			t++
		}
		of(q).from = t
		return err
	}}
}

func end(of func(*query) *span) parameter {
	return parameter{apply: func(q *query, values []string, read reading) error {
		t, err := read.parseTime(values[0])
		if read.exclusiveEnd {
			t--
		}
		of(q).to = t
		return err
	}}
}

func whole(low int, highest func(reading) int, set func(*query, int, reading)) parameter {
	return parameter{apply: func(q *query, values []string, read reading) error {
		high := highest(read)
		n, err := strconv.Atoi(values[0])
		if err != nil || n < low || n > high {
			return complaint("Value must be a number from " + strconv.Itoa(low) + " to " + strconv.Itoa(high))
		}
		set(q, n, read)
		return nil
	}}
}

func choice(first, second string, set func(*query, bool)) parameter {
	return parameter{apply: func(q *query, values []string, _ reading) error {
		if values[0] != first && values[0] != second {
			return complaint("Value must be " + first + " or " + second)
		}
		set(q, values[0] == second)
		return nil
	}}
}
