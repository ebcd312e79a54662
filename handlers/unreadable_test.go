package handlers_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"trustlyportal/auth"
)

// A value of the wrong type costs nothing but its own reading: it is shown as it came, and the page says so.
func TestUnreadableValuesAreShownRawWithAMark(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	payment := rec["payment"].(map[string]any)
	rec["amount"], rec["fee"], rec["paid"], rec["balance"] = "ten", true, json.Number("1e999"), "1,234.50"
	rec["preAuthorized"], rec["automaticRepresentment"], rec["updatedAt"] = "maybe", json.Number("1"), "soon"
	rec["currency"] = json.Number("840")
	payment["createdAt"], payment["amount"] = "1,555", record{"value": "12.00", "unit": "USD"}
	b := open(t, serveRecord(rec)).as(auth.Support)
	doc := b.get("/transactions/1006755981").want(http.StatusOK).doc()
	fields := fieldTexts(doc)
	const noAmount, noBool, noTime = "can't read this as an amount", "can't read this as yes or no", "can't read this as a time"
	for path, want := range map[string][2]string{
		"amount": {"ten", noAmount}, "fee": {"true", noAmount}, "paid": {"1e999", noAmount}, "balance": {"1,234.50", noAmount},
		"preauthorized": {"maybe", noBool}, "automaticrepresentment": {"1", noBool},
		"updatedat": {"soon", noTime}, "payment.createdat": {"1,555", noTime},
		"currency": {"840", ""}, "payment.amount.value": {"12.00", ""}, "payment.amount.unit": {"USD", ""},
		"payment.merchantreference": {rec["payment"].(map[string]any)["merchantReference"].(string), ""}, // and the others are there
	} {
		if got := fields[path]; !strings.Contains(got, want[0]) || !strings.Contains(got, want[1]) {
			t.Errorf("%s: got %q, want %q and %q", path, got, want[0], want[1])
		}
	}
	for path, text := range fields {
		if strings.Contains(text, "can't read") && strings.Contains(text, "12.00") {
			t.Errorf("%s: got %q, want no mark on a value that can be read", path, text)
		}
	}
	if got := words(doc.Find("h1")); strings.Contains(got, "ten") {
		t.Errorf("got the heading %q, want no amount that is none", got)
	}
	if got := words(doc.Find(".card.money dd").First()); strings.Contains(got, "840") {
		t.Errorf("got the amount %q, want no currency beside what is no amount", got)
	}
	if got := words(b.get("/transactions?columns=transactionId,amount,updatedAt,preAuthorized").want(http.StatusOK).doc().Find("table.list tbody")); !strings.Contains(got, "ten") ||
		!strings.Contains(got, "soon") || !strings.Contains(got, "maybe") {
		t.Errorf("list: got %q, want the values as they came", got)
	}
}

// Where the API should send one value and sends an object or a list, what is personal in it is masked too.
func TestPersonalDataInPlaceOfAValueIsNowhere(t *testing.T) {
	t.Parallel()
	secrets := secretsIn()
	p := func() *portal {
		rec := exampleRecord(t)
		intrude(rec)
		rec["transactionId"] = "1006755981"
		return open(t, serveRecord(rec))
	}()
	b := p.as(auth.Finance)
	for _, path := range []string{"/transactions/1006755981", "/transactions?columns=all", "/transactions", "/transactions.csv?columns=all"} {
		a := b.get(path).want(http.StatusOK)
		for _, secret := range secrets {
			if at := strings.Index(a.body, secret); at >= 0 {
				t.Errorf("%s: %q is in the answer: …%s…", path, secret, a.body[max(0, at-60):min(len(a.body), at+30)])
			}
		}
	}
}

// intrude puts an object full of personal data in place of every scalar but the ids and times that pages are found by.
func intrude(rec map[string]any) {
	for name, value := range rec {
		switch value := value.(type) {
		case map[string]any:
			intrude(value)
		default:
			if name != "transactionId" && name != "createdAt" {
				rec[name] = personal
			}
		}
	}
}
