package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trustlyportal/store/storetest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The browser tests drive a real Chromium. One process serves them all; each tab has cookies and a cache of its own.

const (
	tabLimit  = 8 * time.Minute  // for all that one tab does, on a machine that is busy with other packages
	waitLimit = 60 * time.Second // for one thing to happen on a page
	pollEvery = 15 * time.Millisecond
)

// chrome is the process, started by the first test that needs it and ended by TestMain.
var chrome struct {
	once   sync.Once
	ctx    context.Context //nolint:containedctx // lives as long as the process
	cancel context.CancelFunc
	err    error
}

func TestMain(m *testing.M) {
	storetest.Main(m, func() {
		if chrome.cancel != nil {
			chrome.cancel()
		}
	})
}

// startBrowser fails the test if there is no browser: a skipped browser test would pass on every machine without one.
func startBrowser(t testing.TB) context.Context {
	t.Helper()
	chrome.once.Do(func() {
		path, err := findBrowser()
		if err != nil {
			chrome.err = err
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-component-update", true),
			chromedp.CombinedOutput(io.Discard), // it complains about what a container lacks
		)
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, cancel := chromedp.NewContext(allocator)
		chrome.ctx = ctx //nolint:fatcontext // set once
		chrome.cancel = func() { cancel(); stop() }
		chrome.err = chromedp.Do(ctx)
	})
	if chrome.err != nil {
		t.Fatalf("browser: %v", chrome.err)
	}
	return chrome.ctx
}

func findBrowser() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("none of %s is installed: run make test, which installs what is missing, or apt-get install chromium", strings.Join(names, ", "))
}

// loaded is true when a page is there and its scripts, which begin after it was drawn, have begun. Where scripts are off,
// as the button for the keyboard's list tells, there is nothing to wait for.
const loaded = `(document.readyState === "complete" && (window.scripted || !document.querySelector("script[src*='/portal.']") || document.querySelector(".foot [data-open][hidden]")))`

// tab is a tab of a fresh browser profile, looking at one portal. Its methods fail the test when the page does not do
// what they wait for.
type tab struct {
	*testing.T
	ctx  context.Context //nolint:containedctx // what chromedp knows a tab by
	base string

	mu       sync.Mutex
	requests []*exchange
	troubles []string
	expected map[string]bool // "status of …" that the test means to see
}

// exchange is one request of the browser and what came back.
type exchange struct {
	id       network.RequestID
	method   string
	path     string // with the query
	fragment bool   // asked for by htmx
	status   int
	headers  network.Headers
	cached   bool
	bytes    int // over the network, headers included
	finished bool
}

// newTab opens an empty tab. The test fails at its end if the page wrote an error to the console or broke its own
// content security policy.
func newTab(t *testing.T, base string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(startBrowser(t), chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx, base: base, expected: map[string]bool{}}
	b.must(chromedp.Do(ctx)) // opens it, so that the limit below ends what the tab does, not the tab
	b.ctx, cancel = context.WithTimeout(ctx, tabLimit)
	t.Cleanup(cancel)
	b.must(chromedp.Listen(b.ctx, b.hear))
	for _, enable := range []func() error{
		func() error { _, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{}); return err },
		func() error {
			_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
				Source: `document.addEventListener("securitypolicyviolation", (e) => console.error("content security policy: " + e.violatedDirective + " " + e.blockedURI + " " + e.sample));
					document.addEventListener("htmx:after:process", () => { window.scripted = true; }, { once: true });`,
			})
			return err
		},
	} {
		b.must(enable())
	}
	b.resize(1440)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, trouble := range b.troubles {
			t.Errorf("browser's console: %s", trouble)
		}
	})
	return b
}

// hurry shortens what the next pages wait for to ms, if it is longer than a limit; not how long htmx waits for an
// answer.
func (b *tab) hurry(limit, ms int) {
	b.Helper()
	_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: fmt.Sprintf(`{ const real = window.setTimeout; window.setTimeout = (f, ms, ...rest) => real(f, ms > %d && ms !== window.htmx?.config.defaultTimeout ? %d : ms, ...rest); }`, limit, ms),
	})
	b.must(err)
}

// hear notes what the browser tells about the tab.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, _ := url.Parse(e.Request.URL)
		if u.Scheme == "data" { // a picture within the style: nobody is asked
			return
		}
		x := &exchange{id: e.RequestID, method: e.Request.Method, path: u.RequestURI()}
		_, x.fragment = e.Request.Headers["HX-Request"]
		if before := b.exchange(e.RequestID); before != nil && e.RedirectResponse != nil {
			before.answered(e.RedirectResponse)
			before.bytes, before.finished = int(e.RedirectResponse.EncodedDataLength), true
			x.fragment = before.fragment // the headers go along, though this event does not repeat them
		}
		b.requests = append(b.requests, x)
	case *network.EventResponseReceived:
		if x := b.exchange(e.RequestID); x != nil {
			x.answered(e.Response)
		}
	case *network.EventRequestServedFromCache:
		if x := b.exchange(e.RequestID); x != nil {
			x.cached = true
		}
	case *network.EventLoadingFinished:
		if x := b.exchange(e.RequestID); x != nil {
			x.bytes, x.finished = int(e.EncodedDataLength), true
		}
	case *network.EventLoadingFailed:
		if x := b.exchange(e.RequestID); x != nil {
			x.finished = true
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !b.meant(e.Entry.Text) {
			b.troubles = append(b.troubles, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			var words []string
			for _, a := range e.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			if text := strings.Join(words, " "); !b.meant(text) {
				b.troubles = append(b.troubles, text)
			}
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		b.troubles = append(b.troubles, text)
	}
}

// exchange is the newest one of an id: a redirect keeps it.
func (b *tab) exchange(id network.RequestID) *exchange {
	for _, x := range slices.Backward(b.requests) {
		if x.id == id {
			return x
		}
	}
	return nil
}

func (x *exchange) answered(r *network.Response) {
	x.status, x.headers = int(r.Status), r.Headers
	x.cached = x.cached || r.FromDiskCache
}

func (x *exchange) header(name string) string {
	for n, v := range x.headers {
		if strings.EqualFold(n, name) {
			return fmt.Sprint(v)
		}
	}
	return ""
}

func (x exchange) String() string {
	return fmt.Sprintf("%s %s: %d, %d bytes, fragment %t, cached %t", x.method, x.path, x.status, x.bytes, x.fragment, x.cached)
}

// expect says that the page may be answered with this status: browsers write refusals to the console.
func (b *tab) expect(statuses ...int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range statuses {
		b.expected[fmt.Sprintf("status of %d", s)] = true
	}
}

func (b *tab) meant(text string) bool {
	for e := range b.expected {
		if strings.Contains(text, e) {
			return true
		}
	}
	return false
}

// seen returns the requests from the n-th on, and how many there are.
func (b *tab) seen(n int) []exchange {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []exchange
	for _, x := range b.requests[n:] {
		list = append(list, *x)
	}
	return list
}

func (b *tab) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatalf("browser: %v", err)
	}
}

// resize gives the tab a width in CSS pixels.
func (b *tab) resize(width int64) {
	b.Helper()
	height := int64(900)
	if width < 500 {
		height = 812
	}
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
	b.must(err)
	// A click before it would miss, and tables tell with the next frame whether they fit.
	b.until("the new width", fmt.Sprintf(`innerWidth === %d && [...document.querySelectorAll(".scroll:is([data-wide], [data-fits])")].every((e) => e.matches("[data-wide]") === e.firstElementChild.offsetWidth > e.clientWidth + 1)`, width))
}

// prefer sets what the reader's system prefers, "light" or "dark".
func (b *tab) prefer(scheme string) {
	b.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	b.must(err)
}

// withoutScripts turns JavaScript off for the pages; the test itself can still look at them.
func (b *tab) withoutScripts() {
	b.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.must(err)
}

// open goes to a path of the portal and waits for the page.
func (b *tab) open(path string) {
	b.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(b.base+path)))
	b.until("the page", loaded)
}

// goBack and goForward move in the history, as the browser's buttons do. Pages show when that has happened.
func (b *tab) goBack()    { b.Helper(); b.move(-1) }
func (b *tab) goForward() { b.Helper(); b.move(+1) }

func (b *tab) move(by int64) {
	b.Helper()
	history, err := chromedp.Call(b.ctx, page.GetNavigationHistory, cdp.Empty{})
	b.must(err)
	to := history.CurrentIndex + by
	if to < 0 || to >= int64(len(history.Entries)) {
		b.Fatalf("history: got no page %+d from %d of %d", by, history.CurrentIndex, len(history.Entries))
	}
	_, err = chromedp.Call(b.ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[to].ID})
	b.must(err)
}

// reload asks for the page anew, as the browser's button does.
func (b *tab) reload() {
	b.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Reload()))
}

// eval returns what a JavaScript expression gives on the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("browser: %v in %s", err, expression)
	}
	return v
}

// until waits for an expression to be true. While the page changes, an expression may fail.
func (b *tab) until(what, expression string) {
	b.Helper()
	var last error
	if !b.poll(func() bool {
		var ok bool
		ok, last = chromedp.Run(b.ctx, chromedp.Evaluate[bool](`Boolean(`+expression+`)`))
		return last == nil && ok
	}) {
		b.Fatalf("waited %s for %s at %s, error %v; the page says:\n%.1500s", waitLimit, what, b.location(), last, eval[string](b, `document.body.innerText`))
	}
}

func (b *tab) poll(done func() bool) bool {
	limit := time.Now().Add(waitLimit)
	for !done() {
		if time.Now().After(limit) || b.ctx.Err() != nil {
			return false
		}
		time.Sleep(pollEvery)
	}
	return true
}

// location is the path and query that the address bar shows.
func (b *tab) location() string {
	b.Helper()
	return eval[string](b, `location.pathname + location.search`)
}

// at waits until the address bar shows a path with its query, and the page is there.
func (b *tab) at(path string) {
	b.Helper()
	b.until("the address "+path, loaded+` && location.pathname + location.search === `+quote(path))
}

// heading waits for the page's heading to contain a text.
func (b *tab) heading(text string) {
	b.Helper()
	b.until(fmt.Sprintf("a heading with %q", text), loaded+` && document.querySelector("h1")?.textContent.includes(`+quote(text)+`)`)
}

// shows reports whether something visible matches a selector.
func (b *tab) shows(selector string) bool {
	b.Helper()
	return eval[bool](b, find(selector, "")+` !== undefined`)
}

// find is an expression for the first visible element that matches a selector and contains a text.
func find(selector, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%s)].find((e) => e.checkVisibility() && e.textContent.replace(/\s+/g, " ").includes(%s))`, quote(selector), quote(text))
}

// click presses the mouse on what matches the selector and contains the text, once the page's scripts have begun, it
// rests where it is and nothing lies above it. When the page moved it away all the same, as when something arrives above
// it, it does what people do: again.
func (b *tab) click(selector, text string) {
	b.Helper()
	for range 5 {
		if b.clickOnce(selector, text) {
			return
		}
	}
	b.Fatalf("click on %q with %q: it moved away each time", selector, text)
}

func (b *tab) clickOnce(selector, text string) (hit bool) {
	b.Helper()
	type spot struct {
		X, Y    float64
		Trouble string
	}
	var at, before spot
	var last error
	if !b.poll(func() bool {
		before = at
		at, last = chromedp.Run(b.ctx, chromedp.Evaluate[spot](`(() => {
			const e = `+find(selector, text)+`;
			if (!e) return { Trouble: "is not there" };
			if (!`+loaded+`) return { Trouble: "is on a page that has not begun its scripts" };
			e.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
			const r = e.getClientRects()[0];
			const x = r.x + r.width / 2, y = r.y + r.height / 2;
			const top = document.elementFromPoint(x, y);
			if (!top || !e.contains(top)) return { Trouble: "is covered by " + (top ? top.outerHTML.slice(0, 200) : "nothing, outside the window") };
			window.missedClick = false;
			addEventListener("click", (event) => { window.missedClick = !e.contains(event.target) }, { capture: true, once: true });
			return { X: x, Y: y, Trouble: "" };
		})()`))
		return last == nil && at.Trouble == "" && at == before
	}) {
		b.Fatalf("click on %q with %q: it %s %v at %s; the page says:\n%.1500s", selector, text, cmp.Or(at.Trouble, "does not rest"), last, b.location(), eval[string](b, `document.body.innerText`))
	}
	b.must(chromedp.Do(b.ctx, chromedp.MouseClickXY(at.X, at.Y)))
	// Another page, or one on its way, has not missed it.
	missed, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`window.missedClick === true`))
	return err != nil || !missed
}

// fill replaces what stands in an input by typing.
func (b *tab) fill(selector, text string) {
	b.Helper()
	b.click(selector, "")
	b.until("the focus in "+selector, `document.activeElement === `+find(selector, "")+` && (document.activeElement.select(), true)`)
	b.press(text)
}

// press types keys as a keyboard does: a key that the page takes for itself writes nothing.
func (b *tab) press(keys string) {
	b.Helper()
	for _, key := range keys {
		k, ok := kb.Keys[key]
		if !ok {
			b.Fatalf("press: no key writes %q", key)
		}
		p := input.DispatchKeyEventParams{
			Type: input.DispatchKeyEventTypeKeyDown, Key: k.Key, Code: k.Code, Text: k.Text,
			WindowsVirtualKeyCode: k.Windows, NativeVirtualKeyCode: k.Native,
		}
		if k.Shift {
			p.Modifiers = int64(chromedp.ModifierShift)
		}
		_, down := chromedp.Call(b.ctx, input.DispatchKeyEvent, p)
		p.Type, p.Text = input.DispatchKeyEventTypeKeyUp, ""
		_, up := chromedp.Call(b.ctx, input.DispatchKeyEvent, p)
		b.must(errors.Join(down, up))
	}
}

// signIn fills in the sign-in form, which must be there.
func (b *tab) signIn(email, password string) {
	b.Helper()
	b.heading("Sign in")
	b.fill("#email", email)
	b.fill("#password", password)
	b.click("form.stack button[type=submit]", "Sign in")
}

// rows are the ids of the transactions listed.
func (b *tab) rows() []string {
	b.Helper()
	return eval[[]string](b, `[...document.querySelectorAll("#results tr[data-transaction-id]")].map((r) => r.dataset.transactionId)`)
}

// body returns what came back in an exchange.
func (b *tab) body(x exchange) string {
	b.Helper()
	body, err := chromedp.Call(b.ctx, network.GetResponseBody, network.GetResponseBodyParams{RequestID: x.id})
	b.must(err)
	return string(body.Body)
}

// quote writes a text as JavaScript does.
func quote(s string) string {
	q, _ := json.Marshal(s) //nolint:errchkjson // a string can't fail
	return string(q)
}

// demo starts the portal as make run does, until the test ends.
func demo(t *testing.T) *running {
	t.Helper()
	if os.Getenv(storetest.EngineVariable) == "postgres" {
		t.Skip("the demo always keeps its data in a SQLite file: it was tested with those on SQLite")
	}
	p := start(t, environment{"PORTAL_ADDR": "127.0.0.1:0"}, "serve", "--demo")
	t.Cleanup(func() {
		p.stop()
		if code := p.wait(t); code != 0 {
			t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
		}
	})
	return p
}
