package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
)

// The row of dates is about the date in use, and every link on it keeps the rest of the view.
func TestDatesRow(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(5, 30, time.Millisecond))).as(auth.Support)
	for _, c := range []struct{ query, field, current, span, earlier, later string }{
		{"createdAt.start=now-7d&tz=America/New_York", "Created", "7 days", "Nov 13, 07:00 – now", "createdAt.start=now-14d&createdAt.end=now-7d&tz=America/New_York", ""},
		{"completedAt.start=now-1M/M&completedAt.end=now-1M/M&tz=America/New_York", "Completed", "Last month", "Oct 1, 00:00 – Nov 1, 00:00",
			"completedAt.start=now-2M/M&completedAt.end=now-2M/M&tz=America/New_York", "completedAt.start=now/M&tz=America/New_York"},
		{"transactionStatus=4&createdAt.start=2026-11-01&createdAt.end=2026-11-15&tz=Europe/London&columns=transactionId,status&count=50", "Created", "Custom…", "Nov 1, 00:00 – Nov 16, 00:00",
			"transactionStatus=4&createdAt.start=2026-10-17&createdAt.end=2026-10-31&tz=Europe/London&columns=transactionId,status&count=50",
			"transactionStatus=4&createdAt.start=2026-11-16&createdAt.end=2026-11-30&tz=Europe/London&columns=transactionId,status&count=50"},
		{"orderBy=updatedAt", "Updated", "Any time", "", "", ""},
		// Days of no zone are UTC's, and so are those beside them, whatever the reader prefers.
		{"createdAt.start=now-1d/d&createdAt.end=now-1d/d", "Created", "Yesterday", "Nov 19, 00:00 – Nov 20, 00:00", "createdAt.start=now-2d/d&createdAt.end=now-2d/d&tz=UTC", "createdAt.start=now/d&tz=UTC"},
	} {
		doc := b.get("/transactions?" + c.query).want(http.StatusOK).doc()
		row := doc.Find(".dates")
		span, zone, _ := strings.Cut(words(row.Find(".range")), " · ")
		got := []string{
			strings.TrimPrefix(words(row.Find("#dated")), "Date: "), words(row.Find(".segments [aria-current]")), span,
			row.Find("#earlier").AttrOr("href", ""), row.Find("#later").AttrOr("href", ""),
		}
		if c.span == "" {
			span, zone = "", span
			got[2] = span
		}
		path := func(query string) string {
			if query == "" {
				return ""
			}
			return "/transactions?" + query
		}
		if diff := cmp.Diff([]string{c.field, c.current, c.span, path(c.earlier), path(c.later)}, got); diff != "" {
			t.Errorf("%s: field, current, range, earlier, later (-want +got):\n%s", c.query, diff)
		}
		q, _ := url.ParseQuery(c.query)
		if want := q.Get("tz"); zone != want && (want != "" || zone != "UTC") {
			t.Errorf("%s: got the zone %q", c.query, zone)
		}
		row.Find("a[hx-get]").Each(func(_ int, link *goquery.Selection) {
			href := link.AttrOr("href", "")
			b.get(href).want(http.StatusOK)
			to, _ := url.Parse(href)
			for _, name := range []string{"transactionStatus", "columns", "count", "orderBy"} {
				if got, want := to.Query().Get(name), q.Get(name); got != want {
					t.Errorf("%s, link %q: got %s=%q, want %q", c.query, words(link), name, got, want)
				}
			}
		})
	}
}

// A range is told once: by its preset, or by a chip. A date that has a range of its own loses none to another.
func TestRangeIsToldOnce(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(5, 30, time.Millisecond))).as(auth.Support)
	for query, want := range map[string][]string{
		"createdAt.start=now-7d&tz=UTC":                                          {},
		"createdAt.start=now-8d&tz=UTC":                                          {"Created in the last 8 days"},
		"createdAt.start=now-7d&updatedAt.start=now-1d&tz=UTC":                   {"Updated in the last day"},
		"processedAt.end=2026-11-15&tz=UTC":                                      {"Processed until the end of Nov 15, 2026"},
		"createdAt.start=now-7d&updatedAt.start=now-1d&tz=UTC&orderBy=updatedAt": {"Created in the last 7 days", "Updated in the last day"},
	} {
		doc := b.get("/transactions?" + query).want(http.StatusOK).doc()
		if diff := cmp.Diff(want, texts(doc, ".chips .chip-text")); diff != "" {
			t.Errorf("%s: chips differ (-want +got):\n%s", query, diff)
		}
	}
	doc := b.get("/transactions?createdAt.start=now-7d&updatedAt.start=now-1d&tz=UTC").want(http.StatusOK).doc()
	if got := doc.Find(".dates .sheet a").Length(); got != 3 {
		t.Errorf("dates to choose: got %d, want all but Updated, whose range would be lost", got)
	}
}

// What may help when a period holds nothing is about the date in use.
func TestNothingInTheDates(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, nil)).as(auth.Support)
	doc := b.get("/transactions?completedAt.start=now-7d&tz=UTC").want(http.StatusOK).doc()
	got := []string{}
	doc.Find(".empty a").Each(func(_ int, link *goquery.Selection) {
		got = append(got, words(link)+" "+link.AttrOr("href", ""))
	})
	want := []string{
		"The same, completed: 30 days /transactions?completedAt.start=now-30d&tz=UTC",
		"The same, completed: Any time /transactions?tz=UTC",
		"The same dates, by creation /transactions?createdAt.start=now-7d&tz=UTC",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("suggestions differ (-want +got):\n%s", diff)
	}
}

// The form says the zone in which the view's days are read, so that another filter does not move them.
func TestFormKeepsTheZoneOfItsDays(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, nil)).as(auth.Support)
	b.post("/account/preferences", url.Values{"tz": {"Asia/Tokyo"}}).want(http.StatusSeeOther)
	for query, want := range map[string]string{
		"":                           "Asia/Tokyo",
		"createdAt.start=2026-11-01": "UTC",
		"createdAt.start=2026-11-01&tz=America/New_York": "America/New_York",
	} {
		doc := b.get("/transactions?" + query).want(http.StatusOK).doc()
		if got := doc.Find("#f-tz").AttrOr("value", ""); got != want {
			t.Errorf("%q: got the zone %q in the form, want %q", query, got, want)
		}
	}
}
