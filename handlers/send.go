package handlers

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/export"
	"trustlyportal/trustlyclient"
)

// sending is a file that is written while its rows are read.
type sending struct {
	plan   *export.Plan
	format export.Format
	name   string // of the file
	first  *export.Entry
	rows   export.Rows // after the first

	act     act                                         // on record before the first byte
	receipt func(*export.Tally) (export.Receipt, error) // of the rows that were sent; an error cuts the file off
}

// errOldHTTP is a request whose answer would end where the connection does: a break would look like the end.
var errOldHTTP = errors.New("a download by HTTP/1.0")

// send answers with the file. What fails before the first byte is returned; what fails later cuts the connection, so that
// a browser shows a failed download, never a short file that looks whole. The file is one piece: no ranges of it can be
// asked for, since two readings need not be the same bytes.
func (w *web) send(c echo.Context, s sending) error {
	r := c.Request()
	if !r.ProtoAtLeast(1, 1) {
		return errOldHTTP
	}
	if err := w.record(c, s.act); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", s.format.ContentType)
	h.Set("Content-Disposition", attachment(s.name))
	h.Set("Accept-Ranges", "none")
	h.Set("X-Accel-Buffering", "no") // a proxy that buffers would turn a cut connection into a short file
	h.Set("Trailer", strings.Join([]string{trailerRows, trailerDigest, trailerFile}, ", "))
	to := &downloadWriter{response: c.Response(), control: http.NewResponseController(c.Response())}
	file := &digestWriter{to: to, digest: sha256.New()}
	tally := export.NewTally(s.plan)
	out, err := s.format.New(file, s.plan)
	if err == nil {
		err = export.Copy(trustlyclient.InBackground(r.Context()), out, tally, s.first, s.rows, to.control.Flush)
	}
	var receipt export.Receipt
	if err == nil {
		receipt, err = s.receipt(tally)
	}
	if err == nil {
		err = out.Close(receipt)
	}
	w.Metrics.downloaded(tally.Rows(), err)
	if err != nil {
		cutOff(c, fmt.Errorf("after %d rows: %w", tally.Rows(), err))
	}
	h.Set(trailerRows, strconv.Itoa(tally.Rows()))
	h.Set(trailerDigest, tally.Digest())
	h.Set(trailerFile, "sha-256=:"+base64.StdEncoding.EncodeToString(file.digest.Sum(nil))+":")
	return nil
}
