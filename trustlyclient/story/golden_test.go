package story

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each scenario of the reference that is a family, as its story reads.
func TestScenarios(t *testing.T) {
	for n := 1; n <= 13; n++ {
		name := fmt.Sprintf("scenario-%02d", n)
		t.Run(name, func(t *testing.T) {
			golden(t, name, inserted(t, trustlytest.Scenario(n, testNow)))
		})
	}
	t.Run("many-captures", func(t *testing.T) { golden(t, "many-captures", inserted(t, trustlytest.ManyCaptures(500, testNow))) })
	t.Run("example", func(t *testing.T) {
		s := trustlytest.New(trustlytest.Options{Rows: 1, Now: atNow})
		golden(t, "example", answered(t, s))
	})
}

// golden tells each payment from its last record.
func golden(t *testing.T, name string, list []*trustlyclient.Transaction) {
	t.Helper()
	var b strings.Builder
	for _, family := range byPayment(list) {
		write(&b, Tell(family[len(family)-1], family, true, testNow))
	}
	file := "testdata/" + name + ".txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func write(b *strings.Builder, s *Story) {
	fmt.Fprintf(b, "PAYMENT %s, complete %v\n", s.PaymentID, s.Complete)
	for _, o := range s.Oddities {
		fmt.Fprintf(b, "odd: %s %s %s ×%d\n", o.Kind, o.ID, o.Other, o.Count)
	}
	b.WriteString("\ntree\n")
	writeTree(b, s.Tree, "  ")
	b.WriteString("\ntimeline\n")
	for _, m := range s.Timeline {
		writeMoment(b, m)
	}
	b.WriteString("\nmoney\n")
	writeFigures(b, "this", s.Money.This, s.Money.ThisBar)
	writeFigures(b, "payment", s.Money.Payment, s.Money.PaymentBar)
	writeChecks(b, s.Money.Checks)
	b.WriteString("\nnow\n")
	writeSummary(b, s.Summary)
	b.WriteString("\n")
}

func label(r *Record) string {
	text := word("TransactionType", r.TransactionType) + " " + string(r.TransactionID)
	if r.Here {
		text += " (here)"
	}
	return text
}

func state(r *Record) string {
	return strings.TrimSpace(word("TransactionStatus", r.Status) + " " + string(ProviderCode(r.Transaction)))
}

func word(table string, code trustlyclient.Code) string {
	if m, ok := trustlyclient.LookupCode(table, string(code)); ok {
		return m.Name
	}
	return "?" + string(code)
}

func writeTree(b *strings.Builder, tree []Branch, indent string) {
	for _, branch := range tree {
		if branch.Fold != nil {
			fmt.Fprintf(b, "%s%s\n", indent, foldText(branch.Fold))
			continue
		}
		r := branch.Record
		fmt.Fprintf(b, "%s%s: %s %s, %s, %s\n", indent, label(r), r.Amount, r.Currency, state(r), r.Link)
		writeTree(b, branch.Branches, indent+"  ")
	}
}

func foldText(f *Fold) string {
	text := fmt.Sprintf("%d × %s %s %s (%d records) %s – %s", len(f.Records), word("TransactionType", f.Type),
		word("TransactionStatus", f.Status), f.Code, f.Inside, f.First.Format(time.DateOnly), f.Last.Format(time.DateOnly))
	for _, sum := range f.Sums {
		text += fmt.Sprintf(", %s %s", sum.Total.StringFixed(2), sum.Currency)
	}
	return text
}

func writeMoment(b *strings.Builder, m Moment) {
	if m.Fold != nil {
		fmt.Fprintf(b, "  %-24s %s\n", m.Fold.First.Format("2006-01-02 15:04:05.000"), foldText(m.Fold))
		return
	}
	step := m.Step
	at := "(" + step.At.Text + ")"
	if !step.At.IsZero() {
		at = step.At.Format("2006-01-02 15:04:05.000")
	}
	kinds := ""
	for _, k := range step.Kinds {
		kinds += " " + string(k)
	}
	fmt.Fprintf(b, "  %-24s%s", at, kinds)
	if step.Record != nil {
		fmt.Fprintf(b, ", %s", label(step.Record))
	}
	fmt.Fprintf(b, ", %s %s", step.Amount, step.Currency)
	if step.Latest {
		fmt.Fprintf(b, ", now %s", state(step.Record))
	}
	if step.Planned {
		b.WriteString(", planned")
	}
	if step.OutOfOrder {
		b.WriteString(", out of order")
	}
	if !m.Since.IsZero() {
		n, unit := Gap(m.Since, step.At.Time, time.UTC)
		fmt.Fprintf(b, ", after %d %s", n, unit)
	}
	b.WriteString("\n")
}

func writeFigures(b *strings.Builder, who string, f Figures, bar *Bar) {
	fmt.Fprintf(b, "  %s %s:", who, f.Currency)
	for _, figure := range f.List {
		fmt.Fprintf(b, " %s %s", figure.Name, figure.Sent)
	}
	if bar != nil {
		fmt.Fprintf(b, "; bar %s", bar.Total.StringFixed(2))
		if bar.OfAmount {
			b.WriteString(" of amount")
		}
		for _, part := range bar.Parts {
			fmt.Fprintf(b, " | %s %s", part.Name, part.Value.StringFixed(2))
		}
	}
	b.WriteString("\n")
}

// writeChecks writes what holds by its number alone.
func writeChecks(b *strings.Builder, checks []Check) {
	held := map[string]int{}
	for _, c := range checks {
		if c.Outcome == OK {
			held[c.ID]++
		}
	}
	for _, rule := range Rules {
		if held[rule.ID] > 0 {
			fmt.Fprintf(b, "  ok ×%d: %s [%s]\n", held[rule.ID], rule.Label, rule.Source)
		}
	}
	for _, c := range checks {
		if c.Outcome == OK {
			continue
		}
		fmt.Fprintf(b, "  %s: %s [%s]", c.Outcome, c.Label, c.Source)
		if c.Outcome == Differs {
			fmt.Fprintf(b, ": %s against %s, difference %s %s", side(c.Left), side(c.Right), c.Difference.StringFixed(2), c.Currency)
		} else {
			fmt.Fprintf(b, ": %s", c.Reason)
		}
		if c.Because != nil {
			fmt.Fprintf(b, " (%s)", term(*c.Because))
		}
		b.WriteString("\n")
	}
}

func side(s Side) string {
	text := s.Value.StringFixed(2) + " ("
	for i, t := range s.Terms {
		if i > 0 {
			text += ", "
		}
		text += term(t)
	}
	return text + ")"
}

func term(t Term) string {
	who := "payment"
	if t.Record != nil {
		who = string(t.Record.TransactionID)
	}
	return who + " " + string(t.Figure.Name) + " " + t.Figure.Sent.Text
}

func writeSummary(b *strings.Builder, s Summary) {
	for _, c := range s.Counts {
		fmt.Fprintf(b, "  %d × %s %s\n", c.Records, word("TransactionType", c.Type), word("TransactionStatus", c.Status))
	}
	for _, r := range s.OpenAuthorizations {
		fmt.Fprintf(b, "  open authorization: %s\n", label(r))
	}
	if r := s.LastFailure; r != nil {
		fmt.Fprintf(b, "  last failure: %s, %s\n", label(r), state(r))
	}
	if s.Next != nil {
		fmt.Fprintf(b, "  next: %s at %s\n", s.Next.Kinds[0], s.Next.At.Format(time.DateTime))
	}
	fmt.Fprintf(b, "  watch %v\n", s.Watch)
}
