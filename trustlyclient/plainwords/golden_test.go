package plainwords

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/trustlyclient"
)

var update = flag.Bool("update", false, "write the golden file anew")

// Every text stands in one file, so that a change of any of them is read by someone.
func TestWordsAreReviewed(t *testing.T) {
	file := filepath.Join("testdata", "words.txt")
	got := allTexts()
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got); if it is meant, run go test ./trustlyclient/plainwords -update\n%s", file, diff)
	}
}

func allTexts() string {
	var b strings.Builder
	line := func(label, text string, sources []Source) {
		if text == "" {
			return
		}
		fmt.Fprintf(&b, "  %-8s %s", label, text)
		if len(sources) > 0 {
			fmt.Fprintf(&b, " %s", marks(sources))
		}
		b.WriteByte('\n')
	}
	title := func(format string, args ...any) { fmt.Fprintf(&b, "\n"+format+"\n", args...) }

	b.WriteString("STATES: type · status · code\n")
	for i := range states {
		s := &states[i]
		title("%s", s.key())
		line("means", s.means.Text, s.means.Sources)
		line("final", string(s.final.Answer)+": "+s.final.Text, s.final.Sources)
		line("next", s.next.Text, s.next.Sources)
		line("timing", s.timing.Text, s.timing.Sources)
		line("tell", s.tell, nil)
		line("action", string(s.action), nil)
	}
	b.WriteString("\nDETAILS: what a field adds\n")
	for _, d := range details {
		title("%s", d.name)
		line("note", d.note.Text, d.note.Sources)
		line("next", d.next.Text, d.next.Sources)
		line("timing", d.timing.Text, d.timing.Sources)
		line("action", string(d.action), nil)
	}
	b.WriteString("\nFAMILIES of codes\n\n")
	for _, f := range slices.Sorted(maps.Keys(families)) {
		fmt.Fprintf(&b, "%s: %s %s\n", f, families[f].Text, marks(families[f].Sources))
	}
	b.WriteString("\nCODES: name (meaning), what we add\n\n")
	for _, c := range allCodeWords() {
		fmt.Fprintf(&b, "%s %s%s: %s (%s)\n", c.Family, c.Code, kindText(c.Kind), c.Name, c.Meaning)
		line("words", c.Words.Text, c.Words.Sources)
		if c.Action != ActionUnknown {
			line("action", string(c.Action), nil)
		}
		line("withhold", c.Withhold, nil)
		if c.silent {
			line("", "nothing is told to the customer", nil)
		}
	}
	b.WriteString("\nSCORES\n\n")
	for _, m := range trustlyclient.Codes("AccountVerificationScore") {
		s := Score(trustlyclient.AccountVerification{Score: trustlyclient.Code(m.Code)})
		fmt.Fprintf(&b, "%s %s (%s): %s %s\n", m.Code, m.Name, m.Description, s.Words.Text, marks(s.Words.Sources))
	}
	for _, m := range trustlyclient.Codes("AccountVerificationThirdPartyScore") {
		s := Score(trustlyclient.AccountVerification{ThirdPartyScore: trustlyclient.Code(m.Code)})
		fmt.Fprintf(&b, "supplier's %s %s (%s): %s %s\n", m.Code, m.Name, m.Description, s.Words.Text, marks(s.Words.Sources))
	}
	b.WriteString("\nCHECKS of payment and account\n\n")
	for _, m := range trustlyclient.Codes("VerificationStatus") {
		w := Verification(trustlyclient.PaymentVerification{Status: trustlyclient.Code(m.Code)})
		fmt.Fprintf(&b, "status %s %s (%s): %s %s · %s\n", m.Code, m.Name, m.Description, w.Words.Text, marks(w.Words.Sources), w.Action)
	}
	for _, m := range trustlyclient.Codes("VerificationMode") {
		w := Verification(trustlyclient.PaymentVerification{Mode: trustlyclient.Code(m.Code)})
		fmt.Fprintf(&b, "mode %s %s (%s): %s %s\n", m.Code, m.Name, m.Description, w.Words.Text, marks(w.Words.Sources))
	}
	for _, m := range trustlyclient.Codes("AccountVerificationType") {
		w := AccountVerification(trustlyclient.AccountVerification{Type: trustlyclient.Code(m.Code)})
		fmt.Fprintf(&b, "type %s %s (%s): %s %s\n", m.Code, m.Name, m.Description, w.Words.Text, marks(w.Words.Sources))
	}
	b.WriteString("\nAUTHORIZATIONS by name\n\n")
	for _, name := range slices.Sorted(maps.Keys(authorizationWords)) {
		fmt.Fprintf(&b, "%s: %s %s\n", name, authorizationWords[name].Text, marks(authorizationWords[name].Sources))
	}
	return b.String()
}

func kindText(k Kind) string {
	if k == "" {
		return ""
	}
	return ", " + string(k)
}

func marks(sources []Source) string {
	var texts []string
	for _, s := range sources {
		texts = append(texts, string(s))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// key writes what a row is for: "Capture, Pay · Denied · R01".
func (s *state) key() string {
	names := func(table string, list codes) string {
		var texts []string
		for _, code := range list {
			m, _ := trustlyclient.LookupCode(table, string(code))
			texts = append(texts, m.Name)
		}
		return strings.Join(texts, ", ")
	}
	parts := []string{names("TransactionType", s.types), names("TransactionStatus", s.statuses)}
	if len(s.types) == 0 {
		parts[0] = "any type"
	}
	parts = append(parts, strings.Join(s.codes, ", ")+string(s.family)+string(s.kind))
	return strings.TrimSuffix(strings.Join(parts, " · "), " · ")
}

// allCodeWords explains each code of each family, as the API sends it.
func allCodeWords() (list []CodeWords) {
	for _, m := range trustlyclient.Codes("PaymentProviderTransactionStatus") {
		list = append(list, ExplainCode(m.Code))
	}
	for _, m := range trustlyclient.Codes("AchReturnCode") {
		list = append(list, ExplainCode(m.Code))
	}
	for _, m := range trustlyclient.Codes("EftReturnCode") {
		list = append(list, ExplainCode("EFT_"+m.Code))
	}
	for _, m := range trustlyclient.Codes("UkDirectDebitCode") {
		list = append(list, ExplainCode(m.Code))
	}
	for _, m := range trustlyclient.Codes("DeclineReasonCode") {
		list = append(list, ExplainReason(m.Code))
	}
	for _, m := range trustlyclient.Codes("DeclineExtendedReasonCode") {
		list = append(list, ExplainExtendedReason(strings.ReplaceAll(m.Code, "XXX", "024")))
	}
	return list
}
