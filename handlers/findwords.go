package handlers

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// findPage is the page around the answers: what can't be searched is said before anything is asked.
func (w *web) findPage(c echo.Context, pasted string, readings []search.Reading) views.FindPage {
	p := views.FindPage{Frame: w.frame(c, "Find a transaction"), List: pastedList(pasted)}
	p.Text = p.Frame.Query
	kept := search.Unsearchable(pasted)
	switch {
	case kept != search.KeptNothing:
		p.Said = unsearchable[kept]
	case p.Text == "" && strings.TrimSpace(pasted) != "":
		p.Said = "That holds nothing that can be searched for."
	case p.Text != "" && len(readings) == 0:
		p.Said = "This can't be searched for: it is longer than anything that the API holds."
	}
	if p.Text == "" {
		p.Examples = findExamples
	}
	return p
}

var unsearchable = map[search.Kept]string{
	search.KeptMail:      "The API can't search by e-mail address. Look for the customer's name or external ID instead. Below is what Trustly has under the rest of this text, and under the address where the merchant uses it as a number.",
	search.KeptPhone:     "The API can't search by phone number. Look for the customer's name or external ID instead. Below is what Trustly has where the merchant uses it as a number.",
	search.KeptShortened: "A spreadsheet has shortened this number, and its last digits are lost. Format the cells there as text or as a number without decimals, then copy it again.",
}

// findExamples are what the one box takes, with a text of each kind.
var findExamples = []views.FindExample{
	{Kind: "Transaction, payment or original ID", Text: "1006755981"},
	{Kind: "Merchant reference", Text: "ABCDE12345"},
	{Kind: "Provider transaction ID", Text: "ptx-gOoNyq1MaeQ-kQIDTYxaZlTY-sbx"},
	{Kind: "Customer's external ID or name", Text: "Joe User"},
	{Kind: "IP address", Text: "203.0.113.7"},
	{Kind: "Account or routing number", Text: "124003116"},
	{Kind: "Amount", Text: "$1,250.00"},
	{Kind: "Reason code", Text: "R01"},
}

var (
	listLines = regexp.MustCompile(`[\r\n\t]+`)
	listMarks = regexp.MustCompile(`[\s,;]+`)
)

// minListed is the shortest text that counts as an entry of a list on one line: shorter ones are groups of digits.
const minListed = 4

// pastedList is the text as a list, one entry a line, if it looks like several values: on lines or in cells of their
// own, or on one line if each holds a digit.
func pastedList(pasted string) views.FindList {
	entries := nonEmpty(listLines.Split(pasted, -1))
	if len(entries) < 2 {
		entries = nonEmpty(listMarks.Split(pasted, -1))
		for _, entry := range entries {
			if len(entry) < minListed || !strings.ContainsAny(entry, "0123456789") {
				return views.FindList{}
			}
		}
	}
	if len(entries) < 2 {
		return views.FindList{}
	}
	return views.FindList{Count: len(entries), Text: strings.Join(entries, "\n")}
}

func nonEmpty(texts []string) []string {
	var kept []string
	for _, text := range texts {
		if search.Tidy(text) != "" {
			kept = append(kept, strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD")))
		}
	}
	return kept
}

// findWords says what a hunt found.
type findWords struct {
	hunt   *hunt
	text   string // what was pasted, tidy
	retry  string // the page's own address
	format formatter
	view   search.View
}

func newFindWords(w *web, c echo.Context, h *hunt) *findWords {
	return &findWords{
		hunt: h, text: findQuery(c.Request()), retry: c.Request().URL.RequestURI(),
		format: formatter{zone: h.base.Zone, now: w.Now()}, view: h.base,
	}
}

// by names a reading within a sentence, with its value where that is not what was pasted.
func (f *findWords) by(i int) string {
	reading := f.hunt.readings[i]
	if reading.Value == f.text {
		return "by " + reading.Label()
	}
	return "by " + reading.Label() + " “" + search.Isolate(reading.Value) + "”"
}

// how many a reading found.
func (a *answered) howMany() string {
	switch {
	case a.err != nil:
		return "no answer"
	case a.more:
		return fmt.Sprintf("more than %d", len(a.rows))
	case len(a.rows) == 0:
		return "none"
	}
	return strconv.Itoa(len(a.rows))
}

func (f *findWords) asking() []views.FindAsked {
	var asked []views.FindAsked
	for i := range f.hunt.readings {
		asked = append(asked, views.FindAsked{Slot: slotOf(i), Text: upperFirst(f.by(i)) + ": asking Trustly…"})
	}
	return asked
}

func slotOf(i int) string { return "reading-" + strconv.Itoa(i) }

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// answers are all of them, those that found something first and those that found nothing last.
func (f *findWords) answers() []views.FindAnswer {
	var out []views.FindAnswer
	for i := range f.hunt.readings {
		out = append(out, f.answer(i))
	}
	slices.SortStableFunc(out, func(a, b views.FindAnswer) int { return cmp.Compare(a.Rank(), b.Rank()) })
	return out
}

func (f *findWords) answer(i int) views.FindAnswer {
	reading, a := f.hunt.readings[i], f.hunt.answers[i]
	out := views.FindAnswer{Slot: slotOf(i), Heading: upperFirst(a.howMany()) + " " + f.by(i), Zone: f.view.ZoneName()}
	if reading.Name != search.ReadRecord {
		out.ListHref = reading.In(f.view).URL("/transactions")
	}
	switch {
	case a.err != nil:
		out.Problem, out.RetryHref = problemOf(a.err).heading+".", f.retry
	case reading.Loose && len(a.rows) > 0:
		out.Note = "Broader than what was pasted: a capture or refund may have a reference of its own, which the API can't search. It is often the payment's with a number behind it."
	case slices.ContainsFunc(a.rows, func(t *trustlyclient.Transaction) bool { return !reading.ShownIn(t, f.hunt.pasted) }):
		out.Note = "Trustly counts these in, but not every record here shows the text itself. How the API matches is not documented."
	}
	for _, t := range a.rows {
		out.Rows = append(out.Rows, f.format.found(f.view, t))
	}
	return out
}

func (f formatter) found(view search.View, t *trustlyclient.Transaction) views.FindRow {
	row := views.FindRow{
		ID: string(t.TransactionID), Href: recordHref(view, string(t.TransactionID)), Status: status(t), Type: typeName(t.TransactionType),
		Amount: search.Isolate(money(t.Amount)), Currency: plain(t.Currency), Customer: search.MaskText(string(t.Payment.Customer.Name)), Created: t.CreatedAt.Text,
	}
	if !t.CreatedAt.IsZero() {
		row.Created, row.CreatedUTC, row.CreatedExact = f.full(t.CreatedAt.Time), f.utc(t.CreatedAt.Time), f.exact(t.CreatedAt.Time)
	}
	return row
}

// summary counts what each reading found, those that found something first, and offers the one transaction that opens.
func (f *findWords) summary() views.FindSummary {
	var s views.FindSummary
	var some, none, failed []string
	for i, a := range f.hunt.answers {
		switch {
		case a == nil: // no longer waited for
		case a.err != nil:
			failed = append(failed, a.howMany()+" "+f.by(i))
		case len(a.rows) == 0:
			none = append(none, a.howMany()+" "+f.by(i))
		default:
			some = append(some, a.howMany()+" "+f.by(i))
		}
	}
	s.Text = upperFirst(strings.Join(append(append(some, none...), failed...), ", ")) + "."
	if t := f.hunt.single(); t != nil {
		s.OpenID, s.OpenHref = string(t.TransactionID), openHref(t)
		return s
	}
	if len(some) > 0 {
		return s
	}
	switch {
	case len(none) == 0:
		s.Heading = "Trustly did not answer"
		return s
	case len(failed) > 0:
		s.Heading = "Nothing found so far, but not everything was answered"
	default:
		s.Heading = "Nothing found"
	}
	if f.missingRecord() {
		s.Text = "No transaction has this ID. " + s.Text
	}
	s.Hints = findHints
	return s
}

func (f *findWords) missingRecord() bool {
	for i, reading := range f.hunt.readings {
		if a := f.hunt.answers[i]; reading.Name == search.ReadRecord && a != nil && a.err == nil && len(a.rows) == 0 {
			return true
		}
	}
	return false
}

// findHints are what may help when nothing was found.
var findHints = []string{
	"Look at the first and the last characters: were they all copied? Spreadsheets change long numbers and drop leading zeros.",
	"References given to a single capture or refund can't be searched; the payment's reference or any ID of the payment can.",
	"Of an account number Trustly often holds the last four digits only.",
	"E-mail addresses, phone numbers and card numbers can't be searched. Ask for the customer's name or external ID.",
}
