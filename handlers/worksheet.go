package handlers

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

const (
	// worksheetAge is how long a worksheet is kept.
	worksheetAge = 24 * time.Hour

	// maxPaste is the largest form with a list, in bytes: five hundred entries of the longest texts, encoded.
	maxPaste = 512 << 10
)

// errNoWorksheet tells nothing of whether there is one that belongs to somebody else.
var errNoWorksheet = errors.New("no such worksheet")

// pasteList shows GET /find/list: the form for a pasted list, and the reader's lists of the last day.
func (w *web) pasteList(c echo.Context) error { return w.drawPaste(c, http.StatusOK, "", "") }

func (w *web) drawPaste(c echo.Context, status int, list, problem string) error {
	now := w.Now()
	rows, err := w.Worksheets.Worksheets(c.Request().Context(), reader(c).User.ID, now)
	if err != nil {
		return err
	}
	page := views.PastePage{Frame: w.frame(c, "Look up a list"), List: list, Error: problem, Most: search.MaxPasted, Price: w.pastePrice()}
	view, _ := search.Parse("tz="+w.zoneOf(c), now)
	f := formatter{zone: view.Zone, now: now}
	for _, row := range rows {
		page.Kept = append(page.Kept, views.KeptWorksheet{
			Label: entries(row.Entries), Href: worksheetHref(row.ID), Status: worksheetStatus(row),
			Created: f.short(row.CreatedAt), CreatedUTC: f.utc(row.CreatedAt),
		})
	}
	return w.draw(c, status, views.Paste(page))
}

// startWorksheet takes POST /find/list: the list is kept and looked up from now on; the reader may leave meanwhile.
func (w *web) startWorksheet(c echo.Context) error {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxPaste)
	if err := r.ParseForm(); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return w.drawPaste(c, http.StatusRequestEntityTooLarge, "", fmt.Sprintf("What was pasted is larger than %d kB, which no list of %d entries is. Paste the one column with the IDs or references.", maxPaste>>10, search.MaxPasted))
		}
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	list := r.PostFormValue("list")
	pasted := search.ParsePasted(list)
	switch n := len(pasted.Entries); {
	case n == 0 && pasted.Header != "":
		return w.drawPaste(c, http.StatusUnprocessableEntity, list, "There is only a column's heading. Paste the IDs or references below it too.")
	case n == 0:
		return w.drawPaste(c, http.StatusUnprocessableEntity, list, "There is nothing to look up. Paste IDs or references, one on each line.")
	case n > search.MaxPasted:
		return w.drawPaste(c, http.StatusUnprocessableEntity, list, fmt.Sprintf("The list has %d entries, and at most %d can be looked up at once. Paste it in parts.", n, search.MaxPasted))
	}
	now := w.Now()
	row := store.Worksheet{ID: rand.Text(), UserID: reader(c).User.ID, CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(worksheetAge)}
	sheet := newWorksheet(pasted)
	if err := sheet.seal(w.runner.sealer, &row); err != nil {
		return err
	}
	if err := w.record(c, act{action: audit.Search, object: worksheetObject(row.ID), detail: entries(row.Entries)}); err != nil {
		return err
	}
	err := w.Worksheets.AddWorksheet(r.Context(), row)
	if errors.Is(err, store.ErrTooManyRunning) {
		return w.drawPaste(c, http.StatusUnprocessableEntity, list, tooManyRunning)
	}
	if err != nil {
		return err
	}
	w.runner.start(row.ID)
	return c.Redirect(http.StatusSeeOther, worksheetHref(row.ID))
}

var tooManyRunning = fmt.Sprintf("%d of your lists are being looked up already. Wait for one to end, or cancel one.", store.MaxRunningWorksheets)

// readWorksheet is the reader's own worksheet of the URL.
func (w *web) readWorksheet(c echo.Context) (store.Worksheet, worksheet, error) {
	row, err := w.Worksheets.Worksheet(c.Request().Context(), c.Param("id"), reader(c).User.ID, w.Now())
	if errors.Is(err, store.ErrNotFound) {
		return row, worksheet{}, errNoWorksheet
	}
	if err != nil {
		return row, worksheet{}, err
	}
	sheet, err := openWorksheet(w.runner.sealer, row)
	if errors.Is(err, auth.ErrSealed) { // under a secret that the portal has no more
		err = errNoWorksheet
	}
	return row, sheet, err
}

// showWorksheet shows GET /find/list/{id}?show=: what became of each entry so far. It sees to it that somebody works on
// a running one: who did may have died.
func (w *web) showWorksheet(c echo.Context) error {
	row, sheet, err := w.readWorksheet(c)
	if err != nil {
		return err
	}
	if row.State == store.WorksheetRunning && !row.LeaseUntil.After(w.Now()) {
		w.runner.start(row.ID)
	}
	show, ok := shownBy(c.QueryParam("show"))
	if !ok {
		return c.Redirect(http.StatusSeeOther, worksheetHref(row.ID))
	}
	page := w.worksheetPage(c, row, &sheet, show)
	c.Response().Header().Add("Vary", "HX-Request")
	if isFragment(c.Request()) {
		return w.draw(c, http.StatusOK, views.WorksheetRegion(page))
	}
	return w.draw(c, http.StatusOK, views.Worksheet(page))
}

// cancelWorksheet takes POST /find/list/{id}/cancel. What was found so far stays.
func (w *web) cancelWorksheet(c echo.Context) error {
	id := c.Param("id")
	err := w.Worksheets.CancelWorksheet(c.Request().Context(), id, reader(c).User.ID, w.Now())
	if errors.Is(err, store.ErrNotFound) {
		return errNoWorksheet
	}
	if err != nil {
		return err
	}
	w.runner.stop(id)
	return c.Redirect(http.StatusSeeOther, worksheetHref(id))
}

// retryWorksheet takes POST /find/list/{id}/retry: what could not be asked, or was not, is asked.
func (w *web) retryWorksheet(c echo.Context) error {
	row, sheet, err := w.readWorksheet(c)
	if err != nil {
		return err
	}
	if row.State == store.WorksheetRunning {
		return c.Redirect(http.StatusSeeOther, worksheetHref(row.ID))
	}
	sheet.again()
	row.UpdatedAt = w.Now()
	if err := sheet.seal(w.runner.sealer, &row); err != nil {
		return err
	}
	switch err := w.Worksheets.RestartWorksheet(c.Request().Context(), row); {
	case errors.Is(err, store.ErrTooManyRunning):
		w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: auth.Warning, Text: tooManyRunning})
	case errors.Is(err, store.ErrNotFound): // somebody was quicker, in another tab
	case err != nil:
		return err
	default:
		w.runner.start(row.ID)
	}
	return c.Redirect(http.StatusSeeOther, worksheetHref(row.ID))
}

// deleteWorksheet takes POST /find/list/{id}/delete.
func (w *web) deleteWorksheet(c echo.Context) error {
	id := c.Param("id")
	err := w.Worksheets.DeleteWorksheet(c.Request().Context(), id, reader(c).User.ID)
	if errors.Is(err, store.ErrNotFound) {
		return errNoWorksheet
	}
	if err != nil {
		return err
	}
	w.runner.stop(id)
	w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: auth.Success, Text: "The list was deleted."})
	return c.Redirect(http.StatusSeeOther, "/find/list")
}

func worksheetHref(id string) string { return "/find/list/" + id }

// worksheetObject names a worksheet in the audit.
func worksheetObject(id string) string { return "worksheet " + id[:min(len(id), 8)] }

// isWorksheet reports whether a path is a worksheet's page.
func isWorksheet(path string) bool { return strings.HasPrefix(path, worksheetHref("")) }

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// inWords joins texts as a sentence does.
func inWords(texts []string, last string) string {
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " " + last + " " + texts[len(texts)-1]
}
