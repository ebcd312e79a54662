package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// tokenShape is what the docs tell scanners for leaked secrets.
var tokenShape = regexp.MustCompile(`tpp_[A-Z2-7]{56}`)

// cell is the text of a row's cell by its label.
func cell(row *goquery.Selection, label string) string {
	return words(row.Find(`td[data-label="` + label + `"]`))
}

// A token's life on the page: made, shown once, used, revoked.
func TestTokenPage(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(81, 5, time.Millisecond)))
	b := p.as(auth.Finance)
	finance, _ := p.db.UserByEmail(t.Context(), "finance@example.com")
	p.share(finance, "monthend", "columns=transactionId,amount&tz=UTC")
	if got := b.get("/account/tokens").want(http.StatusOK).text(); !strings.Contains(got, "You have no tokens") {
		t.Errorf("got %q, want it to say that there are none", got)
	}
	a := b.post("/account/tokens", url.Values{"name": {"  Nightly \n close "}, "scope": {"view:monthend"}, "days": {"30"}}).want(http.StatusOK)
	doc := a.doc()
	text, _ := doc.Find("#token").Attr("value")
	header, _ := doc.Find("#header").Attr("value")
	curl, _ := doc.Find("#curl").Attr("value")
	if !tokenShape.MatchString(text) || header != "Authorization: Bearer "+text {
		t.Fatalf("got the token %q and the header %q", text, header)
	}
	if want := "curl --fail --remove-on-error --output transactions.csv -H @token.header 'http://127.0.0.1/views/monthend.csv'"; curl != want {
		t.Errorf("got the command %q, want %q", curl, want)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got Cache-Control %q, want no-store", a.header.Get("Cache-Control"))
	}
	row := doc.Find("table tbody tr")
	if row.Length() != 1 || !strings.HasPrefix(words(row.Find("th")), "Nightly close #") || cell(row, "Opens") != "monthend" || cell(row, "State") != "Active" ||
		cell(row, "Expires") != "Dec 20, 12:00" || cell(row, "Last used") != "Never" {
		t.Errorf("got the row %q", words(row))
	}

	b.get("/account").want(http.StatusOK)
	if again := b.get("/account/tokens").want(http.StatusOK); tokenShape.MatchString(again.body) {
		t.Error("the token is shown twice")
	}
	file := p.stranger().get("/views/monthend.csv", "Authorization", "Bearer "+text).want(http.StatusOK)
	if got, _, _ := strings.Cut(file.body, "\r\n"); got != "transactionId,amount,currency" {
		t.Errorf("got the columns %q, want the saved view's", got)
	}
	row = b.get("/account/tokens").doc().Find("table tbody tr")
	if got := cell(row, "Last used"); got != "Nov 20, 12:00 from 127.0.0.1" {
		t.Errorf("got the last use %q", got)
	}
	revoke, _ := row.Find("form").Attr("action")
	// Nobody else's to revoke, and no other's to see.
	other := p.as(auth.Admin)
	other.post(revoke, url.Values{}).want(http.StatusSeeOther)
	if strings.Contains(other.get("/account/tokens").text(), "Nightly close") {
		t.Error("another's token is listed")
	}
	p.stranger().get("/views/monthend.csv", "Authorization", "Bearer "+text).want(http.StatusOK)
	b.post(revoke, url.Values{}).want(http.StatusSeeOther)
	b.post(revoke, url.Values{}).want(http.StatusSeeOther)
	p.stranger().get("/views/monthend.csv", "Authorization", "Bearer "+text).want(http.StatusUnauthorized)
	if got := cell(b.get("/account/tokens").doc().Find("table tbody tr"), "State"); got != "Revoked" {
		t.Errorf("got the state %q, want Revoked", got)
	}
	for action, want := range map[audit.Action]string{audit.MakeToken: "view:monthend, until 2026-12-20", audit.RevokeToken: ""} {
		records, err := p.db.AuditPage(t.Context(), audit.Filter{Action: action}, 0, 10)
		if err != nil || len(records) != 1 || !strings.HasSuffix(records[0].Object, " Nightly close") || records[0].Detail != want || records[0].User != "finance@example.com" {
			t.Errorf("%s: got the records %+v, error %v; want one with the detail %q", action, records, err, want)
		}
	}
	if log := p.log.String(); tokenShape.MatchString(log) || strings.Contains(log, "Nightly") {
		t.Error("the log tells of the token")
	}
}

// What can't be made: the form comes back filled in, and nothing is kept.
func TestTokenFormRefusals(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Finance)
	admin := p.addUser("boss@example.com", auth.Admin)
	if _, err := p.db.SaveViews(t.Context(), admin.ID, []store.SavedView{{ID: "private1", Name: "Boss's", Query: "tz=UTC"}}, false); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, scope, days, field, error string
	}{
		{"", "export", "90", "#name", "The name is missing."},
		{strings.Repeat("x", 61), "export", "90", "#name", "The name is longer than 60 characters."},
		{"\u200b", "export", "90", "#name", "The name holds nothing that can be seen."},
		{"a", "", "90", "#scope", "Choose what the token opens"},
		{"a", "everything", "90", "#scope", "Choose what the token opens"},
		{"a", "view:gone", "90", "#scope", "Choose what the token opens"},
		{"a", "view:private1", "90", "#scope", "Choose what the token opens"},
	} {
		a := b.post("/account/tokens", url.Values{"name": {c.name}, "scope": {c.scope}, "days": {c.days}}).want(http.StatusUnprocessableEntity)
		doc := a.doc()
		described, _ := doc.Find(c.field).Attr("aria-describedby")
		said := ""
		for id := range strings.FieldsSeq(described) {
			said += words(doc.Find("#"+id)) + " "
		}
		if !strings.Contains(said, c.error) || doc.Find(c.field+`[aria-invalid="true"]`).Length() != 1 {
			t.Errorf("%+v: got %q at the field, want the error", c, said)
		}
		if got, _ := doc.Find("#name").Attr("value"); got != c.name {
			t.Errorf("%+v: got the name %q filled in", c, got)
		}
		if got, _ := doc.Find("#days [selected]").Attr("value"); got != c.days {
			t.Errorf("%+v: got %q days chosen", c, got)
		}
	}
	// A number of days that the form does not offer is the least, not the most.
	a := b.post("/account/tokens", url.Values{"name": {"a"}, "scope": {"export"}, "days": {"36500"}}).want(http.StatusOK)
	if got := cell(a.doc().Find("table tbody tr"), "Expires"); got != "Nov 27, 12:00" {
		t.Errorf("got the end %q, want a week from now", got)
	}
	tokens, err := p.db.AllTokens(t.Context())
	if err != nil || len(tokens) != 1 {
		t.Errorf("got %d tokens, error %v; want the last one only", len(tokens), err)
	}
	// Who may not export gets no form, but the list.
	support := p.as(auth.Support)
	if a := support.get("/account/tokens").want(http.StatusOK); a.doc().Find("main form select").Length() > 0 || !strings.Contains(a.text(), "does not include exports") {
		t.Errorf("support: got %q, want no form and why", a.text())
	}
}

// No record, no token.
func TestTokenThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), func(c *handlers.Config, _ *trustlyclient.Options) { c.Audit = audit.NewLog(brokenAudit{}, c.Now) })
	b := p.asUnrecorded(auth.Finance)
	a := b.post("/account/tokens", url.Values{"name": {"a"}, "scope": {"export"}, "days": {"90"}}).want(http.StatusInternalServerError)
	if tokenShape.MatchString(a.body) {
		t.Error("a token is shown that is not on record")
	}
	tokens, err := p.db.AllTokens(t.Context())
	if err != nil || len(tokens) != 1 || tokens[0].RevokedAt.IsZero() {
		t.Errorf("got %+v, error %v; want the token revoked", tokens, err)
	}
}

// A saved view's addresses for scripts say what it means now, to whoever may open it.
func TestViewFiles(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(82, 12, time.Hour))
	p := open(t, api)
	b := p.as(auth.Finance)
	finance, _ := p.db.UserByEmail(t.Context(), "finance@example.com")
	admin := p.addUser("boss@example.com", auth.Admin)
	save := func(owner auth.User, v store.SavedView) {
		t.Helper()
		if _, err := p.db.SaveViews(t.Context(), owner.ID, []store.SavedView{v}, true); err != nil {
			t.Fatal(err)
		}
	}
	save(finance, store.SavedView{ID: "mine", Name: "Mine", Query: "columns=transactionId,status&tz=UTC"})
	save(admin, store.SavedView{ID: "theirs", Name: "Theirs", Query: "tz=UTC", Shared: true})
	save(admin, store.SavedView{ID: "hidden", Name: "Hidden", Query: "tz=UTC"})
	save(finance, store.SavedView{ID: "broken", Name: "Broken", Query: "transactionStaus=5"})
	_, token := p.token("finance@example.com", "view:mine", time.Hour)

	list := b.get("/transactions.csv?columns=transactionId,status&tz=UTC").want(http.StatusOK)
	for path, kind := range map[string]string{"/views/mine.csv": "text/csv", "/views/mine.xlsx": "application/vnd.openxml", "/views/mine.jsonl": "application/x-ndjson", "/views/mine.csv?bom=1": "text/csv"} {
		for who, a := range map[string]answer{"session": b.get(path), "token": p.stranger().get(path, token...)} {
			if a.want(http.StatusOK); !strings.HasPrefix(a.header.Get("Content-Type"), kind) && kind != "application/x-ndjson" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || a.trailer.Get("Export-Rows") != "12" {
				t.Errorf("%s by %s: got %s, %q, %s rows", path, who, a.header.Get("Content-Type"), a.header.Get("Content-Disposition"), a.trailer.Get("Export-Rows"))
			}
			if a.trailer.Get("Export-Rows-Sha256") != list.trailer.Get("Export-Rows-Sha256") {
				t.Errorf("%s by %s: got other rows than the list's", path, who)
			}
		}
	}
	// As it is saved at the moment.
	save(finance, store.SavedView{Name: "Mine", Query: "columns=transactionId,amount&tz=UTC"})
	if a := p.stranger().get("/views/mine.csv", token...).want(http.StatusOK); !strings.HasPrefix(a.body, "transactionId,amount,currency\r\n") {
		t.Errorf("after a change: got %.40q, want the new columns", a.body)
	}
	api.reset()
	for path, status := range map[string]int{
		"/views/hidden.csv": 404, "/views/nothing.csv": 404, "/views/broken.csv": 422, "/views/mine.csv?columns=all": 422, "/views/mine.csv?": 200,
		"/views/mine.xlsx?bom=1": 422, "/views/mine.csv?bom=1&bom=1": 422, "/views/mine.pdf": 404, "/views/.csv": 404, "/views/mine.csv.csv": 404, "/views/mine%2Ecsv": 404,
	} {
		if a := b.get(path); a.status != status {
			t.Errorf("%s: got %d, want %d", path, a.status, status)
		}
	}
	if a := b.get("/views/broken.csv"); !strings.Contains(a.text(), "transactionStaus") {
		t.Errorf("a view that can't be read: got %q, want the filter named", a.text())
	}
	b.get("/views/theirs.csv").want(http.StatusOK)
	// The page of views leads to the form, with the view chosen.
	form, _ := b.get("/views").doc().Find("#view-mine a[href*='/account/tokens']").Attr("href")
	path, _, _ := strings.Cut(form, "#")
	if got, _ := b.get(path).want(http.StatusOK).doc().Find("#scope option[selected]").Attr("value"); got != "view:mine" {
		t.Errorf("%q: got the scope %q chosen, want this view", form, got)
	}

	// Deleted, and taken back by another: in words for a script.
	if err := p.db.DeleteView(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	a := p.stranger().get("/views/mine.csv", token...).want(http.StatusNotFound)
	if !strings.HasPrefix(a.body, "No such view. ") {
		t.Errorf("a deleted view: got %q", a.body)
	}
	_, token = p.token("finance@example.com", "view:theirs", time.Hour)
	p.stranger().get("/views/theirs.csv", token...).want(http.StatusOK)
	if err := p.db.ShareView(t.Context(), "theirs", false); err != nil {
		t.Fatal(err)
	}
	p.stranger().get("/views/theirs.csv", token...).want(http.StatusNotFound)
	row := b.get("/account/tokens").doc().Find("table tbody tr").First()
	if got := cell(row, "Opens"); got != "One saved view The view was deleted, or is no longer shared." {
		t.Errorf("got %q, want the page to say that the view is gone", got)
	}
	// Filters that can't be read are told to a script in words.
	_, export := p.token("finance@example.com", "export", time.Hour)
	a = p.stranger().get("/transactions.csv?amount.min=12,50&colour=red", export...).want(http.StatusUnprocessableEntity)
	if strings.Contains(a.body, "<") || !strings.Contains(a.body, "12,50") || !strings.Contains(a.body, "colour") {
		t.Errorf("got %q, want plain words naming both", a.body)
	}
}

// A download that runs goes on to its end when its token is revoked; the next request is refused.
func TestTokenRevokedDuringADownload(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(83, 250, time.Millisecond))
	p := open(t, api)
	p.addUser("finance@example.com", auth.Finance)
	token, header := p.token("finance@example.com", "export", time.Hour)
	api.set(func(f *fakeAPI) {
		f.instead = func(n int, _ http.ResponseWriter, _ *http.Request) bool {
			if n == 2 {
				if err := p.db.RevokeToken(t.Context(), token.ID); err != nil {
					t.Error(err)
				}
			}
			return false
		}
	})
	a := p.stranger().get("/transactions.csv", header...).want(http.StatusOK)
	if a.trailer.Get("Export-Rows") != "250" {
		t.Errorf("got %s rows, want all 250", a.trailer.Get("Export-Rows"))
	}
	p.stranger().get("/transactions.csv", header...).want(http.StatusUnauthorized)
}
