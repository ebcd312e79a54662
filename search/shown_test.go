package search

import (
	"testing"

	"trustlyportal/trustlyclient"
)

func TestShownIn(t *testing.T) {
	t.Parallel()
	var record trustlyclient.Transaction
	record.TransactionID, record.OriginalTransactionID, record.MerchantReference, record.IP = "1006755981", "1006755970", "ORD-20931-1", "::ffff:203.0.113.7"
	record.Amount = trustlyclient.Amount{Text: "1250.0"}
	record.Payment.PaymentID, record.Payment.MerchantReference, record.Payment.Description = "1006755980", "ORD-20931", "Order 20931"
	record.Payment.Customer.Name, record.Payment.Customer.ExternalID = "Ada Example", "cust-4711"
	record.Payment.Account.AccountNumber, record.Payment.Account.RoutingNumber = "7833", "124003116"
	record.PaymentProviderTransaction.PaymentProviderTransactionID, record.PaymentProviderTransaction.Status = "ptx-1", "R01"
	for _, tc := range []struct {
		name, value string
		want        bool
	}{
		{ReadRecord, "1006755981", true}, {ReadRecord, "1006755980", false},
		{ReadAmount, "1250.00", true}, {ReadAmount, "1250.01", false},
		{namePayment, "1006755980", true}, {namePayment, "1006755981", false},
		{nameOriginal, "1006755970", true}, {nameOriginal, "1006755981", false},
		{nameReference, "ord-20931", true}, {nameReference, "ORD-20931-1", true}, {nameReference, "ORD-2093", false},
		{nameExternal, "cust-4711", true}, {nameExternal, "cust-471", false},
		{nameCustomer, "ada", true}, {nameCustomer, "Adam", false},
		{nameProviderID, "ptx-1", true}, {nameProviderID, "ptx-", false},
		{nameReason, "R01", true}, {nameReason, "R02", false},
		{nameAccount, "7833", true}, {nameAccount, "1234567833", true}, {nameAccount, "7834", false},
		{nameRouting, "124003116", true}, {nameRouting, "124003117", false},
		{nameIP, "203.0.113.7", true}, {nameIP, "203.0.113.8", false},
		{nameAbout, "order", true}, {nameAbout, "orders", false},
		{namePrint, "x", false},
	} {
		if got := (Reading{Name: tc.name, Value: tc.value}).ShownIn(&record, tc.value); got != tc.want {
			t.Errorf("%s %q: got %t, want %t", tc.name, tc.value, got, tc.want)
		}
	}
	loose := Reading{Name: nameReference, Value: "ORD-20931", Loose: true}
	if !loose.ShownIn(&record, " #ORD-20931-1 ") || loose.ShownIn(&record, "ORD-20931-2") {
		t.Error("loose: got a wrong answer, want the record's own reference to be what was pasted")
	}
	for name := range readingLabels {
		for _, path := range shownIn[name] {
			if _, ok := LookupField(path); !ok {
				t.Errorf("%s: no field %s", name, path)
			}
		}
		if len(shownIn[name]) == 0 {
			t.Errorf("%s: shown nowhere", name)
		}
	}
}
