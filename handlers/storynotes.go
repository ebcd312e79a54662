package handlers

import (
	"fmt"
	"slices"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

// oddities are what a reader has to know about the records.
func (f storyTeller) oddities(s *story.Story) []views.StoryNote {
	var notes []views.StoryNote
	for _, o := range s.Oddities {
		note := views.StoryNote{Text: oddityText(o, s.Complete)}
		if id := trustlyclient.Text(o.Other); id != "" {
			note.Href, note.Label = f.href(id), plain(id)
		}
		notes = append(notes, note)
	}
	return slices.DeleteFunc(notes, func(n views.StoryNote) bool { return n.Text == "" })
}

// oddityText says what is strange. Where not all of the payment is known, what is missing may only not have been read.
func oddityText(o story.Oddity, complete bool) string {
	id := search.Isolate(search.MaskText(o.ID))
	switch o.Kind {
	case story.Duplicate:
		return "Trustly sent transaction " + id + " more than once; its latest state is shown."
	case story.Changed: // said where the page has an older state
		return ""
	case story.ThisMissing:
		return "Trustly's list of this payment does not hold transaction " + id + ", so others may be missing too."
	case story.Foreign:
		return times(o.Count, "record of another payment was", "records of other payments were") + " sent along and left out."
	case story.NoID:
		return times(o.Count, "record", "records") + " without a transaction ID among the payment's."
	case story.NoPayment:
		return "The record names no payment, so other transactions of it can't be looked up."
	case story.SelfLink:
		return "Transaction " + id + " names itself as the one it comes from."
	case story.Cycle:
		return "Transaction " + id + " comes from itself by way of others, so where it belongs can't be told."
	case story.ParentMissing:
		if !complete {
			return "Transaction " + id + " comes from one that is not among those that were read:"
		}
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
