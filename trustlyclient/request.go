package trustlyclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// request is one question to the API, in a form that can be asked again.
type request struct {
	route string    // the path below the base URL, as errors name it: {id} stands for the id
	id    string    // of one record; "" for a list
	query string    // of a list
	want  *fieldSet // of its rows; nil = everything

	// read decodes a whole answer, sent at sentAt. It returns a *complaint when the answer carries the API's errors
	// under a status of success, and else an error of kind ErrMalformed.
	read func(body []byte, sentAt time.Time) (answer any, err error)
}

// failed is an error of the request before any status came.
func (r request) failed(err error) *Error {
	return &Error{Method: http.MethodGet, Path: r.route, Err: err}
}

// key tells requests apart.
func (r request) key() string { return r.route + "\n" + r.id + "\n" + r.query }

// do is the one way to the API. Each step hands on to the next, which is a file of its own:
//
//	cache     cache.go    has a list page asked for a moment ago
//	flights   joined.go   waits for the same question already under way
//	persist   retry.go    asks again when that may help
//	guarded   breaker.go  keeps away from a dead API
//	acquire   budget.go   waits for this request's turn
//	try       request.go  asks once
//
// Its errors are of type *Error, each caller's its own.
func (c *Client) do(ctx context.Context, r request) (answer any, err error) {
	if c.observer.Around != nil {
		around, end := c.observer.Around(ctx, r.route)
		ctx = around
		defer func() { end(err) }()
	}
	if c.whole > 0 && !inBackground(ctx) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.whole)
		defer cancel()
	}
	if answer, err = c.find(ctx, r); err == nil {
		return answer, nil
	}
	failed := r.failed(nil)
	if e, ok := errors.AsType[*Error](err); ok {
		*failed = *e // others may have been told the same
	} else {
		failed.Err = waitFailure(ctx, err)
	}
	failed.RequestID = requestID(ctx)
	return nil, failed
}

// find gets the answer from where it is quickest to have. An error that is no *Error is the caller's own end.
//
// The background asks for itself: a person who joined it would wait at its pace, and its pages, each asked for once,
// would push everybody's out of the cache.
func (c *Client) find(ctx context.Context, r request) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if inBackground(ctx) {
		return c.persist(ctx, r, func() time.Time { return endOf(ctx) })
	}
	key, fresh := r.key(), isFresh(ctx)
	if page, ok := c.cache.get(key, r.want); ok && !fresh {
		c.tell(ctx, Event{Kind: Kept, Route: r.route})
		return page, nil
	}
	return c.flights.do(ctx, key+"\n"+r.want.key(), fresh, func(ctx context.Context, until func() time.Time) (any, error) {
		c.tell(ctx, Event{Kind: Asked, Route: r.route})
		answer, err := c.persist(ctx, r, until)
		if page, ok := answer.(*Page); ok && err == nil {
			c.cache.put(key, r.want, page)
		}
		return answer, err
	})
}

// try sends the request and has the answer read, within limit; arrived is called when it is no longer in flight, and read next.
// Its errors are of type *Error.
func (c *Client) try(ctx context.Context, r request, limit time.Duration, arrived func()) (any, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := c.newRequest(limited, r)
	if err != nil {
		return nil, r.failed(&failure{kind: ErrInvalid, detail: "no URL can be made of it", cause: err})
	}
	sentAt := time.Now().UTC()
	response, err := c.http.Do(req)
	if err != nil {
		return nil, r.failed(transportFailure(ctx, err, ErrUnavailable))
	}
	defer func() { _ = response.Body.Close() }() // the answer is read by then, or not wanted
	buffer := buffers.Get().(*bytes.Buffer)
	defer putBack(buffer)
	body, err := readBody(buffer, response, c.maxBody)
	arrived()
	failed := r.failed(nil)
	failed.StatusCode = response.StatusCode
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		failed.Err = canceled(ctx)
		return nil, failed
	case response.StatusCode < 200 || response.StatusCode > 299:
		// What the status says stands, even when its body is cut short.
		failed.refuse(response, body)
		return nil, failed
	case err != nil:
		failed.Err = transportFailure(ctx, err, ErrMalformed)
		return nil, failed
	}
	answer, err := r.read(body, sentAt)
	if err != nil {
		failed.misread(response, body, err)
		return nil, failed
	}
	return answer, nil
}

// address builds the URL by hand: an id is escaped as one path segment, and nothing is cleaned away.
func (c *Client) address(r request) string {
	u := *c.base
	u.RawPath = c.base.EscapedPath() + pathTransactions
	u.Path += pathTransactions
	if r.id != "" {
		u.RawPath += "/" + url.PathEscape(r.id)
		u.Path += "/" + r.id
	}
	u.RawQuery = r.query
	return u.String()
}

func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address(r), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	c.authorize(req)
	return req, nil
}

// errTooLarge is an answer longer than Options.MaxBody.
var errTooLarge = errors.New("trustlyclient: answer over the size cap")

// buffers are what answers are read into. Nothing that is made of an answer shares its memory.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestKept is the largest buffer worth keeping: several pages of 100 ordinary transactions.
const largestKept = 1 << 20

func putBack(b *bytes.Buffer) {
	if b.Cap() <= largestKept {
		b.Reset()
		buffers.Put(b)
	}
}

// readBody reads to the end or to limit, whichever comes first, and returns what it has with the error. It is in the
// buffer's memory.
func readBody(b *bytes.Buffer, response *http.Response, limit int64) ([]byte, error) {
	r := response.Body
	if announced := response.ContentLength; announced > 0 {
		b.Grow(int(min(announced, limit, largestKept)) + bytes.MinRead) // as much as ReadFrom wants at the end, too
	}
	_, err := b.ReadFrom(io.LimitReader(r, limit))
	if err == nil && int64(b.Len()) == limit {
		// At the cap: one byte more tells an answer that fits exactly from one that goes on.
		var more [1]byte
		var n int
		if n, err = io.ReadFull(r, more[:]); n > 0 {
			err = errTooLarge
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	return b.Bytes(), err
}

// refuse fills in what a status other than success says.
func (e *Error) refuse(response *http.Response, body []byte) {
	e.RetryAfter = parseRetryAfter(response.Header.Get("Retry-After"), time.Now())
	e.quote(complaintIn(body))
	e.Err = kindOfStatus(response.StatusCode)
	if e.StatusCode >= 300 && e.StatusCode < 400 {
		e.Err = malformed(redirectDetail(response))
	}
}

// misread fills in what is wrong with an answer that came with a status of success.
func (e *Error) misread(response *http.Response, body []byte, err error) {
	e.RetryAfter = parseRetryAfter(response.Header.Get("Retry-After"), time.Now())
	if said, ok := errors.AsType[*complaint](err); ok {
		e.quote(said)
		e.Err = kindOfCode(e.Code)
		return
	}
	e.quote(complaintIn(body))
	e.Err = err
	if media, _, mimeErr := mime.ParseMediaType(response.Header.Get("Content-Type")); mimeErr == nil && media == "text/html" {
		e.Err = &failure{kind: ErrMalformed, detail: "an HTML page came instead of JSON", cause: err}
	}
}

// quote copies the API's own words.
func (e *Error) quote(said *complaint) {
	if said == nil {
		return
	}
	e.Code = said.code()
	e.Domain, e.Message, e.Location = said.Domain.String(), said.Message.String(), said.Location.String()
}

func redirectDetail(response *http.Response) string {
	to, err := response.Location()
	if err != nil {
		return "it redirects, which is never followed"
	}
	return "it redirects to " + to.Scheme + "://" + to.Host + ", which is never followed: if the API moved, change Options.BaseURL"
}

// canceled is the caller's own end, with its reason if the caller gave one.
func canceled(ctx context.Context) error {
	return &failure{kind: context.Canceled, cause: context.Cause(ctx)}
}

// waitFailure tells why a wait ended without an answer.
func waitFailure(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return canceled(ctx)
	}
	return &failure{kind: ErrTimeout, detail: "the caller's deadline came first", cause: err}
}

// transportFailure tells apart why sending or reading failed; otherwise is the kind of what it can't place.
func transportFailure(ctx context.Context, err error, otherwise error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // its text holds the URL with the query
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return canceled(ctx)
	}
	f := &failure{kind: otherwise, cause: err, cutShort: true}
	var timeout interface{ Timeout() bool }
	var operation *net.OpError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.kind = ErrTimeout
	case errors.Is(err, errTooLarge):
		f.kind, f.detail, f.cutShort = ErrMalformed, "it is larger than Options.MaxBody allows", false
	case errors.As(err, &operation):
		f.kind, f.detail = ErrUnavailable, operation.Error()
	case errors.As(err, &certificate):
		f.kind, f.detail = ErrUnavailable, certificate.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		f.detail = "the connection ended early"
	}
	return f
}
