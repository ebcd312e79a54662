package trustlyclient

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What can go wrong, for [errors.Is]. A request the caller canceled is context.Canceled and none of these.
var (
	ErrInvalid      = errors.New("invalid request")          // refused here, nothing was sent
	ErrNotFound     = errors.New("not found")                // 404; in Get also how the API reports an unknown id under another status
	ErrBadRequest   = errors.New("refused as a bad request") // 400 and the other 4xx
	ErrUnauthorized = errors.New("credentials refused")      // 401
	ErrForbidden    = errors.New("not allowed")              // 403
	ErrRateLimited  = errors.New("too many requests")        // 429; see Error.RetryAfter
	ErrUnavailable  = errors.New("service unavailable")      // 5xx, 408, no connection, or not asked since it failed again and again
	ErrTimeout      = errors.New("no answer in time")        // Options.Timeout or the caller's own deadline
	ErrUncounted    = errors.New("requests not counted")     // Options.Meter is away, so nothing was sent
	ErrMalformed    = errors.New("answer can't be read")     // not JSON, cut short, over the size cap, redirecting, of no known shape
)

// Error is a request that failed. Its text is safe to log; Message and Location are the API's own words and may hold
// personal data.
type Error struct {
	Method     string
	Path       string        // of the route: "/transactions" or "/transactions/{id}"
	RequestID  string        // of the caller's own request, see WithRequestID
	StatusCode int           // 0 when no answer came
	Code       int           // the API's code, table ApiErrorCode; 0 when it gave none
	Domain     string        // Java class name of the API's exception, may be ""
	Message    string        // in the API's words, may be ""
	Location   string        // the field at fault, may be ""
	RetryAfter time.Duration // how long the API asks to wait, or until it is asked again after it failed; at most 5 minutes; 0 = not said
	Err        error         // one of the sentinels above or the context's error, with its cause
}

// Error says which request failed and how, without query, body, id or the API's message.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	if e.RequestID != "" {
		fmt.Fprintf(&b, "request %s: ", e.RequestID)
	}
	if e.StatusCode != 0 {
		fmt.Fprintf(&b, "status %d", e.StatusCode)
		if e.Code != 0 {
			fmt.Fprintf(&b, ", code %d", e.Code)
		}
		b.WriteString(": ")
	}
	fmt.Fprint(&b, e.Err)
	return b.String()
}

// Unwrap gives the sentinel and the cause to [errors.Is] and [errors.As].
func (e *Error) Unwrap() error { return e.Err }

// failure is what happened (kind), said safely (detail), with the error that showed it (cause), whose own text may
// quote what was received and is therefore not printed.
type failure struct {
	kind     error
	detail   string
	cause    error
	cutShort bool // by the network or the time limit of a try: no whole answer came
}

func (f *failure) Error() string {
	if f.detail == "" {
		return f.kind.Error()
	}
	return f.kind.Error() + ": " + f.detail
}

func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

func malformed(detail string) error { return &failure{kind: ErrMalformed, detail: detail} }

func invalidf(format string, args ...any) error {
	return &failure{kind: ErrInvalid, detail: fmt.Sprintf(format, args...)}
}

// kindOfStatus turns an HTTP status that is not a success into its sentinel.
func kindOfStatus(status int) error {
	switch {
	case status == http.StatusUnauthorized:
		return ErrUnauthorized
	case status == http.StatusForbidden:
		return ErrForbidden
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusTooManyRequests:
		return ErrRateLimited
	case status >= 500, status == http.StatusRequestTimeout:
		return ErrUnavailable
	case status >= 400:
		return ErrBadRequest
	default:
		return ErrMalformed
	}
}

// kindsOfCode are the API's codes that say more than "bad request". They decide only where HTTP says success, since
// some failures come under status 200 (trustly.md 4).
var kindsOfCode = map[int]error{
	100: ErrUnavailable,  // internal error
	150: ErrUnavailable,  // bank or other remote system down
	378: ErrUnavailable,  // internal or bank request error
	300: ErrUnauthorized, // security error, 401 in the sandbox's forced errors
	325: ErrUnauthorized,
	375: ErrUnauthorized, // accessId, accessKey or signature not valid
}

func kindOfCode(code int) error {
	if kind, ok := kindsOfCode[code]; ok {
		return kind
	}
	return ErrBadRequest
}

// codeInvalidParameter is also how the API says that it knows no transaction with an id.
const codeInvalidParameter = 200

// maxRetryAfter caps what a server may ask for; more is taken for a mistake.
const maxRetryAfter = 5 * time.Minute

// parseRetryAfter reads a Retry-After header: seconds or an HTTP date. Anything else is 0.
func parseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	} else if errors.Is(err, strconv.ErrRange) {
		return maxRetryAfter
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
