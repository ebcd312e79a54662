package handlers_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient/trustlytest"
)

// openScenario is a portal over a sandbox with nothing but these records, and their ids.
func openScenario(t *testing.T, records []trustlytest.Record, settings ...setting) (p *portal, sandbox *trustlytest.Server, ids []string) {
	t.Helper()
	sandbox = trustlytest.New(trustlytest.Options{Rows: -1, Now: func() time.Time { return testNow }})
	t.Cleanup(sandbox.Close)
	for _, r := range records {
		ids = append(ids, sandbox.Insert(r))
	}
	return open(t, sandbox, settings...), sandbox, ids
}

// The story tells all of the payment and nothing else, over as many answers as it takes.
func TestStoryTellsTheWholePayment(t *testing.T) {
	t.Parallel()
	rows := madeUp(51, 130, time.Millisecond)
	for i := range rows[:110] {
		rows[i]["payment"].(record)["paymentId"] = "8555"
	}
	rows[120]["payment"].(record)["paymentId"] = "8556"
	b := open(t, newFake(t, rows)).as(auth.Support)
	doc := b.get("/transactions/" + textAt(rows[4], "transactionId") + "?tz=Asia/Tokyo").want(http.StatusOK).doc()
	var told []string
	doc.Find(".story [data-transaction-id]").Each(func(_ int, s *goquery.Selection) { told = append(told, s.AttrOr("data-transaction-id", "")) })
	slices.Sort(told)
	var want []string
	for _, r := range rows[:110] {
		want = append(want, textAt(r, "transactionId"))
	}
	if !slices.Equal(told, want) {
		t.Errorf("got %d transactions told, want the payment's 110: %v", len(told), told)
	}
	here := doc.Find(".story [aria-current]")
	if got := words(here); here.Length() != 1 || !strings.Contains(got, textAt(rows[4], "transactionId")) || !strings.Contains(got, "you are here") {
		t.Errorf("got %d entries marked, %q, want %s", here.Length(), got, textAt(rows[4], "transactionId"))
	}
	all, _ := doc.Find(".story .card-head a").Attr("href")
	if got := len(ids(b.pages(all))); got != 110 {
		t.Errorf("the link to all of them lists %d rows, want 110", got)
	}
	href, _ := doc.Find(".story a.id").First().Attr("href")
	if !strings.Contains(href, "tz=Asia/Tokyo") {
		t.Errorf("got the link %q, want it in the same zone", href)
	}
	b.get(href).want(http.StatusOK)
	alone := b.get("/transactions/" + textAt(rows[120], "transactionId")).want(http.StatusOK).doc()
	if got := alone.Find(".story [data-transaction-id]").Length(); got != 1 {
		t.Errorf("a payment of one record: got %d, want 1", got)
	}
}

// A payment longer than a page tells is told as far as that, and the page says so.
func TestStoryIsBounded(t *testing.T) {
	t.Parallel()
	rows := madeUp(52, 650, time.Millisecond)
	for i := range rows {
		rows[i]["payment"].(record)["paymentId"] = "8555"
	}
	api := newFake(t, rows)
	b := open(t, api).as(auth.Support)
	a := b.get("/transactions/" + textAt(rows[640], "transactionId")).want(http.StatusOK)
	if got := a.text(); !strings.Contains(got, "Only the payment's first 600 transactions are told here.") {
		t.Errorf("the page does not say that there are more: %.600s", got)
	}
	if n := len(api.requests()); n > 10 {
		t.Errorf("got %d requests, want 10 at most", n)
	}
	if got := a.doc().Find(".story [aria-current]").Length(); got != 1 {
		t.Errorf("got %d entries marked, want the record itself among them", got)
	}
}

// A family of 500 captures: a page that can be sent and read.
func TestManyCapturesMakeALightPage(t *testing.T) {
	t.Parallel()
	records := trustlytest.ManyCaptures(500, testNow)
	p, _, ids := openScenario(t, records)
	b := p.as(auth.Support)
	began := time.Now()
	a := b.get("/transactions/" + ids[len(ids)-1] + "?tz=UTC").want(http.StatusOK)
	took := time.Since(began)
	doc := harmless(t, a)
	if got := doc.Find(".story [data-transaction-id]").Length(); got != len(ids) {
		t.Errorf("got %d transactions told, want %d", got, len(ids))
	}
	if got := doc.Find(".timeline > li").Length(); got > 30 {
		t.Errorf("got %d entries in sight, want 30 at most", got)
	}
	if got := words(doc.Find("#sums")); !strings.Contains(got, "all 1490 checks hold") {
		t.Errorf("got the sums %q, want all to hold", got)
	}
	r := b.get("/transactions/"+ids[len(ids)-1]+"?tz=UTC", "Accept-Encoding", "gzip").want(http.StatusOK)
	if r.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("got the encoding %q, want gzip", r.header.Get("Content-Encoding"))
	}
	t.Logf("%d bytes, %d compressed, %v", len(a.body), len(r.body), took)
	if len(r.body) > 60_000 {
		t.Errorf("got %d bytes compressed, want 60000 at most", len(r.body))
	}
}

// The record is sent after the first call. The story follows in the same answer, and goes to its place without script.
func TestRecordComesBeforeItsStory(t *testing.T) {
	t.Parallel()
	records := trustlytest.Scenario(1, testNow)
	sandbox := trustlytest.New(trustlytest.Options{Rows: -1, Now: func() time.Time { return testNow }})
	t.Cleanup(sandbox.Close)
	var id string
	for _, r := range records {
		id = sandbox.Insert(r)
	}
	proceed := make(chan struct{})
	p := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			select {
			case <-proceed:
			case <-r.Context().Done():
				return
			}
		}
		sandbox.ServeHTTP(w, r)
	}))
	b := p.as(auth.Support)
	for _, encoding := range []string{"identity", "gzip"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/transactions/"+id+"?tz=UTC", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", encoding)
		response, err := b.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var body io.Reader = response.Body
		if response.Header.Get("Content-Encoding") == "gzip" {
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		} else if encoding == "gzip" {
			t.Error("got no compression, want gzip")
		}
		first := readUntil(t, body, "Times in UTC")
		for _, want := range []string{"Refund of 25.50 USD", "The refund is complete", "shadowrootmode", "payment.customer.name", "raw-json"} {
			if !strings.Contains(first, want) {
				t.Errorf("%s: what is sent first lacks %q", encoding, want)
			}
		}
		if strings.Contains(first, "What happened to this payment") {
			t.Errorf("%s: the story is there before the API answered", encoding)
		}
		proceed <- struct{}{}
		rest, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(first + string(rest)))
		if err != nil {
			t.Fatal(err)
		}
		for selector, slot := range map[string]string{".detail > .words": "words", ".detail > .story": "story", ".detail > #sums": "story", ".detail > .sums-line": "check", ".detail > .money": "money"} {
			if got := doc.Find(selector).AttrOr("slot", "none"); got != slot {
				t.Errorf("%s: %s goes to the slot %q, want %q", encoding, selector, got, slot)
			}
		}
		if got := doc.Find(".story [data-transaction-id]").Length(); got != 3 {
			t.Errorf("%s: got %d transactions told, want 3", encoding, got)
		}
	}
}

// readUntil reads what comes until a text is there.
func readUntil(t *testing.T, r io.Reader, text string) string {
	t.Helper()
	var b strings.Builder
	part := make([]byte, 4096)
	for !strings.Contains(b.String(), text) {
		n, err := r.Read(part)
		b.Write(part[:n])
		if err != nil {
			t.Fatalf("%q does not come: %v\n%.400s", text, err, b.String())
		}
	}
	return b.String()
}

// Without the family the record is shown all the same, with what failed and a way to try again.
func TestRecordWithoutItsFamily(t *testing.T) {
	t.Parallel()
	records := trustlytest.Scenario(1, testNow)
	for name, wait := range map[string]time.Duration{"at once": 0, "late": 200 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sandbox := trustlytest.New(trustlytest.Options{Rows: -1, Now: func() time.Time { return testNow }})
			t.Cleanup(sandbox.Close)
			var id string
			for _, r := range records {
				id = sandbox.Insert(r)
			}
			p := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/transactions") {
					time.Sleep(wait)
					refuse(w, http.StatusForbidden, 0, "no lists today")
					return
				}
				sandbox.ServeHTTP(w, r)
			}))
			a := p.as(auth.Support).get("/transactions/" + id + "?tz=UTC").want(http.StatusOK)
			doc := harmless(t, a)
			story := words(doc.Find(".story"))
			if !strings.Contains(story, "could not be read: Trustly refused the portal's access.") || !strings.Contains(story, "Refund") {
				t.Errorf("got the story %q, want what failed and the record's own", story)
			}
			if strings.Contains(story, "not among the payment's") || !strings.Contains(story, "not among those that were read") {
				t.Errorf("got the story %q, want nothing said of what the payment has", story)
			}
			for _, part := range []string{".sums-line", "#sums"} {
				if got := words(doc.Find(part)); !strings.Contains(got, "Not all figures could be checked: ") || strings.Contains(got, "agree:") || doc.Find(part+":is(.tone-good), "+part+" > .tone-good").Length() > 0 {
					t.Errorf("%s: got %q, want no word or mark that the figures agree", part, got)
				}
			}
			if got, _ := doc.Find(".story .notice a").Attr("href"); got != "/transactions/"+id+"?tz=UTC" {
				t.Errorf("got the retry link %q, want the page itself", got)
			}
			if !strings.Contains(words(doc.Find(".money")), "25.50 USD") || doc.Find("dl.fields dt[title='payment.customer.name']").Length() == 0 {
				t.Error("the record is not whole")
			}
			if !strings.Contains(p.log.String(), "no lists today") && !strings.Contains(p.log.String(), "403") {
				t.Errorf("the failure is not in the log:\n%.2000s", p.log.String())
			}
		})
	}
}

// An unknown id is offered to the one box.
func TestUnknownIDIsOfferedToTheBox(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(1, 3, time.Millisecond))).as(auth.Support)
	doc := b.get("/transactions/4711%22%3Cb%3E").want(http.StatusNotFound).doc()
	box := doc.Find("main form[action='/find']")
	if got := box.Find("input[name=q]").AttrOr("value", ""); got != `4711"<b>` || box.Find("input[name=all]").AttrOr("value", "") != "1" {
		t.Errorf("got the box filled with %q, want the id, to be looked for in all readings", got)
	}
}

// A record that goes on between the two calls is shown as it is now, or the page says which part is older.
func TestRecordThatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]time.Duration{"at once": 0, "late": 200 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sandbox := trustlytest.New(trustlytest.Options{Rows: -1, Now: func() time.Time { return testNow }})
			t.Cleanup(sandbox.Close)
			var id string
			for _, r := range trustlytest.Scenario(10, testNow) {
				id = sandbox.Insert(r)
			}
			p := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/transactions") {
					time.Sleep(wait)
					sandbox.Update(id, func(r *trustlytest.Record) {
						r.Status, r.UpdatedAt, r.Version = trustlytest.StatusAuthorized, testNow.UnixMilli(), 99
					})
				}
				sandbox.ServeHTTP(w, r)
			}))
			doc := p.as(auth.Support).get("/transactions/" + id + "?tz=UTC").want(http.StatusOK).doc()
			head, story := words(doc.Find(".head .status")), words(doc.Find(".story"))
			if !strings.Contains(words(doc.Find(".story [aria-current]")), "Authorized") {
				t.Errorf("got the story %q, want the new state", story)
			}
			told := strings.Contains(story, "This transaction changed while the page was made.")
			if head == "Authorized" == told {
				t.Errorf("got the head %q and a note: %t, want the new state or the note", head, told)
			}
		})
	}
}

// With the reader gone, the API is asked no further.
func TestStoryEndsWithItsReader(t *testing.T) {
	t.Parallel()
	sandbox := trustlytest.New(trustlytest.Options{Rows: -1, Now: func() time.Time { return testNow }})
	t.Cleanup(sandbox.Close)
	var id string
	for _, r := range trustlytest.Scenario(1, testNow) {
		id = sandbox.Insert(r)
	}
	left := make(chan struct{})
	p := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			<-r.Context().Done()
			close(left)
			return
		}
		sandbox.ServeHTTP(w, r)
	}))
	b := p.as(auth.Support)
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+"/transactions/"+id+"?tz=UTC", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	readUntil(t, response.Body, "Times in UTC")
	leave()
	select {
	case <-left:
	case <-time.After(5 * time.Second):
		t.Error("the API is still being asked")
	}
}

// Figures that don't agree are named with both sides and the difference, and nothing is said of why.
func TestFiguresThatDontAgree(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	rec["transactionType"], rec["status"] = 3, 4
	rec["amount"], rec["paid"], rec["refunded"], rec["reversed"], rec["pending"], rec["balance"] = "10.00", "10.00", "1.50", "0.00", "0.00", "4.00"
	payment := rec["payment"].(map[string]any)
	payment["paid"], payment["refunded"], payment["reversed"], payment["pending"], payment["balance"] = "10.00", "n/a", "0.00", "0.00", "8.50"
	b := open(t, serveRecord(rec)).as(auth.Support)
	doc := b.get("/transactions/1006755981").want(http.StatusOK).doc()
	sums := words(doc.Find("#sums"))
	for _, want := range []string{
		"Balance is paid − refunded − reversed (Trustly's definition) · Capture 1006755981", "4.00 (balance 4.00) against 8.50 (paid 10.00 − refunded 1.50 − reversed 0.00): differs by 4.50 USD",
		"a figure is missing or can't be read",
	} {
		if !strings.Contains(sums, want) {
			t.Errorf("got the sums %q, want %q", sums, want)
		}
	}
	if got := words(doc.Find(".sums-line")); !strings.Contains(got, "Figures that don't agree: ") {
		t.Errorf("got %q beside the money, want that figures don't agree", got)
	}
}

// A record of another payment is left out, and then nothing claims that the sums close.
func TestRecordOfAnotherPayment(t *testing.T) {
	t.Parallel()
	rec, stranger := exampleRecord(t), exampleRecord(t)
	stranger["transactionId"] = "1006755982"
	stranger["payment"].(map[string]any)["paymentId"] = "another"
	b := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			reply(w, map[string]any{"transactions": []any{rec, stranger}})
			return
		}
		reply(w, map[string]any{"transaction": rec})
	})).as(auth.Support)
	doc := b.get("/transactions/1006755981").want(http.StatusOK).doc()
	if got, want := words(doc.Find(".story")), "1 record of another payment was sent along and left out."; !strings.Contains(got, want) || strings.Contains(got, "1006755982") {
		t.Errorf("got the story %q, want %q", got, want)
	}
	if got := words(doc.Find("#sums")); strings.Contains(got, "agree:") {
		t.Errorf("got the sums %q, want no claim that they agree", got)
	}
}
