package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
)

// personalQuery has two values that are personal data; personalWords are what must not stand where addresses do.
const personalQuery = "payment.customer.name=Ada+Ex&ipAddr=203.0.113.0&createdAt.start=now-30d&tz=UTC&count=3"

var personalWords = regexp.MustCompile(`(?i)Ada(\+|%20| )Ex|203\.0\.113\.0`)

// privateLink makes one and returns its address.
func privateLink(b *browser, query, who string) string {
	b.t.Helper()
	a := b.post("/private-links", url.Values{"query": {query}, "who": {who}}).want(http.StatusSeeOther)
	href := a.header.Get("Location")
	if !strings.Contains(href, "private=") {
		b.t.Fatalf("private link for %s: got Location %q", query, href)
	}
	return href
}

// leaks are the places of an answer in which addresses, forms, titles or scripts hold a personal value.
func leaks(a answer) []string {
	var found []string
	for name, values := range a.header {
		if personalWords.MatchString(strings.Join(values, " ")) {
			found = append(found, "header "+name)
		}
	}
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		return found
	}
	doc := a.doc()
	if title := doc.Find("title").Text(); personalWords.MatchString(title) {
		found = append(found, "title "+title)
	}
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, attr := range s.Get(0).Attr {
			address := slices.Contains([]string{"href", "src", "action", "formaction", "value", "content", "data-copy"}, attr.Key) || strings.HasPrefix(attr.Key, "hx-")
			if address && personalWords.MatchString(attr.Val) {
				found = append(found, goquery.NodeName(s)+" "+attr.Key+"="+attr.Val)
			}
		}
	})
	return found
}

// A private link shows the rows of the plain view, and no address of any page that it leads to holds its values.
func TestPrivateLinkLeaksNothing(t *testing.T) {
	t.Parallel()
	rows := madeUp(91, 200, time.Millisecond)
	api := newFake(t, rows)
	p := open(t, api)
	b := p.as(auth.Finance)
	plain := b.pages("/transactions?" + personalQuery)
	if len(plain) < 2 {
		t.Fatalf("the view has %d pages, want some", len(plain))
	}
	href := privateLink(b, personalQuery, "team")
	if diff := cmp.Diff(ids(plain), ids(b.pages(href))); diff != "" {
		t.Errorf("rows differ from the plain view's (-plain +private):\n%s", diff)
	}
	logged := len(p.log.String())

	doc := b.get(href).want(http.StatusOK).doc()
	if got, want := words(doc.Find("h1")), "Transactions, for customer “Ada Ex”, from IP address 203.0.113.0, created in the last 30 days, UTC"; got != want {
		t.Errorf("got heading %q, want %q", got, want)
	}
	if got, want := doc.Find("title").Text(), "for customer ••, from IP address ••"; !strings.Contains(got, want) {
		t.Errorf("got title %q, want %q in it", got, want)
	}
	if got := strings.Join(texts(doc, ".chips .chip-text"), " "); !strings.Contains(got, "Ada Ex") || !strings.Contains(got, "203.0.113.0") {
		t.Errorf("got chips %q, want the values for the reader to see", got)
	}
	if got := canonicalOf(b, submitted(doc)); got != href {
		t.Errorf("the form sent as it stands leads to %q, want %q", got, href)
	}

	// Everything that can be reached within two steps, and what goes wrong on the way.
	seen, next := map[string]bool{}, []string{href, href + "&amount.min=abc", strings.Replace(href, "/transactions", "/transactions.csv", 1)}
	for depth := range 3 {
		var found []string
		for _, path := range next {
			if seen[path] || len(seen) > 90 {
				continue
			}
			seen[path] = true
			for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
				a := b.get(path, headers...)
				for _, leak := range leaks(a) {
					t.Errorf("%s: %s", path, leak)
				}
				if depth == 2 || a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
					continue
				}
				a.doc().Find("#results a[href], #results [hx-get]").Each(func(_ int, s *goquery.Selection) {
					for _, name := range []string{"href", "hx-get"} {
						href := s.AttrOr(name, "")
						record := strings.HasPrefix(href, "/transactions/7") // its page has links of its own, made from the record
						if strings.HasPrefix(href, "/") && !record {
							found = append(found, href)
						}
					}
				})
			}
		}
		next = found
	}
	if len(seen) < 30 {
		t.Errorf("reached %d pages, want more", len(seen))
	}
	api.set(func(api *fakeAPI) {
		api.instead = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
	})
	a := b.get(href+"&sortOrder=asc", "Cache-Control", "no-cache").want(http.StatusSeeOther)
	a = b.get(a.header.Get("Location"), "Cache-Control", "no-cache").want(http.StatusBadGateway)
	if found := leaks(a); found != nil {
		t.Errorf("error page: %v", found)
	}
	if log := p.log.String()[logged:]; personalWords.MatchString(log) || strings.Contains(log, mustQuery(mustURL(href).RawQuery).Get("private")) {
		t.Error("the log holds a value or the token")
	}
}

// The files that were written hold no value in clear.
func TestPrivateLinkIsSealed(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	token := mustQuery(mustURL(privateLink(b, personalQuery, "team")).RawQuery).Get("private")
	owner, err := p.db.UserByEmail(t.Context(), "support@example.com")
	if err != nil {
		t.Fatal(err)
	}
	link, err := p.db.PrivateLink(t.Context(), owner.ID, token, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if personalWords.MatchString(link.Query) || personalWords.Match(link.Sealed) {
		t.Errorf("kept in clear: %q %q", link.Query, link.Sealed)
	}
}

// refusedLink checks that a link opens nothing: no rows, no request, the parameter named.
func refusedLink(t *testing.T, api *fakeAPI, b *browser, href string) {
	t.Helper()
	for _, path := range []string{href, strings.Replace(href, "/transactions", "/transactions.csv", 1)} {
		for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
			api.reset()
			a := b.get(path, headers...)
			if a.status == http.StatusForbidden && strings.Contains(path, ".csv") {
				continue // support may not export at all
			}
			a.want(http.StatusUnprocessableEntity)
			doc := a.doc()
			if got := words(doc.Find("[role=alert]")); !strings.Contains(got, "Nothing was searched") || !strings.Contains(got, "Private link does not open") {
				t.Errorf("%s: got %q, want it to say that the private link does not open", path, got)
			}
			if n := doc.Find("tr[data-transaction-id]").Length(); n > 0 || len(api.requests()) > 0 || len(leaks(a)) > 0 {
				t.Errorf("%s: got %d rows, %d requests and the leaks %v, want none", path, n, len(api.requests()), leaks(a))
			}
		}
	}
}

func TestPrivateLinkOpensForWhomItShould(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(92, 20, time.Millisecond))
	p := open(t, api)
	maker := p.addUser("maker@example.com", auth.Support)
	p.addUser("boss@example.com", auth.Admin)
	ann, bob := p.signIn("maker@example.com"), p.as(auth.Finance)
	team, mine := privateLink(ann, personalQuery, "team"), privateLink(ann, personalQuery, "me")

	for _, b := range []*browser{ann, bob} {
		b.get(team).want(http.StatusOK)
	}
	ann.get(mine).want(http.StatusOK)
	refusedLink(t, api, bob, mine)
	refusedLink(t, api, bob, "/transactions?private="+strings.Repeat("A", 26))
	stranger := p.stranger().get(team).want(http.StatusSeeOther).header.Get("Location")
	if !strings.HasPrefix(stranger, "/login?next=") || personalWords.MatchString(stranger) {
		t.Errorf("as a stranger: got Location %q, want the sign-in", stranger)
	}
	if got := words(ann.get(mine).doc().Find("#share-menu")); !strings.Contains(got, "open for you alone") {
		t.Errorf("the share menu of a link for its maker alone: got %q", got)
	}

	// Listed with its uses, for its maker alone.
	p.clock.advance(2 * time.Minute)
	ann.get(team).want(http.StatusOK)
	ann.get(team + "&sortOrder=asc")
	page := ann.get("/views").want(http.StatusOK)
	if got := texts(page.doc(), "#private-links tbody tr"); len(got) != 2 || !strings.Contains(strings.Join(got, "|"), "2 times, last Nov 20, 12:02") {
		t.Errorf("private links: got %q, want two, one of them opened 2 times", got)
	}
	if n := bob.get("/views").doc().Find("#private-links tbody tr").Length(); n != 0 {
		t.Errorf("got %d private links of another, want none", n)
	}

	// Another can't revoke it; its maker can, and then it opens for nobody.
	token := mustQuery(mustURL(team).RawQuery).Get("private")
	bob.post("/private-links/"+token+"/revoke", url.Values{}).want(http.StatusSeeOther)
	ann.get(team).want(http.StatusOK)
	ann.post("/private-links/"+token+"/revoke", url.Values{}).want(http.StatusSeeOther)
	refusedLink(t, api, ann, team)
	refusedLink(t, api, bob, team)

	again := privateLink(ann, personalQuery, "team")
	bob.get(again).want(http.StatusOK)
	if err := p.db.SetDisabled(t.Context(), maker.ID, true); err != nil {
		t.Fatal(err)
	}
	refusedLink(t, api, bob, again)

	idle := privateLink(bob, personalQuery, "team")
	p.clock.advance(200 * 24 * time.Hour)
	refusedLink(t, api, p.signIn("boss@example.com"), idle)
}

// Taking away or replacing one of the kept values leaves the other, and what was taken away stays away.
func TestPrivateLinkWithoutOneOfItsValues(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(93, 60, time.Millisecond))
	b := open(t, api).as(auth.Support)
	href := privateLink(b, personalQuery, "team")
	var without string
	b.get(href).doc().Find(".chip-x").Each(func(_ int, s *goquery.Selection) {
		if strings.Contains(s.AttrOr("aria-label", ""), "IP address") {
			without = s.AttrOr("href", "")
		}
	})
	if !strings.Contains(without, "~ipAddr") {
		t.Fatalf("the chip leads to %q, want it to leave the address out", without)
	}
	want := ids(b.pages("/transactions?" + strings.Replace(personalQuery, "ipAddr=203.0.113.0&", "", 1)))
	if diff := cmp.Diff(want, ids(b.pages(without))); diff != "" || len(want) == 0 {
		t.Errorf("rows without the address (-plain +private):\n%s", diff)
	}
	_, end := b.visit(href + "&ipAddr=203.0.113.8")
	if !strings.Contains(end, "ipAddr=203.0.113.8&") || !strings.Contains(end, "~ipAddr") {
		t.Errorf("a value of the URL's own leads to %q, want it to count instead of the kept one", end)
	}
	cleared := b.get(href).doc().Find("#clear, .filters-bar > a[data-variant=ghost]").First().AttrOr("href", "none")
	if strings.Contains(cleared, "private") {
		t.Errorf("clearing leads to %q, want no private link in it", cleared)
	}
}

// Made without scripts it leads to the view; htmx gets the link to copy.
func TestPrivateLinkMade(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(94, 5, time.Millisecond))).as(auth.Support)
	menu := b.get("/transactions?payment.customer.name=Ada&tz=UTC").want(http.StatusOK).doc().Find("#share-menu")
	if got := words(menu); !strings.Contains(got, "show personal data: Customer name") {
		t.Errorf("share menu: got %q, want it to warn", got)
	}
	form := url.Values{"query": {menu.Find("form input[name=query]").AttrOr("value", "")}, "who": {"me"}}
	made := b.post("/private-links", form, "HX-Request", "true").want(http.StatusOK).doc()
	link := made.Find("input[readonly]").AttrOr("value", "")
	if link == "" || link != made.Find("[data-copy]").AttrOr("data-copy", "") || strings.Contains(link, "Ada") {
		t.Errorf("made by htmx: got the link %q, want one to copy without the name", link)
	}
	b.get(mustURL(link).RequestURI()).want(http.StatusOK)
	for query, status := range map[string]int{"tz=UTC": http.StatusSeeOther, "amount.min=abc": http.StatusUnprocessableEntity, "private=AAAAAAAAAAAAAAAAAAAAAAAAAA": http.StatusUnprocessableEntity} {
		b.post("/private-links", url.Values{"query": {query}}).want(status)
	}
}

// The links in the menu are the live view and the view as it stands.
func TestLinksToCopy(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(95, 60, time.Millisecond))).as(auth.Support)
	link := func(doc *goquery.Document, id string) string {
		return strings.TrimPrefix(doc.Find("#"+id).AttrOr("value", ""), "http://127.0.0.1")
	}
	const live = "/transactions?createdAt.start=now-10y/y&tz=America/New_York&count=5" // the time of an answer is the real clock's: the start must not tell
	first := b.get(live).want(http.StatusOK)
	doc := first.doc()
	if got := link(doc, "live-link"); got != live {
		t.Errorf("live link: got %q, want %q", got, live)
	}
	frozen := link(doc, "frozen-link")
	if strings.Contains(frozen, "now") || !strings.Contains(frozen, "asOf=") {
		t.Errorf("frozen link: got %q, want instants", frozen)
	}
	if diff := cmp.Diff(ids(b.pages(live)), ids(b.pages(frozen))); diff != "" {
		t.Errorf("rows of the frozen link differ from those of the live one:\n%s", diff)
	}
	later := b.get(readPage(first).next).want(http.StatusOK).doc()
	if got := link(later, "live-link"); got != live {
		t.Errorf("live link on a later page: got %q, want the view's first, %q", got, live)
	}
	if doc := b.get(frozen).want(http.StatusOK).doc(); link(doc, "live-link") != frozen || link(doc, "frozen-link") != "" {
		t.Errorf("links of a frozen view: got %q and %q, want itself alone", link(doc, "live-link"), link(doc, "frozen-link"))
	}
	first.doc().Find("[data-copy]").Each(func(_ int, s *goquery.Selection) {
		if _, hidden := s.Attr("hidden"); !hidden {
			t.Error("a button that only scripts can work is shown without them")
		}
	})
}
