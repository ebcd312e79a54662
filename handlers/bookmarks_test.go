package handlers_test

import (
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
)

// texts are the words of each element found.
func texts(doc *goquery.Document, selector string) []string {
	all := []string{}
	doc.Find(selector).Each(func(_ int, s *goquery.Selection) { all = append(all, words(s)) })
	return all
}

// A bookmark opened without a session leads through the sign-in to exactly its view.
func TestBookmarkThroughSignIn(t *testing.T) {
	t.Parallel()
	rows := madeUp(11, 80, time.Millisecond)
	api := newFake(t, rows)
	p := open(t, api)
	p.addUser("eva@example.com", auth.Support)
	const bookmark = "/transactions?transactionType=3&transactionStatus=4&transactionStatus=5&amount.min=5.00&createdAt.start=2026-11-01&createdAt.end=2026-11-15" +
		"&payment.description=Order+%26+%22day%22&tz=America/New_York&orderBy=updatedAt&sortOrder=asc&columns=transactionId,amount,updatedAt,payment.customer.name&count=50"
	for _, rec := range rows { // the description has what URLs and HTML give a meaning to
		rec["payment"].(record)["description"] = `Order & "day"`
	}

	b := p.stranger()
	a := b.get(bookmark).want(http.StatusSeeOther)
	login := a.header.Get("Location")
	if got, want := login, "/login?next="+url.QueryEscape(bookmark); got != want {
		t.Fatalf("got Location %q, want %q", got, want)
	}
	a = b.get(login).want(http.StatusOK)
	form := url.Values{"email": {"eva@example.com"}, "password": {testPassword}}
	a.doc().Find(`form[action="/login"] input[type=hidden]`).Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		value, _ := s.Attr("value")
		form.Set(name, value)
	})
	// Once wrong: the return address survives.
	wrong := url.Values{"email": form["email"], "password": {"not this one at all"}, "next": form["next"]}
	again := b.post("/login", wrong).want(http.StatusUnauthorized).doc()
	if got, _ := again.Find("input[name=next]").Attr("value"); got != bookmark {
		t.Errorf("after a wrong password: got next %q, want %q", got, bookmark)
	}
	if got, _ := again.Find("input[name=email]").Attr("value"); got != "eva@example.com" {
		t.Errorf("after a wrong password: got email %q filled in, want it kept", got)
	}
	if n := len(api.requests()); n > 0 {
		t.Errorf("got %d requests to the API before signing in, want none", n)
	}

	a = b.post("/login", form).want(http.StatusSeeOther)
	if got := a.header.Get("Location"); got != bookmark {
		t.Fatalf("after signing in: got Location %q, want %q", got, bookmark)
	}
	doc := b.get(bookmark).want(http.StatusOK).doc()

	const heading = "Captures, completed or failed, of 5.00 or more, described as “Order & \"day\"”, created from Nov 1, 2026 to the end of Nov 15, 2026, New York time"
	if got := words(doc.Find("h1")); got != heading {
		t.Errorf("got heading\n %s\nwant\n %s", got, heading)
	}
	if got := doc.Find("title").Text(); !strings.Contains(got, heading) {
		t.Errorf("got title %q, want the heading in it", got)
	}
	chips := []string{"Type Capture", "Status Completed, Failed", "Amount ≥ 5.00", "Created from Nov 1, 2026 to the end of Nov 15, 2026", `Description Order & "day"`}
	if diff := cmp.Diff(chips, texts(doc, ".chips .chip-text")); diff != "" {
		t.Errorf("chips differ (-want +got):\n%s", diff)
	}
	var columns []string
	doc.Find("th[data-column]").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("data-column")
		columns = append(columns, name)
	})
	if diff := cmp.Diff([]string{"transactionId", "amount", "updatedAt", "payment.customer.name"}, columns); diff != "" {
		t.Errorf("columns differ (-want +got):\n%s", diff)
	}
	if got, _ := doc.Find(`th[data-column=updatedAt]`).Attr("aria-sort"); got != "ascending" {
		t.Errorf("got aria-sort %q on the update, want ascending", got)
	}

	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	ms := func(day int) string { return milliText(time.Date(2026, time.November, day, 0, 0, 0, 0, zone)) }
	match := wanted(rows, url.Values{"transactionType": {"3"}, "transactionStatus": {"4", "5"}, "amount.min": {"5.00"}, "createdAt.start": {ms(1)}, "createdAt.end": {ms(16)}})
	sortRows(match, "updatedAt", "asc", false)
	if len(match) < 5 {
		t.Fatalf("the view finds %d rows, want several", len(match))
	}
	var shown, updated, wantUpdated []string
	doc.Find("table.list tbody tr").Each(func(_ int, row *goquery.Selection) {
		id, _ := row.Attr("data-transaction-id")
		shown = append(shown, id)
		at, _ := row.Find("time").Attr("datetime")
		updated = append(updated, words(row.Find("time"))+" "+at)
	})
	for _, rec := range match {
		at, _ := timeAt(rec, "updatedAt")
		wantUpdated = append(wantUpdated, time.UnixMilli(at).In(zone).Format("Jan 2, 15:04:05")+" "+time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	if diff := cmp.Diff(idsOf(match), shown); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantUpdated, updated); diff != "" {
		t.Errorf("times in New York differ (-want +got):\n%s", diff)
	}
	// The form says the same as the URL, so that applying it again changes nothing.
	if got, want := canonicalOf(b, submitted(doc)), bookmark; got != want {
		t.Errorf("the form applied as it stands leads to\n %s\nwant\n %s", got, want)
	}
}

func milliText(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// submitted is the URL that a browser without JavaScript goes to when the filter form is sent as it stands.
func submitted(doc *goquery.Document) string {
	q := url.Values{}
	doc.Find("#filter-form").Find("input, select").Each(func(_ int, s *goquery.Selection) {
		name, ok := s.Attr("name")
		if !ok {
			return
		}
		if goquery.NodeName(s) == "select" {
			option := s.Find("option[selected]").First()
			if option.Length() == 0 {
				option = s.Find("option").First()
			}
			value, _ := option.Attr("value")
			q.Add(name, value)
			return
		}
		kind, _ := s.Attr("type")
		if _, on := s.Attr("checked"); kind == "checkbox" && !on {
			return
		}
		value, _ := s.Attr("value")
		q.Add(name, value)
	})
	action, _ := doc.Find("#filter-form").Attr("action")
	return action + "?" + q.Encode()
}

func canonicalOf(b *browser, path string) string {
	b.t.Helper()
	a, end := b.visit(path)
	a.want(http.StatusOK)
	return end
}

// Each view has one address; others lead to it.
func TestCanonicalAddress(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(12, 5, time.Millisecond))
	b := open(t, api).as(auth.Support)
	tests := map[string]string{
		"sortOrder=asc&transactionType=3":                        "transactionType=3&sortOrder=asc",
		"transactionType=10&transactionType=3&transactionType=3": "transactionType=3&transactionType=10",
		"count=25&orderBy=createdAt&sortOrder=desc":              "",
		"startIndex=0":                          "",
		"payment.customer.name=&ipAddr=":        "",
		"payment.customer.name=%20Ada%20":       "payment.customer.name=Ada",
		"payment.customer.name=Ada%20Example":   "payment.customer.name=Ada+Example",
		"tz=America%2FNew_York&amount.min=5.00": "amount.min=5.00&tz=America/New_York",
		"columns=amount&columns=createdAt":      "columns=transactionId,amount,createdAt",
		"count=007":                             "count=7",
		"asOf=2026-11-01T00:00:00Z":             "asOf=1793491200000",
	}
	for query, canonical := range tests {
		want := "/transactions"
		if canonical != "" {
			want += "?" + canonical
		}
		api.reset()
		a := b.get("/transactions?" + query).want(http.StatusSeeOther)
		if got := a.header.Get("Location"); got != want {
			t.Errorf("%s: got Location %q, want %q", query, got, want)
		}
		if n := len(api.requests()); n > 0 {
			t.Errorf("%s: got %d requests to the API before the redirect, want none", query, n)
		}
		b.get(want).want(http.StatusOK)
	}
	// Every link of a list is canonical already: following one costs no redirect.
	a, _ := b.visit("/transactions?createdAt.start=now-30d&tz=Europe/Berlin&count=2&transactionStatus=4")
	links := 0
	a.doc().Find("#results a[href]").Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		if strings.HasPrefix(href, "/transactions?") {
			links++
			b.get(href).want(http.StatusOK)
		}
	})
	if links < 10 {
		t.Errorf("got %d links to views, want the presets, chips, sorting and paging", links)
	}
}

// What the portal can't read it does not guess about: no rows, no request to the API, the field named.
func TestMalformedFiltersAreRefused(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(13, 30, time.Millisecond))
	p := open(t, api)
	b := p.as(auth.Finance)
	tests := []struct {
		query string
		named string // the label in the page
		field string // the control with the error, "" for none
	}{
		{"transactionTypes=3", "transactionTypes", ""},
		{"status=4", "status", ""},
		{"page=2", "page", ""},
		{"Tz=UTC", "Tz", ""},
		{"transactionId=1006755981", "transactionId", ""},
		{"transactionType=capture", "Type", "transactionType"},
		{"transactionType=3&transactionType=x", "Type", "transactionType"},
		{"payment.verification.status=1&payment.verification.status=2", "Verification status", "payment.verification.status"},
		{"amount.min=5,00", "Amount", "amount.min"},
		{"amount.min=1e3", "Amount", "amount.min"},
		{"amount.max=NaN", "Amount", "amount.max"},
		{"amount.min=5.001", "Amount", "amount.min"},
		{"amount.min=10&amount.max=5", "Amount", "amount.max"},
		{"createdAt.start=yesterday", "Created", "createdAt.start"},
		{"createdAt.start=2026-02-30", "Created", "createdAt.start"},
		{"createdAt.start=1760000000", "Created", "createdAt.start"},
		{"createdAt.start=now-7x", "Created", "createdAt.start"},
		{"createdAt.start=2026-11-02&createdAt.end=2026-11-01", "Created", "createdAt.end"},
		{"updatedAt.end=0001-01-01", "Updated", "updatedAt.end"},
		{"ipAddr=300.1.1.1", "IP address", "ipAddr"},
		{"payment.fiAccount.verified=maybe", "Account verified", "payment.fiAccount.verified"},
		{"payment.paymentId=a%20b", "Payment ID", "payment.paymentId"},
		{"payment.customer.name=" + strings.Repeat("x", 201), "Customer name", "payment.customer.name"},
		{"payment.customer.name=a%00b", "Customer name", "payment.customer.name"},
		{"payment.customer.name=%FF%FE", "Customer name", "payment.customer.name"},
		{"routingNumber=12%2034", "Routing number (transaction)", "routingNumber"},
		{"count=0", "Rows per page", "count"},
		{"count=101", "Rows per page", "count"},
		{"count=-1", "Rows per page", "count"},
		{"startIndex=25", "Offset", ""},
		{"orderBy=amount", "Sort by", "orderBy"},
		{"sortOrder=up", "Direction", "sortOrder"},
		{"tz=Mars/Olympus", "Time zone", "tz"},
		{"tz=../../etc/passwd", "Time zone", "tz"},
		{"tz=Local", "Time zone", "tz"},
		{"columns=secret", "Columns", ""},
		{"asOf=now", "As of", ""},
		{"after=nowhere", "Page position", ""},
		{"a%ZZ=1", "", ""},
		{"a=1;b=2", "", ""},
		{"payment.customer.name=" + strings.Repeat("%41", 6000), "", ""},
	}
	for _, test := range tests {
		name := test.query[:min(len(test.query), 60)]
		query := test.query + "&payment.merchantReference=ORD-77"
		for _, get := range []struct {
			path    string
			headers []string
		}{{"/transactions?", nil}, {"/transactions?", []string{"HX-Request", "true"}}, {"/transactions.csv?", nil}} {
			api.reset()
			a := b.get(get.path+query, get.headers...)
			if a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s%s: got status %d, want 422", get.path, name, a.status)
				continue
			}
			if n := len(api.requests()); n > 0 {
				t.Errorf("%s%s: got %d requests to the API, want none", get.path, name, n)
			}
			doc := a.doc()
			if n := doc.Find("tr[data-transaction-id]").Length(); n > 0 {
				t.Errorf("%s%s: got %d rows, want none", get.path, name, n)
			}
			if got := words(doc.Find("[role=alert]")); !strings.Contains(got, "Nothing was searched") || !strings.Contains(got, test.named) {
				t.Errorf("%s%s: got the message %q, want it to say that nothing was searched and to name %q", get.path, name, got, test.named)
			}
			if test.field != "" && doc.Find(`[id="f-`+test.field+`"]`).Length() == 0 {
				t.Errorf("%s%s: the control of %s is missing", get.path, name, test.field)
			}
			if got, _ := doc.Find(`[name="payment.merchantReference"]`).Attr("value"); test.named != "" && got != "ORD-77" {
				t.Errorf("%s%s: got the other field filled in with %q, want ORD-77", get.path, name, got)
			}
			if value := mustQuery(test.query).Get(test.field); test.field == "amount.min" && len(mustQuery(test.query)[test.field]) == 1 {
				if got, _ := doc.Find(`[name="` + test.field + `"]`).Attr("value"); got != value {
					t.Errorf("%s%s: got the field itself filled in with %q, want %q", get.path, name, got, value)
				}
			}
		}
	}
}

func mustQuery(query string) url.Values {
	q, _ := url.ParseQuery(query)
	return q
}

// After signing in, a browser is never sent to another site.
func TestSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	p.addUser("ned@example.com", auth.Support)
	signedIn := p.signIn("ned@example.com")
	hostile := []string{"https://evil.example/", "//evil.example/", "///evil.example", `/\evil.example`, `\\evil.example`, "/%5cevil.example", "/%2fevil.example", "http:evil.example",
		"javascript:alert(1)", "data:text/html,x", " /transactions", "/a/../..//evil.example", "/\t/evil.example", "/\n/evil.example", "https:///evil.example",
		"/login?next=/login", "/logout", "/LOGIN", "/./logout", "evil.example", "@evil.example", "/\u0000", "/%00", "//[::1]/", strings.Repeat("/", 9000), "?x", ""}
	for _, next := range hostile {
		a := p.stranger().get("/login?next=" + url.QueryEscape(next)).want(http.StatusOK)
		if got, _ := a.doc().Find("input[name=next]").Attr("value"); got != "/" {
			t.Errorf("next=%q: got %q in the form, want /", next, got)
		}
		a = signedIn.get("/login?next=" + url.QueryEscape(next)).want(http.StatusSeeOther)
		if got := a.header.Get("Location"); got != "/" {
			t.Errorf("next=%q while signed in: got Location %q, want /", next, got)
		}
	}
	for _, next := range []string{hostile[0], hostile[1], hostile[3]} { // as a form that somebody made up
		a := p.stranger().post("/login", url.Values{"email": {"ned@example.com"}, "password": {testPassword}, "next": {next}}).want(http.StatusSeeOther)
		if got := a.header.Get("Location"); got != "/" {
			t.Errorf("posted next=%q: got Location %q, want /", next, got)
		}
	}
	for _, next := range []string{"/transactions?payment.customer.name=%C3%A9", "/transactions/1006755981?tz=UTC", "/transactions.csv?count=3", "/account", "/help/filters"} {
		if got := signedIn.get("/login?next=" + url.QueryEscape(next)).want(http.StatusSeeOther).header.Get("Location"); got != next {
			t.Errorf("next=%q: got Location %q, want it kept", next, got)
		}
	}
}

// The box at the top leads to what was pasted.
func TestFind(t *testing.T) {
	t.Parallel()
	rows := madeUp(14, 20, time.Millisecond)
	api := newFake(t, rows)
	b := open(t, api).as(auth.Support)
	id := textAt(rows[4], "transactionId")
	for _, q := range []string{id, " " + id + "\n", "#" + id, "“" + id + "”"} {
		if got := b.get("/find?q=" + url.QueryEscape(q)).want(http.StatusSeeOther).header.Get("Location"); got != "/transactions/"+id {
			t.Errorf("find %q: got Location %q, want the record", q, got)
		}
	}
	readings := map[string]string{
		"999999999":          "payment.paymentId", // digits, but no transaction
		"Иван Петров":        "payment.customer.name",
		"ORD-800000001":      "payment.merchantReference",
		"2001:db8::1":        "ipAddr",
		"ptx-gOoNyq1MaeQ":    "paymentProviderTransaction.paymentProviderTransactionId",
		`<script>&"'x`:       "payment.customer.name",
		"joe.user@mail.com":  "payment.customer.externalId",
		"4567890123456789 0": "payment.merchantReference",
	}
	for q, filter := range readings {
		doc := b.get("/find?all=1&q=" + url.QueryEscape(q)).want(http.StatusOK).doc()
		var hrefs []string
		doc.Find("main a").Each(func(_ int, s *goquery.Selection) {
			href, _ := s.Attr("href")
			hrefs = append(hrefs, href)
		})
		if !slices.ContainsFunc(hrefs, func(h string) bool { return mustURL(h).Query().Get(filter) == strings.Trim(q, `'"`) }) {
			t.Errorf("find %q: got links %v, want one by %s", q, hrefs, filter)
		}
		for _, href := range hrefs {
			a, _ := b.visit(href)
			a.want(http.StatusOK)
		}
	}
	for _, q := range []string{"", " ", "\u0000\u0001", strings.Repeat("x", 5000), "%", "..", "/etc/passwd"} {
		b.get("/find?q=" + url.QueryEscape(q)).want(http.StatusOK)
	}
}
