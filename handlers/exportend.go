package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// complete puts the receipt beside the rows and the job's end on record. Only now it can be downloaded.
func (j *exportWork) complete(ctx context.Context, state export.State) error {
	receipt, err := j.plan.ReceiptOf(state)
	if err != nil {
		return &exportEnd{store.ExportInternal, err}
	}
	j.sign(&receipt, j.owner.Email)
	text, err := receipt.JSON()
	if err != nil {
		return &exportEnd{store.ExportInternal, err}
	}
	if err := j.record(ctx, audit.Allowed, fmt.Sprintf("complete; %d rows; digest %s", receipt.Rows, receipt.Digest)); err != nil {
		return fmt.Errorf("%w: %w", errLater, err)
	}
	next := j.current()
	next.State, next.EndedAt = store.ExportComplete, j.now()
	next.ExpiresAt, next.Receipt = next.EndedAt.Add(j.keep), j.sealer.Seal(text, placeOfReceipt(j.id))
	_, err = j.persist(ctx, &next, func(ctx context.Context) (auth.User, error) { return j.owner, j.store.EndExport(ctx, next, j.holder) })
	if errors.Is(err, errNotKept) {
		return fmt.Errorf("%w: %w", errLater, err)
	}
	return err
}

// finish ends a job that failed, and gives one back that did not end. It reports whether others may go on at once.
func (j *exportWork) finish(ctx context.Context, err error) (movedOn bool) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), exportFarewell)
	defer cancel()
	var end *exportEnd
	switch {
	case err == nil:
		j.tell(last, nil)
		return true
	case errors.As(err, &end), errors.Is(err, errLater):
	case errors.Is(err, errNotKept) && errors.Is(err, store.ErrNoDisk):
		end = &exportEnd{store.ExportNoDisk, err}
	}
	if end != nil {
		failed := j.fail(last, end)
		if failed == nil {
			j.tell(last, end)
			j.clear()
			return true
		}
		err = errors.Join(err, failed)
	}
	return j.giveBack(last, err)
}

// giveBack lets others go on at once: they need not wait for the lease to run out. A job that is another's by now stays
// so. It reports whether that is as it should be.
func (j *exportWork) giveBack(ctx context.Context, err error) (expected bool) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), exportFarewell)
	defer cancel()
	if released := j.store.ReleaseExport(last, j.id, j.holder); released != nil {
		err = errors.Join(err, released)
	}
	expected = errors.Is(err, errExportLost) || errors.Is(err, errGiveWay) || errors.Is(err, context.Canceled)
	if !expected && j.left.begins() {
		j.log.ErrorContext(last, "export left to another try", slog.String("id", j.row.Run), slog.String("err", err.Error()))
	}
	return expected
}

// fail ends the job, if it is ours still: one that was canceled meanwhile is on record already.
func (j *exportWork) fail(ctx context.Context, end *exportEnd) error {
	if err := j.renew(ctx); errors.Is(err, errExportLost) {
		return err
	}
	result := audit.Allowed
	if end.why == store.ExportNoPermission || end.why == store.ExportUserDisabled {
		result = audit.Refused
	}
	if err := j.record(ctx, result, fmt.Sprintf("failed: %s; %s", end.why, rowsRead(j.row))); err != nil {
		j.log.ErrorContext(ctx, "end of an export not recorded", slog.String("id", j.row.Run), slog.String("err", err.Error()))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	next := j.row
	next.State, next.Why, next.EndedAt = store.ExportFailed, end.why, j.now()
	next.ExpiresAt = next.EndedAt.Add(j.keep)
	if err := j.store.EndExport(ctx, next, j.holder); err != nil {
		return err
	}
	j.row = next
	return nil
}

// record puts the job's end on record.
func (j *exportWork) record(ctx context.Context, result audit.Result, detail string) error {
	return j.audit.Write(ctx, audit.Event{
		UserID: j.owner.ID, User: j.owner.Email, Role: string(j.owner.Role), Action: audit.Collect, Object: exportObject(j.id),
		Detail: detail, Result: result, RequestID: j.row.Run,
	})
}

// tell logs how the job ended.
func (j *exportWork) tell(ctx context.Context, end *exportEnd) {
	j.count.exportEnded(j.row.State, j.row.Why)
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("id", j.row.Run), slog.String("state", string(j.row.State)), slog.Int("rows", j.row.Rows), slog.Int("requests", j.row.Requests),
		slog.Duration("took", time.Since(j.began)),
	}
	if end != nil {
		attrs = append(attrs, slog.String("why", string(end.why)), slog.String("err", end.err.Error()))
		level = slog.LevelWarn
		switch end.why {
		case store.ExportNoDisk, store.ExportCheckFailed, store.ExportInternal, store.ExportNoAccess:
			level = slog.LevelError
		}
	}
	j.log.LogAttrs(ctx, level, "export", attrs...)
}

// whyOfAPI tells a failure of the API as what it is, and whether it may pass.
func whyOfAPI(err error) (why store.ExportWhy, patient bool) {
	for _, known := range []struct {
		err     error
		why     store.ExportWhy
		patient bool
	}{
		{search.ErrOutOfOrder, store.ExportUnreliable, false},
		{search.ErrNoProgress, store.ExportUnreliable, false},
		{search.ErrTooManyLoose, store.ExportUnreliable, false},
		{trustlyclient.ErrUnauthorized, store.ExportNoAccess, false},
		{trustlyclient.ErrForbidden, store.ExportNoAccess, false},
		{trustlyclient.ErrBadRequest, store.ExportRefused, false},
		{trustlyclient.ErrInvalid, store.ExportRefused, false},
		{trustlyclient.ErrNotFound, store.ExportNoAccess, false},
		{trustlyclient.ErrMalformed, store.ExportUnreliable, true},
		{trustlyclient.ErrRateLimited, store.ExportNoAPI, true},
		{trustlyclient.ErrTimeout, store.ExportNoAPI, true},
		{trustlyclient.ErrUnavailable, store.ExportNoAPI, true},
		{context.DeadlineExceeded, store.ExportNoAPI, true},
	} {
		if errors.Is(err, known.err) {
			return known.why, known.patient
		}
	}
	return store.ExportInternal, false
}
