package story

import (
	"fmt"
	"strings"
	"testing"

	"trustlyportal/trustlyclient"
)

// drawn writes the tree in one line, as id(children), with what is odd behind it.
func drawn(s *Story) string {
	var draw func(list []*Record) string
	draw = func(list []*Record) string {
		var parts []string
		for _, r := range list {
			text := string(r.TransactionID)
			if r.Here {
				text += "*"
			}
			if r.Link == Unlinked || r.Link == Looped {
				text += " " + string(r.Link)
			}
			if len(r.Children) > 0 {
				text += "(" + draw(r.Children) + ")"
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, ", ")
	}
	text := draw(s.Roots)
	for _, o := range s.Oddities {
		text += "; " + strings.Join(strings.Fields(fmt.Sprint(o.Kind, " ", o.ID, " ", o.Other, " ", o.Count)), " ")
	}
	if s.Complete {
		text += "; complete"
	}
	return text
}

func TestTree(t *testing.T) {
	// id<original, one letter each; with a payment behind @ when not the usual
	tests := []struct {
		name, this, family string
		whole              bool
		want               string
	}{
		{"family", "c<b", "a b<a c<b d<a", true, "a(b(c*), d); complete"},
		{"in any order", "a", "d<a c<b b<a a", true, "a*(b(c), d); complete"},
		{"alone", "a<x", "", false, "a* unlinked; parent-missing a x 1"},
		{"first page only", "c<b", "a b<a", false, "a(b(c*))"},
		{"parent missing", "a", "a b<x c<x d<y", true, "a*, b unlinked, c unlinked, d unlinked; parent-missing b x 2; parent-missing d y 1; complete"},
		{"its own original", "a<a", "a<a b<a", true, "a* looped(b); self-link a 1; complete"},
		{"two that come from each other", "a<b", "a<b b<a c<b", true, "a* looped(b(c)); cycle a 1; complete"},
		{"a longer circle", "d<c", "a<c b<a c<b d<c", true, "a looped(b(c(d*))); cycle a 1; complete"},
		{"twice the same", "a", "a b<a b<a b<a", true, "a*(b); duplicate b 2; complete"},
		{"not in its family", "c<a", "a b<a", true, "a(b, c*); this-missing c 1"},
		{"the filter was ignored", "a", "a b<a x@8 y@9", true, "a*(b); foreign 2"},
		{"only others", "a", "x@8 y@8", true, "a*; this-missing a 1; foreign 2"},
		{"this under another payment", "a", "a@8", true, "a*; this-missing a 1; foreign 1"},
		{"no payment", "a@", "a@ b@", true, "a*; no-payment a 1; foreign 1"},
		{"no ids", "a", "a - -<a", true, ", a*(); no-id 2; complete"},
	}
	for _, tt := range tests {
		this, family := sketched(t, tt.this), []*trustlyclient.Transaction{nil}
		for text := range strings.FieldsSeq(tt.family) {
			family = append(family, sketched(t, text))
		}
		s := Tell(this, family, tt.whole, testNow)
		if got := drawn(s); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		checkStory(t, s, this, family[1:])
	}
}

// sketched is a record of an id<original@payment; ids are their order of creation.
func sketched(t testing.TB, text string) *trustlyclient.Transaction {
	text, payment, other := strings.Cut(text, "@")
	if !other {
		payment = "7"
	}
	id, original, _ := strings.Cut(text, "<")
	if id == "-" {
		id = ""
	}
	return parse(t, fmt.Sprintf(`{"transactionId":"%s","originalTransactionId":"%s","transactionType":3,"createdAt":1772000000000,"payment":{"paymentId":"%s"}}`,
		id, original, payment))
}

// Of two states of a record the later is told, whichever call brought it.
func TestLatestState(t *testing.T) {
	state := func(status string, fields string) *trustlyclient.Transaction {
		return parse(t, `{"transactionId":"1","status":`+status+`,"payment":{"paymentId":"7","updatedAt":1772000000000},`+fields+`}`)
	}
	old, later := state("3", `"updatedAt":1772000000000,"recordVersion":3`), state("4", `"updatedAt":1772000060000,"recordVersion":4`)
	sameTime := state("4", `"updatedAt":1772000000000,"recordVersion":10`)
	tests := []struct {
		name         string
		this, family *trustlyclient.Transaction
		want, odd    string
	}{
		{"the same", old, old, "3", ""},
		{"the family is later", old, later, "4", "changed"},
		{"the family is earlier", later, old, "4", "changed"},
		{"version 10 after 3", old, sameTime, "4", "changed"},
	}
	for _, tt := range tests {
		s := Tell(tt.this, []*trustlyclient.Transaction{tt.family}, true, testNow)
		odd := ""
		for _, o := range s.Oddities {
			odd += string(o.Kind)
		}
		if string(s.This.Status) != tt.want || odd != tt.odd {
			t.Errorf("%s: got status %s, %q, want %s, %q", tt.name, s.This.Status, odd, tt.want, tt.odd)
		}
	}
}

func TestRecord(t *testing.T) {
	s := Tell(sketched(t, "a"), []*trustlyclient.Transaction{sketched(t, "a"), sketched(t, "b<a"), sketched(t, "-")}, true, testNow)
	if r, ok := s.Record("b"); !ok || r.Parent != s.This {
		t.Errorf("b: got %v, %v", r, ok)
	}
	for _, id := range []string{"", "c"} {
		if r, ok := s.Record(id); ok {
			t.Errorf("%q: got %v, want none", id, r)
		}
	}
}
