package trustlytest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The families of the reference's table, written as it writes them: type, status and provider code, indented by
// originalTransactionId.
func TestScenarioIsWhatTheReferenceSays(t *testing.T) {
	want := map[int]string{
		1: "1/2 SW010 > 3/11 AC118 > 4/4 AC118",
		2: "1/2 SW010 > 3/8 SW021 120000",
		3: "1/2 SW010 > 3/8 SW054 13024",
		4: "1/2 SW010 > 3/10 R10 > 5/4 R10",
		5: "1/2 SW010 > 3/8 R01 > 8/8 R01 > 8/4 AC118",
		6: "1/2 SW010 > 6/4 AC118 instant > 7/4 AC118",
		7: "2/4 AC118",
		8: "1/2 SW010 > 3/4 AC118; 1/2 SW010 > 3/4 AC118; 1/2 SW010 > 3/4 AC118",
		9: "1/7 UC07; 1/6 AC117; 1/0 SW020; 1/1 SW020", 10: "1/14 AC108",
		11: "1/2 SW010 > 99/77 ZZ9", 12: "1/2 SW010 > 3/8 EFT_901", 13: "1/2 SW010",
	}
	for n := 1; n <= 13; n++ {
		rows := Scenario(n, testNow)
		var leaves []string
		for _, r := range rows {
			if slices.ContainsFunc(rows, func(c Record) bool { return c.OriginalID == r.ID }) {
				continue
			}
			leaves = append(leaves, lineage(rows, r))
		}
		if got := strings.Join(leaves, "; "); got != want[n] {
			t.Errorf("scenario %d: got %s, want %s", n, got, want[n])
		}
	}
	if n := Scenario(8, testNow)[0].Payment.Recurrence.Next; n <= testNow.UnixMilli() {
		t.Errorf("scenario 8: next occurrence %d is past", n)
	}
	if p := Scenario(12, testNow)[0].Payment; p.Currency != "CAD" {
		t.Errorf("scenario 12: got %s, want CAD", p.Currency)
	}
	if r := Scenario(13, testNow)[0]; r.Amount != 0 || r.Payment.Customer != nil || r.Payment.Account != nil || !r.Rare.Nulls || r.ProcessedAt != 0 || r.CompletedAt != 0 {
		t.Errorf("scenario 13: got %+v, want no amount, customer, account and times", r)
	}
	if got, want := len(Scenario(14, testNow)), 2*len(hostileNames); got < want {
		t.Errorf("scenario 14: got %d rows, want %d and more", got, want)
	}
	if got := Scenario(15, testNow); got != nil {
		t.Errorf("scenario 15: got %d rows, want none", len(got))
	}
}

func lineage(rows []Record, r Record) string {
	text := fmt.Sprintf("%d/%d %s", r.Type, r.Status, r.ProviderStatus)
	if reason := r.rare().ExtendedReason; reason != "" {
		text += " " + reason
	}
	if r.InstantSettle {
		text += " instant"
	}
	for _, parent := range rows {
		if parent.ID == r.OriginalID {
			return lineage(rows, parent) + " > " + text
		}
	}
	return text
}

func TestScenarioIDsAreTheirOwn(t *testing.T) {
	s := New(Options{Seed: 3, Rows: 4000, Now: at(testNow)})
	before := len(s.Records())
	added := 0
	for n := range Scenarios + 1 {
		first, again := Scenario(n, testNow), Scenario(n, testNow)
		if !reflect.DeepEqual(first, again) {
			t.Errorf("scenario %d: two calls differ", n)
		}
		for _, r := range first {
			s.Insert(r)
			added++
		}
	}
	many := ManyCaptures(500, testNow)
	for _, r := range many {
		s.Insert(r)
		added++
	}
	if got := len(s.Records()) - before; got != added {
		t.Errorf("got %d new records of %d", got, added)
	}
	captures := 0
	for _, r := range many {
		if r.Type == Capture {
			captures++
		}
	}
	if captures != 500 {
		t.Errorf("captures: got %d, want 500", captures)
	}
	checkFigures(t, s)
}
