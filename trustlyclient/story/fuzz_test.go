package story

import (
	"fmt"
	"slices"
	"testing"

	"trustlyportal/trustlyclient"
)

// Whatever the records say, the story is told to its end and leaves none of them out.
func FuzzTell(f *testing.F) {
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz"), true)
	f.Add([]byte{}, false)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1}, true)
	f.Add([]byte{0, 1, 0, 3, 4, 9, 1, 0, 0, 3, 4, 9, 2, 1, 0, 4, 4, 9, 2, 1, 0, 4, 4, 9, 3, 9, 1, 4, 4, 9}, true)
	chain := []byte{}
	for i := range byte(60) {
		chain = append(chain, i, i-1, 0, 3, 4, i)
	}
	f.Add(chain, true)
	f.Fuzz(func(t *testing.T, data []byte, whole bool) {
		var family []*trustlyclient.Transaction
		for len(data) >= 6 {
			family = append(family, fuzzed(t, data[:6]))
			data = data[6:]
		}
		this := fuzzed(t, append(data, make([]byte, 6)...)[:6])
		checkStory(t, Tell(this, family, whole, testNow), this, family)
	})
}

// fuzzed makes a record of few possible ids, links, payments, types, statuses and times, so that they meet.
func fuzzed(t testing.TB, b []byte) *trustlyclient.Transaction {
	pick := func(i int, from ...string) string { return from[int(b[i])%len(from)] }
	id := func(i int) string {
		if b[i]%17 == 16 {
			return ""
		}
		return fmt.Sprint(100 + int(b[i]%64))
	}
	at := pick(5, "null", "1772000000000", "1772000000", `"soon"`, "1773000000000", fmt.Sprint(1771000000000+int64(b[5])*7e6), "-1", "99999999999999999")
	return parse(t, fmt.Sprintf(`{"transactionId":"%s","originalTransactionId":"%s","transactionType":%s,"status":%s,"createdAt":%s,
		"completedAt":%s,"updatedAt":1772000000000,"expiredAt":%s,"amount":"%s","paid":"%s","balance":"%s","refunded":"0","reversed":"0",
		"currency":"%s","payment":{"paymentId":"%s","paid":"%s","currency":"USD","recurrence":{"nextOccurrence":%s}}}`,
		id(0), id(1), pick(3, "1", "2", "3", "4", "5", "6", "7", "8", "99"), pick(4, "4", "8", "10", "1", "2", "77", "11"), at,
		pick(4, "null", "1772500000000", "1"), pick(2, "null", "1773000000000", "1783000000000"),
		pick(4, "10.00", "", "ten", "1e9", "-1"), pick(5, "10.00", "", "0"), pick(3, "10.00", "9"),
		pick(4, "USD", "USD", "CAD", ""), pick(2, "900", "900", "900", "900", "900", "901", ""), pick(0, "10.00", "20"), at))
}

func checkStory(t *testing.T, s *Story, this *trustlyclient.Transaction, family []*trustlyclient.Transaction) {
	t.Helper()
	here := 0
	met := map[*Record]bool{}
	for _, root := range s.Roots {
		for r := range root.all() {
			if met[r] {
				t.Fatalf("%s is in the tree twice", r.TransactionID)
			}
			met[r] = true
			for _, child := range r.Children {
				if child.Parent != r || child.OriginalTransactionID != r.TransactionID {
					t.Errorf("%s is under %s, which is not its original", child.TransactionID, r.TransactionID)
				}
			}
			if r.Here {
				here++
			}
		}
	}
	if here != 1 || !s.This.Here || s.This.TransactionID != this.TransactionID {
		t.Errorf("this record: got %d, %s, want one, %s", here, s.This.TransactionID, this.TransactionID)
	}
	if len(met) != len(s.Records) {
		t.Errorf("the tree has %d of %d records", len(met), len(s.Records))
	}
	checkNoneLost(t, s, this, family)
	checkSteps(t, s)
	checkFolds(t, s)
	checkMoney(t, s)
}

// checkNoneLost counts the records again: each is told, or counted in an oddity.
func checkNoneLost(t *testing.T, s *Story, this *trustlyclient.Transaction, family []*trustlyclient.Transaction) {
	t.Helper()
	want := len(family) + 1
	if slices.ContainsFunc(family, func(o *trustlyclient.Transaction) bool {
		return o.TransactionID == this.TransactionID && belongs(o, this)
	}) && this.TransactionID != "" {
		want--
	}
	for _, o := range s.Oddities {
		if o.Kind == Foreign || o.Kind == Duplicate {
			want -= o.Count
		}
	}
	if len(s.Records) != want {
		t.Errorf("records: got %d, want %d; %v", len(s.Records), want, s.Oddities)
	}
}

func checkSteps(t *testing.T, s *Story) {
	t.Helper()
	steps := 0
	for _, r := range s.Records {
		steps += len(r.Steps)
		latest := 0
		for _, step := range r.Steps {
			if step.Latest {
				latest++
			}
		}
		if latest != 1 {
			t.Errorf("%s has %d latest steps, want 1", r.TransactionID, latest)
		}
	}
	if len(s.Steps) != steps && len(s.Steps) != steps+1 {
		t.Errorf("got %d steps, the records have %d", len(s.Steps), steps)
	}
	if !slices.IsSortedFunc(s.Steps, func(a, b *Step) int { return compareTimes(a.when(), b.when()) }) {
		t.Error("the steps are not in the order of time")
	}
	for _, step := range s.Steps {
		if step.Planned && (step.At.IsZero() || !step.At.After(testNow)) {
			t.Errorf("%v at %s is planned", step.Kinds, step.At)
		}
		for _, kind := range step.Kinds {
			if kind == Completed && step.Record.CompletedAt.Text == "" {
				t.Errorf("%s: completed without completedAt", step.Record.TransactionID)
			}
		}
	}
}

func checkFolds(t *testing.T, s *Story) {
	t.Helper()
	told := map[*Record]bool{}
	var walk func(tree []Branch)
	walk = func(tree []Branch) {
		for _, b := range tree {
			if b.Record != nil {
				told[b.Record] = true
				walk(b.Branches)
				continue
			}
			inside := 0
			for _, top := range b.Fold.Records {
				if top.TransactionType != b.Fold.Type || top.Status != b.Fold.Status || top.Parent != b.Fold.Records[0].Parent {
					t.Errorf("%s does not belong into its fold", top.TransactionID)
				}
				for r := range top.all() {
					told[r] = true
					inside++
					if r.Here {
						t.Error("this record is folded away")
					}
				}
			}
			if inside != b.Fold.Inside {
				t.Errorf("fold of %d records says %d", inside, b.Fold.Inside)
			}
		}
	}
	walk(s.Tree)
	if len(told) != len(s.Records) {
		t.Errorf("the folded tree has %d of %d records", len(told), len(s.Records))
	}
	shown := map[any]bool{}
	for _, m := range s.Timeline {
		if (m.Step == nil) == (m.Fold == nil) {
			t.Error("a moment is neither step nor fold, or both")
		}
		if m.Step != nil {
			shown[m.Step] = true
		} else {
			shown[m.Fold] = true
		}
	}
	if len(shown) != len(s.Timeline) {
		t.Error("a moment is there twice")
	}
}

func checkMoney(t *testing.T, s *Story) {
	t.Helper()
	for _, c := range s.Money.Checks {
		if (c.Outcome == NotChecked) != (c.Reason != "") || (c.Outcome == Differs) == c.Difference.IsZero() {
			t.Errorf("%s: %s for %q, difference %s", c.ID, c.Outcome, c.Reason, c.Difference)
		}
	}
	for _, b := range []*Bar{s.Money.ThisBar, s.Money.PaymentBar} {
		if b != nil && !b.Total.IsPositive() {
			t.Errorf("bar of %s", b.Total)
		}
	}
}
