package handlers

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/export"
	"trustlyportal/search"
)

// worksheetCSV sends GET /find/list/{id}/worksheet.csv: every entry in the order of the paste, those that have not been
// asked yet as what they are.
func (w *web) worksheetCSV(c echo.Context) error {
	row, sheet, err := w.readWorksheet(c)
	if err != nil {
		return err
	}
	view, _ := search.Parse("tz="+w.zoneOf(c), w.Now())
	var b bytes.Buffer
	table, err := export.NewTable(&b, "line", "pasted", "verdict", "read as", "transaction IDs", "count", "status", "type", "amount", "currency", "created ("+view.Zone.String()+")", "note")
	for i := range sheet.Entries {
		err = errors.Join(err, table.Write(worksheetLine(view, &sheet, i)...))
	}
	if err := errors.Join(err, table.Flush()); err != nil {
		return fmt.Errorf("write worksheet: %w", err)
	}
	if err := w.record(c, act{action: audit.Download, object: worksheetObject(row.ID), detail: entries(row.Entries)}); err != nil {
		return err
	}
	name := "list-" + slug(w.Environment) + "-" + row.CreatedAt.In(view.Zone).Format("20060102-150405")
	if sheet.count(notAsked) > 0 {
		name += "-incomplete"
	}
	c.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ".csv"}))
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8; header=present", b.Bytes())
}

func worksheetLine(view search.View, sheet *worksheet, i int) []string {
	e := sheet.resolved(sheet.Entries[i])
	line := []string{lineOf(e.PastedEntry), e.Text, strings.ToLower(verdictStatus(e.Verdict).Word), readAs(e), strings.Join(e.IDs, " "), "", "", "", "", "", "", e.Reason}
	switch e.Verdict {
	case found, missing, ambiguous:
		line[5] = strconv.Itoa(len(e.IDs))
	}
	var notes []string
	for _, m := range e.Matches {
		if m.More {
			line[5] = fmt.Sprintf("more than %d", search.LookupRows)
		}
		if e.Row == nil {
			notes = append(notes, matchWords(m)+" by "+m.Reading.Label())
		}
	}
	if len(notes) > 0 {
		line[11] = strings.Join(notes, "; ")
	}
	if e.Verdict == duplicate && e.DuplicateOf >= 0 && e.DuplicateOf < len(sheet.Entries) {
		line[11] = "duplicate of line " + lineOf(sheet.Entries[e.DuplicateOf].PastedEntry)
	}
	if e.Row != nil {
		t := e.Row.transaction()
		line[6], line[7], line[8], line[9], line[10] = status(t).Word, typeName(t.TransactionType), t.Amount.Text, search.MaskText(string(t.Currency)), t.CreatedAt.Text
		if text, ok := search.Money(t.Amount); ok {
			line[8] = text
		}
		if !t.CreatedAt.IsZero() {
			line[10] = t.CreatedAt.In(view.Zone).Format("2006-01-02T15:04:05.000Z07:00")
		}
	}
	return line
}
