package views

import (
	"fmt"
	"net/url"
	"strings"
)

// hostile is text as it may come from anyone who can name a customer or an order.
const hostile = `"><script>alert(1)</script><b style="color:red" onclick='x()'>&amp;`

var (
	rightToLeft = "‮محمد بن سلمان‬ ‏(VIP)"
	longName    = strings.Repeat("Maximilian-Ambrosius ", 10)
	emoji       = "👩🏽‍🚀 Ω≈ç√ Zoë Ødegård"
)

func sampleFrame(title string) Frame {
	return Frame{
		Title:       title,
		Environment: "DEMO",
		User:        User{Email: "finance@acme.example", Role: "finance"},
		Nav: []Link{
			{Label: "Transactions", Href: "/transactions?createdAt.start=now-7d&tz=America%2FNew_York", Current: true},
			{Label: "Filters help", Href: "/help/filters"},
		},
	}
}

func sampleLogin() LoginPage {
	return LoginPage{
		Frame: Frame{Title: "Sign in", Environment: "DEMO"},
		Next:  "/transactions?transactionStatus=5",
		Demo: []DemoAccount{
			{Email: "support@demo.example", Role: "support", Password: "demo-support"},
			{Email: "finance@demo.example", Role: "finance", Password: "demo-finance"},
			{Email: "admin@demo.example", Role: "admin", Password: "demo-admin"},
		},
	}
}

func sampleLoginRefused() LoginPage {
	p := sampleLogin()
	p.Email = hostile
	p.Error = "Email or password is wrong."
	p.WaitSeconds = 8
	p.Demo = nil
	return p
}

const sampleQuery = "transactionType=3&transactionType=6&transactionStatus=5&transactionStatus=6&amount.min=5.00&createdAt.start=now-7d&tz=America%2FNew_York"

func sampleForm() FilterForm {
	q, _ := url.ParseQuery(sampleQuery)
	return FilterForm{
		Groups:  FilterGroups(q, nil),
		Zone:    "America/New_York",
		Zones:   []string{"America/Chicago", "America/Los_Angeles", "America/New_York", "America/Toronto", "Europe/London", "UTC"},
		OrderBy: "createdAt", SortOrder: "desc", Count: 25,
	}
}

func sampleColumns() []Column {
	return []Column{
		{Name: "transactionId", Label: "Transaction"},
		{Name: "status", Label: "Status"},
		{Name: "transactionType", Label: "Type"},
		{Name: "amount", Label: "Amount", Right: true},
		{Name: "payment.customer.name", Label: "Customer"},
		{Name: "reference", Label: "Reference"},
		{Name: "bankAccount", Label: "Bank account"},
		{Name: "paymentProviderTransaction.status", Label: "Reason"},
		{Name: "createdAt", Label: "Created", Sort: "descending", SortHref: "/transactions?" + sampleQuery + "&sortOrder=asc"},
	}
}

func sampleRow(i int) Row {
	type state struct {
		word, reason string
		tone         Tone
	}
	states := []state{
		{"Processed", "", ToneInfo}, {"On hold", "", ToneWarn}, {"Reversed", "R01 Insufficient funds", ToneBad}, {"Completed", "", ToneGood},
		{"Pending", "", ToneWarn}, {"Failed", "SW054 Risk decline", ToneBad}, {"Authorized", "", ToneInfo}, {"New", "", ToneNeutral},
	}
	names := []string{"Dana Fox", "Sam O’Neil", "Priya Raman", "Ana María Núñez", "Lars Ødegård", "Grace Hopper", "Ibrahim Diallo", "Joe User"}
	banks := []string{"Bank of America", "US Bank", "Citi", "Wells Fargo", "Chase", "Demo Bank"}
	types := []string{"Capture", "Deposit", "Refund", "Authorize", "Reversal"}
	id := fmt.Sprint(1006755981 - 37*i)
	s := states[(i*5+i/3)%len(states)]
	return Row{ID: id, Href: "/transactions/" + id, Cells: []Cell{
		{Kind: CellID, Text: id},
		{Kind: CellStatus, Text: s.word, Tone: s.tone, Title: "What " + s.word + " means"},
		{Text: types[(i*3)%len(types)]},
		{Kind: CellAmount, Text: fmt.Sprintf("%d.%02d", 60+(i*709)%2400, (i*37)%100), Sub: "USD"},
		{Text: names[(i*3+i/4)%len(names)]},
		{Kind: CellMono, Text: fmt.Sprintf("ORD-%d", 20000+(i*7919)%70000)},
		{Text: banks[(i*2)%len(banks)], Sub: fmt.Sprintf("••%04d", (i*4021)%10000)},
		{Text: s.reason, Title: s.reason},
		{Kind: CellTime, Text: fmt.Sprintf("Nov %d, %02d:%02d:00", 19-i/7, 23-(i*3)%24, (i*17)%60), UTC: fmt.Sprintf("2026-11-%02dT%02d:%02d:00Z", 19-i/7, 23-(i*3)%24, (i*17)%60)},
	}}
}

func sampleList() ListPage {
	const base = "/transactions?" + sampleQuery
	p := ListPage{
		Frame:    sampleFrame("Captures and refunds, failed or reversed"),
		Sentence: "Captures and refunds, failed or reversed, of 5.00 or more, created in the last 7 days",
		Dates:    sampleDates(base), Zone: "America/New_York",
		Chips: []Chip{
			{Label: "Type", Text: "Capture, Refund", RemoveHref: base + "&x=1", Control: "transactionType"},
			{Label: "Status", Text: "Failed, Reversed", RemoveHref: base + "&x=2", Control: "transactionStatus"},
			{Label: "Amount", Text: "5.00 or more", RemoveHref: base + "&x=3", Control: "amount.min"},
		},
		ClearHref: "/transactions?createdAt.start=now-7d",
		Form:      sampleForm(),
		Columns:   sampleColumns(),
		CountText: "1–25 of at least 26", CountHref: "/transactions/count?" + sampleQuery,
		CountPrice: "about 10 to 40 requests to Trustly, 2 to 8 seconds at 5 a second", CountPriceShort: "10–40 requests, 2–8 s", AsOf: "14:03:12", AsOfUTC: "2026-11-19T19:03:12Z",
		OlderHref:  base + "&after=1795000000000.1.1006755981",
		PageSizes:  []Link{{Label: "25", Href: base, Current: true}, {Label: "50", Href: base + "&count=50"}, {Label: "100", Href: base + "&count=100"}},
		ExportHref: "/exports/new?" + sampleQuery,
	}
	for i := range 25 {
		p.Rows = append(p.Rows, sampleRow(i))
	}
	return p
}

func sampleListHostile() ListPage {
	p := sampleList()
	p.Sentence = "For customer " + hostile
	p.Frame.Title = hostile
	p.Frame.Query = hostile
	p.Frame.User.Email = strings.Repeat("very.long.name.", 12) + "@acme.example"
	p.Frame.Environment = "PRODUCTION"
	p.Chips = []Chip{{Label: "Customer name", Text: hostile, RemoveHref: "/transactions"}, {Label: "Description", Text: longName + rightToLeft, RemoveHref: "javascript:alert(1)"}}
	p.Rows = p.Rows[:4]
	for i, text := range []string{hostile, rightToLeft, longName, emoji} {
		p.Rows[i].Cells[4] = Cell{Text: text, Title: text}
		p.Rows[i].Cells[5] = Cell{Kind: CellMono, Text: text, Title: text}
		p.Rows[i].Cells[7] = Cell{Text: "ZZ99", Title: text}
	}
	p.Rows[3].Cells[1] = Cell{Kind: CellStatus, Text: "Code 99"}
	p.Rows[2].Cells[3] = Cell{}
	p.Rows[2].Cells[8] = Cell{Kind: CellTime, Text: "not a time"}
	p.OlderHref, p.NewerHref, p.NewestHref = "", "/transactions?after=1", "/transactions"
	p.Form.Groups = FilterGroups(url.Values{"payment.customer.name": {hostile}, "transactionStatus": {"99", hostile}}, nil)
	p.Form.Hidden = []Parameter{{"asOf", hostile}}
	p.Note = "Sorted by update: a row that changes while you read moves to the front."
	return p
}

func sampleListEmpty() ListPage {
	p := sampleList()
	p.Rows = nil
	p.OlderHref = ""
	p.ExportHref = ""
	p.CountText = "No rows"
	p.Empty = Empty{
		Heading: "Nothing matches",
		Text:    "No transaction of these 7 days has this status. Trustly does not say whether a name is matched in whole or in part.",
		Suggestions: []Link{
			{Label: "Without the status filter", Href: "/transactions?a"}, {Label: "Widen to 30 days", Href: "/transactions?b"}, {Label: "Without any filter", Href: "/transactions"},
		},
	}
	return p
}

func sampleListRefused() ListPage {
	p := sampleListEmpty()
	p.Frame.Title = "Not searched"
	p.Sentence = "Transactions"
	p.Chips = nil
	p.Errors = []FormError{
		{Name: "amount.min", Label: "Amount, from", Value: "five", Message: "is not an amount such as 5.00."},
		{Name: "createdAt.start", Label: "Created, from", Value: hostile, Message: "is not a time such as 2026-11-19 or now-7d."},
		{Name: "transactionStatus", Label: "Status", Value: "lost", Message: "is not a code."},
		{Name: "statsu", Label: "", Value: "5", Message: "is not the name of a filter."},
		{Message: "The address can’t be read."},
	}
	p.Form.Open = true
	p.Form.Groups = FilterGroups(url.Values{"amount.min": {"five"}, "createdAt.start": {hostile}, "transactionStatus": {"lost"}}, p.Errors)
	return p
}

func sampleError() ErrorPage {
	p := ErrorPage{
		Frame: sampleFrame("Trustly did not answer"), Status: 504, Heading: "Trustly did not answer in time",
		What: "The portal asked Trustly for these transactions and got no answer within 15 seconds.", Do: "Nothing was changed. Try again; a shorter time range is quicker.",
		RetryHref: "/transactions?" + sampleQuery, Links: []Link{{Label: "Transactions of today", Href: "/transactions?createdAt.start=now%2Fd"}},
	}
	p.Frame.RequestID = "01KA9Z3T5R8W"
	p.Frame.Nav[0].Current = false
	return p
}

func sampleHelp() HelpFiltersPage {
	p := HelpFiltersPage{
		Frame: sampleFrame("Filters and links"), Groups: HelpGroups(nil), Zone: "America/New_York", Now: "Nov 20, 07:00:00",
		Times: []HelpTime{{Written: "now-1M/M", Means: "last month", Start: "Oct 1, 00:00:00", End: "Nov 1, 00:00:00"}},
		Links: []HelpLink{{Template: "https://portal.example.com/find?q={text}", Example: "/find?q=1006755981", Meaning: "whatever the text is"}},
		Live:  "/transactions?createdAt.start=now-1M/M&tz=America/New_York", Frozen: "/transactions?createdAt.start=1790827200000&asOf=1795176000000&tz=America/New_York",
	}
	p.Groups[0].Filters[0].Template = "https://portal.example.com/transactions?transactionType={value}"
	return p
}

func sampleAccount() AccountPage {
	p := AccountPage{
		Frame: sampleFrame("Account"), Permissions: []string{"see transactions", "export what you see"},
		Zone: "Mars/Olympus", Zones: []string{"America/New_York", "UTC"}, ZoneError: "There is no time zone of this name.",
	}
	p.Frame.Theme = ThemeDark
	p.Frame.Notices = []Notice{{Tone: ToneGood, Text: "Preferences saved."}}
	return p
}

func sampleAPI() APIPage {
	return APIPage{
		Frame: sampleFrame("Trustly’s API"), Host: "sandbox.trustly.one", When: "Nov 20, 06:32:24", WhenUTC: "2026-11-20T11:32:24Z",
		Findings: []Finding{
			{Check: "credentials", Verdict: Status{Word: "ok", Tone: ToneGood}, Summary: "The API takes the access ID and key", Evidence: []string{"GET /transactions?count=1: 200"}},
			{Check: "time-unit", Verdict: Status{Word: "problem", Tone: ToneBad}, Summary: "The time filters are in seconds", Setting: "TRUSTLY_TIME_UNIT=s",
				Evidence: []string{"asked in ms: no row", "asked in s: the row"}},
		},
	}
}
