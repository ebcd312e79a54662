package handlers_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
)

// recorded are the records behind the number after, the oldest first, and the last number.
func recorded(t *testing.T, p *portal, after int64) ([]audit.Record, int64) {
	t.Helper()
	var records []audit.Record
	for r, err := range p.db.AuditRecords(t.Context(), audit.Filter{}, after, 0) {
		if err != nil {
			t.Fatal(err)
		}
		records, after = append(records, r), r.Seq
	}
	return records, after
}

// said is a record in one line: what the vocabulary of docs/security.md is about.
func said(r audit.Record) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s | %s | %s", r.User, r.Result, r.Action, r.Object, r.Detail))
}

// hashes stand for any hash of what was typed.
var hashes = regexp.MustCompile(`#[a-z2-7]{10}`)

// What a person does is on record once, with what was typed hashed; what a page asks by itself is not.
func TestActsAreRecorded(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, append(madeUp(65, 60, time.Millisecond), exampleRecord(t))))
	b := p.as(auth.Finance)
	const who = "finance@example.com allowed "
	var link string
	_, last := recorded(t, p, 0)
	for _, tt := range []struct {
		name string
		do   func() answer
		want []string
	}{
		{"an address that is not canonical", func() answer { return b.get("/transactions?tz=UTC&transactionStatus=5") }, nil},
		{"a list", func() answer { return b.get("/transactions?transactionStatus=5&payment.customer.name=Joe+User&tz=UTC") },
			[]string{"search | list | transactionStatus=5&payment.customer.name=#&tz=UTC"}},
		{"a fragment of a list", func() answer { return b.get("/transactions?tz=UTC", "HX-Request", "true") }, []string{"search | list | tz=UTC"}},
		{"a list that is refused", func() answer { return b.get("/transactions?colour=red") }, nil},
		{"a count", func() answer { return b.get("/transactions/count?payment.paymentId=7833445566") }, []string{"search | count | payment.paymentId=#"}},
		{"an estimate", func() answer { return b.get("/exports/estimate?payment.paymentId=7833445566&tz=UTC") },
			[]string{"search | count | payment.paymentId=#&tz=UTC"}},
		{"newer", func() answer { return b.get("/transactions/newer?tz=UTC&since=") }, nil},
		{"a transaction", func() answer { return b.get("/transactions/1006755981") }, []string{"view | transaction 1006755981 |"}},
		{"watch", func() answer { return b.get("/transactions/1006755981/watch?v=x") }, nil},
		{"raw JSON", func() answer { return b.get("/transactions/1006755981/raw.json") }, []string{"view | transaction 1006755981 | raw JSON"}},
		{"reveal", func() answer {
			return b.post("/transactions/1006755981/reveal", url.Values{"path": {"payment.customer.taxId"}, "reason": {"caller"}})
		}, []string{"reveal | transaction 1006755981 | payment.customer.taxId"}},
		{"the one box", func() answer { return b.get("/find?q=Joe+User&all=1") }, []string{"search | box # | as customer name, merchant reference, description"}},
		{"a customer", func() answer { return b.get("/customers/joe.user@mail.com") }, []string{"search | customer # |"}},
		{"a pasted list", func() answer { return b.post("/find/list", unaskable) }, []string{"search | worksheet ID | 1 entry"}},
		{"a private link", func() answer {
			a := b.post("/private-links", url.Values{"query": {"ipAddr=10.0.0.1"}})
			link = a.header.Get("Location")
			return a
		}, []string{"make-private-link | private link ID | ipAddr=#&private=ID"}},
		{"its list", func() answer { return b.get(link) }, []string{"search | list | ipAddr=#&private=ID"}},
		{"its end", func() answer {
			token, _, _ := strings.Cut(link[strings.Index(link, "private=")+len("private="):], "&")
			return b.post("/private-links/"+token+"/revoke", url.Values{})
		}, []string{"revoke-private-link | private link ID |"}},
		{"the end of none", func() answer { return b.post("/private-links/Joe%20User/revoke", url.Values{}) }, []string{"revoke-private-link | private link unreadable |"}},
		{"a saved view", func() answer {
			return b.post("/views", url.Values{"name": {"Mine"}, "query": {"transactionStatus=5"}, "shared": {"1"}})
		},
			[]string{"change-view | saved view | saved for the team: transactionStatus=5"}},
		{"views from a file", func() answer {
			return b.post("/views/import", url.Values{"text": {"version: 1\nviews: [{name: Imported, query: tz=UTC, shared: true}]"}})
		}, []string{"change-view | saved view | imported 1, 1 of them for the team"}},
		{"another address", func() answer { return b.get("/admin/audit?user=x") }, []string{"finance@example.com refused refusal | address GET /admin/audit | permission audit"}},
		{"another's form", func() answer { return b.post("/account/density", url.Values{}, "Sec-Fetch-Site", "cross-site") },
			[]string{"finance@example.com refused refusal | address POST /account/density | sent from another site"}},
		{"help", func() answer { return b.get("/help/filters") }, nil},
		{"sign-out", func() answer { return b.post("/logout", url.Values{}) }, []string{"sign-out | user finance@example.com |"}},
	} {
		a := tt.do()
		var records []audit.Record
		records, last = recorded(t, p, last)
		var got []string
		for _, r := range records {
			line := hashes.ReplaceAllString(said(r), "#")
			line = regexp.MustCompile(`(worksheet|private link|private=) ?[A-Z2-7]{8}`).ReplaceAllString(line, "$1 ID")
			got = append(got, strings.ReplaceAll(line, "private= ID", "private=ID"))
			if r.RequestID != a.header.Get("X-Request-Id") || r.Address != "127.0.0.1" || r.Role != "finance" {
				t.Errorf("%s: got request %q, address %q, role %q", tt.name, r.RequestID, r.Address, r.Role)
			}
		}
		want := slices.Clone(tt.want)
		for i, line := range want {
			if !strings.HasPrefix(line, "finance@") {
				want[i] = strings.TrimSpace(who + line)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s (%d):\ngot  %q\nwant %q", tt.name, a.status, got, want)
		}
	}
	all, _ := recorded(t, p, 0)
	for _, r := range all {
		if text := r.Object + r.Detail; strings.Contains(text, "Joe") || strings.Contains(text, "7833445566") || strings.Contains(text, "10.0.0.1") || strings.Contains(text, "mail.com") {
			t.Errorf("got %q on record, want a hash", said(r))
		}
	}
}

// Nothing is shown that could not be put on record.
func TestNoRecordNoAnswer(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, append(madeUp(66, 20, time.Millisecond), exampleRecord(t))), func(c *handlers.Config, _ *trustlyclient.Options) {
		c.Audit = audit.NewLog(brokenAudit{}, c.Now)
	})
	b := p.asUnrecorded(auth.Admin)
	user, err := p.db.UserByEmail(t.Context(), "admin@example.com")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/transactions?tz=UTC", "/transactions/count?tz=UTC", "/transactions/1006755981", "/transactions/1006755981/raw.json", "/find?q=1006755981&all=1",
		"/exports/estimate?tz=UTC", "/customers/cust-1", "/admin/audit", "/admin/audit.csv", "/admin/audit.jsonl"} {
		a := b.get(path)
		if a.status != http.StatusInternalServerError || strings.Contains(a.body, "data-transaction-id") || strings.Contains(a.body, "ABCDE") {
			t.Errorf("GET %s without an audit: got %d, want 500 and nothing shown", path, a.status)
		}
		if got, want := words(a.doc().Find("h1")), "Not on record, so not done"; got != want {
			t.Errorf("GET %s without an audit: got the heading %q, want %q", path, got, want)
		}
	}
	for path, form := range map[string]url.Values{"/find/list": unaskable, "/private-links": {"query": {"ipAddr=10.0.0.1"}}, "/views": {"name": {"Mine"}, "query": {"tz=UTC"}},
		"/transactions/1006755981/reveal": {"path": {"payment.customer.taxId"}}} {
		if a := b.post(path, form); a.status != http.StatusInternalServerError {
			t.Errorf("POST %s without an audit: got %d, want 500", path, a.status)
		}
	}
	if saved, err := p.db.Views(t.Context(), user.ID); err != nil || len(saved) > 0 {
		t.Errorf("views: got %d, %v, want none saved", len(saved), err)
	}
}

// A session whose sign-in is over is on record once, and its cookie is nobody's from then on.
func TestEndedSessionIsRecordedOnce(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	user := p.addUser("gone@example.com", auth.Support)
	b := p.signIn("gone@example.com")
	cookies := b.client.Jar.Cookies(mustURL(p.url))
	if err := p.db.SetDisabled(t.Context(), user.ID, true); err != nil {
		t.Fatal(err)
	}
	_, last := recorded(t, p, 0)
	for range 5 {
		b.client.Jar.SetCookies(mustURL(p.url), cookies)
		b.get("/transactions").want(http.StatusSeeOther)
	}
	p.stranger().get("/transactions").want(http.StatusSeeOther)
	records, _ := recorded(t, p, last)
	if len(records) != 1 || said(records[0]) != "gone@example.com refused refusal | address GET /transactions | account is disabled" {
		t.Errorf("got %d records, the first %+v, want one refusal", len(records), records)
	}
}

func TestAuditPage(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, append(madeUp(67, 3, time.Millisecond), exampleRecord(t))))
	admin, support := p.as(auth.Admin), p.as(auth.Support)
	const id = "1006755981"
	for range 60 {
		support.post("/transactions/"+id+"/reveal", url.Values{"path": {"payment.customer.taxId"}, "reason": {"<b>hostile</b>"}}).want(http.StatusOK)
	}
	p.clock.advance(24 * time.Hour)
	p.clock.advance(-24 * time.Hour)
	support.get("/transactions?payment.customer.name=Joe+User&tz=UTC").want(http.StatusOK)
	support.get("/transactions.csv").want(http.StatusForbidden)
	rows := func(a answer) int { return a.want(http.StatusOK).doc().Find("tbody tr").Length() }

	first := admin.get("/admin/audit?action=reveal")
	older, _ := first.doc().Find("a[rel=next]").Attr("href")
	second := admin.get(older)
	if rows(first) != 50 || rows(second) != 10 || second.doc().Find("a[rel=next]").Length() != 0 {
		t.Errorf("rows: got %d and %d, want 50 and 10, and no third page", rows(first), rows(second))
	}
	if text := first.doc().Find("tbody tr").First().Text(); !strings.Contains(text, "<b>hostile</b>") || !strings.Contains(text, "payment.customer.taxId") {
		t.Errorf("first row: got %q, want the reason as it was written and the field", text)
	}
	for query, want := range map[string]int{
		"user=Nobody@example.com": 0, "before=junk&user=SUPPORT@example.com&action=reveal&object=transaction+" + id: 50,
		"result=refused": 1, "result=refused&user=support@example.com": 1, "result=refused&user=admin@example.com": 0,
		"address=127.0.0.1&action=search": 1, "address=127.0.0.2": 0,
		"action=search&from=2026-11-20&tz=UTC": 1, "action=search&from=2026-11-21&tz=UTC": 0, "action=search&to=2026-11-20&tz=UTC": 1, "action=search&to=2026-11-19&tz=UTC": 0,
		"action=search&from=2026-11-20T13:00&tz=Europe/Berlin": 1, "action=search&from=2026-11-20T13:01&tz=Europe/Berlin": 0, "action=search&from=now-1h": 1,
		"object=Joe+User": 0,
	} {
		if got := rows(admin.get("/admin/audit?" + query)); got != want {
			t.Errorf("%s: got %d rows, want %d", query, got, want)
		}
	}
	for query, want := range map[string]string{"from=yesterday": "From", "action=dance": "Act", "result=maybe": "Result", "address=here": "Address", "from=2026-11-20&to=2026-11-19": "To", "holds=x": "Looked for",
		"usr=support@example.com": "Address of the page", "user=a@example.com&user=b@example.com": "User", "from=2026-11-20&tz=Nowhere": "Time zone"} {
		for _, path := range []string{"/admin/audit?", "/admin/audit.csv?"} {
			a := admin.get(path + query).want(http.StatusUnprocessableEntity)
			if alert := words(a.doc().Find("[role=alert]")); !strings.HasPrefix(alert, want+":") || a.doc().Find("tbody").Length() != 0 {
				t.Errorf("%s: got %q, want %s named and no records", query, alert, want)
			}
		}
	}

	// Who looked for somebody: neither the audit nor an address has the name.
	look := admin.post("/admin/audit/look", url.Values{"value": {" joe  USER "}}).want(http.StatusSeeOther).header.Get("Location")
	if !regexp.MustCompile(`^/admin/audit\?holds=%23[a-z2-7]{10}$`).MatchString(look) {
		t.Fatalf("got %q, want the hash alone", look)
	}
	found := admin.get(look)
	if text := found.doc().Find("tbody").Text(); rows(found) < 1 || !strings.Contains(text, "payment.customer.name=#") || strings.Contains(found.body, "Joe") {
		t.Errorf("got %q, want the search for Joe User, without the name", text)
	}
	if got := rows(admin.get(admin.post("/admin/audit/look", url.Values{"value": {"Jane User"}}).header.Get("Location"))); got != 0 {
		t.Errorf("another name: got %d rows, want none", got)
	}

	// The files hold what the chain is made of.
	lines := strings.Split(strings.TrimSpace(admin.get("/admin/audit.jsonl?action=reveal").want(http.StatusOK).body), "\n")
	var record struct {
		Seq                int64
		Hash, Reason, Time string
	}
	if err := json.Unmarshal([]byte(lines[0]), &record); err != nil || len(lines) != 60 || len(record.Hash) != 64 || record.Reason != "<b>hostile</b>" || record.Time != "2026-11-20T12:00:00.000Z" {
		t.Errorf("JSON lines: got %d of which the first is %s, %v, want 60", len(lines), lines[0], err)
	}
	table, err := csv.NewReader(strings.NewReader(admin.get("/admin/audit.csv?action=reveal").want(http.StatusOK).body)).ReadAll()
	if err != nil || len(table) != 61 || table[0][0] != "seq" || table[1][13] != record.Hash {
		t.Errorf("CSV: got %d lines, %v, want a heading and 60 of the same", len(table), err)
	}
	p.stranger().get("/admin/audit.jsonl", "Accept", "application/jsonl").want(http.StatusUnauthorized)

	text := admin.get("/admin/audit?verify=1").want(http.StatusOK).text()
	n, _, err := p.db.VerifyAudit(t.Context())
	if want := fmt.Sprintf("The chain holds: %d records", n); err != nil || !strings.Contains(text, want) {
		t.Errorf("verified: got %v and a page that does not say %q", err, want)
	}
	details := map[string]bool{}
	records, err := p.db.AuditPage(t.Context(), audit.Filter{Action: audit.ReadAudit}, 0, 1000)
	for _, r := range records {
		details[hashes.ReplaceAllString(r.Detail, "#")] = true
	}
	for _, want := range []string{"page action=reveal", "check", "export as csv action=reveal", "export as jsonl action=reveal", "page holds=#", "page object=#"} {
		if !details[want] {
			t.Errorf("reading the audit: got %v, %v, want %q among it", details, err, want)
		}
	}
}

// The page tells what the doors do, for it is made from the same tables.
func TestPermissionsPage(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	page := p.as(auth.Admin).get("/admin/permissions").want(http.StatusOK).doc()
	cells := map[string]string{}
	page.Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		row.Find("td").Each(func(_ int, cell *goquery.Selection) { cells[words(row.Find("th"))] += " " + words(cell) })
	})
	for name, want := range map[string]string{"GET /transactions.csv": "No Yes Yes", "GET /admin/audit": "No No Yes", "GET /healthz": "nothing Yes Yes Yes", "GET /account": "a sign-in Yes Yes Yes", "reveal": "Yes Yes Yes", "export-unmasked": "No No Yes"} {
		if !strings.HasSuffix(cells[name], want) {
			t.Errorf("%s: got %q, want it to end in %q", name, cells[name], want)
		}
	}
	for _, route := range handlers.URLMap() {
		if cells[route.Method+" "+route.Path] == "" {
			t.Errorf("%s %s is not on the page", route.Method, route.Path)
		}
	}
	for _, permission := range auth.Permissions() {
		if words := strings.Fields(cells[string(permission)]); len(words) < 6 {
			t.Errorf("%s: got %q, want it said in words", permission, words)
		}
	}
}

// asUnrecorded signs in a new user of the role while the audit works, for a web whose own does not.
func (p *portal) asUnrecorded(role auth.Role) *browser {
	p.t.Helper()
	working := *p
	working.config.Audit = audit.NewLog(p.db, p.clock.now)
	working.serve()
	b := p.stranger()
	b.client.Jar.SetCookies(mustURL(p.url), working.as(role).client.Jar.Cookies(mustURL(working.url)))
	return b
}
