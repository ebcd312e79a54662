package handlers_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// openMetered is a portal that counts.
func openMetered(t testing.TB, api http.Handler, settings ...setting) (*portal, *handlers.Metrics) {
	t.Helper()
	m := handlers.NewMetrics("test", 0)
	p := open(t, api, append(settings, func(c *handlers.Config, o *trustlyclient.Options) {
		watched := handlers.WatchAudit(c.Store, m)
		c.Metrics, c.Audit, c.AuditHealth = m, audit.NewLog(watched, c.Now), watched
		o.Observer = handlers.Observer(m, nil)
	})...)
	m.Watch(handlers.Watched{Client: p.config.Client, Store: p.db, Limits: auth.DefaultLimits(), Now: p.clock.now, RequestsPerSecond: 5, Concurrency: 4})
	return p, m
}

// scrape is what Prometheus gets.
func scrape(t testing.TB, m *handlers.Metrics) string {
	t.Helper()
	rw := httptest.NewRecorder()
	m.Handler().ServeHTTP(rw, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if rw.Code != http.StatusOK {
		t.Fatalf("GET /metrics: got %d, want 200:\n%s", rw.Code, rw.Body)
	}
	return rw.Body.String()
}

// series are the values of a scrape by name and labels, as they stand there.
func series(t testing.TB, text string) map[string]float64 {
	t.Helper()
	values := map[string]float64{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if cut := strings.LastIndexByte(strings.TrimSpace(line), ' '); cut > 0 && strings.Contains(line, "}") {
			name, value = line[:cut], strings.TrimSpace(line[cut+1:])
		}
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		values[name] = n
	}
	return values
}

func wantSeries(t testing.TB, got map[string]float64, want map[string]float64) {
	t.Helper()
	for name, value := range want {
		if n, ok := got[name]; !ok || n != value {
			t.Errorf("%s: got %v (there: %t), want %v", name, n, ok, value)
		}
	}
}

// Is the API slow, or are we? The time of a request that waited for the API is split between both.
func TestMetricsTellTheAPIFromThePortal(t *testing.T) {
	t.Parallel()
	const slow = 40 * time.Millisecond
	api := newFake(t, madeUp(3, 5, time.Second))
	api.instead = func(int, http.ResponseWriter, *http.Request) bool { time.Sleep(slow); return false }
	p, m := openMetered(t, api)
	b := p.as(auth.Support)
	b.get("/transactions?createdAt.start=now-1y&tz=UTC").want(http.StatusOK)
	b.get("/account").want(http.StatusOK)
	got := series(t, scrape(t, m))
	const list, account = `{method="GET",route="/transactions"}`, `{method="GET",route="/account"}`
	whole, asked, own := got["portal_http_request_duration_seconds_sum"+list], got["portal_http_request_api_seconds_sum"+list], got["portal_http_request_own_seconds_sum"+list]
	if asked < slow.Seconds() || own <= 0 || math.Abs(whole-asked-own) > 1e-9 {
		t.Errorf("the list took %v s, %v of the API and %v of the portal: want %v of the API at least, and the rest the portal's", whole, asked, own, slow.Seconds())
	}
	if _, ok := got["portal_http_request_api_seconds_count"+account]; ok {
		t.Error("a page that asks nothing of the API counts as one that waited for it")
	}
	wantSeries(t, got, map[string]float64{
		`portal_http_requests_total{method="GET",route="/transactions",status="2xx"}`: 1,
		`portal_http_requests_total{method="GET",route="/account",status="2xx"}`:      1,
		`portal_http_requests_total{method="POST",route="/login",status="3xx"}`:       1,
		`portal_http_request_own_seconds_count` + account:                             1,
		`portal_http_requests_in_flight`:                                              0,
		`portal_api_request_duration_seconds_count{call="list"}`:                      got[`portal_api_requests_total{call="list",outcome="ok"}`],
		`portal_api_in_flight`:                                          0,
		`portal_api_budget_requests_per_second`:                         5,
		`portal_api_budget_concurrency`:                                 4,
		`portal_sign_ins_total{means="password",result="allowed"}`:      1,
		`portal_audit_records_total{action="sign-in",result="allowed"}`: 1,
		`portal_audit_records_total{action="search",result="allowed"}`:  1,
		`portal_audit_append_seconds_count`:                             2,
		`portal_audit_writable`:                                         1,
		`portal_logins`:                                                 1,
		`portal_database_up`:                                            1,
	})
	if got[`portal_api_budget_wait_seconds_count{who="people"}`] < 1 {
		t.Error("no wait of people for their turn is counted")
	}
}

// Each way in which the API fails is an outcome of its own.
func TestMetricsOfAFailingAPI(t *testing.T) {
	t.Parallel()
	for name, outcome := range map[string]string{
		"401": "4xx", "429 with Retry-After": "429", "500": "5xx", "errors under 200": "complaint", "HTML": "unreadable", "connection broken off": "unreachable",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFake(t, nil)
			p, m := openMetered(t, api)
			b := p.as(auth.Support)
			api.set(func(api *fakeAPI) {
				api.instead = func(_ int, w http.ResponseWriter, r *http.Request) bool { faults[name].answer(w, r); return true }
			})
			b.get("/transactions")
			got := series(t, scrape(t, m))
			n := got[`portal_api_requests_total{call="list",outcome="`+outcome+`"}`]
			if n < 1 || got[`portal_api_requests_total{call="list",outcome="ok"}`] != 0 {
				t.Errorf("got %v requests of outcome %s, want one at least and none that is ok", n, outcome)
			}
			if retries := got[`portal_api_retries_total{call="list"}`]; retries != n-1 {
				t.Errorf("got %v retries of %v tries, want one less", retries, n)
			}
			if got[`portal_http_requests_total{method="GET",route="/transactions",status="5xx"}`] != 1 {
				t.Error("the page that failed is not counted")
			}
		})
	}
}

// A dead API is seen by what the breaker keeps from it; /readyz tells, and stays ready.
func TestMetricsOfADeadAPI(t *testing.T) {
	t.Parallel()
	api := newFake(t, nil)
	api.instead = func(_ int, w http.ResponseWriter, r *http.Request) bool { faults["500"].answer(w, r); return true }
	p, m := openMetered(t, api)
	b := p.as(auth.Support)
	for range 8 {
		b.get("/transactions").want(http.StatusBadGateway)
	}
	got := series(t, scrape(t, m))
	wantSeries(t, got, map[string]float64{"portal_api_breaker_open": 1, "portal_api_breaker_opened_total": 1})
	if got[`portal_api_requests_total{call="list",outcome="refused"}`] < 1 {
		t.Error("nothing was refused by the breaker")
	}
	if a := p.stranger().get("/readyz").want(http.StatusOK); !strings.Contains(a.body, "api: failing\n") {
		t.Errorf("GET /readyz: got\n%s\nwant it to tell that the API fails", a.body)
	}
}

// Sign-ins are counted by how they went, and those not looked at apart.
func TestMetricsOfSignIns(t *testing.T) {
	t.Parallel()
	p, m := openMetered(t, newFake(t, nil))
	p.addUser("ann@example.com", auth.Support)
	s := p.stranger()
	for range 12 {
		s.post("/login", url.Values{"email": {"ann@example.com"}, "password": {"wrong"}})
	}
	got := series(t, scrape(t, m))
	refused, held := got[`portal_sign_ins_total{means="password",result="refused"}`], got[`portal_sign_ins_held_back_total{why="tries"}`]
	if refused < 1 || held < 1 || refused+held != 12 {
		t.Errorf("of 12 wrong passwords: got %v refused and %v held back, want some of each and 12 in all", refused, held)
	}
}

// An export in a file of its own is counted by rows, and one that breaks off as that.
func TestMetricsOfExports(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(9, 250, time.Second))
	p, m := openMetered(t, api)
	b := p.as(auth.Finance)
	const file = "/transactions.csv?createdAt.start=now-1y&tz=UTC"
	b.get(file).want(http.StatusOK)
	api.reset()
	api.set(func(api *fakeAPI) {
		api.instead = func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n < 4 {
				return false
			}
			faults["400"].answer(w, r)
			return true
		}
	})
	if a, err := b.try(http.MethodGet, file, nil); err == nil && a.err == nil && a.status == http.StatusOK {
		t.Fatal("the second export is whole, want it cut off")
	}
	got := series(t, scrape(t, m))
	if got[`portal_export_downloads_total{outcome="complete"}`] != 1 || got[`portal_export_rows_total{by="download"}`] < 250 {
		t.Errorf("got %v complete downloads with %v rows, want 1 with 250 at least", got[`portal_export_downloads_total{outcome="complete"}`], got[`portal_export_rows_total{by="download"}`])
	}
	if got[`portal_export_downloads_total{outcome="cut"}`]+got[`portal_http_requests_total{method="GET",route="/transactions.csv",status="5xx"}`] != 1 {
		t.Error("the export that failed is not counted")
	}

	api.set(func(api *fakeAPI) { api.instead = nil })
	b.post("/exports", url.Values{"format": {"csv"}, "query": {"createdAt.start=now-1y&tz=UTC"}, "columns": {"shown"}}).want(http.StatusSeeOther)
	var after map[string]float64
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if after = series(t, scrape(t, m)); after[`portal_export_jobs_ended_total{state="complete",why="none"}`] == 1 {
			break
		}
	}
	wantSeries(t, after, map[string]float64{`portal_export_jobs_ended_total{state="complete",why="none"}`: 1, `portal_export_rows_total{by="job"}`: 250})
}

// Whatever strangers make up, there are no more series than before, and nothing of it is in them.
func TestSeriesDoNotGrow(t *testing.T) {
	t.Parallel()
	n := 600
	if *thorough {
		n = 10_000
	}
	p, m := openMetered(t, newFake(t, nil))
	const planted = "4929123412341234"
	odd := func(i int) *http.Request {
		methods := []string{"GET", "POST", "PUT", "X" + planted + strconv.Itoa(i), "OPTIONS", "HEAD"}
		paths := []string{"/%s-%d", "/transactions/%s%d", "/transactions/%s/%d", "/static/%s/%d", "/views/%s%d.csv", "/customers/%s%d", "/metrics/%s%d", "/login?next=%s%d", "/exports/%s/%d"}
		r := httptest.NewRequest(methods[i%len(methods)], fmt.Sprintf(paths[i/len(methods)%len(paths)], planted, i)+"?q="+planted, nil)
		r.Host = fmt.Sprintf("%s-%d.example.com", planted, i)
		r.Header.Set("User-Agent", planted)
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.0.%d.%d", i/256%256, i%256))
		if i%7 == 0 {
			r.Header.Set("Authorization", "Bearer "+planted)
		}
		return r
	}
	ask := func(from, to int) {
		for i := from; i < to; i++ {
			p.web.ServeHTTP(httptest.NewRecorder(), odd(i))
		}
	}
	ask(0, 300) // each kind at least once
	before := len(series(t, scrape(t, m)))
	ask(300, n)
	text := scrape(t, m)
	if after := len(series(t, text)); after != before {
		t.Errorf("after %d odd requests: got %d series, want the %d of before", n, after, before)
	}
	if strings.Contains(text, planted) || strings.Contains(text, "example.com") {
		t.Error("what a stranger sent is in the metrics")
	}
	t.Logf("%d series after %d requests", before, n)
}

// After somebody looked a customer up by all that the portal shows, none of it is in the metrics.
func TestMetricsHoldNothingPersonal(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	rec["payment"].(record)["customer"].(record)["dateOfBirth"] = "1971-02-03"
	p, m := openMetered(t, newFake(t, append(madeUp(72, 30, time.Millisecond), rec)))
	b := p.as(auth.Admin)
	id := textAt(rec, "transactionId")
	b.get("/transactions?createdAt.start=now-9y&payment.customer.name=" + url.QueryEscape("Joe User") + "&tz=UTC").want(http.StatusOK)
	b.visit("/find?q=" + id)
	b.get("/transactions/" + id).want(http.StatusOK)
	b.post("/transactions/"+id+"/reveal", url.Values{"field": {"payment.customer.taxId"}, "reason": {"asked by Joe User"}})
	b.get("/transactions.csv?payment.customer.name=" + url.QueryEscape("Joe User"))
	text := scrape(t, m)
	values := append(personalValues(t, rec), id, "Joe", "createdAt", "admin@example.com", "127.0.0.1", "taxId")
	if found := foundIn(text, values); len(found) > 0 {
		t.Errorf("the metrics hold %q:\n%s", found, text)
	}
}

// The public address knows no metrics, whether they are counted or not.
func TestMetricsAreNotPublic(t *testing.T) {
	t.Parallel()
	p, _ := openMetered(t, newFake(t, nil))
	p.stranger().get("/metrics").want(http.StatusNotFound)
	p.as(auth.Admin).get("/metrics").want(http.StatusNotFound)
}

// /readyz names what keeps the portal from serving, and no address, name or error of it.
func TestReadyNamesWhatIsAmiss(t *testing.T) {
	t.Parallel()
	draining := false
	p, m := openMetered(t, newFake(t, nil), func(c *handlers.Config, _ *trustlyclient.Options) { c.Draining = func() bool { return draining } })
	p.addUser("ann@example.com", auth.Support)
	s := p.stranger()
	want := func(name string, status int, body string) {
		t.Helper()
		if a := s.get("/readyz").want(status); a.body != body {
			t.Errorf("%s: got\n%s\nwant\n%s", name, a.body, body)
		}
	}
	signIn := func(status int) {
		t.Helper()
		s.post("/login", url.Values{"email": {"ann@example.com"}, "password": {testPassword}}).want(status)
	}
	want("at the start", 200, "ready\nprocess: ok\ndatabase: ok\nschema: ok\naudit: ok\napi: not asked yet\n")

	// The audit's own table is gone: nothing can be put on record.
	change := rawDatabase(t, p.database)
	change(`ALTER TABLE audit_ends RENAME TO audit_ends_gone`)
	want("before anybody noticed", 200, "ready\nprocess: ok\ndatabase: ok\nschema: ok\naudit: ok\napi: not asked yet\n")
	signIn(http.StatusInternalServerError)
	want("without an audit", 503, "not ready\nprocess: ok\ndatabase: ok\nschema: ok\naudit: failed\napi: not asked yet\n")
	wantSeries(t, series(t, scrape(t, m)), map[string]float64{"portal_audit_writable": 0, "portal_audit_append_failures_total": 1})
	change(`ALTER TABLE audit_ends_gone RENAME TO audit_ends`)
	before, _, err := p.db.VerifyAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want("once it can be written again", 200, "ready\nprocess: ok\ndatabase: ok\nschema: ok\naudit: ok\napi: not asked yet\n")
	if n, _, err := p.db.VerifyAudit(t.Context()); err != nil || n != before {
		t.Errorf("looking for it: got %d records, %v, want the %d of before", n, err, before)
	}
	wantSeries(t, series(t, scrape(t, m)), map[string]float64{"portal_audit_writable": 1})

	change(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
	want("a newer portal has changed the schema", 200, "ready\nprocess: ok\ndatabase: ok\nschema: newer than the program\naudit: ok\napi: not asked yet\n")
	change(`DELETE FROM goose_db_version WHERE version_id > 5`)
	want("an old backup was put back", 503, "not ready\nprocess: ok\ndatabase: ok\nschema: older than the program\naudit: ok\napi: not asked yet\n")

	draining = true
	if a := s.get("/readyz").want(503); !strings.HasPrefix(a.body, "not ready\nprocess: stopping\n") {
		t.Errorf("told to stop: got\n%s\nwant it to say so", a.body)
	}
	s.get("/healthz").want(200)
	if err := p.db.Close(); err != nil {
		t.Fatal(err)
	}
	want("without a database", 503, "not ready\nprocess: stopping\ndatabase: failed\nschema: failed\naudit: ok\napi: not asked yet\n")
}

// rawDatabase changes a portal's database behind its back.
func rawDatabase(t *testing.T, databaseURL string) func(statement string) {
	t.Helper()
	driver, name := "pgx", databaseURL
	if path, err := store.SQLitePath(databaseURL); err == nil {
		driver, name = "sqlite", path
	}
	return func(statement string) {
		t.Helper()
		conn, err := sql.Open(driver, name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = conn.ExecContext(t.Context(), statement)
		if err := errors.Join(err, conn.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
