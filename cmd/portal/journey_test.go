package main

import (
	"encoding/csv"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trustlyportal/trustlyclient/trustlytest"
)

// bookmark is a view with filters, zone, order and columns of its own, in canonical spelling.
const bookmark = "/transactions?transactionStatus=4&createdAt.start=now-14d&tz=America/New_York&orderBy=updatedAt&columns=transactionId,status,amount,updatedAt&count=10"

// The main job with JavaScript, from a bookmark to signing out.
func TestJourney(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)

	// A stranger opens a bookmark, signs in, and sees exactly that view.
	b.open(bookmark)
	b.at("/login?next=" + url.QueryEscape(bookmark))
	b.click("button[data-fill-email='finance@example.com']", "Fill in")
	b.press(kb.Enter) // the focus has moved to the button that sends
	b.at(bookmark)
	b.checkBookmark()

	// Filtering by the form pushes the URL and fetches the list's part of the page.
	b.open("/transactions?createdAt.start=now-30d&tz=America/New_York")
	n := len(b.seen(0))
	b.click("#filters > summary", "All filters")
	b.click("[id='f-transactionStatus'] summary", "Status")
	b.click("[id='f-transactionStatus'] label", "Reversed")
	b.click("[id='f-transactionStatus'] label", "Denied")
	b.click("#filter-form button[type=submit]", "Apply")
	filtered := "/transactions?transactionStatus=8&transactionStatus=10&createdAt.start=now-30d&tz=America/New_York"
	b.at(filtered)
	b.heading("denied or reversed")
	b.onlyFragment(n, filtered)
	if b.shows("#filter-form") {
		t.Error("after Apply: got the filter panel still open, want it closed")
	}
	wrong := eval[[]string](b, `[...document.querySelectorAll("#results td .status")].map((e) => e.textContent.trim()).filter((s) => s !== "Denied" && s !== "Reversed")`)
	if rows := b.rows(); len(rows) == 0 || len(wrong) > 0 {
		t.Errorf("rows denied or reversed: got %d with %v, want some and no other status", len(rows), wrong)
	}
	announced := `document.querySelector("#announce").textContent`
	b.until("the count to be announced", announced+` !== "" && `+announced+` === document.querySelector("#count").textContent`)

	// Older, newer, and the browser's own way back.
	first := b.rows()
	n = len(b.seen(0))
	b.click("a[rel=next]", "Older")
	b.until("an older page", `new URLSearchParams(location.search).has("after") && document.querySelector("a[rel=prev]")`)
	older, olderAt := b.rows(), b.location()
	b.onlyFragment(n, olderAt)
	for _, id := range older {
		if slices.Contains(first, id) {
			t.Errorf("transaction %s: got it on two pages, want one", id)
		}
	}
	b.click("a[rel=prev]", "Newer")
	b.until("the newer page", `document.querySelector("tr[data-transaction-id]").dataset.transactionId !== `+quote(older[0]))
	if got := b.rows(); !slices.Contains(got, first[len(first)-1]) {
		t.Errorf("newer: got %v, want the rows of the first page %v", got, first)
	}
	b.goBack()
	b.at(olderAt)
	b.until("the older rows again", `document.querySelector("tr[data-transaction-id]")?.dataset.transactionId === `+quote(older[0]))
	if got := b.rows(); !slices.Equal(got, older) {
		t.Errorf("back: got %v, want the older page %v", got, older)
	}

	// Sorting and taking a filter away.
	b.open(filtered)
	b.click("#results th[data-column=createdAt] a", "Created")
	b.at(filtered + "&sortOrder=asc")
	b.until("ascending order", `document.querySelector("th[data-column=createdAt]").ariaSort === "ascending"`)
	b.open(filtered + "&columns=transactionId,status,createdAt,updatedAt")
	b.click("#results th[data-column=updatedAt] a", "Updated")
	b.at(filtered + "&orderBy=updatedAt&columns=transactionId,status,createdAt,updatedAt")
	b.until("order by update", `document.querySelector("th[data-column=updatedAt]").ariaSort === "descending"`)
	times := eval[[]string](b, `[...document.querySelectorAll("#results td:nth-of-type(3) time")].map((e) => e.dateTime)`)
	if slices.Reverse(times); len(times) == 0 || !slices.IsSorted(times) {
		t.Errorf("order by update: got, oldest first, %v", times)
	}
	b.click("a.chip-x[aria-label^='Remove filter Status']", "")
	b.at("/transactions?createdAt.start=now-30d&tz=America/New_York&orderBy=updatedAt&columns=transactionId,status,createdAt,updatedAt")
	b.until("no chip for the status", `![...document.querySelectorAll(".chip")].some((e) => e.textContent.includes("Status"))`)
	b.click("#filters > summary", "All filters")
	if ticked := eval[int](b, `document.querySelectorAll("#filter-form input[name=transactionStatus]:checked").length`); ticked != 0 {
		t.Errorf("the form after taking the filter away: got %d statuses ticked, want none", ticked)
	}

	// A transaction by click and by keys, and back to the list.
	b.open(filtered)
	list := b.rows()
	b.click("#results tr[data-transaction-id] a", list[0])
	b.heading(" of ")
	if got, want := b.location(), "/transactions/"+list[0]+"?tz=America/New_York"; got != want {
		t.Errorf("a click on a row: got %s, want %s", got, want)
	}
	b.click(".back a", "")
	b.at(filtered)
	b.until("the focus on the row it was left from", `document.activeElement.closest("tr")?.dataset.transactionId === `+quote(list[0]))
	b.press("j")
	b.press("j")
	b.press("k")
	b.press(kb.Enter)
	b.until("the second transaction", `location.pathname === `+quote("/transactions/"+list[1])+` && `+loaded)
	b.goBack()
	b.at(filtered)
	if got := b.rows(); !slices.Equal(got, list) {
		t.Errorf("back from a transaction: got %v, want %v", got, list)
	}

	// Signing out shuts the old address.
	b.click("details.menu summary", "finance@example.com")
	b.click("details.menu button", "Sign out")
	b.heading("Sign in")
	b.open(filtered)
	b.at("/login?next=" + url.QueryEscape(filtered))
	b.goBack()
	b.heading("Sign in")
}

// The same job by plain links and forms.
func TestJourneyWithoutScripts(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.withoutScripts()

	b.open(bookmark)
	b.at("/login?next=" + url.QueryEscape(bookmark))
	if b.shows("[data-fill-email]") {
		t.Error("sign-in without scripts: got buttons that only scripts can serve, want none")
	}
	b.signIn("finance@example.com", demoPassword)
	b.at(bookmark)
	b.checkBookmark()
	if eval[bool](b, `typeof htmx !== "undefined"`) {
		t.Fatal("scripts: got htmx loaded, want none to run")
	}

	b.open("/transactions?createdAt.start=now-30d&tz=America/New_York")
	b.click("#filters > summary", "All filters")
	b.click("[id='f-transactionStatus'] summary", "Status")
	b.click("[id='f-transactionStatus'] label", "Reversed")
	b.click("[id='f-transactionStatus'] label", "Denied")
	b.click("#filter-form button[type=submit]", "Apply")
	b.heading("denied or reversed")
	// The form also says what is the default; the portal answers with the short spelling.
	filtered := b.location()
	want := "/transactions?transactionStatus=8&transactionStatus=10&createdAt.start=now-30d&tz=America/New_York"
	if filtered != want {
		t.Errorf("address after Apply: got %s, want %s", filtered, want)
	}

	first := b.rows()
	b.click("a[rel=next]", "Older")
	b.until("an older page", loaded+` && document.querySelector("a[rel=prev]")`)
	older := b.rows()
	for _, id := range older {
		if slices.Contains(first, id) {
			t.Errorf("transaction %s: got it on two pages, want one", id)
		}
	}
	b.click("a[rel=prev]", "Newer")
	b.until("the newer page", loaded+` && document.querySelector("tr[data-transaction-id]").dataset.transactionId !== `+quote(older[0]))
	b.goBack()
	b.until("the older rows again", loaded+` && document.querySelector("tr[data-transaction-id]")?.dataset.transactionId === `+quote(older[0]))

	b.open(filtered)
	b.click("#results th[data-column=createdAt] a", "Created")
	b.at(filtered + "&sortOrder=asc")
	b.click("a.chip-x[aria-label^='Remove filter Status']", "")
	b.at("/transactions?createdAt.start=now-30d&tz=America/New_York&sortOrder=asc")

	b.open(filtered)
	b.click("#results tr[data-transaction-id] a", first[0])
	b.heading(" of ")
	b.click("details.raw summary", "Raw JSON")
	if !b.shows("details.raw pre") {
		t.Error("raw JSON without scripts: got it hidden, want it open")
	}
	b.click(".back a", "")
	b.at(filtered)

	b.refusedAmount()

	b.fill("#q", first[0])
	b.press(kb.Enter)
	b.until("the transaction found", `location.pathname === `+quote("/transactions/"+first[0]))
	b.heading(" of ")

	b.click("details.menu summary", "finance@example.com")
	b.click("details.menu button", "Sign out")
	b.heading("Sign in")
	b.open(filtered)
	b.at("/login?next=" + url.QueryEscape(filtered))
}

// checkBookmark holds the page against what bookmark says.
func (b *tab) checkBookmark() {
	b.Helper()
	b.heading("completed")
	b.heading("New York")
	type view struct {
		Columns, Statuses []string
		Sorted            string
		Rows              int
	}
	got := eval[view](b, `({
		Columns: [...document.querySelectorAll("#results th[data-column]")].map((e) => e.dataset.column),
		Statuses: [...new Set([...document.querySelectorAll("#results td .status")].map((e) => e.textContent.trim()))],
		Sorted: document.querySelector("#results th[aria-sort]").dataset.column,
		Rows: document.querySelectorAll("#results tr[data-transaction-id]").length,
	})`)
	if want := []string{"transactionId", "status", "amount", "updatedAt"}; !slices.Equal(got.Columns, want) {
		b.Errorf("columns: got %v, want %v", got.Columns, want)
	}
	if !slices.Equal(got.Statuses, []string{"Completed"}) || got.Sorted != "updatedAt" || got.Rows != 10 {
		b.Errorf("the bookmarked view: got statuses %v, sorted by %s, %d rows, want Completed, updatedAt, 10", got.Statuses, got.Sorted, got.Rows)
	}
}

// onlyFragment checks that since request n htmx alone has asked, once, for this address, and got a part of a page.
func (b *tab) onlyFragment(n int, path string) {
	b.Helper()
	requests := slices.DeleteFunc(b.seen(n), func(x exchange) bool {
		return x.status == 303 || strings.HasPrefix(x.path, "/static/") // to the canonical spelling; the favicon comes when it likes
	})
	if len(requests) != 1 || !requests[0].fragment || requests[0].path != path || requests[0].status != 200 {
		b.Errorf("requests: got %v, want one by htmx for %s", requests, path)
		return
	}
	if body := b.body(requests[0]); strings.Contains(body, "<html") || !strings.Contains(body, "data-transaction-id") {
		b.Errorf("answer to htmx: got\n%.500s\nwant rows without <html>", body)
	}
}

// refusedAmount writes an amount that is none, sees the form say so, and mends it.
func (b *tab) refusedAmount() {
	b.Helper()
	b.expect(422)
	b.open("/transactions?createdAt.start=now-7d&tz=UTC")
	b.click("#filters > summary", "All filters")
	b.fill("[id='f-amount.min']", "12,50 $")
	b.click("#filter-form button[type=submit]", "Apply")
	b.heading("Filters to correct")
	if n := len(b.rows()); n != 0 {
		b.Errorf("rows of a refused view: got %d, want none", n)
	}
	const control = `document.getElementById("f-amount.min")`
	if got := eval[string](b, control+`.value`); got != "12,50 $" {
		b.Errorf("the refused value: got %q, want it kept as it was written", got)
	}
	if !eval[bool](b, control+`.getAttribute("aria-invalid") === "true" && document.getElementById("e-amount.min")?.textContent.includes("12,50 $") === true`) {
		b.Errorf("the refused control: got %s, want it marked with its error", eval[string](b, control+`.parentElement.parentElement.parentElement.outerHTML`))
	}
	b.fill("[id='f-amount.min']", "12.50")
	b.click("#filter-form button[type=submit]", "Apply")
	b.at("/transactions?amount.min=12.50&createdAt.start=now-7d&tz=UTC")
	b.until("rows", `document.querySelector("tr[data-transaction-id]")`)
	if left := eval[int](b, `document.querySelectorAll(".field-error, [aria-invalid=true], #results [role=alert]").length`); left != 0 {
		b.Errorf("errors after mending: got %d, want none", left)
	}
}

func TestRefusedValue(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.open("/login")
	b.signIn("support@example.com", demoPassword)
	b.until("the list", `document.querySelector("tr[data-transaction-id]")`)
	b.refusedAmount()

	// An address written wrong is refused the same way, and its form leads on.
	b.open("/transactions?colour=red&transactionStatus=done&tz=UTC")
	b.heading("Filters to correct")
	b.click("[role=alert] a", "Status")
	b.until("the control unfolded", find("[id='f-transactionStatus'] label", "Completed")+` !== undefined`)
	b.click("[id='f-transactionStatus'] label", "Code done")
	b.click("[id='f-transactionStatus'] label", "Completed")
	b.click("#filter-form button[type=submit]", "Apply")
	b.at("/transactions?transactionStatus=4&tz=UTC")
	b.heading("completed")
}

// Finance takes a view away whole; support is not offered what it may not do.
func TestExportInTheBrowser(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	// Days that are over: nobody creates transactions there any more.
	view := "/transactions?createdAt.start=now-3d/d&createdAt.end=now-2d/d&tz=UTC&count=100"
	b.open(view)
	b.signIn("finance@example.com", demoPassword)
	b.at(view)
	var listed []string
	for {
		listed = append(listed, b.rows()...)
		if !b.shows("a[rel=next]") {
			break
		}
		last := listed[len(listed)-1]
		b.click("a[rel=next]", "Older")
		b.until("the next page", `![...document.querySelectorAll("tr[data-transaction-id]")].some((r) => r.dataset.transactionId === `+quote(last)+`)`)
	}
	if len(listed) <= 100 {
		t.Fatalf("transactions listed: got %d, want more than a page", len(listed))
	}
	b.click("#results a.btn", "Export")
	b.click("dialog .absent > summary", "Download at once")
	name, records := b.download("dialog .streams a", "CSV")
	if !strings.HasPrefix(name, "transactions-demo-") || !strings.HasSuffix(name, ".csv") {
		t.Errorf("file: got the name %q, want transactions-demo-….csv", name)
	}
	if records[0][0] != "transactionId" {
		t.Errorf("first column: got %q, want transactionId", records[0][0])
	}
	var exported []string
	for _, record := range records[1:] {
		exported = append(exported, record[0])
	}
	slices.Reverse(exported) // an export goes from the oldest on
	slices.Sort(listed)
	slices.Sort(exported)
	if !slices.Equal(listed, exported) {
		t.Errorf("file: got %d transactions, want the %d listed", len(exported), len(listed))
	}
	t.Logf("exported %d transactions", len(exported))

	s := newTab(t, b.base)
	s.expect(403)
	s.open(view)
	s.signIn("support@example.com", demoPassword)
	s.at(view)
	if got := eval[string](s, `document.body.innerText`); strings.Contains(got, "Export") || eval[int](s, `document.querySelectorAll("a[href*='.csv']").length`) != 0 {
		t.Error("support's list: got an export, want none")
	}
	s.open("/transactions.csv?createdAt.start=now-3d&tz=UTC")
	s.heading("Not permitted")
}

// download clicks on a link and returns the name and the records of the CSV file that comes.
func (b *tab) download(selector, text string) (name string, records [][]string) {
	b.Helper()
	return b.downloadBy(func() { b.click(selector, text) })
}

// downloadBy does the same for whatever starts the download.
func (b *tab) downloadBy(start func()) (name string, records [][]string) {
	b.Helper()
	dir := b.TempDir()
	_, err := chromedp.CallBrowser(b.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
		DownloadPath: dir, EventsEnabled: new(true),
	})
	b.must(err)
	begun := make(chan string, 1)
	ended := make(chan *browser.EventDownloadProgress, 1)
	ours := "" // the browser tells of other tabs' downloads as well
	b.must(chromedp.ListenBrowser(b.ctx, func(event any) {
		switch e := event.(type) {
		case *browser.EventDownloadWillBegin:
			if ours == "" && string(e.FrameID) == string(chromedp.FromContext(b.ctx).Target.TargetID) {
				ours = e.GUID
				begun <- e.SuggestedFilename
			}
		case *browser.EventDownloadProgress:
			if e.GUID == ours && e.State != browser.DownloadProgressStateInProgress {
				ended <- e
			}
		}
	}))
	start()
	select {
	case name = <-begun:
	case <-b.ctx.Done():
		b.Fatal("download: it did not begin")
	}
	select {
	case e := <-ended:
		if e.State != browser.DownloadProgressStateCompleted {
			b.Fatalf("download: got it %s after %.0f bytes, want it completed", e.State, e.ReceivedBytes)
		}
		f, err := os.Open(filepath.Join(dir, e.GUID))
		b.must(err)
		records, err = csv.NewReader(f).ReadAll()
		b.must(errors.Join(err, f.Close()))
		return name, records
	case <-b.ctx.Done():
		b.Fatal("download: it did not end")
		return "", nil
	}
}

// Keys help, and keep out of the way where one types.
func TestKeys(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	view := "/transactions?createdAt.start=now-7d&tz=UTC"
	b.open(view)
	b.signIn("support@example.com", demoPassword)
	b.at(view)
	const focused = `document.activeElement.id === "q"`

	b.press("/")
	b.until("the focus in the one box", focused)
	b.press("/jk?f")
	if got := eval[string](b, `document.querySelector("#q").value`); got != "/jk?f" {
		t.Errorf("keys in the one box: got %q typed, want /jk?f", got)
	}
	if !eval[bool](b, focused) || b.shows("#keys") || b.shows("#filter-form") {
		t.Error("keys in the one box: got something done, want only text")
	}
	b.open(view)
	b.press("?")
	b.until("the help on keys", `document.querySelector("#keys").open`)
	b.press("j")
	b.press(kb.Escape)
	b.until("the help closed", `!document.querySelector("#keys").open`)

	b.press("f")
	b.until("the menu of filters", `document.activeElement.role === "combobox"`)
	b.press("customer name" + kb.Enter)
	b.until("the customer's name", `document.activeElement.name === "payment.customer.name"`)
	b.press("jk/?")
	if got := eval[string](b, `document.getElementById("f-payment.customer.name").value`); got != "jk/?" || b.shows("#keys") {
		t.Errorf("keys in a filter: got %q typed, want jk/?", got)
	}
	b.press(kb.Escape)
	b.until("the filters closed", `!document.querySelector("#filters").open`)

	// One-letter keys can be turned off, and stay off.
	b.open(view)
	b.press("?")
	b.click("#keys label", "Keys of one character")
	b.click("#keys button", "Close")
	b.open(view)
	b.press("/")
	b.press("?")
	if eval[bool](b, focused) || b.shows("#keys") {
		t.Error("keys turned off: got them working, want nothing to happen")
	}
}

// A session that ends on the server while a page stands open: the next click leads to the sign-in, and from there to
// where it was meant to lead.
func TestSessionEndsUnderAPage(t *testing.T) {
	t.Parallel()
	p := configured(t)
	b := newTab(t, p.url)
	b.expect(401)
	view := "/transactions?createdAt.start=now-30d&tz=UTC"
	b.open(view)
	b.signIn("ann@example.com", userPassword)
	b.at(view)
	p.command("user", "role", "--email=ann@example.com", "--role=finance")

	next := eval[string](b, `document.querySelector("a[rel=next]").getAttribute("href")`)
	b.click("a[rel=next]", "Older")
	b.at("/login?next=" + url.QueryEscape(next))
	b.signIn("ann@example.com", userPassword)
	b.at(next)
	if !b.shows("a[href^='/exports/new']") {
		t.Error("signed in with the new role: got no export, want one")
	}
}

// configuredPortal is the program with settings as for the real API, which a sandbox stands for.
type configuredPortal struct {
	*running
	api     *trustlytest.Server
	command func(args ...string)
}

const userPassword = "correct-horse-battery-9"

// configured starts it with one account, ann@example.com, whose role is support.
func configured(t *testing.T) *configuredPortal {
	t.Helper()
	api, baseURL := trustlytest.NewServer(t, trustlytest.Options{Seed: 7, Rows: 600, AccessID: "ID", AccessKey: "KEY"})
	env := onDatabase(t, environment{
		"PORTAL_ADDR": "127.0.0.1:0", "TRUSTLY_BASE_URL": baseURL, "TRUSTLY_ACCESS_ID": "ID", "TRUSTLY_ACCESS_KEY": "KEY", "TRUSTLY_RATE_LIMIT": "0",
	})
	p := &configuredPortal{api: api}
	p.command = func(args ...string) {
		t.Helper()
		if _, stderr, code := command(t, env, userPassword+"\n", args...); code != exitOK {
			t.Fatalf("portal %s: got code %d, %s", strings.Join(args, " "), code, stderr)
		}
	}
	p.command("user", "add", "--email=ann@example.com", "--role=support", "--password-stdin")
	p.running = start(t, env, "serve")
	t.Cleanup(func() {
		p.stop()
		if code := p.wait(t); code != exitOK {
			t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
		}
	})
	return p
}
