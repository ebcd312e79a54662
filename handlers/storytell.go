package handlers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/plainwords"
	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

// storyTeller puts a story into the texts of its page.
type storyTeller struct {
	formatter
	view search.View
}

// summary counts the records by what became of them.
func (f storyTeller) summary(s *story.Story) string {
	var parts []string
	for _, c := range s.Summary.Counts {
		part := strings.TrimSpace(typeName(c.Type) + " " + status(&trustlyclient.Transaction{Status: c.Status}).Word)
		if c.Records > 1 {
			part = fmt.Sprintf("%d × %s", c.Records, part)
		}
		parts = append(parts, part)
	}
	switch n := len(s.Records); n {
	case 1:
		return ""
	default:
		return fmt.Sprintf("%d transactions: %s.", n, strings.Join(parts, ", "))
	}
}

func (f storyTeller) moments(s *story.Story) []views.Moment {
	var out []views.Moment
	marked := false
	for _, m := range s.Timeline {
		if m.Fold != nil {
			out = append(out, views.Moment{Fold: f.fold(m.Fold)})
			continue
		}
		step := f.step(m.Step)
		step.YouAre = step.Here && step.Latest
		marked = marked || step.YouAre
		out = append(out, views.Moment{Gap: f.gap(m.Since, m.Step.At.Time), Step: step})
	}
	for i := range out { // no time of it says that it happened
		if step := out[i].Step; !marked && step != nil && step.Here {
			step.YouAre, marked = true, true
		}
	}
	return out
}

// gap is how much later something happened: "3 days later".
func (f storyTeller) gap(since, at time.Time) string {
	if since.IsZero() || at.IsZero() {
		return ""
	}
	n, unit := story.Gap(since, at, f.zone)
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + string(unit) + " later"
	}
	return fmt.Sprintf("%d %ss later", n, unit)
}

func (f storyTeller) step(s *story.Step) *views.Step {
	out := &views.Step{
		Verb: verbs(s), Planned: s.Planned, Latest: s.Latest, Tone: stepTone(s),
		Amount: withCurrency(money(s.Amount), string(s.Currency)),
		At:     "at a time that was not sent",
	}
	switch {
	case !s.At.IsZero():
		out.At, out.AtUTC, out.Exact = f.full(s.At.Time), f.utc(s.At.Time), f.exact(s.At.Time)
	case s.At.Text != "":
		out.At = "at a time that can't be read: " + plain(s.At.Text)
	}
	if s.Amount.Text == "" {
		out.Amount = ""
	}
	if s.OutOfOrder {
		out.Odd = "This time does not fit the others; it is shown as it was sent."
	}
	if s.Record == nil {
		out.Type = "Next automatic capture"
		return out
	}
	r := s.Record
	out.Type, out.ID, out.Here, out.First = typeName(r.TransactionType), plain(r.TransactionID), r.Here, r.Steps[0] == s
	out.Href = f.href(r.TransactionID)
	out.Of, out.OfHref = f.of(r)
	if s.Latest {
		out.Status = status(r.Transaction)
		out.Code, out.Meaning = codeInAWord(story.ProviderCode(r.Transaction))
	}
	return out
}

// of is what a record comes from.
func (f storyTeller) of(r *story.Record) (label, href string) {
	switch {
	case r.Parent != nil && r.Parent.TransactionID != "":
		return typeName(r.Parent.TransactionType) + " " + plain(r.Parent.TransactionID), f.href(r.Parent.TransactionID)
	case r.Link == story.Unlinked:
		return plain(r.OriginalTransactionID) + ", which is not among these", f.href(r.OriginalTransactionID)
	}
	return "", ""
}

// href is a transaction's own page; "" for an id that is none, and may hold something personal.
func (f storyTeller) href(id trustlyclient.Text) string {
	if id == "" || search.MaskText(string(id)) != string(id) {
		return ""
	}
	return recordHref(f.view, string(id))
}

// codeInAWord is a provider's code with its name, or with that it has none.
func codeInAWord(code trustlyclient.Code) (shown, meaning string) {
	if code == "" {
		return "", ""
	}
	c := plainwords.ExplainCode(string(code))
	if !c.Known {
		return search.MaskText(string(code)), "meaning unknown"
	}
	return search.MaskText(string(code)), c.Name
}

// verbs tell what happened at a step, in the order in which a life goes.
func verbs(s *story.Step) string {
	var list []string
	for _, kind := range s.Kinds {
		list = append(list, verb(s, kind))
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

func verb(s *story.Step, kind story.Kind) string {
	switch kind {
	case story.Updated:
		return "last changed"
	case story.Expires:
		if s.Planned {
			return "expires"
		}
		return "reached its expiry time"
	case story.Represents:
		if s.Planned {
			return "is to be tried again"
		}
		return "was to be tried again"
	case story.NextDue:
		if s.Planned {
			return "due"
		}
		return "was due"
	}
	return string(kind)
}

// stepTone marks what a step was. Only the record's last one may show how it ended.
func stepTone(s *story.Step) views.Tone {
	switch {
	case s.Latest:
		return statusTones[s.Record.Status]
	case s.Is(story.Completed):
		return views.ToneGood
	case s.Is(story.Processed):
		return views.ToneInfo
	case s.Planned, s.Is(story.Represents), s.Is(story.Expires), s.Is(story.NextDue):
		return views.ToneWarn
	}
	return views.ToneNeutral
}

func (f storyTeller) fold(fold *story.Fold) *views.Fold {
	out := &views.Fold{
		What:   fmt.Sprintf("%d × %s", len(fold.Records), typeName(fold.Type)),
		Status: status(fold.Records[0].Transaction),
		Span:   f.span(fold.First, fold.Last), Sum: foldSum(fold),
	}
	out.Code, out.Name = codeInAWord(fold.Code)
	if under := fold.Inside - len(fold.Records); under > 0 {
		out.Inside = fmt.Sprintf("with %d that came of them", under)
	}
	for _, r := range fold.Records {
		out.Rows = f.foldRows(out.Rows, r, false)
	}
	return out
}

// foldRows adds a record and what came of it.
func (f storyTeller) foldRows(rows []views.FoldRow, r *story.Record, under bool) []views.FoldRow {
	row := views.FoldRow{ID: plain(r.TransactionID), Href: f.href(r.TransactionID), Under: under, Amount: withCurrency(money(r.Amount), string(r.Currency)), At: plain(r.CreatedAt.Text)}
	if !r.CreatedAt.IsZero() {
		row.At, row.AtUTC = f.full(r.CreatedAt.Time), f.utc(r.CreatedAt.Time)
	}
	if under {
		row.Type, row.Status = typeName(r.TransactionType), status(r.Transaction).Word
	}
	rows = append(rows, row)
	for _, child := range r.Children {
		rows = f.foldRows(rows, child, true)
	}
	return rows
}

func foldSum(fold *story.Fold) string {
	var parts []string
	unknown := 0
	for _, sum := range fold.Sums {
		if unknown += sum.Unknown; sum.Unknown < sum.Count {
			parts = append(parts, withCurrency(moneyOf(sum.Total), string(sum.Currency)))
		}
	}
	text := strings.Join(parts, " + ")
	if unknown > 0 {
		text = strings.TrimSpace(fmt.Sprintf("%s and %d unknown", text, unknown))
	}
	return text
}

// span is from one date to another.
func (f storyTeller) span(first, last time.Time) string {
	const date = "Jan 2 2006"
	switch {
	case first.IsZero():
		return ""
	case first.In(f.zone).Format(date) == last.In(f.zone).Format(date):
		return first.In(f.zone).Format(date)
	}
	return first.In(f.zone).Format(date) + " – " + last.In(f.zone).Format(date)
}

// oddities are what a reader has to know about the records.
func (f storyTeller) oddities(s *story.Story) []views.StoryNote {
	var notes []views.StoryNote
	for _, o := range s.Oddities {
		note := views.StoryNote{Text: oddityText(o)}
		if id := trustlyclient.Text(o.Other); id != "" {
			note.Href, note.Label = f.href(id), plain(id)
		}
		notes = append(notes, note)
	}
	return slices.DeleteFunc(notes, func(n views.StoryNote) bool { return n.Text == "" })
}

func oddityText(o story.Oddity) string {
	id := search.Isolate(search.MaskText(o.ID))
	switch o.Kind {
	case story.Duplicate:
		return "Trustly sent transaction " + id + " more than once; its latest state is shown."
	case story.Changed: // said where the page has an older state
		return ""
	case story.ThisMissing:
		return "Trustly's list of this payment does not hold transaction " + id + ", so others may be missing too."
	case story.Foreign:
		return times(o.Count, "record of another payment", "records of other payments") + " came along and left out."
	case story.NoID:
		return times(o.Count, "record", "records") + " without a transaction ID among the payment's."
	case story.NoPayment:
		return "The record names no payment, so other transactions of it can't be looked up."
	case story.SelfLink:
		return "Transaction " + id + " names itself as the one it comes from."
	case story.Cycle:
		return "Transaction " + id + " comes from itself by way of others, so where it belongs can't be told."
	case story.ParentMissing:
		return "Transaction " + id + " comes from one that is not among the payment's:"
	}
	return ""
}

func times(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
