package handlers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/static"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// dictionary is what all pages have in common: the filters, the frame, the words of each status. Browsers that know
// compression dictionaries (RFC 9842) load it once, and from then on a page is sent as what differs from it. It is
// the list of nobody, with made-up rows: it holds nothing of anybody.
type dictionary struct {
	url       string
	available string // how browsers say that they have it
	text      []byte
	head      []byte // what a dcz body begins with

	// Made when the first browser asks: both take longer than to start the portal should.
	encoder   func() *zstd.Encoder
	encodings func() map[string][]byte // of the dictionary itself, by Content-Encoding
}

// dczMagic begins a body that is compressed by zstd with a dictionary, before the dictionary's SHA-256 (RFC 9842, 5).
const dczMagic = "\x5e\x2a\x4d\x18\x20\x00\x00\x00"

// pagesDictionary makes the dictionary when the first page is drawn; nil when pages are to have none.
func pagesDictionary(config Config, w *web) func() *dictionary {
	return sync.OnceValue(func() *dictionary {
		if !config.Dictionary {
			return nil
		}
		text, err := commonPage(config, w)
		if err != nil { // pages go out without it
			config.Logger.Error("no dictionary for pages", "error", err)
			return nil
		}
		return newDictionary(text)
	})
}

// newDictionary makes a dictionary of a text. Two processes that serve the same pages make the same one.
func newDictionary(text string) *dictionary {
	sum := sha256.Sum256([]byte(text))
	d := &dictionary{
		url:       static.Prefix + "pages." + hex.EncodeToString(sum[:8]) + ".dict",
		available: ":" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
		text:      []byte(text),
		head:      append([]byte(dczMagic), sum[:]...),
	}
	d.encoder = sync.OnceValue(func() *zstd.Encoder { return mustEncoder(zstd.WithEncoderDictRaw(0, d.text)) })
	d.encodings = sync.OnceValue(func() map[string][]byte {
		var br, gz bytes.Buffer // which take all that is written
		b := brotli.NewWriterLevel(&br, brotli.BestCompression)
		_, _ = b.Write(d.text)
		_ = b.Close()
		g, _ := gzip.NewWriterLevel(&gz, gzip.BestCompression) // there is such a level
		_, _ = g.Write(d.text)
		_ = g.Close()
		return map[string][]byte{"": d.text, "gzip": gz.Bytes(), "br": br.Bytes()}
	})
	return d
}

// is reports whether an address is the dictionary's.
func (d *dictionary) is(path string) bool { return d != nil && d.url == path }

// serve answers GET and HEAD of the dictionary's address. Its name changes with its content, so that it is kept for ever.
func (d *dictionary) serve(c echo.Context) error {
	r, h := c.Request(), c.Response().Header()
	h.Set("Use-As-Dictionary", `match="/*"`)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	coding := static.Negotiate(r.Header.Values("Accept-Encoding"), "br", "gzip")
	if coding != "" {
		h.Set(echo.HeaderContentEncoding, coding)
	}
	body := d.encodings()[coding]
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, "application/octet-stream", body)
}

// commonPage draws the page that the dictionary is made of. It is the same whoever started the portal, and when.
func commonPage(config Config, w *web) (string, error) {
	then := time.Date(2026, time.January, 14, 12, 0, 0, 0, time.UTC)
	config.Now = func() time.Time { return then }
	nobody := &web{Config: config, preferences: w.preferences, pages: func() *dictionary { return nil }}
	view, errs := search.Parse("createdAt.start=now-7d&tz=UTC", then)
	if len(errs) > 0 {
		return "", fmt.Errorf("dictionary: %v", errs)
	}
	ctx, err := config.Sessions.Load(context.Background(), "") // an empty one
	if err != nil {
		return "", fmt.Errorf("dictionary: %w", err)
	}
	ctx = auth.WithIdentity(ctx, auth.Identity{LoginID: "nobody", User: auth.User{Role: auth.Finance}})
	r := (&http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/transactions", RawQuery: view.Encode()}, Header: http.Header{}}).WithContext(ctx)
	page := nobody.listPage(echo.New().NewContext(r, nil), view, search.Page{Rows: commonRows(then), AsOf: then, First: true})
	return rendered(ctx, views.List(page))
}

// commonRows hold each status, each type and some reasons once.
func commonRows(at time.Time) []*trustlyclient.Transaction {
	statuses, types, reasons := trustlyclient.Codes("TransactionStatus"), trustlyclient.Codes("TransactionType"), trustlyclient.Codes("PaymentProviderTransactionStatus")
	var rows []*trustlyclient.Transaction
	for i := range max(len(statuses), len(types)) {
		code := func(table []trustlyclient.CodeMeaning) trustlyclient.Code {
			return trustlyclient.Code(table[i%len(table)].Code)
		}
		t := &trustlyclient.Transaction{Status: code(statuses), TransactionType: code(types)}
		t.PaymentProviderTransaction.Status = code(reasons)
		t.TransactionID = trustlyclient.Text(strconv.Itoa(1_000_000_000 + i))
		t.CreatedAt = trustlyclient.Time{Time: at}
		t.Amount, t.Currency = trustlyclient.Amount{Text: "0.00"}, "USD"
		rows = append(rows, t)
	}
	return rows
}
