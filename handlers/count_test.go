package handlers_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// captures is a sandbox with so many rows, one a second before testNow.
func captures(n int, options trustlytest.Options) *trustlytest.Server {
	options.Rows, options.Now = -1, func() time.Time { return testNow }
	s := trustlytest.New(options)
	for i := range n {
		at := testNow.Add(-time.Duration(i+1) * time.Second).UnixMilli()
		s.Insert(trustlytest.Record{Type: trustlytest.Capture, Status: trustlytest.StatusCompleted, CreatedAt: at, UpdatedAt: at})
	}
	return s
}

const countable = "createdAt.start=now-7d&tz=UTC"

// The list says what it knows of its size, and offers to count where that is not all. The number is then right.
func TestListSize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rows           int
		first, counted string // what stands on the first page; what a count comes to
	}{
		{0, "0 transactions", "No transactions"},
		{1, "1 transaction", "1 transaction"},
		{25, "25 transactions", "25 transactions"},
		{26, "1–25 of at least 26", "26 transactions"},
		{101, "1–25 of at least 26", "101 transactions"},
		{12_345, "1–25 of at least 26", "12,345 transactions"},
	} {
		p := open(t, captures(tt.rows, trustlytest.Options{}))
		b := p.as(auth.Support)
		doc := b.get("/transactions?" + countable).want(http.StatusOK).doc()
		if got := words(doc.Find("#count")); got != tt.first {
			t.Errorf("%d rows, first page: got %q, want %q", tt.rows, got, tt.first)
		}
		offer, offered := doc.Find("a[data-count]").Attr("href")
		if more := tt.rows > 25; offered != more {
			t.Errorf("%d rows: got a count offered: %t, want %t", tt.rows, offered, more)
		} else if want := "/transactions/count?" + countable; more && offer != want {
			t.Errorf("%d rows: got the offer %q, want %q", tt.rows, offer, want)
		}
		page := b.get("/transactions/count?" + countable).want(http.StatusOK).doc()
		if got := words(page.Find(".count-end .count-total")); got != tt.counted {
			t.Errorf("%d rows, counted: got %q, want %q", tt.rows, got, tt.counted)
		}
		if got, want := words(page.Find(".count-end .count-note")), "counted as of 12:00:00"; got != want {
			t.Errorf("%d rows, note: got %q, want %q", tt.rows, got, want)
		}
		if got := page.Find("main a[href='/transactions?" + countable + "']").Length(); got != 1 {
			t.Errorf("%d rows: got %d links back to the list, want 1", tt.rows, got)
		}
	}
}

// Later pages say what is known of them and no more.
func TestListSizeOfLaterPages(t *testing.T) {
	t.Parallel()
	b := open(t, captures(63, trustlytest.Options{})).as(auth.Support)
	path := "/transactions?" + countable
	for i, want := range []string{"1–25 of at least 26", "25 transactions on this page", "Last 13 transactions"} {
		a := b.get(path).want(http.StatusOK)
		if got := words(a.doc().Find("#count")); got != want {
			t.Errorf("page %d: got %q, want %q", i+1, got, want)
		}
		if a.doc().Find("a[data-count]").Length() != 1 {
			t.Errorf("page %d: got no offer to count, want one", i+1)
		}
		path = readPage(a).next
	}
}

// The price is said before, from the configured rate.
func TestCountPrice(t *testing.T) {
	t.Parallel()
	for rate, want := range map[float64][2]string{
		0:   {"10–40 requests", "about 10 to 40 requests to Trustly"},
		50:  {"10–40 requests, 1–1 s", "about 10 to 40 requests to Trustly, 1 to 1 seconds at 50 a second"},
		7.5: {"10–40 requests, 2–6 s", "about 10 to 40 requests to Trustly, 2 to 6 seconds at 7.5 a second"},
	} {
		b := open(t, captures(26, trustlytest.Options{}), withClient(func(o *trustlyclient.Options) { o.RateLimit = rate })).as(auth.Support)
		doc := b.get("/transactions?" + countable).want(http.StatusOK).doc()
		if got := words(doc.Find("#count-price")); got != want[0]+": "+want[1] {
			t.Errorf("at %v a second: got %q, want %q: %q", rate, got, want[0], want[1])
		}
		if got := doc.Find("a[data-count]").AttrOr("title", ""); got != want[1] {
			t.Errorf("at %v a second: got the title %q, want %q", rate, got, want[1])
		}
	}
}

// Steps come while the count runs, alone for a script, and within the page for a browser; compressed or not.
func TestCountStreams(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	sandbox := captures(3000, trustlytest.Options{})
	gate := make(chan struct{})
	b := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 6 {
			select {
			case <-gate:
			case <-time.After(5 * time.Second):
				t.Error("steps: got none while the count runs")
			}
		}
		sandbox.ServeHTTP(w, r)
	})).as(auth.Support)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/transactions/count?"+countable, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("HX-Request", "true")
	response, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, want := response.Header.Get("X-Accel-Buffering"), "no"; got != want {
		t.Errorf("X-Accel-Buffering: got %q, want %q", got, want)
	}
	var lines []string
	for scanner := bufio.NewScanner(response.Body); scanner.Scan(); {
		line := strings.TrimSpace(scanner.Text())
		if lines = append(lines, line); strings.Contains(line, "At least 51<") { // read before the sixth request is answered
			close(gate)
		}
	}
	all := strings.Join(lines, "\n")
	for _, want := range []string{`<p class="count-step">At least 51</p>`, `<p class="count-step">Between 1,663 and 3,326</p>`, "3,000 transactions"} {
		if !strings.Contains(all, want) {
			t.Errorf("steps: got no %q in\n%s", want, all)
		}
	}
	if strings.Contains(all, "<html") || strings.Contains(all, "<main") {
		t.Errorf("steps for a script: got a page around them\n%.300s", all)
	}
}

// Whoever leaves ends the count: nothing more is asked.
func TestCountIsCancelled(t *testing.T) {
	t.Parallel()
	api := captures(3000, trustlytest.Options{Latency: 50 * time.Millisecond})
	b := open(t, api).as(auth.Support)
	api.ResetRequests()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/transactions/count?"+countable, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	line := ""
	for reader := bufio.NewReader(response.Body); !strings.Contains(line, "At least"); {
		if line, err = reader.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	_ = response.Body.Close()
	time.Sleep(200 * time.Millisecond) // one request may have been on its way
	before := len(api.Requests())
	time.Sleep(300 * time.Millisecond)
	if after := len(api.Requests()); after != before || after > 10 {
		t.Errorf("after leaving: got %d requests, and %d later, want no more, and 10 at most", before, after)
	}
}

// What the view's URL gets wrong is refused like the list's, and a failure before the first byte is an error page.
func TestCountRefusals(t *testing.T) {
	t.Parallel()
	api := captures(100, trustlytest.Options{})
	p := open(t, api)
	b := p.as(auth.Support)
	api.ResetRequests()
	b.get("/transactions/count?amount.min=12,50&tz=UTC").want(http.StatusUnprocessableEntity)
	b.get("/transactions/count?colour=red").want(http.StatusUnprocessableEntity)
	if got := len(api.Requests()); got != 0 {
		t.Errorf("refused views: got %d requests to the API, want none", got)
	}
	if a := b.get("/transactions/count?tz=UTC&createdAt.start=now-7d&count=25"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/transactions/count?"+countable {
		t.Errorf("another spelling: got %d to %q, want %d to the canonical one", a.status, a.header.Get("Location"), http.StatusSeeOther)
	}
	api.SetFault(trustlytest.Fault{Kind: trustlytest.FaultStatus, Status: 400})
	b.get("/transactions/count?" + countable).want(http.StatusBadGateway)
}

// A failure on the way says what was known, why it ended and the request's id, and goes into the log.
func TestCountFailsOnTheWay(t *testing.T) {
	t.Parallel()
	api := captures(3000, trustlytest.Options{})
	api.SetFault(trustlytest.Fault{Kind: trustlytest.FaultStatus, Status: 403, After: 4})
	p := open(t, api)
	a := p.as(auth.Support).get("/transactions/count?" + countable).want(http.StatusOK)
	end := a.doc().Find(".count-end")
	if got, want := words(end.Find(".count-total")), "At least 207 transactions, not counted to the end"; got != want {
		t.Errorf("total: got %q, want %q", got, want)
	}
	for _, want := range []string{"Trustly refused the portal's access", a.header.Get("X-Request-Id")} {
		if got := words(end.Find(".count-note")); !strings.Contains(got, want) {
			t.Errorf("note: got %q, want it to say %q", got, want)
		}
	}
	if !strings.Contains(p.log.String(), `"route":"/transactions/count"`) || !strings.Contains(p.log.String(), "credentials refused") && !strings.Contains(p.log.String(), "not allowed") {
		t.Errorf("log: got no line on the failed count:\n%s", p.log)
	}
}

// Where there is no exact number the page says so, and why.
func TestCountInexact(t *testing.T) {
	t.Parallel()
	one := trustlytest.New(trustlytest.Options{Rows: -1, MaxOffset: 100, Now: func() time.Time { return testNow }})
	for range 300 {
		at := testNow.Add(-time.Hour).UnixMilli()
		one.Insert(trustlytest.Record{Type: trustlytest.Capture, Status: trustlytest.StatusCompleted, CreatedAt: at, UpdatedAt: at})
	}
	doc := open(t, one).as(auth.Support).get("/transactions/count?" + countable).want(http.StatusOK).doc()
	if got, want := words(doc.Find(".count-total")), "At least 51 transactions"; got != want {
		t.Errorf("deep offsets refused: got %q, want %q", got, want)
	}
	if got := words(doc.Find(".count-note")); !strings.Contains(got, "does not go deeper") {
		t.Errorf("deep offsets refused: got the note %q, want why", got)
	}
	doc = open(t, captures(60, trustlytest.Options{})).as(auth.Support).get("/transactions/count?transactionStatus=4&" + countable).want(http.StatusOK).doc()
	if got, want := words(doc.Find(".count-note")), "counted from 12:00:00 to 12:00:00; one whose filtered fields changed in between may be in it or not"; got != want {
		t.Errorf("a filter on what changes: got the note %q, want %q", got, want)
	}
}

func TestThousandsInCounts(t *testing.T) {
	t.Parallel()
	b := open(t, captures(1005, trustlytest.Options{})).as(auth.Support)
	doc := b.get("/transactions/count?" + countable).want(http.StatusOK).doc()
	if got, want := words(doc.Find(".count-total")), fmt.Sprintf("%s transactions", "1,005"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
