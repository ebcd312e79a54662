package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"trustlyportal/auth"
)

// A capture's own reference can't be asked for, only the payment's: the capture is found though it is not among the
// payment's newest.
func TestFindByACapturesOwnReference(t *testing.T) {
	t.Parallel()
	rows := madeUp(6, 40, time.Second)
	for i, r := range rows {
		r["merchantReference"] = fmt.Sprintf("SUB-77-%d", i)
		r["payment"].(record)["merchantReference"] = "SUB-77"
	}
	b := open(t, newFake(t, rows), patiently).as(auth.Support)
	for _, i := range []int{0, 3, 38} {
		id := fmt.Sprint(rows[i]["transactionId"])
		if got := b.get(fmt.Sprintf("/find?q=SUB-77-%d", i)).want(http.StatusSeeOther).header.Get("Location"); got != "/transactions/"+id {
			t.Errorf("SUB-77-%d: got %s, want %s opened", i, got, id)
		}
		doc := b.get(fmt.Sprintf("/find?all=1&q=SUB-77-%d", i)).want(http.StatusOK).doc()
		shown := doc.Find("tr[data-transaction-id]")
		if got := shown.First().AttrOr("data-transaction-id", ""); got != id || shown.Length() != 5 {
			t.Errorf("SUB-77-%d, all: got %s first of %d, want %s of 5", i, got, shown.Length(), id)
		}
		if got := words(doc.Find(".find-some h2")); got != "More than 5 by merchant reference “SUB-77”" {
			t.Errorf("SUB-77-%d, all: got the heading %q", i, got)
		}
	}
}
