package handlers

import (
	"github.com/shopspring/decimal"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

func moneyOf(d decimal.Decimal) string { return money(trustlyclient.Amount{Text: d.String()}) }

// moneyPaths are the figures of a record, and of its payment under "payment.", in the order in which they are read.
var moneyPaths = []string{"amount", "pending", "paid", "refunded", "reversed", "fee", "balance"}

// money is the record's figures and its payment's, as the record itself brings them.
func (r *record) money(m story.Money) views.Money {
	return views.Money{
		This:    r.figures("This transaction", "", m.This.Currency, m.ThisBar),
		Payment: r.figures("The whole payment", "payment.", m.Payment.Currency, m.PaymentBar),
	}
}

func (r *record) figures(label, prefix string, currency trustlyclient.Code, bar *story.Bar) views.Figures {
	out := views.Figures{Label: label, Bar: moneyBar(bar, currency)}
	out.Fields = make([]views.Field, 0, len(moneyPaths))
	for _, path := range moneyPaths {
		for _, field := range r.named(prefix + path) {
			if field.Meaning != noAmount {
				field.Value = withCurrency(field.Value, string(currency))
			}
			out.Fields = append(out.Fields, field)
		}
	}
	return out
}

func moneyBar(bar *story.Bar, currency trustlyclient.Code) views.Bar {
	if bar == nil || !bar.Total.IsPositive() {
		return views.Bar{}
	}
	out := views.Bar{Whole: "Of " + withCurrency(moneyOf(bar.Total), string(currency))}
	if bar.OfAmount {
		out.Whole = "Of the amount"
	}
	percent := func(d decimal.Decimal) string {
		return d.Mul(decimal.NewFromInt(100)).DivRound(bar.Total, 3).String() + "%"
	}
	var from decimal.Decimal
	for _, part := range bar.Parts {
		out.Parts = append(out.Parts, views.BarPart{Name: string(part.Name), Value: moneyOf(part.Value), From: percent(from), Width: percent(part.Value)})
		from = from.Add(part.Value)
	}
	return out
}
