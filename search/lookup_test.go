package search_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// register answers look-ups from a few records, in the way that the API may: an id by itself, a filter by what it is
// told to give.
type register struct {
	records map[string]string   // by transaction ID
	lists   map[string][]string // by filter and value: the records it answers with
	fail    map[string]error    // by filter, or transactionId
	asked   []string
}

func (r *register) TimeUnit() trustlyclient.TimeUnit { return trustlyclient.Milliseconds }

func (r *register) Get(_ context.Context, id string) (*trustlyclient.Transaction, error) {
	r.asked = append(r.asked, "transactionId")
	if err := r.fail["transactionId"]; err != nil {
		return nil, err
	}
	json, ok := r.records[id]
	if !ok {
		return nil, trustlyclient.ErrNotFound
	}
	return trustlyclient.ParseTransaction([]byte(json))
}

func (r *register) List(_ context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	page := &trustlyclient.Page{FetchedAt: time.Now()}
	for name, values := range o.Filters {
		r.asked = append(r.asked, name)
		if err := r.fail[name]; err != nil {
			return nil, err
		}
		for _, json := range r.lists[name+"="+values[0]] {
			t, err := trustlyclient.ParseTransaction([]byte(json))
			if err != nil {
				return nil, err
			}
			page.Transactions = append(page.Transactions, t)
		}
	}
	page.Transactions = page.Transactions[min(o.StartIndex, len(page.Transactions)):]
	page.Transactions = page.Transactions[:min(o.Count, len(page.Transactions))]
	return page, nil
}

func TestLookUp(t *testing.T) {
	capture := `{"transactionId":"1006755981","createdAt":1795000000000,"merchantReference":"ORD-7-1","originalTransactionId":"1006755980","payment":{"paymentId":"1006755979","merchantReference":"ORD-7","customer":{"externalId":"C-1"}}}`
	refund := `{"transactionId":"1006755982","createdAt":1795000001000,"merchantReference":"ORD-7-2","originalTransactionId":"1006755981","payment":{"paymentId":"1006755979","merchantReference":"ORD-7","customer":{"externalId":"ORD-7"}}}`
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf(`{"transactionId":"%d","createdAt":%d,"payment":{"merchantReference":"MANY-1X"}}`, 2000000000-i, 1795000000000-i*1000))
	}
	down := trustlyclient.ErrUnavailable
	for _, c := range []struct {
		name, entry string
		fail        map[string]error
		asked       string // the readings, in short
		found       string // transaction ids
		sure        bool
		none        bool
		err         error
	}{
		{"the record's own ID", "1006755981", nil, "transactionId", "1006755981", true, false, nil},
		{"a payment ID settles it", "1006755979", nil, "transactionId payment.paymentId", "1006755982 1006755981", true, false, nil},
		{"an original ID of a record that is not there", "1006755980", nil, "transactionId payment.paymentId originalTransactionId", "1006755981", true, false, nil},
		{"nothing at all", "1006755000", nil, "transactionId payment.paymentId originalTransactionId payment.merchantReference payment.customer.externalId", "", true, true, nil},
		{"a reference is asked in every reading", "ORD-7X", nil, "payment.merchantReference payment.customer.externalId paymentProviderTransaction.paymentProviderTransactionId", "", true, true, nil},
		{"a reference and a customer's number", "ord-7", nil, "payment.merchantReference payment.customer.externalId paymentProviderTransaction.paymentProviderTransactionId payment.merchantReference", "1006755982 1006755981", true, false, nil},
		{"a record's own reference, by the payment's", "ORD-7-2", nil, "payment.merchantReference payment.customer.externalId paymentProviderTransaction.paymentProviderTransactionId payment.merchantReference", "1006755982", true, false, nil},
		{"what the API answers to does not hold it", "PART-1X", nil, "payment.merchantReference payment.customer.externalId paymentProviderTransaction.paymentProviderTransactionId", "", false, false, nil},
		{"more than are read", "MANY-1X", nil, "payment.merchantReference payment.customer.externalId paymentProviderTransaction.paymentProviderTransactionId", "25", false, false, nil},
		{"the first reading fails", "1006755981", map[string]error{"transactionId": down}, "transactionId", "", true, true, down},
		{"a later reading fails", "1006755000", map[string]error{"payment.customer.externalId": down}, "transactionId payment.paymentId originalTransactionId payment.merchantReference payment.customer.externalId", "", true, true, down},
		{"a later reading of something found fails", "ORD-7X9", map[string]error{"payment.customer.externalId": down}, "payment.merchantReference payment.customer.externalId", "1006755981", true, false, down},
		{"another record than asked for", "1006755983", nil, "transactionId", "", true, true, trustlyclient.ErrMalformed},
		{"no reading", "203.0.113.7", nil, "", "", true, true, nil},
	} {
		api := &register{fail: c.fail,
			records: map[string]string{"1006755981": capture, "1006755982": refund, "1006755983": refund},
			lists: map[string][]string{
				"payment.paymentId=1006755979": {refund, capture}, "originalTransactionId=1006755980": {capture},
				"payment.merchantReference=ORD-7": {refund, capture}, "payment.merchantReference=ord-7": {refund, capture}, "payment.customer.externalId=ord-7": {refund},
				"payment.merchantReference=PART-1X": {capture}, "payment.merchantReference=MANY-1X": many, "payment.merchantReference=ORD-7X9": {strings.ReplaceAll(capture, "ORD-7", "ORD-7X9")},
			}}
		a, err := search.LookUp(t.Context(), api, c.entry, time.UnixMilli(1796000000000))
		rows, sure := a.Rows()
		var found []string
		for _, row := range rows {
			found = append(found, string(row.TransactionID))
		}
		ids := strings.Join(found, " ")
		if len(found) > 5 {
			ids = fmt.Sprint(len(found))
		}
		if !errors.Is(err, c.err) || ids != c.found || sure != c.sure || a.None() != c.none {
			t.Errorf("%s: got %q, sure %v, none %v, %v, want %q, %v, %v, %v", c.name, ids, sure, a.None(), err, c.found, c.sure, c.none, c.err)
		}
		if got := strings.Join(api.asked, " "); got != c.asked && !strings.HasPrefix(c.name, "a reference and") {
			t.Errorf("%s: got the requests %q, want %q", c.name, got, c.asked)
		}
	}
}
