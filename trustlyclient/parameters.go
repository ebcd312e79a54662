package trustlyclient

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// parameter is a filter of GET /transactions. One that repeats may be sent several times with different values, which
// widens the result.
type parameter struct {
	name   string
	repeat bool
}

// parameters are the query names of GET /transactions but for paging, in the order of the API's OpenAPI file.
var parameters = []parameter{
	{"transactionType", true},
	{"transactionStatus", true},
	{"originalTransactionId", false},
	{"payment.paymentId", false},
	{"payment.paymentType", true},
	{"payment.merchantReference", false},
	{"payment.verification.status", false},
	{"paymentProviderTransaction.ppTrxStatusCode", false},
	{"amount.min", false},
	{"amount.max", false},
	{"paid.min", false},
	{"paid.max", false},
	{"refunded.min", false},
	{"refunded.max", false},
	{"createdAt.start", false},
	{"createdAt.end", false},
	{"updatedAt.start", false},
	{"updatedAt.end", false},
	{"processedAt.start", false},
	{"processedAt.end", false},
	{"completedAt.start", false},
	{"completedAt.end", false},
	{"paymentProviderTransaction.paymentProviderTransactionId", false},
	{"payment.description", false},
	{"payment.fingerprint", false},
	{"payment.merchant.merchantId", false},
	{"payment.paymentProvider.paymentProviderId", false},
	{"payment.authorization.status", true},
	{"payment.fiAccount.providerId", false},
	{"payment.fiAccount.accountNumber", false},
	{"payment.fiAccount.routingNumber", false},
	{"payment.fiAccount.verified", false},
	{"ipAddr", false},
	{"routingNumber", false},
	{"accountNumber", false},
	{"customerName", false},
	{"payment.customer.name", false},
	{"payment.customer.externalId", false},
	{"ignoreUserPortalTransactions", false},
	{"payment.paymentProvider.framework", false},
}

// Parameters returns the 40 names [ListOptions.Filters] may hold, in the order of the API's OpenAPI file: every query
// name of GET /transactions but the four of paging (startIndex, count, orderBy, sortOrder), which have fields of
// their own. The eight time names (createdAt.start …) are among them for callers that have a value in the API's unit;
// it is sent as it is. Giving one in Filters and in its [TimeRange] is an error.
func Parameters() []string {
	names := make([]string, len(parameters))
	for i, p := range parameters {
		names[i] = p.name
	}
	return names
}

// query checks the options and writes them in the API's names.
func (o ListOptions) query(unit TimeUnit) (url.Values, error) {
	query := make(url.Values)
	if err := o.writeFilters(query); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name string
		TimeRange
	}{
		{"createdAt", o.Created},
		{"updatedAt", o.Updated},
		{"processedAt", o.Processed},
		{"completedAt", o.Completed},
	} {
		if err := f.write(query, f.name, unit); err != nil {
			return nil, err
		}
	}
	return query, o.writePaging(query)
}

func (o ListOptions) writeFilters(query url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(o.Filters)) {
		values := o.Filters[name]
		i := slices.IndexFunc(parameters, func(p parameter) bool { return p.name == name })
		switch {
		case i < 0:
			return invalidf("the API has no filter %q", name)
		case len(values) == 0 || slices.Contains(values, ""):
			return invalidf("the filter %s has an empty value", name)
		case len(values) > 1 && !parameters[i].repeat:
			return invalidf("the filter %s takes one value, not %d", name, len(values))
		}
		query[name] = slices.Clone(values)
	}
	return nil
}

func (r TimeRange) write(query url.Values, name string, unit TimeUnit) error {
	for _, bound := range []struct {
		name string
		at   time.Time
		up   bool
	}{
		{name + ".start", r.Start, false},
		{name + ".end", r.End, true},
	} {
		if bound.at.IsZero() {
			continue
		}
		if query.Has(bound.name) {
			return invalidf("the filter %s is given twice, in Filters and as a time range", bound.name)
		}
		query.Set(bound.name, strconv.FormatInt(unit.of(bound.at, bound.up), 10))
	}
	return nil
}

// of returns the Unix time in the unit, rounded down or up to it.
func (u TimeUnit) of(at time.Time, up bool) int64 {
	n, step := at.UnixMilli(), time.Millisecond
	if u == Seconds {
		n, step = at.Unix(), time.Second
	}
	// Unix and UnixMilli round down, before 1970 too.
	if up && at.Nanosecond()%int(step) != 0 {
		n++
	}
	return n
}

func (o ListOptions) writePaging(query url.Values) error {
	orderBy, sortOrder, count := o.OrderBy, o.SortOrder, o.Count
	if orderBy == "" {
		orderBy = ByCreated
	}
	if sortOrder == "" {
		sortOrder = Descending
	}
	if count == 0 {
		count = DefaultCount
	}
	switch {
	case orderBy != ByCreated && orderBy != ByUpdated:
		return invalidf("OrderBy is %q, not %s or %s", orderBy, ByCreated, ByUpdated)
	case sortOrder != Ascending && sortOrder != Descending:
		return invalidf("SortOrder is %q, not %s or %s", sortOrder, Ascending, Descending)
	case count < 1 || count > MaxCount:
		return invalidf("Count is %d, not 1 to %d", count, MaxCount)
	case o.StartIndex < 0:
		return invalidf("StartIndex is %d, below 0", o.StartIndex)
	}
	// The API's default order is not documented, so nothing is left to it.
	query.Set("orderBy", string(orderBy))
	query.Set("sortOrder", string(sortOrder))
	query.Set("startIndex", strconv.Itoa(o.StartIndex))
	query.Set("count", strconv.Itoa(count))
	return nil
}
