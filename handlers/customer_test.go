package handlers_test

import (
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient/plainwords"
)

func customerPath(id string) string { return "/customers/" + url.PathEscape(id) + "?tz=UTC" }

// factsOf are a customer page's figures by their names.
func factsOf(doc *goquery.Document) map[string]string {
	facts := map[string]string{}
	doc.Find("dl.facts > div").Each(func(_ int, s *goquery.Selection) { facts[words(s.Find("dt"))] = words(s.Find("dd").First()) })
	return facts
}

// card is the card with a heading.
func card(t *testing.T, doc *goquery.Document, heading string) *goquery.Selection {
	t.Helper()
	found := doc.Find("section.card").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(words(s.Find("h2")), heading) })
	if found.Length() != 1 {
		t.Fatalf("got %d cards %q, want one: %s", found.Length(), heading, words(doc.Find("main")))
	}
	return found
}

// totalsOf are the rows of the table of totals: "Capture, Completed" to "3 12.50 USD".
func totalsOf(t *testing.T, doc *goquery.Document) map[string]string {
	t.Helper()
	totals := map[string]string{}
	card(t, doc, "Totals").Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		row.Find(".sr-only").Remove()
		cells := row.Find("td")
		key := words(row.Find("th")) + ", " + words(cells.Eq(0))
		for totals[key] != "" {
			key += "+"
		}
		totals[key] = words(cells.Eq(1)) + " " + words(cells.Eq(2))
	})
	return totals
}

var (
	typeNames   = map[string]string{"1": "Authorize", "2": "Pay", "3": "Capture", "4": "Refund", "5": "Reverse", "6": "Deposit", "10": "Preauthorization", "99": "Type 99"}
	statusNames = map[string]string{"0": "New", "2": "Authorized", "3": "Processed", "4": "Completed", "5": "Failed", "8": "Denied", "10": "Reversed", "11": "Partially Refunded", "77": "Code 77"}
)

// addUp is a second telling of the totals.
func addUp(rows []record) map[string]string {
	counts, sums := map[string]int{}, map[string]*big.Rat{}
	for _, rec := range rows {
		key := typeNames[textAt(rec, "transactionType")] + ", " + statusNames[textAt(rec, "status")]
		if textAt(rec, "status") == "77" {
			key += " (" + textAt(rec, "statusMessage") + ")"
		}
		counts[key]++
		if sums[key] == nil {
			sums[key] = new(big.Rat)
		}
		amount, ok := new(big.Rat).SetString(textAt(rec, "amount"))
		if !ok {
			panic(textAt(rec, "amount"))
		}
		sums[key].Add(sums[key], amount)
	}
	totals := map[string]string{}
	for key, n := range counts {
		totals[key] = strconv.Itoa(n) + " " + sums[key].FloatString(2) + " USD"
	}
	return totals
}

// ofCustomer are the rows of an id, the newest first.
func ofCustomer(rows []record, id string) []record {
	own := slices.DeleteFunc(slices.Clone(rows), func(rec record) bool { return textAt(rec, "payment.customer.externalId") != id })
	sortRows(own, "createdAt", "desc", false)
	return own
}

func TestCustomerPageAddsUpExactly(t *testing.T) {
	t.Parallel()
	rows := madeUp(81, 700, time.Millisecond)
	for _, rec := range rows {
		rec["statusMessage"] = "odd"
	}
	b := open(t, newFake(t, rows)).as(auth.Support)
	for _, id := range []string{"cust-3", "cust-7", "cust-16"} {
		own := ofCustomer(rows, id)
		doc := b.get(customerPath(id)).want(http.StatusOK).doc()
		if got := words(doc.Find("h1")); got != "Customer "+id {
			t.Errorf("got the heading %q, want the external id", got)
		}
		got, want := totalsOf(t, doc), addUp(own)
		for key, total := range want {
			if got[key] != total {
				t.Errorf("%s, %s: got %q, want %q", id, key, got[key], total)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: got %d totals, want %d: %v", id, len(got), len(want), got)
		}
		facts := factsOf(doc)
		if facts["Transactions"] != strconv.Itoa(len(own)) {
			t.Errorf("%s: got %q transactions, want %d", id, facts["Transactions"], len(own))
		}
		first, _ := timeAt(own[len(own)-1], "createdAt")
		last, _ := timeAt(own[0], "createdAt")
		for name, at := range map[string]int64{"First seen": first, "Last seen": last} {
			if want := time.UnixMilli(at).UTC().Format("Jan 2 2006, 15:04"); facts[name] != want {
				t.Errorf("%s: got %s %q, want %q", id, name, facts[name], want)
			}
		}
		var shown []string
		doc.Find("table[data-rows] tr[data-transaction-id]").Each(func(_ int, s *goquery.Selection) { shown = append(shown, s.AttrOr("data-transaction-id", "")) })
		for i, rec := range own[:min(25, len(own))] {
			if i >= len(shown) || shown[i] != textAt(rec, "transactionId") {
				t.Fatalf("%s: got the rows %v, want the newest in their order", id, shown)
			}
		}
		if len(shown) != min(25, len(own)) {
			t.Errorf("%s: got %d rows, want %d", id, len(shown), min(25, len(own)))
		}
		if got := doc.Find(".notice").Length(); got != 0 {
			t.Errorf("%s: got a notice though all was read: %s", id, words(doc.Find(".notice")))
		}
	}
}

// manyOf are n captures of one customer, the newest last.
func manyOf(id string, n int) []record {
	var rows []record
	for i := range n {
		rows = append(rows, record{
			"transactionId": strconv.Itoa(710_000_000 + i), "transactionType": 3, "status": 4, "currency": "USD", "amount": fmt.Sprintf("%d.01", i+1),
			"createdAt": testNow.Add(-time.Duration(n-i) * time.Minute).UnixMilli(), "updatedAt": testNow.UnixMilli(),
			"payment": record{"paymentId": strconv.Itoa(810_000_000 + i/2), "customer": record{"externalId": id, "name": "Ada Example"}},
		})
	}
	return rows
}

// A total never looks complete when it is not.
func TestCustomerPageSaysWhatItIsAbout(t *testing.T) {
	t.Parallel()
	const most = handlers.MaxCustomerRows
	for n, whole := range map[int]bool{most - 1: true, most: true, most + 1: false, most + 120: false} {
		rows := manyOf("big", n)
		api := newFake(t, rows)
		doc := open(t, api).as(auth.Support).get(customerPath("big")).want(http.StatusOK).doc()
		if got := len(api.requests()); got > 7 {
			t.Errorf("%d rows: got %d requests, want 7 at most", n, got)
		}
		read := ofCustomer(rows, "big")[:min(n, most)]
		if got, want := totalsOf(t, doc)["Capture, Completed"], addUp(read)["Capture, Completed"]; got != want {
			t.Errorf("%d rows: got the total %q, want %q", n, got, want)
		}
		facts, notice, totals := factsOf(doc), words(doc.Find(".notice")), words(card(t, doc, "Totals").Find(".note"))
		said := strings.Contains(totals, "Not complete: over the newest 500") && strings.Contains(notice, "There are more") &&
			facts["Transactions"] == "at least 500" && strings.HasSuffix(facts["First seen"], " or before")
		if said == whole || whole && (notice != "" || facts["Transactions"] != strconv.Itoa(n) || !strings.HasPrefix(totals, "All "+strconv.Itoa(n))) {
			t.Errorf("%d rows: got facts %v, notice %q, totals %q; want it said whether that is all", n, facts, notice, totals)
		}
	}
}

// What came before the API failed is shown and said to be a part; nothing at all is an error.
func TestCustomerPageOfAFailingAPI(t *testing.T) {
	t.Parallel()
	api := newFake(t, manyOf("big", 300))
	p := open(t, api)
	b := p.as(auth.Support)
	failFrom := func(from int) {
		api.set(func(f *fakeAPI) {
			f.seen = nil
			f.instead = func(n int, w http.ResponseWriter, _ *http.Request) bool {
				if n >= from {
					refuse(w, http.StatusBadRequest, 330, "no")
				}
				return n >= from
			}
		})
	}
	failFrom(2)
	doc := b.get(customerPath("big")).want(http.StatusOK).doc()
	notice := words(doc.Find(".notice"))
	if !strings.Contains(notice, "Reading ended early: Trustly refused this request") || doc.Find(".notice a[href='"+customerPath("big")+"']").Length() != 1 {
		t.Errorf("got the notice %q, want it to say why reading ended and to offer another try", notice)
	}
	if got := factsOf(doc)["Transactions"]; !strings.HasPrefix(got, "at least ") {
		t.Errorf("got %q transactions, want it said that there may be more", got)
	}
	if got := words(card(t, doc, "Totals").Find(".note")); !strings.HasPrefix(got, "Not complete") {
		t.Errorf("got %q above the totals, want it said that they are not complete", got)
	}
	if !strings.Contains(p.log.String(), `"route":"/customers/:externalId","status":200`) || !strings.Contains(p.log.String(), "code 330") {
		t.Error("the failure is not in the log")
	}
	failFrom(1)
	if got := words(b.get(customerPath("big")).want(http.StatusBadGateway).doc().Find("h1")); got != "Trustly refused this request" {
		t.Errorf("got the heading %q, want the API's failure", got)
	}
}

// How the API matches is not documented: what it counts in besides is told apart.
func TestCustomerPageTellsOthersApart(t *testing.T) {
	t.Parallel()
	rows := slices.Concat(manyOf("cust-4711", 3), manyOf("CUST-4711", 2), manyOf("cust-47110", 1), manyOf("", 1))
	for i, rec := range rows {
		rec["transactionId"], rec["createdAt"] = strconv.Itoa(720_000_000+i), testNow.Add(-time.Duration(i)*time.Hour).UnixMilli()
	}
	api := newFake(t, rows)
	b := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if got := q.Get("payment.customer.externalId"); !strings.HasPrefix(got, "cust-47") {
			t.Errorf("the API was asked for %q", got)
		}
		q.Del("payment.customer.externalId")
		r.URL.RawQuery = q.Encode()
		api.ServeHTTP(w, r)
	})).as(auth.Support)
	doc := b.get(customerPath("cust-4711")).want(http.StatusOK).doc()
	if got := factsOf(doc)["Transactions"]; got != "3" {
		t.Errorf("got %q transactions, want the 3 of the id itself", got)
	}
	if got, want := totalsOf(t, doc)["Capture, Completed"], "3 6.03 USD"; got != want {
		t.Errorf("got the total %q, want %q", got, want)
	}
	others := card(t, doc, "Other external IDs")
	if got := words(others); !strings.Contains(got, "4 transactions with another external ID") || !strings.Contains(got, "CUST-4711 2 transactions") || !strings.Contains(got, "No external ID 1 transaction") {
		t.Errorf("got %q, want the others with their numbers", got)
	}
	if others.Find("a[href='/customers/cust-47110?tz=UTC']").Length() != 1 {
		t.Error("the others are not linked")
	}
	// None of the id itself is none at all.
	doc = b.get(customerPath("cust-47")).want(http.StatusNotFound).doc()
	if got := words(doc.Find("main")); !strings.Contains(got, "no transaction with exactly this external ID") || !strings.Contains(got, "7 transactions with another") {
		t.Errorf("got %q, want it said that none is this customer's", got)
	}
	if doc.Find("main form[action='/find'] input[name=q]").Length() != 1 {
		t.Error("the page does not ask for something else")
	}
}

// Ids are the merchant's: anything may stand in them.
func TestCustomerPageOfAnyID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"a/b", "a%2Fb", "100%", "a b+c", "?x=1&y#z", "..a", "日本", "a;b,c", "'\"<b>", `a\b`, strings.Repeat("é", 150), "שלום"} {
		b := open(t, newFake(t, manyOf(id, 2))).as(auth.Support)
		doc := harmless(t, b.get(customerPath(id)).want(http.StatusOK))
		if got := readable(doc.Find("h1 bdi")); got != id {
			t.Errorf("%q: got the heading %q", id, got)
		}
		href := doc.Find(".head a").AttrOr("href", "")
		if got := len(readPage(b.get(href)).ids); got != 2 {
			t.Errorf("%q: got %d rows at %s, want 2", id, got, href)
		}
	}
	api := newFake(t, nil)
	b := open(t, api).as(auth.Support)
	for _, id := range append(hostile, strings.Repeat("x", 201)) {
		a, _ := b.visit(customerPath(id))
		harmless(t, a)
		if a.status != http.StatusNotFound {
			t.Errorf("%.40q: got status %d, want 404", id, a.status)
		}
	}
	api.reset()
	if got := words(b.get(customerPath(strings.Repeat("x", 201))).want(http.StatusNotFound).doc().Find(".notice")); !strings.Contains(got, "longer than any") || len(api.requests()) > 0 {
		t.Errorf("got %q and %d requests, want a refusal without asking", got, len(api.requests()))
	}
	if got := b.get("/customers/a%2Fb?tz=Mars").want(http.StatusSeeOther).header.Get("Location"); got != "/customers/a%2Fb" {
		t.Errorf("a wrong zone: got Location %q, want the page without it", got)
	}
}

func TestCustomerPageOfHostileRecords(t *testing.T) {
	t.Parallel()
	rows := hostileRecords()
	for i, rec := range rows {
		rec["payment"].(record)["customer"].(record)["externalId"] = "one"
		rec["status"], rec["transactionType"] = []any{2, 8, 77, hostile[i]}[i%4], []any{1, 3, hostile[i]}[i%3]
	}
	doc := harmless(t, open(t, newFake(t, rows)).as(auth.Support).get(customerPath("one")).want(http.StatusOK))
	if got := strays(doc); len(got) > 0 {
		t.Errorf("text that runs from right to left is not isolated: %q", got)
	}
	if got := factsOf(doc)["Transactions"]; got != strconv.Itoa(len(rows)) {
		t.Errorf("got %q transactions, want %d", got, len(rows))
	}
}

// dressed are a customer's records, each with the fields that a test is about.
func dressed(id string, fields ...record) []record {
	rows := manyOf(id, len(fields))
	for i, over := range fields {
		for name, value := range over {
			switch name {
			case "code":
				rows[i]["paymentProviderTransaction"] = record{"status": value}
			case "auth":
				rows[i]["payment"].(record)["auth"] = record{"status": value}
			case "account", "paymentProvider":
				rows[i]["payment"].(record)[name] = value
			default:
				rows[i][name] = value
			}
		}
	}
	return rows
}

func TestCustomerPageListsOpenAuthorizations(t *testing.T) {
	t.Parallel()
	now := time.Now() // expiry is held against the time of the API's answer
	rows := dressed("one",
		record{"transactionType": 1, "status": 2, "amount": "0.00"},
		record{"transactionType": 1, "status": 2, "auth": 4},                              // the payment's authorization is over
		record{"transactionType": 1, "status": 7},                                         // canceled
		record{"transactionType": 3, "status": 2},                                         // a capture
		record{"transactionType": 10, "status": 2, "expiredAt": now.UnixMilli() - 60_000}, // ended
		record{"transactionType": 1, "status": 2, "expiredAt": now.UnixMilli() - 60_000},
		record{"transactionType": 10, "status": 2, "amount": "80.00", "expiredAt": now.UnixMilli() + 3_600_000},
	)
	doc := open(t, newFake(t, rows)).as(auth.Support).get(customerPath("one")).want(http.StatusOK).doc()
	open := card(t, doc, "Open authorizations")
	var got []string
	open.Find("tbody tr").Each(func(_ int, s *goquery.Selection) {
		got = append(got, words(s.Find("th a"))+" "+words(s.Find("td.right")))
	})
	if want := []string{"710000006 80.00 USD", "710000000 0.00 USD no upper limit"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := words(open); !strings.Contains(got, "Open means here") {
		t.Errorf("got %q, want it said what open means", got)
	}
}

func TestCustomerPageTellsTheLastFailure(t *testing.T) {
	t.Parallel()
	rows := dressed("one",
		record{"status": 8, "code": "SW021", "updatedAt": testNow.Add(-48 * time.Hour).UnixMilli()},
		record{"status": 10, "code": "R10", "updatedAt": testNow.Add(-time.Hour).UnixMilli()},
		record{"status": 8, "code": "R01", "updatedAt": testNow.Add(-24 * time.Hour).UnixMilli()},
		record{"transactionType": 5, "originalTransactionId": "710000001", "updatedAt": testNow.Add(-2 * time.Hour).UnixMilli()},
		record{"updatedAt": testNow.UnixMilli()},
	)
	doc := open(t, newFake(t, rows)).as(auth.Support).get(customerPath("one")).want(http.StatusOK).doc()
	failure := card(t, doc, "Last failure")
	if got := words(failure.Find("a.id")); got != "710000001" {
		t.Errorf("got %q, want the one that changed last", got)
	}
	code := plainwords.ExplainCode("R10")
	if got := words(failure.Find(".failure-codes div")); got != "R10"+code.Name+". "+code.Words.Text || !strings.Contains(words(failure), "general ACH rules") {
		t.Errorf("got %q, want the code in words with its source", got)
	}
	// The Reverse and the capture it came back for are one return; SW021 is none.
	if got := factsOf(doc)["Returns"]; got != "2" {
		t.Errorf("got %q returns, want 2", got)
	}
	doc = open(t, newFake(t, manyOf("one", 2))).as(auth.Support).get(customerPath("one")).want(http.StatusOK).doc()
	if got := words(card(t, doc, "Last failure")); !strings.Contains(got, "None of the transactions") {
		t.Errorf("got %q, want that there is none", got)
	}
}

func TestCustomerPageListsAccounts(t *testing.T) {
	t.Parallel()
	bank := record{"name": "Demo Bank"}
	rows := dressed("one",
		record{"account": record{"accountNumber": "990011227833"}, "paymentProvider": bank},
		record{"account": record{"accountNumber": "7833"}, "paymentProvider": bank},
		record{"account": record{"accountNumber": "880099887777", "accountNumberLastFour": "0001"}, "paymentProvider": bank},
		record{"account": record{"accountNumber": record{"iban": "DE44500105175407000005"}}, "paymentProvider": record{"name": record{"email": "hidden.person@mail.test"}}},
		record{},
	)
	a := open(t, newFake(t, rows)).as(auth.Support).get(customerPath("one")).want(http.StatusOK)
	got := words(card(t, a.doc(), "Accounts used"))
	if !strings.Contains(got, "Demo Bank ••7833 2 transactions") || !strings.Contains(got, "Demo Bank ••0001 1 transaction") {
		t.Errorf("got %q, want each account once, by its last four digits", got)
	}
	for _, secret := range []string{"990011227833", "880099887777", "DE44500105175407000005", "hidden.person"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("%q is on the page", secret)
		}
	}
}

// Amounts that can't be read are in no sum, and said.
func TestCustomerPageCountsUnreadableAmounts(t *testing.T) {
	t.Parallel()
	rows := dressed("one", record{"amount": "0.1"}, record{"amount": "0.2"}, record{"amount": "lots"}, record{"amount": "1.005", "currency": "CAD"}, record{"amount": nil, "status": 8})
	doc := open(t, newFake(t, rows)).as(auth.Support).get(customerPath("one")).want(http.StatusOK).doc()
	want := map[string]string{"Capture, Completed": "1 1.005 CAD", "Capture, Completed+": "3 0.30 USD 1 without an amount that can be read", "Capture, Denied": "1 1 without an amount that can be read"}
	got := totalsOf(t, doc)
	for key, total := range want {
		if got[key] != total {
			t.Errorf("%s: got %q, want %q", key, got[key], total)
		}
	}
}

// The example's customer, as a role that may reveal sees the page: masked all the same.
func TestCustomerPageOfTheExample(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	rec["payment"].(record)["account"].(record)["accountNumber"] = "440044007833"
	a := open(t, serveRecord(rec)).as(auth.Support).get(customerPath(textAt(rec, "payment.customer.externalId"))).want(http.StatusOK)
	if got := words(a.doc().Find(".lead")); !strings.Contains(got, textAt(rec, "payment.customer.name")) {
		t.Errorf("got %q, want the name, which lists show too", got)
	}
	for path := range maskedInExample {
		if secret := textAt(rec, path); secret == "" || strings.Contains(a.body, secret) || strings.Contains(headerText(a), secret) {
			t.Errorf("%s, %q, is in the answer", path, secret)
		}
	}
}
