package plainwords

import (
	"slices"
	"strings"
	"testing"

	"trustlyportal/trustlyclient"
)

func transaction(kind, status trustlyclient.Code, code string) *trustlyclient.Transaction {
	t := &trustlyclient.Transaction{TransactionType: kind, Status: status}
	t.PaymentProviderTransaction.Status = trustlyclient.Code(code)
	return t
}

// sampleCodes hold one code of each family and kind, an unknown one and none.
func sampleCodes() []string {
	list := []string{"", "ZZ9"}
	seen := map[string]bool{}
	for _, c := range allCodeWords() {
		if key := string(c.Family) + string(c.Kind); !seen[key] && c.Family != Reason && c.Family != ExtendedReason {
			seen[key] = true
			list = append(list, c.Code)
		}
	}
	return list
}

func everyCode(table string) []trustlyclient.Code {
	list := []trustlyclient.Code{"", "99", "77"}
	for _, m := range trustlyclient.Codes(table) {
		list = append(list, trustlyclient.Code(m.Code))
	}
	return list
}

// eachCell calls do for each type and status, known or not, with each kind of code.
func eachCell(do func(*trustlyclient.Transaction, Explanation)) {
	for _, kind := range everyCode("TransactionType") {
		for _, status := range everyCode("TransactionStatus") {
			for _, code := range sampleCodes() {
				t := transaction(kind, status, code)
				do(t, Explain(t))
			}
		}
	}
}

func TestEveryCellHasAnAnswer(t *testing.T) {
	eachCell(func(r *trustlyclient.Transaction, e Explanation) {
		at := "type " + string(r.TransactionType) + " status " + string(r.Status) + " code " + e.Code.Code
		if e.Means.Text == "" || e.Next.Text == "" || e.Final.Text == "" || e.Final.Answer == "" || e.Action == "" {
			t.Errorf("%s: got an empty answer: %+v", at, e)
		}
		if e.Final.Caution() == "" {
			t.Errorf("%s: finality without a caution", at)
		}
		if e.Status.Known && len(e.Means.Sources) == 0 {
			t.Errorf("%s: meaning without a source", at)
		}
		if !e.Status.Known && e.Final.Answer != Unknown {
			t.Errorf("%s: got final %s, want unknown", at, e.Final.Answer)
		}
		if !e.Status.Known || !e.Type.Known {
			if e.TellCustomer != "" {
				t.Errorf("%s: got words for the customer, want none", at)
			}
			if !strings.Contains(e.Means.Text, "does not guess") && !strings.Contains(e.Means.Text, "carries no") {
				t.Errorf("%s: got %q, want it to say what is unknown", at, e.Means.Text)
			}
		}
		if weak(e.Sources) != (e.Caution != "") {
			t.Errorf("%s: got caution %q for %v", at, e.Caution, e.Sources)
		}
	})
}

func weak(sources []Source) bool {
	return slices.ContainsFunc(sources, func(s Source) bool { return s.Strength() != Trustly })
}

// Each row must speak for each type and status that it names, and, if it names a code, for each of those.
func TestEveryRowIsReached(t *testing.T) {
	for i := range states {
		s := &states[i]
		types := s.types
		if len(types) == 0 {
			types = codes{"99"}
		}
		samples := s.codes
		if len(samples) == 0 {
			for _, c := range allCodeWords() {
				if c.Family != Reason && c.Family != ExtendedReason {
					samples = append(samples, c.TableCode)
				}
			}
			samples = append(samples, "")
		}
		for _, kind := range types {
			for _, status := range s.statuses {
				reached := 0
				for _, code := range samples {
					if findState(kind, status, ExplainCode(code)) == s {
						reached++
					} else if len(s.codes) > 0 {
						t.Errorf("%s: type %s status %s code %s finds another row", s.key(), kind, status, code)
					}
				}
				if reached == 0 {
					t.Errorf("%s: nothing of type %s and status %s finds it", s.key(), kind, status)
				}
			}
		}
	}
}

// Two rows of one rank for one record would leave it to their order which of them speaks.
func TestNoTwoRowsFitAlike(t *testing.T) {
	var all []string
	for _, c := range allCodeWords() {
		all = append(all, c.Code)
	}
	for _, kind := range everyCode("TransactionType") {
		for _, status := range everyCode("TransactionStatus") {
			for _, code := range append(all, "", "ZZ9") {
				best, words := -1, ExplainCode(code)
				for i := range states {
					if s := &states[i]; s.fits(kind, status, words) && s.rank() == best {
						t.Fatalf("type %s status %s code %s: two rows, one is %s", kind, status, code, s.key())
					} else if s.fits(kind, status, words) {
						best = max(best, s.rank())
					}
				}
			}
		}
	}
}

func TestRowsAreWellFormed(t *testing.T) {
	for i := range states {
		s := &states[i]
		selectors := 0
		for _, set := range []bool{len(s.codes) > 0, s.kind != "", s.family != ""} {
			if set {
				selectors++
			}
		}
		if selectors > 1 || selectors == 1 && len(s.types) == 0 || len(s.statuses) == 0 {
			t.Errorf("%s: types, statuses and one of codes, kind and family are wanted", s.key())
		}
		for _, code := range s.codes {
			if c := ExplainCode(code); !c.Known || c.TableCode != code {
				t.Errorf("%s: %s is in no table", s.key(), code)
			}
		}
		for _, kind := range s.types {
			if _, ok := trustlyclient.LookupCode("TransactionType", string(kind)); !ok {
				t.Errorf("%s: type %s is in no table", s.key(), kind)
			}
		}
	}
}

// Where the reference says that finality is a guess, and it does so for each status, a row may agree with it or know
// less, but not claim more.
func TestFinalityIsTheReferences(t *testing.T) {
	want := map[trustlyclient.Code]Answer{
		"0": No, "1": No, "2": No, "3": No, "4": No, "5": Yes, "6": Yes, "7": Yes, "8": Yes, "9": Unknown, "10": Yes, "11": No, "12": Yes, "13": Yes, "14": No,
	}
	for i := range states {
		s := &states[i]
		if !slices.Contains(s.final.Sources, Inference) {
			t.Errorf("%s: finality does not say that it is inferred", s.key())
		}
		for _, status := range s.statuses {
			if got := s.final.Answer; got != want[status] && got != Unknown {
				t.Errorf("%s: got final %s, want %s", s.key(), got, want[status])
			}
		}
	}
}

// Times are only those that the reference lists.
func TestTimingsComeFromTheReference(t *testing.T) {
	allowed := []Source{D2, D12, D25, D26, T2, GeneralACH}
	check := func(where string, s Statement) {
		for _, source := range s.Sources {
			if !slices.Contains(allowed, source) {
				t.Errorf("%s: timing from %s", where, source)
			}
		}
	}
	for i := range states {
		check(states[i].key(), states[i].timing)
		for _, text := range []string{states[i].means.Text, states[i].next.Text, states[i].tell} {
			for _, unit := range []string{" day", " hours ", "week"} {
				if strings.Contains(text, unit) && !strings.Contains(text, "batch of the day") && !strings.Contains(text, "for some hours") {
					t.Errorf("%s: a time outside of timing: %s", states[i].key(), text)
				}
			}
		}
	}
	for _, d := range details {
		check(d.name, d.timing)
	}
}

// Times of the American network are not said of payments elsewhere.
func TestTimingsOfOneCountry(t *testing.T) {
	for _, country := range []trustlyclient.Code{"CA", "UK", "DE", "AU"} {
		for _, kind := range everyCode("TransactionType") {
			for _, status := range everyCode("TransactionStatus") {
				r := transaction(kind, status, "")
				r.Payment.Country = country
				r.PaymentProviderTransaction.InstantSettle = "true"
				for _, s := range Explain(r).Timing.Sources {
					if s == D25 || s == T2 || s == GeneralACH {
						t.Errorf("%s, type %s status %s: got %q", country, kind, status, Explain(r).Timing.Text)
					}
				}
			}
		}
	}
	r := transaction(deposit, processed, "")
	r.Payment.Country = "CA"
	if got := Explain(r).Timing; got.Text != canadaTiming.Text {
		t.Errorf("a payout in Canada: got %q, want %q", got.Text, canadaTiming.Text)
	}
}
