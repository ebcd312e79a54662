package handlers

import (
	"cmp"
	"context"
	"fmt"
	"hash"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// downloadStall is how long a download may take to pass on what is written. The server's write limit is for pages; a
// download has as long as it takes, as long as the reader goes on reading.
const downloadStall = 60 * time.Second

// Trailers of a download. They come after the last row, and only if all went well.
const (
	trailerRows   = "Export-Rows"
	trailerDigest = "Export-Rows-Sha256" // over the rows, the same in each format: docs/exports.md
	trailerFile   = "Content-Digest"     // over the file's bytes: RFC 9530
)

// download streams GET /transactions.csv|.xlsx|.jsonl?…: the list's view, all rows, oldest first, up to the moment it
// began. See [web.stream].
func (w *web) download(c echo.Context) error {
	r := c.Request()
	format, ok := export.FormatOf(strings.TrimPrefix(path.Ext(c.Path()), "."))
	if !ok {
		return echo.ErrNotFound
	}
	began := w.Now()
	view, errs := w.readView(c, began)
	if errs = append(errs, misfits(view, format)...); len(errs) > 0 {
		if bringsToken(r) {
			return cmp.Or(requestFrom(r.Context()).err, error(&unreadableView{where: "The address", errs: errs}))
		}
		return w.drawRefusedList(c, view, errs)
	}
	return w.stream(c, view, format, began)
}

// stream answers with all rows of a view in a format.
//
// The first row is read before the first byte is sent, so that a failure is a page that says so. A failure later cuts
// the connection: the browser shows a failed download, never a short file that looks whole. What a reader may is asked
// once, before it: who loses it meanwhile gets this file to its end, and no other.
func (w *web) stream(c echo.Context, view search.View, format export.Format, began time.Time) error {
	r := c.Request()
	if !r.ProtoAtLeast(1, 1) {
		return errOldHTTP
	}
	plan := export.NewPlan(view, began)
	if err := w.tryOut(r.Context(), plan.Query()); err != nil {
		return err
	}
	ctx := trustlyclient.InBackground(r.Context()) // people's pages go first
	defer w.exporting()()
	rows := search.NewSweep(w.Client, plan.Query(), export.Workers, plan.Entry)
	defer rows.Close()
	first, err := rows.Next(ctx)
	if err != nil {
		return err
	}

	return w.send(c, sending{
		plan: plan, format: format, name: w.fileName(plan, format), first: first, rows: rows,
		act: act{action: audit.Export, object: "transactions." + format.Extension, detail: w.exportDetail(plan, format)},
		receipt: func(tally *export.Tally) (export.Receipt, error) {
			receipt := plan.Receipt(tally)
			receipt.RepeatsDropped, receipt.By, receipt.Source, receipt.Version = rows.Repeats(), reader(c).User.Email, w.Environment, w.Version
			receipt.ReadFrom, receipt.ReadUntil = export.Stamp(began), export.Stamp(w.Now())
			receipt.URL = w.absolute(receipt.URL)
			return receipt, nil
		},
	})
}

// misfits are what a view asks for and the format does not have.
func misfits(view search.View, format export.Format) []search.FieldError {
	if format.Extension == "csv" || !view.Has(search.NameBOM) {
		return nil
	}
	mark, _ := search.Lookup(search.NameBOM)
	return []search.FieldError{{Name: mark.Name, Label: mark.Label, Value: view.Value(mark.Name), Message: "is for CSV only: leave it out"}}
}

// tryOut asks for the first row as a person's page does: an export is patient with an API that fails, whoever started
// it should not have to be.
func (w *web) tryOut(ctx context.Context, query search.Query) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	_, err := search.NewWalk(w.Client, query, search.Cursor{}, 1).Next(ctx)
	return err
}

// downloadWriter gives each write a limit of its own.
type downloadWriter struct {
	response io.Writer
	control  *http.ResponseController
}

func (d *downloadWriter) Write(b []byte) (int, error) {
	if err := d.control.SetWriteDeadline(time.Now().Add(downloadStall)); err != nil {
		return 0, fmt.Errorf("move the write limit: %w", err)
	}
	return d.response.Write(b)
}

// digestWriter computes the digest of what it passes on.
type digestWriter struct {
	to     io.Writer
	digest hash.Hash
}

func (d *digestWriter) Write(b []byte) (int, error) {
	d.digest.Write(b)
	return d.to.Write(b)
}

// cutOff ends a download that can't be completed. The request's log line tells why.
func cutOff(c echo.Context, err error) {
	requestFrom(c.Request().Context()).err = fmt.Errorf("export cut off: %w", err)
	panic(http.ErrAbortHandler)
}
