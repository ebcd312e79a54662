package handlers

import (
	"strings"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/plainwords"
	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

// step tells one instant of a record.
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
