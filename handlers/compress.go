package handlers

import (
	"bytes"
	"net/http"
	"runtime"
	"strconv"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/labstack/echo/v4"

	"trustlyportal/static"
)

// minCompressed is the smallest answer worth compressing: below it, headers weigh more than what is saved.
const minCompressed = 1024

// Levels at which pages are compressed. The next ones take an eighth to a third longer, for a fiftieth to a twelfth less.
const (
	zstdLevel = zstd.SpeedFastest
	gzipLevel = flate.BestSpeed
)

// pageZstd compresses whole pages. Its tables are made when the first page comes.
var pageZstd = sync.OnceValue(func() *zstd.Encoder { return mustEncoder() })

// pageFlates are writers of what is in gzip, for whole pages.
var pageFlates = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, gzipLevel) // there is such a level
	return w
}}

// mustEncoder makes an encoder for whole pages, for each core one at a time. Only options that contradict each other can
// fail.
func mustEncoder(options ...zstd.EOption) *zstd.Encoder {
	options = append(options,
		zstd.WithWindowSize(1<<18), zstd.WithEncoderLevel(zstdLevel), // in this order: the level alone cuts pages in blocks of 64 kB
		zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	e, err := zstd.NewWriter(nil, options...)
	if err != nil {
		panic("handlers: " + err.Error())
	}
	return e
}

// send answers with a page that is drawn whole, so that it is compressed in one go: with the dictionary for a browser
// that has it, the parts that it may have in common with others as they are kept. What comes in parts is left to the
// compression that all answers pass.
func (d *dictionary) send(c echo.Context, status int, page []byte, parts []still) error {
	h := c.Response().Header()
	if d != nil {
		h.Add(echo.HeaderVary, "Available-Dictionary")
	}
	if len(page) < minCompressed {
		return c.HTMLBlob(status, page)
	}
	b := drawings.Get().(*bytes.Buffer)
	defer putBack(b)
	if coding := d.pack(b, c.Request(), page, parts); coding != "" {
		h.Set(echo.HeaderContentEncoding, coding)
		page = b.Bytes()
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(page)))
	// With its length told, it is whole for its reader before the handler returns: by then it is on the log and counted.
	requestFrom(c.Request().Context()).answered(status, int64(len(page)))
	return c.HTMLBlob(status, page)
}

// pack writes the page to b as the browser likes it best and returns the coding's name, or "" if it takes none of ours.
func (d *dictionary) pack(b *bytes.Buffer, r *http.Request, page []byte, parts []still) (coding string) {
	accepted := r.Header.Values(echo.HeaderAcceptEncoding)
	coding = static.Prefer(accepted, "zstd", "gzip")
	if d != nil && r.Header.Get("Available-Dictionary") == d.available && static.Accepts(accepted, "dcz") {
		coding = "dcz"
	}
	b.Grow(len(page) / 4) // more than nearly all need
	switch coding {
	case "dcz":
		b.Write(d.encoder().EncodeAll(page, append(b.AvailableBuffer(), d.head...)))
	case "zstd":
		b.Write(zstdPage(b.AvailableBuffer(), page, parts))
	case "gzip":
		gzipPage(b, page, parts)
	}
	return coding
}
