package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var update = flag.Bool("update", false, "write the golden transcript of the journey by keyboard anew")

// From the sign-in to the export by keyboard alone. What a reader who sees nothing would hear is written down and held
// in testdata/keyboard.txt; after every key the focus is somewhere, in sight and visible. A small window tells the same.
func TestJourneyByKeyboard(t *testing.T) {
	t.Parallel()
	for _, window := range []struct {
		width  int64
		scheme string
	}{{1440, "light"}, {375, "dark"}} {
		t.Run(fmt.Sprint(window.width), func(t *testing.T) {
			t.Parallel()
			b := newTab(t, demo(t).url)
			b.resize(window.width)
			b.prefer(window.scheme)
			b.clipboard()
			r := &recorder{tab: b, pictures: fmt.Sprintf("keyboard-%d", window.width)}
			r.journey()
			r.compare(filepath.Join("testdata", "keyboard.txt"))
		})
	}
}

func (r *recorder) journey() {
	r.Helper()
	b := r.tab

	r.chapter("Sign in")
	b.open("/")
	b.heading("Sign in")
	r.write("open", "/")
	r.tabTo("#email")
	r.typed("finance@example.com")
	r.tabTo("#password")
	r.typed(demoPassword)
	r.key(kb.Enter, "Enter", `document.querySelector("#results tr[data-transaction-id]")`)

	r.chapter("Find what the customer read out")
	reference := eval[string](b, `document.querySelector("#results tbody tr").cells[document.querySelector("th[data-column=reference]").cellIndex].textContent.trim()`)
	id := b.rows()[1]
	r.key("/", "/", `document.activeElement.id === "q"`)
	r.names = append(r.names, reference, "REFERENCE", id, "ID")
	r.typed(reference)
	r.place = "a record, or the short list"
	r.key(kb.Enter, "Enter", loaded+` && (location.pathname.startsWith("/transactions/") || location.pathname === "/find" && document.querySelectorAll("main a[href^='/transactions/']").length > 1 && !document.querySelector("meta[http-equiv=refresh]"))`)
	r.key("/", "/", `document.activeElement.id === "q"`)
	r.typed(id)
	r.key(kb.Enter, "Enter", loaded+` && location.pathname === "/transactions/`+id+`"`)
	r.tabTo("nav.nav a[href^='/transactions']")
	r.key(kb.Enter, "Enter", loaded+` && document.querySelector("#results tr[data-transaction-id]")`)

	r.chapter("Filter")
	r.key("f", "f", `document.activeElement.role === "combobox"`)
	r.says("stat", "^4 filters$") // not what is said when a slow machine takes long between two letters
	r.key(kb.Enter, "Enter", `document.activeElement.name === "transactionStatus"`)
	for _, status := range []string{"4", "5"} {
		r.tabTo("#filter-form input[name=transactionStatus][value='" + status + "']")
		r.key(" ", "Space", `document.activeElement.checked`)
	}
	r.saying("transactions on this page|of at least").key(kb.Enter, "Enter", `location.search.includes("transactionStatus=4&transactionStatus=5") && document.activeElement.id === "c-transactionStatus"`)

	r.chapter("Dates")
	r.tabTo("#d5")
	r.saying("of at least").key(kb.Enter, "Enter", `location.search.includes("createdAt.start=now-30d&") && document.activeElement.id === "d5"`)
	r.tabTo("#earlier")
	r.key(kb.Enter, "Enter", `location.search.includes("createdAt.start=now-60d&createdAt.end=now-30d") && document.activeElement.id === "earlier"`)
	r.tabTo("#later")
	r.key(kb.Enter, "Enter", `location.search.includes("createdAt.start=now-30d&tz")`)

	r.chapter("Columns")
	r.tabTo("a[data-dialog]")
	r.key(kb.Enter, "Enter", `document.querySelector("dialog.columns-dialog[open]") && document.activeElement.type === "search"`)
	r.says("Fee", "^1 column$")
	r.saying("place 9 of 9: added").key(kb.Enter, "Enter", `document.querySelector("#columns-form .chosen li:last-child input").value === "fee"`)
	r.tabTo("#columns-form .chosen li:last-child button[name=up]")
	r.saying("Fee, place 8 of 9").key(" ", "Space", `document.activeElement.name === "up" && document.activeElement.closest("li").nextElementSibling`)
	r.tabTo("#columns-form .columns-foot button")
	r.key(kb.Enter, "Enter", `!document.querySelector("dialog[open]") && location.search.includes("fee,createdAt")`)

	r.chapter("Rows")
	ids := b.rows()
	r.names = append(r.names, ids[0], "FIRST", ids[1], "SECOND", ids[2], "THIRD")
	on := func(id string) string {
		return `document.activeElement.closest("tr")?.dataset.transactionId === "` + id + `"`
	}
	r.key("j", "j", on(ids[0]))
	r.key("j", "j", on(ids[1]))
	r.key("k", "k", on(ids[0]))
	r.key("o", "o", loaded+` && location.pathname === "/transactions/`+ids[0]+`" && document.querySelector(".walk")?.checkVisibility()`)
	r.key("]", "]", loaded+` && location.pathname === "/transactions/`+ids[1]+`" && document.querySelector(".walk")?.checkVisibility()`)
	r.key(kb.Escape, "Esc", `location.pathname === "/transactions" && `+on(ids[1]))
	r.saying("1 selected").key("x", "x", `document.querySelector("#selection")`)
	r.key("j", "j", on(ids[2]))
	r.saying("2 selected").key("x", "x", `document.querySelectorAll("#results tr[aria-selected]").length === 2`)
	r.tabTo("#selection [data-selection=ids]")
	r.saying("Copied").key(kb.Enter, "Enter", `window.copied === "`+ids[1]+`\n`+ids[2]+`"`)
	r.tabTo("#selection [data-selection=clear]")
	r.saying("Nothing selected").key(kb.Enter, "Enter", `!document.querySelector("#selection")`)

	r.chapter("What a cell offers")
	cells := eval[[]string](b, `[...document.activeElement.closest("tr").cells].map((c) => (c.querySelector(".status, .cut, strong") ?? c).textContent.trim())`)
	r.names = append(r.names, "“"+cells[1]+"”", "“STATUS”", "“"+cells[2]+"”", "“TYPE”", "Type "+cells[2], "Type TYPE", "Type: "+cells[2], "Type: TYPE")
	r.key(kb.ArrowRight, "Right", `document.activeElement.cellIndex === 1`)
	r.key(kb.ArrowRight, "Right", `document.activeElement.cellIndex === 2`)
	r.key(".", ".", `document.querySelector("#cell-menu:popover-open") && document.activeElement.role === "menuitem"`)
	r.key(kb.ArrowDown, "Down", `document.activeElement.textContent === "Copy"`)
	r.key(kb.ArrowUp, "Up", `document.activeElement.textContent.startsWith("Only this")`)
	r.key(kb.Enter, "Enter", `location.search.includes("transactionType=") && !document.querySelector("#cell-menu")`)
	r.tabTo(".chip-x[aria-label^='Remove filter Type']")
	r.key(kb.Enter, "Enter", `!location.search.includes("transactionType=")`)

	r.chapter("Count")
	r.tabTo("a[data-count]")
	r.saying("transactions").key(kb.Enter, "Enter", `/^[0-9,]+ transactions$/.test(document.querySelector("#count").textContent)`)

	r.chapter("Save and send")
	r.tabTo("#views-menu > summary")
	r.key(kb.Enter, "Enter", `document.querySelector("#views-menu").open`)
	r.tabTo("#save-name")
	r.typed("Failed lately")
	r.key(kb.Enter, "Enter", loaded+` && document.querySelector(".notice")?.textContent.includes("Saved as")`)
	r.tabTo("#share-menu > summary")
	r.key(kb.Enter, "Enter", `document.querySelector("#share-menu").open`)
	r.tabTo("#share-menu [data-copy]")
	r.saying("Copied").key(kb.Enter, "Enter", `window.copied === document.querySelector("#live-link").value`)
	r.key(kb.Escape, "Esc", `!document.querySelector("#share-menu").open && document.activeElement.closest("#share-menu")`)

	r.chapter("Keys")
	r.key("?", "?", `document.querySelector("#keys").open`)
	for _, line := range eval[[]string](b, `[...document.querySelectorAll("dl.keys > div")].map((e) => e.innerText.replace(/\s+/g, " "))`) {
		fmt.Fprintf(&r.text, "    %s\n", line)
	}
	r.key(kb.Escape, "Esc", `!document.querySelector("#keys").open`)

	r.chapter("Export")
	r.tabTo("a[data-dialog=export]")
	r.key(kb.Enter, "Enter", `document.activeElement.matches("dialog[open] input[value=xlsx]:checked") && document.querySelector("dialog .export-estimated strong")`)
	r.key(kb.ArrowUp, "Up", `document.activeElement.matches("dialog[open] input[value=csv]:checked")`)
	r.tabTo("dialog .absent > summary")
	r.key(kb.Enter, "Enter", `document.querySelector("dialog .absent").open`)
	r.tabTo("dialog .streams a")
	name, records := b.downloadBy(func() { r.key(kb.Enter, "Enter", `true`) })
	if !strings.HasSuffix(name, ".csv") || len(records) < 2 || records[0][0] != "transactionId" || !slices.Contains(records[0], "fee") {
		r.Errorf("export: got %q with %d records, the first %v, want a CSV with the columns on screen", name, len(records), records[:min(1, len(records))])
	}
}

// compare holds what was written against a file.
func (r *recorder) compare(golden string) {
	r.Helper()
	if *update {
		r.must(os.WriteFile(golden, []byte(r.text.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	r.must(err)
	if got := r.text.String(); got != string(want) {
		r.Errorf("transcript: got another than %s (-update writes it anew):\n%s", golden, differing(got, string(want)))
	}
}

// recorder writes down what happens key by key, and looks after the focus.
type recorder struct {
	*tab
	text     strings.Builder
	names    []string // what differs from run to run, and what stands for it, in turns
	wanted   string   // what is to be announced after the next key
	shots    int
	pictures string  // the directory for them, below that of -screenshots
	at       string  // the address that was written last
	place    string  // what stands for the next place, where that differs from run to run
	page     float64 // the document that was looked at last, by its time of birth
	had      bool    // whether anything in it has had the focus
}

func (r *recorder) chapter(title string) { fmt.Fprintf(&r.text, "\n# %s\n\n", title) }

// saying makes the next key wait for an announcement, told by a pattern.
func (r *recorder) saying(pattern string) *recorder {
	r.wanted = pattern
	return r
}

// key presses a key and waits for what it does.
func (r *recorder) key(key, name, done string) {
	r.Helper()
	if r.wanted != "" {
		eval[any](r.tab, `document.querySelector("#announce") && (document.querySelector("#announce").textContent = "")`)
	}
	r.press(key)
	r.until("what "+name+" does, "+done, done)
	r.write("press", name)
}

// typed types into what has the focus; says also waits for the answer to it.
func (r *recorder) typed(text string) {
	r.Helper()
	r.press(text)
	if text == demoPassword {
		text = "the password"
	}
	r.write("type", text)
}

func (r *recorder) says(text, announced string) {
	r.Helper()
	r.saying(announced).typed(text)
}

// tabTo goes to an element as Tab and Shift+Tab do, with an eye on the focus all the way.
func (r *recorder) tabTo(selector string) {
	r.Helper()
	const limit = 80
	way := eval[string](r.tab, `(() => {
		const to = document.querySelector(`+quote(selector)+`);
		if (!to) return "missing";
		return document.activeElement !== document.body && document.activeElement.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_PRECEDING ? "Shift+Tab" : "Tab";
	})()`)
	if way == "missing" {
		r.Fatalf("Tab to %s: got nothing there", selector)
	}
	for range limit {
		if eval[bool](r.tab, `document.activeElement === document.querySelector(`+quote(selector)+`)`) {
			r.write("press", way+" until there")
			return
		}
		p := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9, NativeVirtualKeyCode: 9}
		if way == "Shift+Tab" {
			p.Modifiers = int64(chromedp.ModifierShift)
		}
		_, err := chromedp.Call(r.ctx, input.DispatchKeyEvent, p)
		r.must(err)
		p.Type = input.DispatchKeyEventTypeKeyUp
		_, err = chromedp.Call(r.ctx, input.DispatchKeyEvent, p)
		r.must(err)
		r.inSight("on the way to " + selector)
	}
	r.Fatalf("Tab to %s: got %s after %d times", selector, eval[string](r.tab, `document.activeElement.outerHTML.slice(0, 200)`), limit)
}

// inSight fails the test where the focus is lost, invisible, or hidden under something.
func (r *recorder) inSight(when string) {
	r.Helper()
	if born := eval[float64](r.tab, `performance.timeOrigin`); born != r.page {
		r.page, r.had = born, false
	}
	if eval[bool](r.tab, `document.activeElement === document.body`) {
		if r.had {
			r.Errorf("focus %s at %s: got it lost", when, r.location())
		}
		return
	}
	r.had = true
	var trouble string
	if !r.poll(func() bool {
		trouble = eval[string](r.tab, `(() => {
			const e = document.activeElement;
			if (!e.matches(":focus-visible")) return "no :focus-visible";
			const drawn = [e, e.closest("label")].filter(Boolean).some((f) => {
				const s = getComputedStyle(f);
				return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
			});
			if (!drawn) return "no outline";
			const r = e.getClientRects()[0] ?? e.getBoundingClientRect();
			const spots = [.5, .1, .9].flatMap((x) => [.5, .2, .8].map((y) => [r.x + r.width * x, r.y + r.height * y]));
			const seen = spots.some(([x, y]) => { const top = document.elementFromPoint(x, y); return top && (e.contains(top) || top.contains(e) && top.matches("label")); });
			return seen ? "" : "out of sight, at " + [r.x, r.y, r.width, r.height].map(Math.round) + " of " + [innerWidth, innerHeight];
		})()`)
		return trouble == ""
	}) {
		r.Errorf("focus %s at %s: got %s on %s", when, r.location(), trouble, eval[string](r.tab, `document.activeElement.outerHTML.slice(0, 200)`))
	}
}

// write adds a line on what was done, where that led, what has the focus and what was announced.
func (r *recorder) write(what, with string) {
	r.Helper()
	said := ""
	if r.wanted != "" {
		r.until("the announcement of "+r.wanted, `new RegExp(`+quote(r.wanted)+`).test(document.querySelector("#announce").textContent)`)
		said = eval[string](r.tab, `document.querySelector("#announce").textContent`)
		r.wanted = ""
	}
	r.inSight("after " + what + " " + with)
	line := what + " " + with + "\n"
	if at := r.location(); r.place != "" {
		line += "    at " + r.place + "\n"
	} else {
		if at != r.at {
			line += "    at " + at + "\n"
		}
		line += "    on " + r.focused() + "\n"
	}
	r.at, r.place = r.location(), ""
	if said != "" {
		line += "    says “" + said + "”\n"
	}
	r.text.WriteString(r.stable(line))
	if *screenshots != "" {
		r.shots++
		dir := filepath.Join(*screenshots, r.pictures)
		r.must(os.MkdirAll(dir, 0o755))
		png, err := chromedp.Call(r.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
		r.must(err)
		r.must(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.png", r.shots)), png.Data, 0o644))
	}
}

// focused is the role and the name by which assistive technology knows what has the focus.
func (r *recorder) focused() string {
	r.Helper()
	object, err := chromedp.Call(r.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement ?? document.body"})
	r.must(err)
	tree, err := chromedp.Call(r.ctx, accessibility.GetPartialAXTree, accessibility.GetPartialAXTreeParams{ObjectID: object.Result.ObjectID, FetchRelatives: new(bool)})
	r.must(err)
	node := tree.Nodes[0]
	text := func(v *accessibility.Value) (s string) {
		if v != nil {
			_ = json.Unmarshal([]byte(v.Value), &s)
		}
		return strings.Join(strings.Fields(s), " ")
	}
	role := text(node.Role)
	if role == "RootWebArea" || eval[bool](r.tab, `document.activeElement === document.body`) {
		return "the page, " + eval[string](r.tab, `document.title`)
	}
	line := role + " “" + text(node.Name) + "”"
	for _, p := range node.Properties {
		switch p.Name {
		case "checked", "expanded", "pressed", "selected":
			line += ", " + string(p.Name) + " " + strings.Trim(string(p.Value.Value), `"`)
		}
	}
	return line
}

var (
	kinds   = regexp.MustCompile(`(transactionType=)\d+|(on the page, )\w+ of [\d.]+ [A-Z]{3}, [\w ]+|(on heading “)[^,”]+`)
	moment  = regexp.MustCompile(`\b[A-Z][a-z]{2} \d{1,2}(, \d{4})?,? \d\d:\d\d(:\d\d)?|\b\d{13}\b|\b\d\d:\d\d:\d\d\b`)
	numbers = regexp.MustCompile(`\b\d[\d,]* (transactions|requests)\b|\b\d+–\d+ of at least \d+`)
)

// stable puts words for what differs from run to run.
func (r *recorder) stable(line string) string {
	line = strings.NewReplacer(r.names...).Replace(line)
	line = kinds.ReplaceAllString(line, "${1}${2}${3}TYPE")
	line = moment.ReplaceAllString(line, "TIME")
	return numbers.ReplaceAllStringFunc(line, func(s string) string {
		return regexp.MustCompile(`\d[\d,]*`).ReplaceAllString(s, "N")
	})
}

// differing shows the first lines in which two texts differ.
func differing(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d: got\n%s\nwant\n%s", i+1, strings.Join(g[min(i, len(g)):min(i+6, len(g))], "\n"), strings.Join(w[min(i, len(w)):min(i+6, len(w))], "\n"))
		}
	}
	return ""
}
