package story

import (
	"fmt"
	"testing"

	"trustlyportal/trustlyclient"
)

// TestFinal holds the statuses against the reference's table, column "final".
func TestFinal(t *testing.T) {
	want := []Finality{
		Open, Open, Open, Open, Settled, Closed, Closed, Closed, Representing, NotKnown, Closed, Settled, Closed, Closed, Open, NotKnown,
	}
	for status, finality := range want {
		r := record(t, "1", "", "3", fmt.Sprint(status), "")
		if got := Final(r); got != finality {
			t.Errorf("status %d: got %s, want %s", status, got, finality)
		}
		if got := Watchable(r); got != (finality == Open) {
			t.Errorf("status %d: watchable %v", status, got)
		}
	}
	if got := Final(record(t, "1", "", "1", "2", "")); got != Settled {
		t.Errorf("Authorize that is Authorized: got %s", got)
	}
	for _, m := range trustlyclient.Codes("TransactionStatus") {
		if f := Final(&trustlyclient.Transaction{Status: trustlyclient.Code(m.Code)}); (f == NotKnown) != (m.Code == "9") {
			t.Errorf("status %s %s: got %s", m.Code, m.Name, f)
		}
	}
}

func TestIsOpenAuthorization(t *testing.T) {
	const past, future = `"expiredAt":1773000000000`, `"expiredAt":1783000000000`
	tests := []struct {
		kind, status, auth, fields string
		want                       bool
	}{
		{"1", "2", `2`, "", true},
		{"1", "2", `null`, "", true},
		{"1", "2", `3`, "", false}, // finished
		{"1", "2", `6`, "", false}, // canceled
		{"1", "1", `1`, "", false},
		{"3", "2", `2`, "", false},
		{"10", "2", `2`, future, true},
		{"10", "2", `2`, past, false},
		{"10", "6", `2`, past, false},
	}
	for _, tt := range tests {
		fields := `"payment":{"paymentId":"900","auth":{"status":` + tt.auth + `}}`
		if tt.fields != "" {
			fields += "," + tt.fields
		}
		if got := IsOpenAuthorization(record(t, "1", "", tt.kind, tt.status, fields), testNow); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
}

func TestLastFailure(t *testing.T) {
	at := func(ms int) string { return fmt.Sprintf(`"updatedAt":%d`, 1772000000000+ms) }
	denied, failed := record(t, "1", "", "3", "8", at(10)), record(t, "2", "", "3", "5", at(20))
	returned, canceled := record(t, "3", "", "5", "4", at(30)), record(t, "4", "", "1", "7", at(40))
	tests := []struct {
		list []*trustlyclient.Transaction
		want *trustlyclient.Transaction
	}{
		{nil, nil},
		{[]*trustlyclient.Transaction{nil, canceled}, nil},
		{[]*trustlyclient.Transaction{failed, denied, canceled}, failed},
		{[]*trustlyclient.Transaction{denied, returned, failed}, returned},
	}
	for _, tt := range tests {
		if got := LastFailure(tt.list); got != tt.want {
			t.Errorf("got %v, want %v", got, tt.want)
		}
		if len(tt.list) > 0 && tt.list[0] != nil {
			if got := Tell(tt.list[0], tt.list, true, testNow).Summary.LastFailure; got.Transaction != tt.want {
				t.Errorf("summary: got %v, want %v", got.TransactionID, tt.want.TransactionID)
			}
		}
	}
}

func TestProviderCode(t *testing.T) {
	for fields, want := range map[string]trustlyclient.Code{
		`"statusCode":"AC118","paymentProviderTransaction":{"status":"R01"}`: "R01",
		`"statusCode":"AC118"`: "AC118",
		`"ip":""`:              "",
	} {
		if got := ProviderCode(record(t, "1", "", "3", "8", fields)); got != want {
			t.Errorf("%s: got %q, want %q", fields, got, want)
		}
	}
}
