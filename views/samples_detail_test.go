package views

import "strings"

func sampleFields() []FieldGroup {
	t := func(label, path, v, utc string) Field {
		return Field{Label: label, Path: path, Value: v, UTC: utc + " UTC", UTCTime: strings.Replace(utc, " ", "T", 1) + "Z"}
	}
	return []FieldGroup{
		{Label: "Transaction", Fields: []Field{
			{Label: "Type", Path: "transactionType", Value: "Capture", Code: "3", Meaning: "Money taken under an authorization"},
			{Label: "Status", Path: "status", Value: "Reversed", Code: "8", Mark: true, Tone: ToneBad, Meaning: "Taken back after it had been paid"},
			{Label: "Reason", Path: "paymentProviderTransaction.status", Value: "R01", Mono: true, Meaning: "Insufficient funds: balance too low; may be tried again", Href: "/transactions?paymentProviderTransaction.ppTrxStatusCode=R01"},
			t("Created", "createdAt", "Nov 12, 2026, 18:00:00", "2026-11-12 23:00:00"),
			t("Updated", "updatedAt", "Nov 15, 2026, 06:30:11", "2026-11-15 11:30:11"),
			{Label: "IP address", Path: "ip", Value: "10.0.0.1", Mono: true, Href: "/transactions?ipAddr=10.0.0.1"},
		}, Empty: []string{"Processed", "Completed", "Original transaction"}},
		{Label: "Customer", Fields: []Field{
			{Label: "Name", Path: "payment.customer.name", Value: "Joe User", Href: "/transactions?payment.customer.name=Joe+User"},
			{Label: "External ID", Path: "payment.customer.externalId", Value: "4567890", Mono: true, Href: "/transactions?payment.customer.externalId=4567890"},
			{Label: "Email", Path: "payment.customer.email", Value: "j••••••r@mail.com", Masked: true, RevealHref: "/transactions/1006755981/reveal"},
			{Label: "Tax ID", Path: "payment.customer.taxId", Value: "•••••5678", Mono: true, Masked: true, RevealHref: "/transactions/1006755981/reveal", Reason: ReasonRequired},
			{Label: "City", Path: "payment.customer.address.city", Value: "Redwood City"},
		}, Empty: []string{"Date of birth"}},
		{Label: "Bank account", Fields: []Field{
			{Label: "Bank", Path: "payment.paymentProvider.name", Value: "Demo Bank"},
			{Label: "Entered", Path: "payment.paymentProvider.subtype", Value: "Manual entry", Code: "2000", Meaning: "Also called MEC, manual electronic check"},
			{Label: "Account number", Path: "payment.account.accountNumber", Value: "••••7833", Mono: true, Masked: true, RevealHref: "/transactions/1006755981/reveal", Reason: ReasonOff},
			{Label: "Routing number", Path: "payment.account.routingNumber", Value: "124003116", Mono: true},
			{Label: "Verified", Path: "payment.account.verified", Value: "No"},
		}},
	}
}

func sampleWords() Words {
	const own = "the portal's own reading"
	return Words{
		Means: Said{Text: "The customer's bank returned the debit because the account did not hold enough available money.", Caution: "partly general ACH rules"},
		Final: Said{Text: "Yes. Nothing more is expected from this record.", Caution: own},
		Next:  Said{Text: "It may be tried again.", Caution: own}, Timing: Said{Text: "Most returns come within 2 banking days.", Caution: "general ACH rules"},
		Tell: "Your bank returned the payment because the account did not hold enough money.", Action: "The customer.",
		Codes: []CodeSaid{{
			Label: "Reason code", Code: "R01", Name: "Insufficient funds", Meaning: "The available balance was too low", Family: "A return code of the ACH network.",
			Words: Said{Text: "The account did not hold enough available money.", Caution: "general ACH rules"}, Source: "general ACH rules, not Trustly",
		}},
		Notes:   []Said{{Text: "A new attempt is planned.", Caution: ""}},
		Checks:  []CheckSaid{{Label: "Account score", Value: "7", Said: Said{Text: "The account very probably exists."}}},
		Caution: "Part of this is from the general rules of the ACH network, not from Trustly.",
		Sources: []string{"Trustly docs: transaction status", "general ACH rules, not Trustly"},
	}
}

func sampleMoney() Money {
	fields := []Field{
		{Label: "Amount", Path: "amount", Value: "120.00 USD"}, {Label: "Paid", Path: "paid", Value: "120.00 USD"}, {Label: "Pending", Path: "pending", Value: "0.00 USD"},
		{Label: "Refunded", Path: "refunded", Value: "0.00 USD"}, {Label: "Reversed", Path: "reversed", Value: "120.00 USD"}, {Label: "Balance", Path: "balance", Value: "0.00 USD"},
	}
	bar := Bar{Whole: "Of the amount", Parts: []BarPart{{Name: "balance", Value: "20.00", From: "0%", Width: "16.667%"}, {Name: "reversed", Value: "100.00", From: "16.667%", Width: "83.333%"}}}
	return Money{This: Figures{Label: "This transaction", Fields: fields, Bar: bar}, Payment: Figures{Label: "The whole payment", Fields: fields[:2]}}
}

func sampleStory() Story {
	bad := Status{Word: "Reversed", Tone: ToneBad, Meaning: "The bank took the money back."}
	return Story{
		AllHref: "/transactions?payment.paymentId=1006755980", Summary: "4 transactions: Authorize Authorized, 3 × Capture Reversed.",
		Notes: []StoryNote{{Text: "Transaction 1006755999 comes from one that is not among the payment's:", Href: "/transactions/7", Label: "7"}},
		Moments: []Moment{
			{Step: &Step{Type: "Authorize", Verb: "created", ID: "1006755980", Href: "/transactions/1006755980", First: true, At: "Nov 12, 09:14:02", AtUTC: "2026-11-12T14:14:02Z", Exact: "2026-11-12 09:14:02.000 EST", Amount: "0.00 USD", Latest: true, Status: Status{Word: "Authorized", Tone: ToneInfo}, Tone: ToneInfo, Code: "SW010", Meaning: "Established"}},
			{Fold: &Fold{What: "2 × Capture", Status: Status{Word: "Completed", Tone: ToneGood}, Code: "AC118", Name: "Settled", Span: "Nov 12 2026 – Nov 13 2026", Sum: "240.00 USD", Inside: "with 1 that came of them", Rows: []FoldRow{
				{ID: "1", Href: "/transactions/1", At: "Nov 12, 10:00:00", AtUTC: "2026-11-12T15:00:00Z", Amount: "120.00 USD"},
				{ID: "2", Href: "/transactions/2", Under: true, Type: "Refund", Status: "Completed", At: "Nov 12, 10:00:00", AtUTC: "2026-11-12T15:00:00Z", Amount: "10.00 USD"},
			}}},
			{Step: &Step{Type: "Capture", Verb: "created", ID: "1006755981", First: true, Here: true, Of: "Authorize 1006755980", OfHref: "/transactions/1006755980", At: "Nov 12, 18:00:00", AtUTC: "2026-11-12T23:00:00Z", Amount: "120.00 USD"}},
			{Gap: "3 days later", Step: &Step{Type: "Capture", Verb: "last changed", ID: "1006755981", Here: true, YouAre: true, Latest: true, At: "Nov 15, 06:30:11", AtUTC: "2026-11-15T11:30:11Z", Amount: "120.00 USD", Tone: ToneBad, Status: bad, Code: "R01", Meaning: "Insufficient funds", Odd: "This time does not fit the others; it is shown as it was sent."}},
			{Gap: "5 days later", Step: &Step{Type: "Next automatic capture", Verb: "due", Planned: true, Tone: ToneWarn, At: "Nov 20, 06:30:11", AtUTC: "2026-11-20T11:30:11Z", Amount: "120.00 USD"}},
		},
		Check: Check{
			Tone: ToneBad, Text: "Figures that don't agree: 1 of 14 checks. 1 could not be made.", Note: "How Trustly adds these figures up is not documented.",
			Held:    []RuleHeld{{Rule: "Balance is paid − refunded − reversed", Source: "Trustly's definition", Times: 4}},
			Differs: []Difference{{Rule: "The payment's paid is the sum over its records", Source: "the portal's reading", Who: "the payment", Left: "120.00 (paid 120.00)", Right: "125.00 (Capture 1006755981 paid 125.00)", By: "5.00 USD"}},
			Skipped: []RuleSkipped{{Rule: "Refunded is the sum of the completed refunds", Reason: "a figure is missing or can't be read", Times: 2}},
		},
	}
}

func sampleDetail() DetailPage {
	story := sampleStory()
	return DetailPage{
		Frame:  sampleFrame("Capture of 120.00 USD, Reversed (1006755981)"),
		Title:  "Capture of 120.00 USD",
		ID:     "1006755981",
		Status: Status{Word: "Reversed", Tone: ToneBad, Meaning: "The bank took the money back after it had been paid."},

		BackHref: "/transactions?" + sampleQuery,
		Share:    Share{LinkHref: "https://portal.example.com/transactions/1006755981?tz=America/New_York", Ticket: "Capture of 120.00 USD: Reversed\n"},
		AsOf:     "14:03:12", AsOfUTC: "2026-11-19T19:03:12Z", ZoneNote: "Times in America/New_York.",
		Words: sampleWords(), Story: &story, Money: sampleMoney(), Groups: sampleFields(),
		References: References{
			Fields: []Field{
				{Label: "Payment", Path: "payment.paymentId", Value: "1006755980", Mono: true, Copy: true, Href: story.AllHref},
				{Label: "Merchant ref.", Path: "merchantReference", Value: "ABCDE12345", Mono: true, Copy: true},
			},
			Same:    []Link{{Label: "customer", Href: "/customers/4567890"}, {Label: "IP address", Href: "/transactions?ipAddr=10.0.0.1"}},
			FindAll: "/find?all=1&q=1006755981",
		},
		Raw:   RawJSON{Text: "{\n  \"transactionId\": \"1006755981\",\n  \"amount\": \"120.00\"\n}"},
		Watch: "/transactions/1006755981/watch?v=abc",
	}
}

// sampleDetailAsking is what is sent before the payment's other transactions are there.
func sampleDetailAsking() DetailPage {
	p := sampleDetail()
	p.Story = nil
	return p
}

func sampleDetailHostile() DetailPage {
	p := sampleDetail()
	p.Title = "Code 99 of " + hostile
	p.Status = Status{Word: "Code 99"}
	p.Words = Words{
		Means: Said{Text: rightToLeft}, Withhold: "That the risk check declined it.",
		Codes: []CodeSaid{{Label: "Reason code", Code: hostile, Words: Said{Text: "Trustly's published tables do not explain the code; the portal does not guess."}}},
	}
	p.Story = &Story{
		Error: "The payment's other transactions could not be read: Trustly did not answer in time.", RetryHref: "/transactions/1006755981",
		Moments: []Moment{{Step: &Step{Type: "Type " + hostile, Verb: "created", ID: hostile, First: true, Here: true, YouAre: true, Latest: true, Of: longName, OfHref: "javascript:alert(1)", At: "at a time that can't be read: " + hostile, Amount: longName, Status: Status{Word: "Code 99"}, Code: hostile, Meaning: "meaning unknown"}}},
		Check:   Check{Text: "None of the figures could be checked against each other."},
	}
	p.Groups = []FieldGroup{
		{Label: "Customer", Fields: []Field{
			{Label: "Name", Value: hostile, Href: "javascript:alert(1)"}, {Label: "Name", Value: rightToLeft}, {Label: "Name", Value: longName}, {Label: "Name", Value: strings.Repeat("x", 400), Mono: true}, {Label: "Nothing"},
		}},
		{Label: "Bank account", Empty: []string{"Bank"}},
	}
	p.Other = []Field{{Label: "payment.surprise.<b>", Value: hostile, Mono: true}}
	p.Raw = RawJSON{Text: "{\"name\": \"" + hostile + "\", \"long\": \"" + strings.Repeat("y", 600) + "\"}"}
	p.Money, p.Watch = Money{}, ""
	return p
}

func sampleErrorUnknown() ErrorPage {
	p := sampleError()
	p.Status, p.Heading, p.RetryHref, p.Find = 404, "No such transaction", "", hostile
	return p
}
