package plainwords

import (
	"slices"
	"testing"

	"trustlyportal/trustlyclient"
)

func TestEveryCodeOfTheTablesHasWords(t *testing.T) {
	seen := 0
	for _, c := range allCodeWords() {
		seen++
		if !c.Known || c.Name == "" || c.Meaning == "" || c.Family == NoFamily || c.FamilyWords == "" || c.Words.Text == "" || c.Action == "" || len(c.Sources) == 0 {
			t.Errorf("%s: got %+v, want all of it", c.Code, c)
		}
		if weak(c.Sources) != (c.Caution != "") {
			t.Errorf("%s: got caution %q for %v", c.Code, c.Caution, c.Sources)
		}
		if c.Family == ACH && !slices.Contains(c.Sources, GeneralACH) {
			t.Errorf("%s: got sources %v, want general ACH", c.Code, c.Sources)
		}
		if c.silent && c.Withhold == "" {
			t.Errorf("%s: silent, but does not say why", c.Code)
		}
	}
	want := 0
	for _, table := range []string{"PaymentProviderTransactionStatus", "AchReturnCode", "EftReturnCode", "UkDirectDebitCode", "DeclineReasonCode", "DeclineExtendedReasonCode"} {
		want += len(trustlyclient.Codes(table))
	}
	if seen != want {
		t.Errorf("got %d codes, want %d", seen, want)
	}
}

// Words for codes that no table holds would never be said.
func TestNoWordsWithoutACode(t *testing.T) {
	known := map[string]bool{}
	for _, table := range []string{"PaymentProviderTransactionStatus", "AchReturnCode", "EftReturnCode", "UkDirectDebitCode"} {
		for _, m := range trustlyclient.Codes(table) {
			known[m.Code] = true
		}
	}
	for code := range words {
		if !known[code] {
			t.Errorf("%s is in no table", code)
		}
	}
	if got, want := len(words), len(softwareWords)+len(cancelWords)+len(networkWords)+len(achWords)+len(eftWords)+len(ukWords); got != want {
		t.Errorf("got %d words, want %d: a code is in two lists", got, want)
	}
	for table, own := range map[string]map[string]word{"DeclineReasonCode": reasonWords, "DeclineExtendedReasonCode": extendedWords} {
		if got, want := len(own), len(trustlyclient.Codes(table)); got != want {
			t.Errorf("%s: got %d words, want %d", table, got, want)
		}
		for _, m := range trustlyclient.Codes(table) {
			if own[m.Code].text == "" {
				t.Errorf("%s %s: no words", table, m.Code)
			}
		}
	}
}

func TestExplainCode(t *testing.T) {
	tests := []struct {
		code, table, words string
		family             Family
		kind               Kind
		known              bool
	}{
		{"SW054", "SW054", "", SW, "", true},
		{"UC07", "UC07", "The customer left after the bank did not accept a one-time code.", UC, "", true},
		{"R10", "R10", "", ACH, Unauthorized, true},
		{"R01", "R01", "", ACH, Funds, true},
		{"EFT_901", "901", "The account did not hold enough money.", EFT, "", true},
		{"901", "901", "The account did not hold enough money. The record carries the bare number; the portal reads it as an EFT code.", EFT, "", true},
		{"ARUDD_0", "ARUDD_0", "", UK, "ARUDD", true},
		{"ZZ9", "", "Trustly's published tables do not explain code ZZ9; the portal does not guess.", NoFamily, "", false},
		{"R99", "", "Trustly's published tables do not explain code R99; the portal does not guess.", NoFamily, "", false},
		{"Ada Ex.", "", "Trustly's published tables do not explain this code; the portal does not guess.", NoFamily, "", false},
		{"012345678", "", "Trustly's published tables do not explain this code; the portal does not guess.", NoFamily, "", false},
		{"", "", "", NoFamily, "", false},
	}
	for _, tt := range tests {
		c := ExplainCode(tt.code)
		if c.Code != tt.code || c.TableCode != tt.table || c.Family != tt.family || c.Kind != tt.kind || c.Known != tt.known || c.Empty() != (tt.code == "") {
			t.Errorf("%s: got %+v, want %+v", tt.code, c, tt)
		}
		if tt.words != "" && c.Words.Text != tt.words {
			t.Errorf("%s: got %q, want %q", tt.code, c.Words.Text, tt.words)
		}
	}
}

func TestExplainReasons(t *testing.T) {
	if c := ExplainExtendedReason("13024"); c.Name != "Merchant amount limit in 24 hours" || c.Withhold != keepRisk {
		t.Errorf("13024: got %+v", c)
	}
	if c := ExplainExtendedReason("110001"); c.Action != CustomerActs || c.Withhold == "" || c.silent {
		t.Errorf("110001: got %+v, want a new sign-in, and silence about the cause only", c)
	}
	if c := ExplainReason("12"); c.Name != "Insufficient funds" || c.Withhold != "" {
		t.Errorf("12: got %+v", c)
	}
	if c := ExplainReason("77"); c.Known || c.Words.Text != "Trustly's published tables do not explain code 77; the portal does not guess." {
		t.Errorf("77: got %+v", c)
	}
	if c := ExplainReason(""); !c.Empty() {
		t.Errorf("none: got %+v", c)
	}
}

// What a risk check, a list, a death or a fraud is behind must never reach the customer, whatever the record's state.
func TestNothingIsToldOfGraveCauses(t *testing.T) {
	grave := []string{
		"SW054", "SW055", "SW059", "R14", "R15", "R16", "R17", "EFT_910", "EFT_911", "910",
		"ARUCS_2", "ARUDD_2", "ADDACS_2", "AUDDIS_2", "DDICA_6",
	}
	for _, kind := range everyCode("TransactionType") {
		for _, status := range everyCode("TransactionStatus") {
			for _, code := range grave {
				if e := Explain(transaction(kind, status, code)); e.TellCustomer != "" || e.Withhold == "" {
					t.Errorf("type %s status %s code %s: got %q, withhold %q", kind, status, code, e.TellCustomer, e.Withhold)
				}
			}
			for _, reason := range []trustlyclient.Code{"1", "2", "3", "4", "5", "6", "7", "8", "15"} {
				r := transaction(kind, status, "SW021")
				r.PaymentProviderTransaction.ReasonCode = reason
				if e := Explain(r); e.TellCustomer != "" || e.Withhold == "" {
					t.Errorf("type %s status %s reason %s: got %q, withhold %q", kind, status, reason, e.TellCustomer, e.Withhold)
				}
			}
			for _, reason := range []trustlyclient.Code{"10000", "11168", "14007", "30301", "50006", "60000", "70000"} {
				r := transaction(kind, status, "")
				r.PaymentProviderTransaction.ExtendedReason.Code = reason
				if e := Explain(r); e.TellCustomer != "" || e.Withhold == "" {
					t.Errorf("type %s status %s extended reason %s: got %q, withhold %q", kind, status, reason, e.TellCustomer, e.Withhold)
				}
			}
		}
	}
}
