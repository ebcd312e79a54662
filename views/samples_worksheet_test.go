package views

func samplePaste() PastePage {
	return PastePage{
		Frame: sampleFrame("Look up a list"), Most: 500,
		Price: "An entry takes one request for a transaction ID that exists and up to five otherwise, at 5 a second: a full list takes a minute to 8 minutes.",
		Kept: []KeptWorksheet{
			{Label: "500 entries", Href: "/find/list/AAAA", Status: Status{Word: "Being looked up", Tone: ToneInfo}, Created: "Nov 20, 14:03", CreatedUTC: "2026-11-20T19:03:00.000Z"},
			{Label: "1 entry", Href: "/find/list/BBBB", Status: Status{Word: "Complete", Tone: ToneGood}, Created: "Nov 20, 09:15", CreatedUTC: "2026-11-20T14:15:00.000Z"},
		},
	}
}

func samplePasteRefused() PastePage {
	p := samplePaste()
	p.List, p.Kept = "\nA1\n"+hostile+"\n"+rightToLeft, nil
	p.Error = "The list has 501 entries, and at most 500 can be looked up at once. Paste it in parts."
	return p
}

func sampleWorksheet() WorksheetPage {
	const href = "/find/list/AAAA"
	return WorksheetPage{
		Frame: sampleFrame("List of 6 entries"), Heading: "List of 6 entries", Status: Status{Word: "Ended, 1 without an answer", Tone: ToneWarn},
		Summary: "1 found, 1 not found, 2 ambiguous, 1 duplicate and 1 could not be asked",
		Notes:   []string{"“Transaction ID” was taken for the column's heading and not looked up."},
		Asked:   6, Entries: 6, Say: "Ended, 1 without an answer: 1 found, 1 not found, 2 ambiguous, 1 duplicate and 1 could not be asked",
		Filters: []Link{
			{Label: "All 6", Href: href, Current: true}, {Label: "Found 1", Href: href + "?show=found"}, {Label: "Not found 1", Href: href + "?show=missing"},
			{Label: "Ambiguous 2", Href: href + "?show=ambiguous"}, {Label: "Duplicate 1", Href: href + "?show=duplicates"}, {Label: "Could not be asked 1", Href: href + "?show=failed"},
		},
		Rows: []WorksheetRow{
			{Anchor: "entry-1", Line: "2", Text: "1006755981", Verdict: Status{Word: "Found", Tone: ToneGood}, ReadAs: "transaction ID", Links: []Link{{Label: "1006755981", Href: "/transactions/1006755981"}},
				ID: "1006755981", Status: Status{Word: "Completed", Tone: ToneGood, Meaning: "What it means"}, Type: "Capture", Amount: "125.50 USD", Created: "Nov 19, 23:14", CreatedUTC: "2026-11-20T04:14:00.000Z"},
			{Anchor: "entry-2", Line: "3", Text: "9900000001", Verdict: Status{Word: "Not found", Tone: ToneBad}, ReadAs: "no transaction ID, payment ID, original ID, merchant reference or customer external ID"},
			{Anchor: "entry-3", Line: "4.1", Text: "ORD-20931", Verdict: Status{Word: "Ambiguous", Tone: ToneInfo}, ReadAs: "merchant reference",
				Links: []Link{{Label: "3 transactions of one payment", Href: "/transactions?payment.merchantReference=ORD-20931"}}},
			{Anchor: "entry-4", Line: "4.2", Text: "ORD-7", Verdict: Status{Word: "Ambiguous", Tone: ToneInfo}, ReadAs: "merchant reference and customer external ID", Links: []Link{
				{Label: "More than 25 transactions by merchant reference", Href: "/transactions?payment.merchantReference=ORD-7"}, {Label: "1 transaction by customer external ID", Href: "/transactions?payment.customer.externalId=ORD-7"}}},
			{Anchor: "entry-5", Line: "5", Text: "1006755981", Verdict: Status{Word: "Duplicate"}, Note: "of line 2", ReadAs: "transaction ID"},
			{Anchor: "entry-6", Line: "6", Text: "1006755982", Verdict: Status{Word: "Could not be asked", Tone: ToneWarn}, Note: "Trustly did not answer in time"},
		},
		ZoneNote: "Times in Eastern Time (America/New_York)", Keeps: "Kept for you until Nov 21, 14:03.",
		RetryHref: href + "/retry", RetryLabel: "Ask 1 entry again", DeleteHref: href + "/delete", FileHref: href + "/worksheet.csv",
	}
}

func sampleWorksheetRunning() WorksheetPage {
	p := sampleWorksheet()
	p.Frame.Refresh = 3
	p.Status, p.Summary = Status{Word: "Being looked up", Tone: ToneInfo}, "1 found, 0 not found and 499 not asked yet"
	p.Running, p.Asked, p.Entries, p.Say = true, 1, 500, ""
	p.Left = "At most 2,495 more requests, up to 8 minutes."
	p.RetryHref, p.RetryLabel, p.CancelHref = "", "", "/find/list/AAAA/cancel"
	p.Rows = p.Rows[:1]
	return p
}

func sampleWorksheetHostile() WorksheetPage {
	p := sampleWorksheet()
	p.Notes = []string{"“" + hostile + "” was taken for the column's heading and not looked up."}
	p.Rows = []WorksheetRow{
		{Anchor: "entry-1", Line: "1", Text: hostile, Verdict: Status{Word: "Not found", Tone: ToneBad}},
		{Anchor: "entry-2", Line: "2", Text: rightToLeft, Verdict: Status{Word: "Found", Tone: ToneGood}, ID: hostile, Links: []Link{{Label: hostile, Href: "javascript:alert(1)"}}, Status: Status{Word: hostile}, Type: rightToLeft, Amount: emoji, Created: longName},
		{Anchor: "entry-3", Line: "3", Text: longName, Verdict: Status{Word: "Could not be asked", Tone: ToneWarn}, Note: longName, ReadAs: longName},
	}
	return p
}
