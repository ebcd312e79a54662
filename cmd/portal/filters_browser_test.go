package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"trustlyportal/search"
)

// overDays is a view of days that are over: nobody creates transactions there any more.
const overDays = "createdAt.start=now-20d/d&createdAt.end=now-2d/d&tz=America/New_York"

// control is one control of the filter form, as the page has it.
type control struct {
	Label, Group string
	Names        []string // of its parameters, in order
	Kind         string   // checks, select, pair, text
	Values       []string // what the first choices send, of check lists and drop-down lists
}

// formControls reads the form of the page that stands.
func (b *tab) formControls() []control {
	b.Helper()
	b.until("the filter form", `document.querySelector("#filter-form .control")`) // it is made after the rows are shown
	return eval[[]control](b, `[...document.querySelectorAll("#filter-form .control")].map((c) => {
		const fields = [...c.querySelectorAll("[name]")];
		const names = [...new Set(fields.map((e) => e.name))];
		const select = c.querySelector("select");
		const boxes = [...c.querySelectorAll("input[type=checkbox]")];
		return {
			Label: c.querySelector("legend, label:not(.check), .label").textContent.trim(),
			Group: c.closest("details.more")?.querySelector("summary").textContent.trim() ?? "",
			Names: names,
			Kind: boxes.length ? "checks" : select ? "select" : names.length > 1 ? "pair" : "text",
			Values: boxes.length ? boxes.slice(0, 2).map((e) => e.value)
				: select ? [...select.options].filter((o) => o.value && !o.defaultSelected).slice(0, 1).map((o) => o.value) : [],
		};
	})`)
}

// values are what the test gives a control, by parameter.
func (c control) values() [][]string {
	if len(c.Values) > 0 {
		return [][]string{c.Values}
	}
	var all [][]string
	for _, name := range c.Names {
		f, _ := search.Lookup(name)
		value := f.Example
		switch {
		case name == "tz":
			value = "Europe/London"
		case strings.HasSuffix(name, ".start"):
			value = "now-18d/d"
		case strings.HasSuffix(name, ".end"):
			value = "now-3d/d"
		}
		all = append(all, []string{value})
	}
	return all
}

// wanted is the canonical address of the view with the control's values.
func (c control) wanted(t *testing.T) string {
	t.Helper()
	base, errs := search.Parse(overDays+"&count=10", time.Now())
	view := base
	for i, values := range c.values() {
		view = view.With(c.Names[i], values...)
	}
	if len(errs) > 0 || view.Encode() == base.Encode() {
		t.Fatalf("control %s: got %v and the view %s, want another view", c.Label, errs, view.Encode())
	}
	return view.URL("/transactions")
}

// everyControl uses each control in each way. Without it, each control is used in one of them, and the first of each
// kind in all: what a way does wrong, it does with more than one control of a kind.
var everyControl = flag.Bool("everycontrol", false, "use each control of the filter form in each of three ways")

// Every control of the form, used in three ways (see everyControl), leads to the canonical URL; and that gives the same
// rows to somebody else, whose zone is another one.
func TestEveryControl(t *testing.T) {
	t.Parallel()
	p := demo(t)
	base := "/transactions?" + overDays + "&count=10"
	ways := []struct {
		name string
		use  func(*tab, control)
		open func(*tab)
	}{
		{"without JavaScript", (*tab).useWithoutScripts, (*tab).withoutScripts},
		{"by keyboard", (*tab).useByKeyboard, func(*tab) {}},
		{"by mouse", (*tab).useByMouse, func(*tab) {}},
	}
	for i, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			began, found, used, kinds := time.Now(), 0, 0, map[string]bool{}
			other := inAnotherZone(t, p.url)
			b := newTab(t, p.url)
			way.open(b)
			b.open(base)
			b.signIn("support@example.com", demoPassword)
			b.at(base)
			controls := b.formControls()
			if len(controls) < 35 {
				t.Fatalf("controls: got %d, want one for each filter", len(controls))
			}
			for j, c := range controls {
				if kinds[c.Kind] && j%len(ways) != i && !*everyControl {
					continue
				}
				used, kinds[c.Kind] = used+1, true
				want := c.wanted(t)
				b.open(base)
				way.use(b, c)
				b.until("the address "+want+" for "+c.Label, loaded+` && location.pathname + location.search === `+quote(want))
				b.until("the list", `document.querySelector("#results .list, #results .empty")`)
				if got, rows := b.rows(), other(want); !slices.Equal(got, rows) {
					t.Errorf("%s: got rows %v, somebody else %v", c.Label, got, rows)
				} else if len(rows) > 0 {
					found++
				}
			}
			if found < used/2 {
				t.Errorf("got rows by %d of %d controls, want them by most", found, used)
			}
			t.Logf("%d of %d controls, %d with rows, in %s", used, len(controls), found, time.Since(began).Round(time.Second))
		})
	}
}

// useWithoutScripts unfolds the form by its own disclosures.
func (b *tab) useWithoutScripts(c control) {
	b.Helper()
	b.click("#filters > summary", "All filters")
	if c.Group != "" {
		b.click("#filters details.more > summary", c.Group)
	}
	if c.Kind == "checks" {
		b.click(fmt.Sprintf("[id='f-%s'] > summary", c.Names[0]), c.Label)
	}
	b.set(c)
	b.click("#filter-form button[type=submit]", "Apply")
}

func (b *tab) useByMouse(c control) {
	b.Helper()
	b.click("#add-filter", "Add filter")
	b.click("#add-list [role=group][aria-label='"+cmp.Or(c.Group, "Common filters")+"'] [role=option], #add-list [role=group][aria-label='How the list is shown'] [role=option]", c.Label)
	b.set(c)
	b.click("#filter-form button[type=submit]", "Apply")
}

// set gives the visible control its values by mouse, and texts by typing.
func (b *tab) set(c control) {
	b.Helper()
	for i, values := range c.values() {
		field := fmt.Sprintf("#filter-form [name='%s']", c.Names[i])
		switch c.Kind {
		case "checks":
			for _, v := range values {
				b.click(fmt.Sprintf("#filter-form label:has(> [name='%s'][value='%s'])", c.Names[i], v), "")
			}
		case "select": // the browser's own list is outside the page
			eval[any](b, fmt.Sprintf(`(() => { const e = document.querySelector(%s); e.value = %s; e.dispatchEvent(new Event("change", { bubbles: true })); })()`, quote(field), quote(values[0])))
		default:
			b.fill(field, values[0])
		}
	}
}

// useByKeyboard types the control's name into the filter menu, and goes on by keys alone.
func (b *tab) useByKeyboard(c control) {
	b.Helper()
	b.press("f")
	b.until("the filter menu", `document.activeElement.role === "combobox"`)
	b.press(c.Label + kb.Enter)
	b.until("the control "+c.Label, fmt.Sprintf(`document.activeElement.name === %s`, quote(c.Names[0])))
	for i, values := range c.values() {
		switch {
		case c.Kind == "checks":
			b.press(" " + strings.Repeat(kb.Tab+" ", len(values)-1))
		case c.Kind == "select":
			b.press(kb.ArrowDown)
		default:
			if i > 0 {
				b.press(kb.Tab)
			}
			b.until("the field "+c.Names[i], fmt.Sprintf(`document.activeElement.name === %s && (document.activeElement.select(), true)`, quote(c.Names[i])))
			b.press(values[0])
		}
	}
	for range 40 {
		if b.press(kb.Tab); eval[bool](b, `document.activeElement.matches("#filter-form [type=submit]")`) {
			b.press(kb.Enter)
			return
		}
	}
	b.Fatalf("control %s: got no way to Apply by Tab", c.Label)
}

var rowID = regexp.MustCompile(`<tr data-transaction-id="([^"]*)"`)

// inAnotherZone signs somebody in whose preferred zone is Tokyo's, and returns what they see at an address.
func inAnotherZone(t *testing.T, base string) func(path string) []string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path string, form url.Values) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		read, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(read)
	}
	ask(http.MethodPost, "/login", url.Values{"email": {"finance@example.com"}, "password": {demoPassword}})
	ask(http.MethodPost, "/account/preferences", url.Values{"tz": {"Asia/Tokyo"}})
	if _, page := ask(http.MethodGet, "/help/filters", nil); !strings.Contains(page, "yours is Asia/Tokyo") {
		t.Fatal("preferences: got another zone, want Tokyo's")
	}
	return func(path string) []string {
		t.Helper()
		response, page := ask(http.MethodGet, path, nil)
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: got status %d to %q for somebody else, want the list at once", path, response.StatusCode, response.Header.Get("Location"))
		}
		rows := []string{}
		for _, m := range rowID.FindAllStringSubmatch(page, -1) {
			rows = append(rows, m[1])
		}
		return rows
	}
}

// Chips are edited where they stand, and the focus goes where the work went.
func TestChipsInPlace(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	view := "/transactions?transactionType=3&transactionStatus=4&transactionStatus=5&" + overDays
	b.open(view)
	b.signIn("support@example.com", demoPassword)
	b.at(view)

	const focus = `document.activeElement.id`
	shown := func() []string {
		return eval[[]string](b, `[...document.querySelectorAll("#filter-form .control")].filter((e) => e.checkVisibility()).map((e) => e.querySelector("legend, label").textContent)`)
	}
	b.click(".chip-text", "Status")
	b.until("the status in place", `document.activeElement.name === "transactionStatus"`)
	if got := shown(); !slices.Equal(got, []string{"Status"}) {
		t.Errorf("controls shown: got %v, want the status alone", got)
	}
	type box struct{ Left, Top, Bottom float64 }
	under := eval[box](b, `document.getElementById("c-transactionStatus").closest(".chip").getBoundingClientRect()`+place)
	if got := eval[box](b, `document.getElementById("filter-form").getBoundingClientRect()`+place); got.Left < under.Left-2 || got.Left > under.Left+60 || got.Top < under.Bottom || got.Top > under.Bottom+12 {
		t.Errorf("the sheet: got it at %+v, want it under the chip at %+v", got, under)
	}

	// What was not applied is not meant, there and in other filters.
	b.click("#filter-form label", "Pending")
	b.press(kb.Escape)
	b.until("the sheet closed", `!document.querySelector("#filters").open`)
	if got := eval[string](b, focus); got != "c-transactionStatus" {
		t.Errorf("the focus after Esc: got it on %q, want the chip", got)
	}
	b.press(kb.Enter)
	b.until("the status again", `document.activeElement.name === "transactionStatus"`)
	if eval[bool](b, `document.querySelector("[name=transactionStatus][value='1']").checked`) {
		t.Error("after Esc: got the box still ticked, want the form as the address says")
	}
	// From one chip to the next, with the sheet open.
	b.click(".chip-text", "Type")
	b.until("the type", `document.activeElement.name === "transactionType"`)
	if got := shown(); !slices.Equal(got, []string{"Type"}) {
		t.Errorf("controls shown: got %v, want the type alone", got)
	}
	b.click("#filter-form label", "Refund")
	b.click("#filter-form button[type=submit]", "Apply")
	b.at("/transactions?transactionType=3&transactionType=4&transactionStatus=4&transactionStatus=5&" + overDays)
	b.until("the focus on the chip", focus+` === "c-transactionType"`)
	b.until("the sheet closed", `!document.querySelector("#filters").matches(".one, [open]")`)

	// Removing from the sheet, and by the cross: the focus goes on.
	b.press(kb.Enter)
	b.click("#remove-filter", "Remove")
	b.at("/transactions?transactionStatus=4&transactionStatus=5&" + overDays)
	b.until("the focus where a new one comes from", focus+` === "add-filter"`)
	b.click(".chip-x[aria-label*='Status']", "")
	b.at("/transactions?" + overDays)
	b.until("the focus on the chip beside it", `document.activeElement.matches(".chip-x[aria-label*='Created']")`)
	b.until("the number said", `document.querySelector("#announce").textContent === document.querySelector("#count").textContent`)

	// The whole form from one control, and the zone and the dates in their places.
	b.click("#zone", "New_York")
	b.until("the zone", `document.activeElement.name === "tz"`)
	b.press("Europe/London" + kb.Enter)
	b.at("/transactions?createdAt.start=now-20d/d&createdAt.end=now-2d/d&tz=Europe/London")
	b.until("the focus on the zone", focus+` === "zone"`)
	b.click("#custom", "Custom")
	b.until("the dates", `document.activeElement.name === "createdAt.start"`)
	// The calendar is the browser's own; here a day is picked in it.
	eval[any](b, `(() => { const day = document.querySelector(".shown .day:last-child > input"); day.value = "2026-11-05"; day.dispatchEvent(new Event("change")); })()`)
	if got := eval[string](b, `document.activeElement.name + " " + document.activeElement.value`); got != "createdAt.end 2026-11-05" {
		t.Errorf("a day of the calendar: got %s, want it in the field for the end", got)
	}
	b.click("#filters > summary", "All filters")
	b.until("the whole form", find("#filter-form .control", "Time zone")+` && `+find("#filter-form .control", "Type"))
	b.press(kb.Escape)
	b.until("it closed", `!document.querySelector("#filters").open`)

	// A value that is refused, from a sheet: the whole form stands in the page, with the others' values.
	b.expect(http.StatusUnprocessableEntity)
	b.click("#add-filter", "Add filter")
	b.press("amount" + kb.Enter)
	b.until("the amount", `document.activeElement.name === "amount.min"`)
	b.press("12,50 $" + kb.Enter)
	b.heading("Filters to correct")
	b.click("[role=alert] a", "Amount")
	b.until("the amount in the form", `document.activeElement.name === "amount.min" && document.activeElement.value === "12,50 $"`)
	b.fill("[id='f-amount.min']", "12.50")
	b.press(kb.Enter)
	b.at("/transactions?amount.min=12.50&createdAt.start=now-20d/d&createdAt.end=now-2d/d&tz=Europe/London")
}

const place = `.toJSON()` // its numbers

// Type to find a filter: by its name, by the API's, by what it can say, by what its help says.
func TestAddFilter(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	view := "/transactions?transactionType=3&" + overDays
	b.open(view)
	b.signIn("support@example.com", demoPassword)
	b.at(view)
	b.click("#add-filter", "Add filter")
	active := `document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.firstChild.textContent`
	for _, c := range []struct{ typed, first string }{
		{"", "Type"}, {"amo", "Amount"}, {"R01", "Reason code"}, {"return", "Reason code"}, {"ppTrx", "Reason code"}, {"denied", "Status"}, {"refund", "Refunded"},
		{"order number", "Merchant reference"}, {"zone", "Time zone"}, {"originalTransactionId", "Original transaction ID"}, {"no such filter", "All filters…"},
	} {
		eval[any](b, `document.activeElement.select()`)
		if c.typed != "" {
			b.press(c.typed)
		}
		if got := eval[string](b, active); got != c.first && !(c.typed == "R01" && got == "All filters…") {
			t.Errorf("%q: got %q first, want %q", c.typed, got, c.first)
		}
	}
	eval[any](b, `document.activeElement.select()`)
	b.press("cust" + kb.ArrowDown)
	if got := eval[string](b, active); got != "Customer external ID" {
		t.Errorf("down: got %q, want the second that was found", got)
	}
	b.press(kb.ArrowUp + kb.ArrowUp)
	if got := eval[string](b, active); got != "All filters…" {
		t.Errorf("up from the first: got %q, want the last", got)
	}
	b.press(kb.Enter)
	b.until("the whole form", find("#filter-form .control", "Merchant reference")+` && document.activeElement.matches("#filters > summary")`)
	b.press(kb.Escape)
	b.press("f")
	b.until("the menu", `document.activeElement.role === "combobox"`)
	b.press(kb.Escape)
	b.until("the focus on its button", `document.activeElement.id === "add-filter" && !document.querySelector("#add-menu") && document.activeElement.ariaExpanded === "false"`)
	b.press(kb.Enter)
	b.until("the menu", `document.querySelector("#add-menu")`)
	b.click("h1", "")
	b.until("the menu closed by a click elsewhere", `!document.querySelector("#add-menu")`)
}

// Links to controls work where the browser alone unfolds what they lead into.
func TestChipsWithoutScripts(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.withoutScripts()
	view := "/transactions?transactionStatus=4&payment.paymentType=2&createdAt.start=now-7d&createdAt.end=now-1d&tz=UTC"
	b.open(view)
	b.signIn("support@example.com", demoPassword)
	b.at(view)
	if b.shows("#add-filter") {
		t.Error("without scripts: got a menu that only scripts can serve, want none")
	}
	for _, c := range []struct{ link, text, control string }{
		{".chip-text", "Status", "#filter-form [name='transactionStatus']"},
		{".chip-text", "Payment type", "#filter-form [name='payment.paymentType']"},
		{"#custom", "Custom", "#filter-form [name='createdAt.start']"},
		{"#zone", "UTC", "#filter-form [name='tz']"},
	} {
		b.open(view)
		b.click(c.link, c.text)
		b.until("the control of "+c.text+" in sight", `(() => {
			const e = `+find(c.control, "")+`;
			const r = e?.getBoundingClientRect();
			return r && r.height > 0 && r.top >= 0 && r.bottom <= innerHeight && e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2));
		})()`)
	}
	b.fill("#f-tz", "Europe/London")
	b.click("#filter-form button[type=submit]", "Apply")
	b.at("/transactions?transactionStatus=4&payment.paymentType=2&createdAt.start=now-7d&createdAt.end=now-1d&tz=Europe/London")
}

// The row of dates: presets, the periods beside, another date; by keys the focus stays for the next step.
func TestDates(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	view := "/transactions?createdAt.start=now-1d/d&createdAt.end=now-1d/d&tz=America/New_York"
	b.open(view)
	b.signIn("support@example.com", demoPassword)
	b.at(view)
	b.click("#earlier", "")
	b.at("/transactions?createdAt.start=now-2d/d&createdAt.end=now-2d/d&tz=America/New_York")
	b.until("the focus on the arrow", `document.activeElement.id === "earlier"`)
	b.press(kb.Enter)
	b.at("/transactions?createdAt.start=now-3d/d&createdAt.end=now-3d/d&tz=America/New_York")
	b.until("the focus on the arrow", `document.activeElement.id === "earlier"`)
	b.click("#later", "")
	b.at("/transactions?createdAt.start=now-2d/d&createdAt.end=now-2d/d&tz=America/New_York")
	b.click("#later", "")
	b.at(view)
	b.click("#later", "")
	b.at("/transactions?createdAt.start=now/d&tz=America/New_York")
	b.until("today to be current, with nothing later", `document.querySelector(".segments [aria-current]").textContent === "Today" && !document.querySelector("#later")`)
	b.click("#dated", "Created")
	b.click(".dates .sheet a", "Completed")
	b.at("/transactions?completedAt.start=now/d&tz=America/New_York")
	b.until("today of completion", `document.querySelector("#dated").textContent.includes("Completed") && document.querySelector(".segments [aria-current]").textContent === "Today"`)
	b.click(".segments a", "Last month")
	b.at("/transactions?completedAt.start=now-1M/M&completedAt.end=now-1M/M&tz=America/New_York")
}

// Nothing that axe finds while filters are chosen and changed.
func TestFiltersAccessible(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.expect(http.StatusUnprocessableEntity)
	view := "/transactions?transactionType=3&transactionStatus=4&amount.min=5.00&createdAt.start=now-14d&createdAt.end=now-1d&tz=America/New_York&count=5"
	b.open(view)
	b.signIn("support@example.com", demoPassword)
	b.at(view)
	for _, state := range []struct {
		name string
		act  func()
	}{
		{"the menu to add a filter", func() { b.click("#add-filter", "Add filter") }},
		{"the menu with what was found", func() { b.click("#add-filter", "Add filter"); b.press("refund") }},
		{"a chip's check list", func() { b.click(".chip-text", "Status") }},
		{"a chip's range", func() { b.click(".chip-text", "Amount") }},
		{"a date of one's own", func() { b.click("#custom", "Custom") }},
		{"the zone", func() { b.click("#zone", "New_York") }},
		{"which date", func() { b.click("#dated", "Created") }},
		{"the whole form", func() { b.click("#filters > summary", "All filters") }},
		{"a refused filter", func() {
			b.click(".chip-text", "Amount")
			b.fill("[id='f-amount.max']", "2")
			b.press(kb.Enter)
			b.heading("Filters to correct")
		}},
		{"nothing found", func() { b.open("/transactions?payment.paymentId=999&completedAt.start=now-7d&tz=UTC") }},
	} {
		b.open(view)
		state.act()
		b.accessible(state.name, ".add-menu", "#filter-form", ".dates .sheet")
	}
}

// What is said of a list that has nothing to show are words and sentences, as they are seen.
func TestAnEmptyListIsSaid(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.open(week)
	b.signIn("support@example.com", demoPassword)
	b.at(week)
	b.click("#filters > summary", "All filters")
	eval[any](b, `document.querySelector("[name='payment.merchantReference']").value = "nothing-like-it"`)
	b.click("#filter-form button[type=submit]", "Apply")
	b.until("nothing found", `document.querySelector("#results .empty")`)
	b.until("it said", `document.querySelector("#announce").textContent.length > 20`)
	if said := eval[string](b, `document.querySelector("#announce").textContent`); regexp.MustCompile(`[\p{Ll}.?!][A-Z]`).MatchString(said) {
		t.Errorf("said: got %q, want its words apart", said)
	}
}
