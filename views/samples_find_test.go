package views

func sampleFind() FindPage {
	p := FindPage{
		Frame: sampleFrame("Find a transaction"), Text: "1006755981",
		Summary: FindSummary{Text: "1 by transaction ID, more than 5 by original ID, none by payment ID, no answer by account number."},
		Answers: []FindAnswer{
			{Slot: "reading-0", Heading: "1 by transaction ID", Zone: "New York time", Rows: []FindRow{sampleFindRow("1006755981", "Ada Example")}},
			{Slot: "reading-1", Heading: "None by payment ID", ListHref: "/transactions?payment.paymentId=1006755981&tz=UTC"},
			{Slot: "reading-2", Heading: "More than 5 by original ID", ListHref: "/transactions?originalTransactionId=1006755981&tz=UTC", Rows: []FindRow{
				sampleFindRow("1006755990", hostile), sampleFindRow("1006755991", "מרים כהן"), {ID: "1006755992", Href: "/transactions/1006755992", Status: Status{Word: "No status"}, Type: "Transaction"},
			}},
			{Slot: "reading-3", Heading: "No answer by account number", ListHref: "/transactions?payment.fiAccount.accountNumber=1006755981&tz=UTC", Problem: "Trustly did not answer in time.", RetryHref: "/find?q=1006755981"},
			{Slot: "reading-4", Heading: "1 by merchant reference “ORD-1”", Note: "Broader than what was pasted.", ListHref: "/transactions?payment.merchantReference=ORD-1&tz=UTC", Rows: []FindRow{sampleFindRow("1006755981", "Ada Example")}},
		},
	}
	p.Frame.Query = p.Text
	return p
}

func sampleFindRow(id, customer string) FindRow {
	return FindRow{
		ID: id, Href: "/transactions/" + id, Status: Status{Word: "Completed", Tone: ToneGood, Meaning: "Done"}, Type: "Capture", Amount: "125.50", Currency: "USD",
		Created: "Nov 19, 14:03:12", CreatedUTC: "2026-11-19T14:03:12.000Z", CreatedExact: "Thursday, November 19, 2026, 14:03:12.000 UTC", Customer: customer,
	}
}

func sampleFindNothing() FindPage {
	p := FindPage{
		Frame: sampleFrame("Find a transaction"), Text: hostile, List: FindList{Count: 2, Text: hostile + "\n</textarea>2"},
		Summary: FindSummary{Heading: "Nothing found", Text: "None by customer name, none by merchant reference.", Hints: []string{"Look at the first and the last characters."}},
		Answers: []FindAnswer{
			{Slot: "reading-0", Heading: "None by customer name", ListHref: "/transactions?payment.customer.name=%3Cb%3E"},
			{Slot: "reading-1", Heading: "None by merchant reference", ListHref: "/transactions?payment.merchantReference=%3Cb%3E"},
		},
	}
	p.Frame.Query = p.Text
	return p
}

func sampleFindEmpty() FindPage {
	return FindPage{Frame: sampleFrame("Find a transaction"), Examples: []FindExample{{Kind: "Transaction ID", Text: "1006755981"}, {Kind: "Customer name", Text: "Joe User"}}}
}

func sampleFindUnsearchable() FindPage {
	p := FindPage{Frame: sampleFrame("Find a transaction"), Text: "1.00676E+09", Said: "A spreadsheet has shortened this number."}
	p.Frame.Query = p.Text
	return p
}

func sampleFindAsking() FindPage {
	p := sampleFindUnsearchable()
	p.Text, p.Said = hostile, ""
	p.Asking = []FindAsked{{Slot: "reading-0", Text: "By customer name: asking Trustly…"}, {Slot: "reading-1", Text: "By merchant reference “" + hostile + "”: asking Trustly…"}}
	return p
}

// sampleFindOne is what a page that was sent early looks like once it has found the one transaction.
func sampleFindOne() FindPage {
	p := sampleFind()
	p.Summary = FindSummary{Text: "1 by transaction ID.", OpenID: "1006755981", OpenHref: "/transactions/1006755981"}
	p.Answers = p.Answers[:1]
	return p
}
