package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
	"trustlyportal/trustlyclient"
)

// fault is one way in which the API fails, and what a reader gets for it.
type fault struct {
	answer  func(http.ResponseWriter, *http.Request)
	status  int
	heading string
}

func status(code int, header ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		refuse(w, code, 0, "Message of the API")
	}
}

func body(text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(text))
	}
}

var faults = map[string]fault{
	"401":                    {status(401), 502, "refused the portal's access"},
	"403":                    {status(403), 502, "refused the portal's access"},
	"429":                    {status(429), 503, "slow down"},
	"429 with Retry-After":   {status(429, "Retry-After", "17"), 503, "slow down"},
	"500":                    {status(500), 502, "not working"},
	"503":                    {status(503), 502, "not working"},
	"400":                    {status(400), 502, "refused this request"},
	"errors under 200":       {body(`{"errors":[{"domain":"x","code":100,"message":"m"}]}`), 502, "not working"},
	"other errors under 200": {body(`{"errors":[{"domain":"x","code":331,"message":"m"}]}`), 502, "refused this request"},
	"HTML": {func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><h1>Maintenance</h1>"))
	}, 502, "can't be read"},
	"empty body":               {body(""), 502, "can't be read"},
	"another shape":            {body(`{"payments":[]}`), 502, "can't be read"},
	"half a body":              {body(`{"transactions":[{"transactionId":"1"},{"transactionId":`), 502, "can't be read"},
	"oversized":                {func(w http.ResponseWriter, r *http.Request) { oversized(w, r) }, 502, "can't be read"},
	"connection broken off":    {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 502, "not working"},
	"body broken off":          {brokenOff, 502, "can't be read"},
	"hang":                     {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 504, "did not answer in time"},
	"hang in the body":         {hangInBody, 504, "did not answer in time"},
	"redirect to another host": {status(302, "Location", "http://192.0.2.1/"), 502, "can't be read"},
}

func brokenOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "10000")
	_, _ = w.Write([]byte(`{"transactions":[`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func hangInBody(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte(`{"transactions":[`))
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func oversized(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte(`{"transactions":["`))
	chunk := []byte(strings.Repeat("x", 1<<16))
	for range 40 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	_, _ = w.Write([]byte(`"]}`))
}

// failing is a portal whose API fails, and what tells the API how. It waits for the API for so long.
func failing(t *testing.T, timeout time.Duration) (*portal, *fakeAPI) {
	t.Helper()
	api := newFake(t, madeUp(41, 12, time.Millisecond))
	return open(t, api, withClient(func(o *trustlyclient.Options) { o.Timeout = timeout; o.MaxBody = 2 << 20 }), patiently), api
}

// recovers waits until the portal notices that the API is well again, which it looks for every two seconds.
func recovers(b *browser) answer {
	b.t.Helper()
	for range 50 {
		if a := b.get("/transactions"); a.status == http.StatusOK {
			return a
		}
		time.Sleep(100 * time.Millisecond)
	}
	return b.get("/transactions").want(http.StatusOK)
}

// Whatever the API does, the reader gets the right page in time, and the next request works.
func TestUpstreamFailures(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timeout := 10 * time.Second // a machine under load may need long for an answer
			if strings.HasPrefix(name, "hang") {
				timeout = time.Second
			}
			p, api := failing(t, timeout)
			b := p.as(auth.Finance)
			id := textAt(api.rows[3], "transactionId")
			for _, tc := range []struct {
				path    string
				headers []string
			}{
				{"/transactions?createdAt.start=now-7d&tz=UTC", nil}, {"/transactions", []string{"HX-Request", "true"}},
				{"/transactions", []string{"HX-Request", "true", "HX-History-Restore-Request", "true"}},
				{"/transactions/" + id, nil}, {"/find?q=" + id, nil}, {"/transactions.csv", nil},
			} {
				if patient := name != "401" && name != "400" && name != "HTML"; patient && (strings.HasPrefix(tc.path, "/find") || len(tc.headers) > 2) {
					continue // the client asks again before it gives up, which takes its time
				}
				if strings.HasPrefix(name, "hang") && tc.path == "/transactions/"+id {
					continue
				}
				api.set(func(f *fakeAPI) {
					f.instead = func(_ int, w http.ResponseWriter, r *http.Request) bool { fault.answer(w, r); return true }
				})
				start := time.Now()
				a := b.get(tc.path, tc.headers...)
				if took := time.Since(start); took > 8*time.Second {
					t.Errorf("%s: took %v, want an answer within the time limits", tc.path, took)
				}
				if a.status != fault.status {
					t.Errorf("%s: got status %d, want %d\n%.300s", tc.path, a.status, fault.status, a.text())
					continue
				}
				doc := a.doc()
				if got := words(doc.Find("h1")); !strings.Contains(got, fault.heading) {
					t.Errorf("%s: got the heading %q, want it to say %q", tc.path, got, fault.heading)
				}
				requestID := a.header.Get("X-Request-Id")
				if got := words(doc.Find(".error .ident code")); got == "" || got != requestID {
					t.Errorf("%s: got the request id %q in the page, want %q as in the header", tc.path, got, requestID)
				}
				fragment := len(tc.headers) == 2
				if got := strings.Contains(a.body, "<html"); got == fragment {
					t.Errorf("%s %v: got a whole page %v, want %v", tc.path, tc.headers, got, !fragment)
				}
				if got := a.header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("%s: got Cache-Control %q, want no-store", tc.path, got)
				}
				if strings.Contains(a.body, "goroutine") || strings.Contains(a.body, fakeKey) || strings.Contains(a.body, "127.0.0.1") {
					t.Errorf("%s: the page tells what is inside the portal", tc.path)
				}
				after := a.header.Get("Retry-After")
				switch seconds, _ := strconv.Atoi(after); {
				case strings.HasSuffix(name, "Retry-After") && (seconds < 10 || seconds > 17):
					t.Errorf("%s: got Retry-After %q, want the API's 17", tc.path, after)
				case fault.status == http.StatusServiceUnavailable && seconds < 1:
					t.Errorf("%s: got Retry-After %q, want a number", tc.path, after)
				}
				if !strings.Contains(p.log.String(), requestID) {
					t.Errorf("%s: the log does not know the request %s", tc.path, requestID)
				}
				// The process is healthy.
				api.set(func(f *fakeAPI) { f.instead = nil })
				if got := readPage(recovers(b)); len(got.ids) != 12 {
					t.Errorf("%s: afterwards the list has %d rows, want 12", tc.path, len(got.ids))
				}
				p.stranger().get("/healthz").want(http.StatusOK)
				p.stranger().get("/readyz").want(http.StatusOK)
			}
			if name == "401" && !strings.Contains(p.log.String(), `"level":"ERROR","msg":"the API can't be used as configured"`) {
				t.Error("the operator is not alarmed about refused credentials")
			}
		})
	}
}

// The API says in several ways that it knows no such transaction.
func TestUnknownTransaction(t *testing.T) {
	t.Parallel()
	p, api := failing(t, 10*time.Second)
	b := p.as(auth.Support)
	answers := map[string]func(http.ResponseWriter, *http.Request){
		"404":          status(404),
		"400 code 200": func(w http.ResponseWriter, _ *http.Request) { refuse(w, 400, 200, "No transaction found") },
		"200 code 200": body(`{"errors":[{"domain":"x","code":200,"message":"m"}]}`),
	}
	for name, answer := range answers {
		api.set(func(f *fakeAPI) {
			f.instead = func(_ int, w http.ResponseWriter, r *http.Request) bool { answer(w, r); return true }
		})
		a := b.get("/transactions/1234567890")
		if got := words(a.doc().Find("h1")); a.status != http.StatusNotFound || got != "No such transaction" {
			t.Errorf("%s: got %d %q, want 404 No such transaction", name, a.status, got)
		}
		// The box offers other readings instead.
		if a := b.get("/find?q=1234567890"); a.status != http.StatusOK || !strings.Contains(a.text(), "No transaction has this ID") {
			t.Errorf("%s: find: got %d %q, want other readings", name, a.status, a.text())
		}
	}
	// What can't be an id is not even asked for.
	api.reset()
	for _, id := range []string{"..", "%2e%2e", "a%2Fb", "%00", "%FF", strings.Repeat("9", 300), "%5C", "%"} {
		a := b.get("/transactions/" + strings.ReplaceAll(id, "%", "%25"))
		if a.status != http.StatusNotFound && a.status != http.StatusSeeOther {
			t.Errorf("id %q: got status %d, want 404", id, a.status)
		}
		if id == "%" {
			continue
		}
		if a := b.get("/transactions/" + id); a.status != http.StatusNotFound {
			t.Errorf("id %q: got status %d, want 404", id, a.status)
		}
	}
	for _, s := range api.requests() {
		if !strings.HasPrefix(s.path, "/api/v1/transactions/") {
			t.Errorf("an id led the client to %s", s.path)
		}
	}
}

// The record stands without the payment's other transactions.
func TestFamilyFails(t *testing.T) {
	t.Parallel()
	p, api := failing(t, 10*time.Second)
	b := p.as(auth.Support)
	rec := api.rows[5]
	id := textAt(rec, "transactionId")
	for _, name := range []string{"401", "429 with Retry-After", "400", "half a body", "500"} {
		fault := faults[name]
		api.set(func(f *fakeAPI) {
			f.instead = func(_ int, w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, id) {
					return false
				}
				fault.answer(w, r)
				return true
			}
		})
		a := b.get("/transactions/" + id)
		if a.status != http.StatusOK {
			t.Errorf("%s: got status %d, want the record", name, a.status)
			continue
		}
		doc := a.doc()
		if got := words(doc.Find(".notice")); !strings.Contains(got, "could not be read") {
			t.Errorf("%s: got the notice %q, want it to say that the payment could not be read", name, got)
		}
		if got := words(doc.Find("main")); !strings.Contains(got, textAt(rec, "merchantReference")) {
			t.Errorf("%s: the record's own fields are missing", name)
		}
	}
}

// When the database is gone, readers get a page of the portal too, and the load balancer is told.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	p, _ := failing(t, 10*time.Second)
	b := p.as(auth.Support)
	if err := p.db.Close(); err != nil {
		t.Fatal(err)
	}
	a := b.get("/transactions").want(http.StatusInternalServerError)
	if got := words(a.doc().Find("h1")); !strings.Contains(got, "Something went wrong in the portal") {
		t.Errorf("got the heading %q, want the portal's own error page", got)
	}
	if got, want := words(a.doc().Find(".error .ident code")), a.header.Get("X-Request-Id"); got != want {
		t.Errorf("got the request id %q, want %q", got, want)
	}
	p.stranger().get("/readyz").want(http.StatusServiceUnavailable)
	p.stranger().get("/healthz").want(http.StatusOK)
	if !strings.Contains(p.log.String(), a.header.Get("X-Request-Id")) {
		t.Error("the log does not know the request")
	}
}

// While PostgreSQL is away readers are told so, by pages, page changes and the sign-in; when it is back, all goes on.
func TestDatabaseAway(t *testing.T) {
	if os.Getenv(storetest.EngineVariable) == "postgres" {
		t.Skip("it has a server of its own, and runs with the tests on SQLite")
	}
	t.Parallel()
	p, _ := failing(t, 10*time.Second)
	server := storetest.OwnPostgreSQL(t)
	var err error
	if p.db, err = store.Open(t.Context(), server.New(t, "")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.db.Close() })
	p.config = p.process(p.db)
	p.serve()
	b, stranger := p.as(auth.Support), p.stranger()
	b.get("/transactions").want(http.StatusOK)
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	for what, a := range map[string]answer{
		"a page":        b.get("/transactions"),
		"a page change": b.get("/transactions", "HX-Request", "true"),
		"a record":      b.get("/transactions/1"),
		"signing in":    stranger.post("/login", url.Values{"email": {"support@example.com"}, "password": {testPassword}}),
	} {
		a.want(http.StatusServiceUnavailable)
		if got := words(a.doc().Find("h1, h2").First()); !strings.Contains(got, "database does not answer") || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: got the heading %q and Retry-After %q, want it told as what it is", what, got, a.header.Get("Retry-After"))
		}
		if !strings.Contains(a.body, a.header.Get("X-Request-Id")) {
			t.Errorf("%s: got no request id on the page", what)
		}
	}
	p.stranger().get("/readyz").want(http.StatusServiceUnavailable)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	b.get("/transactions").want(http.StatusOK)
}

// Nothing listens where the API should be.
func TestUpstreamUnreachable(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	p := open(t, http.NotFoundHandler(), withClient(func(o *trustlyclient.Options) { o.BaseURL = gone.URL }))
	a := p.as(auth.Support).get("/transactions").want(http.StatusBadGateway)
	if got := words(a.doc().Find("h1")); !strings.Contains(got, "not working") {
		t.Errorf("got the heading %q, want it to say that the API is not working", got)
	}
}
