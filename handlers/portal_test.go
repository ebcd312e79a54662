package handlers_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/alexedwards/argon2id"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/apispec"
)

// testNow is when most tests take place. Only the database and the API client look at the real clock.
var testNow = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

const testPassword = "seven quiet harbours"

// thorough makes some tests go through many more cases of the same kind, in minutes.
var thorough = flag.Bool("thorough", false, "test many more cases of the same kind")

// testHash is the hash of testPassword, a cheap one: those of the portal are slow on purpose.
var testHash = sync.OnceValue(func() string {
	hash, err := argon2id.CreateHash(testPassword, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		panic(err)
	}
	return hash
})

// portal is the real thing but for the program around it: a database file, the doors, the API's client and the web,
// behind a server with the program's limits.
type portal struct {
	t     testing.TB
	url   string
	db    *store.DB
	log   *transcript
	clock *clock
	web   http.Handler

	database string                             // its URL
	config   handlers.Config                    // of web
	process  func(db *store.DB) handlers.Config // makes it, for one more process
	stop     func()                             // ends what works beside the requests, as the program's end does
}

// setting changes what a portal is made of.
type setting func(*handlers.Config, *trustlyclient.Options)

func withBaseURL(base string) setting {
	return func(c *handlers.Config, _ *trustlyclient.Options) { c.BaseURL = mustURL(base) }
}

func withProxies(prefixes ...string) setting {
	return func(c *handlers.Config, _ *trustlyclient.Options) {
		for _, p := range prefixes {
			c.TrustedProxies = append(c.TrustedProxies, netip.MustParsePrefix(p))
		}
	}
}

func withClient(change func(*trustlyclient.Options)) setting {
	return func(_ *handlers.Config, o *trustlyclient.Options) { change(o) }
}

// patiently has the one box wait for all answers, however slow the machine.
func patiently(c *handlers.Config, _ *trustlyclient.Options) { c.FindGrace = time.Minute }

// open starts a portal over an API, of which it asks only what the API's specification allows.
func open(t testing.TB, api http.Handler, settings ...setting) *portal {
	t.Helper()
	upstream := httptest.NewServer(apispec.Handler(t, api))
	t.Cleanup(upstream.Close)
	database := databases.New(t)
	db, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })

	p := &portal{t: t, db: db, database: database, log: &transcript{}, clock: &clock{at: testNow}}
	keys, err := auth.NewKeys(strings.Repeat("0123456789abcdef", 4))
	if err != nil {
		t.Fatal(err)
	}
	p.process = func(db *store.DB) handlers.Config {
		options := trustlyclient.Options{
			BaseURL: upstream.URL + "/api/v1", AccessID: fakeID, AccessKey: fakeKey,
			Timeout: 10 * time.Second, MaxBody: 4 << 20, Patience: time.Second,
		}
		config := handlers.Config{
			Audit: audit.NewLog(db, p.clock.now), AuditTrail: db,
			Ready: db.Ping, Store: db, BaseURL: mustURL("http://127.0.0.1"), Keys: keys,
			Logger: slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			Now:    p.clock.now, Environment: "TEST", Version: "test",
		}
		for _, change := range settings {
			change(&config, &options)
		}
		var err error
		if config.Client, err = trustlyclient.New(options); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(config.Client.CloseIdleConnections)
		config.Sessions = auth.NewSessions(db.Sessions(), config.BaseURL.Scheme == "https")
		config.Doors = auth.NewDoors(db, config.Sessions, p.clock.now)
		config.Worksheets, config.Exports, config.ExportKeep = db, db, 7*24*time.Hour
		return config
	}
	p.config = p.process(db)
	p.serve()
	return p
}

// again is another process on the same database, once this one has stopped. Sign-ins hold there too.
func (p *portal) again() *portal {
	p.t.Helper()
	p.stop()
	next := *p
	next.serve()
	return &next
}

// serve starts the web and a server with the program's limits.
func (p *portal) serve() {
	t, config := p.t, p.config
	var background sync.WaitGroup
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	p.stop = func() { cancel(); background.Wait() }
	t.Cleanup(p.stop)
	config.Go = func(work func(context.Context)) {
		if ctx.Err() == nil {
			background.Go(func() { work(ctx) })
		}
	}
	var err error
	if p.web, err = handlers.New(config); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(p.alternating(config.Go))
	// As in cmd/portal.
	server.Config.ReadHeaderTimeout, server.Config.ReadTimeout = 5*time.Second, 15*time.Second
	server.Config.WriteTimeout, server.Config.IdleTimeout = 75*time.Second, 2*time.Minute
	server.Config.MaxHeaderBytes = 32 << 10
	server.Config.ErrorLog = slog.NewLogLogger(config.Logger.Handler(), slog.LevelWarn)
	server.Start()
	t.Cleanup(server.Close)
	p.url = server.URL
}

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// transcript is everything the portal logs.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *transcript) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// addUser makes an account with testPassword.
func (p *portal) addUser(email string, role auth.Role) auth.User {
	p.t.Helper()
	u, err := p.db.CreateUser(p.t.Context(), email, role, testHash())
	if err != nil {
		p.t.Fatal(err)
	}
	return u
}

// browser is a client with cookies that follows no redirect by itself.
type browser struct {
	t      testing.TB
	url    string
	client *http.Client
}

// stranger has not signed in.
func (p *portal) stranger() *browser {
	jar, _ := cookiejar.New(nil)                           // fails only with options
	transport := &http.Transport{DisableCompression: true} // it costs time and shows nothing here
	p.t.Cleanup(transport.CloseIdleConnections)
	return &browser{t: p.t, url: p.url, client: &http.Client{
		Jar: jar, Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as signs in a new user of the role.
func (p *portal) as(role auth.Role) *browser {
	p.t.Helper()
	email := string(role) + "@example.com"
	if _, err := p.db.UserByEmail(p.t.Context(), email); err != nil {
		p.addUser(email, role)
	}
	return p.signIn(email)
}

func (p *portal) signIn(email string) *browser {
	p.t.Helper()
	b := p.stranger()
	a := b.post("/login", url.Values{"email": {email}, "password": {testPassword}})
	a.want(http.StatusSeeOther)
	return b
}

// answer is one answer of the portal, read to its end.
type answer struct {
	t       testing.TB
	request string
	status  int
	header  http.Header
	body    string
	trailer http.Header
	err     error // of reading the body
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, headers...)
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, form, headers...)
}

// try is one request whose transfer may fail. headers are names and values in turn.
func (b *browser) try(method, path string, form url.Values, headers ...string) (answer, error) {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept", "text/html,*/*")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	a := answer{t: b.t, request: method + " " + path, status: response.StatusCode, header: response.Header}
	read, err := io.ReadAll(response.Body)
	a.body, a.trailer, a.err = string(read), response.Trailer, err
	return a, nil
}

func (b *browser) do(method, path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	a, err := b.try(method, path, form, headers...)
	if err == nil {
		err = a.err
	}
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// visit follows redirects within the portal and says where it ended.
func (b *browser) visit(path string, headers ...string) (a answer, end string) {
	b.t.Helper()
	for range 5 {
		if a = b.get(path, headers...); a.status != http.StatusSeeOther {
			return a, path
		}
		path = a.header.Get("Location")
	}
	b.t.Fatalf("redirects without an end, now at %s", path)
	return a, path
}

func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: got status %d (Location %q), want %d\n%.600s", a.request, a.status, a.header.Get("Location"), status, a.text())
	}
	return a
}

// doc is the answer as a parser of HTML sees it.
func (a answer) doc() *goquery.Document {
	a.t.Helper()
	if ct := a.header.Get("Content-Type"); !strings.HasPrefix(ct, "text/html") {
		a.t.Fatalf("%s: got Content-Type %q, want HTML", a.request, ct)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	return doc
}

// text is what a person reads, for messages of failed tests.
func (a answer) text() string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil || doc.Find("main, h1").Length() == 0 {
		return a.body
	}
	if doc.Find("main").Length() > 0 {
		return words(doc.Find("main"))
	}
	return words(doc.Selection)
}

// words is a selection's text with single blanks.
func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// page is what a list page says of its rows.
type page struct {
	ids        []string
	next, prev string // hrefs of rel=next and rel=prev
}

func readPage(a answer) page {
	a.t.Helper()
	a.want(http.StatusOK)
	doc := a.doc()
	var p page
	doc.Find("table.list tr[data-transaction-id]").Each(func(_ int, row *goquery.Selection) {
		id, _ := row.Attr("data-transaction-id")
		p.ids = append(p.ids, id)
	})
	p.next, _ = doc.Find(`a[rel=next]`).Attr("href")
	p.prev, _ = doc.Find(`a[rel=prev]`).Attr("href")
	return p
}

// pages follows rel=next from a list's first page to its last.
func (b *browser) pages(path string, headers ...string) []page {
	b.t.Helper()
	var all []page
	for path != "" {
		a, _ := b.visit(path, headers...)
		p := readPage(a)
		all = append(all, p)
		if len(all) > 1000 {
			b.t.Fatalf("more than 1000 pages from %s", path)
		}
		path = p.next
	}
	return all
}

// ids are the rows of pages in their order.
func ids(pages []page) []string {
	var all []string
	for _, p := range pages {
		all = append(all, p.ids...)
	}
	return all
}
