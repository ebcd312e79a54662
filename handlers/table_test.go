package handlers_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
	"trustlyportal/search"
)

// values are what inputs of a name hold.
func inputValues(s *goquery.Selection) []string {
	return s.Map(func(_ int, e *goquery.Selection) string { return e.AttrOr("value", "") })
}

func TestColumnChooser(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(1, 5, time.Millisecond)))
	b := p.as(auth.Support)
	const view = "transactionStatus=4&createdAt.start=now-7d&payment.customer.name=O%27Neil+%26+Sons&tz=America/New_York&columns=transactionId,amount,fee,status"
	doc := b.get("/transactions/columns?" + view).want(http.StatusOK).doc()
	if got, want := inputValues(doc.Find(".chosen input")), []string{"amount", "fee", "status"}; !slices.Equal(got, want) {
		t.Errorf("chosen: got %v, want %v", got, want)
	}
	offered := inputValues(doc.Find(".offered input[type=checkbox]"))
	if len(offered) != len(search.Columns())-1 || slices.Contains(offered, "transactionId") {
		t.Errorf("offered: got %d columns, want all %d but the ID", len(offered), len(search.Columns()))
	}
	if n := doc.Find(".offered label[hidden] input[disabled]").Length(); n != 3 {
		t.Errorf("offered: got %d of them hidden, want the 3 chosen", n)
	}

	// The form as it stands leads to the same list; ticked ones come along.
	form := url.Values{}
	doc.Find("#columns-form input[name]:not([disabled])").Each(func(_ int, e *goquery.Selection) {
		if _, checked := e.Attr("checked"); checked || e.AttrOr("type", "") == "hidden" {
			form.Add(e.AttrOr("name", ""), e.AttrOr("value", ""))
		}
	})
	if _, end := b.visit("/transactions?" + form.Encode()); end != "/transactions?"+view {
		t.Errorf("the form as it stands: got %s, want %s", end, "/transactions?"+view)
	}
	form.Add("columns", "payment.paymentId")
	if _, end := b.visit("/transactions?" + form.Encode()); !strings.HasSuffix(end, "columns=transactionId,amount,fee,status,payment.paymentId") {
		t.Errorf("with one more: got %s, want it last", end)
	}

	// Moving, by its buttons.
	for _, tc := range []struct{ move, want string }{
		{"up=status", "amount,status,fee"}, {"down=amount", "fee,amount,status"}, {"up=amount", "amount,fee,status"},
		{"down=status", "amount,fee,status"}, {"up=nothing", "amount,fee,status"}, {"up=transactionId", "amount,fee,status"},
	} {
		a, end := b.visit("/transactions/columns?" + view + "&" + tc.move)
		if got := strings.Join(inputValues(a.want(http.StatusOK).doc().Find(".chosen input")), ","); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.move, got, tc.want)
		}
		if strings.Contains(end, "up=") || strings.Contains(end, "down=") {
			t.Errorf("%s: got to %s, want an address that can be reloaded", tc.move, end)
		}
	}
	for label, want := range map[string]string{"Default columns": strings.TrimSuffix(view, "&columns=transactionId,amount,fee,status"), "All": strings.Replace(view, "transactionId,amount,fee,status", "all", 1)} {
		if got := doc.Find(".columns-foot a").FilterFunction(func(_ int, a *goquery.Selection) bool { return words(a) == label }).AttrOr("href", ""); got != "/transactions?"+want {
			t.Errorf("%s: got %s, want /transactions?%s", label, got, want)
		}
	}

	// The dialog's part of it; what is no view is told by the list.
	if a := b.get("/transactions/columns?"+view, "HX-Request", "true").want(http.StatusOK); strings.Contains(a.body, "<html") || a.doc().Find("#columns-form").Length() != 1 {
		t.Errorf("fragment: got %.200s, want the form alone", a.body)
	}
	if a, end := b.visit("/transactions/columns?columns=nonsense"); a.status != http.StatusUnprocessableEntity || end != "/transactions?columns=nonsense" {
		t.Errorf("unknown column: got status %d at %s, want 422 at the list", a.status, end)
	}
	if list := b.get("/transactions?" + view).doc(); list.Find("#results input[name=columns][type=checkbox]").Length() != 0 || list.Find("a[data-dialog]").AttrOr("href", "") != "/transactions/columns?"+view {
		t.Error("list: got check boxes for columns or no link to the chooser, want the link alone")
	}
}

func TestColumnsKept(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(2, 5, time.Millisecond)))
	b := p.as(auth.Support)
	b.post("/account/preferences", url.Values{"tz": {"America/New_York"}, "theme": {"dark"}}).want(http.StatusSeeOther)
	a := b.post("/account/columns", url.Values{"columns": {"transactionId", "fee", "amount"}, "tz": {"UTC"}, "transactionStatus": {"4"}}).want(http.StatusSeeOther)
	if got, want := a.header.Get("Location"), "/transactions?transactionStatus=4&tz=UTC&columns=transactionId,fee,amount"; got != want {
		t.Errorf("kept: got %s, want %s", got, want)
	}
	const columns = "&columns=transactionId,fee,amount"
	start := "/transactions?createdAt.start=now-7d&tz=America/New_York" + columns
	if _, end := b.visit("/"); end != start {
		t.Errorf("home: got %s, want %s", end, start)
	}
	if got := b.get("/account").doc().Find("nav.nav a").First().AttrOr("href", ""); got != start {
		t.Errorf("the header's link: got %s, want %s", got, start)
	}
	// What others made says itself what it shows.
	if heads := b.get("/transactions?tz=UTC").want(http.StatusOK).doc().Find("th[data-column]").Length(); heads != len(search.DefaultColumns()) {
		t.Errorf("a URL that names no columns: got %d of them, want the portal's %d", heads, len(search.DefaultColumns()))
	}
	// The other form leaves them alone, and the density too.
	b.post("/account/density", url.Values{"density": {"compact"}}).want(http.StatusSeeOther)
	b.post("/account/preferences", url.Values{"tz": {"UTC"}, "theme": {""}, "density": {"compact"}}).want(http.StatusSeeOther)
	a, end := b.visit("/")
	if want := "/transactions?createdAt.start=now-7d&tz=UTC" + columns; end != want || a.doc().Find("html[data-density=compact]").Length() != 1 {
		t.Errorf("after the other form: got %s, want %s and compact rows", end, want)
	}
	// All of them, and back to the portal's own.
	b.post("/account/columns", url.Values{"columns": {"all"}}).want(http.StatusSeeOther)
	if _, end := b.visit("/"); !strings.HasSuffix(end, "&columns=all") {
		t.Errorf("all: got %s, want columns=all", end)
	}
	b.post("/account/columns", url.Values{"tz": {"UTC"}}).want(http.StatusSeeOther)
	if _, end := b.visit("/"); strings.Contains(end, "columns") {
		t.Errorf("the portal's own again: got %s, want no columns", end)
	}
}

// A cookie has room for 4096 bytes; what does not fit is shown, not kept, and said.
func TestColumnsTooManyToKeep(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(3, 5, time.Millisecond)))
	b := p.as(auth.Support)
	names := []string{"transactionId"}
	size := func() int {
		for _, cookie := range b.client.Jar.Cookies(mustURL(p.url)) {
			if cookie.Name == "portal_preferences" {
				return len(cookie.String())
			}
		}
		return 0
	}
	b.post("/account/preferences", url.Values{"tz": {"America/Argentina/ComodRivadavia"}, "theme": {"light"}, "density": {"compact"}}).want(http.StatusSeeOther)
	kept := 0
	for _, column := range search.Columns()[1:] {
		names = append(names, column.Name)
		a, _ := b.visit(b.post("/account/columns", url.Values{"columns": {strings.Join(names, ",")}}).want(http.StatusSeeOther).header.Get("Location"))
		if shown := a.want(http.StatusOK).doc().Find("th[data-column]").Length(); shown != len(names) {
			t.Fatalf("%d columns: got %d shown", len(names), shown)
		}
		if size() > 4000 {
			t.Fatalf("%d columns: got a cookie of %d bytes", len(names), size())
		}
		if strings.Contains(words(a.doc().Find(".notice")), "too many") {
			break
		}
		kept = len(names)
	}
	if kept < 30 || kept == len(search.Columns()) {
		t.Errorf("got %d columns kept, want more than most need, and an end", kept)
	}
	if _, end := b.visit("/"); strings.Count(end, ",")+1 != kept {
		t.Errorf("after too many: got %s, want the last %d that were kept", end, kept)
	}
}

func TestDensity(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(4, 5, time.Millisecond)))
	b := p.as(auth.Support)
	const list = "/transactions?transactionStatus=4&tz=UTC"
	if doc := b.get(list).doc(); doc.Find("html[data-density]").Length() != 0 || doc.Find("form.density button[value=compact][aria-pressed=false]").Length() != 1 {
		t.Error("list: got no toggle that is off, want one")
	}
	if got := b.post("/account/density", url.Values{"density": {"compact"}}, "Referer", p.url+list).want(http.StatusSeeOther).header.Get("Location"); got != list {
		t.Errorf("back: got %s, want %s", got, list)
	}
	if doc := b.get(list).doc(); doc.Find("html[data-density=compact]").Length() != 1 || doc.Find("form.density button[value=''][aria-pressed=true]").Length() != 1 {
		t.Error("list: got no compact rows and a toggle that is on, want them")
	}
	for _, referer := range []string{"https://elsewhere.example" + list, p.url + "//elsewhere.example", "", "nonsense"} {
		if got := b.post("/account/density", url.Values{"density": {"squeezed"}}, "Referer", referer).want(http.StatusSeeOther).header.Get("Location"); !strings.HasPrefix(got, "/transactions?createdAt") {
			t.Errorf("back to %q: got %s, want the portal's own start", referer, got)
		}
	}
	if b.get(list).doc().Find("html[data-density]").Length() != 0 {
		t.Error("an unknown density: got it kept, want the usual one")
	}
	b.post("/account/density", url.Values{"density": {"compact"}}, "HX-Request", "true").want(http.StatusNoContent)
}

func TestCellsSayWhatToFilterBy(t *testing.T) {
	t.Parallel()
	rows := madeUp(5, 40, time.Millisecond)
	rows[39]["status"], rows[39]["transactionType"] = 77, 99
	p := open(t, newFake(t, rows))
	b := p.as(auth.Support)
	doc := b.get("/transactions?columns=transactionId,status,transactionType,amount,paid,payment.customer.name,reference,bankAccount,payment.account.accountNumber,payment.customer.email,createdAt,processedAt,payment.account.routingNumber&count=100").want(http.StatusOK).doc()
	heads := map[string]string{}
	var columns []string
	doc.Find("th[data-column]").Each(func(_ int, th *goquery.Selection) {
		columns = append(columns, th.AttrOr("data-column", ""))
		if filter, ok := th.Attr("data-filter"); ok {
			heads[th.AttrOr("data-column", "")] = filter
		}
	})
	want := map[string]string{
		"status": "transactionStatus", "transactionType": "transactionType", "amount": "amount", "paid": "paid", "payment.customer.name": "payment.customer.name",
		"reference": "payment.merchantReference", "createdAt": "createdAt", "processedAt": "processedAt", "payment.account.routingNumber": "payment.fiAccount.routingNumber",
	}
	if diff := cmp.Diff(want, heads); diff != "" {
		t.Errorf("filters of the columns differ, of which none may be of a masked one (-want +got):\n%s", diff)
	}
	doc.Find("tr[data-transaction-id]").Each(func(_ int, tr *goquery.Selection) {
		i := slices.IndexFunc(rows, func(r record) bool { return r["transactionId"] == tr.AttrOr("data-transaction-id", "") })
		cell := func(column string) string {
			return tr.Children().Eq(slices.Index(columns, column)).AttrOr("data-v", "none")
		}
		if got, want := cell("status"), strconv.Itoa(rows[i]["status"].(int)); got != want {
			t.Errorf("status of %v: got %q, want its code %s", rows[i]["transactionId"], got, want)
		}
		if got, want := cell("reference"), ""; got != want {
			t.Errorf("a reference of the transaction's own: got %q, want it marked as not to be found by the payment's filter", got)
		}
		if got := cell("transactionType"); got != "none" && got != textAt(rows[i], "transactionType") {
			t.Errorf("type of %v: got %q, want its code", rows[i]["transactionId"], got)
		}
	})
	if zones := words(doc.Find("th .zone").First()); zones != "UTC" {
		t.Errorf("zone beside a time's head: got %q, want UTC", zones)
	}
}

// The heads of times name the zone, both where the rows lie on both sides of a change.
func TestZonesInHeads(t *testing.T) {
	t.Parallel()
	rows := madeUp(6, 2, time.Millisecond)
	change := time.Date(2026, time.November, 1, 6, 0, 0, 0, time.UTC).UnixMilli()
	rows[0]["createdAt"], rows[1]["createdAt"] = change-3_600_000, change+3_600_000
	p := open(t, newFake(t, rows))
	b := p.as(auth.Support)
	for query, want := range map[string]string{
		"tz=America/New_York":                               "EDT/EST",
		"tz=America/New_York&transactionStatus=12":          "", // no rows, no table
		"tz=America/Phoenix":                                "MST",
		"tz=America/Sao_Paulo":                              "UTC-03",
		"tz=America/New_York&createdAt.start=1793512800000": "EST",
	} {
		a, _ := b.visit("/transactions?columns=transactionId,createdAt&" + query)
		if got := words(a.want(http.StatusOK).doc().Find("th[data-column=createdAt] .zone")); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

func TestNewerRows(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(7, 60, time.Millisecond))
	p := open(t, api)
	b := p.as(auth.Support)
	const view = "tz=UTC&columns=transactionId,createdAt"
	doc := b.get("/transactions?" + view).want(http.StatusOK).doc()
	since, ok := doc.Find(".pager").Attr("data-since")
	if !ok || since == "" {
		t.Fatal("list: got no place to ask from, want one")
	}
	newer := "/transactions/newer?" + view + "&since=" + since
	ask := func(want string) {
		t.Helper()
		p.clock.advance(time.Minute) // past what is kept for other readers
		api.reset()
		a := b.get(newer, "HX-Request", "true", "Cache-Control", "no-cache")
		if want == "" {
			a.want(http.StatusNoContent)
		} else if link := a.want(http.StatusOK).doc().Find("a[href]"); words(link) != want || link.AttrOr("href", "") != "/transactions?"+view {
			t.Errorf("got %q to %s, want %q to the list", words(link), link.AttrOr("href", ""), want)
		}
		requests := api.requests()
		if len(requests) != 1 {
			t.Fatalf("got %d requests to the API, want 1", len(requests))
		}
		if n, _ := strconv.Atoi(requests[0].query.Get("count")); n > 26 {
			t.Errorf("got %d rows asked for, want 26 or fewer", n)
		}
	}
	ask("")
	last := api.rows[len(api.rows)-1]
	add := func(id int, at int64) {
		fresh := maps.Clone(last)
		fresh["transactionId"], fresh["createdAt"] = strconv.Itoa(id), at
		api.set(func(f *fakeAPI) { f.rows = append(f.rows, fresh) })
	}
	add(700_009_000, last["createdAt"].(int64)) // the same millisecond
	ask("1 newer transaction")
	add(600_000_000, last["createdAt"].(int64)) // and listed behind the first row
	ask("2 newer transactions")
	add(700_009_001, last["createdAt"].(int64)+1)
	ask("3 newer transactions")
	for i := range 40 {
		add(700_010_000+i, last["createdAt"].(int64)+int64(2+i))
	}
	ask("More than 25 newer transactions")

	// Trouble is nobody's business but the log's.
	api.set(func(f *fakeAPI) {
		f.instead = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			refuse(w, http.StatusBadRequest, 1, "no")
			return true
		}
	})
	b.get(newer, "Cache-Control", "no-cache").want(http.StatusNoContent)
	if log := p.log.String(); !strings.Contains(log, `"route":"/transactions/newer","status":204`) || !strings.Contains(log, "list transactions") {
		t.Errorf("log: got nothing of the failure:\n%.600s", log[max(0, len(log)-600):])
	}
	api.set(func(f *fakeAPI) { f.instead = nil })

	// Nothing is asked for a list on top of which nothing appears, or for what is no view.
	api.reset()
	for _, query := range []string{"sortOrder=asc", "orderBy=updatedAt", "createdAt.end=2026-11-19", "asOf=1795000000000", "after=" + since, "colour=red", "tz=UTC&since=nonsense", "%zz"} {
		b.get("/transactions/newer?" + query + "&since=" + since).want(http.StatusNoContent)
		if a, _ := b.visit("/transactions?" + query); a.status == http.StatusOK && query != "%zz" && a.doc().Find("[data-since]").Length() != 0 {
			t.Errorf("%s: got a page that asks for newer rows, want none", query)
		}
	}
	if n := len(slices.DeleteFunc(api.requests(), func(s seen) bool { return s.query.Get("count") != "26" || s.query.Get("createdAt.end") != "" })); n > 0 {
		t.Errorf("got %d requests for newer rows, want none", n)
	}
	// An empty list asks too, from nothing on.
	if since, ok := b.get("/transactions?transactionStatus=12&tz=UTC").doc().Find(".pager").Attr("data-since"); !ok || since != "" {
		t.Errorf("an empty list: got place %q, %v, want to ask from nothing on", since, ok)
	}
}
