package handlers

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// downloadStall is how long a download may take to pass on what is written. The server's write limit is for pages; a
// download has as long as it takes, as long as the reader goes on reading.
const downloadStall = 60 * time.Second

// exportWorkers is how many parts of an export are read side by side. How many requests are really in flight is for the
// client's budget to say.
const exportWorkers = 4

// exportCSV streams GET /transactions.csv?…: the list's view, all rows, oldest first, up to the moment it began.
//
// The first row is read before the first byte is sent, so that a failure is a page that says so. A failure later cuts
// the connection: the browser shows a failed download, never a short file that looks whole.
func (w *web) exportCSV(c echo.Context) error {
	r := c.Request()
	asOf := w.Now()
	view, errs := w.readView(c, asOf)
	if len(errs) > 0 {
		return w.drawRefusedList(c, view, errs)
	}
	query := view.Query(asOf).Export(asOf)
	if err := w.tryOut(r.Context(), query); err != nil {
		return err
	}
	ctx := trustlyclient.InBackground(r.Context()) // people's pages go first
	rows := search.NewSweep(w.Client, query, exportWorkers)
	defer rows.Close()
	first, err := rows.Next(ctx)
	if err != nil {
		return err
	}

	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": w.fileName(view, asOf) + ".csv"}))
	h.Set("X-Accel-Buffering", "no") // a proxy that buffers would turn a cut connection into a short file
	download := &downloadWriter{response: c.Response(), control: http.NewResponseController(c.Response())}
	csv, err := export.NewCSV(download, view.Columns, view.Zone)
	if err == nil {
		_, err = export.Copy(ctx, csv, first, rows, download.control.Flush)
	}
	if err != nil {
		cutOff(c, err)
	}
	return nil
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

// cutOff ends a download that can't be completed. The request's log line tells why.
func cutOff(c echo.Context, err error) {
	requestFrom(c.Request().Context()).err = fmt.Errorf("export cut off: %w", err)
	panic(http.ErrAbortHandler)
}

// fileName tells whose transactions a file holds and as of when.
func (w *web) fileName(view search.View, asOf time.Time) string {
	return fmt.Sprintf("transactions-%s-%s", slug(w.Environment), asOf.In(view.Zone).Format("20060102-150405"))
}

// slug keeps what every file system takes.
func slug(s string) string {
	b := []byte(s)
	for i, ch := range b {
		switch {
		case ch >= 'A' && ch <= 'Z':
			b[i] = ch + 'a' - 'A'
		case ch >= 'a' && ch <= 'z', ch >= '0' && ch <= '9', ch == '.', ch == '-':
		default:
			b[i] = '-'
		}
	}
	return string(b)
}
