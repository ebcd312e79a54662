package story

import (
	"slices"

	"trustlyportal/trustlyclient"
)

// sums are the payment's figures that are totals over its records.
var sums = []struct {
	rule   Rule
	figure Name
}{
	{RulePending, Pending},
	{RulePaid, Paid},
	{RuleRefunded, Refunded},
	{RuleReversed, Reversed},
}

// Sets of codes, by their definitions [docs].
var (
	debits    = []trustlyclient.Code{typePay, typeCapture, typeRepresentment}
	collected = []trustlyclient.Code{statusCompleted, statusPartiallyRefunded, statusRefunded}
	failed    = []trustlyclient.Code{statusFailed, statusExpired, statusCanceled, statusDenied, statusVoided}
)

func moves(r *Record) bool { return isDebit(r) || isPayout(r) }

func isDebit(r *Record) bool  { return slices.Contains(debits, r.TransactionType) }
func isPayout(r *Record) bool { return r.TransactionType == typeDeposit }

// sum holds a figure of the payment against the sum over its debits or payouts. It is not checked when a record of
// another type carries such a figure – a refund under way its own pending, say –, as nobody says how that counts.
func (b *books) sum(rule Rule, name Name) Check {
	left := []Term{b.term(nil, name)}
	right := make([]Term, 0, len(b.story.Records))
	var other *Term
	in, out := false, false
	for _, r := range b.story.Records {
		term := b.term(r, name)
		something := !term.Figure.Known || !term.Figure.Value.IsZero()
		switch {
		case moves(r):
			in = in || isDebit(r) && something
			out = out || isPayout(r) && something
			right = append(right, term)
		case other == nil && something && term.Figure.Sent.Text != "":
			other = &term
		}
	}
	c := compare(rule, nil, left, right)
	switch reason, ok := b.comparable(); {
	case !ok:
		return c.skip(reason, nil)
	case other != nil:
		return c.skip(Undocumented, other)
	case in && out:
		return c.skip(BothWays, nil)
	}
	return c
}

// comparable reports whether figures of several records can be held against each other, or why not.
func (b *books) comparable() (Reason, bool) {
	switch {
	case !b.story.Complete:
		return Incomplete, false
	case !b.sameState:
		return States, false
	}
	return "", true
}

// givenBack holds what went back of a debit or payout against the refunds, reclaims and returns that came from it.
func (b *books) givenBack(r *Record) []Check {
	switch {
	case isDebit(r):
		list := []Check{b.against(RuleRefunds, r, []Name{Refunded}, typeRefund)}
		if has(r, typeReverse) {
			list = append(list, b.against(RuleReverses, r, []Name{Reversed}, typeReverse))
		}
		return list
	case isPayout(r) && has(r, typeReclaim):
		return []Check{b.against(RuleReclaims, r, []Name{Refunded, Reversed}, typeReclaim, typeReverse)}
	}
	return nil
}

func has(r *Record, kind trustlyclient.Code) bool {
	return slices.ContainsFunc(r.Children, func(c *Record) bool { return c.TransactionType == kind })
}

// against compares figures of a record with the amounts of its completed children of some types. Those that failed
// moved nothing; what one that is under way, or has a status of no documented effect, adds is not known.
func (b *books) against(rule Rule, r *Record, names []Name, kinds ...trustlyclient.Code) Check {
	var left, right []Term
	for _, name := range names {
		left = append(left, b.term(r, name))
	}
	var unsure *Term
	why := Undocumented
	for _, child := range r.Children {
		if !slices.Contains(kinds, child.TransactionType) || slices.Contains(failed, child.Status) {
			continue
		}
		term := b.term(child, Amount)
		if child.Status == statusCompleted {
			right = append(right, term)
			continue
		}
		unsure = &term
		if Final(child.Transaction) == Open {
			why = UnderWay
		}
	}
	c := compare(rule, r, left, right)
	if reason, ok := b.comparable(); !ok {
		return c.skip(reason, nil)
	}
	if unsure != nil {
		return c.skip(why, unsure)
	}
	return c
}
