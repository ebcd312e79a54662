package handlers_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
	"trustlyportal/store"
)

// save saves a view and returns its short address.
func save(b *browser, name, query string, more ...string) string {
	b.t.Helper()
	form := url.Values{"name": {name}, "query": {query}}
	for _, box := range more {
		form.Set(box, "yes")
	}
	b.post("/views", form).want(http.StatusSeeOther)
	return savedHref(b, name)
}

func savedHref(b *browser, name string) string {
	b.t.Helper()
	var href string
	b.get("/views").want(http.StatusOK).doc().Find("table.saved a.name").Each(func(_ int, s *goquery.Selection) {
		if words(s) == name {
			href = s.AttrOr("href", "")
		}
	})
	return href
}

func change(b *browser, href, do string, more ...string) answer {
	b.t.Helper()
	form := url.Values{"do": {do}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return b.post(href, form)
}

// A saved view opens by a short address that leads to the canonical one, and relative dates stay relative.
func TestSavedView(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(101, 30, time.Millisecond)))
	ann, bob := p.as(auth.Support), p.as(auth.Finance)
	const query = "transactionStatus=4&createdAt.start=now-1M/M&createdAt.end=now-1M/M&tz=America/New_York"
	a := ann.post("/views", url.Values{"name": {"  Last \t month "}, "query": {"tz=America/New_York&" + strings.TrimSuffix(query, "&tz=America/New_York") + "&after=1793491200000.1.7"}}).want(http.StatusSeeOther)
	if got := a.header.Get("Location"); got != "/transactions?"+query {
		t.Errorf("after saving: got Location %q, want the view", got)
	}
	list := ann.get("/transactions?" + query).doc()
	if got := words(list.Find(".notice")); !strings.Contains(got, "Saved as “Last month”, for you alone") {
		t.Errorf("after saving: got notice %q", got)
	}
	if got := words(list.Find("#views-menu a[aria-current]")); got != "Last month" {
		t.Errorf("got %q marked in the menu, want Last month", got)
	}
	href := savedHref(ann, "Last month")
	if !strings.HasPrefix(href, "/views/") {
		t.Fatalf("got short address %q", href)
	}
	p.clock.advance(90 * time.Minute)
	if got := ann.get(href).want(http.StatusSeeOther).header.Get("Location"); got != "/transactions?"+query {
		t.Errorf("short address: got Location %q, want %q", got, "/transactions?"+query)
	}
	row := words(ann.get("/views").doc().Find("#view-" + strings.TrimPrefix(href, "/views/")))
	for _, want := range []string{"Last month", "Transactions, completed, created last month, New York time", "Only you", "Nov 20, 13:30"} {
		if !strings.Contains(row, want) {
			t.Errorf("got the row %q, want %q in it", row, want)
		}
	}

	// Another's private view is as good as none.
	for _, a := range []answer{bob.get(href), change(bob, href, "share"), change(bob, href, "delete"), change(bob, href, "default"), bob.get("/views/nothing")} {
		a.want(http.StatusNotFound)
		if strings.Contains(a.body, "Last month") {
			t.Errorf("%s: tells another's view", a.request)
		}
	}
	// Shared, others may open it and start from it, but not change it; an administrator may.
	change(ann, href, "share").want(http.StatusSeeOther)
	bob.get(href).want(http.StatusSeeOther)
	for _, do := range []string{"rename", "unshare", "delete", "up", "down"} {
		change(bob, href, do, "name", "stolen").want(http.StatusForbidden)
	}
	boss := p.as(auth.Admin)
	change(boss, href, "up").want(http.StatusForbidden) // the order is the owner's
	change(boss, href, "rename", "name", "Month end").want(http.StatusSeeOther)
	if got := words(bob.get("/views").doc().Find("table.saved tbody")); !strings.Contains(got, "Month end") || !strings.Contains(got, "support@example.com") {
		t.Errorf("shared by others: got %q, want the name and the owner", got)
	}
	change(boss, href, "unshare").want(http.StatusSeeOther)
	boss.get(href).want(http.StatusNotFound)
	change(ann, href, "delete").want(http.StatusSeeOther)
	ann.get(href).want(http.StatusNotFound)
	change(ann, savedOf(ann), "nothing").want(http.StatusBadRequest)
}

func savedOf(b *browser) string { return save(b, "any", "tz=UTC") }

func TestNamesOfSavedViews(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	for name, message := range map[string]string{
		"": "missing", "\u00a0": "missing", "\u200b\u200b": "nothing that can be seen", strings.Repeat("é", 81): "longer than 80",
	} {
		a := b.post("/views", url.Values{"name": {name}, "query": {"transactionStatus=5&tz=UTC"}, "shared": {"yes"}}).want(http.StatusUnprocessableEntity)
		doc := a.doc()
		if got := words(doc.Find(".field-error")); !strings.Contains(got, message) {
			t.Errorf("name %q: got %q, want it to say %q", name, got, message)
		}
		if q := doc.Find("main form input[name=query]").AttrOr("value", ""); q != "transactionStatus=5&tz=UTC" || doc.Find("main form input[checked]").Length() != 1 {
			t.Errorf("name %q: got the form back with query %q, want nothing lost", name, q)
		}
	}
	href := save(b, "Mine", "transactionStatus=5&tz=UTC")
	taken := b.post("/views", url.Values{"name": {"Mine"}, "query": {"transactionStatus=4&tz=UTC"}}).want(http.StatusUnprocessableEntity).doc()
	if got := words(taken.Find("main form")); !strings.Contains(got, "view of this name already") || !strings.Contains(got, "Replace “Mine”") {
		t.Errorf("a name that is taken: got %q, want the choice to replace", got)
	}
	if got := save(b, "Mine", "transactionStatus=4&tz=UTC", "replace"); got != href {
		t.Errorf("replaced: got the address %q, want it kept, %q", got, href)
	}
	if got := b.get(href).header.Get("Location"); got != "/transactions?transactionStatus=4&tz=UTC" {
		t.Errorf("replaced: leads to %q", got)
	}
	other := save(b, "Other", "tz=UTC")
	doc := change(b, other, "rename", "name", "Mine").want(http.StatusUnprocessableEntity).doc()
	if got, _ := doc.Find("details.change[open] input[name=name]").Attr("value"); got != "Mine" || words(doc.Find(".field-error")) == "" {
		t.Errorf("renamed to a name that is taken: got %q in the form, want it kept with an error", got)
	}
	change(b, other, "rename", "name", "").want(http.StatusUnprocessableEntity)

	b.post("/views", url.Values{"name": {"x"}, "query": {"amount.min=abc"}}).want(http.StatusUnprocessableEntity)
	for i, text := range hostile {
		name := fmt.Sprintf("%d %.60s", i, text)
		if a := b.post("/views", url.Values{"name": {name}, "query": {"count=" + fmt.Sprint(1+i)}}); a.status != http.StatusSeeOther {
			t.Errorf("name %q: got status %d", name, a.status)
		}
	}
	for _, path := range []string{"/views", "/transactions?tz=UTC"} {
		a := b.get(path).want(http.StatusOK)
		if doc := a.doc(); doc.Find("#pwned").Length() > 0 || doc.Find("script").Text() != "" {
			t.Errorf("%s: markup from a name became part of the page", path)
		}
	}
	if got := b.get("/views.yaml").want(http.StatusOK); !strings.Contains(got.body, "version: 1") {
		t.Errorf("export with hostile names: %.200s", got.body)
	}
}

// The view that a reader starts from.
func TestDefaultView(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(102, 5, time.Millisecond)))
	ann, bob := p.as(auth.Support), p.as(auth.Finance)
	start := func(b *browser) string {
		t.Helper()
		_, end := b.visit("/")
		if nav := b.get("/account").doc().Find(".nav a").First().AttrOr("href", ""); canonicalOf(b, nav) != end {
			t.Errorf("the header leads to %q, want where / leads, %q", nav, end)
		}
		return end
	}
	usual := start(ann)
	href := save(ann, "Failed", "transactionStatus=5&tz=UTC", "shared")
	for _, b := range []*browser{ann, bob} {
		change(b, href, "default").want(http.StatusSeeOther)
		if got := start(b); got != "/transactions?transactionStatus=5&tz=UTC" {
			t.Errorf("with a default: got %q", got)
		}
	}
	change(ann, href, "unshare")
	if got := start(bob); got != usual {
		t.Errorf("no longer shared: got %q, want the usual start", got)
	}
	change(ann, href, "undefault").want(http.StatusSeeOther)
	if got := start(ann); got != usual {
		t.Errorf("without a default: got %q, want %q", got, usual)
	}
}

// Personal values of a saved view stay out of its addresses and its file, and open to whom the view is open.
func TestSavedViewWithPersonalValues(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(103, 60, time.Millisecond))
	p := open(t, api)
	ann, bob := p.as(auth.Support), p.as(auth.Finance)
	want := ids(ann.pages("/transactions?" + personalQuery))
	href := save(ann, "Ada", personalQuery)
	page := ann.get("/views")
	if got := words(page.doc().Find("table.saved tbody")); !strings.Contains(got, "for customer “Ada Ex”") || !strings.Contains(got, "will see its Customer name, IP address") {
		t.Errorf("the owner's row: got %q, want the sentence, and who would see what", got)
	}
	for _, a := range []answer{page, ann.get(href).want(http.StatusSeeOther), ann.get("/transactions?tz=UTC")} {
		if found := leaks(a); found != nil {
			t.Errorf("%s: %v", a.request, found)
		}
	}
	if file := ann.get("/views.yaml").body; personalWords.MatchString(file) {
		t.Errorf("the file holds personal values:\n%s", file)
	}
	private := ann.get(href).header.Get("Location")
	if got := ids(ann.pages(private)); !slices.Equal(got, want) {
		t.Errorf("rows: got %v, want those of the plain view, %v", got, want)
	}
	refusedLink(t, api, bob, private)
	change(ann, href, "share").want(http.StatusSeeOther)
	if got := ids(bob.pages(private)); !slices.Equal(got, want) {
		t.Errorf("rows for another, once shared: got %v, want %v", got, want)
	}
	// Another who saves it has a copy, which lasts when the owner takes hers away.
	copied := save(bob, "Ada's", strings.TrimPrefix(private, "/transactions?"))
	change(ann, href, "unshare").want(http.StatusSeeOther)
	refusedLink(t, api, bob, private)
	if got := bob.get(copied).header.Get("Location"); got == private || !slices.Equal(ids(bob.pages(got)), want) {
		t.Errorf("the copy leads to %q, want an address of its own with the same rows", got)
	}
	change(ann, href, "delete").want(http.StatusSeeOther)
	refusedLink(t, api, ann, private)
}

// A saved view that the portal can no longer read is shown with what is wrong, and can be exported and deleted.
func TestSavedViewThatCantBeRead(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	u, err := p.db.UserByEmail(t.Context(), "support@example.com")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := p.db.SaveViews(t.Context(), u.ID, []store.SavedView{{Name: "Old", Query: "transactionStaus=5"}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := words(b.get("/views").want(http.StatusOK).doc().Find("table.saved tbody")); !strings.Contains(got, "can’t be read any more") || !strings.Contains(got, "is not a filter") {
		t.Errorf("got the row %q, want what is wrong with it", got)
	}
	if !strings.Contains(b.get("/views.yaml").body, "transactionStaus=5") {
		t.Error("the file leaves it out")
	}
	_, end := b.visit("/views/" + ids[0])
	b.get(end).want(http.StatusUnprocessableEntity)
	change(b, "/views/"+ids[0], "delete").want(http.StatusSeeOther)
}

// upload sends a file as a browser does.
func upload(b *browser, file string) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "views.yaml")
	if err != nil {
		b.t.Fatal(err)
	}
	_, _ = part.Write([]byte(file))
	_ = form.WriteField("text", "")
	_ = form.Close()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+"/views/import", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	var text bytes.Buffer
	_, _ = text.ReadFrom(response.Body)
	return answer{t: b.t, request: "POST /views/import", status: response.StatusCode, header: response.Header, body: text.String()}
}

// What is exported can be imported: by another, by the same, after deleting.
func TestViewsFileRoundTrip(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	ann, bob := p.as(auth.Support), p.as(auth.Finance)
	hrefs := []string{save(ann, "One: \"quoted\" # no comment", "transactionStatus=5&createdAt.start=now-7d&tz=UTC", "shared"), save(ann, "- two", "payment.merchantReference=a%26b&tz=UTC"), save(ann, "Ada", personalQuery)}
	save(bob, "- two", "count=3", "shared") // the same name in the file of ann
	before := ann.get("/views.yaml").want(http.StatusOK)
	if got := before.header.Get("Content-Disposition"); !strings.Contains(got, "views-test.yaml") {
		t.Errorf("got Content-Disposition %q", got)
	}
	upload(ann, before.body).want(http.StatusSeeOther)
	if got := words(ann.get("/views").doc().Find(".notice")); got != "Imported: 0 added, 0 replaced, 4 there already." {
		t.Errorf("importing what is there: got %q", got)
	}
	if after := ann.get("/views.yaml").body; after != before.body {
		t.Errorf("after importing what is there:\n%s\nwant\n%s", after, before.body)
	}
	for _, href := range hrefs[:2] {
		change(ann, href, "delete").want(http.StatusSeeOther)
	}
	ann.post("/views/import", url.Values{"text": {before.body}}).want(http.StatusSeeOther)
	if got := words(ann.get("/views").doc().Find(".notice").Last()); got != "Imported: 2 added, 0 replaced, 2 there already." {
		t.Errorf("importing after deleting two: got %q", got)
	}
	for _, name := range []string{"One: \"quoted\" # no comment", "- two"} {
		if savedHref(ann, name) == "" {
			t.Errorf("%s is missing after the import", name)
		}
	}
	// Written by hand, with personal values: sealed as any other.
	upload(ann, "version: 1\nviews:\n  - {name: Ada by hand, query: '?"+personalQuery+"'}\n  - name: Ada\n    query: tz=UTC\n").want(http.StatusSeeOther)
	if got := words(ann.get("/views").doc().Find(".notice")); got != "Imported: 1 added, 1 replaced, 0 there already." {
		t.Errorf("importing by hand: got %q", got)
	}
	if got := ann.get(savedHref(ann, "Ada by hand")).header.Get("Location"); !strings.Contains(got, "private=") || personalWords.MatchString(got) {
		t.Errorf("imported with personal values: leads to %q", got)
	}
}

// A file with anything wrong changes nothing, and all that is wrong is told with its line.
func TestViewsFileRefused(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	for file, messages := range map[string][]string{
		"": {"nothing to import"}, "version: 1": {"“views” is missing"}, "version: 2\nviews: [{name: a, query: tz=UTC}]": {"version is not 1"},
		"version: 1\nviews:\n  - name: good\n    query: tz=UTC\n  - name: bad\n    query: amount.min=abc&colour=red\n  - name: good\n    query: tz=UTC\n    color: red\n  - query: tz=UTC\n": {
			"Line 5: “bad”: Amount “abc” is not an amount", "colour “red” is not a filter", "Line 9: The view has “color”", "The name is that of line 3 too", "Line 10: “name” is missing"},
		"version: 1\nviews:\n  - name: stranger's\n    query: private=" + strings.Repeat("A", 26): {"Private link does not open"},
	} {
		a := b.post("/views/import", url.Values{"text": {file}}).want(http.StatusUnprocessableEntity)
		doc := a.doc()
		got := words(doc.Find("[role=alert]"))
		for _, message := range append(messages, "Nothing was imported") {
			if !strings.Contains(got, message) {
				t.Errorf("%q: got %q, want %q in it", file, got, message)
			}
		}
		if text := doc.Find("textarea[name=text]").Text(); text != file {
			t.Errorf("%q: got %q in the form, want it kept", file, text)
		}
	}
	many := "version: 1\nviews:\n"
	for i := range 201 {
		many += fmt.Sprintf("  - {name: n%d, query: tz=UTC}\n", i)
	}
	b.post("/views/import", url.Values{"text": {many}}).want(http.StatusUnprocessableEntity)
	upload(b, "version: 1\n#"+strings.Repeat("x", 260<<10)).want(http.StatusUnprocessableEntity)
	upload(b, strings.Repeat("x", 2<<20)).want(http.StatusRequestEntityTooLarge)
	if n := b.get("/views").doc().Find("table.saved").Length(); n != 0 {
		t.Errorf("got %d tables of views after refused files, want none", n)
	}
}
