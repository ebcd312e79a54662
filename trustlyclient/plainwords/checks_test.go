package plainwords

import (
	"strconv"
	"testing"

	"trustlyportal/trustlyclient"
)

func TestScore(t *testing.T) {
	for n := range 11 {
		want := No
		if n >= 6 {
			want = Yes
		}
		supplier := strconv.Itoa(n * 100)
		if n == 10 {
			supplier = "999"
		}
		both := Score(trustlyclient.AccountVerification{Score: trustlyclient.Code(strconv.Itoa(n)), ThirdPartyScore: trustlyclient.Code(supplier)})
		if both.Counts != want || len(both.Notes) != 0 || !both.Score.Known || !both.ThirdParty.Known {
			t.Errorf("score %d with %s: got %+v, want %s", n, supplier, both, want)
		}
		alone := Score(trustlyclient.AccountVerification{ThirdPartyScore: trustlyclient.Code(supplier)})
		if alone.Counts != want || alone.Words.Text == "" {
			t.Errorf("supplier's %s: got %+v, want %s", supplier, alone, want)
		}
	}
	tests := []struct {
		name  string
		in    trustlyclient.AccountVerification
		want  Answer
		words string
		notes int
	}{
		{"none", trustlyclient.AccountVerification{}, Unknown, "", 0},
		{"unknown", trustlyclient.AccountVerification{Score: "11"}, Unknown, "Trustly's published tables do not explain score 11; the portal does not guess.", 0},
		{"unknown supplier's", trustlyclient.AccountVerification{ThirdPartyScore: "650"}, Unknown, "Trustly's published tables do not explain score 650; the portal does not guess.", 0},
		{"two minds", trustlyclient.AccountVerification{Score: "9", ThirdPartyScore: "300"}, Yes, "", 1},
		{"mark against score", trustlyclient.AccountVerification{Score: "9", Verified: "false"}, Yes, "", 1},
		{"mark with score", trustlyclient.AccountVerification{Score: "9", Verified: "true"}, Yes, "", 0},
	}
	for _, tt := range tests {
		got := Score(tt.in)
		if got.Counts != tt.want || len(got.Notes) != tt.notes || tt.words != "" && got.Words.Text != tt.words || tt.name == "none" && got.Words.Text != "" {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt)
		}
	}
}

func TestVerification(t *testing.T) {
	tests := []struct {
		in     trustlyclient.PaymentVerification
		words  string
		action Action
	}{
		{trustlyclient.PaymentVerification{}, "", ActionUnknown},
		{trustlyclient.PaymentVerification{Status: "3", Mode: "3"}, "The payment was checked and approved. Trustly made the check.", NothingToDo},
		{trustlyclient.PaymentVerification{Status: "2"}, "The payment is held until the merchant has looked into it and approved it.", MerchantActs},
		{trustlyclient.PaymentVerification{Status: "9", Mode: "8"}, "Trustly's published tables do not explain verification status 9; the portal does not guess. Trustly's published tables do not explain verification mode 8; the portal does not guess.", ActionUnknown},
	}
	for _, tt := range tests {
		if got := Verification(tt.in); got.Words.Text != tt.words || got.Action != tt.action {
			t.Errorf("%+v: got %q %s, want %q %s", tt.in, got.Words.Text, got.Action, tt.words, tt.action)
		}
	}
}

func TestAccountVerification(t *testing.T) {
	got := AccountVerification(trustlyclient.AccountVerification{Type: "2", Score: "10"})
	if got.Words.Text != accountWords["2"] || got.Score.Counts != Yes || len(got.Notes) != 0 {
		t.Errorf("got %+v", got)
	}
	if got := AccountVerification(trustlyclient.AccountVerification{Type: "1", Verified: "false"}); len(got.Notes) != 1 {
		t.Errorf("not verified: got %+v, want a note", got)
	}
	if got := AccountVerification(trustlyclient.AccountVerification{Type: "7"}); got.Words.Text != "Trustly's published tables do not explain verification type 7; the portal does not guess." {
		t.Errorf("unknown: got %+v", got)
	}
	if got := AccountVerification(trustlyclient.AccountVerification{}); got.Words.Text != "" {
		t.Errorf("none: got %+v", got)
	}
}

func TestAuthorization(t *testing.T) {
	payment := func(own trustlyclient.Code, message trustlyclient.Text, common trustlyclient.Code, commonMessage trustlyclient.Text) *trustlyclient.Payment {
		return &trustlyclient.Payment{
			Auth:                trustlyclient.Auth{Status: own, Message: message},
			AuthorizationStatus: common, AuthorizationStatusMessage: commonMessage,
		}
	}
	tests := []struct {
		name      string
		in        *trustlyclient.Payment
		want      string
		fromText  bool
		disagrees bool
	}{
		{"the sample", payment("2", "Authorized", "2", "Authorized"), "Authorized", true, false},
		{"the same by two lists", payment("4", "", "6", ""), "Expired", false, false},
		{"the same by two lists", payment("6", "", "7", ""), "Canceled", false, false},
		{"4 means two things", payment("4", "", "4", ""), "Completed", false, true},
		{"the message wins", payment("6", "Canceled", "6", ""), "Canceled", true, true},
		{"the message of the other", payment("", "", "", "expired"), "Expired", true, false},
		{"written in one word", payment("", "OnHold", "", ""), "On Hold", true, false},
		{"one number", payment("3", "", "", ""), "Finished", false, false},
		{"another text", payment("2", "Ada Example", "", ""), "Authorized", false, false},
		{"none", payment("", "", "", ""), "", false, false},
		{"unknown", payment("77", "", "", ""), "", false, false},
	}
	for _, tt := range tests {
		got := Authorization(tt.in)
		if got.Name != tt.want || got.FromText != tt.fromText || got.Disagrees != tt.disagrees || (len(got.Notes) > 0) != tt.disagrees {
			t.Errorf("%s: got %+v, want %s", tt.name, got, tt.want)
		}
		if (got.Words.Text == "") != (tt.name == "none") {
			t.Errorf("%s: got words %q", tt.name, got.Words.Text)
		}
	}
	// Every name of either list has words, be it that there are none.
	for _, table := range []string{"AuthorizationStatus", "TransactionStatus"} {
		for _, m := range trustlyclient.Codes(table) {
			if got := Authorization(payment("", trustlyclient.Text(m.Name), "", "")); got.Words.Text == "" || lint(got.Words.Text, 150) != "" {
				t.Errorf("%s: got %q", m.Name, got.Words.Text)
			}
		}
	}
}
