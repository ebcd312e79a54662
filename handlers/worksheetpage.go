package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// verdictWords are the verdicts as pages and files tell them, in the order of the filters. show is how a URL asks for
// them.
var verdictWords = []struct {
	verdict    verdict
	show, word string
	many       string // after their number
	tone       views.Tone
}{
	{found, "found", "Found", "found", views.ToneGood},
	{missing, "missing", "Not found", "not found", views.ToneBad},
	{ambiguous, "ambiguous", "Ambiguous", "ambiguous", views.ToneInfo},
	{duplicate, "duplicates", "Duplicate", "duplicates", views.ToneNeutral},
	{failed, "failed", "Could not be asked", "could not be asked", views.ToneWarn},
	{notAsked, "waiting", "Not asked yet", "not asked yet", views.ToneNeutral},
}

// shownBy reads show=: a verdict, or all for "".
func shownBy(show string) (shows func(verdict) bool, ok bool) {
	if show == "" {
		return func(verdict) bool { return true }, true
	}
	for _, v := range verdictWords {
		if v.show == show {
			return func(of verdict) bool { return of == v.verdict }, true
		}
	}
	return nil, false
}

func verdictStatus(of verdict) views.Status {
	for _, v := range verdictWords {
		if v.verdict == of {
			return views.Status{Word: v.word, Tone: v.tone}
		}
	}
	return views.Status{Word: string(of)}
}

// worksheetStates are the states in a word.
var worksheetStates = map[store.WorksheetState]views.Status{
	store.WorksheetRunning:  {Word: "Being looked up", Tone: views.ToneInfo},
	store.WorksheetDone:     {Word: "Complete", Tone: views.ToneGood},
	store.WorksheetCanceled: {Word: "Canceled", Tone: views.ToneNeutral},
	store.WorksheetStopped:  {Word: "Stopped", Tone: views.ToneWarn},
}

// worksheetStatus is the state in a word. One that ended without an answer to each entry must not look complete.
func worksheetStatus(row store.Worksheet) views.Status {
	if open := row.Entries - row.Asked; row.State == store.WorksheetDone && open > 0 {
		return views.Status{Word: fmt.Sprintf("Ended, %d without an answer", open), Tone: views.ToneWarn}
	}
	return worksheetStates[row.State]
}

// worksheetPage draws a worksheet in the browser's zone.
func (w *web) worksheetPage(c echo.Context, row store.Worksheet, sheet *worksheet, shows func(verdict) bool) views.WorksheetPage {
	now := w.Now()
	view, _ := search.Parse("tz="+w.zoneOf(c), now)
	f := formatter{zone: view.Zone, now: now}
	href, show := worksheetHref(row.ID), c.QueryParam("show")
	page := views.WorksheetPage{
		Frame: w.frame(c, "List of "+entries(len(sheet.Entries))), Heading: "List of " + entries(len(sheet.Entries)), Status: worksheetStatus(row),
		Summary: worksheetSummary(sheet), Running: row.State == store.WorksheetRunning, Asked: len(sheet.Entries) - sheet.count(notAsked), Entries: len(sheet.Entries),
		ZoneNote: "Times in " + view.ZoneName() + " (" + view.Zone.String() + ")", Keeps: "Kept for you until " + f.short(row.ExpiresAt) + ".",
		FileHref: href + "/worksheet.csv", DeleteHref: href + "/delete", Filters: worksheetFilters(sheet, href, show),
	}
	if sheet.Header != "" {
		page.Notes = append(page.Notes, "“"+search.Isolate(sheet.Header)+"” was taken for the column's heading and not looked up.")
	}
	if page.Running {
		page.CancelHref, page.Left = href+"/cancel", w.timeLeft(sheet)
		if !row.LeaseUntil.After(now) && page.Asked == sheet.count(duplicate) {
			page.Left = "Waits for its turn. " + page.Left
		}
		page.Frame.Refresh = worksheetRefresh
	} else {
		page.Notes = append(page.Notes, endNotes(row, sheet)...)
		if label := retryLabel(sheet); label != "" {
			page.RetryHref, page.RetryLabel = href+"/retry", label
		}
	}
	page.Say = sayProgress(&page)
	for i, e := range sheet.Entries {
		if shows(e.Verdict) {
			page.Rows = append(page.Rows, f.worksheetRow(view, sheet, i))
		}
	}
	return page
}

// worksheetRefresh is after how many seconds a running worksheet's page asks for itself again without JavaScript.
const worksheetRefresh = 3

func endNotes(row store.Worksheet, sheet *worksheet) []string {
	var notes []string
	if row.State == store.WorksheetStopped && sheet.Stopped != "" {
		notes = append(notes, sheet.Stopped)
	}
	if sheet.count(failed) > 0 {
		notes = append(notes, "What could not be asked may exist or not: nothing is known of it. Request ID of this run, for the portal's operator: "+sheet.Run+".")
	}
	return notes
}

// retryLabel says how many entries another run would ask; "" if none.
func retryLabel(sheet *worksheet) string {
	n := 0
	for _, e := range sheet.Entries {
		if e.mayHelp() {
			n++
		}
	}
	switch {
	case n == 0:
		return ""
	case sheet.count(notAsked) == 0:
		return fmt.Sprintf("Ask %s again", entries(n))
	}
	return "Ask the other " + entries(n)
}

// worksheetSummary is "470 found, 30 not found and 10 duplicates": always what was found and what not, of the rest what
// there is.
func worksheetSummary(sheet *worksheet) string {
	var parts []string
	for _, v := range verdictWords {
		n := sheet.count(v.verdict)
		if n == 0 && v.verdict != found && v.verdict != missing {
			continue
		}
		many := v.many
		if v.verdict == duplicate && n == 1 {
			many = "duplicate"
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, many))
	}
	return inWords(parts, "and")
}

func worksheetFilters(sheet *worksheet, href, show string) []views.Link {
	links := []views.Link{{Label: fmt.Sprintf("All %d", len(sheet.Entries)), Href: href, Current: show == ""}}
	for _, v := range verdictWords {
		if n := sheet.count(v.verdict); n > 0 || show == v.show {
			links = append(links, views.Link{Label: fmt.Sprintf("%s %d", v.word, n), Href: href + "?show=" + v.show, Current: show == v.show})
		}
	}
	return links
}

// sayProgress is told to screen readers when it changes: at each quarter, and at the end.
func sayProgress(p *views.WorksheetPage) string {
	if !p.Running {
		return p.Status.Word + ": " + p.Summary
	}
	quarters := []string{"", "A quarter of the list is looked up", "Half of the list is looked up", "Three quarters of the list are looked up"}
	return quarters[min(3, p.Asked*4/max(1, p.Entries))]
}

// worksheetRow is one entry with what is known of it.
func (f formatter) worksheetRow(view search.View, sheet *worksheet, i int) views.WorksheetRow {
	e := sheet.resolved(sheet.Entries[i])
	row := views.WorksheetRow{Anchor: "entry-" + strconv.Itoa(i+1), Line: lineOf(e.PastedEntry), Text: e.Text, Verdict: verdictStatus(e.Verdict), Note: e.Reason, ReadAs: readAs(e)}
	if e.Verdict == duplicate && e.DuplicateOf >= 0 && e.DuplicateOf < len(sheet.Entries) {
		row.Note = "of line " + lineOf(sheet.Entries[e.DuplicateOf].PastedEntry)
	}
	switch {
	case len(e.Matches) == 0:
	case e.Row != nil && len(e.IDs) == 1:
		row.ID = e.IDs[0]
		row.Links = []views.Link{{Label: row.ID, Href: recordHref(view, row.ID)}}
		t := e.Row.transaction()
		row.Status, row.Type, row.Amount = status(t), typeName(t.TransactionType), withCurrency(money(t.Amount), string(t.Currency))
		row.Created = t.CreatedAt.Text
		if !t.CreatedAt.IsZero() {
			row.Created, row.CreatedUTC = f.short(t.CreatedAt.Time), f.utc(t.CreatedAt.Time)
		}
	default:
		for _, m := range e.Matches {
			label := matchWords(m)
			if len(e.Matches) > 1 { // else the column before says it
				label += " by " + m.Reading.Label()
			}
			row.Links = append(row.Links, views.Link{Label: label, Href: m.Reading.In(view).URL("/transactions")})
		}
	}
	return row
}

func lineOf(e search.PastedEntry) string {
	if e.Place == 0 {
		return strconv.Itoa(e.Line)
	}
	return fmt.Sprintf("%d.%d", e.Line, e.Place)
}

// readAs names what an entry was found as; of one that was not found, everything that it was asked for.
func readAs(e worksheetEntry) string {
	var labels []string
	add := func(r search.Reading) {
		if !slices.Contains(labels, r.Label()) {
			labels = append(labels, r.Label())
		}
	}
	for _, m := range e.Matches {
		add(m.Reading)
	}
	if len(labels) > 0 {
		return inWords(labels, "and")
	}
	for _, r := range e.Asked {
		add(r)
	}
	if len(labels) == 0 {
		return ""
	}
	return "no " + inWords(labels, "or")
}

// matchWords is "3 transactions of one payment". What the API answered with does not always show what it was asked for.
func matchWords(m worksheetMatch) string {
	n := m.Rows + m.Unsure
	text := fmt.Sprintf("%d transactions", n)
	switch {
	case m.More:
		text = fmt.Sprintf("More than %d transactions", search.LookupRows)
	case n == 1:
		text = "1 transaction"
	case m.OnePayment && m.Unsure == 0:
		text += " of one payment"
	}
	switch {
	case m.Unsure > 0 && m.Unsure == n:
		text += " that do not show it"
	case m.Unsure > 0:
		text += fmt.Sprintf(", %d of which do not show it", m.Unsure)
	}
	return text
}

// pastePrice says before what a full list may take.
func (w *web) pastePrice() string {
	if w.RequestsPerSecond <= 0 {
		return ""
	}
	longest := len(search.PastedReadings("1234567890")) * search.MaxPasted
	return fmt.Sprintf("An entry takes one request for a transaction ID that exists and up to five otherwise, at %s a second: a full list takes %s to %s.",
		strconv.FormatFloat(w.RequestsPerSecond, 'f', -1, 64), w.lasting(search.MaxPasted), w.lasting(longest))
}

// timeLeft tells how long the rest may take: by what the entries so far took, at first by what they may take at most.
func (w *web) timeLeft(sheet *worksheet) string {
	asked, requests, left, most := 0, 0, 0, 0
	for _, e := range sheet.Entries {
		switch e.Verdict {
		case notAsked:
			left++
			most += len(search.PastedReadings(e.Text))
		case found, missing, ambiguous:
			asked++
			requests += len(e.Asked)
		}
	}
	price := fmt.Sprintf("At most %d more requests", most)
	if w.RequestsPerSecond <= 0 {
		return price + "."
	}
	if asked < 10 {
		return price + ", up to " + w.lasting(most) + "."
	}
	return price + ", about " + w.lasting(min(most, left*requests/asked+1)) + " left."
}

// lasting is how long so many requests take, in words.
func (w *web) lasting(requests int) string {
	d := time.Duration(float64(requests) / cmp.Or(w.RequestsPerSecond, 1) * float64(time.Second))
	switch {
	case d < 2*time.Second:
		return "a second"
	case d < time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 2*time.Minute:
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}
