package handlers_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
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
	"trustlyportal/handlers"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// openSandbox is a portal over a ledger that holds still.
func openSandbox(t *testing.T, settings ...setting) (*portal, *trustlytest.Server) {
	t.Helper()
	sandbox := trustlytest.New(trustlytest.Options{Seed: 3, Rows: 1500, AccessID: fakeID, AccessKey: fakeKey, Now: func() time.Time { return testNow }})
	t.Cleanup(sandbox.Close)
	return open(t, sandbox, settings...), sandbox
}

// paste sends a list and returns the worksheet's address.
func (b *browser) paste(lines ...string) string {
	b.t.Helper()
	a := b.post("/find/list", url.Values{"list": {strings.Join(lines, "\r\n")}}).want(http.StatusSeeOther)
	href := a.header.Get("Location")
	if !regexp.MustCompile(`^/find/list/[A-Z2-7]{26}$`).MatchString(href) {
		b.t.Fatalf("got Location %q, want a worksheet's", href)
	}
	return href
}

// ended waits for a worksheet to end, as its page does.
func (b *browser) ended(href string) answer {
	b.t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		a := b.get(href, "HX-Request", "true").want(http.StatusOK)
		if a.doc().Find("#worksheet[data-running]").Length() == 0 {
			return b.get(href).want(http.StatusOK)
		}
	}
	b.t.Fatalf("%s does not end: %s", href, b.get(href).text())
	return answer{}
}

// verdicts are what a worksheet's page says of its entries: "Found", "Duplicate of line 3".
func verdicts(a answer) map[string]string {
	a.t.Helper()
	out := map[string]string{}
	a.doc().Find("table.worksheet tbody tr").Each(func(_ int, row *goquery.Selection) {
		cells := row.Children()
		out[words(cells.Eq(0))+" "+words(cells.Eq(1))] = words(cells.Eq(2))
	})
	return out
}

// The list that the issue asks for: 500 entries, 30 of them wrong, 10 double, IDs and references mixed. What each has to
// come to is worked out from the ledger itself.
func TestWorksheetNamesExactly(t *testing.T) {
	t.Parallel()
	p, sandbox := openSandbox(t)
	b := p.as(auth.Support)
	random := rand.New(rand.NewPCG(1, 2))
	records := sandbox.Records()
	random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })

	var lines []string
	seen := map[string]bool{}
	for i := 0; len(lines) < 460; i++ {
		r := records[i]
		if r.Payment.Customer == nil {
			continue
		}
		text := r.ID
		switch i % 8 {
		case 1:
			text = r.ProviderID
		case 3:
			text = r.Payment.MerchantReference
		case 5:
			text = r.Payment.ID
		case 7:
			text = r.Payment.Customer.ExternalID
		}
		if text == "" || seen[text] {
			continue
		}
		seen[text] = true
		lines = append(lines, text)
	}
	for i := range 30 {
		lines = append(lines, []string{fmt.Sprintf("99%08d", i), fmt.Sprintf("WRONG-%04d", i), fmt.Sprintf("ptx-wrong%04d-sbx", i)}[i%3])
	}
	random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	for i := range 10 {
		lines = append(lines, []string{"  #%s ", "\"%s\"", "%s"}[i%3])
		lines[len(lines)-1] = fmt.Sprintf(lines[len(lines)-1], lines[i*37])
	}
	want := map[string]string{}
	counts := map[string]int{}
	for i, line := range lines {
		verdict, text := ledgerVerdict(records, line), strings.TrimSpace(line)
		if i >= 490 {
			verdict = fmt.Sprintf("Duplicate of line %d", (i-490)*37+2)
			if text = strings.Trim(text, `"`); i%3 == 1 {
				text = strings.TrimSpace(text)
			}
		}
		want[fmt.Sprintf("%d %s", i+2, text)] = verdict
		counts[strings.Fields(verdict)[0]]++
	}
	if counts["Not"] != 30 || counts["Duplicate"] != 10 || counts["Ambiguous"] < 20 || counts["Found"] < 250 {
		t.Fatalf("the list is not what the test is for: %v", counts)
	}

	a := b.ended(b.paste(append([]string{"Transaction ID"}, lines...)...))
	if diff := cmp.Diff(want, verdicts(a)); diff != "" {
		t.Errorf("verdicts differ (-want +got):\n%s", diff)
	}
	summary := fmt.Sprintf("%d found, 30 not found, %d ambiguous and 10 duplicates", counts["Found"], counts["Ambiguous"])
	if got := words(a.doc().Find("#worksheet .lead")); got != summary {
		t.Errorf("got %q, want %q", got, summary)
	}
	for _, text := range []string{"Complete", "“Transaction ID” was taken for the column's heading", "List of 500 entries"} {
		if !strings.Contains(a.text(), text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	back := b.get("/transactions/"+records[0].ID, "Referer", b.url+a.href()+"?show=found").doc().Find("a[href='" + a.href() + "?show=found']")
	if got := words(back); got != "Pasted list" {
		t.Errorf("a record opened from the list leads back to %q, want the list", got)
	}
	// Each link leads to what it says.
	for href, n := range map[string]int{"missing": 30, "duplicates": 10, "ambiguous": counts["Ambiguous"], "found": counts["Found"]} {
		if got := verdicts(b.get(a.href() + "?show=" + href).want(http.StatusOK)); len(got) != n {
			t.Errorf("show=%s: got %d entries, want %d", href, len(got), n)
		}
	}
	checked := 0
	b.get(a.href() + "?show=ambiguous").doc().Find("table.worksheet tbody td a").EachWithBreak(func(_ int, link *goquery.Selection) bool {
		text := words(link)
		n := 0
		_, _ = fmt.Sscanf(text, "%d transaction", &n)
		if got := len(ids(b.pages(link.AttrOr("href", "")))); !strings.HasPrefix(text, "More") && got != n {
			t.Errorf("%s: got %d transactions behind the link", text, got)
		}
		checked++
		return checked < 5
	})
	if checked < 5 {
		t.Errorf("got %d links of ambiguous entries, want more", checked)
	}
	if log := p.log.String(); strings.Contains(log, records[0].ID) || strings.Contains(log, records[3].Payment.MerchantReference) || !strings.Contains(log, `"msg":"worksheet"`) {
		t.Error("the log names entries, or says nothing of the worksheet")
	}
}

// href is the address that was asked for, without its query.
func (a answer) href() string {
	_, path, _ := strings.Cut(a.request, " ")
	path, _, _ = strings.Cut(path, "?")
	return path
}

// ledgerVerdict is what an entry has to come to, by the ledger.
func ledgerVerdict(records []trustlytest.Record, text string) string {
	count := func(holds func(trustlytest.Record) bool) map[string]bool {
		found := map[string]bool{}
		for _, r := range records {
			if holds(r) {
				found[r.ID] = true
			}
		}
		return found
	}
	for _, holds := range []func(trustlytest.Record) bool{
		func(r trustlytest.Record) bool { return r.ID == text },
		func(r trustlytest.Record) bool { return r.Payment.ID == text },
		func(r trustlytest.Record) bool { return r.OriginalID == text },
		func(r trustlytest.Record) bool { return r.ProviderID == text },
		func(r trustlytest.Record) bool {
			return r.Payment.MerchantReference == text || r.Payment.Customer != nil && r.Payment.Customer.ExternalID == text
		},
	} {
		switch len(count(holds)) {
		case 0:
			continue
		case 1:
			return "Found"
		}
		return "Ambiguous"
	}
	return "Not found"
}

// What the API fails on is never told as not found, and asking again finds it.
func TestWorksheetTellsFailuresApart(t *testing.T) {
	t.Parallel()
	p, sandbox := openSandbox(t)
	b := p.as(auth.Finance)
	records := sandbox.Records()
	lines := []string{"9900000001", records[10].ID, "9900000002", records[20].ID, "WRONG-1", records[30].ProviderID, "203.0.113.7", "1.00676E+09", records[40].ID}
	// The second reading of one wrong ID, the only one of a record, the third of a reference.
	sandbox.SetFault(trustlytest.Fault{Status: http.StatusBadRequest, Code: 331, Match: func(r *http.Request) bool {
		return r.URL.Query().Get("payment.customer.externalId") == "9900000001" || strings.HasSuffix(r.URL.Path, records[20].ID) ||
			r.URL.Query().Get("paymentProviderTransaction.paymentProviderTransactionId") == "WRONG-1"
	}})
	a := b.ended(b.paste(lines...))
	unknown := "Could not be asked Trustly refused this request"
	want := map[string]string{
		"1 9900000001": unknown, "2 " + records[10].ID: "Found", "3 9900000002": "Not found", "4 " + records[20].ID: unknown, "5 WRONG-1": unknown, "6 " + records[30].ProviderID: "Found",
		"7 203.0.113.7": "Could not be asked It can't be an ID or a reference", "8 1.00676E+09": "Could not be asked A spreadsheet has shortened this number: its last digits are lost", "9 " + records[40].ID: "Found",
	}
	if diff := cmp.Diff(want, verdicts(a)); diff != "" {
		t.Errorf("verdicts differ (-want +got):\n%s", diff)
	}
	if got := words(a.doc().Find("#worksheet .lead")); got != "3 found, 1 not found and 5 could not be asked" {
		t.Errorf("got %q", got)
	}
	if got := words(a.doc().Find("#worksheet .head")); !strings.Contains(got, "Ended, 5 without an answer") || !strings.Contains(got, "Ask 3 entries again") {
		t.Errorf("got %q, want it to say that it is not complete, and to offer to ask what may bring an answer", got)
	}
	id := regexp.MustCompile(`Request ID of this run, for the portal's operator: ([A-Z2-7]{12})`).FindStringSubmatch(a.text())
	if id == nil || !strings.Contains(p.log.String(), id[1]) {
		t.Errorf("got the request ID %v, want one that the log has", id)
	}
	sandbox.ClearFaults()
	b.post(a.href()+"/retry", url.Values{}).want(http.StatusSeeOther)
	a = b.ended(a.href())
	maps.Copy(want, map[string]string{"1 9900000001": "Not found", "4 " + records[20].ID: "Found", "5 WRONG-1": "Not found"})
	if diff := cmp.Diff(want, verdicts(a)); diff != "" {
		t.Errorf("after asking again verdicts differ (-want +got):\n%s", diff)
	}
}

// An API that refuses the portal's access, or is down, is not asked 500 times in vain.
func TestWorksheetStops(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		why    string
	}{{http.StatusUnauthorized, "Trustly refused the portal's access"}, {http.StatusBadRequest, "8 entries in a row could not be asked"}} {
		p, sandbox := openSandbox(t)
		b := p.as(auth.Support)
		var lines []string
		for _, r := range sandbox.Records()[:60] {
			lines = append(lines, r.ID)
		}
		sandbox.SetFault(trustlytest.Fault{Status: c.status, Code: 331})
		a := b.ended(b.paste(lines...))
		if !strings.Contains(a.text(), c.why) || !strings.Contains(a.text(), "Stopped") || !strings.Contains(a.text(), "0 not found") {
			t.Errorf("%d: got %q, want it to say %q", c.status, a.text(), c.why)
		}
		if n := len(sandbox.Requests()); n > 16 {
			t.Errorf("%d: got %d requests, want it to stop", c.status, n)
		}
		sandbox.ClearFaults()
		b.post(a.href()+"/retry", url.Values{}).want(http.StatusSeeOther)
		if got := words(b.ended(a.href()).doc().Find("#worksheet .lead")); got != "60 found and 0 not found" {
			t.Errorf("%d: after asking again got %q", c.status, got)
		}
	}
}

// atLeisure makes the sandbox take its time until it is let go.
func atLeisure(sandbox *trustlytest.Server) {
	sandbox.SetFault(trustlytest.Fault{Delay: 30 * time.Millisecond})
}

// until waits for a worksheet to have so many verdicts.
func (b *browser) until(href string, n int) {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		asked := 0
		_, _ = fmt.Sscanf(words(b.get(href).doc().Find("label[for=progress]")), "%d of", &asked)
		if asked >= n {
			return
		}
	}
	b.t.Fatalf("%s gets no further: %s", href, b.get(href).text())
}

// Another process goes on where this one stopped: at once when it stopped in good order, when the lease has run out
// when it died. No entry is asked twice.
func TestWorksheetOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	p, sandbox := openSandbox(t)
	atLeisure(sandbox)
	b := p.as(auth.Support)
	var lines []string
	for _, r := range sandbox.Records()[:200] {
		lines = append(lines, r.ID)
	}
	href := b.paste(lines...)
	b.until(href, 20)
	next := p.again()
	row, err := p.db.Worksheet(t.Context(), strings.TrimPrefix(href, "/find/list/"), 1, testNow)
	if err != nil || row.State != store.WorksheetRunning || row.Asked < 20 || row.Asked == 200 || row.LeaseUntil.After(testNow) {
		t.Fatalf("stopped: got %q with %d asked and the lease until %v, %v, want it running, with the lease given back", row.State, row.Asked, row.LeaseUntil, err)
	}
	if strings.Contains(string(row.Body), lines[0]) || strings.Contains(string(row.Body), "entries") {
		t.Error("the database holds the list in clear")
	}
	before := row.Asked
	sandbox.ClearFaults()
	b.url = next.url
	sandbox.ResetRequests()
	a := b.ended(href)
	if got := words(a.doc().Find("#worksheet .lead")); got != "200 found and 0 not found" {
		t.Errorf("after the restart: got %q", got)
	}
	// Of the one that stopped, the four under way may come late, and are asked again.
	requests := sandbox.Requests()
	asked := map[string]bool{}
	for _, r := range requests {
		asked[r.URL.String()] = true
	}
	if len(asked) != 200-before || len(requests) > 200-before+4 {
		t.Errorf("after the restart: got %d requests for %d entries, want one for each of the %d that were left", len(requests), len(asked), 200-before)
	}

	// As if the process had died: its lease is not given back.
	sandbox.SetFault(trustlytest.Fault{Kind: trustlytest.FaultHang})
	sandbox.ResetRequests()
	href = b.paste(lines...)
	id := strings.TrimPrefix(href, "/find/list/")
	for len(sandbox.Requests()) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	last := next.again() // gives it back; somebody else takes it, and dies
	if _, _, err := p.db.TakeWorksheet(t.Context(), id, "the dead", testNow, testNow.Add(30*time.Second)); err != nil {
		t.Fatal(err)
	}
	b.url = last.url
	sandbox.ClearFaults()
	b.get(href)
	time.Sleep(100 * time.Millisecond)
	if row, err := p.db.Worksheet(t.Context(), id, 1, testNow); err != nil || row.Asked != 0 {
		t.Errorf("while the lease lasts: got %d asked, %v, want none", row.Asked, err)
	}
	p.clock.advance(31 * time.Second)
	if got := words(b.ended(href).doc().Find("#worksheet .lead")); got != "200 found and 0 not found" {
		t.Errorf("after the lease ran out: got %q", got)
	}
}

func TestWorksheetIsItsOwners(t *testing.T) {
	t.Parallel()
	p, sandbox := openSandbox(t)
	b, other := p.as(auth.Support), p.as(auth.Admin)
	id := sandbox.Records()[5].ID
	href := b.paste(id)
	b.ended(href)
	for _, do := range []func() answer{
		func() answer { return other.get(href) },
		func() answer { return other.get(href + "/worksheet.csv") },
		func() answer { return other.post(href+"/cancel", url.Values{}) },
		func() answer { return other.post(href+"/retry", url.Values{}) },
		func() answer { return other.post(href+"/delete", url.Values{}) },
		func() answer { return b.get("/find/list/AAAAAAAAAAAAAAAAAAAAAAAAAA") },
	} {
		if a := do().want(http.StatusNotFound); !strings.Contains(a.text(), "No such list") || strings.Contains(a.body, id) {
			t.Errorf("%s: got %q, want no such list", a.request, a.text())
		}
	}
	if strings.Contains(other.get("/find/list").body, href) || !strings.Contains(b.get("/find/list").body, href) {
		t.Error("the form lists another's worksheets, or not one's own")
	}
	b.get(href).want(http.StatusOK)
	b.get(href + "?show=nonsense").want(http.StatusSeeOther)
	b.post(href+"/delete", url.Values{}).want(http.StatusSeeOther)
	if a := b.get("/find/list"); !strings.Contains(a.text(), "The list was deleted") || strings.Contains(a.body, href) {
		t.Error("the form does not say that the list was deleted, or lists it still")
	}
	b.get(href).want(http.StatusNotFound)
	href = b.paste(id)
	p.clock.advance(24*time.Hour - auth.IdleLimit/2)
	again := p.as(auth.Support)
	again.get(href).want(http.StatusOK)
	p.clock.advance(auth.IdleLimit / 2)
	again.get(href).want(http.StatusNotFound)
}

// Canceling keeps what is known and stops the asking; so do losing the account, and deleting.
func TestWorksheetStopsForItsOwner(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(p *portal, b *browser, href string){
		"cancel": func(_ *portal, b *browser, href string) {
			b.post(href+"/cancel", url.Values{}).want(http.StatusSeeOther)
		},
		"delete": func(_ *portal, b *browser, href string) {
			b.post(href+"/delete", url.Values{}).want(http.StatusSeeOther)
		},
		"delete elsewhere": func(p *portal, _ *browser, href string) {
			if err := p.db.DeleteWorksheet(p.t.Context(), strings.TrimPrefix(href, "/find/list/"), 1); err != nil {
				p.t.Fatal(err)
			}
		},
		"cancel elsewhere": func(p *portal, _ *browser, href string) {
			if err := p.db.CancelWorksheet(p.t.Context(), strings.TrimPrefix(href, "/find/list/"), 1, testNow); err != nil {
				p.t.Fatal(err)
			}
		},
		"disable": func(p *portal, _ *browser, _ string) {
			if err := p.db.SetDisabled(p.t.Context(), 1, true); err != nil {
				p.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, sandbox := openSandbox(t, withClient(func(o *trustlyclient.Options) { o.RateLimit = 40 }))
			b := p.as(auth.Support)
			var lines []string
			for _, r := range sandbox.Records()[:400] {
				lines = append(lines, r.ID)
			}
			href := b.paste(lines...)
			b.until(href, 5)
			do(p, b, href)
			time.Sleep(1500 * time.Millisecond) // the next save sees it
			n := len(sandbox.Requests())
			time.Sleep(300 * time.Millisecond)
			if again := len(sandbox.Requests()); again != n || n >= 200 {
				t.Fatalf("got %d requests, then %d, want none after the end", n, again)
			}
			if name == "disable" {
				if err := p.db.SetDisabled(t.Context(), 1, false); err != nil {
					t.Fatal(err)
				}
				b = p.as(auth.Support)
			}
			if strings.HasPrefix(name, "delete") {
				b.get(href).want(http.StatusNotFound)
				return
			}
			a := b.get(href).want(http.StatusOK)
			found, left := 0, 0
			_, _ = fmt.Sscanf(words(a.doc().Find("#worksheet .lead")), "%d found, 0 not found and %d not asked yet", &found, &left)
			if found < 5 || found+left != 400 || found > n {
				t.Errorf("got %q after %d requests", words(a.doc().Find("#worksheet .lead")), n)
			}
			if want := map[string]string{"cancel": "Canceled", "cancel elsewhere": "Canceled", "disable": "The account may not search any more."}[name]; !strings.Contains(a.text(), want) {
				t.Errorf("got %q, want it to say %q", a.text(), want)
			}
			lines = nil
			for _, line := range readCSV(t, b.get(href+"/worksheet.csv").want(http.StatusOK))[1:] {
				lines = append(lines, line[2])
			}
			if got := len(slices.DeleteFunc(lines, func(s string) bool { return s != "not asked yet" })); got != left {
				t.Errorf("CSV: got %d lines not asked yet, want %d", got, left)
			}
		})
	}
}

func TestWorksheetCSV(t *testing.T) {
	t.Parallel()
	p, _ := openSandbox(t)
	b := p.as(auth.Support)
	b.post("/account/preferences", url.Values{"tz": {"America/New_York"}}).want(http.StatusSeeOther)
	a := b.ended(b.paste("Payment ID", "1006755981", "1006755980", "=1+1", "#1006755981", "12345678901234567890"))
	file := b.get(a.href() + "/worksheet.csv").want(http.StatusOK)
	lines, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	none := "no merchant reference, customer external ID or provider transaction ID"
	want := [][]string{
		{"line", "pasted", "verdict", "read as", "transaction IDs", "count", "status", "type", "amount", "currency", "created (America/New_York)", "note"},
		{"2", "1006755981", "found", "transaction ID", "1006755981", "1", "", "", "", "", "", ""},
		{"3", "1006755980", "", "", "", "", "", "", "", "", "", ""},
		{"4", "'=1+1", "not found", none, "", "0", "", "", "", "", "", ""},
		{"5", "#1006755981", "duplicate", "transaction ID", "1006755981", "", "", "", "", "", "", "duplicate of line 2"},
		{"6", "12345678901234567890", "not found", "no merchant reference, provider transaction ID or customer external ID", "", "0", "", "", "", "", "", ""},
	}
	for i, line := range lines {
		if line[2] == "found" || line[2] == "duplicate" {
			if line[6] == "" || line[7] == "" || !regexp.MustCompile(`^\d+\.\d\d$`).MatchString(line[8]) || line[9] != "USD" || !regexp.MustCompile(`^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[45]:00$`).MatchString(line[10]) {
				t.Errorf("line %d: got %q, want status, type, amount, currency and time", i, line)
			}
			clear(line[6:11])
		}
		if i == 2 { // the sample's payment; its verdict is the ledger's to say
			continue
		}
		if diff := cmp.Diff(want[i], line); diff != "" {
			t.Errorf("line %d differs (-want +got):\n%s", i, diff)
		}
	}
	if got := file.header.Get("Content-Disposition"); !regexp.MustCompile(`^attachment; filename=list-test-20261120-070000\.csv$`).MatchString(got) {
		t.Errorf("got Content-Disposition %q", got)
	}
}

func TestPasteIsRefusedWithoutLoss(t *testing.T) {
	t.Parallel()
	p, sandbox := openSandbox(t)
	b := p.as(auth.Support)
	for _, c := range []struct {
		list, says string
		status     int
	}{
		{"", "There is nothing to look up", 422},
		{" \r\n ,;\t", "There is nothing to look up", 422},
		{"Transaction ID\r\n", "only a column's heading", 422},
		{strings.Repeat("A1\r\n", 501), "The list has 501 entries, and at most 500", 422},
		{strings.Repeat("x", 600<<10), "larger than 512 kB", 413},
	} {
		a := b.post("/find/list", url.Values{"list": {c.list}}).want(c.status)
		field := a.doc().Find("textarea[name=list]")
		if got := words(a.doc().Find("[role=alert]")); !strings.Contains(got, c.says) || field.AttrOr("aria-invalid", "") != "true" {
			t.Errorf("%.20q: got %q, want %q at the field", c.list, got, c.says)
		}
		if got := field.Text(); c.status == 422 && strings.ReplaceAll(strings.TrimPrefix(got, "\n"), "\r", "") != strings.ReplaceAll(c.list, "\r", "") {
			t.Errorf("%.20q: got %.20q filled in, want what was pasted", c.list, got)
		}
	}
	if n := len(sandbox.Requests()); n > 0 {
		t.Errorf("got %d requests, want none", n)
	}
	// A fourth list at once is refused, too.
	sandbox.SetFault(trustlytest.Fault{Kind: trustlytest.FaultHang})
	var hrefs []string
	for range 3 {
		hrefs = append(hrefs, b.paste("1006755981"))
	}
	a := b.post("/find/list", url.Values{"list": {"A1"}}).want(http.StatusUnprocessableEntity)
	if !strings.Contains(a.text(), "3 of your lists are being looked up already") {
		t.Errorf("a fourth list: got %q", a.text())
	}
	sandbox.ClearFaults()
	b.post(hrefs[0]+"/cancel", url.Values{}).want(http.StatusSeeOther)
	b.post(hrefs[1]+"/cancel", url.Values{}).want(http.StatusSeeOther)
	b.ended(hrefs[2])
}

// A running worksheet's page goes on by itself, with scripts and without; an ended one holds still.
func TestWorksheetFollows(t *testing.T) {
	t.Parallel()
	p, sandbox := openSandbox(t, func(c *handlers.Config, _ *trustlyclient.Options) { c.RequestsPerSecond = 5 })
	b := p.as(auth.Support)
	if a := b.get("/find/list"); !strings.Contains(a.text(), "at 5 a second: a full list takes a minute to 8 minutes") {
		t.Errorf("the form: got %q, want its price", a.text())
	}
	sandbox.SetFault(trustlytest.Fault{Kind: trustlytest.FaultHang})
	href := b.paste("1006755981", "A-1X", "A-1X")
	a := b.get(href)
	refresh := func(a answer) bool {
		return strings.Contains(a.body, `<noscript><meta http-equiv="refresh" content="3"></noscript>`)
	}
	if !refresh(a) || a.doc().Find("#worksheet[data-running]").Length() != 1 || a.doc().Find("progress").AttrOr("value", "") != "1" {
		t.Errorf("running: got %q, want it to follow", a.text())
	}
	if !strings.Contains(a.text(), "At most 8 more requests, up to a second.") {
		t.Errorf("running: got %q, want the price", a.text())
	}
	fragment := b.get(href, "HX-Request", "true")
	if strings.Contains(fragment.body, "<html") || fragment.doc().Find("title").Length() != 1 {
		t.Error("the fragment is a whole page, or has no title")
	}
	sandbox.ClearFaults()
	b.post(href+"/cancel", url.Values{}).want(http.StatusSeeOther)
	a = b.ended(href)
	if refresh(a) || a.doc().Find("[data-running], progress").Length() > 0 || !strings.Contains(a.doc().Find("#worksheet").AttrOr("data-say", ""), "Canceled: ") {
		t.Errorf("ended: got %q, want it to hold still", a.text())
	}
}
