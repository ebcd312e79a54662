package story

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// made are the families of all tests here, made up once. No test changes them.
var made [][]*trustlyclient.Transaction

// families returns so many payments of the sandbox.
func families(t testing.TB, number int) [][]*trustlyclient.Transaction {
	t.Helper()
	if made == nil {
		s := trustlytest.New(trustlytest.Options{Seed: 11, Rows: 26_000, Now: atNow})
		made = byPayment(answered(t, s))
		made = slices.DeleteFunc(made, func(f []*trustlyclient.Transaction) bool { return f[0].TransactionID == trustlytest.ExampleID })
	}
	if len(made) < number {
		t.Fatalf("made up %d families, want %d", len(made), number)
	}
	return made[:number]
}

// The figures of made-up families agree, as the sandbox says they do; what is not checked is so for a reason.
func TestFamiliesClose(t *testing.T) {
	skipped := map[Reason]int{}
	checks := 0
	for _, family := range families(t, 10_000) {
		s := Tell(family[0], family, true, testNow)
		for _, o := range s.Oddities {
			t.Errorf("payment %s: got %+v, want nothing odd", s.PaymentID, o)
		}
		for _, c := range s.Money.Checks {
			checks++
			switch c.Outcome {
			case Differs:
				t.Errorf("payment %s: %s differs by %s", s.PaymentID, c.ID, c.Difference)
			case NotChecked:
				skipped[c.Reason]++
				if c.Reason != Undocumented && c.Reason != UnderWay && c.Reason != BothWays {
					t.Errorf("payment %s: %s was not checked: %s", s.PaymentID, c.ID, c.Reason)
				}
			}
		}
	}
	total := skipped[Undocumented] + skipped[UnderWay] + skipped[BothWays]
	t.Logf("%d checks, not made: %v", checks, skipped)
	if total == 0 || total*20 > checks {
		t.Errorf("not checked: %d of %d, want some, and no more than a twentieth", total, checks)
	}
}

// change is one figure of one record, or of the payment, in all its copies.
type change struct {
	record int // −1: the payment's
	name   Name
	by     decimal.Decimal
}

func (c change) String() string { return fmt.Sprintf("record %d %s %s", c.record, c.name, c.by) }

// apply returns the family with the figure changed; the records given are left as they are.
func (c change) apply(t *testing.T, family []*trustlyclient.Transaction) (changed []*trustlyclient.Transaction, to string) {
	t.Helper()
	changed = slices.Clone(family)
	for i, old := range family {
		if c.record >= 0 && c.record != i {
			continue
		}
		record := *old
		field := fieldOf(&record, c.record < 0, c.name)
		value, ok := field.Decimal()
		if !ok {
			t.Fatalf("%s of %s is not known", c, record.TransactionID)
		}
		field.Text = value.Add(c.by).StringFixed(2)
		changed[i], to = &record, field.Text
	}
	return changed, to
}

func fieldOf(r *trustlyclient.Transaction, payment bool, name Name) *trustlyclient.Amount {
	p := &r.Payment
	own := map[Name]*trustlyclient.Amount{Amount: &r.Amount, Pending: &r.Pending, Paid: &r.Paid, Refunded: &r.Refunded, Reversed: &r.Reversed, Balance: &r.Balance}
	shared := map[Name]*trustlyclient.Amount{Amount: &p.Amount, Pending: &p.Pending, Paid: &p.Paid, Refunded: &p.Refunded, Reversed: &p.Reversed, Balance: &p.Balance}
	if payment {
		return shared[name]
	}
	return own[name]
}

// Each figure is changed in its turn, in nine of ten families only one of them. A change is found when a check that names the figure and its new
// value differs by just as much; a figure that a record of its kind should not have is found by the check that names
// it as what it can't account for. No rule of the documentation binds the few others; see unbound.
func TestEveryChangedFigureIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	found, named, free := 0, 0, map[string]int{}
	for i, family := range families(t, 10_000) {
		before := Tell(family[0], family, true, testNow)
		for _, c := range changes(r, family, i < 1000) {
			changed, to := c.apply(t, family)
			after := Tell(changed[0], changed, true, testNow)
			switch why := unbound(family, before, c); {
			case finds(after, family, c, to):
				found++
				if why != "" {
					t.Errorf("payment %s, %s: found, though %s", before.PaymentID, c, why)
				}
			case names(after, family, c, to):
				named++
			case why != "":
				free[why]++
			default:
				t.Errorf("payment %s, %s: not found; %s", before.PaymentID, c, family[max(c.record, 0)].Raw)
			}
		}
	}
	t.Logf("differences found: %d; named as not accounted for: %d; bound by nothing: %v", found, named, free)
}

// changes are one of some figure of some record or the payment; with all, one of each figure of each.
func changes(r *rand.Rand, family []*trustlyclient.Transaction, all bool) []change {
	var list []change
	some := r.IntN((len(family) + 1) * len(Names))
	for i := range (len(family) + 1) * len(Names) {
		if all || i == some {
			by := decimal.New(1+r.Int64N(100_000), -2)
			if r.IntN(2) == 0 {
				by = by.Neg()
			}
			list = append(list, change{i/len(Names) - 1, Names[i%len(Names)], by})
		}
	}
	return list
}

func finds(s *Story, family []*trustlyclient.Transaction, c change, to string) bool {
	return slices.ContainsFunc(s.Money.Differing(), func(check Check) bool {
		return check.Difference.Abs().Equal(c.by.Abs()) && slices.ContainsFunc(slices.Concat(check.Left.Terms, check.Right.Terms), func(term Term) bool {
			return isChanged(term, family, c, to)
		})
	})
}

func names(s *Story, family []*trustlyclient.Transaction, c change, to string) bool {
	return slices.ContainsFunc(s.Money.NotChecked(), func(check Check) bool {
		return check.Reason == Undocumented && check.Because != nil && isChanged(*check.Because, family, c, to)
	})
}

func isChanged(term Term, family []*trustlyclient.Transaction, c change, to string) bool {
	if term.Figure.Name != c.name || term.Figure.Sent.Text != to {
		return false
	}
	if c.record < 0 {
		return term.Record == nil
	}
	return term.Record != nil && term.Record.TransactionID == family[c.record].TransactionID
}

// unbound says why no rule can find a change, "" when one must. It is written from the reference, not from the rules.
func unbound(family []*trustlyclient.Transaction, s *Story, c change) string {
	waiting := slices.ContainsFunc(family, func(t *trustlyclient.Transaction) bool {
		return slices.Contains([]trustlyclient.Code{"4", "7"}, t.TransactionType) && t.Pending.Text != "0.00"
	})
	sides := map[bool]bool{}
	for _, t := range family {
		if t.Pending.Text != "0.00" {
			sides[t.TransactionType == "6"] = true
		}
	}
	switch c.name {
	case Pending:
		if c.record >= 0 && !slices.Contains([]trustlyclient.Code{"2", "3", "6", "8"}, family[c.record].TransactionType) {
			if waiting {
				return "a refund or reclaim is pending, and how that counts is not documented"
			}
			return "" // it is named
		}
		if waiting {
			return "a refund or reclaim is pending, and how that counts is not documented"
		}
		if c.record >= 0 {
			sides[family[c.record].TransactionType == "6"] = true
		}
		if len(sides) == 2 {
			return "debits and payouts are pending, and how they add up is not documented"
		}
		return ""
	case Amount:
		if c.record < 0 {
			return "payment.amount"
		}
		return unboundAmount(family, c.record)
	}
	return "" // balance is paid − refunded − reversed, everywhere
}

func unboundAmount(family []*trustlyclient.Transaction, i int) string {
	t := family[i]
	switch t.TransactionType {
	case "2", "3", "6", "8":
		if slices.Contains([]trustlyclient.Code{"4", "11", "12"}, t.Status) {
			return ""
		}
		return "amount of a debit or payout in status " + string(t.Status)
	case "4", "5", "7":
		if t.Status != "4" {
			return "amount of a refund, return or reclaim in status " + string(t.Status)
		}
		if slices.ContainsFunc(family, func(o *trustlyclient.Transaction) bool {
			return o != t && o.TransactionType == t.TransactionType && o.OriginalTransactionID == t.OriginalTransactionID && o.Status != "4"
		}) {
			return "amount of a refund beside one that is under way"
		}
		return ""
	}
	return "amount of a record of type " + string(t.TransactionType)
}

// A change that keeps its own record's balance right is left to the sums over records: they find it, by that amount.
func TestBalancedChangesAreFound(t *testing.T) {
	tests := []struct {
		name Name
		rule Rule
		sign int64 // of the change in balance
	}{{Paid, RulePaid, 1}, {Refunded, RuleRefunded, -1}, {Reversed, RuleReversed, -1}}
	found := 0
	for _, family := range families(t, 1000) {
		before := Tell(family[0], family, true, testNow)
		for _, tt := range tests {
			for i := -1; i < len(family); i++ {
				if i >= 0 && !slices.Contains([]trustlyclient.Code{"2", "3", "6", "8"}, family[i].TransactionType) {
					continue
				}
				by := decimal.RequireFromString("12.34")
				changed, _ := change{i, tt.name, by}.apply(t, family)
				changed, _ = change{i, Balance, by.Mul(decimal.NewFromInt(tt.sign))}.apply(t, changed)
				got := outcome(Tell(changed[0], changed, true, testNow), tt.rule)
				if outcome(before, tt.rule).Outcome == NotChecked || got.Reason == BothWays {
					continue
				}
				found++
				if got.Outcome != Differs || !got.Difference.Abs().Equal(by) || got.Record != nil {
					t.Errorf("payment %s: %s of record %d changed: got %s by %s, want to differ by %s", before.PaymentID, tt.name, i, got.Outcome, got.Difference, by)
				}
			}
		}
	}
	if found < 3000 {
		t.Errorf("found %d, which shows little", found)
	}
}

func outcome(s *Story, rule Rule) Check {
	for _, c := range s.Money.Checks {
		if c.ID == rule.ID && c.Record == nil {
			return c
		}
	}
	return Check{}
}
