package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/trustlyclient/trustlytest"
)

// Each filter has its place on the help page, with an example that is canonical and works, and a template to copy.
func TestHelpOnEachFilter(t *testing.T) {
	t.Parallel()
	b := open(t, captures(30, trustlytest.Options{}), withBaseURL("http://127.0.0.1")).as(auth.Support)
	doc := b.get("/help/filters").want(http.StatusOK).doc()
	for _, f := range search.Filters() {
		row := doc.Find("tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.AttrOr("id", "") == f.Name })
		if row.Length() != 1 || row.Find("th code").Text() != f.Name {
			t.Errorf("%s: got %d rows with its anchor, want one that names it", f.Name, row.Length())
			continue
		}
		href, ok := row.Find("td a").Attr("href")
		if !ok && f.Ours {
			continue // made by the portal: nothing to write by hand
		}
		if !ok {
			t.Errorf("%s: got no example to open, want one", f.Name)
			continue
		}
		if got, want := row.Find("[data-copy]").AttrOr("data-copy", ""), "http://127.0.0.1/transactions?"+f.Name+"={value}"; got != want {
			t.Errorf("%s: got the template %q, want %q", f.Name, got, want)
		}
		if f.Name == search.NameStartIndex {
			continue // only 0, which a canonical URL leaves out
		}
		u := mustURL(href)
		view, errs := search.Parse(u.RawQuery, testNow)
		if len(errs) > 0 || view.Encode() != u.RawQuery || !strings.Contains(href, f.Name+"=") {
			t.Errorf("%s: got the example %q with errors %v, canonical %q, want a canonical one that names it", f.Name, href, errs, view.Encode())
		}
		b.get(href).want(http.StatusOK)
		filled := strings.ReplaceAll(f.Name+"={value}", "{value}", url.QueryEscape(f.Example))
		b.visitOK(t, "/transactions?"+filled)
	}
}

// visitOK is a visit that ends well.
func (b *browser) visitOK(t *testing.T, path string) {
	t.Helper()
	a, _ := b.visit(path)
	a.want(http.StatusOK)
}

// Times are worked out as the list reads them, links lead somewhere, and no anchor leads nowhere.
func TestHelpTimesAndLinks(t *testing.T) {
	t.Parallel()
	p := open(t, captures(30, trustlytest.Options{}))
	b := p.as(auth.Support)
	b.post("/account/preferences", url.Values{"tz": {"America/New_York"}}).want(http.StatusSeeOther)
	doc := b.get("/help/filters").want(http.StatusOK).doc()
	times := map[string][]string{}
	doc.Find("section:has(#help-times) tbody tr").Each(func(_ int, row *goquery.Selection) {
		times[row.Find("th").Text()] = []string{row.Find("td").Eq(1).Text(), row.Find("td").Eq(2).Text()}
	})
	for written, want := range map[string][]string{ // now is Nov 20, 7:00 in New York
		"2026-11-20": {"Nov 20, 00:00:00", "Nov 21, 00:00:00"},
		"now":        {"Nov 20, 07:00:00", "Nov 20, 07:00:00"},
		"now-90m":    {"Nov 20, 05:30:00", "Nov 20, 05:30:00"},
		"now/d":      {"Nov 20, 00:00:00", "Nov 21, 00:00:00"},
		"now-1w/w":   {"Nov 9, 00:00:00", "Nov 16, 00:00:00"},
		"now-1M/M":   {"Oct 1, 00:00:00", "Nov 1, 00:00:00"},
		"now/y":      {"Jan 1, 00:00:00", "Jan 1 2027, 00:00:00"},
	} {
		if got := times[written]; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", written, got, want)
		}
	}
	if got, want := len(times), 14; got != want {
		t.Errorf("times: got %d worked out, want %d", got, want)
	}
	links := doc.Find("section:has(#help-links) tbody tr")
	if got := links.Length(); got < 5 {
		t.Errorf("links for other programs: got %d, want 5 or more", got)
	}
	links.Find("td a").Each(func(_ int, a *goquery.Selection) {
		href := a.AttrOr("href", "")
		if got, _ := b.visit(href); got.status >= 500 || got.status == http.StatusUnprocessableEntity {
			t.Errorf("%s: got status %d, want what it says", href, got.status)
		}
	})
	for _, path := range []string{"/find?q=%7Btext%7D", "/transactions?payment.merchantReference=" + url.QueryEscape("A&B=C #1")} {
		b.visitOK(t, path)
	}
	doc.Find("section:has(#help-links) p a[href^='/transactions']").Each(func(i int, a *goquery.Selection) {
		u := mustURL(a.AttrOr("href", ""))
		view, errs := search.Parse(u.RawQuery, testNow)
		if len(errs) > 0 || view.Encode() != u.RawQuery {
			t.Errorf("link %d: got %q with errors %v, want a canonical one", i, u, errs)
		}
		q := view.Query(testNow.Add(40 * 24 * time.Hour))
		if frozen := i == 1; (q.Created.Start.Month() == time.October) != frozen {
			t.Errorf("link %d, opened 40 days later: got a start of %v, want it to hold still: %t", i, q.Created.Start, frozen)
		}
	})
	doc.Find("main a[href^='#']").Each(func(_ int, a *goquery.Selection) {
		id := strings.TrimPrefix(a.AttrOr("href", ""), "#")
		if doc.Find("[id='"+id+"']").Length() != 1 {
			t.Errorf("anchor #%s: got %d places, want 1", id, doc.Find("[id='"+id+"']").Length())
		}
	})
}
