package plainwords

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

var testNow = time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC)

func sandbox(t *testing.T, rows int) (*trustlytest.Server, *trustlyclient.Client) {
	t.Helper()
	server, baseURL := trustlytest.NewServer(t, trustlytest.Options{Rows: rows, Now: func() time.Time { return testNow }})
	client, err := trustlyclient.New(trustlyclient.Options{BaseURL: baseURL, AccessID: "a", AccessKey: "k"})
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// What each record of the reference's scenarios is said to mean, read against what happened in it.
func TestScenariosAreToldTruly(t *testing.T) {
	const (
		granted = "The customer authorized the use of the bank account. The authorization itself moves no money."
		done    = "The debit is complete: the funds were transferred from the customer's account."
		lacking = "The customer's bank returned the debit because the account did not hold enough available money."
	)
	want := map[int][]string{
		1: {granted, "Part of the collected amount went back to the customer.", "The refund is complete: the funds were transferred back to the customer."},
		2: {granted, "The authorization of the amount was declined, usually because the account lacks the funds."},
		3: {granted, "Trustly's risk check declined this record."},
		4: {granted, "The debit came back: it was returned as not authorized.", "An earlier payment was returned as not authorized. The money went back."},
		5: {granted, lacking, lacking, "The new attempt succeeded: the funds were transferred from the customer's account."},
		6: {granted, "The payout is complete: the funds were transferred to the customer's account.", "The reclaim is complete: money of a payout was pulled back from the customer's account."},
		7: {done},
		8: {granted, done, done, done},
		9: {
			"The customer left the bank dialog before it was finished.",
			"The authorization timed out before the customer finished it.",
			"The customer started the bank authorization and has not picked a bank yet.",
			"The customer is in the bank dialog, and the outcome is not known yet.",
		},
		10: {"The payment is held for further investigation and approval by the merchant."},
		11: {granted, "Trustly's published tables do not explain transaction type 99; the portal does not guess. Trustly's published tables do not explain status 77; the portal does not guess."},
		12: {granted, "The debit was returned through the Canadian EFT network because the account did not hold enough available money."},
		13: {granted},
	}
	for n := 1; n <= 13; n++ {
		var got []string
		for _, r := range scenario(t, n) {
			got = append(got, Explain(r).Means.Text)
		}
		slices.Sort(got)
		slices.Sort(want[n])
		if !slices.Equal(got, want[n]) {
			t.Errorf("scenario %d: got\n%s\nwant\n%s", n, strings.Join(got, "\n"), strings.Join(want[n], "\n"))
		}
	}
}

// scenario returns the records of a scenario as the API sends them.
func scenario(t *testing.T, number int) (list []*trustlyclient.Transaction) {
	t.Helper()
	server, client := sandbox(t, -1)
	for _, r := range trustlytest.Scenario(number, testNow) {
		id := server.Insert(r)
		got, err := client.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, got)
	}
	if len(list) == 0 {
		t.Fatalf("scenario %d has no records", number)
	}
	return list
}

func find(t *testing.T, list []*trustlyclient.Transaction, kind, status trustlyclient.Code) Explanation {
	t.Helper()
	for _, r := range list {
		if r.TransactionType == kind && r.Status == status {
			return Explain(r)
		}
	}
	t.Fatalf("no record of type %s and status %s", kind, status)
	return Explanation{}
}

// What else the scenarios are there for: who acts, what may be told, what the code says.
func TestScenariosAreToldInFull(t *testing.T) {
	type told struct {
		action         Action
		final          Answer
		tell, withhold bool
		code, reason   string
		notes          int
	}
	tests := []struct {
		number       int
		kind, status trustlyclient.Code
		want         told
	}{
		{1, capture, partiallyRefunded, told{NothingToDo, No, true, false, "Settled", "", 0}},
		{1, refund, completed, told{NothingToDo, No, true, false, "Settled", "", 0}},
		{2, capture, denied, told{CustomerActs, Yes, true, false, "Authorization denied", "Insufficient funds", 0}},
		{3, capture, denied, told{ActionUnknown, Yes, false, true, "Suspicious activity", "Merchant amount limit in 24 hours", 0}},
		{4, capture, reversed, told{MerchantActs, Yes, true, false, "Not authorized", "", 0}},
		{4, reverse, completed, told{MerchantActs, Unknown, true, false, "Not authorized", "", 0}},
		{5, capture, denied, told{NothingToDo, Yes, true, false, "Insufficient funds", "", 1}},
		{5, representment, completed, told{NothingToDo, No, true, false, "Settled", "", 0}},
		{6, authorize, authorized, told{NothingToDo, No, true, false, "Established", "", 1}},
		{6, deposit, completed, told{NothingToDo, No, true, false, "Settled", "", 2}},
		{6, reclaim, completed, told{NothingToDo, No, true, false, "Settled", "", 0}},
		{7, pay, completed, told{NothingToDo, No, true, false, "Settled", "", 0}},
		{8, authorize, authorized, told{NothingToDo, No, true, false, "Established", "", 2}},
		{9, authorize, canceled, told{CustomerActs, Yes, true, false, "Canceled at: rejected one-time code", "", 0}},
		{9, authorize, expired, told{CustomerActs, Yes, true, false, "Expired", "", 0}},
		{9, authorize, statusNew, told{Wait, No, true, false, "Authorization received", "", 1}},
		{9, authorize, pending, told{Wait, No, true, false, "Authorization received", "", 1}},
		{10, authorize, onHold, told{MerchantActs, No, true, false, "Awaiting approval", "", 1}},
		{11, "99", "77", told{ActionUnknown, Unknown, false, false, "", "", 0}},
		{12, capture, denied, told{CustomerActs, Yes, true, false, "Insufficient funds", "", 0}},
		{13, authorize, authorized, told{NothingToDo, No, true, false, "Established", "", 1}},
	}
	for _, tt := range tests {
		e := find(t, scenario(t, tt.number), tt.kind, tt.status)
		got := told{e.Action, e.Final.Answer, e.TellCustomer != "", e.Withhold != "", e.Code.Name, e.ExtendedReason.Name, len(e.Notes)}
		if got != tt.want {
			t.Errorf("scenario %d, type %s status %s: got %+v, want %+v\n%v", tt.number, tt.kind, tt.status, got, tt.want, e.Notes)
		}
	}
}

// The rest of the sandbox, hostile names and odd fields included: every record is explained, by the rules of all texts, and
// its status is one that the table knows, but for scenario 11's.
func TestSandboxIsExplained(t *testing.T) {
	_, client := sandbox(t, 3000)
	n, missed := 0, 0
	for r, err := range client.All(t.Context(), trustlyclient.ListOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		e := Explain(r)
		if !e.Status.Known || !e.Type.Known {
			missed++
		}
		for _, text := range sentences(e) {
			if problem := lint(text, 600); problem != "" {
				t.Errorf("%s: %s: %q", r.TransactionID, problem, text)
			}
			for _, private := range []trustlyclient.Text{r.Payment.Customer.Name, r.Payment.Customer.Email, r.Payment.Customer.TaxID, r.Payment.Account.AccountNumber, r.IP} {
				if len(private) > 3 && strings.Contains(text, string(private)) {
					t.Errorf("%s: a text holds a value of the record: %q", r.TransactionID, text)
				}
			}
		}
	}
	if n < 3000 || missed > n/100 {
		t.Errorf("got %d rows, %d of them unknown", n, missed)
	}
}

func ExampleExplain() {
	r := &trustlyclient.Transaction{TransactionType: "3", Status: "8"}
	r.PaymentProviderTransaction.Status = "R01"
	e := Explain(r)
	fmt.Println(e.Type.Name, e.Status.Name, e.Code.Code, e.Code.Name)
	fmt.Println(e.Means)
	fmt.Println("Final:", e.Final.Answer)
	fmt.Println("May be told:", e.TellCustomer)
	// Output:
	// Capture Denied R01 Insufficient funds
	// The customer's bank returned the debit because the account did not hold enough available money.
	// Final: yes
	// May be told: Your bank returned the payment because the account did not hold enough available money at that time.
}
