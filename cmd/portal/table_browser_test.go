package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const week = "/transactions?createdAt.start=now-7d&tz=America/New_York"

// tablePicture keeps a picture of the tab where PORTAL_PICTURES names a directory, for people to look at.
func (b *tab) tablePicture(name string) {
	b.Helper()
	dir := os.Getenv("PORTAL_PICTURES")
	if dir == "" {
		return
	}
	png, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	b.must(err)
	b.must(os.WriteFile(filepath.Join(dir, name+".png"), png.Data, 0o644))
}

// clipboard stands in for the system's from the next page on, and returns what was written last.
func (b *tab) clipboard() func() string {
	b.Helper()
	_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `navigator.clipboard.writeText = async (text) => { window.copied = text; }`,
	})
	b.must(err)
	return func() string { b.Helper(); return eval[string](b, `window.copied ?? ""`) }
}

// heads are the columns that the list shows.
func (b *tab) heads() []string {
	b.Helper()
	return eval[[]string](b, `[...document.querySelectorAll("#results th[data-column]")].map((e) => e.dataset.column)`)
}

// The chooser by keyboard alone: found by typing, put in order, applied, and Back undoes it.
func TestColumnsByKeyboard(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.open(week)
	b.signIn("support@example.com", demoPassword)
	b.at(week)
	before := b.heads()
	eval[any](b, `document.querySelector("a[data-dialog]").focus()`)
	b.press(kb.Enter)
	b.until("the chooser", `document.querySelector("dialog.columns-dialog[open]") && document.activeElement.type === "search"`)
	b.tablePicture("columns")
	b.accessible("column chooser")

	eval[any](b, `document.querySelector("#columns-form [type=search]").focus()`)
	b.press("account.routingNumber")
	b.until("one column found", `document.querySelectorAll("#columns-form .offered label.check:not([hidden])").length === 1`)
	b.press(kb.Enter)
	b.until("it among those shown", `document.querySelector("#columns-form .chosen li:last-child input").value === "payment.account.routingNumber"`)
	b.until("the move to be said", `document.querySelector("#announce").textContent.includes("place 9 of 9")`)
	// Up to the first place by its button, which keeps the focus.
	eval[any](b, `document.querySelector("#columns-form .chosen li:last-child button[name=up]").focus()`)
	for range 9 {
		b.press(" ")
	}
	b.until("it on top", `document.querySelector("#columns-form .chosen li:nth-child(2) input").value === "payment.account.routingNumber"
		&& document.activeElement.name === "up" && document.activeElement.closest("li").matches(":nth-child(2)")`)
	// Status away.
	eval[any](b, `document.querySelector("#columns-form .chosen input[value=status]").focus()`)
	b.press(" ")
	b.until("status among those offered", `!document.querySelector("#columns-form .chosen input[value=status]")`)
	eval[any](b, `document.querySelector("#columns-form .columns-foot button").focus()`)
	b.press(kb.Enter)
	want := append([]string{"transactionId", "payment.account.routingNumber"}, before[2:]...)
	b.at(week + "&columns=" + strings.Join(want, ","))
	if got := b.heads(); !slices.Equal(got, want) {
		t.Errorf("columns: got %v, want %v", got, want)
	}
	b.goBack()
	b.at(week)
	if got := b.heads(); !slices.Equal(got, before) {
		t.Errorf("columns after going back: got %v, want %v", got, before)
	}

	// Esc closes it and gives the focus back.
	eval[any](b, `document.querySelector("a[data-dialog]").focus()`)
	b.press(kb.Enter)
	b.until("the chooser", `document.querySelector("dialog.columns-dialog[open]")`)
	b.press(kb.Escape)
	b.until("it closed", `!document.querySelector("dialog.columns-dialog") && document.activeElement.matches("a[data-dialog]")`)
}

// By mouse: dragged, kept for this browser, and written into the links from there on.
func TestColumnsByMouse(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.open(week)
	b.signIn("support@example.com", demoPassword)
	b.at(week)
	b.click("a[data-dialog]", "Columns")
	b.until("the chooser", `document.querySelector("dialog.columns-dialog[open]")`)
	b.drag("#columns-form .chosen li:last-child .grip", "#columns-form .chosen li:nth-child(2)")
	b.until("the last one on top", `document.querySelector("#columns-form .chosen li:nth-child(2) input").value === "createdAt"`)
	b.click("#columns-form .offered label", "Fee")
	b.until("fee shown", `document.querySelector("#columns-form .chosen input[value=fee]")`)
	for _, name := range []string{"reference", "bankAccount", "transactionType"} {
		b.click("#columns-form .chosen li:has([value="+name+"]) label", "")
		b.until(name+" away", `!document.querySelector("#columns-form .chosen input[value=`+name+`]")`)
	}
	b.click(".columns-foot button", "keep for this browser")
	const columns = "&columns=transactionId,createdAt,status,amount,payment.customer.name,paymentProviderTransaction.status,fee"
	b.at(week + columns)
	b.until("the notice", `document.querySelector(".notice")?.textContent.includes("these columns")`)
	b.open("/")
	b.until("the start with these columns", `location.search.endsWith(`+quote(columns)+`)`)
	// A URL that names none shows the portal's own.
	b.open(week)
	if got := b.heads(); len(got) != 9 {
		t.Errorf("columns of a URL that names none: got %v, want the default nine", got)
	}
}

// drag pulls with the mouse from the middle of one thing to the middle of another.
func (b *tab) drag(from, to string) {
	b.Helper()
	middle := func(selector string) []float64 {
		return eval[[]float64](b, `(() => { const r = document.querySelector(`+quote(selector)+`).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	}
	start, end := middle(from), middle(to)
	mouse := func(kind input.DispatchMouseEventType, x, y float64) {
		_, err := chromedp.Call(b.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
		b.must(err)
	}
	mouse(input.DispatchMouseEventTypeMousePressed, start[0], start[1])
	for i := range 20 {
		mouse(input.DispatchMouseEventTypeMouseMoved, start[0], start[1]+(end[1]-start[1])*float64(i+1)/20)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, start[0], end[1])
}

func TestColumnsWithoutScripts(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.withoutScripts()
	b.open(week)
	b.signIn("support@example.com", demoPassword)
	b.at(week)
	b.click("a[data-dialog]", "Columns")
	b.heading("Columns")
	b.click("#columns-form .offered label", "Fee")
	b.click("#columns-form .chosen button[aria-label='Move Amount up']", "")
	b.until("amount further up, fee among them", loaded+` && document.querySelector("#columns-form .chosen li:nth-child(3) input").value === "amount"
		&& document.querySelector("#columns-form .chosen input[value=fee]")`)
	b.click("#columns-form .chosen label", "Bank account")
	b.click("#columns-form .columns-foot button", "Apply")
	b.at(week + "&columns=transactionId,status,amount,transactionType,payment.customer.name,reference,paymentProviderTransaction.status,createdAt,fee")
	if got := b.heads(); !slices.Contains(got, "fee") || slices.Contains(got, "bankAccount") {
		t.Errorf("columns: got %v, want fee and no bankAccount", got)
	}
	b.click("form.density button", "Compact")
	b.until("compact rows", loaded+` && document.documentElement.dataset.density === "compact" && location.search.includes("fee")`)
}

// A cell's menu by keyboard: the value whole, only this, copy.
func TestCellMenu(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	pasted := b.clipboard()
	list := "/transactions?createdAt.start=now-30d&tz=America/New_York"
	b.open(list)
	b.signIn("finance@example.com", demoPassword)
	b.at(list)
	b.press("j")
	b.press(kb.ArrowRight)
	b.until("the focus on the status", `document.activeElement.cellIndex === 1`)
	status := eval[string](b, `document.activeElement.querySelector(".status").textContent.trim()`)
	b.press(kb.Enter)
	b.until("the menu", `document.querySelector("#cell-menu:popover-open") && document.activeElement.textContent.includes("Only this: Status "+`+quote(status)+`)`)
	b.tablePicture("cell-menu")
	b.accessible("cell menu")
	b.until("the menu still open", `document.querySelector("#cell-menu:popover-open")`)
	b.press(kb.Escape)
	b.until("the focus in the cell again", `!document.querySelector("#cell-menu") && document.activeElement.cellIndex === 1`)
	b.press(".")
	b.until("the menu again", `document.querySelector("#cell-menu:popover-open")`)
	n := len(b.seen(0))
	b.press(kb.Enter)
	b.until("the filter", `new URLSearchParams(location.search).has("transactionStatus")`)
	filtered := b.location()
	b.until("rows of it alone", `[...document.querySelectorAll("#results td .status")].every((e) => e.textContent.trim() === `+quote(status)+`)`)
	b.onlyFragment(n, filtered)
	b.goBack()
	b.at(list)
	b.until("rows", `document.querySelector("#results tr[data-transaction-id]")`)

	// The amount exactly; the day of the creation; the customer.
	for _, tc := range []struct {
		column string
		want   string // an expression over the cell c
		only   string
	}{
		{"amount", `"amount.min=" + c.querySelector("strong").textContent + "&amount.max=" + c.querySelector("strong").textContent`, "Only this: Amount"},
		{"createdAt", `"createdAt.start=" + new Date(c.querySelector("time").dateTime).toLocaleDateString("sv-SE", { timeZone: "America/New_York" })`, "Only this: Created on"},
		{"payment.customer.name", `"payment.customer.name=" + c.textContent.trim()`, "Only this: Customer"},
		{"transactionType", `"transactionType=" + c.dataset.v`, "Only this: Type"},
	} {
		b.open(list)
		cell := `(() => { const i = document.querySelector("th[data-column='` + tc.column + `']").cellIndex; return document.querySelector("#results tbody tr").cells[i]; })()`
		want := eval[string](b, `((c) => `+tc.want+`)(`+cell+`)`)
		eval[any](b, `(() => { const c = `+cell+`; c.tabIndex = -1; c.focus(); })()`)
		b.press(".")
		b.click("#cell-menu a", tc.only)
		b.until(tc.only+" leading to "+want, `decodeURIComponent(location.search.replaceAll("+", " ")).includes(`+quote(want)+`) && document.querySelector("#results tr[data-transaction-id]")`)
	}

	// Masked values can be read and copied, not filtered by.
	b.open(list)
	eval[any](b, `(() => { const c = document.querySelector("#results tbody tr").cells[6]; c.tabIndex = -1; c.focus(); })()`)
	b.press(".")
	b.until("the menu", `document.querySelector("#cell-menu:popover-open")`)
	if text := eval[string](b, `document.querySelector("#cell-menu").innerText`); strings.Contains(text, "Only this") || !strings.Contains(text, "••") {
		t.Errorf("menu of a masked value: got %q, want the value masked and no filter", text)
	}
	b.press(kb.Escape)
	b.until("no menu", `!document.querySelector("#cell-menu")`)

	// By mouse: the button shows when the pointer is on the cell.
	b.hover("#results tbody tr:nth-child(3) td:nth-child(6)")
	b.click("#results .cell-more", "")
	want := eval[string](b, `document.querySelector("#results tbody tr:nth-child(3) td:nth-child(6)").textContent`)
	b.click("#cell-menu button", "Copy")
	b.until("the menu gone", `!document.querySelector("#cell-menu")`)
	if got := pasted(); got != want {
		t.Errorf("clipboard: got %q, want %q", got, want)
	}
}

// On a phone a tap opens the menu, and a link in the row stays a link.
func TestCellMenuByTouch(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.resize(375)
	b.open(week)
	b.signIn("support@example.com", demoPassword)
	b.at(week)
	const tap = `.dispatchEvent(new PointerEvent("click", { bubbles: true, cancelable: true, pointerType: "touch" }))`
	eval[any](b, `document.querySelector("#results tbody tr:nth-child(4) td:nth-child(4) strong")`+tap)
	b.until("the menu", `document.querySelector("#cell-menu:popover-open")?.textContent.includes("Only this: Amount")`)
	b.tablePicture("cell-menu-narrow")
	if w := eval[[]float64](b, `(({ left, right, top, bottom }) => [left, top, innerWidth - right, innerHeight - bottom])(document.querySelector("#cell-menu").getBoundingClientRect())`); slices.Min(w) < 0 {
		t.Errorf("menu: got it out of the window, by %v", w)
	}
	b.press(kb.Escape)
	b.until("the menu closed", `!document.querySelector("#cell-menu")`)
	b.prefer("dark")
	b.tablePicture("list-dark-narrow")
	b.resize(1440)
	b.press("j")
	b.press(kb.ArrowRight)
	b.press(".")
	b.until("the menu", `document.querySelector("#cell-menu:popover-open")`)
	b.tablePicture("cell-menu-dark")
}

func (b *tab) hover(selector string) {
	b.Helper()
	at := eval[[]float64](b, `(() => { const r = document.querySelector(`+quote(selector)+`).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	_, err := chromedp.Call(b.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: at[0], Y: at[1]})
	b.must(err)
}

// Rows are selected by x and copied.
func TestSelection(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	pasted := b.clipboard()
	const list = "/transactions?createdAt.start=now-7d&createdAt.end=now-1d/d&tz=America/New_York" // newer rows would be announced, too
	b.open(list)
	b.signIn("support@example.com", demoPassword)
	b.at(list)
	ids := b.rows()
	for range 3 {
		b.press("j")
		b.press("x")
	}
	b.until("three selected", `document.querySelector("#selection")?.textContent.includes("3 selected")`)
	b.tablePicture("selection")
	b.accessible("selected rows")
	b.click("#selection button", "Copy IDs")
	b.until("the copy said", `document.querySelector("#announce").textContent === "Copied"`)
	if got, want := pasted(), strings.Join(ids[:3], "\n"); got != want {
		t.Errorf("clipboard: got %q, want %q", got, want)
	}
	b.click("#selection button", "Copy as table")
	if !b.poll(func() bool { return strings.HasPrefix(pasted(), "Transaction ID\t") }) {
		t.Fatalf("clipboard: got %q, want a table", pasted())
	}
	lines := strings.Split(pasted(), "\n")
	if len(lines) != 4 || strings.Count(lines[1], "\t") != 8 || !strings.HasPrefix(lines[1], ids[0]+"\t") || !strings.HasSuffix(lines[0], "\tCreated EST") {
		t.Errorf("table: got %q, want a heading and 3 rows of 9 cells", lines)
	}
	b.press("x") // the focus is on a button outside the rows
	b.click("#selection button", "Clear")
	b.until("none selected", `!document.querySelector("#selection, [aria-selected]") && document.activeElement.closest("tr")`)

	// Keys of one character do nothing while somebody types.
	b.fill("#q", "jxo.")
	if got := eval[string](b, `document.querySelector("#q").value`); got != "jxo." || b.shows("#selection") {
		t.Errorf("typing: got %q in the box and a selection %v, want what was typed alone", got, b.shows("#selection"))
	}
}

// From the list to a record, on to the next ones, and back to the row at its place.
func TestRecordAndBack(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	list := "/transactions?createdAt.start=now-20d&createdAt.end=now-2d/d&tz=America/New_York&count=50"
	b.open(list)
	b.signIn("support@example.com", demoPassword)
	b.at(list)
	ids := b.rows()
	open := func(i int) (top float64) {
		b.Helper()
		row := `document.querySelector("tr[data-transaction-id='` + ids[i] + `']")`
		eval[any](b, row+`.scrollIntoView({ block: "center", behavior: "instant" })`)
		top = eval[float64](b, row+`.getBoundingClientRect().top`)
		b.click("#results tr[data-transaction-id='"+ids[i]+"'] a", "")
		b.until("the record", `location.pathname === "/transactions/`+ids[i]+`" && `+loaded+` && document.querySelector(".walk")?.checkVisibility()`)
		return top
	}
	back := func(how string, i, from int, top float64) {
		b.Helper()
		b.at(list)
		b.until("the focus on row "+ids[i], `document.activeElement.closest("tr")?.dataset.transactionId === "`+ids[i]+`"`)
		got := eval[float64](b, `document.querySelector("tr[data-transaction-id='`+ids[from]+`']").getBoundingClientRect().top`)
		if got < top-3 || got > top+3 {
			t.Errorf("%s: got row %d at %.0f px, want it where it was, at %.0f px", how, from, got, top)
		}
	}
	top := open(30)
	b.tablePicture("record")
	b.press(kb.Escape)
	back("Esc", 30, 30, top)

	top = open(40)
	b.press("]")
	b.until("the next record", `location.pathname === "/transactions/`+ids[41]+`" && `+loaded)
	b.press("[")
	b.until("the one before", `location.pathname === "/transactions/`+ids[40]+`" && `+loaded)
	b.click(".walk a", "Next")
	b.until("the next record", `location.pathname === "/transactions/`+ids[41]+`" && `+loaded)
	b.accessible("record from the list")
	b.press(kb.Escape)
	back("Esc after the next", 41, 40, top)

	top = open(20)
	b.click(".back a", "")
	back("the back link", 20, 20, top)
	top = open(22)
	b.goBack()
	back("the browser's back", 22, 22, top)

	// Nothing personal is kept, and nothing at all after signing out.
	if kept := eval[string](b, `JSON.stringify(Object.entries(sessionStorage))`); strings.Contains(kept, "tz=") || strings.Contains(kept, "/transactions") || !strings.Contains(kept, ids[22]) {
		t.Errorf("kept in the tab: got %s, want ids alone", kept)
	}
	b.click("details.menu summary", "support@example.com")
	b.click("details.menu button", "Sign out")
	b.heading("Sign in")
	if kept := eval[int](b, `sessionStorage.length`); kept != 0 {
		t.Errorf("kept in the tab after signing out: got %d entries, want none", kept)
	}

	// A record that was not opened from a list has neither.
	b.open("/transactions/" + ids[3])
	b.signIn("support@example.com", demoPassword)
	b.heading(" of ")
	if b.shows(".walk") {
		t.Error("a record by its address: got a way to the next one, want none")
	}
	b.press(kb.Escape)
	b.at("/transactions/" + ids[3])
}

// newerList opens a list whose newer rows are asked for soon and come when let: by letNewerCome() in the page, which also
// keeps in said what is said to screen readers.
func newerList(t *testing.T) *tab {
	t.Helper()
	b := newTab(t, demo(t).url)
	b.hurry(4000, 300) // half a minute is long
	_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
		const real = fetch;
		window.said = [];
		window.letNewerCome = () => {};
		window.fetch = async (...asked) => {
			if (String(asked[0]).startsWith("/transactions/newer")) await new Promise((go) => { window.letNewerCome = go; });
			return real(...asked);
		};
	}`})
	b.must(err)
	b.open(week)
	b.signIn("support@example.com", demoPassword)
	b.at(week)
	eval[any](b, `(() => {
		const place = document.querySelector("#announce");
		new MutationObserver(() => said.push({ Text: place.textContent, At: Date.now() })).observe(place, { childList: true });
	})()`)
	return b
}

// newerComeAtWork has newer rows told of right after an act of the reader.
func (b *tab) newerComeAtWork() {
	b.Helper()
	b.press("j")
	if !b.poll(func() bool {
		b.press("x")
		eval[any](b, `letNewerCome()`)
		time.Sleep(200 * time.Millisecond)
		return eval[bool](b, `/^\d+ newer transaction|^More than 25 newer/.test(document.querySelector("#newer")?.textContent.trim())`)
	}) {
		b.Fatal("got no newer rows told of")
	}
}

// Rows that arrive are told of without moving the list, and come when asked for.
func TestNewerRows(t *testing.T) {
	t.Parallel()
	b := newerList(t)
	before := b.rows()
	places := `[...document.querySelectorAll("#results tr[data-transaction-id]")].map((r) => Math.round(r.getBoundingClientRect().top)).join()`
	at := eval[string](b, places)
	b.newerComeAtWork()
	b.tablePicture("newer")
	if after := b.rows(); !slices.Equal(before, after) || eval[string](b, places) != at {
		t.Errorf("the list when rows arrived: got %v at %s, want it unmoved, %v at %s", after, eval[string](b, places), before, at)
	}
	b.until("it said", `document.querySelector("#announce").textContent.includes("newer transaction")`)
	type saying struct {
		Text string
		At   int64
	}
	if said := eval[[]saying](b, `window.said.slice(-2)`); len(said) < 2 || !strings.Contains(said[0].Text, "elected") || said[1].At-said[0].At < 4500 {
		t.Errorf("said last: got %v, want what the reader did, and the newer rows five seconds later", said)
	}
	b.accessible("newer rows")
	b.click("#newer a", "newer transaction")
	b.until("the new rows", `document.querySelector("#results tr[data-transaction-id]").dataset.transactionId !== `+quote(before[0]))
	if after := b.rows(); !slices.Contains(after, before[0]) {
		t.Errorf("the list after asking for them: got %v, want %s further down", after, before[0])
	}
	for _, x := range b.seen(0) {
		if strings.HasPrefix(x.path, "/transactions/newer") && x.finished && x.status != http.StatusOK && x.status != http.StatusNoContent {
			t.Errorf("asking for newer rows: got %v, want 200 or 204", x)
		}
	}
}

// Newer rows of a list that is gone by the time they could be said are not said.
func TestNewerRowsOfAListThatIsGone(t *testing.T) {
	t.Parallel()
	b := newerList(t)
	b.newerComeAtWork()
	b.click(`#results a[rel="next"]`, "")
	b.until("the next page", `location.search.includes("after=")`)
	time.Sleep(7 * time.Second) // more than news waits and is said in
	if said := eval[string](b, `window.said.map((s) => s.Text).join("|")`); strings.Contains(said, "newer") {
		t.Errorf("said: got %q, want nothing of the list that was left", said)
	}
}

// The heads stay in sight, whether the table fits or not, and the rows can be closed up.
func TestStickyHeadsAndDensity(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.open(week + "&count=100")
	b.signIn("support@example.com", demoPassword)
	b.at(week + "&count=100")
	inSight := `(() => { const r = document.querySelector("#results thead th").getBoundingClientRect(); return r.top >= -1 && r.bottom < innerHeight; })()`
	last := `document.querySelector("#results tbody tr:last-child")`
	for _, width := range []int64{1440, 375} {
		for _, columns := range []string{"", "&columns=all"} {
			b.resize(width)
			b.open(week + columns + "&count=100")
			b.until("rows measured", `document.querySelector(".scroll:is([data-wide], [data-fits])")`)
			eval[any](b, last+`.scrollIntoView({ block: "nearest", behavior: "instant" })`)
			b.until("the heads in sight", inSight)
			if columns == "" {
				b.tablePicture("sticky-" + map[int64]string{1440: "wide", 375: "narrow"}[width])
			}
			if w := eval[[]int](b, `[document.documentElement.scrollWidth, innerWidth]`); w[0] > w[1] {
				t.Errorf("at %d px: got the page %d px wide, want it to fit", width, w[0])
			}
		}
	}
	b.open(week)
	if cut := eval[bool](b, `(() => { const box = document.querySelector(".scroll").getBoundingClientRect(); return [...document.querySelectorAll("#results td.right > :last-child")].some((e) => e.getBoundingClientRect().right > box.right); })()`); cut {
		t.Error("at 375 px: got amounts cut off, want them whole")
	}
	b.resize(1440)
	b.open(week)
	height := eval[float64](b, last+`.offsetHeight`)
	b.click("form.density button", "Compact")
	b.until("the rows closed up", `document.querySelector("form.density button").ariaPressed === "true" && `+last+`.offsetHeight < `+last+`.offsetHeight + 1`)
	if got := eval[float64](b, last+`.offsetHeight`); got > height-4 {
		t.Errorf("compact rows: got %.0f px, want less than %.0f", got, height)
	}
	b.tablePicture("compact")
	b.accessible("compact list")
	b.reload()
	b.until("still closed up", `document.documentElement.dataset.density === "compact" && document.querySelector("form.density button")?.ariaPressed === "true"`)
	b.click("form.density button", "Compact")
	b.until("roomy again", `!document.documentElement.dataset.density`)
}
