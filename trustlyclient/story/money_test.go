package story

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"trustlyportal/trustlyclient"
)

// record makes one of payment 900 in USD. The fields are members of its JSON, those of figures before them may be
// written anew.
func record(t testing.TB, id, original, kind, status, fields string) *trustlyclient.Transaction {
	t.Helper()
	if fields != "" {
		fields = "," + fields
	}
	return parse(t, fmt.Sprintf(`{"transactionId":"%s","originalTransactionId":"%s","transactionType":%s,"status":%s,"currency":"USD",
		"amount":"0.00","pending":"0.00","paid":"0.00","refunded":"0.00","reversed":"0.00","balance":"0.00","createdAt":1772000000000,
		"payment":{"paymentId":"900","currency":"USD","amount":"0.00","pending":"0.00","paid":"10.00","refunded":"4.00","reversed":"0.00","balance":"6.00",
		"updatedAt":1772000000000,"recordVersion":3}%s}`, id, original, kind, status, fields))
}

// refunded is a family of which all agrees.
func refunded(t testing.TB) []*trustlyclient.Transaction {
	return []*trustlyclient.Transaction{
		record(t, "1", "", "1", "2", ""),
		record(t, "2", "1", "3", "11", `"amount":"10.00","paid":"10.00","refunded":"4.00","balance":"6.00"`),
		record(t, "3", "2", "4", "4", `"amount":"4.00"`),
	}
}

// told writes the checks that did not hold, short.
func told(s *Story) string {
	var list []string
	for _, c := range s.Money.Checks {
		if c.Outcome == OK {
			continue
		}
		text := c.ID
		if c.Record != nil {
			text += " of " + string(c.Record.TransactionID)
		}
		if c.Outcome == Differs {
			text += ": " + c.Left.Value.String() + " − " + c.Right.Value.String() + " = " + c.Difference.String()
		} else {
			text += ": " + string(c.Reason)
		}
		if c.Because != nil {
			text += " (" + term(*c.Because) + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, "\n")
}

func TestChecks(t *testing.T) {
	incomplete := "sum-pending: incomplete\nsum-paid: incomplete\nsum-refunded: incomplete\nsum-reversed: incomplete"
	tests := []struct {
		name  string
		part  bool // the family is not whole
		with  func(family []*trustlyclient.Transaction) []*trustlyclient.Transaction
		wants string
	}{
		{"all agrees", false, nil, ""},
		{"not whole", true, nil, incomplete + "\nrefunds of 2: incomplete"},
		{"a record of another payment", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			return append(f, parse(t, `{"transactionId":"9","payment":{"paymentId":"901"}}`))
		}, incomplete + "\nrefunds of 2: incomplete"},
		{"a balance", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			f[1].Balance.Text = "6.01"
			return f
		},
			"balance of 2: 6.01 − 6 = 0.01"},
		{"a missing figure is not 0", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction { f[1].Refunded.Text = ""; return f },
			"sum-refunded: unknown (2 refunded )\nbalance of 2: unknown (2 refunded )\nrefunds of 2: unknown (2 refunded )"},
		{"an unreadable figure", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction { f[2].Amount.Text = "four"; return f },
			"refunds of 2: unknown (3 amount four)"},
		{"other spellings of the same", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			f[1].Paid.Text, f[2].Amount.Text, f[2].Payment.Paid.Text = "10", "4.0", "10.0"
			return f
		}, ""},
		{"another currency", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction { f[2].Currency = "CAD"; return f },
			"refunds of 2: currencies (3 amount 4.00)"},
		{"no currency", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction { f[1].Currency = ""; return f },
			"sum-pending: currencies (2 pending 0.00)\nsum-paid: currencies (2 paid 10.00)\nsum-refunded: currencies (2 refunded 4.00)\n" +
				"sum-reversed: currencies (2 reversed 0.00)\nrefunds of 2: currencies (2 refunded 4.00)"},
		{"a refund is missing", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction { return f[:2] }, "refunds of 2: 4 − 0 = 4"},
		{"a refund under way", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			f[2].Status, f[2].Pending.Text = "3", "4.00"
			return f
		}, "sum-pending: undocumented (3 pending 4.00)\nrefunds of 2: under-way (3 amount 4.00)"},
		{"a refund that failed", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction { f[2].Status = "5"; return f }, "refunds of 2: 4 − 0 = 4"},
		{"a refund in a status of no documented effect", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction { f[2].Status = "10"; return f },
			"refunds of 2: undocumented (3 amount 4.00)"},
		{"copies of the payment differ", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			f[2].Payment.Paid.Text = "11.00"
			return f
		},
			"same-payment of 3: 10 − 11 = -1"},
		{"another state of the payment", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			f[0].Payment.Paid.Text, f[0].Payment.RecordVersion = "0.00", "2"
			return f
		}, strings.ReplaceAll(incomplete, "incomplete", "states") + "\nrefunds of 2: states"},
		{"payouts and debits", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			return append(f, record(t, "4", "1", "6", "4", `"amount":"5.00","paid":"5.00","balance":"5.00"`))
		}, "sum-paid: both-ways"},
		{"money on an Authorize", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			f[0].Paid.Text, f[0].Balance.Text = "1.00", "1.00"
			return f
		}, "sum-paid: undocumented (1 paid 1.00)"},
		{"collected less", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			f[1].Amount.Text = "12.00"
			return f
		},
			"collected of 2: 10 − 12 = -2"},
		{"a return", false, func(f []*trustlyclient.Transaction) []*trustlyclient.Transaction {
			return append(f, record(t, "4", "2", "5", "4", `"amount":"6.00"`))
		}, "reverses of 2: 0 − 6 = -6"},
	}
	for _, tt := range tests {
		family := refunded(t)
		if tt.with != nil {
			family = tt.with(family)
		}
		if got := told(Tell(family[0], family, !tt.part, testNow)); got != tt.wants {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.wants)
		}
	}
}

// A reclaim shows in refunded or in reversed of its deposit: either is taken.
func TestReclaims(t *testing.T) {
	for _, where := range []string{"refunded", "reversed", "fee"} {
		family := []*trustlyclient.Transaction{
			record(t, "1", "", "6", "4", `"amount":"10.00","paid":"10.00","balance":"6.00","`+where+`":"4.00"`),
			record(t, "2", "1", "7", "4", `"amount":"4.00"`),
		}
		checks := Tell(family[0], family, true, testNow).Money.Checks
		i := slices.IndexFunc(checks, func(c Check) bool { return c.ID == RuleReclaims.ID })
		if i < 0 || (checks[i].Outcome == OK) != (where != "fee") {
			t.Errorf("4.00 in %s: got %+v", where, checks[max(i, 0)])
		}
	}
}

func TestBar(t *testing.T) {
	tests := []struct{ amount, pending, paid, refunded, reversed, balance, want string }{
		{"10.00", "0.00", "10.00", "4.00", "0.00", "6.00", "10 balance 6 refunded 4 of amount"},
		{"10.00", "4.00", "6.00", "0.00", "1.00", "5.00", "10 balance 5 reversed 1 pending 4 of amount"},
		{"0.00", "0.00", "10.00", "0.00", "0.00", "10.00", "10 balance 10"},
		{"10.00", "0.00", "10.00", "4.00", "0.00", "7.00", ""}, // does not add up
		{"10.00", "0.00", "10.00", "", "0.00", "10.00", ""},    // not known
		{"10.00", "", "10.00", "0.00", "0.00", "10.00", ""},    //
		{"10.00", "0.00", "5.00", "-5.00", "0.00", "10.00", ""},
		{"10.00", "0.00", "0.00", "0.00", "0.00", "0.00", ""}, // nothing to show
	}
	for _, tt := range tests {
		r := record(t, "1", "", "3", "4", fmt.Sprintf(`"amount":"%s","pending":"%s","paid":"%s","refunded":"%s","reversed":"%s","balance":"%s"`,
			tt.amount, tt.pending, tt.paid, tt.refunded, tt.reversed, tt.balance))
		got := ""
		if b := Tell(r, nil, false, testNow).Money.ThisBar; b != nil {
			got = b.Total.String()
			for _, part := range b.Parts {
				got += " " + string(part.Name) + " " + part.Value.String()
			}
			if b.OfAmount {
				got += " of amount"
			}
		}
		if got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
	}
}
