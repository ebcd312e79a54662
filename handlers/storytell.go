package handlers

import (
	"fmt"
	"strings"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
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
