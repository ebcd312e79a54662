package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/store"
)

// Exports keeps export jobs. *store.DB does.
type Exports interface {
	AddExport(context.Context, store.ExportJob) error
	Export(ctx context.Context, id string, userID int64) (store.ExportJob, error)
	Exports(ctx context.Context, userID int64) ([]store.ExportJob, error)
	CancelExport(ctx context.Context, id string, userID int64, now, expires time.Time) (store.ExportState, error)
	DeleteExport(ctx context.Context, id string, userID int64) error
	ExportPart(ctx context.Context, id string, part int) ([]byte, error)
	ClearExports(context.Context) error

	WaitingExports(ctx context.Context, now time.Time, n int) ([]store.WaitingExport, error)
	TakeExport(ctx context.Context, id, holder, run string, now, until time.Time) (store.ExportJob, auth.User, error)
	SaveExportPart(ctx context.Context, j store.ExportJob, holder string, part []byte) (auth.User, error)
	RenewExport(ctx context.Context, j store.ExportJob, holder string) (auth.User, error)
	EndExport(ctx context.Context, j store.ExportJob, holder string) error
	ReleaseExport(ctx context.Context, id, holder string) error
}

// errNoExport tells nothing of whether there is one that belongs to somebody else.
var errNoExport = errors.New("no such export")

// exportJob is a kept job with what it exports.
type exportJob struct {
	store.ExportJob
	plan *export.Plan // nil: under a secret that the portal has no more
}

// errExportSealed is a job under a secret that the portal has no more.
var errExportSealed = errors.New("an export can't be opened any more")

// idle reports whether the job waits for somebody to work on it.
func (j exportJob) idle(now time.Time) bool { return j.State.UnderWay() && !j.LeaseUntil.After(now) }

// readExportJob is the reader's own job.
func (w *web) readExportJob(c echo.Context, id string) (exportJob, error) {
	row, err := w.Exports.Export(c.Request().Context(), id, reader(c).User.ID)
	if errors.Is(err, store.ErrNotFound) {
		return exportJob{}, errNoExport
	}
	if err != nil {
		return exportJob{}, err
	}
	return w.exports.open(row), nil
}

// readExportJobs are the reader's own jobs, the newest first, without walks and receipts.
func (w *web) readExportJobs(c echo.Context) ([]exportJob, error) {
	rows, err := w.Exports.Exports(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return nil, err
	}
	jobs := make([]exportJob, len(rows))
	for i, row := range rows {
		jobs[i] = w.exports.open(row)
	}
	return jobs, nil
}

// startExportJob puts an export of the plan on record and into the queue; somebody works on it from now on, whether the
// reader stays or not. reason is why, in the reader's words, if they were asked. An *undone says that the reader has too
// many; a *refused that clear values are not for them.
func (w *web) startExportJob(c echo.Context, plan *export.Plan, format export.Format, reason string) (id string, err error) {
	now, by := w.Now(), reader(c)
	id = rand.Text()
	about := act{action: audit.Export, object: exportObject(id), detail: w.exportDetail(plan, format), reason: reason}
	refuse := func(err error) error {
		about.result = audit.Refused
		return errors.Join(err, w.record(c, about))
	}
	if err := mayExport(by.May, plan); err != nil {
		return "", refuse(err)
	}
	row := store.ExportJob{ID: id, UserID: by.User.ID, Format: format.Extension, CreatedAt: now, CoversTo: plan.Query().Created.End, CoversFrom: plan.Query().Created.Start}
	if row.Spec, err = w.exports.sealPlan(id, plan); err != nil {
		return "", err
	}
	if err := w.roomForExport(c); err != nil {
		return "", refuse(err)
	}
	if err := w.record(c, about); err != nil {
		return "", err
	}
	if err := w.Exports.AddExport(c.Request().Context(), row); err != nil {
		return "", tooManyExports(err)
	}
	w.exports.wake()
	return id, nil
}

// mayExport refuses a plan that is not to be carried out for whoever has these permissions.
func mayExport(may func(auth.Permission) bool, plan *export.Plan) error {
	switch {
	case !may(auth.Export):
		return &refused{auth.Export}
	case unmasked(plan) && !may(auth.ExportUnmasked):
		return &refused{auth.ExportUnmasked}
	}
	return nil
}

// roomForExport tells who has too many before anything is put on record. The store counts again when the job is kept.
func (w *web) roomForExport(c echo.Context) error {
	rows, err := w.Exports.Exports(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return err
	}
	waiting, kept := 0, 0
	for _, row := range rows {
		switch {
		case row.State.UnderWay():
			waiting++
		case row.State == store.ExportComplete:
			kept++
		}
	}
	switch {
	case waiting >= store.MaxExportsUnderWay:
		return tooManyExports(store.ErrTooManyExportsUnderWay)
	case kept >= store.MaxExports:
		return tooManyExports(store.ErrTooManyExports)
	}
	return nil
}

func tooManyExports(err error) error {
	switch {
	case errors.Is(err, store.ErrTooManyExportsUnderWay):
		return &undone{fmt.Sprintf("%d of your exports are under way already, as many as one may have.", store.MaxExportsUnderWay), "Wait for one to end, or cancel one under Exports."}
	case errors.Is(err, store.ErrTooManyExports):
		return &undone{fmt.Sprintf("You keep %d exports, as many as one may have.", store.MaxExports), "Delete some under Exports."}
	}
	return err
}

// cancelExportJob ends the reader's job, if it is under way still, and says how it stands now.
func (w *web) cancelExportJob(c echo.Context, id string) (store.ExportState, error) {
	job, err := w.readExportJob(c, id)
	if err != nil || !job.State.UnderWay() {
		return job.State, err
	}
	if err := w.record(c, act{action: audit.Collect, object: exportObject(id), detail: "canceled; " + rowsRead(job.ExportJob)}); err != nil {
		return "", err
	}
	now := w.Now()
	state, err := w.Exports.CancelExport(c.Request().Context(), id, reader(c).User.ID, now, now.Add(w.ExportKeep))
	if errors.Is(err, store.ErrNotFound) {
		err = errNoExport
	}
	if err != nil {
		return "", err
	}
	w.exports.stop(id)
	w.exports.clear()
	return state, nil
}

// deleteExportJob deletes the reader's job, whatever its state, with all its rows.
func (w *web) deleteExportJob(c echo.Context, id string) error {
	job, err := w.readExportJob(c, id)
	if err != nil {
		return err
	}
	if err := w.record(c, act{action: audit.Discard, object: exportObject(id), detail: string(job.State) + "; " + rowsRead(job.ExportJob)}); err != nil {
		return err
	}
	switch err := w.Exports.DeleteExport(c.Request().Context(), id, reader(c).User.ID); {
	case errors.Is(err, store.ErrNotFound):
		return errNoExport
	case err != nil:
		return err
	}
	w.exports.stop(id)
	w.exports.clear()
	return nil
}

// exportReceipt is a complete or expired job's receipt.
func (w *web) exportReceipt(job exportJob) (export.Receipt, error) { return w.exports.receipt(job) }

// exportRows reads a complete job's rows in their order; Close has to be called. They end with an error if the job is
// deleted or expires meanwhile. A *refused says that they are not for this reader any more.
func (w *web) exportRows(c echo.Context, job exportJob) (*export.Parts, error) {
	switch {
	case job.plan == nil:
		return nil, errExportSealed
	case job.State != store.ExportComplete || !w.Now().Before(job.ExpiresAt):
		return nil, errNoExport
	}
	if err := mayExport(reader(c).May, job.plan); err != nil {
		return nil, err
	}
	return export.ReadParts(w.exports.parts(c.Request().Context(), job.ExportJob)), nil
}

// exportObject is a job as the audit spells it.
func exportObject(id string) string { return "export " + id }
