package plainwords

import (
	"slices"
	"testing"
	"time"

	"trustlyportal/trustlyclient"
)

func TestDetails(t *testing.T) {
	at := trustlyclient.Time{Time: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Text: "1795132800000"}
	yes := trustlyclient.Bool("true")
	tests := []struct {
		name         string
		kind, status trustlyclient.Code
		code         string
		set          func(*trustlyclient.Transaction)
		want         bool
	}{
		{"new attempt planned", capture, denied, "R01", func(r *trustlyclient.Transaction) { r.RepresentmentScheduledAt = at }, true},
		{"new attempt planned", refund, denied, "R01", func(r *trustlyclient.Transaction) { r.RepresentmentScheduledAt = at }, false},
		{"new attempt planned", capture, completed, "", func(r *trustlyclient.Transaction) { r.RepresentmentScheduledAt = at }, false},
		{"new attempt planned", capture, denied, "R01", func(r *trustlyclient.Transaction) { r.RepresentmentScheduledAt.Time = time.Unix(0, 0) }, false},
		{"new attempt planned", capture, denied, "R01", func(*trustlyclient.Transaction) {}, false},
		{"new attempts automatic", capture, denied, "R01", func(r *trustlyclient.Transaction) { r.AutomaticRepresentment = yes }, true},
		{"new attempts automatic", capture, completed, "", func(r *trustlyclient.Transaction) { r.AutomaticRepresentment = yes }, false},
		{"instant payout", deposit, completed, "", func(r *trustlyclient.Transaction) { r.PaymentProviderTransaction.InstantSettle = yes }, true},
		{"instant payout", capture, completed, "", func(r *trustlyclient.Transaction) { r.PaymentProviderTransaction.InstantSettle = yes }, false},
		{"instant payout under way", deposit, processed, "", func(r *trustlyclient.Transaction) { r.PaymentProviderTransaction.InstantSettle = yes }, true},
		{"payout in Canada under way", deposit, processed, "", func(r *trustlyclient.Transaction) { r.Currency = "CAD" }, true},
		{"payout in Canada under way", deposit, processed, "", func(r *trustlyclient.Transaction) { r.Currency, r.Payment.Country = "CAD", "US" }, false},
		{"no upper limit", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Amount.Text, r.Payment.PaymentType = "0.00", "2" }, true},
		{"no upper limit", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Amount.Text, r.Payment.PaymentType = "0.00", "5" }, false},
		{"no upper limit", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "2" }, false},
		{"no upper limit", capture, authorized, "", func(r *trustlyclient.Transaction) { r.Amount.Text, r.Payment.PaymentType = "0.00", "2" }, false},
		{"recurring", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "3" }, true},
		{"next automatic capture", authorize, authorized, "", func(r *trustlyclient.Transaction) {
			r.Payment.Recurrence.AutomaticCapture, r.Payment.Recurrence.NextOccurrence = yes, at
		}, true},
		{"next automatic capture", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.Recurrence.NextOccurrence = at }, false},
		{"next automatic capture", authorize, voided, "", func(r *trustlyclient.Transaction) {
			r.Payment.Recurrence.AutomaticCapture, r.Payment.Recurrence.NextOccurrence = yes, at
		}, false},
		{"payouts only", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "4" }, true},
		{"verification only", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "5" }, true},
		{"data only", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "6" }, true},
		{"payouts can follow", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "4" }, true},
		{"payouts can follow", authorize, canceled, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "4" }, false},
		{"no payment follows", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "5" }, true},
		{"no payment follows", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.PaymentType = "2" }, false},
		{"end of a preauthorization", preauthorization, authorized, "", func(r *trustlyclient.Transaction) { r.ExpiredAt = at }, true},
		{"held for the merchant", authorize, onHold, "", func(r *trustlyclient.Transaction) { r.Payment.Verification.Status = "2" }, true},
		{"held for the merchant", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.Verification.Status = "2" }, false},
		{"held for the merchant, by one field only", authorize, authorized, "", func(r *trustlyclient.Transaction) { r.Payment.Verification.Status = "2" }, true},
		{"refused after verification", authorize, denied, "", func(r *trustlyclient.Transaction) { r.Payment.Verification.Status = "4" }, true},
		{"given back though completed", capture, completed, "", func(r *trustlyclient.Transaction) { r.Refunded.Text = "25.50" }, true},
		{"given back though completed", capture, completed, "", func(r *trustlyclient.Transaction) { r.Refunded.Text = "0.00" }, false},
		{"given back though completed", capture, partiallyRefunded, "", func(r *trustlyclient.Transaction) { r.Refunded.Text = "25.50" }, false},
		{"return code beside another status", capture, completed, "R10", func(*trustlyclient.Transaction) {}, true},
		{"return code beside another status", capture, reversed, "R10", func(*trustlyclient.Transaction) {}, false},
		{"return code beside another status", reverse, completed, "R10", func(*trustlyclient.Transaction) {}, false},
		{"return code beside another status", capture, completed, "AC118", func(*trustlyclient.Transaction) {}, false},
		{"two codes", capture, completed, "AC118", func(r *trustlyclient.Transaction) { r.StatusCode = "AC105" }, true},
		{"two codes", capture, completed, "AC118", func(r *trustlyclient.Transaction) { r.StatusCode = "AC118" }, false},
		{"third party's decline code", capture, denied, "SW054", func(r *trustlyclient.Transaction) { r.PaymentProviderTransaction.ThirdPartyDeclineCode = "TP-7" }, true},
		{"hidden in Trustly's portal", capture, pending, "", func(*trustlyclient.Transaction) {}, true},
		{"hidden in Trustly's portal", capture, processed, "", func(*trustlyclient.Transaction) {}, false},
	}
	tested := map[string]bool{}
	for _, tt := range tests {
		i := slices.IndexFunc(details, func(d detail) bool { return d.name == tt.name })
		if i < 0 {
			t.Fatalf("no detail %q", tt.name)
		}
		r := transaction(tt.kind, tt.status, tt.code)
		tt.set(r)
		e := Explain(r)
		if got := details[i].when(r, e); got != tt.want {
			t.Errorf("%s, type %s status %s code %s: got %v, want %v", tt.name, tt.kind, tt.status, tt.code, got, tt.want)
		}
		if !tt.want {
			continue
		}
		tested[tt.name] = true
		if d := details[i]; d.note.Text != "" && !slices.ContainsFunc(e.Notes, func(n Statement) bool { return n.Text == d.note.Text }) ||
			d.next.Text != "" && e.Next.Text != d.next.Text || d.timing.Text != "" && e.Timing.Text != d.timing.Text || d.action != "" && e.Action != d.action {
			t.Errorf("%s: the explanation does not say it: %+v", tt.name, e)
		}
	}
	for _, d := range details {
		if !tested[d.name] {
			t.Errorf("%s: no test in which it speaks", d.name)
		}
	}
}

func TestExplainTakesWhatIsThere(t *testing.T) {
	if e := Explain(nil); e.Means.Text != "The record carries no transaction type. The record carries no status." || e.Final.Answer != Unknown || !e.Code.Empty() {
		t.Errorf("nil: got %+v", e)
	}
	r := transaction(capture, denied, "")
	r.StatusCode = "R01"
	if e := Explain(r); e.Code.Code != "R01" {
		t.Errorf("the status code alone: got %q, want R01", e.Code.Code)
	}
	r = transaction("99", completed, "")
	if e := Explain(r); e.Means.Text != "Trustly's published tables do not explain transaction type 99; the portal does not guess. The record is complete. For a movement of money this means that the funds were transferred." {
		t.Errorf("an unknown type: got %q", e.Means.Text)
	}
	r = transaction(guarantee, completed, "")
	if e := Explain(r); !slices.Contains(e.Sources, T1) || e.Caution == "" {
		t.Errorf("a type known from a third party: got %v %q", e.Sources, e.Caution)
	}
}
