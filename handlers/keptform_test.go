package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
)

// What somebody typed survives a sign-in that ended meanwhile: addresses are come back to, and forms wait in a page.
func TestTypedSurvivesTheSession(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(73, 3, time.Millisecond)))
	b := p.as(auth.Support)
	idle := func() { p.clock.advance(auth.IdleLimit) }
	signIn := func(next string) string {
		t.Helper()
		page := b.get(next).want(http.StatusOK)
		kept, _ := page.doc().Find(`form[action="/login"] [name=next]`).Attr("value")
		return b.post("/login", url.Values{"email": {"support@example.com"}, "password": {testPassword}, "next": {kept}}).want(http.StatusSeeOther).header.Get("Location")
	}
	// A search: the list's form, by itself and by htmx, and the one box.
	const list = "/transactions?payment.customer.name=Half+typ&amount.min=12.5&tz=UTC"
	for _, tt := range []struct {
		path    string
		headers []string
	}{
		{list, nil}, {list, []string{"HX-Request", "true", "HX-Current-URL", p.url + "/transactions?tz=UTC"}}, {"/find?q=Half+typ", nil},
	} {
		idle()
		a := b.get(tt.path, tt.headers...)
		next := a.header.Get("Location")
		if tt.headers != nil {
			next = a.want(http.StatusUnauthorized).header.Get("HX-Redirect")
		}
		if got := signIn(next); got != tt.path {
			t.Errorf("%s %v: came back to %q", tt.path, tt.headers, got)
		}
	}
	if got, _ := b.visit(list); !strings.Contains(got.body, `value="Half typ"`) {
		t.Error("the form does not hold what was typed")
	}
	// A form that is posted: the page that answers holds it, and sends it on.
	for path, form := range map[string]url.Values{
		"/views":               {"query": {"tz=UTC&amount.min=12.5"}, "name": {"Half typed “view” <b>"}, "shared": {"yes"}},
		"/find/list":           {"list": {"203.0.113.7\n203.0.113.8\n"}},
		"/account/preferences": {"tz": {"Asia/Tokyo"}, "theme": {"dark"}, "density": {"compact"}},
	} {
		idle()
		a := b.post(path, form, "Referer", p.url+"/transactions?tz=UTC", "Sec-Fetch-Mode", "navigate").want(http.StatusUnauthorized)
		if got := a.header.Get("Set-Cookie"); strings.Contains(got, "portal_session=") && !strings.Contains(got, "Max-Age=0") {
			t.Errorf("%s: got the cookie %q", path, got)
		}
		waiting := a.doc().Find(`form[action="` + path + `"]`)
		carried := url.Values{}
		waiting.Find("input[type=hidden]").Each(func(_ int, s *goquery.Selection) { carried.Add(s.AttrOr("name", ""), s.AttrOr("value", "")) })
		if carried.Encode() != form.Encode() {
			t.Errorf("%s: the page holds %v, want %v", path, carried, form)
		}
		// Sent too early, it waits on.
		b.post(path, carried, "Sec-Fetch-Mode", "navigate").want(http.StatusUnauthorized)
		b.post(path, carried, "Upgrade-Insecure-Requests", "1").want(http.StatusUnauthorized) // under plain http
		b.post(path, carried).want(http.StatusSeeOther)                                       // a script has no use for the page
		href, _ := a.doc().Find(`a[target=_blank]`).Attr("href")
		if got := signIn(href); got != "/transactions?tz=UTC" {
			t.Errorf("%s: signing in leads to %q, want the form's page", path, got)
		}
		b.post(path, carried).want(http.StatusSeeOther)
	}
	if got := b.get("/views").text(); !strings.Contains(got, "Half typed “view” <b>") {
		t.Errorf("the view was not saved: %q", got)
	}
	// A password is never carried.
	idle()
	a := b.post("/account/password", url.Values{"present": {testPassword}, "new": {newPassword}}).want(http.StatusSeeOther)
	if strings.Contains(a.body+a.header.Get("Location"), newPassword) {
		t.Error("the answer holds a password")
	}
	// Nor is what is larger than any form.
	large, err := b.try(http.MethodPost, "/views", url.Values{"name": {strings.Repeat("x", 600_000)}}, "Sec-Fetch-Mode", "navigate")
	if err != nil || large.status != http.StatusRequestEntityTooLarge {
		t.Errorf("600 kB: got %d, %v, want 413", large.status, err)
	}
}
