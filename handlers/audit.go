package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/search"
	"trustlyportal/views"
)

// auditRows is how many records a page of the audit shows.
const auditRows = 50

// auditPage shows GET /admin/audit?…&before=&verify=1: who did what, the newest first. The filters are in auditfilter.go.
// Reading it is on record, too.
func (w *web) auditPage(c echo.Context) error {
	ctx := c.Request().Context()
	asked, errs := w.readAuditView(c)
	page := w.emptyAuditPage(c, asked)
	if len(errs) > 0 {
		page.Errors = errs
		return w.draw(c, http.StatusUnprocessableEntity, views.Audit(page))
	}
	verify := c.QueryParam("verify") != ""
	before, err := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	how := "page"
	if verify {
		how = "check"
	}
	if err := w.record(c, act{action: audit.ReadAudit, object: "audit", detail: asked.recorded(how, w.typed.Hash)}); err != nil {
		return err
	}
	records, err := w.AuditTrail.AuditPage(ctx, asked.filter, before, auditRows+1)
	if err != nil {
		return err
	}
	if before > 0 {
		page.Newest = asked.href("/admin/audit", 0)
	}
	if len(records) > auditRows {
		records = records[:auditRows]
		page.Older = asked.href("/admin/audit", records[auditRows-1].Seq)
	}
	f := formatter{zone: asked.zone, now: w.Now()}
	for _, r := range records {
		page.Records = append(page.Records, f.auditRecord(r))
	}
	if verify {
		if page.Verified, err = w.verified(c); err != nil {
			return err
		}
	}
	return w.draw(c, http.StatusOK, views.Audit(page))
}

// emptyAuditPage is the page around the records.
func (w *web) emptyAuditPage(c echo.Context, asked auditView) views.AuditPage {
	page := views.AuditPage{
		Frame: w.frame(c, "Audit"), Pages: w.adminNav(c), Zone: asked.zone.String(), Verify: "/admin/audit?verify=1",
		User: asked.text("user"), Object: asked.text("object"), Address: asked.text("address"), From: asked.text("from"), To: asked.text("to"),
		Holds: asked.filter.Holds,
		CSV:   asked.href("/admin/audit.csv", 0), JSONLines: asked.href("/admin/audit.jsonl", 0), Filtered: len(asked.values) > 0,
	}
	for _, action := range audit.Actions() {
		page.Actions = append(page.Actions, views.Choice{Value: string(action), Label: action.Words(), On: action == asked.filter.Action})
	}
	for _, result := range []audit.Result{audit.Allowed, audit.Refused} {
		page.Results = append(page.Results, views.Choice{Value: string(result), Label: auditResult(result).Word, On: result == asked.filter.Result})
	}
	return page
}

func (f formatter) auditRecord(r audit.Record) views.AuditRecord {
	shown := views.AuditRecord{
		Seq: strconv.FormatInt(r.Seq, 10), Time: f.full(r.Time), TimeUTC: f.utc(r.Time), User: r.User, Role: r.Role,
		Action: r.Action.Words(), Object: r.Object, Detail: r.Detail, Result: auditResult(r.Result),
		Reason: r.Reason, Address: r.Address, RequestText: r.RequestID,
	}
	if id, ok := strings.CutPrefix(r.Object, "transaction "); ok {
		shown.ObjectHref = recordHref(search.View{}, id)
	}
	return shown
}

func auditResult(r audit.Result) views.Status {
	if r == audit.Refused {
		return views.Status{Word: "Refused", Tone: views.ToneBad}
	}
	return views.Status{Word: "Allowed", Tone: views.ToneGood}
}

// verified checks the whole chain as it is kept.
func (w *web) verified(c echo.Context) (views.Notice, error) {
	n, head, err := w.AuditTrail.VerifyAudit(c.Request().Context())
	var broken *audit.BrokenError
	switch {
	case errors.As(err, &broken):
		return views.Notice{Tone: views.ToneBad, Text: fmt.Sprintf("The chain is broken: record %d %s. The %d records before it hold.", broken.Seq, broken.Why, n)}, nil
	case err != nil:
		return views.Notice{}, err
	}
	return views.Notice{Tone: views.ToneGood, Text: fmt.Sprintf("The chain holds: %d records, the newest is number %d with hash %s.", n, head.Seq, head.Hash)}, nil
}

// lookInAudit takes POST /admin/audit/look with value, a text that somebody may have searched for: it leads to the records
// that hold its hash. The text itself is in no address.
func (w *web) lookInAudit(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	value := search.Tidy(c.Request().PostFormValue("value"))
	if value == "" {
		return c.Redirect(http.StatusSeeOther, "/admin/audit")
	}
	asked := auditView{filter: audit.Filter{Holds: w.typed.All(value)}}
	return c.Redirect(http.StatusSeeOther, asked.href("/admin/audit", 0))
}
