package story

import (
	"slices"

	"trustlyportal/trustlyclient"
)

// Money is what the money did, and whether the figures agree.
type Money struct {
	This, Payment       Figures
	ThisBar, PaymentBar *Bar // nil when the figures don't fit together, or all are 0
	Checks              []Check
}

// Differing returns the checks whose sides differ.
func (m Money) Differing() []Check { return m.with(Differs) }

// NotChecked returns the checks that could not be made.
func (m Money) NotChecked() []Check { return m.with(NotChecked) }

func (m Money) with(outcome Outcome) (list []Check) {
	for _, c := range m.Checks {
		if c.Outcome == outcome {
			list = append(list, c)
		}
	}
	return list
}

// MoneyOf is what one record says by itself, its own figures and its payment's. Nothing is checked.
func MoneyOf(t *trustlyclient.Transaction) Money { return money(t, &t.Payment) }

func money(this *trustlyclient.Transaction, payment *trustlyclient.Payment) Money {
	m := Money{This: figuresOf(this), Payment: paymentFigures(payment)}
	if b, ok := bar(m.This); ok {
		m.ThisBar = &b
	}
	if b, ok := bar(m.Payment); ok {
		m.PaymentBar = &b
	}
	return m
}

func account(s *Story) Money {
	told := s.payment()
	m := money(s.This.Transaction, told)
	b := books{story: s, payment: m.Payment, figures: make([]Figures, len(s.Records)), sameState: true}
	for _, r := range s.Records {
		if b.figures[r.place] = m.This; !r.Here {
			b.figures[r.place] = figuresOf(r.Transaction)
		}
		b.sameState = b.sameState && comparePayments(&r.Payment, told) == 0
	}
	m.Checks = b.check()
	return m
}

// books are the figures of all records, for the checks.
type books struct {
	story     *Story
	payment   Figures
	figures   []Figures // by Record.place
	sameState bool      // all records carry the same state of the payment
}

// term is a figure of a record, of the payment for nil.
func (b *books) term(r *Record, name Name) Term {
	f := b.payment
	if r != nil {
		f = b.figures[r.place]
	}
	return Term{Record: r, Figure: f.Get(name), Currency: f.Currency}
}

// check makes all checks: those of the payment first, then those of each record.
func (b *books) check() []Check {
	list := append(make([]Check, 0, 8+3*len(b.story.Records)), b.balance(nil))
	list = append(list, b.samePayment()...)
	for _, sum := range sums {
		list = append(list, b.sum(sum.rule, sum.figure))
	}
	for _, r := range b.story.Records {
		list = append(list, b.balance(r))
		if moves(r) && slices.Contains(collected, r.Status) {
			list = append(list, compare(RuleCollected, r, []Term{b.term(r, Paid)}, []Term{b.term(r, Amount)}))
		}
		list = append(list, b.givenBack(r)...)
	}
	return list
}

func (b *books) balance(r *Record) Check {
	refunded, reversed := b.term(r, Refunded), b.term(r, Reversed)
	refunded.Minus, reversed.Minus = true, true
	return compare(RuleBalance, r, []Term{b.term(r, Balance)}, []Term{b.term(r, Paid), refunded, reversed})
}

// samePayment holds each other copy of the payment against the one that is told, where both are of one state. What
// agrees is one check without sides.
func (b *books) samePayment() []Check {
	var list []Check
	told := b.story.payment()
	compared := false
	for _, r := range b.story.Records {
		if &r.Payment == told || comparePayments(&r.Payment, told) != 0 {
			continue
		}
		compared = true
		copied := paymentFigures(&r.Payment)
		for i, name := range Names {
			if copied.List[i].Sent == b.payment.List[i].Sent {
				continue // also when both are missing
			}
			right := Term{Record: r, Figure: copied.List[i], Currency: copied.Currency}
			if c := compare(RuleSamePayment, r, []Term{b.term(nil, name)}, []Term{right}); c.Outcome != OK {
				list = append(list, c)
			}
		}
	}
	if compared && len(list) == 0 {
		list = append(list, Check{Rule: RuleSamePayment, Outcome: OK})
	}
	return list
}
