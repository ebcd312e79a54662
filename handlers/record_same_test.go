package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"trustlyportal/auth"
)

// Others of the same account are offered where the API sends no more than the digits that the mask leaves: a number that
// it hides stands in no address.
func TestSameAccount(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"7833":       "/transactions?payment.fiAccount.accountNumber=7833&payment.fiAccount.routingNumber=124003116&tz=UTC",
		"1000007833": "", "": "",
	} {
		rec := exampleRecord(t)
		account := rec["payment"].(map[string]any)["account"].(map[string]any)
		account["accountNumber"], account["routingNumber"] = number, "124003116"
		a := open(t, serveRecord(rec)).as(auth.Support).get("/transactions/1006755981?tz=UTC").want(http.StatusOK)
		got, _ := a.doc().Find(`.same a:contains("account")`).Attr("href")
		if got != want {
			t.Errorf("account number %q: got the link %q, want %q", number, got, want)
		}
		if want == "" && number != "" && strings.Contains(a.body, number) {
			t.Errorf("account number %q: it is in the page", number)
		}
	}
}
