package handlers_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/static"
	"trustlyportal/store"
)

// opened is the whole of what each role may do, route by route: a second telling of routes.go and of auth's table, to
// be changed on purpose with them.
var opened = map[string][]auth.Role{
	"GET /":                             {auth.Support, auth.Finance, auth.Admin},
	"GET /account":                      {auth.Support, auth.Finance, auth.Admin},
	"POST /account/preferences":         {auth.Support, auth.Finance, auth.Admin},
	"GET /transactions":                 {auth.Support, auth.Finance, auth.Admin},
	"GET /transactions/count":           {auth.Support, auth.Finance, auth.Admin},
	"POST /transactions/:id/reveal":     {auth.Support, auth.Finance, auth.Admin},
	"GET /transactions/:id/watch":       {auth.Support, auth.Finance, auth.Admin},
	"GET /admin/audit":                  {auth.Admin},
	"GET /admin/audit.csv":              {auth.Admin},
	"GET /admin/audit.jsonl":            {auth.Admin},
	"POST /admin/audit/look":            {auth.Admin},
	"GET /admin/permissions":            {auth.Admin},
	"GET /transactions/:id":             {auth.Support, auth.Finance, auth.Admin},
	"GET /transactions/columns":         {auth.Support, auth.Finance, auth.Admin},
	"GET /transactions/newer":           {auth.Support, auth.Finance, auth.Admin},
	"POST /account/columns":             {auth.Support, auth.Finance, auth.Admin},
	"POST /account/density":             {auth.Support, auth.Finance, auth.Admin},
	"GET /transactions/:id/raw.json":    {auth.Support, auth.Finance, auth.Admin},
	"GET /customers/:externalId":        {auth.Support, auth.Finance, auth.Admin},
	"GET /find":                         {auth.Support, auth.Finance, auth.Admin},
	"GET /views":                        {auth.Support, auth.Finance, auth.Admin},
	"POST /views":                       {auth.Support, auth.Finance, auth.Admin},
	"GET /views.yaml":                   {auth.Support, auth.Finance, auth.Admin},
	"POST /views/import":                {auth.Support, auth.Finance, auth.Admin},
	"GET /views/:view":                  {auth.Support, auth.Finance, auth.Admin},
	"POST /views/:view":                 {auth.Support, auth.Finance, auth.Admin},
	"POST /private-links":               {auth.Support, auth.Finance, auth.Admin},
	"POST /private-links/:token/revoke": {auth.Support, auth.Finance, auth.Admin},
	"GET /find/list":                    {auth.Support, auth.Finance, auth.Admin},
	"POST /find/list":                   {auth.Support, auth.Finance, auth.Admin},
	"GET /find/list/:id":                {auth.Support, auth.Finance, auth.Admin},
	"GET /find/list/:id/worksheet.csv":  {auth.Support, auth.Finance, auth.Admin},
	"POST /find/list/:id/cancel":        {auth.Support, auth.Finance, auth.Admin},
	"POST /find/list/:id/retry":         {auth.Support, auth.Finance, auth.Admin},
	"POST /find/list/:id/delete":        {auth.Support, auth.Finance, auth.Admin},
	"GET /help/filters":                 {auth.Support, auth.Finance, auth.Admin},
	"GET /transactions.csv":             {auth.Finance, auth.Admin},
	"GET /transactions.xlsx":            {auth.Finance, auth.Admin},
	"GET /transactions.jsonl":           {auth.Finance, auth.Admin},
	"GET /account/tokens":               {auth.Support, auth.Finance, auth.Admin},
	"POST /account/tokens":              {auth.Finance, auth.Admin},
	"GET /views/:view.csv":              {auth.Finance, auth.Admin},
	"GET /views/:view.xlsx":             {auth.Finance, auth.Admin},
	"GET /views/:view.jsonl":            {auth.Finance, auth.Admin},
	"GET /exports":                      {auth.Finance, auth.Admin},
	"POST /exports":                     {auth.Finance, auth.Admin},
	"GET /exports/new":                  {auth.Finance, auth.Admin},
	"GET /exports/estimate":             {auth.Finance, auth.Admin},
	"GET /exports/in-clear":             {auth.Admin},
	"POST /exports/in-clear":            {auth.Admin},
	"GET /exports/:id":                  {auth.Finance, auth.Admin},
	"POST /exports/:id/cancel":          {auth.Finance, auth.Admin},
	"POST /exports/:id/delete":          {auth.Finance, auth.Admin},
	"POST /exports/:id/changes":         {auth.Finance, auth.Admin},
	"GET /exports/:id/:file":            {auth.Finance, auth.Admin},
	"GET /login/sso/prove":              {auth.Support, auth.Finance, auth.Admin},
	"GET /account/sso":                  {auth.Support, auth.Finance, auth.Admin},
	"POST /account/sso":                 {auth.Support, auth.Finance, auth.Admin},
	"GET /admin/api":                    {auth.Admin},
	"GET /account/prove":                {auth.Support, auth.Finance, auth.Admin},
	"POST /account/prove":               {auth.Support, auth.Finance, auth.Admin},
	"GET /account/security":             {auth.Support, auth.Finance, auth.Admin},
	"POST /account/security/passkeys":   {auth.Support, auth.Finance, auth.Admin},
	"POST /account/security/recovery":   {auth.Support, auth.Finance, auth.Admin},

	"GET /account/security/authenticator":         {auth.Support, auth.Finance, auth.Admin},
	"POST /account/security/authenticator":        {auth.Support, auth.Finance, auth.Admin},
	"POST /account/security/authenticator/remove": {auth.Support, auth.Finance, auth.Admin},
	"POST /account/security/passkeys/remove":      {auth.Support, auth.Finance, auth.Admin},

	"POST /account/tokens/:token/revoke": {auth.Support, auth.Finance, auth.Admin},

	"GET /account/password":                      {auth.Support, auth.Finance, auth.Admin},
	"POST /account/password":                     {auth.Support, auth.Finance, auth.Admin},
	"GET /account/sessions":                      {auth.Support, auth.Finance, auth.Admin},
	"POST /account/sessions":                     {auth.Support, auth.Finance, auth.Admin},
	"GET /admin/users":                           {auth.Admin},
	"POST /admin/users":                          {auth.Admin},
	"GET /admin/users/:user":                     {auth.Admin},
	"POST /admin/users/:user/role":               {auth.Admin},
	"POST /admin/users/:user/disable":            {auth.Admin},
	"POST /admin/users/:user/enable":             {auth.Admin},
	"POST /admin/users/:user/factors":            {auth.Admin},
	"POST /admin/users/:user/link":               {auth.Admin},
	"POST /admin/users/:user/sessions":           {auth.Admin},
	"POST /admin/users/:user/tokens":             {auth.Admin},
	"POST /admin/invitations/:invitation/revoke": {auth.Admin},
}

// public is the short list of what anyone may ask for.
var public = []string{"GET /healthz", "GET /readyz", "GET /static/*", "GET /login", "POST /login", "POST /logout", "GET /login/invite", "POST /login/invite",
	"GET /login/factor", "POST /login/factor", "POST /login/challenge", "POST /login/passkey", "GET /login/sso", "GET /login/sso/return",
	"POST /login/sso/backchannel-logout"}

// unmet are routes behind the door that this test's form does not satisfy: they say so with 422 to whoever may.
var unmet = []string{"POST /account/password", "POST /account/security/authenticator", "POST /account/security/authenticator/remove",
	"POST /account/security/passkeys", "POST /account/security/passkeys/remove", "POST /account/security/recovery"}

// doorsView is a saved view that is shared.
const doorsView = "doorsdoors"

// unaskable is a list that costs the API nothing.
var unaskable = url.Values{"list": {"203.0.113.7"}}

// ownWorksheet is a list of the reader's own; whoever may have none gets an address that leads nowhere.
func ownWorksheet(b *browser) string {
	b.t.Helper()
	a := b.post("/find/list", unaskable)
	for ; a.status == http.StatusUnprocessableEntity; a = b.post("/find/list", unaskable) {
		time.Sleep(10 * time.Millisecond) // a few at a time; these end by themselves
	}
	id, ok := strings.CutPrefix(a.header.Get("Location"), "/find/list/")
	if !ok {
		return "somebody's"
	}
	return id
}

// exportOfAll is the form that exports everything.
var exportOfAll = url.Values{"query": {""}, "format": {"csv"}, "columns": {"shown"}, "reason": {"to see who may"}}

// exported waits until what was started has ended: then it asks the API nothing any more.
func exported(b *browser, a answer) (id string) {
	b.t.Helper()
	id, ok := strings.CutPrefix(a.header.Get("Location"), "/exports/")
	if !ok {
		return "somebody's"
	}
	b.becomes("/exports/"+id, "Complete")
	return id
}

// ask makes a request to the route.
func ask(b *browser, r handlers.RouteRow, headers ...string) answer {
	b.t.Helper()
	id := "700000003"
	if strings.HasPrefix(r.Path, "/find/list/:id") {
		id = ownWorksheet(b)
	}
	if strings.HasPrefix(r.Path, "/exports/:id") {
		id = exported(b, b.post("/exports", exportOfAll))
	}
	path := strings.NewReplacer(":user", "1", ":invitation", "none", ":file", "x.csv", ":view", doorsView, ":externalId", "cust-1", ":id", id, "/static/*", static.URL("portal.css")).Replace(r.Path)
	var form url.Values
	if r.Method == http.MethodPost {
		form = url.Values{"tz": {"UTC"}}
		if strings.HasPrefix(r.Path, "/views") || strings.HasPrefix(r.Path, "/private-links") {
			form = url.Values{"query": {"payment.customer.name=Ada"}, "name": {"Doors"}, "do": {"default"}, "text": {"version: 1\nviews: [{name: Imported, query: tz=UTC}]"}}
		}
	}
	if strings.HasPrefix(r.Path, "/admin/users") && form != nil { // the first user is the disabled one
		form = url.Values{"email": {"invited@example.com"}, "role": {"support"}, "end": {"all"}}
	}
	if r.Path == "/account/prove" && form != nil {
		form = url.Values{"prove-with": {"password"}, "prove-password": {testPassword}}
	}
	if strings.HasSuffix(r.Path, "/reveal") {
		form = url.Values{"path": {"payment.customer.email"}}
	}
	if r.Method == http.MethodPost && r.Path == "/find/list" {
		form = unaskable
	}
	if r.Path == "/account/tokens" && r.Method == http.MethodPost {
		form = url.Values{"name": {"Doors"}, "scope": {"export"}, "days": {"7"}}
	}
	if r.Method == http.MethodPost && strings.HasPrefix(r.Path, "/exports") {
		a := b.do(r.Method, path, exportOfAll, headers...)
		exported(b, a)
		return a
	}
	return b.do(r.Method, path, form, headers...)
}

func TestDoors(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(61, 10, time.Millisecond))
	p := open(t, api)
	disabled, ended := p.addUser("disabled@example.com", auth.Admin), p.addUser("ended@example.com", auth.Admin)
	shared := []store.SavedView{{ID: doorsView, Name: "Shared", Query: "tz=UTC", Shared: true}}
	if _, err := p.db.SaveViews(t.Context(), disabled.ID, shared, false); err != nil {
		t.Fatal(err)
	}
	readers := map[string]*browser{"stranger": p.stranger(), "disabled": p.signIn("disabled@example.com"), "ended": p.signIn("ended@example.com")}
	for _, role := range auth.Roles() {
		readers[string(role)] = p.as(role)
	}
	if err := p.db.SetDisabled(t.Context(), disabled.ID, true); err != nil {
		t.Fatal(err)
	}
	old := map[string][]*http.Cookie{} // as if somebody had kept them
	for _, who := range []string{"disabled", "ended"} {
		old[who] = readers[who].client.Jar.Cookies(mustURL(p.url))
	}
	if err := errors.Join(p.db.SetRole(t.Context(), ended.ID, auth.Support), p.db.SetRole(t.Context(), ended.ID, auth.Admin)); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, route := range handlers.URLMap() {
		name := route.Method + " " + route.Path
		if route.Public != slices.Contains(public, name) {
			t.Errorf("%s: public is %v, want the list of this test to say so too", name, route.Public)
		}
		if route.Public {
			continue
		}
		seen++
		roles, ok := opened[name]
		if !ok {
			t.Errorf("%s: a route that this test does not know: say here who may use it", name)
		}
		for who, b := range readers {
			b.client.Jar.SetCookies(mustURL(p.url), old[who])
			api.reset()
			a := ask(b, route)
			if !slices.Contains(roles, auth.Role(who)) && slices.Contains(auth.Roles(), auth.Role(who)) {
				records, err := p.db.AuditPage(t.Context(), audit.Filter{Action: audit.Refusal, User: who + "@example.com", Result: audit.Refused}, 0, 1)
				if err != nil || len(records) == 0 || records[0].Object != "address "+name || !strings.HasPrefix(records[0].Detail, "permission ") {
					t.Errorf("%s as %s: got the newest refusal %+v, %v, want this one", name, who, records, err)
				}
			}
			switch allowed := slices.Contains(roles, auth.Role(who)); {
			case who == "stranger" || who == "disabled" || who == "ended":
				if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
					t.Errorf("%s as %s: got %d to %q, want 303 to the sign-in", name, who, a.status, a.header.Get("Location"))
				}
			case allowed && slices.Contains(unmet, name) && a.status == http.StatusUnprocessableEntity:
			case allowed && a.status != http.StatusOK && (a.status != http.StatusSeeOther || strings.HasPrefix(a.header.Get("Location"), "/login")):
				t.Errorf("%s as %s: got %d, want it allowed", name, who, a.status)
			case !allowed && a.status != http.StatusForbidden:
				t.Errorf("%s as %s: got %d, want 403", name, who, a.status)
			case !allowed && len(api.requests()) > 0:
				t.Errorf("%s as %s: refused, but the API was asked", name, who)
			}
			if slices.Contains([]string{"stranger", "disabled", "ended"}, who) {
				if len(api.requests()) > 0 || strings.Contains(a.body, "70000000") {
					t.Errorf("%s as %s: the API was asked or its data shown", name, who)
				}
				hx := ask(b, route, "HX-Request", "true")
				if hx.status != http.StatusUnauthorized || !strings.HasPrefix(hx.header.Get("HX-Redirect"), "/login") {
					t.Errorf("%s as %s by htmx: got %d and HX-Redirect %q, want 401 to the sign-in", name, who, hx.status, hx.header.Get("HX-Redirect"))
				}
			}
		}
	}
	for email, want := range map[string]string{"disabled@example.com": "account is disabled", "ended@example.com": "sign-in is over"} {
		records, err := p.db.AuditPage(t.Context(), audit.Filter{Action: audit.Refusal, User: email, Result: audit.Refused}, 0, 10)
		if err != nil || len(records) != 1 || records[0].Detail != want {
			t.Errorf("old cookies of %s: got %d refusals, %v, want one: %s", email, len(records), err, want)
		}
	}
	if seen != len(opened) {
		t.Errorf("the map has %d routes behind doors, this test %d", seen, len(opened))
	}
	api.reset()
	// What is on no map: no method and no path answers a stranger with anything else either.
	for _, route := range handlers.URLMap() {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECTX", "PROPFIND"} {
			if route.Public {
				continue
			}
			if a := ask(readers["stranger"], handlers.RouteRow{Method: method, Path: route.Path}); a.status < 300 || strings.Contains(a.body, "70000000") {
				t.Errorf("%s %s as a stranger: got %d", method, route.Path, a.status)
			}
		}
	}
	for _, path := range []string{"/TRANSACTIONS", "/transactions/", "//transactions", "/./transactions", "/transactions;x", "/transactions.xlsx", "/transactions.csv/", "/static/../transactions",
		"/static/%2e%2e/transactions", "/healthz/../transactions", "/debug/pprof/", "/metrics", "/.git/config", "/static/", "/transactions%2f700000003", "/%74ransactions"} {
		a := readers["stranger"].get(path)
		if a.status == http.StatusOK || strings.Contains(a.body, "70000000") {
			t.Errorf("%s as a stranger: got %d", path, a.status)
		}
	}
	if n := len(api.requests()); n > 0 {
		t.Errorf("got %d requests to the API for strangers, want none", n)
	}
	// A script that wants a file is told, not led to a page.
	a := p.stranger().get("/transactions.csv", "Accept", "text/csv").want(http.StatusUnauthorized)
	if strings.Contains(a.body, "<html") {
		t.Error("a script that asks for CSV got a page")
	}
}

// What is taken away is gone with the next request.
func TestDoorsShutAtOnce(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(62, 3, time.Millisecond)))
	boss := p.addUser("boss@example.com", auth.Admin)
	p.addUser("second@example.com", auth.Admin)
	demoted, disabled := p.signIn("boss@example.com"), p.as(auth.Finance)
	demoted.get("/transactions.csv").want(http.StatusOK)
	if err := p.db.SetRole(t.Context(), boss.ID, auth.Support); err != nil {
		t.Fatal(err)
	}
	demoted.get("/transactions.csv").want(http.StatusSeeOther)
	p.signIn("boss@example.com").get("/transactions.csv").want(http.StatusForbidden)

	disabled.get("/transactions").want(http.StatusOK)
	u, err := p.db.UserByEmail(t.Context(), "finance@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.db.SetDisabled(t.Context(), u.ID, true); err != nil {
		t.Fatal(err)
	}
	disabled.get("/transactions").want(http.StatusSeeOther)
	p.stranger().post("/login", url.Values{"email": {u.Email}, "password": {testPassword}}).want(http.StatusUnauthorized)

	idle := p.signIn("second@example.com")
	p.clock.advance(auth.IdleLimit - time.Second)
	idle.get("/account").want(http.StatusOK)
	p.clock.advance(auth.IdleLimit + time.Second)
	idle.get("/account").want(http.StatusSeeOther)
}

// Signing out ends the session where it is kept: the old cookie opens nothing.
func TestSignOut(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	before := b.client.Jar.Cookies(mustURL(p.url))
	b.get("/account").want(http.StatusOK)
	if got := b.post("/logout", url.Values{}).want(http.StatusSeeOther).header.Get("Location"); got != "/login" {
		t.Errorf("got Location %q, want /login", got)
	}
	b.get("/account").want(http.StatusSeeOther)
	b.client.Jar.SetCookies(mustURL(p.url), before)
	b.get("/account").want(http.StatusSeeOther)
	// Signing in gives another token than the one the browser brought.
	thief := p.stranger()
	thief.client.Jar.SetCookies(mustURL(p.url), []*http.Cookie{{Name: "portal_session", Value: "planted", Path: "/"}})
	a := thief.post("/login", url.Values{"email": {"support@example.com"}, "password": {testPassword}}).want(http.StatusSeeOther)
	if got := fmt.Sprint(a.header.Values("Set-Cookie")); !strings.Contains(got, "portal_session=") || strings.Contains(got, "planted") {
		t.Errorf("got Set-Cookie %q, want a token of the portal's", got)
	}
}

// Another site's page can't send forms in a reader's name.
func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	form := url.Values{"tz": {"Asia/Tokyo"}, "theme": {"dark"}}
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", "http://127.0.0.1:1"},
	} {
		for _, path := range []string{"/account/preferences", "/logout", "/login"} {
			a := b.post(path, form, headers...)
			if a.status != http.StatusForbidden || a.header.Get("Set-Cookie") != "" {
				t.Errorf("POST %s with %v: got %d and Set-Cookie %q, want 403 and none", path, headers, a.status, a.header.Get("Set-Cookie"))
			}
			if got := words(a.doc().Find("h1")); got != "Sent from another site" {
				t.Errorf("POST %s with %v: got the heading %q", path, headers, got)
			}
		}
	}
	b.get("/account").want(http.StatusOK)
	b.post("/account/preferences", form, "Sec-Fetch-Site", "same-origin").want(http.StatusSeeOther)
	b.post("/account/preferences", form, "Origin", p.url).want(http.StatusSeeOther)
	// Links from other sites work: that is what bookmarks are.
	b.get("/transactions", "Sec-Fetch-Site", "cross-site").want(http.StatusOK)
}

// Wrong passwords slow down, by account and address; whoever is elsewhere is not locked out.
func TestWrongPasswordsSlowDown(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withProxies("127.0.0.0/8"))
	p.addUser("slow@example.com", auth.Support)
	try := func(password, address string) answer {
		return p.stranger().post("/login", url.Values{"email": {"slow@example.com"}, "password": {password}}, "X-Forwarded-For", address)
	}
	for range 3 {
		try("not this one at all", "198.51.100.1").want(http.StatusUnauthorized)
	}
	a := try(testPassword, "198.51.100.1").want(http.StatusTooManyRequests)
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil || seconds < 1 || seconds > 60 {
		t.Errorf("got Retry-After %q, want seconds", a.header.Get("Retry-After"))
	}
	if got := a.text(); !strings.Contains(got, "Too many wrong passwords") {
		t.Errorf("got %q, want it to say why", got)
	}
	try(testPassword, "198.51.100.2").want(http.StatusSeeOther)
	p.clock.advance(time.Duration(seconds) * time.Second)
	try(testPassword, "198.51.100.1").want(http.StatusSeeOther)
	// Unknown and disabled accounts and wrong passwords read the same.
	unknown := p.stranger().post("/login", url.Values{"email": {"nobody@example.com"}, "password": {"x"}}, "X-Forwarded-For", "198.51.100.3").want(http.StatusUnauthorized)
	wrong := try("x", "198.51.100.3").want(http.StatusUnauthorized)
	if got, want := words(unknown.doc().Find("[role=alert]")), words(wrong.doc().Find("[role=alert]")); got != want || got == "" {
		t.Errorf("an unknown account reads %q, a wrong password %q, want the same", got, want)
	}
}

// A client can't choose its address: the header counts from trusted proxies alone.
func TestForwardedForIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, proxies := range []setting{withProxies(), withProxies("192.0.2.0/24")} {
		p := open(t, newFake(t, nil), proxies)
		p.addUser("slow@example.com", auth.Support)
		var last answer
		for i := range 4 {
			last = p.stranger().post("/login", url.Values{"email": {"slow@example.com"}, "password": {"not this one at all"}}, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
		}
		last.want(http.StatusTooManyRequests)
	}
	// Through a trusted one, what the client wrote before it does not count either.
	p := open(t, newFake(t, nil), withProxies("127.0.0.0/8"))
	p.addUser("slow@example.com", auth.Support)
	var last answer
	for i := range 4 {
		last = p.stranger().post("/login", url.Values{"email": {"slow@example.com"}, "password": {"not this one at all"}}, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d, 203.0.113.9", i))
	}
	last.want(http.StatusTooManyRequests)
}

// Every answer carries the headers that bind browsers; nothing but assets is kept.
func TestHeadersOfEveryRoute(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(63, 3, time.Millisecond)))
	b := p.as(auth.Finance)
	stranger := p.stranger()
	check := func(a answer) {
		t.Helper()
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()"} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: got %s %q, want %q", a.request, name, got, want)
			}
		}
		if got := a.header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "frame-ancestors 'none'") || strings.Contains(got, "unsafe") {
			t.Errorf("%s: got the policy %q", a.request, got)
		}
		if got := a.header.Get("X-Request-Id"); !regexp.MustCompile(`^[A-Z2-7]{12}$`).MatchString(got) {
			t.Errorf("%s: got X-Request-Id %q", a.request, got)
		}
		if got := a.header.Get("Strict-Transport-Security"); got != "" {
			t.Errorf("%s: got Strict-Transport-Security %q over http, want none", a.request, got)
		}
		want := "no-store"
		if strings.Contains(a.request, "/static/portal") {
			want = "public, max-age=31536000, immutable"
		}
		if got := a.header.Get("Cache-Control"); got != want {
			t.Errorf("%s: got Cache-Control %q, want %q", a.request, got, want)
		}
	}
	for _, route := range handlers.URLMap() {
		check(ask(stranger, route))
		if route.Path != "/logout" && route.Path != "/login" {
			check(ask(b, route))
		}
	}
	check(b.get("/nowhere"))
	check(b.get("/static/nothing.css"))
	check(b.get("/transactions?unknown=1"))
	check(b.do(http.MethodDelete, "/transactions", nil))
	check(b.post("/account/preferences", url.Values{}, "Origin", "https://evil.example"))
	if got := b.get("/transactions").header.Values("Vary"); !strings.Contains(strings.Join(got, ","), "HX-Request") {
		t.Errorf("list: got Vary %q, want HX-Request in it", got)
	}
	if got := b.get("/transactions", "Accept-Encoding", "gzip").header.Get("Content-Encoding"); got != "gzip" {
		t.Errorf("list: got Content-Encoding %q, want gzip for whoever takes it", got)
	}
	for _, path := range []string{"/transactions.csv", "/transactions.xlsx", "/transactions.jsonl"} {
		if got := b.get(path, "Accept-Encoding", "gzip, zstd").header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: got Content-Encoding %q, want none: a compressor would round off a file that was cut", path, got)
		}
	}
	// A fragment only for what htmx swaps in; going back in history and boosted links get the page.
	for _, tc := range []struct {
		headers []string
		whole   bool
	}{
		{nil, true}, {[]string{"HX-Request", "true"}, false}, {[]string{"HX-Request", "true", "HX-History-Restore-Request", "true"}, true}, {[]string{"HX-Request", "true", "HX-Boosted", "true"}, true},
	} {
		if got := strings.Contains(b.get("/transactions", tc.headers...).body, "<html"); got != tc.whole {
			t.Errorf("%v: got a whole page %v, want %v", tc.headers, got, tc.whole)
		}
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://127.0.0.1", "https://portal.example.com"} {
		p := open(t, newFake(t, nil), withBaseURL(base))
		p.addUser("ed@example.com", auth.Support)
		a := p.stranger().post("/login", url.Values{"email": {"ed@example.com"}, "password": {testPassword}, "tz": {"Europe/Berlin"}}).want(http.StatusSeeOther)
		cookies := (&http.Response{Header: a.header}).Cookies()
		if len(cookies) != 3 {
			t.Errorf("%s: got %d cookies, want the session, the preferences and the known device", base, len(cookies))
		}
		https := strings.HasPrefix(base, "https")
		for _, c := range cookies {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != https || c.Domain != "" {
				t.Errorf("%s: got cookie %s, want HttpOnly, SameSite=Lax, this host alone, and Secure %v", base, c, https)
			}
			prefix := map[bool]string{true: "__Secure-", false: "__Host-"}[c.Path == "/login"]
			if strings.HasPrefix(c.Name, prefix) != https || strings.HasPrefix(c.Name, "__") != https || c.Path != "/" && c.Path != "/login" {
				t.Errorf("%s: got a cookie %s with path %s, want the prefix %s where it is https", base, c.Name, c.Path, prefix)
			}
		}
		if got := p.stranger().get("/login").header.Get("Strict-Transport-Security") != ""; got != https {
			t.Errorf("%s: got Strict-Transport-Security %v, want %v", base, got, https)
		}
		// A stranger leaves nothing behind.
		if got := p.stranger().get("/login?next=/transactions").header.Get("Set-Cookie"); got != "" {
			t.Errorf("%s: a stranger got the cookie %q, want none", base, got)
		}
	}
}

// Preferences are kept in this browser, signed, and are no more than that.
func TestPreferences(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	b.post("/account/preferences", url.Values{"tz": {"Asia/Tokyo"}, "theme": {"dark"}}).want(http.StatusSeeOther)
	a := b.get("/account").want(http.StatusOK)
	if !strings.Contains(a.text(), "Preferences saved") || !strings.Contains(a.body, `data-theme="dark"`) {
		t.Error("the page does not say that the preferences were saved, or does not keep to them")
	}
	if strings.Contains(b.get("/account").text(), "Preferences saved") {
		t.Error("the notice is shown twice")
	}
	if got := b.get("/").want(http.StatusSeeOther).header.Get("Location"); got != "/transactions?createdAt.start=now-7d&tz=Asia/Tokyo" {
		t.Errorf("home: got Location %q, want the last 7 days in Tokyo", got)
	}
	a = b.post("/account/preferences", url.Values{"tz": {"<script>"}}).want(http.StatusUnprocessableEntity)
	if got, _ := a.doc().Find("#tz").Attr("value"); got != "<script>" {
		t.Errorf("got %q filled in, want what was typed", got)
	}
	b.client.Jar.SetCookies(mustURL(p.url), []*http.Cookie{{Name: "portal_preferences", Value: "tampered", Path: "/"}})
	b.get("/account").want(http.StatusOK)
}

func TestLargeFormIsRefused(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	large := url.Values{"email": {strings.Repeat("x", 200_000)}, "tz": {"UTC"}}
	for _, path := range []string{"/login", "/account/preferences"} {
		a, err := b.try(http.MethodPost, path, large)
		if err != nil || a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("POST %s with 200 kB: got %d and %v, want 413", path, a.status, err)
		}
	}
	b.post("/account/preferences", url.Values{"tz": {"UTC"}}).want(http.StatusSeeOther)
}

// The log tells what happened and to which request, and nothing of whom or what was looked for.
func TestLogHoldsNoPersonalData(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	api := newFake(t, append(madeUp(64, 30, time.Millisecond), rec))
	p := open(t, api)
	p.addUser("olga.secretary@example.com", auth.Finance)
	p.stranger().post("/login", url.Values{"email": {"olga.secretary@example.com"}, "password": {"wrong guess of Olga"}})
	p.stranger().post("/login", url.Values{"email": {"typed.by.mistake@example.com"}, "password": {"another guess"}})
	b := p.signIn("olga.secretary@example.com")
	for _, path := range []string{
		"/", "/transactions?payment.customer.name=Joe+User&ipAddr=10.0.0.1", "/transactions?payment.fiAccount.accountNumber=7833445566", "/transactions?accountNumber=x%20y&customerName=Joe%00User",
		"/transactions/1006755981", "/transactions/1006755981?tz=America/New_York", "/find?q=1006755981", "/find?q=joe.user@mail.com", "/find?q=Joe+User", "/transactions.csv?payment.customer.name=Joe+User",
		"/transactions.csv?columns=all", "/help/filters", "/account", "/joe.user@mail.com", "/transactions/joe.user@mail.com", "/login?next=/find?q=Joe+User", "/transactions?Joe+User=7833445566",
	} {
		b.get(path)
	}
	b.post("/account/preferences", url.Values{"tz": {"Joe User"}})
	b.post("/account/preferences", url.Values{"tz": {"Joe User"}}, "Origin", "https://evil.example/joe.user")
	for _, message := range []string{"no customer Joe User", "account 7833445566"} {
		for _, code := range []int{400, 401, 403, 404} {
			api.set(func(f *fakeAPI) {
				f.instead = func(_ int, w http.ResponseWriter, _ *http.Request) bool { refuse(w, code, 331, message); return true }
			})
			b.get("/transactions?payment.customer.name=Joe+User")
			b.get("/transactions/1006755981")
			b.get("/transactions.csv?payment.customer.name=Joe+User")
		}
	}
	b.post("/logout", url.Values{})
	log := regexp.MustCompile(`"(time|took)":[^,}]*`).ReplaceAllString(p.log.String(), "") // any digits may come up there
	for _, secret := range []string{"Joe", "joe.user", "mail.com", "olga", "secretary", "typed.by", "guess", testPassword, "7833", "012345678", "A1234567", "6505551212", "Broadway", "10.0.0.1",
		"payment.customer", "accountNumber", "now-7d", "tz=", "?", "1006755981", "700000", fakeKey, "argon2"} {
		if i := strings.Index(log, secret); i >= 0 {
			t.Errorf("%q is in the log: %s", secret, log[max(0, i-200):min(len(log), i+100)])
		}
	}
	if got := strings.Count(log, `"msg":"request"`); got < 40 {
		t.Errorf("got %d lines of requests, want one for each", got)
	}
}
