package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// openedByToken is the whole of what each scope opens, route by route: a second telling of routes.go and of auth's table.
// A token of a saved view opens that view alone.
var openedByToken = map[string][]auth.ScopeKind{
	"GET /transactions.csv":   {auth.ScopeExport},
	"GET /transactions.xlsx":  {auth.ScopeExport},
	"GET /transactions.jsonl": {auth.ScopeExport},
	"GET /views/:view.csv":    {auth.ScopeExport, auth.ScopeView},
	"GET /views/:view.xlsx":   {auth.ScopeExport, auth.ScopeView},
	"GET /views/:view.jsonl":  {auth.ScopeExport, auth.ScopeView},
	"GET /exports/:id/:file":  {auth.ScopeExport}, // of its owner's, here none
}

// token makes an access token and returns it as a request's headers.
func (p *portal) token(email, scope string, life time.Duration) (auth.Token, []string) {
	p.t.Helper()
	owner, err := p.db.UserByEmail(p.t.Context(), email)
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := auth.ParseScope(scope)
	if err != nil {
		p.t.Fatal(err)
	}
	text := auth.NewTokenText()
	token, err := p.db.MakeToken(p.t.Context(), auth.Token{
		OwnerID: owner.ID, Name: "nightly", Scope: s, CreatedAt: p.clock.now(), ExpiresAt: p.clock.now().Add(life),
	}, text.Hash())
	if err != nil {
		p.t.Fatal(err)
	}
	return token, []string{"Authorization", "Bearer " + text.Reveal()}
}

func (p *portal) share(owner auth.User, id, query string) {
	p.t.Helper()
	if _, err := p.db.SaveViews(p.t.Context(), owner.ID, []store.SavedView{{ID: id, Name: id, Query: query, Shared: true}}, true); err != nil {
		p.t.Fatal(err)
	}
}

// tokenUses are what the audit has of tokens, the newest first: "result object detail".
func (p *portal) tokenUses(n int) (uses []string) {
	p.t.Helper()
	records, err := p.db.AuditPage(p.t.Context(), audit.Filter{Action: audit.UseToken}, 0, n)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, r := range records {
		uses = append(uses, fmt.Sprintf("%s %s by %q: %s", r.Result, r.Object, r.User, r.Detail))
	}
	return uses
}

// Every route with every kind of token, good and bad: opened as the table says, else refused in words for scripts, put on
// record, and without a question to the API.
func TestTokenDoors(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(71, 10, time.Millisecond))
	p := open(t, api)
	for email, role := range map[string]auth.Role{"finance@example.com": auth.Finance, "admin@example.com": auth.Admin, "demoted@example.com": auth.Finance, "disabled@example.com": auth.Finance} {
		p.addUser(email, role)
	}
	finance, _ := p.db.UserByEmail(t.Context(), "finance@example.com")
	p.share(finance, doorsView, "tz=UTC")
	p.share(finance, "another", "tz=UTC")

	const year = auth.MaxTokenLife
	export, exportHeader := p.token("finance@example.com", "export", year)
	_, adminHeader := p.token("admin@example.com", "export", year)
	_, viewHeader := p.token("finance@example.com", "view:"+doorsView, year)
	_, otherHeader := p.token("finance@example.com", "view:another", year)
	_, demotedHeader := p.token("demoted@example.com", "export", year)
	_, disabledHeader := p.token("disabled@example.com", "export", year)
	_, expiredHeader := p.token("finance@example.com", "export", time.Millisecond)
	revoked, revokedHeader := p.token("finance@example.com", "export", year)
	demoted, _ := p.db.UserByEmail(t.Context(), "demoted@example.com")
	disabled, _ := p.db.UserByEmail(t.Context(), "disabled@example.com")
	for _, err := range []error{
		p.db.SetRole(t.Context(), demoted.ID, auth.Support), p.db.SetDisabled(t.Context(), disabled.ID, true), p.db.RevokeToken(t.Context(), revoked.ID),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	typo := strings.Replace(exportHeader[1], "tpp_", "tpp_A", 1)
	for _, c := range []struct {
		name    string
		headers []string
		scope   auth.ScopeKind // what it opens; "" nothing
		status  int            // where it opens nothing
		error   string         // of WWW-Authenticate
		said    string         // a part of the words
		record  string         // a part of the record
	}{
		{"export", exportHeader, auth.ScopeExport, 403, "insufficient_scope", "Access tokens open downloads only", "not for tokens"},
		{"export of an administrator", adminHeader, auth.ScopeExport, 403, "insufficient_scope", "Access tokens open downloads only", "not for tokens"},
		{"view", viewHeader, auth.ScopeView, 403, "insufficient_scope", "", "not "},
		{"another view", otherHeader, "", 403, "insufficient_scope", "", "not "},
		{"owner demoted", demotedHeader, "", 403, "insufficient_scope", "", "not "},
		{"owner disabled", disabledHeader, "", 401, "invalid_token", "account that the access token belongs to is closed", "its owner's account is closed"},
		{"expired", expiredHeader, "", 401, "invalid_token", "has expired", "expired"},
		{"revoked", revokedHeader, "", 401, "invalid_token", "was revoked", "revoked"},
		{"unknown", []string{"Authorization", "Bearer " + auth.NewTokenText().Reveal()}, "", 401, "invalid_token", "no such access token", "unknown"},
		{"misspelt", []string{"Authorization", typo}, "", 401, "invalid_token", "no access token", "misspelt"},
		{"another scheme", []string{"Authorization", "Basic dXNlcjpwYXNz"}, "", 401, "invalid_token", "no access token", "misspelt"},
		{"an empty header", []string{"Authorization", ""}, "", 401, "invalid_token", "no access token", "misspelt"},
	} {
		seen := 0
		for _, route := range handlers.URLMap() {
			name := route.Method + " " + route.Path
			if route.Public || c.record == "misspelt" && openedByToken[name] == nil && name != "GET /transactions" { // what no store knows is no matter of routes
				continue
			}
			p.clock.advance(16 * time.Minute) // past every slow-down
			api.reset()
			a := ask(p.stranger(), route, c.headers...)
			asked := len(api.requests())
			if c.scope != "" && slices.Contains(openedByToken[name], c.scope) {
				seen++
				served := a.status == http.StatusOK && asked > 0 || strings.HasPrefix(route.Path, "/exports/") && a.status == http.StatusNotFound
				if !served || a.header.Get("Set-Cookie") != "" {
					t.Errorf("%s with the token %q: got %d, %d requests to the API, Set-Cookie %q; want it open", name, c.name, a.status, asked, a.header.Get("Set-Cookie"))
				}
				continue
			}
			challenge := a.header.Get("WWW-Authenticate")
			if a.status != c.status || !strings.HasPrefix(challenge, "Bearer ") || !strings.Contains(challenge, `error="`+c.error+`"`) || asked > 0 {
				t.Errorf("%s with the token %q: got %d, WWW-Authenticate %q, %d requests to the API; want %d, %s and none", name, c.name, a.status, challenge, asked, c.status, c.error)
			}
			if !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") || !strings.Contains(a.body, c.said) || !strings.Contains(a.body, "Request ID: ") {
				t.Errorf("%s with the token %q: got %q, want plain words with %q and the request's id", name, c.name, a.body, c.said)
			}
			uses := p.tokenUses(1)
			if len(uses) == 0 || !strings.HasPrefix(uses[0], "refused token") || !strings.Contains(uses[0], name) || !strings.Contains(uses[0], c.record) {
				t.Errorf("%s with the token %q: got the newest record %q, want it refused for %q", name, c.name, uses, c.record)
			}
		}
		want := 0
		for _, scopes := range openedByToken {
			if slices.Contains(scopes, c.scope) {
				want++
			}
		}
		if seen != want {
			t.Errorf("the token %q was to open %d routes, want %d: a route is missing on the map", c.name, seen, want)
		}
	}
	p.stranger().get("/views/"+doorsView+".csv", viewHeader...).want(http.StatusOK)
	p.stranger().get("/transactions.csv", exportHeader...).want(http.StatusOK)
	if got, want := p.tokenUses(1)[0], fmt.Sprintf(`allowed token %d nightly by "finance@example.com": GET /transactions.csv`, export.ID); got != want {
		t.Errorf("got the record %q, want %q", got, want)
	}
	if a := p.stranger().get("/transactions.csv", demotedHeader...).want(http.StatusForbidden); !strings.Contains(a.body, "The role of the token's owner does not include") {
		t.Errorf("owner demoted: got %q, want it told", a.body)
	}
	if _, _, err := p.db.VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
	for _, secret := range []string{exportHeader[1][12:], viewHeader[1][12:], typo[12:]} {
		if strings.Contains(p.log.String(), secret) {
			t.Error("a token is in the log")
		}
	}
}

// A request with an Authorization header is a script's: whatever it holds, the browser's session does not count, no
// session is opened, and another site's page gains nothing by adding one.
func TestTokenNeverFallsBackToTheSession(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(72, 3, time.Millisecond)))
	b := p.as(auth.Admin)
	_, good := p.token("admin@example.com", "export", 24*time.Hour)
	for _, header := range []string{"", "Bearer", "Basic dXNlcjpwYXNz", "Bearer " + auth.NewTokenText().Reveal()} {
		for _, path := range []string{"/transactions", "/transactions.csv", "/nowhere", "/account"} {
			a := b.get(path, "Authorization", header)
			if strings.Contains(a.body, "admin@example.com") || a.status == http.StatusOK || a.status == http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
				t.Errorf("%s with %q and a session: got %d and %.80q, want it refused in plain words", path, header, a.status, a.body)
			}
		}
		p.clock.advance(16 * time.Minute)
	}
	a := b.get("/transactions.csv", good...).want(http.StatusOK)
	if got := a.header.Values("Set-Cookie"); len(got) > 0 {
		t.Errorf("a token got the cookies %q, want none", got)
	}
	// Neither way around the protection of forms.
	before := len(p.tokenUses(100))
	b.post("/account/preferences", url.Values{"tz": {"UTC"}}, append(good, "Sec-Fetch-Site", "cross-site")...).want(http.StatusForbidden)
	b.post("/account/preferences", url.Values{"tz": {"UTC"}}, append(good, "Sec-Fetch-Site", "same-origin")...).want(http.StatusForbidden)
	if got := len(p.tokenUses(100)) - before; got != 1 {
		t.Errorf("got %d records of the two forms, want one: the other site's was stopped before", got)
	}
	if records, err := p.db.AuditPage(t.Context(), audit.Filter{Action: audit.Refusal}, 0, 10); err != nil || len(records) > 0 {
		t.Errorf("got the refusals %+v, error %v; want none in the name of the session's user", records, err)
	}
	// The browser's own session is as it was.
	b.get("/account").want(http.StatusOK)
}

// What is taken away is gone with the next request, in another process on the same database too.
func TestTokensShutAtOnce(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(73, 3, time.Millisecond)))
	for i, take := range []func(auth.User, auth.Token) error{
		func(u auth.User, _ auth.Token) error { return p.db.SetRole(t.Context(), u.ID, auth.Support) },
		func(u auth.User, _ auth.Token) error { return p.db.SetDisabled(t.Context(), u.ID, true) },
		func(_ auth.User, token auth.Token) error { return p.db.RevokeToken(t.Context(), token.ID) },
		func(auth.User, auth.Token) error { p.clock.advance(time.Hour); return nil },
	} {
		u := p.addUser(fmt.Sprintf("u%d@example.com", i), auth.Finance)
		token, header := p.token(u.Email, "export", time.Hour)
		if err := p.db.SetPassword(t.Context(), u.ID, testHash()); err != nil { // a script goes on
			t.Fatal(err)
		}
		p.stranger().get("/transactions.csv", header...).want(http.StatusOK)
		if err := take(u, token); err != nil {
			t.Fatal(err)
		}
		for _, process := range []*portal{p, p.again()} {
			if a := process.stranger().get("/transactions.csv", header...); a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
				t.Errorf("%d: got %d, want the token shut out", i, a.status)
			}
		}
	}
}

// Too many requests are told to wait, wrong ones by address and good ones by token, and what is told is not all recorded.
func TestTokensAreLimited(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withProxies("127.0.0.0/8"))
	p.addUser("finance@example.com", auth.Finance)
	token, header := p.token("finance@example.com", "export", time.Hour)
	_, second := p.token("finance@example.com", "export", time.Hour)
	b := p.stranger()
	statuses := map[int]int{}
	for range 40 {
		a := b.get("/transactions.csv", append(header, "X-Forwarded-For", "198.51.100.1")...)
		statuses[a.status]++
		if a.status == http.StatusTooManyRequests && a.header.Get("Retry-After") != "2" {
			t.Errorf("got Retry-After %q, want 2 seconds", a.header.Get("Retry-After"))
		}
	}
	if statuses[200] != 30 || statuses[429] != 10 {
		t.Errorf("40 at once: got %v, want 30 served and 10 told to wait", statuses)
	}
	if uses := p.tokenUses(100); len(uses) != 31 || !strings.HasPrefix(uses[0], fmt.Sprintf("refused token %d nightly", token.ID)) {
		t.Errorf("got %d records, the newest %q; want 30 and one of the refusals", len(uses), uses[0])
	}
	b.get("/transactions.csv", second...).want(http.StatusOK)
	p.clock.advance(2 * time.Second)
	b.get("/transactions.csv", header...).want(http.StatusOK)

	statuses = map[int]int{}
	for range 40 {
		statuses[b.get("/transactions.csv", "Authorization", "Bearer "+auth.NewTokenText().Reveal(), "X-Forwarded-For", "198.51.100.2").status]++
	}
	if statuses[401] != 20 || statuses[429] != 20 {
		t.Errorf("40 wrong ones: got %v, want 20 refused and 20 told to wait", statuses)
	}
	b.get("/transactions.csv", append(second, "X-Forwarded-For", "198.51.100.2")...).want(http.StatusOK)
	if got := len(p.tokenUses(100)); got != 30+1+1+1+20+1 {
		t.Errorf("got %d records, want none of those told to wait", got)
	}
	kept, err := p.db.Token(t.Context(), token.ID)
	if err != nil || kept.UsedFrom != "198.51.100.1" || !kept.UsedAt.Equal(testNow) {
		t.Errorf("got the last use %s from %q, error %v; want it kept to a minute", kept.UsedAt, kept.UsedFrom, err)
	}
}

// No record, no act.
func TestTokenUseThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(74, 3, time.Millisecond))
	p := open(t, api, func(c *handlers.Config, _ *trustlyclient.Options) { c.Audit = audit.NewLog(brokenAudit{}, time.Now) })
	p.addUser("finance@example.com", auth.Finance)
	_, header := p.token("finance@example.com", "export", time.Hour)
	p.stranger().get("/transactions.csv", header...).want(http.StatusInternalServerError)
	if n := len(api.requests()); n > 0 {
		t.Errorf("got %d requests to the API, want none", n)
	}
}
