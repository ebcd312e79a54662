package handlers

import (
	"fmt"
	"slices"
	"strings"

	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

const (
	// maxDiffering and maxTerms bound a page whose figures all differ.
	maxDiffering = 25
	maxTerms     = 6

	checkNote = "How Trustly adds these figures up is not documented. What is marked as the portal's reading follows from Trustly's definitions and the links between " +
		"records; where such a rule does not hold, the data need not be wrong."
)

// check says whether the figures agree: what does not in full, what could not be checked with the reason, the rest by
// its number.
func (f storyTeller) check(checks []story.Check) views.Check {
	out := views.Check{Tone: views.ToneGood, Note: checkNote}
	held, skipped := map[string]int{}, map[[2]string]int{}
	holds, differs, unmade := 0, 0, 0
	for _, c := range checks {
		switch c.Outcome {
		case story.OK:
			holds++
			held[c.ID]++
		case story.Differs:
			if differs++; differs <= maxDiffering {
				out.Differs = append(out.Differs, f.difference(c))
			}
			if out.Tone = views.ToneWarn; c.Source == story.Seed {
				out.Tone = views.ToneBad
			}
		case story.NotChecked:
			unmade++
			skipped[[2]string{c.Label, reasonText(c)}]++
		}
	}
	for _, rule := range story.Rules {
		if n := held[rule.ID]; n > 0 {
			out.Held = append(out.Held, views.RuleHeld{Rule: rule.Label, Source: ruleSource(rule), Times: n})
		}
		for key, n := range skipped {
			if key[0] == rule.Label {
				out.Skipped = append(out.Skipped, views.RuleSkipped{Rule: key[0], Reason: key[1], Times: n})
			}
		}
	}
	slices.SortStableFunc(out.Skipped, func(a, b views.RuleSkipped) int {
		if a.Rule != b.Rule {
			return 0
		}
		return strings.Compare(a.Reason, b.Reason)
	})
	if differs > maxDiffering {
		out.More = fmt.Sprintf("And %d more.", differs-maxDiffering)
	}
	out.Text = checkText(holds, differs, unmade)
	if differs == 0 && unmade > 0 { // what could not be checked may differ
		out.Tone = views.ToneNeutral
	}
	if holds+differs == 0 {
		out.Tone, out.Note = views.ToneNeutral, ""
	}
	return out
}

func checkText(holds, differs, unmade int) string {
	n := holds + differs
	switch {
	case n == 0:
		return "None of the figures could be checked against each other."
	case differs > 0 && unmade > 0:
		return fmt.Sprintf("Figures that don't agree: %d of %s. %d could not be made.", differs, times(n, "check", "checks"), unmade)
	case differs > 0:
		return fmt.Sprintf("Figures that don't agree: %d of %s.", differs, times(n, "check", "checks"))
	case unmade > 0:
		return fmt.Sprintf("Not all figures could be checked: %s, %d could not be made.", times(n, "check holds", "checks hold"), unmade)
	case n == 1:
		return "The figures agree: the one check holds."
	}
	return fmt.Sprintf("The figures agree: all %d checks hold.", n)
}

func ruleSource(r story.Rule) string {
	if r.Source == story.Seed {
		return "Trustly's definition"
	}
	return "the portal's reading"
}

func (f storyTeller) difference(c story.Check) views.Difference {
	out := views.Difference{
		Rule: c.Label, Source: ruleSource(c.Rule), Who: "the payment",
		Left: f.side(c, c.Left), Right: f.side(c, c.Right), By: withCurrency(moneyOf(c.Difference.Abs()), string(c.Currency)),
	}
	if c.Record != nil {
		out.Who = typeName(c.Record.TransactionType) + " " + plain(c.Record.TransactionID)
		out.Href = f.href(c.Record.TransactionID)
	}
	return out
}

// side is a sum with what it is made of.
func (f storyTeller) side(c story.Check, s story.Side) string {
	var b strings.Builder
	for i, term := range s.Terms {
		if i == maxTerms {
			fmt.Fprintf(&b, " and %d more", len(s.Terms)-i)
			break
		}
		switch {
		case term.Minus:
			b.WriteString(" − ")
		case i > 0:
			b.WriteString(" + ")
		}
		b.WriteString(termText(c, term))
	}
	text := moneyOf(s.Value)
	if b.Len() > 0 {
		text += " (" + strings.TrimSpace(b.String()) + ")"
	}
	return text
}

func termText(c story.Check, t story.Term) string {
	text := string(t.Figure.Name) + " " + money(t.Figure.Sent)
	switch {
	case t.Record == c.Record:
		return text
	case t.Record == nil:
		return "payment's " + text
	}
	return typeName(t.Record.TransactionType) + " " + plain(t.Record.TransactionID) + " " + text
}

var reasonTexts = map[story.Reason]string{
	story.Incomplete:   "not all transactions of the payment are known",
	story.States:       "the records carry different states of the payment",
	story.Unknown:      "a figure is missing or can't be read",
	story.Currencies:   "the figures are in different currencies, or in one that is not named",
	story.Undocumented: "how a record of this type or status counts is not documented",
	story.UnderWay:     "a refund, reclaim or return is still under way",
	story.BothWays:     "how debits and payouts of one payment add up is not documented",
}

func reasonText(c story.Check) string { return reasonTexts[c.Reason] }
