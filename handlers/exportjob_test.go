package handlers_test

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// exportActs are the records of an export, the oldest first.
func (p *portal) exportActs(id string) []audit.Record {
	p.t.Helper()
	records, err := p.db.AuditPage(p.t.Context(), audit.Filter{Object: "export " + id}, 0, 20)
	if err != nil {
		p.t.Fatal(err)
	}
	for i, j := 0, len(records)-1; i < j; i, j = i+1, j-1 {
		records[i], records[j] = records[j], records[i]
	}
	return records
}

// hanging is an API whose lists never come.
func hanging(t *testing.T) *fakeAPI {
	api := newFake(t, madeUp(75, 5, time.Millisecond))
	api.instead = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	}
	return api
}

// What is exported is on record before anything is asked, without what was typed; so are the end and the deletion.
func TestExportJobsAreOnRecord(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(76, 40, time.Millisecond)))
	b := p.as(auth.Finance)
	const name = "Wilhelmina Unwritten"
	href := b.order(exportQuery+"&payment.customer.name="+url.QueryEscape(name)+"&transactionStatus=4", "format", "xlsx", "columns", "all")
	b.becomes(href, "Complete")
	id := path.Base(href)
	b.post(href+"/delete", url.Values{}).want(http.StatusSeeOther)
	acts := p.exportActs(id)
	if len(acts) != 3 || acts[0].Action != audit.Export || acts[1].Action != audit.Collect || acts[2].Action != audit.Discard {
		t.Fatalf("got the records %+v, want a start, an end and a deletion", acts)
	}
	for _, want := range []string{"xlsx; personal data masked; ", "transactionStatus=4", "payment.customer.name=#", "createdAt.start=", " columns: transactionId "} {
		if !strings.Contains(acts[0].Detail, want) {
			t.Errorf("start: got %q, want %q in it", acts[0].Detail, want)
		}
	}
	if strings.Contains(acts[0].Detail, "Wilhelmina") || acts[0].Address == "" || acts[0].RequestID == "" || acts[0].User != "finance@example.com" {
		t.Errorf("start: got %+v, want who and from where, and no name", acts[0])
	}
	if !strings.HasPrefix(acts[1].Detail, "complete; 0 rows; digest ") || acts[2].Detail != "complete; 0 rows read" {
		t.Errorf("got the end %q and the deletion %q", acts[1].Detail, acts[2].Detail)
	}
	if _, err := p.db.Export(t.Context(), id, 1); err == nil {
		t.Error("the export is still there")
	}
}

// failingAudit takes no records of one kind.
type failingAudit struct {
	audit.Store
	action audit.Action
}

func (f failingAudit) BeginAudit(e audit.Event) func(context.Context) (audit.Record, error) {
	if e.Action == f.action {
		return brokenAudit{}.BeginAudit(e)
	}
	return f.Store.BeginAudit(e)
}

// No record, no job; no record, no end of one.
func TestExportJobNeedsTheAudit(t *testing.T) {
	t.Parallel()
	for _, action := range []audit.Action{audit.Export, audit.Collect, audit.Discard} {
		p := open(t, hanging(t), func(c *handlers.Config, _ *trustlyclient.Options) {
			c.Audit = audit.NewLog(failingAudit{c.Store, action}, c.Now)
		})
		b := p.as(auth.Finance)
		jobs := func() []store.ExportJob {
			list, err := p.db.Exports(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if action == audit.Export {
			b.post("/exports", url.Values{"query": {exportQuery}, "format": {"csv"}, "columns": {"shown"}}).want(http.StatusInternalServerError)
			if list := jobs(); len(list) != 0 {
				t.Errorf("no record of the start: got %+v, want no job", list)
			}
			continue
		}
		href := b.order(exportQuery)
		way := map[audit.Action]string{audit.Collect: "/cancel", audit.Discard: "/delete"}[action]
		b.post(href+way, url.Values{}).want(http.StatusInternalServerError)
		if list := jobs(); len(list) != 1 || !list[0].State.UnderWay() {
			t.Errorf("no record of %s: got %+v, want the job under way", way, list)
		}
	}
}

// Who has as many under way as one may is told so, and nothing is started; canceling one makes room at once.
func TestExportJobsHaveBounds(t *testing.T) {
	t.Parallel()
	p := open(t, hanging(t))
	b := p.as(auth.Finance)
	var last string
	for range store.MaxExportsUnderWay {
		last = b.order(exportQuery)
	}
	form := url.Values{"query": {exportQuery}, "format": {"csv"}, "columns": {"shown"}}
	if a := b.post("/exports", form).want(http.StatusUnprocessableEntity); !strings.Contains(a.text(), "5 of your exports are under way already") {
		t.Errorf("got %.300s, want it to say how many are under way", a.text())
	}
	records, err := p.db.AuditPage(t.Context(), audit.Filter{Action: audit.Export}, 0, 1)
	if err != nil || len(records) != 1 || records[0].Result != audit.Refused {
		t.Errorf("got %+v, %v, want the refusal on record", records, err)
	}
	b.post(last+"/cancel", url.Values{}).want(http.StatusSeeOther)
	b.becomes(last, "Canceled")
	b.order(exportQuery)
	if acts := p.exportActs(path.Base(last)); len(acts) != 2 || acts[1].Action != audit.Collect || acts[1].Detail != "canceled; 0 rows read" {
		t.Errorf("got %+v, want the start and that it was canceled", acts)
	}
}
