package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/export"
)

// receiptExtension is how the name of a receipt's file goes on where those of the files have their format.
const receiptExtension = "receipt.json"

// checkedFirst is how many rows of an export are counted before its first byte is sent, so that what is damaged is a page
// that says so. Longer ones are counted as they go, and cut off where they differ.
const checkedFirst = 20_000

// errExportDamaged is an export whose kept rows are not those of its receipt.
var errExportDamaged = errors.New("the kept rows of an export are not those of its receipt")

// exportFile sends GET /exports/{id}/FILE.csv|.xlsx|.jsonl, the rows of the reader's complete export in that format, or
// FILE.receipt.json. The names of the files are for people: what an address leads to is said by its id and ending.
//
// Who downloads is on record before the first byte. The digest over the rows that were sent is held against the
// receipt before the end is.
func (w *web) exportFile(c echo.Context) error {
	defer w.exporting()()
	file := c.Param("file")
	job, err := w.readExportJob(c, c.Param("id"))
	if err != nil {
		return err
	}
	if strings.HasSuffix(file, "."+receiptExtension) {
		return w.exportReceiptFile(c, job)
	}
	format, ok := export.FormatOf(strings.TrimPrefix(path.Ext(file), "."))
	if !ok {
		return echo.ErrNotFound
	}
	rows, err := w.exportRows(c, job)
	if err != nil {
		return errors.Join(err, w.recordRefusedDownload(c, job, format.Extension, err))
	}
	defer func() { rows.Close() }()
	receipt, err := w.exportReceipt(job)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if receipt.Rows <= checkedFirst {
		if err := recount(ctx, job.plan, rows, receipt); err != nil {
			return err
		}
		rows.Close()
		if rows, err = w.exportRows(c, job); err != nil {
			return err
		}
	}
	first, err := rows.Next(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errExportDamaged, err)
	}
	return w.send(c, sending{
		plan: job.plan, format: format, name: w.fileName(job.plan, format), first: first, rows: rows,
		act: act{action: audit.Download, object: exportObject(job.ID), detail: fmt.Sprintf("%s; %d rows", format.Extension, receipt.Rows)},
		receipt: func(tally *export.Tally) (export.Receipt, error) {
			return receipt, sameRows(tally, receipt)
		},
	})
}

// recount reads all rows and holds them against the receipt.
func recount(ctx context.Context, plan *export.Plan, rows export.Rows, receipt export.Receipt) error {
	tally := export.NewTally(plan)
	for {
		entry, err := rows.Next(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", errExportDamaged, err)
		}
		if entry == nil {
			return sameRows(tally, receipt)
		}
		tally.Add(entry)
	}
}

// sameRows reports whether what was counted is what the receipt says.
func sameRows(tally *export.Tally, receipt export.Receipt) error {
	if tally.Rows() != receipt.Rows || tally.Digest() != receipt.Digest {
		return fmt.Errorf("%w: %d rows, the receipt says %d", errExportDamaged, tally.Rows(), receipt.Rows)
	}
	return nil
}

// exportReceiptFile sends the receipt; it outlasts the rows for a while.
func (w *web) exportReceiptFile(c echo.Context, job exportJob) error {
	if job.plan == nil || !finished(job) {
		return errNoExport
	}
	receipt, err := w.exportReceipt(job)
	if err != nil {
		return err
	}
	text, err := receipt.JSON()
	if err != nil {
		return err
	}
	if err := w.record(c, act{action: audit.Download, object: exportObject(job.ID), detail: "receipt"}); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", attachment(w.receiptName(job)))
	return c.Blob(http.StatusOK, "application/json; charset=utf-8", text)
}

// recordRefusedDownload puts on record that the rows are not for the reader any more.
func (w *web) recordRefusedDownload(c echo.Context, job exportJob, what string, why error) error {
	if !errors.As(why, new(*refused)) {
		return nil
	}
	return w.record(c, act{action: audit.Download, object: exportObject(job.ID), detail: what, result: audit.Refused})
}
