package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/handlers"
	"trustlyportal/store"
)

const exportQuery = "createdAt.start=2026-10-01&createdAt.end=2026-11-20&tz=America/New_York"

// order starts an export as the form does, and returns its page's address.
func (b *browser) order(query string, more ...string) string {
	b.t.Helper()
	form := url.Values{"query": {query}, "format": {"csv"}, "columns": {"shown"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	a := b.post("/exports", form).want(http.StatusSeeOther)
	href := a.header.Get("Location")
	if !regexp.MustCompile(`^/exports/[A-Z2-7]{26}$`).MatchString(href) {
		b.t.Fatalf("got the location %q, want an export's page", href)
	}
	return href
}

// until waits for an export's page to say so.
func (b *browser) becomes(href, state string) answer {
	b.t.Helper()
	var a answer
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		a = b.get(href).want(http.StatusOK)
		got := words(a.doc().Find("#export .head .status"))
		if got == state {
			return a
		}
		if _, under := a.doc().Find("#export").Attr("data-running"); !under {
			break
		}
	}
	b.t.Fatalf("%s: got %.300s, want it %s", href, a.text(), state)
	return a
}

// files are the downloads that the page offers, by their endings.
func files(a answer) map[string]string {
	found := map[string]string{}
	for _, link := range a.doc().Find(".export-files a[download]").EachIter() {
		href := link.AttrOr("href", "")
		ending := path.Ext(href)
		if strings.HasSuffix(href, ".receipt.json") {
			ending = ".receipt.json"
		}
		found[ending] = href
	}
	return found
}

// An export from the form to its files: each format holds by its receipt and says the same digest, the page tells what
// the receipt says, and all of it is on record.
func TestExportFromFormToFile(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(71, 530, time.Millisecond)), withBaseURL("https://portal.example"))
	b := p.as(auth.Finance)
	list := b.get("/transactions?" + exportQuery).want(http.StatusOK).doc()
	href := list.Find("a[data-dialog=export]").AttrOr("href", "")
	if href != "/exports/new?"+exportQuery {
		t.Fatalf("got the link %q, want the form of the same view", href)
	}
	form := b.get(href).want(http.StatusOK).doc().Find("form.export-form")
	values := url.Values{}
	for _, input := range form.Find("input[type=hidden], input[checked]").EachIter() {
		values.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	}
	a := b.post(form.AttrOr("action", ""), values).want(http.StatusSeeOther)
	page := b.becomes(a.header.Get("Location"), "Complete")

	dir := t.TempDir()
	save := func(href string) string {
		a := b.get(href).want(http.StatusOK)
		name := filepath.Join(dir, path.Base(href))
		if err := os.WriteFile(name, []byte(a.body), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := a.header.Get("Content-Disposition"); got != `attachment; filename="`+path.Base(href)+`"` {
			t.Errorf("%s: got Content-Disposition %q, want its name", href, got)
		}
		return name
	}
	links := files(page)
	f, err := os.Open(save(links[".receipt.json"]))
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := export.ReadReceipt(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if receipt.Rows != 530 || receipt.By != "finance@example.com" || receipt.Source != "TEST" || !strings.HasPrefix(receipt.URL, "https://portal.example/transactions?") {
		t.Errorf("got the receipt %+v, want 530 rows, who, where from and a link", receipt)
	}
	for _, format := range export.Formats() {
		href := links["."+format.Extension]
		if base := strings.TrimSuffix(links[".receipt.json"], ".receipt.json"); strings.TrimSuffix(href, "."+format.Extension) != base {
			t.Errorf("got the names %s and %s.receipt.json, want one base", href, base)
		}
		if _, err := export.Verify(save(href), receipt, "test"); err != nil {
			t.Errorf("%s: got %v, want it to hold", format.Name, err)
		}
		a := b.get(href, "Range", "bytes=0-9").want(http.StatusOK)
		if a.trailer.Get("Export-Rows") != "530" || a.trailer.Get("Export-Rows-Sha256") != receipt.Digest || !strings.HasPrefix(a.trailer.Get("Content-Digest"), "sha-256=:") || a.header.Get("Accept-Ranges") != "none" {
			t.Errorf("%s: got the trailers %v and headers %v, want rows, digests, and no ranges", format.Name, a.trailer, a.header)
		}
	}
	inside, err := export.ReceiptIn(filepath.Join(dir, path.Base(links[".xlsx"])))
	if err != nil || inside.Digest != receipt.Digest || inside.By != receipt.By {
		t.Errorf("got the workbook's receipt %+v and error %v, want the same", inside, err)
	}

	text := words(page.doc().Find("#export"))
	for _, want := range []string{"530", receipt.Digest, receipt.URL, receipt.First.ID, receipt.Last.ID, "finance@example.com", "Kept until Nov 27", "Personal datamasked"} {
		if !strings.Contains(text, want) {
			t.Errorf("got the page without %q:\n%s", want, text)
		}
	}
	if got := page.doc().Find(".export-totals tbody tr").Length(); got != len(receipt.Totals) {
		t.Errorf("got %d totals on the page, want the receipt's %d", got, len(receipt.Totals))
	}
	wantActs(t, p, "finance@example.com", map[audit.Action]int{audit.Export: 1, audit.Collect: 1, audit.Download: 7})
	if listed := words(b.get("/exports").want(http.StatusOK).doc().Find("table.exports tbody")); !strings.Contains(listed, "Complete530 rows") || !strings.Contains(listed, "XLSXReceipt") {
		t.Errorf("got the list %q, want the export with its files", listed)
	}
}

// wantActs counts what somebody's acts of some kinds are on record.
func wantActs(t *testing.T, p *portal, user string, want map[audit.Action]int) {
	t.Helper()
	records, err := p.db.AuditPage(t.Context(), audit.Filter{}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	got := map[audit.Action]int{}
	for _, r := range records {
		if r.User == user && r.Result == audit.Allowed {
			got[r.Action]++
		}
	}
	for action, n := range want {
		if got[action] != n {
			t.Errorf("got %d records of %s by %s, want %d", got[action], action, user, n)
		}
	}
}

// Nobody but its owner finds an export, whatever they may otherwise.
func TestExportsAreTheirOwners(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(72, 12, time.Millisecond)))
	b, other := p.as(auth.Finance), p.as(auth.Admin)
	href := b.order(exportQuery)
	page := b.becomes(href, "Complete")
	for _, link := range files(page) {
		other.get(link).want(http.StatusNotFound)
	}
	other.get(href).want(http.StatusNotFound)
	for _, do := range []string{"/cancel", "/delete", "/changes"} {
		other.post(href+do, url.Values{"format": {"csv"}}).want(http.StatusNotFound)
	}
	if other.get("/exports").want(http.StatusOK).doc().Find("table.exports").Length() != 0 {
		t.Error("got somebody else's export in the list, want an empty one")
	}
	b.get(href).want(http.StatusOK)
	b.get(href + "/transactions.pdf").want(http.StatusNotFound)
	b.get(href + "/anything.csv").want(http.StatusOK)
}

// Who lost the permission can't download what was exported before, a disabled account is signed out, and what was read in
// clear is for those who may still see it.
func TestDownloadAsksForThePermissionAnew(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(73, 12, time.Millisecond)))
	b := p.as(auth.Admin)
	p.addUser("other@example.com", auth.Admin)
	masked, shown := b.order(exportQuery), b.inClear(exportQuery, "for the auditors")
	user, err := p.db.UserByEmail(t.Context(), "admin@example.com")
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for _, href := range []string{masked, shown} {
		links = append(links, files(b.becomes(href, "Complete"))[".csv"])
	}
	if a := b.get(links[1]).want(http.StatusOK); !strings.Contains(a.header.Get("Content-Disposition"), "personal-data-in-clear") {
		t.Errorf("got %q, want a name that says what is in the file", a.header.Get("Content-Disposition"))
	}
	for _, tt := range []struct {
		role          auth.Role
		masked, shown int
	}{{auth.Finance, http.StatusOK, http.StatusForbidden}, {auth.Support, http.StatusForbidden, http.StatusForbidden}} {
		if err := p.db.SetRole(t.Context(), user.ID, tt.role); err != nil {
			t.Fatal(err)
		}
		b := p.signIn("admin@example.com")
		b.get(links[0]).want(tt.masked)
		b.get(links[1]).want(tt.shown)
	}
	b.get(links[0]).want(http.StatusSeeOther)
}

// inClear starts an export of personal data.
func (b *browser) inClear(query, reason string) string {
	b.t.Helper()
	return b.post("/exports/in-clear", url.Values{"query": {query}, "format": {"csv"}, "columns": {"shown"}, "reason": {reason}}).want(http.StatusSeeOther).header.Get("Location")
}

// Personal data in clear takes the permission and a reason, which is on record; the form without them is filled in again.
func TestExportInClear(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(74, 12, time.Millisecond)))
	b, finance := p.as(auth.Admin), p.as(auth.Finance)
	const columns = "&columns=transactionId,payment.account.accountNumber,payment.customer.email"
	finance.get("/exports/in-clear?" + exportQuery).want(http.StatusForbidden)
	finance.post("/exports/in-clear", url.Values{"query": {exportQuery}, "format": {"csv"}, "columns": {"shown"}, "reason": {"so"}}).want(http.StatusForbidden)
	if n := finance.get("/exports/new?" + exportQuery).doc().Find("a[href*='in-clear']").Length(); n != 0 {
		t.Errorf("finance: got %d links to exports in clear, want none", n)
	}
	if got := b.get("/exports/new?"+exportQuery).doc().Find("a[href*='in-clear']").AttrOr("href", ""); got != "/exports/in-clear?"+exportQuery {
		t.Errorf("admin: got the link %q, want the form for it", got)
	}
	refused := b.post("/exports/in-clear", url.Values{"query": {exportQuery + columns}, "format": {"jsonl"}, "columns": {"all"}, "bom": {"1"}, "reason": {" \t "}}).want(http.StatusUnprocessableEntity)
	form := refused.doc().Find("form.export-form")
	if form.Find("[role=alert]").Length() != 1 || form.Find("input[value=jsonl][checked], input[value=all][checked], input[name=bom][checked]").Length() != 3 || form.Find(".field-error").Length() != 1 {
		t.Errorf("got the form %s, want it filled in again with the error", words(form))
	}
	b.post("/exports/in-clear", url.Values{"query": {exportQuery}, "format": {"csv"}, "columns": {"shown"}, "reason": {strings.Repeat("x", 201)}}).want(http.StatusUnprocessableEntity)
	page := b.becomes(b.inClear(exportQuery+columns, "asked for by the auditors"), "Complete")
	if a := b.get(files(page)[".csv"]).want(http.StatusOK); !regexp.MustCompile(`,70\d\d,customer\d+@example\.com\r`).MatchString(a.body) {
		t.Errorf("got %.200s, want account numbers and addresses in clear", a.body)
	}
	changes := b.post(page.doc().Find(".export-changes form").AttrOr("action", ""), url.Values{"format": {"csv"}}).want(http.StatusSeeOther).header.Get("Location")
	if text := b.becomes(changes, "Complete").text(); !strings.Contains(text, "Personal datamasked") {
		t.Errorf("changes of an export in clear: got %.300s, want them masked", text)
	}
	if a := b.get(files(b.becomes(b.order(exportQuery+columns), "Complete"))[".csv"]).want(http.StatusOK); !strings.Contains(a.body, ",••70") || regexp.MustCompile(`customer[0-9]`).MatchString(a.body) {
		t.Errorf("got %.200s, want addresses masked", a.body)
	}
	records, err := p.db.AuditPage(t.Context(), audit.Filter{}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(records, func(r audit.Record) bool {
		return r.Action == audit.Export && r.Reason == "asked for by the auditors" && strings.Contains(r.Detail, "in clear")
	}) {
		t.Error("got no record of the export in clear with its reason")
	}
}

// Each state says what it is and what to do, and offers a download only when complete.
func TestExportStates(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(75, 430, time.Millisecond))
	hold := make(chan struct{})
	api.set(func(f *fakeAPI) {
		f.instead = func(n int, _ http.ResponseWriter, r *http.Request) bool {
			if n > 2 {
				select {
				case <-hold:
				case <-r.Context().Done():
				}
			}
			return false
		}
	})
	p := open(t, api)
	b := p.as(auth.Finance)
	if text := b.get("/exports").want(http.StatusOK).text(); !strings.Contains(text, "No exports") || !strings.Contains(text, "Go to the list") {
		t.Errorf("no exports: got %q, want it explained", text)
	}
	running := b.order(exportQuery)
	a := b.becomes(running, "Reading")
	if a.doc().Find("#export[data-running] progress").Length() != 1 || !strings.Contains(a.body, `<noscript><a href="`+running+`">`) || a.doc().Find("form[action$='/cancel']").Length() != 1 {
		t.Errorf("running: got %s, want its progress, a link to look again, and a way to cancel", a.text())
	}
	if f := b.get(running, "HX-Request", "true").want(http.StatusOK); f.doc().Find("header.top").Length() != 0 || f.doc().Find("title").Length() != 1 {
		t.Error("running, to htmx: got a whole page, want the region with a title")
	}
	b.becomes(b.order(exportQuery, "format", "xlsx"), "Reading") // else the next one might be taken up before it
	queued := b.order(exportQuery)
	if text := b.becomes(queued, "Waiting for its turn").text(); !strings.Contains(text, "Next in the queue") {
		t.Errorf("queued: got %q, want its place", text)
	}
	for range 2 {
		b.order(exportQuery)
	}
	full := b.post("/exports", url.Values{"query": {exportQuery}, "format": {"csv"}, "columns": {"shown"}}).want(http.StatusUnprocessableEntity)
	if text := full.text(); !strings.Contains(text, "as many as one may have") || full.doc().Find("input[name=query]").AttrOr("value", "") != exportQuery {
		t.Errorf("too many: got %q, want it said, and the form again", text)
	}
	nothing := func(state string, a answer, texts ...string) {
		t.Helper()
		if n := a.doc().Find(".export-files").Length(); n != 0 {
			t.Errorf("%s: got something to download", state)
		}
		if _, running := a.doc().Find("#export").Attr("data-running"); running {
			t.Errorf("%s: got a page that asks again", state)
		}
		for _, text := range texts {
			if !strings.Contains(a.text(), text) {
				t.Errorf("%s: got %q, want %q in it", state, a.text(), text)
			}
		}
		for _, ending := range []string{".csv", ".xlsx", ".jsonl"} {
			b.get(running + "/x" + ending).want(http.StatusNotFound)
		}
	}
	b.post(running+"/cancel", nil).want(http.StatusSeeOther)
	nothing("canceled", b.becomes(running, "Canceled"), "You canceled this export", "Export again")
	b.get(running + "/x.receipt.json").want(http.StatusNotFound)
	close(hold)

	complete := b.becomes(queued, "Complete")
	p.clock.advance(8 * 24 * time.Hour)
	running = queued
	nothing("expired", b.signedInAgain(p).becomes(queued, "Expired"), "its time was over", "Export again", "SHA-256")
	b.get(files(complete)[".receipt.json"]).want(http.StatusOK)

	b.post(queued+"/delete", nil).want(http.StatusSeeOther)
	b.get(queued).want(http.StatusNotFound)
}

// signedInAgain takes a new session for a browser whose own is over.
func (b *browser) signedInAgain(p *portal) *browser {
	b.t.Helper()
	*b = *p.signIn("finance@example.com")
	return b
}

// An export that Trustly does not allow says so, with the id of its request, and there is nothing to download.
func TestExportThatFails(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(76, 430, time.Millisecond))
	p := open(t, api)
	b := p.as(auth.Finance)
	api.set(func(f *fakeAPI) {
		f.instead = func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n > 2 {
				refuse(w, http.StatusUnauthorized, 100, "No access")
				return true
			}
			return false
		}
	})
	href := b.order(exportQuery)
	a := b.becomes(href, "Failed")
	if text := a.text(); !strings.Contains(text, "Trustly refused the portal’s access") || !regexp.MustCompile(`Request ID of this export: [A-Z2-7]{12}`).MatchString(text) || a.doc().Find(".export-files").Length() != 0 {
		t.Errorf("got %q, want what failed, a request id and no download", text)
	}
	b.get(href + "/x.csv").want(http.StatusNotFound)
	if again := a.doc().Find("a[href^='/exports/new']").AttrOr("href", ""); again != "/exports/new?"+exportQuery {
		t.Errorf("got the way on %q, want the form of the same view", again)
	}
}

type kept = handlers.Exports

// keptRows is a database whose parts can be made to fail.
type keptRows struct {
	kept
	change atomic.Pointer[func(n int64, body []byte) ([]byte, error)] // the n-th reading of a part
	reads  atomic.Int64
	fewer  atomic.Int64 // parts at the end that nobody knows of
	on     atomic.Bool
}

// Export forgets the last part, as if it had never been there.
func (k *keptRows) Export(ctx context.Context, id string, userID int64) (store.ExportJob, error) {
	job, err := k.kept.Export(ctx, id, userID)
	job.Parts -= int(k.fewer.Load())
	return job, err
}

func (k *keptRows) ExportPart(ctx context.Context, id string, part int) ([]byte, error) {
	body, err := k.kept.ExportPart(ctx, id, part)
	if err == nil && k.on.Load() {
		return (*k.change.Load())(k.reads.Add(1), body)
	}
	return body, err
}

// A download from kept rows is whole or none: whichever part is missing, damaged, or another's, at whichever reading,
// an error page comes or the connection breaks, and what came is no whole file.
func TestDamagedExportsAreNotDownloaded(t *testing.T) {
	t.Parallel()
	rows := &keptRows{}
	p := open(t, newFake(t, madeUp(77, 2600, time.Millisecond)))
	rows.kept = p.db
	p.stop()
	p.config.Exports = rows
	p.serve()
	b := p.as(auth.Finance)
	href := b.order(exportQuery)
	links := files(b.becomes(href, "Complete"))
	jobs, err := p.db.Exports(t.Context(), 1)
	if err != nil || len(jobs) != 1 || jobs[0].Parts < 3 {
		t.Fatalf("got the jobs %+v and error %v, want one of several parts", jobs, err)
	}
	parts := int64(jobs[0].Parts)
	damages := map[string]func(body, other []byte) ([]byte, error){
		"missing": func([]byte, []byte) ([]byte, error) { return nil, store.ErrNotFound },
		"damaged": func(body, _ []byte) ([]byte, error) {
			return append(slices.Clone(body[:len(body)-1]), body[len(body)-1]^1), nil
		},
		"cut":            func(body, _ []byte) ([]byte, error) { return body[:len(body)/2], nil },
		"another's":      func(_, other []byte) ([]byte, error) { return other, nil },
		"empty":          func([]byte, []byte) ([]byte, error) { return nil, nil },
		"the disk fails": func([]byte, []byte) ([]byte, error) { return nil, errors.New("input/output error") },
	}
	as := func(_ int64, body []byte) ([]byte, error) { return body, nil }
	rows.change.Store(&as)
	rows.on.Store(true)
	whole := map[string]string{}
	for ending, link := range links {
		whole[ending] = b.get(link).want(http.StatusOK).body
	}
	names := slices.Sorted(maps.Keys(damages))
	for n := range 2 * parts { // the rows are read twice
		for k := range int64(2) {
			name, format := names[(3*k+n)%int64(len(names))], export.Formats()[(n+k)%int64(len(export.Formats()))]
			rows.reads.Store(0)
			var last []byte
			change := func(i int64, body []byte) ([]byte, error) {
				other := last
				last = body
				if i == n+1 {
					return damages[name](body, other)
				}
				return body, nil
			}
			rows.change.Store(&change)
			a, err := b.try(http.MethodGet, links["."+format.Extension], nil)
			what := fmt.Sprintf("%s, reading %d of %d, %s", name, n+1, 2*parts, format.Name)
			switch {
			case n < parts && (err != nil || a.status != http.StatusInternalServerError):
				t.Errorf("%s: got status %d and error %v, want an error page", what, a.status, err)
			case n >= parts && err == nil && a.err == nil && a.status == http.StatusOK:
				t.Errorf("%s: got a download that looks whole", what)
			case a.status == http.StatusOK && (a.trailer.Get("Export-Rows") != "" || a.body == whole["."+format.Extension]):
				t.Errorf("%s: got the trailers or all of the file, want it cut", what)
			}
		}
	}
	rows.change.Store(&as)
	for rows.fewer.Store(1); rows.fewer.Load() < parts; rows.fewer.Add(1) {
		b.get(links[".csv"]).want(http.StatusInternalServerError)
	}
	wantActs(t, p, "finance@example.com", map[audit.Action]int{audit.Export: 1})
}

// A download that its reader cuts at any point has no trailers and is no whole file.
func TestCutDownloadOfAnExport(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(78, 300, time.Millisecond)))
	b := p.as(auth.Finance)
	links := files(b.becomes(b.order(exportQuery), "Complete"))
	size := map[string]int{}
	for i := range 50 {
		format := export.Formats()[i%len(export.Formats())]
		link := links["."+format.Extension]
		if size[link] == 0 {
			size[link] = len(b.get(link).want(http.StatusOK).body)
		}
		response, err := b.client.Get(b.url + link)
		if err != nil {
			t.Fatal(err)
		}
		part := make([]byte, size[link]*i/50)
		_, err = io.ReadFull(response.Body, part)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if rows := response.Trailer.Get("Export-Rows"); rows != "" {
			t.Errorf("%s cut at %d of %d bytes: got the trailer %q, want none", link, len(part), size[link], rows)
		}
		looksBroken(t, format, string(part))
	}
}

// By HTTP/1.0 the end of a file and a broken connection look the same, so none is sent.
func TestDownloadByOldHTTP(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(79, 5, time.Millisecond)))
	b := p.as(auth.Finance)
	link := files(b.becomes(b.order(exportQuery), "Complete"))[".csv"]
	for _, path := range []string{"/transactions.csv", link} {
		status, body := b.oldHTTP(path)
		if status != http.StatusHTTPVersionNotSupported || strings.Contains(body, "transactionId,") {
			t.Errorf("%s: got status %d and %.80q, want 505 and no row", path, status, body)
		}
	}
}

// What changed since is an export of its own, with the column that says how, masked, and from a view that can hold it.
func TestExportOfChanges(t *testing.T) {
	t.Parallel()
	rows := madeUp(80, 60, time.Millisecond)
	api := newFake(t, rows)
	p := open(t, api)
	b := p.as(auth.Finance)
	first := b.order("tz=UTC")
	page := b.becomes(first, "Complete")
	form := page.doc().Find(".export-changes form")
	if form.AttrOr("action", "") != first+"/changes" || !strings.Contains(page.text(), "no longer match") {
		t.Errorf("got the form %q, want one that says what it can't show", words(page.doc().Find(".export-changes")))
	}
	changed := p.clock.now().Add(time.Hour).UnixMilli()
	api.set(func(f *fakeAPI) {
		for _, r := range f.rows {
			if at, ok := r["updatedAt"].(int64); ok && at > testNow.UnixMilli() { // the sample's own lie in the future
				r["updatedAt"] = testNow.Add(-time.Hour).UnixMilli()
			}
		}
		f.rows[7]["updatedAt"] = changed
	})
	p.clock.advance(2 * time.Hour)
	b = p.signIn("finance@example.com")
	b.post(first+"/changes", url.Values{"format": {"docx"}}).want(http.StatusBadRequest)
	second := b.post(first+"/changes", url.Values{"format": {"csv"}}).want(http.StatusSeeOther).header.Get("Location")
	a := b.becomes(second, "Complete")
	if !strings.HasPrefix(words(a.doc().Find("h1")), "What changed since Nov 20, 12:00") || a.doc().Find(".export-changes").Length() != 0 {
		t.Errorf("got the page %q, want it to say since when, and offer no changes of changes", a.text())
	}
	lines := strings.Split(strings.TrimSpace(b.get(files(a)[".csv"]).want(http.StatusOK).body), "\r\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "transactionId,change,") || !strings.HasPrefix(lines[1], fmt.Sprint(rows[7]["transactionId"])+",changed,") {
		t.Errorf("got %q, want the heading and the one that changed", lines)
	}
	b.post(b.order("updatedAt.end=2026-11-01&tz=UTC")+"/changes", url.Values{"format": {"csv"}})
}
