package story

import (
	"github.com/shopspring/decimal"

	"trustlyportal/trustlyclient"
)

// Source says what a rule rests on.
type Source string

// The sources of rules.
const (
	Seed  Source = "seed"  // Trustly's own definition of the figure
	Guess Source = "guess" // follows from definitions and links, but no page says so: a difference may be none of the data's
)

// Rule is something that figures should satisfy.
type Rule struct {
	ID     string
	Label  string // what should hold
	Source Source
}

// The rules. There is none for what the documentation leaves open: how payment.amount and the amount of an Authorize
// go together, what the figures of refunds, returns and reclaims themselves mean, what a capture that never completed
// should show, how debits and payouts of one payment add up.
var (
	// "The balance of the amount paid, minus the amount reversed and/or refunded", of a transaction and of a payment.
	RuleBalance = Rule{"balance", "Balance is paid − refunded − reversed", Seed}
	// All records of a payment carry the same payment [docs], so copies of one state of it have the same figures.
	RuleSamePayment = Rule{"same-payment", "Each record carries the same figures of the payment", Guess}
	// Totals of the payment [seed] are taken to be totals over its debits (Pay, Capture, Representment) or payouts
	// (Deposit), as all other records belong to one of these.
	RulePending  = Rule{"sum-pending", "The payment's pending is the sum over its records", Guess}
	RulePaid     = Rule{"sum-paid", "The payment's paid is the sum over its records", Guess}
	RuleRefunded = Rule{"sum-refunded", "The payment's refunded is the sum over its records", Guess}
	RuleReversed = Rule{"sum-reversed", "The payment's reversed is the sum over its records", Guess}
	// Completed is "funds transferred"; Partially Refunded and Refunded speak of "the collected amount" [docs].
	RuleCollected = Rule{"collected", "A completed record has paid its amount", Guess}
	// A Refund's original is the refunded transaction, and refunds use up its balance [docs].
	RuleRefunds = Rule{"refunds", "Refunded is the sum of the completed refunds", Guess}
	// A Reclaim uses up its Deposit's balance [docs], so it shows in refunded or in reversed; in which is not said.
	RuleReclaims = Rule{"reclaims", "What went back of a payout is the sum of the completed reclaims and returns", Guess}
	// A return may be a Reverse, or the Capture turns Reversed without one [docs]; so only where there is a Reverse.
	RuleReverses = Rule{"reverses", "Reversed is the sum of the completed returns", Guess}
)

// Rules are all of them.
var Rules = []Rule{
	RuleBalance, RuleSamePayment, RulePending, RulePaid, RuleRefunded, RuleReversed, RuleCollected, RuleRefunds, RuleReclaims, RuleReverses,
}

// Outcome is what a check found.
type Outcome string

// The outcomes.
const (
	OK         Outcome = "ok"
	Differs    Outcome = "differs"
	NotChecked Outcome = "not-checked"
)

// Reason is why something was not checked.
type Reason string

// The reasons.
const (
	Incomplete   Reason = "incomplete"   // not all records of the payment are known
	States       Reason = "states"       // the records carry different states of the payment: read at different moments
	Unknown      Reason = "unknown"      // a figure is missing or unreadable
	Currencies   Reason = "currencies"   // the figures are in different currencies, or in an unnamed one
	Undocumented Reason = "undocumented" // how a record of that type or status counts is not documented
	UnderWay     Reason = "under-way"    // a refund, reclaim or return has not come to its end
	BothWays     Reason = "both-ways"    // debits and payouts in one payment: how they add up is not documented
)

// Term is one figure in a check.
type Term struct {
	Record   *Record // nil: the payment's
	Figure   Figure
	Currency trustlyclient.Code
	Minus    bool // it is taken off, not added
}

// Side is one of the two sides compared.
type Side struct {
	Terms []Term
	Value decimal.Decimal // 0 when there are no terms; of no meaning when NotChecked
}

// Check is one rule applied to one record or to the payment.
type Check struct {
	Rule
	Record      *Record // whose figures are checked; nil: the payment's
	Currency    trustlyclient.Code
	Left, Right Side
	Outcome     Outcome
	Difference  decimal.Decimal // Left − Right, when it Differs
	Reason      Reason          // when NotChecked
	Because     *Term           // what the reason is about, if about one figure
}

// compare holds two sides against each other. All must be known and in one named currency.
func compare(rule Rule, about *Record, left, right []Term) Check {
	c := Check{Rule: rule, Record: about, Left: Side{Terms: left}, Right: Side{Terms: right}, Outcome: OK}
	for i, side := range []*Side{&c.Left, &c.Right} {
		for k := range side.Terms {
			term := &side.Terms[k]
			if i == 0 && k == 0 {
				c.Currency = term.Currency
			}
			switch {
			case !term.Figure.Known:
				return c.skip(Unknown, term)
			case term.Currency != c.Currency && c.Currency == "":
				return c.skip(Currencies, &c.Left.Terms[0])
			case term.Currency != c.Currency || term.Currency == "" && about != term.Record:
				return c.skip(Currencies, term)
			case term.Minus:
				side.Value = side.Value.Sub(term.Figure.Value)
			default:
				side.Value = side.Value.Add(term.Figure.Value)
			}
		}
	}
	if c.Difference = c.Left.Value.Sub(c.Right.Value); !c.Difference.IsZero() {
		c.Outcome = Differs
	}
	return c
}

// skip makes it a check that was not made.
func (c Check) skip(reason Reason, because *Term) Check {
	c.Outcome, c.Reason, c.Because, c.Difference = NotChecked, reason, because, decimal.Decimal{}
	return c
}
