package handlers

import (
	"fmt"
	"strings"
	"time"

	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

// fold tells records that went the same way in one line, with each of them inside.
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
