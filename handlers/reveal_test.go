package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
	"trustlyportal/views"
)

var htmx = []string{"HX-Request", "true", "HX-Request-Type", "partial"}

// revealable is a portal with a transaction whose personal values the test knows.
func revealable(t *testing.T, settings ...setting) (*portal, string, map[string]string) {
	t.Helper()
	api := trustlytest.New(trustlytest.Options{Rows: 20})
	p := open(t, api, settings...)
	for _, r := range api.Records() {
		if c := r.Payment.Customer; c != nil && len(c.TaxID) > 5 && c.Email != "" && len(c.Phone) > 5 {
			return p, r.ID, map[string]string{
				"payment.customer.taxId": c.TaxID, "payment.customer.email": c.Email, "payment.customer.phone": c.Phone,
			}
		}
	}
	t.Fatal("no record with personal values")
	return nil, "", nil
}

func trail(t *testing.T, p *portal) []audit.Record {
	t.Helper()
	records, err := p.db.AuditPage(t.Context(), audit.Filter{Action: audit.Reveal}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestRevealShowsOneFieldAndIsOnRecord(t *testing.T) {
	p, id, values := revealable(t)
	b := p.as(auth.Support)
	path := "/transactions/" + id

	page := b.get(path).want(http.StatusOK)
	for name, value := range values {
		if strings.Contains(page.body, value) {
			t.Errorf("%s is in the page before it was revealed", name)
		}
		if form := page.doc().Find(fmt.Sprintf(`form[action=%q]:has(input[name=path][value=%q])`, path+"/reveal", name)); form.Length() != 1 {
			t.Errorf("forms that reveal %s: got %d, want 1", name, form.Length())
		}
	}
	for name, value := range values {
		for _, headers := range [][]string{nil, htmx} {
			before := len(trail(t, p))
			answer := b.post(path+"/reveal", url.Values{"path": {name}, "reason": {"caller asked"}}, headers...).want(http.StatusOK)
			if !strings.Contains(answer.body, value) {
				t.Errorf("%s revealed: got a page without its value", name)
			}
			for other, v := range values {
				if other != name && strings.Contains(answer.body, v) {
					t.Errorf("revealing %s showed %s too", name, other)
				}
			}
			if got := answer.header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control: got %q, want no-store", got)
			}
			records := trail(t, p)
			if len(records) != before+1 {
				t.Fatalf("records: got %d, want %d", len(records), before+1)
			}
			got := records[0].Event
			got.Time, got.UserID, got.Address = got.Time.Truncate(0), 0, ""
			want := audit.Event{Time: got.Time, User: "support@example.com", Role: "support", Action: audit.Reveal, Object: "transaction " + id,
				Detail: name, Result: audit.Allowed, Reason: "caller asked", RequestID: answer.header.Get("X-Request-Id")}
			if got != want {
				t.Errorf("record: got %+v, want %+v", got, want)
			}
		}
		if strings.Contains(p.log.String(), value) {
			t.Errorf("the log holds the value of %s", name)
		}
	}
}

func TestRevealRefuses(t *testing.T) {
	p, id, values := revealable(t)
	b := p.as(auth.Support)
	for name, test := range map[string]struct {
		id, path string
		status   int
	}{
		"a field in clear":       {id, "payment.customer.name", http.StatusNotFound},
		"an unknown field":       {id, "payment.customer.shoeSize", http.StatusNotFound},
		"no field":               {id, "", http.StatusNotFound},
		"an object":              {id, "payment.customer", http.StatusNotFound},
		"another case":           {id, "payment.customer.TAXID", http.StatusNotFound},
		"an unknown transaction": {"999999999999999", "payment.customer.taxId", http.StatusNotFound},
		"no transaction":         {"x%2Fy", "payment.customer.taxId", http.StatusNotFound},
	} {
		for _, headers := range [][]string{nil, htmx} {
			answer := b.post("/transactions/"+test.id+"/reveal", url.Values{"path": {test.path}}, headers...)
			if answer.status != test.status {
				t.Errorf("%s: got status %d, want %d", name, answer.status, test.status)
			}
		}
	}
	if n := len(trail(t, p)); n != 0 {
		t.Errorf("records of reveals that were none: got %d, want 0", n)
	}
	long := b.post("/transactions/"+id+"/reveal", url.Values{"path": {"payment.customer.taxId"}, "reason": {strings.Repeat("x", 201)}}, htmx...).want(http.StatusUnprocessableEntity)
	if !strings.Contains(long.body, "A reason has 200 characters at most.") {
		t.Errorf("a reason too long: got %s, want the limit", long.body)
	}
	if request := long.header.Get("X-Request-Id"); request == "" || !strings.Contains(long.body, request) {
		t.Errorf("a reason too long: got %s, want the request ID %q", long.body, request)
	}
	foreign := b.post("/transactions/"+id+"/reveal", url.Values{"path": {"payment.customer.taxId"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://elsewhere.example")
	if foreign.status != http.StatusForbidden || strings.Contains(foreign.body, values["payment.customer.taxId"]) {
		t.Errorf("from another site: got status %d, want 403 and no value", foreign.status)
	}
}

// No record, no act.
func TestRevealShowsNothingWhenItCannotBeRecorded(t *testing.T) {
	p, id, values := revealable(t, func(c *handlers.Config, _ *trustlyclient.Options) { c.Audit = audit.NewLog(brokenAudit{}, c.Now) })
	b := p.asUnrecorded(auth.Support)
	for name, value := range values {
		for _, headers := range [][]string{nil, htmx} {
			answer := b.post("/transactions/"+id+"/reveal", url.Values{"path": {name}}, headers...).want(http.StatusInternalServerError)
			if strings.Contains(answer.body, value) {
				t.Errorf("%s was shown though the audit failed", name)
			}
		}
	}
}

func TestRevealAsksForAReason(t *testing.T) {
	p, id, _ := revealable(t, func(c *handlers.Config, _ *trustlyclient.Options) { c.RevealReason = views.ReasonRequired })
	b := p.as(auth.Finance)
	if n := b.get("/transactions/" + id).doc().Find(".reveal input[name=reason][required]").Length(); n == 0 {
		t.Error("the page does not ask for a reason")
	}
	b.post("/transactions/"+id+"/reveal", url.Values{"path": {"payment.customer.taxId"}, "reason": {"  "}}).want(http.StatusUnprocessableEntity)
	if n := len(trail(t, p)); n != 0 {
		t.Errorf("records: got %d, want 0", n)
	}
	b.post("/transactions/"+id+"/reveal", url.Values{"path": {"payment.customer.taxId"}, "reason": {"refund by cheque"}}).want(http.StatusOK)
}

type brokenAudit struct{}

func (brokenAudit) BeginAudit(audit.Event) func(context.Context) (audit.Record, error) {
	return func(context.Context) (audit.Record, error) {
		return audit.Record{}, fmt.Errorf("disk full: %w", context.DeadlineExceeded) // which is not Trustly's
	}
}
