package views

import (
	"strings"

	"github.com/a-h/templ"
)

func exportPages() map[string]templ.Component {
	return map[string]templ.Component{
		"export-form":          ExportForm(sampleExportForm()),
		"export-form-clear":    ExportForm(sampleExportFormInClear()),
		"export-queued":        Export(sampleExportQueued()),
		"export-running":       Export(sampleExportRunning()),
		"export-complete":      Export(sampleExportComplete()),
		"export-empty":         Export(sampleExportEmpty()),
		"export-failed":        Export(sampleExportFailed()),
		"export-hostile":       Export(sampleExportHostile()),
		"export-zero":          Export(ExportPage{}),
		"exports":              Exports(sampleExports()),
		"exports-empty":        Exports(ExportsPage{Frame: sampleFrame("Exports"), ListHref: "/transactions?createdAt.start=now-7d", Keeps: "Complete exports are kept for 7 days."}),
		"fragment-export":      ExportRegion(sampleExportRunning()),
		"fragment-export-done": ExportRegion(sampleExportComplete()),
	}
}

func exportFormats(chosen string) []Choice {
	return []Choice{
		{Value: "csv", Label: "CSV", Meaning: "for programs and imports", On: chosen == "csv"},
		{Value: "xlsx", Label: "Excel (XLSX)", Meaning: "opens right by itself", On: chosen == "xlsx"},
		{Value: "jsonl", Label: "JSON Lines", Meaning: "the API’s own values", On: chosen == "jsonl"},
	}
}

const sampleExportSentence = "Captures and refunds, failed or reversed, of 5.00 or more, created last month, New York time"

func sampleExportForm() ExportFormPage {
	return ExportFormPage{
		Frame: sampleFrame("Export"), BackHref: "/transactions?" + sampleQuery, BackLabel: sampleExportSentence,
		Action: "/exports", Query: sampleQuery, Formats: exportFormats("xlsx"),
		Columns:     []Choice{{Value: "shown", Label: "Those of the list", Meaning: "9 columns", On: true}, {Value: "all", Label: "All", Meaning: "63 columns"}},
		InClearHref: "/exports/in-clear?" + sampleQuery,
		Estimate:    ExportEstimate{Href: "/exports/estimate?" + sampleQuery, Price: "up to 12 requests to Trustly"},
		Streams:     []Link{{Label: "CSV", Href: "/transactions.csv?" + sampleQuery}, {Label: "Excel (XLSX)", Href: "/transactions.xlsx?" + sampleQuery}},
	}
}

func sampleExportFormInClear() ExportFormPage {
	p := sampleExportForm()
	p.Action, p.InClear, p.InClearHref, p.MaskedHref, p.Streams = "/exports/in-clear", true, "", "/exports/new?"+sampleQuery, nil
	p.Frame.Title, p.BOM, p.BackLabel = "Export personal data in clear", true, "For customer “"+hostile+"”"
	p.Reason = Value{Name: "reason", Text: hostile, Error: "Write a few words."}
	p.Problem = "Nothing was started: a reason is missing."
	p.Estimate = ExportEstimate{Text: "About 3,000 to 6,000 transactions", Cost: "31 to 61 requests to Trustly, 7 to 13 seconds at 5 a second", Note: "Estimated as of 14:03:12 with 7 requests.", Tone: ToneInfo}
	return p
}

func sampleExportQueued() ExportPage {
	const href = "/exports/AAAA"
	return ExportPage{
		Frame: sampleFrame("Waiting – Export"), Heading: sampleExportSentence, Status: Status{Word: "Waiting for its turn", Tone: ToneWarn}, Running: true, Href: href,
		Progress:   ExportProgress{Rows: "No rows yet", Waits: "Third in the queue: two exports are before it."},
		CancelHref: href + "/cancel", Notes: []string{"Excel (XLSX), 9 columns, personal data masked."},
	}
}

func sampleExportRunning() ExportPage {
	p := sampleExportQueued()
	p.Frame.Title, p.Status, p.Say = "37 % – Export", Status{Word: "Reading", Tone: ToneInfo}, "A quarter of the export is read"
	p.Progress = ExportProgress{
		Covered: "Read until Oct 12, 07:15 of Oct 1 to Oct 31", Part: 372, Rows: "12,300 rows", Speed: "95 rows a second", Left: "about 4 minutes left",
		Waits: "Trustly’s API has not answered since 14:02. The export waits and goes on by itself.",
	}
	return p
}

func sampleExportComplete() ExportPage {
	const href = "/exports/AAAA"
	const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	return ExportPage{
		Frame: sampleFrame("Complete – Export"), Heading: sampleExportSentence, Status: Status{Word: "Complete", Tone: ToneGood}, Say: "Complete: 33,000 rows", Href: href,
		Files: []ExportFile{
			{Label: "Excel (XLSX)", Href: href + "/transactions-demo.xlsx", Meaning: "holds its receipt"},
			{Label: "CSV", Href: href + "/transactions-demo.csv"}, {Label: "JSON Lines", Href: href + "/transactions-demo.jsonl"},
		},
		ReceiptFor: href + "/transactions-demo.receipt.json", Keeps: "Kept until Nov 27, 14:03, then deleted.",
		Facts: []ExportFact{
			{Label: "Rows", Text: "33,000"}, {Label: "Repeats dropped", Text: "341"},
			{Label: "First row", ID: "1006755981", Href: "/transactions/1006755981", Text: "Oct 1, 00:00:03", UTC: "2026-10-01T04:00:03.000Z"},
			{Label: "As of", Text: "Nov 20, 14:03:12", UTC: "2026-11-20T19:03:12.000Z"},
			{Label: "Frozen link", Text: "https://portal.example.com/transactions?asOf=1795176000000", Href: "https://portal.example.com/transactions?asOf=1795176000000", Copy: "https://portal.example.com/transactions?asOf=1795176000000"},
			{Label: "SHA-256 of the rows", Text: digest, Mono: true, Copy: digest},
		},
		Totals: []ExportTotal{
			{Type: "Capture", Status: "Completed", Currency: "USD", Rows: "32,990", Amount: "1,234,567.89"},
			{Type: "Refund", Status: "Failed", Currency: "USD", Rows: "10", Amount: "-12.50", Note: "1 without an amount"},
		},
		ZoneNote:   "Times in New York time (America/New_York).",
		DeleteHref: href + "/delete",
		Changes:    &ExportChanges{Action: href + "/changes", Since: "Nov 20, 14:03:12", Formats: exportFormats("xlsx")},
	}
}

func sampleExportEmpty() ExportPage {
	p := sampleExportComplete()
	p.Empty, p.Totals, p.Facts = true, nil, []ExportFact{{Label: "Rows", Text: "0"}}
	return p
}

func sampleExportFailed() ExportPage {
	p := sampleExportQueued()
	p.Running, p.Progress, p.CancelHref = false, ExportProgress{}, ""
	p.Frame.Title, p.Status = "Failed – Export", Status{Word: "Failed", Tone: ToneBad}
	p.Trouble = ExportTrouble{What: "Trustly’s API is not working.", Do: "Nothing can be downloaded. Export again later. Request ID, for the portal’s operator: 01KA9Z3T5R8W.", Tone: ToneBad}
	p.AgainHref, p.AgainLabel, p.DeleteHref = "/exports/new?"+sampleQuery, "Export again", "/exports/AAAA/delete"
	return p
}

func sampleExportHostile() ExportPage {
	p := sampleExportComplete()
	p.Heading, p.Notes = "For customer “"+hostile+"”", []string{rightToLeft, longName}
	p.Frame.Title = hostile
	p.Facts = []ExportFact{{Label: "First row", ID: hostile, Href: "javascript:alert(1)", Text: rightToLeft}, {Label: "Frozen link", Text: hostile, Href: "javascript:alert(1)", Copy: hostile}, {Label: "Columns", Text: strings.Repeat("payment.customer.name ", 60)}}
	p.Totals = []ExportTotal{{Type: hostile, Status: rightToLeft, Currency: emoji, Rows: "1", Amount: strings.Repeat("9", 60), Note: longName}}
	return p
}

func sampleExports() ExportsPage {
	file := func(name string) []ExportFile {
		return []ExportFile{{Label: "Excel", Href: "/exports/AAAA/" + name + ".xlsx", Meaning: "Download as Excel (XLSX)"}, {Label: "Receipt", Href: "/exports/AAAA/" + name + ".receipt.json", Meaning: "Download the receipt"}}
	}
	return ExportsPage{
		Frame: sampleFrame("Exports"), Keeps: "Complete exports are kept for 7 days.", ZoneNote: "Times in New York time.", ListHref: "/transactions?createdAt.start=now-7d",
		Rows: []ExportRow{
			{Href: "/exports/CCCC", View: sampleExportSentence, Status: Status{Word: "Reading", Tone: ToneInfo}, Detail: "37 %, 12,300 rows", About: "CSV, 9 columns, personal data masked", Started: "Nov 20, 14:03", StartedUTC: "2026-11-20T19:03:00.000Z"},
			{Href: "/exports/AAAA", View: "Refunds, created last month", Status: Status{Word: "Complete", Tone: ToneGood}, Detail: "33,000 rows", About: "Excel (XLSX), 9 columns, personal data masked", Started: "Nov 20, 09:15", StartedUTC: "2026-11-20T14:15:00.000Z",
				Expires: "Nov 27, 09:20", ExpiresUTC: "2026-11-27T14:20:00.000Z", Files: file("transactions"), DeleteHref: "/exports/AAAA/delete"},
			{Href: "/exports/BBBB", View: "For customer “" + hostile + "”", Status: Status{Word: "Failed", Tone: ToneBad}, About: "CSV, all columns, personal data in clear", Started: "Nov 19, 09:15", StartedUTC: "2026-11-19T14:15:00.000Z", DeleteHref: "/exports/BBBB/delete"},
		},
	}
}
