package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// identifiers are what a customer, a statement or a system may name a record by, under the words that the page has for
// the reading.
func identifiers(r trustlytest.Record) map[string]string {
	texts := map[string]string{
		"transaction ID": r.ID, "original ID": r.OriginalID, "provider transaction ID": r.ProviderID, "IP address": r.IP,
		"reason code": r.ProviderStatus, "amount": r.Amount.String(), "merchant reference": r.Payment.MerchantReference, "payment ID": r.Payment.ID,
		"merchant reference of the record": r.MerchantReference,
	}
	if c := r.Payment.Customer; c != nil {
		texts["customer external ID"], texts["customer name"] = c.ExternalID, c.Name
	}
	if a := r.Payment.Account; a != nil {
		texts["account number"], texts["routing number"] = a.Number, a.Routing
	}
	for kind, text := range texts {
		if strings.TrimSpace(text) == "" {
			delete(texts, kind)
		}
	}
	return texts
}

// decorated are the ways in which the same text arrives.
func decorated(i int, text string) string {
	return fmt.Sprintf([]string{"%s", " %s\r\n", "“%s”", "#%s", "\u00a0%s.", "'%s", "Ref: %s"}[i%7], text)
}

// Whatever a record is named by: paste, Enter, and the record, or the short list with it, is there.
func TestFindEveryIdentifier(t *testing.T) {
	t.Parallel()
	sandbox := trustlytest.New(trustlytest.Options{Seed: 5, Rows: 3000, Now: func() time.Time { return testNow }})
	b := open(t, sandbox, patiently).as(auth.Support)
	seen := map[string]int{}
	for i, r := range sandbox.Records() {
		if i%160 != 0 || r.Rare != nil {
			continue
		}
		for kind, text := range identifiers(r) {
			seen[kind]++
			a, end := b.visit("/find?q=" + url.QueryEscape(decorated(i/160, text)))
			a.want(http.StatusOK)
			if path, _, _ := strings.Cut(end, "?"); path != "/find" {
				if text == r.ID && path != "/transactions/"+r.ID {
					t.Errorf("%s %q: got %s, want the record", kind, text, path)
				}
				if got, ok := sandbox.Record(strings.TrimPrefix(path, "/transactions/")); !ok || !slices.Contains(slices.Collect(values(identifiers(got))), text) {
					t.Errorf("%s %q: opened %s, which has no such thing", kind, text, path)
				}
				continue
			}
			label, _, _ := strings.Cut(kind, " of the")
			heading := a.doc().Find(".find-some h2").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "by "+label) })
			more := strings.HasPrefix(strings.ToLower(words(heading)), "more than 5")
			if row := a.doc().Find("tr[data-transaction-id='" + r.ID + "']"); row.Length() == 0 && !more {
				t.Errorf("%s %q: record %s is not there:\n%s", kind, text, r.ID, a.text())
			}
		}
	}
	if len(seen) < 13 {
		t.Errorf("got %d kinds of identifiers, want all 13: %v", len(seen), seen)
	}
}

func values(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// What the reader waits for, from Enter to the record or the short list, against one call of the API. The machine of a
// test may be busy, so only the median is held, and loosely; the log tells the rest.
func TestFindIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	const latency = 40 * time.Millisecond
	sandbox := trustlytest.New(trustlytest.Options{Seed: 5, Rows: 3000, Now: func() time.Time { return testNow }, Latency: latency})
	b := open(t, sandbox, withClient(func(o *trustlyclient.Options) { o.MaxConcurrency, o.CacheFor = 4, 15*time.Second })).as(auth.Support)
	b.get("/help/filters")
	took := map[string][]time.Duration{}
	var all []time.Duration
	for i, r := range sandbox.Records() {
		if i%300 != 0 || r.Rare != nil {
			continue
		}
		for kind, text := range identifiers(r) {
			start := time.Now()
			a := b.get("/find?q="+url.QueryEscape(text), "Cache-Control", "no-cache") // as if nobody had asked before
			if a.status == http.StatusSeeOther {
				b.visit(a.header.Get("Location"))
			}
			d := time.Since(start)
			took[kind], all = append(took[kind], d), append(all, d)
		}
	}
	ratio := func(d time.Duration) float64 { return float64(d) / float64(latency) }
	for kind, ds := range took {
		slices.Sort(ds)
		t.Logf("%-34s median %.1f × one call, slowest %.1f", kind, ratio(ds[len(ds)/2]), ratio(ds[len(ds)-1]))
	}
	slices.Sort(all)
	t.Logf("all %d: median %.1f, p95 %.1f × one call", len(all), ratio(all[len(all)/2]), ratio(all[len(all)*95/100]))
	if got := ratio(all[len(all)/2]); got > 6 {
		t.Errorf("got a median of %.1f × one call, want about 2", got)
	}
}

// findFake is an API with one record of each kind of trouble for the box: R1 and R2 share a payment, a reference and a
// customer.
func findFake(t *testing.T) *fakeAPI {
	rows := madeUp(3, 60, time.Millisecond)
	for i, r := range rows[:2] {
		r["transactionId"] = fmt.Sprintf("90000000%d", i)
		payment := r["payment"].(record)
		payment["merchantReference"] = "SHARED-77x"
		payment["customer"].(record)["externalId"] = "alone-" + fmt.Sprint(i)
	}
	return newFake(t, rows)
}

func TestFindPage(t *testing.T) {
	t.Parallel()
	b := open(t, findFake(t), patiently).as(auth.Support)
	for _, tc := range []struct {
		name, query, redirect string
		texts                 []string // in the page
		rows                  int      // -1: not looked at
	}{
		{"one hit opens", "q=alone-1", "/transactions/900000001", nil, 0},
		{"but not when everything is asked for", "all=1&q=alone-1", "", []string{"1 by customer external ID, none by merchant reference, none by provider transaction ID"}, 1},
		{"an ID opens", "q=900000000", "/transactions/900000000", nil, 0},
		{"but not when everything is asked for ", "all=1&q=900000000", "", []string{"1 by transaction ID, none by payment ID"}, 1},
		{"several hits", "q=SHARED-77x", "", []string{"2 by merchant reference, none by customer external ID"}, 2},
		{"more than a page shows", "q=USD+Example", "", []string{"Nothing found"}, 0},
		{"nothing", "q=nobody-1x", "", []string{"Nothing found", "None by merchant reference, none by customer external ID, none by provider transaction ID", "What may help", "E-mail addresses"}, 0},
		{"no such ID", "q=987654321012", "", []string{"No transaction has this ID. None by transaction ID, none by payment ID, none by original ID"}, 0},
		{"e-mail", "q=joe@example.com", "", []string{"can't search by e-mail address", "Nothing found"}, 0},
		{"phone", "q=%2B16505550100", "", []string{"can't search by phone number", "“16505550100”"}, 0},
		{"spreadsheet", "q=1.00676E%2B09", "", []string{"A spreadsheet has shortened this number"}, 0},
		{"amount", "q=%241,250.00", "", []string{"none by amount “1250.00”"}, 0},
		{"empty", "q=", "", []string{"What do you have?", "Paste a list of up to 500"}, 0},
		{"no q", "", "", []string{"What do you have?"}, 0},
		{"nothing but marks", "q=%22%27%23", "", []string{"nothing that can be searched for", "What do you have?"}, 0},
		{"not UTF-8", "q=%ff%fe", "", []string{"What do you have?"}, 0},
		{"too long", "q=" + strings.Repeat("x", 700), "", []string{"longer than anything that the API holds", "Find “" + strings.Repeat("x", 100) + "…”"}, 0},
		{"control characters", "q=%00%01nobody%0bx", "", []string{"Nothing found"}, 0},
		{"hostile", "q=" + url.QueryEscape(`"><script>alert(1)</script>`), "", []string{`Find “><script>alert(1)</script>”`}, -1},
		{"bidi", "q=" + url.QueryEscape("\u202eevil\u202c txt"), "", []string{"Find “evil txt”"}, 0},
		{"comment", "q=" + url.QueryEscape(`<!--answers-->`), "", []string{"Find “!--answers--”"}, 0},
	} {
		a := b.get("/find?" + tc.query)
		if tc.redirect != "" {
			if got := a.want(http.StatusSeeOther).header.Get("Location"); got != tc.redirect {
				t.Errorf("%s: got Location %q, want %q", tc.name, got, tc.redirect)
			}
			continue
		}
		doc := a.want(http.StatusOK).doc()
		for _, want := range tc.texts {
			if !strings.Contains(strings.ToLower(a.text()), strings.ToLower(want)) {
				t.Errorf("%s: got %q, want it to say %q", tc.name, a.text(), want)
			}
		}
		if got := doc.Find("main tr[data-transaction-id]").Length(); tc.rows >= 0 && got != tc.rows {
			t.Errorf("%s: got %d rows, want %d: %s", tc.name, got, tc.rows, a.text())
		}
		if doc.Find("main script").Length() > 0 {
			t.Errorf("%s: markup of the text got into the page", tc.name)
		}
		doc.Find("main a[href^='/transactions?']").Each(func(_ int, s *goquery.Selection) {
			href := s.AttrOr("href", "")
			q := mustURL(href).Query()
			if q.Get("tz") == "" || len(q) < 2 {
				t.Errorf("%s: got the link %s, want a filter and the zone", tc.name, href)
			}
			if end, path := b.visit(href); end.status != http.StatusOK || path != href {
				t.Errorf("%s: %s led to %s with status %d, want the list itself", tc.name, href, path, end.status)
			}
		})
	}
}

// How the API matches is not documented: what it answers with opens by itself only if it shows what was pasted, and of a
// payment's records the one with that very reference.
func TestFindOpensWhatShows(t *testing.T) {
	t.Parallel()
	sandbox := trustlytest.New(trustlytest.Options{Seed: 5, Rows: 2000, Now: func() time.Time { return testNow }, PartialReferences: true, NotFound404: true})
	b := open(t, sandbox, patiently).as(auth.Support)
	var whole, own trustlytest.Record
	for _, r := range sandbox.Records() {
		if r.Rare == nil && r.OriginalID != "" && r.MerchantReference != r.Payment.MerchantReference && strings.HasPrefix(r.MerchantReference, r.Payment.MerchantReference) {
			own = r
		}
	}
	families := map[string]int{}
	for _, r := range sandbox.Records() {
		families[r.Payment.MerchantReference]++
	}
	for _, r := range sandbox.Records() {
		if r.Rare == nil && families[r.Payment.MerchantReference] == 1 && len(r.Payment.MerchantReference) > 5 {
			whole = r
		}
	}
	if got := b.get("/find?q=" + url.QueryEscape(own.MerchantReference)).want(http.StatusSeeOther).header.Get("Location"); got != "/transactions/"+own.ID {
		t.Errorf("find %s: got %s, want the record with that reference of its own, %s", own.MerchantReference, got, own.ID)
	}
	ref := whole.Payment.MerchantReference
	if got := b.get("/find?q=" + url.QueryEscape(ref)).want(http.StatusSeeOther).header.Get("Location"); got != "/transactions/"+whole.ID {
		t.Errorf("find %s: got %s, want the only record with it", ref, got)
	}

	api := findFake(t)
	loosely := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "lone-1x", "alone-1")
		api.ServeHTTP(w, r)
	})
	a := open(t, loosely, patiently).as(auth.Support).get("/find?q=lone-1x").want(http.StatusOK)
	if !strings.Contains(a.text(), "1 by customer external ID") || !strings.Contains(a.text(), "not every record here shows the text itself") {
		t.Errorf("got %q, want the one record shown and not opened: it has another number", a.text())
	}
}

// A reading shows a few rows, says that there are more, and leads to all of them.
func TestFindManyRows(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(3, 200, time.Millisecond)), patiently).as(auth.Support)
	a := b.get("/find?q=Joe+User").want(http.StatusOK)
	if got := a.doc().Find("main tr[data-transaction-id]").Length(); got != 5 || !strings.Contains(a.text(), "More than 5 by customer name") {
		t.Errorf("got %d rows and %q, want the 5 newest of more", got, a.text())
	}
	var ids []string
	a.doc().Find("main tr[data-transaction-id]").Each(func(_ int, s *goquery.Selection) { ids = append(ids, s.AttrOr("data-transaction-id", "")) })
	href := a.doc().Find(".find-head a").AttrOr("href", "")
	if list := readPage(b.get(href)).ids; len(list) < 6 || !slices.Equal(list[:5], ids) {
		t.Errorf("got rows %v, want the first of the list %v", ids, list)
	}
}

// Several values are offered as a list, one on each line, however they were parted.
func TestFindOffersAList(t *testing.T) {
	t.Parallel()
	b := open(t, findFake(t), patiently).as(auth.Support)
	for q, want := range map[string]string{
		"900000000\n900000001\n":          "900000000\n900000001",
		"900000000\t900000001":            "900000000\t900000001",
		"900000000 900000001":             "900000000\n900000001",
		"ORD-2001, ORD-2002; ORD-2003":    "ORD-2001\nORD-2002\nORD-2003",
		"Joe User\r\nAda Example\r\n\r\n": "Joe User\nAda Example",
		"Joe User":                        "", "User, Joe": "", "$1,250.00": "", "1,006,755,981": "", "1006 755 981": "", "Order 20931": "", "12 12": "", "900000007": "",
		strings.Repeat("900000001\n", 400): strings.TrimSpace(strings.Repeat("900000001\n", 400)),
	} {
		a := b.get("/find?all=1&q=" + url.QueryEscape(q)).want(http.StatusOK)
		form := a.doc().Find("form[action='/find/list'][method=post]")
		got := form.Find("[name=list]").AttrOr("value", "")
		if want := strings.ReplaceAll(want, "\t", "\n"); got != want {
			t.Errorf("find %q: got the list %q, want %q", q, got, want)
		}
		if n := strings.Count(want, "\n") + 1; want != "" && !strings.Contains(words(form), "Look up these "+fmt.Sprint(max(n, 2))+" as a list") {
			t.Errorf("find %q: got the offer %q, want it to tell the number", q, words(form))
		}
	}
}

// One reading that fails says so in its line; the others are shown, and nothing opens by itself.
func TestFindOneReadingFails(t *testing.T) {
	t.Parallel()
	api := findFake(t)
	p := open(t, api, patiently)
	b := p.as(auth.Support)
	api.set(func(f *fakeAPI) {
		f.instead = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Query().Get("payment.merchantReference") != "" {
				w.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		}
	})
	a := b.get("/find?q=alone-1").want(http.StatusOK)
	for _, want := range []string{"1 by customer external ID, none by provider transaction ID, no answer by merchant reference", "No answer by merchant reference Trustly refused the portal's access. Try again"} {
		if !strings.Contains(a.text(), want) {
			t.Errorf("got %q, want it to say %q", a.text(), want)
		}
	}
	if retry := a.doc().Find(".find-none a").AttrOr("href", ""); retry != "/find?q=alone-1" {
		t.Errorf("got the retry link %q, want the page's own address", retry)
	}
	if log := p.log.String(); !strings.Contains(log, "credentials refused") && !strings.Contains(log, "not allowed") {
		t.Error("the log does not tell that a reading failed")
	}
	a = b.get("/find?q=nobody-1x").want(http.StatusOK)
	if !strings.Contains(a.text(), "Nothing found so far, but not everything was answered") {
		t.Errorf("got %q, want it to keep open whether there is anything", a.text())
	}
}

// When nothing is answered it is the ordinary error page.
func TestFindAllReadingsFail(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{http.StatusForbidden: http.StatusBadGateway, http.StatusBadRequest: http.StatusBadGateway, http.StatusUnauthorized: http.StatusBadGateway} {
		api := findFake(t)
		b := open(t, api, patiently).as(auth.Support)
		api.set(func(f *fakeAPI) {
			f.instead = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(status)
				return true
			}
		})
		for _, q := range []string{"Joe+User", "ptx-1", "203.0.113.7"} {
			a := b.get("/find?q=" + q).want(want)
			if !strings.Contains(a.text(), a.header.Get("X-Request-Id")) {
				t.Errorf("%d, find %s: the error page %q does not tell the request's ID", status, q, a.text())
			}
		}
	}
}

// A slow API gets a page that is sent at once and filled as the answers come, compressed or not.
func TestFindStreams(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"identity", "gzip"} {
		api := findFake(t)
		release := map[string]chan struct{}{"payment.merchantReference": make(chan struct{}), "payment.customer.externalId": make(chan struct{})}
		slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for name, wait := range release {
				if r.URL.Query().Has(name) {
					<-wait
				}
			}
			api.ServeHTTP(w, r)
		})
		b := open(t, slow).as(auth.Support)
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+"/find?q=SHARED-77x", nil)
		if err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{DisableCompression: encoding == "identity"}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Jar: b.client.Jar, Transport: transport}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		reader := bufio.NewReader(response.Body)
		var html strings.Builder
		until := func(text string) {
			for !strings.Contains(html.String(), text) {
				c, err := reader.ReadByte()
				if err != nil {
					t.Fatalf("%s: %v before %q:\n%s", encoding, err, text, html.String())
				}
				html.WriteByte(c)
			}
		}
		until(`By merchant reference: asking Trustly…`)
		until("None by provider transaction ID")
		if strings.Contains(html.String(), "None by customer") || strings.Contains(html.String(), `class="find-summary"`) {
			t.Errorf("%s: answers came before they could be there", encoding)
		}
		close(release["payment.merchantReference"])
		until("2 by merchant reference")
		close(release["payment.customer.externalId"])
		until("2 by merchant reference, none by customer external ID, none by provider transaction ID.")
		rest, err := io.ReadAll(reader)
		if err != nil {
			t.Errorf("%s: the page was cut off: %v", encoding, err)
		}
		html.Write(rest)
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(html.String()))
		if err != nil {
			t.Fatal(err)
		}
		if got := doc.Find(".find-answers > [slot]").Length(); got != 4 || doc.Find("footer").Length() != 1 || doc.Find("meta[http-equiv=refresh]").Length() != 0 {
			t.Errorf("%s: got %d answers, want 3 and the summary in a whole page that stays", encoding, got)
		}
		doc.Find(".find-answers > [slot]").Each(func(_ int, s *goquery.Selection) {
			if slot := s.AttrOr("slot", ""); !strings.Contains(html.String(), `<slot name="`+slot+`">`) {
				t.Errorf("%s: the answer %q has no place", encoding, slot)
			}
		})
	}
}

// slowly delays what matters by more than the page waits for.
func slowly(api http.Handler, slow func(r *http.Request) bool, d time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slow(r) {
			time.Sleep(d)
		}
		api.ServeHTTP(w, r)
	})
}

// A page that was sent early opens the only transaction found when all is answered, and one with the pasted ID at once.
func TestFindStreamOpensOne(t *testing.T) {
	t.Parallel()
	const late = 600 * time.Millisecond
	for q, tc := range map[string]struct {
		slow func(*http.Request) bool
		href string
	}{
		"q=alone-1":         {func(r *http.Request) bool { return r.URL.Query().Has("payment.merchantReference") }, "/transactions/900000001"},
		"q=900000000":       {func(r *http.Request) bool { return true }, "/transactions/900000000"},
		"all=1&q=900000000": {func(*http.Request) bool { return true }, ""},
		"q=SHARED-77x":      {func(*http.Request) bool { return true }, ""},
	} {
		b := open(t, slowly(findFake(t), tc.slow, late)).as(auth.Support)
		doc := b.get("/find?" + q).want(http.StatusOK).doc()
		content := doc.Find("meta[http-equiv=refresh]").AttrOr("content", "")
		if want := "0;url=" + tc.href; tc.href != "" && content != want || tc.href == "" && content != "" {
			t.Errorf("find %s: got the refresh %q, want it to %q", q, content, tc.href)
		}
		if got := doc.Find(".find-summary a").AttrOr("href", ""); got != tc.href {
			t.Errorf("find %s: got the link %q, want %q", q, got, tc.href)
		}
	}
}

// After the first byte a failure is told in the page, also when all fail.
func TestFindStreamTellsFailures(t *testing.T) {
	t.Parallel()
	api := findFake(t)
	api.set(func(f *fakeAPI) {
		f.instead = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
	})
	p := open(t, slowly(api, func(*http.Request) bool { return true }, 500*time.Millisecond))
	a := p.as(auth.Support).get("/find?q=SHARED-77x").want(http.StatusOK)
	for _, want := range []string{"Trustly did not answer", "No answer by merchant reference, no answer by customer external ID", "Trustly refused the portal's access. Try again"} {
		if !strings.Contains(a.text(), want) {
			t.Errorf("got %q, want it to say %q", a.text(), want)
		}
	}
	if doc := a.doc(); doc.Find("footer").Length() != 1 || strings.Contains(words(doc.Find(".find-summary")), "Nothing found") {
		t.Errorf("got %q, want a whole page that does not say that nothing was found", a.text())
	}
}

// A transaction's ID costs one request when the API is quick, and no text costs more than a handful.
func TestFindAsksLittle(t *testing.T) {
	t.Parallel()
	for q, most := range map[string]int{
		"900000000": 2, "124003116": 7, "ORD-20931-1": 4, "Joe User": 3, "ptx-1": 1, "203.0.113.7": 1, "$1,250": 6, "9" + strings.Repeat("1", 13): 6,
		strings.Repeat("9", 600): 0, "": 0,
	} {
		api := findFake(t)
		rate := 20.0
		if most <= 2 { // the answer is there before the next may leave, however slow the machine
			rate = 1
		}
		b := open(t, api, withClient(func(o *trustlyclient.Options) { o.RateLimit = rate })).as(auth.Support)
		b.get("/find?q=" + url.QueryEscape(q))
		if got := len(api.requests()); got > most {
			t.Errorf("find %q: got %d requests, want %d at most: %v", q, got, most, api.requests())
		}
	}
}

// What opens is asked for while the browser is on its way, by the very request that the record's page makes.
func TestFindReadsAhead(t *testing.T) {
	t.Parallel()
	for _, q := range []string{"900000000", "alone-1"} {
		api := findFake(t)
		b := open(t, api, withClient(func(o *trustlyclient.Options) { o.CacheFor = time.Minute }), patiently).as(auth.Support)
		families := func() (n int) {
			for _, r := range api.requests() {
				if r.query.Get("payment.paymentId") != "" && r.query.Get("sortOrder") == "asc" {
					n++
				}
			}
			return n
		}
		record := b.get("/find?q=" + q).want(http.StatusSeeOther).header.Get("Location")
		for limit := time.Now().Add(5 * time.Second); families() == 0 && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
		}
		if got := families(); got != 1 {
			t.Fatalf("find %s: before its page was asked for, the payment was asked for %d times, want once", q, got)
		}
		time.Sleep(20 * time.Millisecond) // the answer's way back
		b.get(record).want(http.StatusOK)
		if got := families(); got != 1 {
			t.Errorf("find %s: the payment was asked for %d times, want once: %v", q, got, api.requests())
		}
	}
}
