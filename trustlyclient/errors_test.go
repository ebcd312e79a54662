package trustlyclient

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const secretMessage = "Joe User joe.user@mail.com"

func TestErrors(t *testing.T) {
	complaint := func(code string) string {
		return `{"errors":[{"domain":"com.example.FooException","code":` + code + `,"message":"` + secretMessage + `","location":"field","occurredAt":1700000000000}]}`
	}
	tests := []struct {
		name   string
		status int
		body   string
		list   error // from List
		get    error // from Get
		code   int
	}{
		{"bad request", 400, complaint("210"), ErrBadRequest, ErrBadRequest, 210},
		{"unknown id", 400, complaint("200"), ErrBadRequest, ErrNotFound, 200},
		{"unknown id, code as text", 400, complaint(`"200"`), ErrBadRequest, ErrNotFound, 200},
		{"message alone", 400, `{"message":"` + secretMessage + `"}`, ErrBadRequest, ErrBadRequest, 0},
		{"unauthorized", 401, complaint("375"), ErrUnauthorized, ErrUnauthorized, 375},
		{"unauthorized with code 200", 401, complaint("200"), ErrUnauthorized, ErrUnauthorized, 200},
		{"forbidden", 403, `{}`, ErrForbidden, ErrForbidden, 0},
		{"not found", 404, `{"errors":[]}`, ErrNotFound, ErrNotFound, 0},
		{"not found in HTML", 404, `<html>`, ErrNotFound, ErrNotFound, 0},
		{"other", 418, ``, ErrBadRequest, ErrBadRequest, 0},
		{"rate limited", 429, ``, ErrRateLimited, ErrRateLimited, 0},
		{"server", 500, complaint("100"), ErrUnavailable, ErrUnavailable, 100},
		{"maintenance in HTML", 503, `<html>` + secretMessage, ErrUnavailable, ErrUnavailable, 0},
		{"errors under 200", 200, complaint("375"), ErrUnauthorized, ErrUnauthorized, 375},
		{"internal error under 200", 200, complaint("100"), ErrUnavailable, ErrUnavailable, 100},
		{"unknown id under 200", 200, complaint("200"), ErrBadRequest, ErrNotFound, 200},
		{"unknown code under 200", 200, complaint("9999"), ErrBadRequest, ErrBadRequest, 9999},
		{"errors in no known form under 200", 200, `{"errors":"` + secretMessage + `"}`, ErrBadRequest, ErrBadRequest, 0},
		{"errors beside rows", 200, `{"transactions":[],"errors":[{"code":100}]}`, ErrUnavailable, ErrUnavailable, 100},
		{"message under 200", 200, `{"message":"` + secretMessage + `"}`, ErrMalformed, ErrMalformed, 0},
		{"HTML under 200", 200, `<html>` + secretMessage, ErrMalformed, ErrMalformed, 0},
		{"empty under 200", 200, ``, ErrMalformed, ErrMalformed, 0},
		{"no content", 204, ``, ErrMalformed, ErrMalformed, 0},
		{"redirect", 302, ``, ErrMalformed, ErrMalformed, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // most are asked again, after a wait
			c := serve(t, answer(tt.status, tt.body), nil)
			_, listErr := c.List(context.Background(), ListOptions{Filters: map[string][]string{"payment.customer.name": {"Grace"}}})
			_, getErr := c.Get(context.Background(), "1006755981")
			for _, got := range []struct {
				err, want error
				path      string
			}{
				{listErr, tt.list, "/transactions"},
				{getErr, tt.get, "/transactions/{id}"},
			} {
				var e *Error
				if !errors.As(got.err, &e) {
					t.Fatalf("got error %v, want an *Error", got.err)
				}
				if !errors.Is(got.err, got.want) {
					t.Errorf("got error %v, want %v", got.err, got.want)
				}
				if e.StatusCode != tt.status || e.Code != tt.code || e.Path != got.path || e.Method != "GET" {
					t.Errorf("got %s %s %d/%d, want GET %s %d/%d", e.Method, e.Path, e.StatusCode, e.Code, got.path, tt.status, tt.code)
				}
				if strings.Contains(tt.body, `"message"`) && e.Message != secretMessage && !strings.Contains(tt.body, "transactions") {
					t.Errorf("got message %q, want %q", e.Message, secretMessage)
				}
				for _, secret := range []string{"Joe", "mail.com", "Grace", "customer", "1006755981", "<html>"} {
					if strings.Contains(got.err.Error(), secret) {
						t.Errorf("the error's text %q holds %q", got.err, secret)
					}
				}
			}
		})
	}
}

func TestErrorSaysItsParts(t *testing.T) {
	c := serve(t, answer(401, `{"errors":[{"domain":"com.paywithmybank.X","code":375,"message":"m","location":"accessId"}]}`), nil)
	_, err := c.List(context.Background(), ListOptions{})
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e.Domain != "com.paywithmybank.X" || e.Location != "accessId" {
		t.Errorf("got domain %q location %q, want com.paywithmybank.X accessId", e.Domain, e.Location)
	}
	if got, want := err.Error(), "list transactions: GET /transactions: status 401, code 375: credentials refused"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                               0,
		"7":                              7 * time.Second,
		" 7 ":                            7 * time.Second,
		"0":                              0,
		"-7":                             0,
		"1.5":                            0,
		"soon":                           0,
		"86400":                          maxRetryAfter,
		"99999999999999999999":           maxRetryAfter,
		"Sun, 01 Mar 2026 12:00:30 GMT":  30 * time.Second,
		"Sun, 01 Mar 2026 11:00:00 GMT":  0,
		"Sun, 01 Mar 2027 12:00:00 GMT":  maxRetryAfter,
		"Sunday, 01-Mar-26 12:00:30 GMT": 30 * time.Second,
	} {
		if got := parseRetryAfter(value, now); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	}, nil)
	_, err := c.List(context.Background(), ListOptions{})
	var e *Error
	if !errors.As(err, &e) || e.RetryAfter != 7*time.Second {
		t.Errorf("got %+v, want RetryAfter 7s", e)
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("7")
	f.Add("Sun, 01 Mar 2026 12:00:30 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		if got := parseRetryAfter(value, time.Unix(0, 0)); got < 0 || got > maxRetryAfter {
			t.Errorf("got %v, want 0 to %v", got, maxRetryAfter)
		}
	})
}

// TestTruncatedAnswers cuts answers that would be whole pages, had the rest come.
func TestTruncatedAnswers(t *testing.T) {
	const whole = `{"transactions":[{"transactionId":"1"}]}`
	hijack := func(w http.ResponseWriter, sent string) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, sent)
	}
	tests := map[string]http.HandlerFunc{
		"shorter than Content-Length": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(whole)+10)+"\r\n\r\n"+whole)
		},
		"chunk cut": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n28\r\n"+whole+"\r\n")
		},
		"chunk size wrong": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"+whole+"\r\n0\r\n\r\n")
		},
		"no length, ended early": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+whole[:20])
		},
		"handler aborted": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, whole)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"gzip cut": func(w http.ResponseWriter, _ *http.Request) {
			var packed strings.Builder
			z := gzip.NewWriter(&packed)
			_, _ = io.WriteString(z, whole)
			_ = z.Close()
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, packed.String()[:packed.Len()-6])
		},
		"not gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, whole)
		},
	}
	for name, handler := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most are asked again, after a wait
			c := serve(t, handler, nil)
			if page, err := c.List(context.Background(), ListOptions{}); !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v, %v, want ErrMalformed", page, err)
			}
		})
	}
}

func TestSizeCap(t *testing.T) {
	const body = `{"transactions":[{"transactionId":"1"}]}`
	for limit, want := range map[int64]error{
		int64(len(body)):     nil,
		int64(len(body)) + 1: nil,
		int64(len(body)) - 1: ErrMalformed,
		1:                    ErrMalformed,
	} {
		c := serve(t, answer(200, body), func(o *Options) { o.MaxBody = limit })
		_, err := c.List(context.Background(), ListOptions{})
		if !errors.Is(err, want) {
			t.Errorf("cap %d: got error %v, want %v", limit, err, want)
		}
		if want != nil && !strings.Contains(err.Error(), "MaxBody") {
			t.Errorf("cap %d: got error %v, want one that names MaxBody", limit, err)
		}
	}
}

// TestSizeCapHoldsForUnpackedBytes sends a few kilobytes that unpack to many megabytes.
func TestSizeCapHoldsForUnpackedBytes(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		for range 64 {
			_, _ = z.Write(make([]byte, 1<<20))
		}
	}, func(o *Options) { o.MaxBody = 1 << 20 })
	_, err := c.List(context.Background(), ListOptions{})
	if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "MaxBody") {
		t.Errorf("got error %v, want ErrMalformed that names MaxBody", err)
	}
}

func TestRedirectsAreRefused(t *testing.T) {
	var strangers atomic.Int32
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		strangers.Add(1)
		answer(200, `{"transactions":[]}`)(w, r)
	}))
	t.Cleanup(stranger.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{stranger.URL + "/transactions?secret=1", "/elsewhere", "https://api.trustly.one/"} {
			requests := 0
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				requests++
				http.Redirect(w, r, to, status)
			}, nil)
			_, err := c.List(context.Background(), ListOptions{})
			if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "redirects to") {
				t.Errorf("%d to %s: got error %v, want ErrMalformed that tells of the redirect", status, to, err)
			}
			if requests != 1 || strings.Contains(err.Error(), "secret") {
				t.Errorf("%d to %s: got %d requests and error %v, want 1 and no query", status, to, requests, err)
			}
		}
	}
	if got := strangers.Load(); got != 0 {
		t.Errorf("got %d requests at another host, want 0", got)
	}
}

func TestNoConnection(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c, err := New(Options{BaseURL: server.URL, AccessID: "a", AccessKey: "b"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.List(context.Background(), ListOptions{Filters: map[string][]string{"customerName": {"Grace"}}})
	if !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "Grace") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got error %v, want ErrUnavailable with the reason and without the query", err)
	}
	if leak := (*url.Error)(nil); errors.As(err, &leak) {
		t.Errorf("got %v in the chain, want nothing that holds the URL", leak)
	}
}

func TestUntrustedCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(answer(200, `{"transactions":[]}`))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake is meant to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	c, err := New(Options{BaseURL: server.URL, AccessID: "a", AccessKey: "b"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.List(context.Background(), ListOptions{}); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got error %v, want ErrUnavailable that tells of the certificate", err)
	}
}

// hanging are servers that never finish: before the header, and in the middle of the body.
func hanging(t *testing.T, edit func(*Options)) map[string]*Client {
	stop := make(chan struct{})
	clients := map[string]*Client{
		"before the header": serve(t, func(http.ResponseWriter, *http.Request) { <-stop }, edit),
		"in the body": serve(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"transactions":[`)
			_ = http.NewResponseController(w).Flush()
			<-stop
		}, edit),
	}
	t.Cleanup(func() { close(stop) }) // before the servers close: cleanups run last to first
	return clients
}

func TestTimeout(t *testing.T) {
	for name, c := range hanging(t, func(o *Options) { o.Timeout = 50 * time.Millisecond }) {
		_, err := c.List(context.Background(), ListOptions{})
		if !errors.Is(err, ErrTimeout) || errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want ErrTimeout", name, err)
		}
	}
}

func TestCallersDeadlineIsATimeout(t *testing.T) {
	for name, c := range hanging(t, nil) {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, err := c.List(ctx, ListOptions{})
		if !errors.Is(err, ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want ErrTimeout", name, err)
		}
	}
}

func TestCallersCancelIsNoTimeout(t *testing.T) {
	for name, c := range hanging(t, nil) {
		reason := errors.New("reader left")
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(50*time.Millisecond, func() { cancel(reason) })
		_, err := c.List(ctx, ListOptions{})
		if !errors.Is(err, context.Canceled) || !errors.Is(err, reason) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: got error %v, want context.Canceled alone", name, err)
		}
	}
}

// TestCancelOutweighsAStatus leaves while the body of a refusal is still coming.
func TestCancelOutweighsAStatus(t *testing.T) {
	ctx, leave := context.WithCancel(context.Background())
	stop := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_ = http.NewResponseController(w).Flush()
		time.AfterFunc(20*time.Millisecond, leave)
		<-stop
	}, nil)
	t.Cleanup(func() { close(stop) })
	_, err := c.List(ctx, ListOptions{})
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnavailable) {
		t.Errorf("got error %v, want context.Canceled alone", err)
	}
}

// TestStatusOutweighsItsBody refuses, and never finishes saying why.
func TestStatusOutweighsItsBody(t *testing.T) {
	stop := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_ = http.NewResponseController(w).Flush()
		<-stop
	}, func(o *Options) { o.Timeout = 50 * time.Millisecond })
	t.Cleanup(func() { close(stop) })
	if _, err := c.List(context.Background(), ListOptions{}); !errors.Is(err, ErrUnauthorized) {
		t.Errorf("got error %v, want ErrUnauthorized", err)
	}
}
