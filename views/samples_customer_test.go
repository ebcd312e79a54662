package views

import "strings"

func sampleCustomer() CustomerPage {
	p := CustomerPage{
		Frame: sampleFrame("Customer cust-4711"), ExternalID: "cust-4711", Names: []string{"Ada Example", "A. Example"},
		ListHref: "/transactions?payment.customer.externalId=cust-4711&tz=America/New_York",
		Address:  "https://portal.example/customers/cust-4711?tz=America%2FNew_York", PaperAsOf: "2026-11-19 14:03:12 EST (2026-11-19 19:03:12 UTC)",
		AsOf: "14:03:12", AsOfUTC: "2026-11-19T19:03:12Z", ZoneNote: "Times in New York time (America/New_York)",
		Facts: []Fact{
			{Label: "Transactions", Text: "4"}, {Label: "Payments", Text: "2"},
			{Label: "First seen", Text: "Nov 1 2026, 09:14", UTC: "2026-11-01T14:14:00Z"}, {Label: "Last seen", Text: "Nov 18 2026, 09:14", UTC: "2026-11-18T14:14:00Z"},
			{Label: "Returns", Text: "1", Note: "Records of type Reverse, and records Denied or Reversed with a return code of the bank."},
		},
		Failure: &CustomerFailure{
			ID: "1006755981", Href: "/transactions/1006755981", Type: "Capture", Amount: "120.00 USD", Status: Status{Word: "Reversed", Tone: ToneBad}, When: "Nov 15, 06:30:11", WhenUTC: "2026-11-15T11:30:11Z",
			Codes:   []FailureCode{{Code: "R10", Name: "Customer Advises Not Authorized", Words: "The customer told the bank that they did not agree to this debit."}, {Code: "ZZ9", Words: "Trustly's published tables do not explain code ZZ9; the portal does not guess."}},
			Means:   "The money was taken back after it had been paid.",
			Sources: "Trustly docs: transaction status; general ACH rules, not Trustly", Caution: "Part of this is from the general rules of the ACH network, not from Trustly.", Withhold: "Do not bring it up.",
		},
		Open: []OpenAuthorization{
			{ID: "1006755980", Href: "/transactions/1006755980", Type: "Authorize", PaymentType: "Recurring", Amount: "0.00 USD", AmountNote: "no upper limit", Created: "Nov 12, 09:14:02", CreatedUTC: "2026-11-12T14:14:02Z"},
			{ID: "1006755970", Href: "/transactions/1006755970", Type: "Preauthorization", PaymentType: "Deferred", Amount: "80.00 USD", Created: "Nov 19, 09:14:02", CreatedUTC: "2026-11-19T14:14:02Z", Ends: "Nov 19, 15:14:02", EndsUTC: "2026-11-19T20:14:02Z"},
		},
		Title: "The newest 25 transactions", Columns: sampleColumns(),
		Totals: []CustomerTotal{
			{Type: "Authorize", Status: Status{Word: "Authorized", Tone: ToneInfo}, Records: 2, Href: "/transactions?a", Amount: "80.00", Currency: "USD"},
			{Type: "Capture", Status: Status{Word: "Reversed", Tone: ToneBad}, Records: 1, Href: "/transactions?b", Amount: "120.00", Currency: "USD"},
			{Type: "Type 99", Status: Status{Word: "Code 77"}, Records: 1, Note: "1 without an amount that can be read"},
		},
		TotalsText: "All 4 transactions. Sums of the records' amounts, each record as it stands now.",
		Accounts:   []CustomerAccount{{Bank: "Demo Bank", Number: "••7833", Records: 3, Last: "Nov 18, 09:14", LastUTC: "2026-11-18T14:14:00Z"}, {Number: "••0001", Records: 1}},
	}
	for i := range 4 {
		p.Rows = append(p.Rows, sampleRow(i))
	}
	return p
}

func sampleCustomerHostile() CustomerPage {
	p := sampleCustomer()
	p.ExternalID, p.Names = hostile, []string{hostile, rightToLeft, longName}
	p.Frame.Title = "Customer " + hostile
	p.Bounded = "There are more: this page is about the newest 500."
	p.RetryHref = "/customers/x"
	p.Failure, p.NoFailure, p.Open = nil, "None of those read failed.", nil
	p.Accounts = []CustomerAccount{{Bank: hostile, Number: rightToLeft, Records: 2}}
	p.OthersText = "Trustly also counts in 3 transactions with another external ID or none."
	p.Others = []OtherCustomer{{ExternalID: hostile, Href: "javascript:alert(1)", Records: 1}, {ExternalID: rightToLeft, Records: 1}, {Records: 1}}
	p.OthersMore = 7
	p.OpenMore = 3
	return p
}

func sampleCustomerMissing() CustomerPage {
	return CustomerPage{Frame: sampleFrame("Customer cust-4711"), ExternalID: "cust-4711", ListHref: "/transactions?payment.customer.externalId=cust-4711"}
}

func sampleCustomerUnaskable() CustomerPage {
	return CustomerPage{Frame: sampleFrame("Customer"), ExternalID: strings.Repeat("x", 300)}
}
