package search

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/shopspring/decimal"

	"trustlyportal/trustlyclient"
)

// shownIn are the fields of a record in which a reading's value shows.
var shownIn = map[string][]string{
	ReadRecord: {"transactionId"}, ReadAmount: {"amount"}, namePayment: {"payment.paymentId"}, nameOriginal: {"originalTransactionId"},
	nameReference: {"payment.merchantReference", "merchantReference"}, nameExternal: {"payment.customer.externalId"}, nameCustomer: {"payment.customer.name"},
	nameProviderID: {"paymentProviderTransaction.paymentProviderTransactionId"}, nameReason: {"paymentProviderTransaction.status"},
	nameAccount: {"payment.account.accountNumber"}, nameRouting: {"payment.account.routingNumber"}, nameIP: {"ip"},
	nameAbout: {"payment.description"}, namePrint: {"payment.fingerprint"},
}

// ShownIn reports whether a record shows what was pasted, where one would look for it. How the API matches is not
// documented, so that an answer alone is no proof. A loose reading asks for less than was pasted: there the record's own
// reference has to be the whole.
func (r Reading) ShownIn(t *trustlyclient.Transaction, pasted string) bool {
	want := r.Value
	if r.Loose {
		want = Tidy(pasted)
	}
	for _, path := range shownIn[r.Name] {
		field, _ := LookupField(path)
		if have := strings.TrimSpace(fmt.Sprint(field.Value(t))); have != "" && r.same(have, want) {
			return true
		}
	}
	return false
}

func (r Reading) same(have, want string) bool {
	switch r.Name {
	case ReadAmount:
		a, err := decimal.NewFromString(have)
		b, err2 := decimal.NewFromString(want)
		return err == nil && err2 == nil && a.Equal(b)
	case nameIP:
		a, err := netip.ParseAddr(have)
		b, err2 := netip.ParseAddr(want)
		return err == nil && err2 == nil && a.Unmap() == b.Unmap()
	case nameCustomer, nameAbout: // names and descriptions match in part
		return strings.Contains(strings.ToLower(have), strings.ToLower(want))
	case nameAccount: // Trustly may hold the last four digits only, and so may the one who asks
		return strings.HasSuffix(want, have) || strings.HasSuffix(have, want)
	}
	return strings.EqualFold(have, want)
}
