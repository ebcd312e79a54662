package handlers

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel/trace"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// contentSecurityPolicy allows nothing inline and nothing from elsewhere; the style sheet's icons are data: images.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// maxBody is the largest body that anybody reads: of the form that takes a file of views.
const maxBody = 2 * maxImportForm

type requestKey struct{}

// request is what is known of one request besides what it asks for.
type request struct {
	id    string
	route string // the route's pattern: a path may hold what nobody should log
	err   error
	link  store.PrivateLink  // that the address names, once opened
	api   apiClock           // how long it waited for Trustly
	span  trace.Span         // nil without traces
	wait  *auth.TooManyTries // why a password or code was not looked at

	log func(status int, bytes int64) // nil once it is on the log
}

func requestFrom(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// answered logs and counts the request, once.
func (about *request) answered(status int, bytes int64) {
	if log := about.log; log != nil {
		about.log = nil
		log(status, bytes)
	}
}

// observe sets the headers of every answer, gives the request its id and logs one line. The line holds no query
// string, name or body.
func (w *web) observe(next http.Handler) http.Handler {
	always := http.Header{
		"Content-Security-Policy":      {contentSecurityPolicy},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
		"Referrer-Policy":              {"same-origin"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
		"Cache-Control":                {"no-store"},
	}
	if w.BaseURL != nil && w.BaseURL.Scheme == "https" {
		always.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		start := time.Now()
		about := &request{id: rand.Text()[:12], route: "none"}
		h := rw.Header()
		h.Set("X-Request-Id", about.id)
		maps.Copy(h, always)
		counted := &countingWriter{ResponseWriter: rw}
		w.Metrics.begin()
		about.log = func(status int, bytes int64) {
			took := time.Since(start)
			about.endSpan(r.Method, status)
			w.Metrics.end(r.Method, about, status, took)
			w.logRequest(r, about, status, bytes, took)
		}
		defer func() { about.answered(counted.status, counted.bytes) }()
		ctx := trustlyclient.WithRequestID(store.ReadingAhead(context.WithValue(r.Context(), requestKey{}, about)), about.id)
		if isReload(r) {
			ctx = trustlyclient.Fresh(ctx)
		}
		r = r.WithContext(w.startSpan(ctx, r, about))
		r.Body = http.MaxBytesReader(rw, r.Body, maxBody) // most forms have a smaller limit of their own
		if r.Method == http.MethodHead {                  // asked by monitors; the server itself leaves the body out
			r.Method = http.MethodGet
		}
		next.ServeHTTP(counted, r)
	})
}

// isReload reports whether the reader asked for the page anew, which goes past the client's short cache. Browsers say so
// by these headers; following a link or going back has none.
func isReload(r *http.Request) bool {
	cache := r.Header.Get("Cache-Control")
	return strings.Contains(cache, "no-cache") || strings.Contains(cache, "max-age=0") || r.Header.Get("Pragma") == "no-cache"
}

func (w *web) logRequest(r *http.Request, about *request, status int, bytes int64, took time.Duration) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("id", about.id), slog.String("method", r.Method), slog.String("route", about.route),
		slog.Int("status", status), slog.Int64("bytes", bytes), slog.Duration("took", took),
	}
	if id := about.traceID(); id != "" {
		attrs = append(attrs, slog.String("trace", id))
	}
	if about.err != nil {
		attrs = append(attrs, slog.String("err", about.err.Error()))
		if status >= http.StatusInternalServerError || status == http.StatusOK {
			level = slog.LevelError
		}
	}
	w.Logger.LogAttrs(context.WithoutCancel(r.Context()), level, "request", attrs...)
}

// countingWriter remembers what was answered.
type countingWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *countingWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *countingWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach flushing and deadlines.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush is for those that look for it directly.
func (w *countingWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// clientAddress finds the client's address: the peer's, unless the peer is a trusted proxy; then the last address in
// X-Forwarded-For that is no trusted proxy.
func clientAddress(trusted []netip.Prefix) echo.IPExtractor {
	isTrusted := func(a netip.Addr) bool {
		for _, p := range trusted {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	return func(r *http.Request) string {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		peer, err := netip.ParseAddr(host)
		if err != nil {
			return host
		}
		peer = peer.Unmap().WithZone("")
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0 && isTrusted(peer); i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			peer = hop.Unmap()
		}
		return peer.String()
	}
}
