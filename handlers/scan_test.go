package handlers_test

import (
	"encoding/base64"
	"encoding/json"
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
	"trustlyportal/search"
	"trustlyportal/store/storetest"
)

// personalValues are what of a record nobody may find where the documentation names no place for it: the values that the
// mask hides, the customer's name and the internet address.
func personalValues(t *testing.T, rec record) []string {
	t.Helper()
	raw, err := json.Marshal(rec)
	if err != nil {
		t.Fatal(err)
	}
	leaves, err := search.Leaves(raw)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, leaf := range leaves {
		name := leaf.Path[strings.LastIndexByte(leaf.Path, '.')+1:]
		if personal := search.MaskOf(leaf.Path).Hides(leaf.Text) || leaf.Path == "payment.customer.name" || name == "ip"; personal && len(leaf.Text) > 3 {
			values = append(values, leaf.Text)
		}
	}
	if len(values) < 8 {
		t.Fatalf("got %d personal values, want the record to have more", len(values))
	}
	return values
}

// found are the personal values in a text, plain, escaped or in base64.
func foundIn(text string, values []string) []string {
	var found []string
	for _, value := range values {
		for _, form := range []string{value, url.QueryEscape(value), url.PathEscape(value), strings.Trim(base64.StdEncoding.EncodeToString([]byte(value)), "="), strings.ReplaceAll(value, "@", `\u0040`)} {
			if strings.Contains(text, form) {
				found = append(found, form)
				break
			}
		}
	}
	return found
}

// After a day's work with a customer's record, none of the customer's data is left in logs, in the database's files, in
// cookies, in headers or in what was exported masked. docs/security.md names the places where it may be.
func TestNothingPersonalIsLeftBehind(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	payment := rec["payment"].(record)
	payment["account"].(record)["accountNumber"] = "7833445566"
	customer := payment["customer"].(record)
	customer["dateOfBirth"], customer["nationalId"], customer["beneficiary"] = "1971-02-03", "AB 99 88 77 C", record{"iban": "DE89370400440532013000"}
	hostile := exampleRecord(t)
	hostile["transactionId"] = "1006755982"
	hostile["notes"] = "call joe.user@mail.com"
	values := personalValues(t, rec)
	const name, account, mail, ip = "Joe User", "7833445566", "joe.user@mail.com", "10.0.0.1"
	api := newFake(t, append(madeUp(72, 30, time.Millisecond), rec, hostile))
	p := open(t, api)
	b, audits := p.as(auth.Finance), p.as(auth.Admin)
	var kept strings.Builder // what the browser keeps or is told to go to
	note := func(a answer) answer {
		for _, cookie := range a.header.Values("Set-Cookie") {
			kept.WriteString(cookie + "\n")
			value, _, _ := strings.Cut(cookie[strings.IndexByte(cookie, '=')+1:], ";")
			for _, encoding := range []*base64.Encoding{base64.URLEncoding, base64.RawURLEncoding} {
				if text, err := encoding.DecodeString(value); err == nil {
					kept.Write(text)
				}
			}
		}
		for _, header := range []string{"Content-Disposition", "X-Request-Id", "Link", "HX-Push-Url", "HX-Trigger"} {
			kept.WriteString(a.header.Get(header) + "\n")
		}
		return a
	}

	// The address that the reader typed holds a name; what the portal makes of it by a private link does not.
	note(b.get("/transactions?payment.customer.name=" + url.QueryEscape(name) + "&ipAddr=" + ip))
	link := note(b.post("/private-links", url.Values{"query": {"payment.customer.name=" + url.QueryEscape(name) + "&ipAddr=" + ip}})).want(http.StatusSeeOther).header.Get("Location")
	kept.WriteString(link)
	list := note(b.get(link)).want(http.StatusOK)
	list.doc().Find("a[href]").Each(func(_ int, a *goquery.Selection) { href, _ := a.Attr("href"); kept.WriteString(href + "\n") })
	note(b.post("/views", url.Values{"name": {"Mine"}, "query": {"payment.fiAccount.accountNumber=" + account}}))
	for _, text := range []string{name, account, mail, ip, "7833"} {
		note(b.get("/find?q=" + url.QueryEscape(text)))
		note(b.get("/find?all=1&q=" + url.QueryEscape(text)))
		note(b.get("/customers/" + url.PathEscape(text)))
		note(b.get("/transactions/" + url.PathEscape(text)))
		note(b.post("/account/preferences", url.Values{"tz": {text}}))
	}
	sheet := note(b.post("/find/list", url.Values{"list": {account + "\n" + mail + "\n" + ip + "\n1006755981"}})).want(http.StatusSeeOther).header.Get("Location")
	b.ended(sheet)
	note(b.get(sheet + "/worksheet.csv"))
	note(b.get("/transactions/1006755981"))
	raw := note(b.get("/transactions/1006755981/raw.json")).want(http.StatusOK)
	for _, path := range []string{"payment.customer.taxId", "payment.customer.email", "payment.customer.phone"} {
		note(b.post("/transactions/1006755981/reveal", url.Values{"path": {path}, "reason": {"caller asked"}})).want(http.StatusOK)
	}
	masked := note(b.get("/transactions.csv?columns=all&ipAddr="+ip)).body + note(b.get("/transactions.jsonl?columns=all")).body + raw.body
	id := exported(b, note(b.post("/exports", url.Values{"query": {"payment.customer.name=" + url.QueryEscape(name)}, "format": {"jsonl"}, "columns": {"all"}, "reason": {"monthly"}})))
	page := note(b.get("/exports/" + id)).want(http.StatusOK)
	file := files(page)[".jsonl"]
	masked += note(b.get(file)).want(http.StatusOK).body
	for _, code := range []int{400, 404, 500} {
		api.set(func(f *fakeAPI) {
			f.instead = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				refuse(w, code, 331, "no customer "+name+" with "+account)
				return true
			}
		})
		note(b.get("/transactions?payment.customer.name=" + url.QueryEscape(name)))
		note(b.get("/transactions/1006755981"))
	}
	api.set(func(f *fakeAPI) { f.instead = nil })
	note(audits.post("/admin/audit/look", url.Values{"value": {name}}))
	lines := audits.get("/admin/audit.jsonl").want(http.StatusOK).body
	note(b.post("/logout", url.Values{}))

	// What the list itself shows may be in an export: names and internet addresses are not masked.
	shown := []string{name, ip}
	database := string(storetest.Dump(t, p.database))
	if !strings.Contains(database, "finance@example.com") {
		t.Error("the database can't be read: the scan would find nothing")
	}
	log := regexp.MustCompile(`"(time|took)":[^,}]*`).ReplaceAllString(p.log.String(), "")
	for _, place := range []struct {
		name, text string
		may        []string
	}{
		{"the log", log, nil}, {"the database", database, nil}, {"the audit", lines, nil}, {"cookies, headers and links", kept.String(), nil}, {"masked files", masked, shown},
	} {
		for _, value := range foundIn(place.text, values) {
			if !slices.Contains(place.may, value) {
				i := strings.Index(place.text, value)
				t.Errorf("%s: %q is there: …%q…", place.name, value, place.text[max(0, i-80):min(len(place.text), i+len(value)+40)])
			}
		}
	}
	if n, _, err := p.db.VerifyAudit(t.Context()); err != nil || n < 20 {
		t.Errorf("the audit: got %d records, %v, want a chain that holds", n, err)
	}
	if records, err := p.db.AuditPage(t.Context(), audit.Filter{Action: audit.Reveal}, 0, 10); err != nil || len(records) != 3 {
		t.Errorf("reveals: got %d, %v, want three on record", len(records), err)
	}
}
