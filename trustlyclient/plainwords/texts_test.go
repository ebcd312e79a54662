package plainwords

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"trustlyportal/trustlyclient"
)

// lint says what is wrong with the style of a text, "" when nothing is.
func lint(text string, longest int) string {
	switch {
	case utf8.RuneCountInString(text) < 12 || utf8.RuneCountInString(text) > longest:
		return "its length"
	case !strings.HasSuffix(text, "."):
		return "it does not end with a period"
	case strings.ContainsAny(text, "!?%{}<>\n\t") || strings.Contains(text, "  ") || strings.Contains(text, "XXX") || strings.Contains(text, ".."):
		return "a character that does not belong there"
	case text[0] < 'A' || text[0] > 'Z':
		return "it does not begin with a capital"
	case jargon.MatchString(text):
		return "the word " + jargon.FindString(text)
	}
	return ""
}

// jargon is what the texts say otherwise, so that one thing has one name; and words that promise, order or blame.
var jargon = regexp.MustCompile(`(?i)\b(should|must not|guarantee that|promise|sorry|please|fault of|your fault|end-user|consumer's fault|trx|txn|RDFI|ODFI|chargebacks|lawsuit|legal|liable|soon|definitely|certainly|merchant's customer|end user|user)\b`)

// tellJargon are besides those that a customer does not know, and causes that are not told.
var tellJargon = regexp.MustCompile(`(?i)\b(ACH|EFT|RTP|Trustly|the customer|merchant|record|capture|representment|deposit|reclaim|risk|fraud|sanction|block list|code|will)\b`)

func TestTextsReadWell(t *testing.T) {
	check := func(where, text string, longest int) {
		t.Helper()
		if problem := lint(text, longest); text != "" && problem != "" {
			t.Errorf("%s: %s: %q", where, problem, text)
		}
	}
	for i := range states {
		s := &states[i]
		for _, said := range []Statement{s.means, s.final.Statement, s.next, s.timing} {
			check(s.key(), said.Text, 180)
		}
		check(s.key()+" tell", s.tell, 150)
		if word := tellJargon.FindString(strings.ReplaceAll(s.tell, "is recorded", "")); word != "" {
			t.Errorf("%s: tells the customer %q: %q", s.key(), word, s.tell)
		}
	}
	for _, d := range details {
		for _, said := range []Statement{d.note, d.next, d.timing} {
			check(d.name, said.Text, 180)
		}
	}
	for family, said := range families {
		check(string(family), said.Text, 130)
	}
	for kind, text := range kinds {
		check(string(kind), text, 130)
	}
	for _, c := range allCodeWords() {
		check(c.Code, c.Words.Text, 180)
		check(c.Code+" withhold", c.Withhold, 150)
	}
	for _, c := range cautions {
		check(string(c.strength), c.text, 120)
	}
	for score, text := range scoreWords {
		check("score "+score, text, 120)
	}
	for name, said := range authorizationWords {
		check(name, said.Text, 120)
	}
	eachCell(func(_ *trustlyclient.Transaction, e Explanation) { check("an explanation", e.Means.Text, 360) })
}

func TestLintSeesEveryFault(t *testing.T) {
	for _, text := range []string{
		"Short.", strings.Repeat("Long. ", 50), "It has no end", "It is done!", "It is {{.Done}}.", "Amounts of 11XXX passed.", "the payment is done.",
		"The customer should act.", "It comes soon, we promise.",
	} {
		if lint(text, 180) == "" {
			t.Errorf("lint sees nothing wrong with %q", text)
		}
	}
}

// Each source that a text names is one of the table, and says where it is from.
func TestSourcesAreMarks(t *testing.T) {
	for i, r := range sourceRows {
		if r.label == "" || r.strength == "" || r.strength == Trustly && !strings.HasPrefix(r.url, "https://") {
			t.Errorf("%s: got %+v, want a label, a strength and a page", r.source, r)
		}
		if i > 0 && slices.Index(strengths, r.strength) < slices.Index(strengths, sourceRows[i-1].strength) {
			t.Errorf("%s comes after a weaker source", r.source)
		}
	}
	known := func(where string, sources []Source) {
		t.Helper()
		for _, s := range sources {
			if _, ok := s.row(); !ok {
				t.Errorf("%s: source %q is not in the table", where, s)
			}
		}
	}
	for i := range states {
		s := &states[i]
		for _, said := range []Statement{s.means, s.final.Statement, s.next} {
			if len(said.Sources) == 0 {
				t.Errorf("%s: %q has no source", s.key(), said.Text)
			}
			known(s.key(), said.Sources)
		}
		if (s.timing.Text == "") != (len(s.timing.Sources) == 0) {
			t.Errorf("%s: timing %+v", s.key(), s.timing)
		}
	}
	for _, c := range allCodeWords() {
		known(c.Code, c.Sources)
	}
}

var strengths = []Strength{Trustly, ACHRules, ThirdParty, Inferred}

// say drops a mark that the table does not hold; so would a text lose its source. The marks are counted here.
func TestNoSourceIsLost(t *testing.T) {
	if got := union([]Source{"D99", Inference, S2, S2}); !slices.Equal(got, []Source{S2, Inference}) {
		t.Errorf("got %v", got)
	}
	for _, s := range []Source{S2, S3, D2, D4, D7, D8, D9, D10, D12, D15, D19, D21, D25, D26, T1, T2, T3, T4, GeneralACH, Inference} {
		if s.Label() == "" {
			t.Errorf("%s is not in the table", s)
		}
	}
}

// None of a record's texts may show in an explanation, only codes that look like codes.
func TestNoTextOfTheRecordShows(t *testing.T) {
	const marker = "Secret" // short enough for a code
	fill(reflect.ValueOf(filled).Elem(), marker)
	for _, kind := range everyCode("TransactionType") {
		for _, status := range everyCode("TransactionStatus") {
			r := *filled
			r.TransactionType, r.Status = kind, status
			checkHidden(t, Explain(&r), marker)
			r.PaymentProviderTransaction.Status, r.StatusCode, r.PaymentProviderTransaction.ReasonCode, r.PaymentProviderTransaction.ExtendedReason.Code = "", "", "", ""
			checkHidden(t, Explain(&r), marker)
		}
	}
	checkHidden(t, Explain(filled), marker)
	for _, said := range []Statement{
		Authorization(&filled.Payment).Words, Verification(filled.Payment.Verification).Words,
		AccountVerification(filled.Payment.Account.Verification).Words, Score(filled.Payment.Account.Verification).Words,
	} {
		if strings.Contains(said.Text, marker) {
			t.Errorf("got %q", said.Text)
		}
	}
}

var filled = &trustlyclient.Transaction{}

func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	case reflect.String:
		v.SetString(text)
	}
}

func checkHidden(t *testing.T, e Explanation, marker string) {
	t.Helper()
	for _, text := range sentences(e) {
		if strings.Contains(text, marker) {
			t.Errorf("got %q", text)
		}
	}
}

// sentences are all texts of an explanation but the raw codes themselves.
func sentences(e Explanation) []string {
	list := []string{e.Means.Text, e.Final.Text, e.Next.Text, e.Timing.Text, e.TellCustomer, e.Withhold, e.Caution}
	for _, n := range e.Notes {
		list = append(list, n.Text)
	}
	for _, c := range []CodeWords{e.Code, e.Reason, e.ExtendedReason} {
		list = append(list, c.Words.Text, c.FamilyWords, c.Withhold, c.Caution)
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

func FuzzExplain(f *testing.F) {
	f.Add("3", "8", "R10", "1", "13024")
	f.Add("99", "77", "ZZ9", "", "")
	f.Add("", "", "<b>Ada Example</b>", "012345678", "x\n")
	f.Fuzz(func(t *testing.T, kind, status, code, reason, extended string) {
		r := transaction(trustlyclient.Code(kind), trustlyclient.Code(status), code)
		r.PaymentProviderTransaction.ReasonCode = trustlyclient.Code(reason)
		r.PaymentProviderTransaction.ExtendedReason.Code = trustlyclient.Code(extended)
		e := Explain(r)
		if e.Means.Text == "" || e.Next.Text == "" || e.Final.Answer == "" || e.Action == "" {
			t.Errorf("got an empty answer: %+v", e)
		}
		for _, text := range sentences(e) {
			if problem := lint(text, 600); problem != "" {
				t.Errorf("%s: %q", problem, text)
			}
		}
	})
}
