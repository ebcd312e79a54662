package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// The form asks the API nothing; the estimate takes a few requests, is exact for a short list, and otherwise names two
// bounds and what they cost. To the dialog it comes alone.
func TestExportEstimate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rows     int
		says     string
		requests int64
	}{
		{0, "No transactions: the files will hold a heading and no rows", 1},
		{1, "1 transaction: 1 request to Trustly, about a second at 20 a second", 2},
		{42, "42 transactions: 1 request to Trustly, about a second at 20 a second", 2},
		{5000, "About 3,200 to 6,400 transactions: 33 to 66 requests to Trustly, about 2 to 4 seconds at 20 a second", 5},
	} {
		var seen atomic.Int64
		sandbox := captures(tt.rows, trustlytest.Options{})
		p := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen.Add(1); sandbox.ServeHTTP(w, r) }),
			withClient(func(o *trustlyclient.Options) { o.RateLimit = 20 }))
		b := p.as(auth.Finance)
		form := b.get("/exports/new?" + countable).want(http.StatusOK)
		if n := seen.Load(); n != 0 {
			t.Errorf("the form: got %d requests to the API, want none", n)
		}
		href := form.doc().Find("[data-estimate]").AttrOr("data-estimate", "")
		if got := words(form.doc().Find("#export-estimate a")); got != "Estimate its size" {
			t.Errorf("got the link %q, want one to an estimate", got)
		}
		page := b.get(href).want(http.StatusOK)
		if got := words(page.doc().Find("#export-estimate p").First()); got != tt.says {
			t.Errorf("%d rows: got %q, want %q", tt.rows, got, tt.says)
		}
		if page.doc().Find("form.export-form").Length() != 1 || page.doc().Find("[data-estimate]").Length() != 0 {
			t.Error("got the estimate without its form, want both")
		}
		if n := seen.Load(); n != tt.requests {
			t.Errorf("%d rows: got %d requests, want %d", tt.rows, n, tt.requests)
		}
		if part := b.get(href, "HX-Request", "true").want(http.StatusOK); part.doc().Find("form, h1").Length() != 0 || part.doc().Find(".export-estimated strong").Length() != 1 {
			t.Errorf("to the dialog: got %q, want the estimate alone", part.text())
		}
	}
}

// An API that fails does not keep anybody from exporting: the estimate says what is wrong.
func TestExportEstimateThatFails(t *testing.T) {
	t.Parallel()
	api := newFake(t, nil)
	b := open(t, api).as(auth.Finance)
	api.set(func(f *fakeAPI) {
		f.instead = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			refuse(w, http.StatusUnauthorized, 100, "No access")
			return true
		}
	})
	a := b.get("/exports/estimate?" + countable).want(http.StatusBadGateway)
	if text := a.text(); !strings.Contains(text, "Not estimated: Trustly refused the portal's access") || a.doc().Find("form.export-form").Length() != 1 {
		t.Errorf("got %q, want what is wrong, and the form still", text)
	}
}

// What the form can't read is said by the list; another spelling leads to the canonical one; what a form of the portal
// never sends is refused, and nothing is started.
func TestExportFormRefuses(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Finance)
	for path, to := range map[string]string{
		"/exports/new?amount.min=five":                                 "/transactions?amount.min=five",
		"/exports/new?tz=UTC&createdAt.start=now-7d&count=50&orderBy=": "/exports/new?createdAt.start=now-7d&tz=UTC",
		"/exports/estimate?count=100&tz=UTC":                           "/exports/estimate?tz=UTC",
	} {
		if a := b.get(path).want(http.StatusSeeOther); a.header.Get("Location") != to {
			t.Errorf("%s: got it lead to %q, want %q", path, a.header.Get("Location"), to)
		}
	}
	for _, form := range []url.Values{
		{"query": {"tz=UTC"}, "columns": {"shown"}}, {"query": {"tz=UTC"}, "format": {"pdf"}, "columns": {"shown"}},
		{"query": {"tz=UTC"}, "format": {"csv"}, "columns": {"some"}},
	} {
		if got := b.post("/exports", form).want(http.StatusUnprocessableEntity).text(); !strings.Contains(got, "csv, xlsx or jsonl") {
			t.Errorf("%v: got %q, want it to say what there is", form, got)
		}
	}
	b.post("/exports", url.Values{"query": {"amount.min=five"}, "format": {"csv"}, "columns": {"shown"}}).want(http.StatusUnprocessableEntity)
	if n := b.get("/exports").doc().Find("table.exports").Length(); n != 0 {
		t.Error("got an export started, want none")
	}
}

// Personal values of a private link stand in no address and in no title of an export, but on its owner's page.
func TestExportOfAPrivateView(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(81, 40, time.Millisecond)))
	b := p.as(auth.Finance)
	a := b.post("/private-links", url.Values{"query": {"payment.customer.name=Ada+Example&tz=UTC"}}).want(http.StatusSeeOther)
	list := b.get(a.header.Get("Location")).want(http.StatusOK)
	form := b.get(list.doc().Find("a[data-dialog=export]").AttrOr("href", "")).want(http.StatusOK)
	query := form.doc().Find("input[name=query]").AttrOr("value", "")
	page := b.becomes(b.order(query), "Complete")
	if title := words(page.doc().Find("title")); strings.Contains(title, "Ada") || !strings.Contains(words(page.doc().Find("h1")), "Ada Example") {
		t.Errorf("got the title %q and heading %q, want the name in the heading alone", title, words(page.doc().Find("h1")))
	}
	for _, link := range page.doc().Find("[href], [action]").EachIter() {
		if href := link.AttrOr("href", link.AttrOr("action", "")); strings.Contains(href, "Ada") {
			t.Errorf("got the address %q, want no name in any", href)
		}
	}
	if strings.Contains(p.log.String(), "Ada") {
		t.Error("got the name in the log")
	}
}

// A file's name is readable in any alphabet: in both forms of the header.
func TestFileNamesInOddAlphabets(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(82, 3, time.Millisecond)), func(c *handlers.Config, _ *trustlyclient.Options) { c.Environment = "Zürich 東京 “a/b”" })
	b := p.as(auth.Finance)
	link := files(b.becomes(b.order("tz=UTC"), "Complete"))[".csv"]
	a := b.get(link).want(http.StatusOK)
	got := a.header.Get("Content-Disposition")
	if !strings.HasPrefix(got, `attachment; filename="transactions-z_rich-__-a-b-as-of-20261120-120000-utc.csv"; filename*=UTF-8''transactions-z%C3%BCrich-%E6%9D%B1`) {
		t.Errorf("got %q, want a plain name and the whole", got)
	}
}

// oldHTTP asks by HTTP/1.0.
func (b *browser) oldHTTP(path string) (status int, body string) {
	b.t.Helper()
	at := mustURL(b.url)
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		b.t.Fatal(err)
	}
	defer conn.Close()
	var cookies []string
	for _, c := range b.client.Jar.Cookies(at) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.0\r\nHost: %s\r\nAccept: text/html\r\nCookie: %s\r\n\r\n", path, at.Host, strings.Join(cookies, "; "))
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
