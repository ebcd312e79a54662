package handlers

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/export"
	"trustlyportal/views"
)

// auditFile streams GET /admin/audit.csv|.jsonl?…: the records that pass the page's filters, the oldest first, with the
// hashes of the chain. A failure after the first byte cuts the connection, as with any download.
func (w *web) auditFile(c echo.Context) error {
	asked, errs := w.readAuditView(c)
	if len(errs) > 0 {
		page := w.emptyAuditPage(c, asked)
		page.Errors = errs
		return w.draw(c, http.StatusUnprocessableEntity, views.Audit(page))
	}
	format := strings.TrimPrefix(path.Ext(c.Path()), ".")
	if err := w.record(c, act{action: audit.ReadAudit, object: "audit", detail: asked.recorded("export as "+format, w.typed.Hash)}); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", auditFormats[format].contentType)
	name := "audit-" + slug(w.Environment) + "-" + w.Now().UTC().Format("20060102-150405") + "." + format
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("X-Accel-Buffering", "no")
	to := bufio.NewWriterSize(&downloadWriter{response: c.Response(), control: http.NewResponseController(c.Response())}, 64<<10)
	records := w.AuditTrail.AuditRecords(c.Request().Context(), asked.filter, 0, 0)
	if err := auditFormats[format].write(to, records); err != nil {
		cutOff(c, err)
	}
	if err := to.Flush(); err != nil {
		cutOff(c, err)
	}
	return nil
}

// auditFormats are the files that the audit is exported as, by their endings.
var auditFormats = map[string]struct {
	contentType string
	write       func(io.Writer, iter.Seq2[audit.Record, error]) error
}{
	"csv":   {"text/csv; charset=utf-8; header=present", writeAuditCSV},
	"jsonl": {"application/jsonl", writeAuditLines},
}

func writeAuditCSV(to io.Writer, records iter.Seq2[audit.Record, error]) error {
	table, err := export.NewTable(to, "seq", "time", "at", "user_id", "user_email", "role", "action", "object", "detail", "result", "reason", "address", "request_id", "hash")
	if err != nil {
		return err
	}
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("export the audit: %w", err)
		}
		if err := table.Write(strconv.FormatInt(r.Seq, 10), audit.TimeText(r.Time), strconv.FormatInt(r.Time.UnixMilli(), 10), strconv.FormatInt(r.UserID, 10),
			r.User, r.Role, string(r.Action), r.Object, r.Detail, string(r.Result), r.Reason, r.Address, r.RequestID, r.Hash); err != nil {
			return err
		}
	}
	return table.Flush()
}

func writeAuditLines(to io.Writer, records iter.Seq2[audit.Record, error]) error {
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("export the audit: %w", err)
		}
		if err := r.WriteLine(to); err != nil {
			return err
		}
	}
	return nil
}
