package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// showExport shows GET /exports/{id}: how far the reader's export is, or what came of it. It sees to it that somebody works
// on one that is under way: who did may have died.
func (w *web) showExport(c echo.Context) error {
	job, err := w.readExportJob(c, c.Param("id"))
	if err != nil {
		return err
	}
	if job.idle(w.Now()) {
		w.exports.wake()
	}
	page, err := w.exportPage(c, job)
	if err != nil {
		return err
	}
	c.Response().Header().Add("Vary", varyOnFragment)
	if isFragment(c.Request()) {
		return w.draw(c, http.StatusOK, views.ExportRegion(page))
	}
	return w.draw(c, http.StatusOK, views.Export(page))
}

// listExports shows GET /exports: the reader's exports, the newest first.
func (w *web) listExports(c echo.Context) error {
	jobs, err := w.readExportJobs(c)
	if err != nil {
		return err
	}
	now := w.Now()
	view, _ := search.Parse("tz="+w.zoneOf(c), now)
	f := formatter{zone: view.Zone, now: now}
	page := views.ExportsPage{
		Frame: w.frame(c, "Exports"), ListHref: w.startHref(c), ZoneNote: "Times in " + view.ZoneName() + ".",
		Keeps: "A complete export is kept for " + daysWords(w.ExportKeep) + ", then it is deleted. Only you see yours.",
	}
	for _, job := range jobs {
		page.Rows = append(page.Rows, w.exportRow(f, job))
	}
	return w.draw(c, http.StatusOK, views.Exports(page))
}

// cancelExport takes POST /exports/{id}/cancel. One that has ended meanwhile stays as it is.
func (w *web) cancelExport(c echo.Context) error {
	id := c.Param("id")
	state, err := w.cancelExportJob(c, id)
	if err != nil {
		return err
	}
	if state != store.ExportCanceled {
		w.notify(c, auth.Info, "The export had ended before it could be canceled.")
	}
	return c.Redirect(http.StatusSeeOther, exportHref(id))
}

// deleteExport takes POST /exports/{id}/delete.
func (w *web) deleteExport(c echo.Context) error {
	if err := w.deleteExportJob(c, c.Param("id")); err != nil {
		return err
	}
	w.notify(c, auth.Success, "The export was deleted. Files downloaded before are not.")
	return c.Redirect(http.StatusSeeOther, "/exports")
}

// exportChanges takes POST /exports/{id}/changes with format: an export of what changed since that one. It is masked,
// whatever that one was.
func (w *web) exportChanges(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	job, err := w.readExportJob(c, c.Param("id"))
	if err != nil {
		return err
	}
	format, ok := export.FormatOf(c.Request().PostForm.Get("format"))
	if !ok {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if job.plan == nil || !finished(job) {
		return errNoExport
	}
	spec, err := job.plan.Spec().Changed(w.Now())
	if errors.Is(err, export.ErrNothingCanChange) {
		return &undone{"This view shows only what was last updated before the export: what changed since can't be in it.", "Take the filter by the last update away in the list, and export that."}
	}
	if err != nil {
		return err
	}
	spec.Unmasked = false
	plan, err := spec.Plan()
	if err != nil {
		return err
	}
	id, err := w.startExportJob(c, plan, format, "")
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, exportHref(id))
}

// finished reports whether a job has a receipt.
func finished(job exportJob) bool {
	return job.State == store.ExportComplete || job.State == store.ExportExpired
}
