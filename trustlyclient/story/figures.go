package story

import (
	"github.com/shopspring/decimal"

	"trustlyportal/trustlyclient"
)

// Name is the name of a figure, as the API's field is called.
type Name string

// The figures, which a transaction and its payment both have.
const (
	Amount   Name = "amount"
	Pending  Name = "pending"  // the total amount that is still pending completion [seed]
	Paid     Name = "paid"     // the total amount that was already paid [seed]
	Refunded Name = "refunded" // the total amount that was refunded [seed]
	Reversed Name = "reversed" // the total amount that was reversed [seed]
	Balance  Name = "balance"  // the amount paid, minus the amount reversed and/or refunded [seed]
)

// Names are the figures in the order of the API.
var Names = []Name{Amount, Pending, Paid, Refunded, Reversed, Balance}

// Figure is one figure of a record or payment.
type Figure struct {
	Name  Name
	Sent  trustlyclient.Amount // as sent; Text "" when missing
	Value decimal.Decimal      // exact, when Known
	Known bool                 // false when missing or unreadable: then it is nothing, not 0
}

func figure(name Name, sent trustlyclient.Amount) Figure {
	value, ok := sent.Decimal()
	return Figure{Name: name, Sent: sent, Value: value, Known: ok}
}

// Figures are those of one record, or of the payment.
type Figures struct {
	Currency trustlyclient.Code
	List     []Figure // one for each of Names, in that order
}

// Get returns the figure of that name.
func (f Figures) Get(name Name) Figure {
	for _, figure := range f.List {
		if figure.Name == name {
			return figure
		}
	}
	return Figure{Name: name}
}

func figuresOf(t *trustlyclient.Transaction) Figures {
	return figures(t.Currency, t.Amount, t.Pending, t.Paid, t.Refunded, t.Reversed, t.Balance)
}

func paymentFigures(p *trustlyclient.Payment) Figures {
	return figures(p.Currency, p.Amount, p.Pending, p.Paid, p.Refunded, p.Reversed, p.Balance)
}

func figures(currency trustlyclient.Code, sent ...trustlyclient.Amount) Figures {
	f := Figures{Currency: currency, List: make([]Figure, len(Names))}
	for i, name := range Names {
		f.List[i] = figure(name, sent[i])
	}
	return f
}

// Bar is figures as parts of a whole.
type Bar struct {
	Parts    []Figure        // balance, refunded, reversed, pending; those that are not 0
	Total    decimal.Decimal // of the parts: paid and pending
	OfAmount bool            // Total is the figure amount
}

// bar returns the parts only when they fit together: all known, none below 0, something to show, and the balance what
// is left of paid. Pending lies beside paid, since the one is still to be completed and the other is done [seed].
func bar(f Figures) (Bar, bool) {
	var b Bar
	for _, name := range []Name{Balance, Refunded, Reversed, Pending} {
		part := f.Get(name)
		if !part.Known || part.Value.IsNegative() {
			return Bar{}, false
		}
		b.Total = b.Total.Add(part.Value)
		if !part.Value.IsZero() {
			b.Parts = append(b.Parts, part)
		}
	}
	paid := f.Get(Paid)
	if !paid.Known || !paid.Value.Add(f.Get(Pending).Value).Equal(b.Total) || b.Total.IsZero() {
		return Bar{}, false
	}
	amount := f.Get(Amount)
	b.OfAmount = amount.Known && amount.Value.Equal(b.Total)
	return b, true
}
