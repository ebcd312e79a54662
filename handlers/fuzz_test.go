package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/handlers"
)

// hostileTexts stand where a path, a return address, a cookie, a header or a field is expected.
var hostileTexts = []string{
	"//evil.example/", `/\evil.example`, "https://evil.example", "/%2f%2fevil.example", "/login/../..//evil.example", "javascript:alert(1)", "\t//evil.example",
	"%", "%zz", "%00", "../../etc/passwd", strings.Repeat("a", 5000), "\xff\xfe", "‮", "1 OR 1=1", "{{.}}", "<script>", "now-99999999999d", "-1", "9223372036854775808", "~~~", "&&==;;",
}

// fuzzPatience is longer than any answer takes over an API that answers at once.
const fuzzPatience = 30 * time.Second

// FuzzEveryAddress sends requests as a server reads them: any text in the path, the query, the cookies, the headers and
// the body of every route, from somebody who is signed in and from a stranger. There is no 500, no panic, and no way
// out of the portal.
func FuzzEveryAddress(f *testing.F) {
	heard := &listener{TB: f}
	p := open(heard, newFake(heard, madeUp(71, 30, time.Millisecond)))
	routes := handlers.URLMap()
	for i := range routes {
		text := hostileTexts[i%len(hostileTexts)]
		f.Add(uint8(i), true, text, text, text, text)
		f.Add(uint8(i), false, "700000003", "next="+url.QueryEscape(text), "portal_session=x; portal_preferences="+text, "next="+url.QueryEscape(text)+"&tz=UTC&do="+text)
	}
	for _, text := range hostileTexts {
		f.Add(uint8(3), false, "", "next="+url.QueryEscape(text), "", "")
		f.Add(uint8(4), false, "", "", "portal_handshake="+text+"; portal_device="+text, "email=support@example.com&password="+url.QueryEscape(testPassword)+"&next="+url.QueryEscape(text))
	}
	b := p.as(auth.Admin)
	f.Fuzz(func(t *testing.T, route uint8, signedIn bool, param, query, header, body string) {
		r := routes[int(route)%len(routes)]
		path := regexp.MustCompile(`:[A-Za-z]+|\*`).ReplaceAllLiteralString(r.Path, inRequest(param))
		var raw strings.Builder
		fmt.Fprintf(&raw, "%s %s?%s HTTP/1.1\r\nHost: 127.0.0.1\r\n", r.Method, path, inRequest(query))
		for _, name := range []string{"Referer", "Accept", "HX-Request", "HX-Current-URL", "X-Forwarded-For", "Sec-Fetch-Site", "Authorization", "Cookie", "If-None-Match", "Accept-Encoding", "User-Agent"} {
			if value := inHeader(header); value != "" && (!signedIn || name != "Sec-Fetch-Site") {
				fmt.Fprintf(&raw, "%s: %s\r\n", name, value)
			}
		}
		if signedIn {
			for _, c := range b.client.Jar.Cookies(mustURL(p.url)) {
				fmt.Fprintf(&raw, "Cookie: %s\r\n", c)
			}
		}
		fmt.Fprintf(&raw, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw.String())))
		if err != nil {
			return // the server answers 400 by itself
		}
		request.RemoteAddr = "192.0.2.1:1234"
		logged := len(p.log.String())
		answer := httptest.NewRecorder()
		ctx, cancel := context.WithTimeout(t.Context(), fuzzPatience)
		defer cancel()
		func() {
			defer func() {
				if v := recover(); v != nil && v != http.ErrAbortHandler { //nolint:errorlint // panics with just this value
					t.Errorf("%s %s: panic %v", r.Method, r.Path, v)
				}
			}()
			p.web.ServeHTTP(answer, request.WithContext(ctx))
		}()
		for _, fault := range heard.take() {
			t.Errorf("%s %s: the API was asked what it must not be: %s", r.Method, request.RequestURI, fault)
		}
		if ctx.Err() != nil {
			t.Errorf("%s %s: got no answer in %s", r.Method, request.RequestURI, fuzzPatience)
		}
		if answer.Code == http.StatusInternalServerError {
			t.Errorf("%s %s: got 500\n%s", r.Method, request.RequestURI, p.log.String()[logged:])
		}
		for _, name := range []string{"Location", "HX-Redirect"} {
			if to := answer.Header().Get(name); to != "" && !local(to) {
				t.Errorf("%s %s: got %s %q, want a path of the portal", r.Method, request.RequestURI, name, to)
			}
		}
		if signedIn && strings.HasPrefix(answer.Header().Get("Location"), "/login") {
			here := *p
			here.t = t
			b = here.signIn("admin@example.com") // the request ended its own session
		}
	})
}

// listener keeps what is found out beside the fuzz target, where a testing.F must not be told.
type listener struct {
	testing.TB
	mu    sync.Mutex
	heard []string
}

func (l *listener) Helper() {}

func (l *listener) Errorf(format string, args ...any) { l.Error(fmt.Sprintf(format, args...)) }

func (l *listener) Error(args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, fmt.Sprint(args...))
}

func (l *listener) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	heard := l.heard
	l.heard = nil
	return heard
}

// local reports whether a browser stays with the portal.
func local(to string) bool {
	base := mustURL("http://127.0.0.1/")
	u, err := base.Parse(to)
	return err == nil && u.Scheme == "http" && u.Host == "127.0.0.1" && !strings.HasPrefix(to, "//") && !strings.Contains(to, `\`)
}

// inRequest is what of a text can stand in a request line.
func inRequest(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// inHeader is what of a text can stand in a header.
func inHeader(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

var aaa = strings.Repeat("a", 64<<10)

// endless is a body without an end; it counts what is taken of it.
type endless struct{ sent int }

func (e *endless) Read(b []byte) (int, error) {
	const enough = 64 << 20
	if e.sent >= enough {
		return 0, fmt.Errorf("took %d bytes", e.sent)
	}
	n := copy(b, aaa)
	e.sent += n
	return n, nil
}

// No address reads a body without an end.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Admin)
	for _, route := range handlers.URLMap() {
		if route.Method != http.MethodPost || route.Path == "/logout" {
			continue
		}
		for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
			body := &endless{}
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, strings.ReplaceAll(route.Path, ":", ""), body)
			request.Header.Set("Content-Type", kind)
			for _, c := range b.client.Jar.Cookies(mustURL(p.url)) {
				request.AddCookie(c)
			}
			answer := httptest.NewRecorder()
			p.web.ServeHTTP(answer, request)
			if answer.Code >= http.StatusInternalServerError || body.sent > 4<<20 {
				t.Errorf("%s as %s: got %d after %d bytes, want it refused before 4 MB", route.Path, kind, answer.Code, body.sent)
			}
		}
	}
}
