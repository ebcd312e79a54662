package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// callTimeout bounds one request to the provider, its answer included.
	callTimeout = 8 * time.Second

	// maxAnswer bounds an answer of the provider, in bytes: keys and tokens are some kilobytes.
	maxAnswer = 1 << 20

	// keysPause is the time between two requests for the provider's keys: a token of whoever cares to send one makes the
	// verifier look for the key it names.
	keysPause = 10 * time.Second
)

// newSSOClient returns the client for requests to the provider. It follows no redirect: an address that moved is the
// operator's affair, and the secret goes to no other.
func newSSOClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		Timeout:       callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// boundedTransport fails answers that are too long, rather than cutting them off. Of a refusal to a GET it keeps the
// status alone, since the libraries put the rest into their errors, which are logged.
type boundedTransport struct{ base http.RoundTripper }

func (t boundedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && response.StatusCode != http.StatusOK {
		_ = response.Body.Close() // nothing of it is wanted
		response.Body, response.ContentLength = http.NoBody, 0
		return response, nil
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{&boundedReader{response.Body, maxAnswer}, response.Body}
	return response, nil
}

type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("the answer is too long")
	}
	return n, err
}

// seldomTransport asks an address once per pause and gives the same answer meanwhile.
type seldomTransport struct {
	base  http.RoundTripper
	pause time.Duration
	now   func() time.Time

	mu     sync.Mutex
	at     time.Time
	url    string
	header http.Header
	body   []byte
}

func (t *seldomTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.url != r.URL.String() || t.now().Sub(t.at) >= t.pause {
		response, err := t.base.RoundTrip(r)
		if err != nil || response.StatusCode != http.StatusOK {
			return response, err
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close() // read to its end
		if err != nil {
			return nil, err
		}
		if !json.Valid(body) {
			return nil, errors.New("the provider's keys are no JSON")
		}
		t.at, t.url, t.header, t.body = t.now(), r.URL.String(), response.Header, body
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: t.header.Clone(), Body: io.NopCloser(bytes.NewReader(t.body)), ContentLength: int64(len(t.body)), Request: r,
	}, nil
}
