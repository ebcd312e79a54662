package handlers

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/views"
)

// auditRows is how many records a page of the audit shows.
const auditRows = 50

// auditPage shows GET /admin/audit?user=&action=&object=&before=&verify=1: who did what, the newest first.
func (w *web) auditPage(c echo.Context) error {
	ctx := c.Request().Context()
	filter := audit.Filter{
		User:   auth.NormalizeEmail(strings.ToValidUTF8(c.QueryParam("user"), "")),
		Action: audit.Action(strings.ToValidUTF8(c.QueryParam("action"), "")),
		Object: strings.TrimSpace(strings.ToValidUTF8(c.QueryParam("object"), "")),
	}
	before, err := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	records, err := w.AuditTrail.AuditPage(ctx, filter, before, auditRows+1)
	if err != nil {
		return err
	}
	zone, err := search.LoadZone(w.zoneOf(c))
	if err != nil {
		return err
	}
	f := formatter{zone: zone, now: w.Now()}
	page := views.AuditPage{
		Frame: w.frame(c, "Audit"), User: filter.User, Object: filter.Object, Zone: zone.String(), Verify: "/admin/audit?verify=1",
	}
	for _, action := range audit.Actions() {
		page.Actions = append(page.Actions, views.Choice{Value: string(action), Label: action.Words(), On: action == filter.Action})
	}
	if before > 0 {
		page.Newest = auditHref(filter, 0)
	}
	if len(records) > auditRows {
		records = records[:auditRows]
		page.Older = auditHref(filter, records[auditRows-1].Seq)
	}
	for _, r := range records {
		page.Records = append(page.Records, f.auditRecord(r))
	}
	if c.QueryParam("verify") != "" {
		if page.Verified, err = w.verified(c); err != nil {
			return err
		}
	}
	return w.draw(c, 200, views.Audit(page))
}

func auditHref(f audit.Filter, before int64) string {
	q := url.Values{}
	for name, value := range map[string]string{"user": f.User, "action": string(f.Action), "object": f.Object} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return "/admin/audit"
	}
	return "/admin/audit?" + q.Encode()
}

func (f formatter) auditRecord(r audit.Record) views.AuditRecord {
	shown := views.AuditRecord{
		Seq: strconv.FormatInt(r.Seq, 10), Time: f.full(r.Time), TimeUTC: f.utc(r.Time), User: r.User, Role: r.Role,
		Action: r.Action.Words(), Object: r.Object, Detail: r.Detail, Result: views.Status{Word: "Allowed", Tone: views.ToneGood},
		Reason: r.Reason, Address: r.Address, RequestText: r.RequestID,
	}
	if r.Result == audit.Refused {
		shown.Result = views.Status{Word: "Refused", Tone: views.ToneBad}
	}
	if id, ok := strings.CutPrefix(r.Object, "transaction "); ok {
		shown.ObjectHref = recordHref(search.View{}, id)
	}
	return shown
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
