package handlers

import (
	"fmt"
	"net/http"
	"strings"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/export"

	"github.com/gorilla/sessions"
	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
)

// web holds what the handlers share.
type web struct {
	Config
	doorway
	tokens      *auth.Tokens // of scripts
	preferences *sessions.CookieStore
	runner      *runner            // of pasted lists
	exports     *exportRunner      // of export jobs
	linkSealer  auth.Sealer        // of private links
	watched     watched            // records that open pages ask for
	urls        []route            // for the page that tells who may open them
	typed       audit.Hasher       // of what readers type, for the audit
	pages       func() *dictionary // that pages are compressed with; nil for none
}

// New returns the portal's web. From the outside in: headers and the request's id and log line, then compression, the
// session, the refusal of other sites' forms, the door of each route, and the handler.
func New(c Config) (http.Handler, error) {
	store, err := newPreferencesStore(c)
	if err != nil {
		return nil, fmt.Errorf("preferences cookie: %w", err)
	}
	linkSealer, err := c.Keys.Sealer(sealsPrivateLinks)
	if err != nil {
		return nil, fmt.Errorf("private links: %w", err)
	}
	w := &web{Config: c, preferences: store, linkSealer: linkSealer}

	w.pages = pagesDictionary(c, w)
	if w.doorway, err = newDoorway(c); err != nil {
		return nil, err
	}

	typed, err := c.Keys.Derive(audit.Purpose, audit.KeySize)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	w.typed = audit.NewHasher(typed)
	w.urls = routes

	sheets, err := c.Keys.Sealer(sealsWorksheets)
	if err != nil {
		return nil, fmt.Errorf("worksheets: %w", err)
	}
	w.runner = newRunner(c, sheets)
	w.tokens = auth.NewTokens(c.Store, c.Now)

	exports, err := c.Keys.Sealer(sealsExports)
	if err != nil {
		return nil, fmt.Errorf("exports: %w", err)
	}
	w.exports = newExportRunner(w, exports)
	c.Go(w.exports.tend)

	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = clientAddress(c.TrustedProxies)
	e.HTTPErrorHandler = w.handleError
	e.Use(w.recoverPanics, refuseOptions)
	w.addRoutes(e)

	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(w.serve(e, func(echo.Context) error { return errCrossOrigin }))

	// Without it, scs would answer in plain text and write to a log of its own.
	c.Sessions.ErrorFunc = func(rw http.ResponseWriter, r *http.Request, err error) {
		ctx, _ := c.Sessions.Load(r.Context(), "") // an empty one for the page to look into; nothing is read for it
		w.serve(e, func(echo.Context) error { return fmt.Errorf("session: %w", err) }).ServeHTTP(rw, r.WithContext(ctx))
	}

	compress, err := gzhttp.NewWrapper(
		gzhttp.MinSize(minCompressed),
		gzhttp.EnableZstd(true), gzhttp.PreferZstd(true),
		gzhttp.ZstdCompressionLevel(int(zstdLevel)), gzhttp.CompressionLevel(gzipLevel),
		gzhttp.ExceptContentTypes(incompressible()),
	)
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	return w.observe(tokensAlone(c.Sessions.LoadAndSave(compress(crossOrigin.Handler(e))))), nil
}

// incompressible are the types of answers that go out as they are. A download is streamed, and cut off where it fails:
// nothing may round it off.
func incompressible() []string {
	types := []string{"image/*", "font/*"}
	for _, format := range export.Formats() {
		kind, _, _ := strings.Cut(format.ContentType, ";")
		types = append(types, kind)
	}
	return types
}

// serve runs one handler outside the router, with the router's way of handling errors.
func (w *web) serve(e *echo.Echo, handle echo.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c := e.NewContext(r, rw)
		if err := handle(c); err != nil {
			w.handleError(err, c)
		}
	})
}

// refuseOptions keeps the router from telling strangers which methods an address takes: the portal has no use for it.
func refuseOptions(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().Method == http.MethodOptions {
			return echo.ErrMethodNotAllowed
		}
		return next(c)
	}
}
