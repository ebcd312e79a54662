package main

import (
	"flag"
	"fmt"
	"hash/fnv"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"trustlyportal/trustlyclient/trustlytest"
)

// axeOptions ask for all of WCAG 2.0 to 2.2 at levels A and AA, and axe's own best practices. Target size is off in axe
// unless asked for.
const axeOptions = `{
	runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"] },
	rules: { "target-size": { enabled: true } },
	resultTypes: ["violations"],
}`

// everyTheme has axe look at each state in both themes at both widths. Without it, one half of the states is looked at
// in light when wide and in dark when narrow, and the other half the other way: what a theme or a width does wrong, it
// does on more than one page.
var everyTheme = flag.Bool("everytheme", false, "have axe look at each state in both themes at both widths")

// violation is one thing that axe found on a page.
type violation struct {
	ID, Help string
	Nodes    []string // where, with axe's words on it
}

// Nothing that axe can find, on any page, light and dark, wide and narrow; and no page is wider than a phone.
func TestAccessibility(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("testdata/axe/axe.min.js"); err != nil {
		t.Fatal(err)
	}
	t.Run("signed out", func(t *testing.T) {
		t.Parallel()
		b := newTab(t, demo(t).url)
		b.expect(http.StatusUnauthorized)
		b.open("/login")
		b.accessible("sign-in")
		b.signIn("finance@example.com", "wrong")
		b.until("the refusal", `document.querySelector("#login-error")`)
		b.accessible("refused sign-in")
	})
	t.Run("list", func(t *testing.T) {
		t.Parallel()
		b := newTab(t, demo(t).url)
		b.expect(http.StatusUnprocessableEntity)
		list := "/transactions?createdAt.start=now-14d&tz=America/New_York&count=10" // rows are all alike
		b.open(list)
		b.signIn("finance@example.com", demoPassword)
		b.at(list)
		b.accessible("list")
		b.click("#filters > summary", "All filters")
		eval[any](b, `document.querySelectorAll("#filters details").forEach((d) => { d.open = true })`)
		b.accessible("list with all filters")
		b.open(list)
		b.press("?")
		b.until("the help on keys", `document.querySelector("#keys").open`)
		b.accessible("help on keys")
		b.open("/transactions?createdAt.start=now-14d&tz=America/New_York&orderBy=updatedAt&columns=all&count=5")
		b.click("a[rel=next]", "Older")
		b.until("a later page", `document.querySelector("a[rel=prev]")`)
		b.accessible("later page with all columns")
		b.open("/transactions?payment.paymentId=999&createdAt.start=now-7d&tz=UTC")
		b.accessible("empty list")
		b.open("/transactions?amount.min=12,50&colour=red&createdAt.start=yesterday&transactionStatus=done")
		b.accessible("refused view")
		b.open("/transactions/columns?createdAt.start=now-14d&tz=America/New_York")
		b.accessible("columns as a page")
		b.open("/transactions/count?createdAt.start=now-14d&tz=America/New_York")
		b.until("the number", `document.querySelector(".count-total")`)
		b.accessible("count as a page")
	})
	t.Run("record", func(t *testing.T) {
		t.Parallel()
		b := newTab(t, demo(t).url)
		b.expect(http.StatusUnprocessableEntity)
		b.open("/transactions?transactionStatus=10&createdAt.start=now-60d&tz=UTC")
		b.signIn("support@example.com", demoPassword)
		b.click("#results tr[data-transaction-id] a", "")
		b.heading(" of ")
		if !b.shows(".masked") {
			t.Error("record: got nothing masked on it, want a page with masked fields")
		}
		// A menu lies over what it belongs to while it is open.
		eval[any](b, `document.querySelectorAll("main details:not(.menu)").forEach((d) => { d.open = true })`)
		b.accessible("record with everything unfolded")
		b.open("/find")
		b.accessible("find")
		b.open("/find?q=ada%40example.com")
		b.accessible("find with readings")
		b.open("/account")
		b.accessible("account")
		b.click("details.menu summary", "")
		b.accessible("account with its menu")
		b.open("/account")
		b.fill("#tz", "Mars/Olympus")
		b.click("main form.stack button", "Save")
		b.until("the refusal", `document.querySelector(".field-error")`)
		b.accessible("refused preferences")
		b.fill("#tz", "UTC")
		b.click("main form.stack button", "Save")
		b.until("the notice", `document.querySelector(".notice")`)
		b.accessible("saved preferences")
	})
	t.Run("what is known of the API", func(t *testing.T) {
		t.Parallel()
		b := newTab(t, demo(t).url)
		b.open("/admin/api")
		b.signIn("admin@example.com", demoPassword)
		b.at("/admin/api")
		if !b.shows("tbody th") { // the portal looks some seconds after its start
			b.accessible("nothing known of the API")
			if !b.poll(func() bool { b.open("/admin/api"); return b.shows("tbody th") }) {
				t.Fatal("got no findings on the API")
			}
		}
		b.accessible("findings on the API")
		b.open("/admin/audit?verify=1")
		b.until("the chain's check", `document.querySelector(".notice")`)
		b.until("records", `document.querySelector("tbody tr")`)
		b.accessible("audit")
		b.expect(http.StatusUnprocessableEntity)
		b.open("/admin/audit?from=yesterday&address=here")
		b.accessible("audit, refused")
		b.open("/admin/permissions")
		b.accessible("permissions")
	})
	t.Run("help and errors", func(t *testing.T) {
		t.Parallel()
		p := configured(t)
		b := newTab(t, p.url)
		b.expect(http.StatusNotFound, http.StatusForbidden, http.StatusBadGateway, http.StatusServiceUnavailable)
		b.open("/help/filters")
		b.signIn("ann@example.com", userPassword)
		b.at("/help/filters")
		eval[any](b, `document.querySelectorAll("main details").forEach((d) => { d.open = true })`)
		b.accessible("help with all unfolded")
		for _, page := range []struct{ path, heading string }{
			{"/transactions/1", "No such transaction"},
			{"/nowhere", "No such page"},
			{"/transactions.csv?tz=UTC", "Not permitted"},
		} {
			b.open(page.path)
			b.heading(page.heading)
			b.accessible(page.heading)
		}
		list := "/transactions?createdAt.start=now-14d&tz=UTC"
		b.open(list)
		p.api.SetFault(trustlytest.Fault{Status: http.StatusInternalServerError})
		b.click("a[rel=next]", "Older")
		b.heading("Trustly's API is not working")
		b.accessible("API down, in the list")
		b.open(list)
		b.accessible("API down")
		p.api.ClearFaults()
		// The portal keeps away from a dead API for a moment, so this may take several tries, one a page.
		b.until("the list, by trying again", `(() => {
			if (document.querySelector("tr[data-transaction-id]")) return true;
			const again = [...document.querySelectorAll(".ways a")].find((a) => a.textContent.includes("Try again"));
			if (again && !window.tried) { window.tried = true; again.click(); }
			return false;
		})()`)
	})
}

// accessible has axe look at the page as it stands, in both themes and at both widths (see everyTheme). Of the targets, it measures those
// within the sheets that lie over the page, if there are any: what they half cover is too small for as long as they do.
func (b *tab) accessible(name string, sheets ...string) {
	b.Helper()
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	b.must(err)
	b.must(chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void](string(axe)+";0")))
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(name)) // it can't fail
	for i, width := range []int64{1440, 375} {
		b.resize(width)
		for j, theme := range []string{"light", "dark"} {
			if other := (i+j+int(hash.Sum32()%2))%2 == 1; other && !*everyTheme {
				continue
			}
			b.prefer(theme)
			where := fmt.Sprintf("%s, %s, %d px", name, theme, width)
			b.until("the colours to settle", `document.getAnimations().length === 0`)
			found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]violation](`axe.run(document, `+axeOptions+`).then((r) => r.violations.map((v) => ({
				...v, nodes: v.id !== "target-size" || !`+quote(strings.Join(sheets, ","))+` ? v.nodes : v.nodes.filter((n) => document.querySelector(n.target.at(-1)).closest(`+quote(strings.Join(sheets, ","))+`)),
			})).filter((v) => v.nodes.length).map((v) => ({
				ID: v.id, Help: v.help, Nodes: v.nodes.map((n) => n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " ")),
			})))`, chromedp.EvalAwaitPromise))
			b.must(err)
			for _, v := range found {
				b.Errorf("%s: got %s (%s) at\n  %s", where, v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
			}
		}
		type widths struct{ Page, Window int64 }
		if w := eval[widths](b, `({ Page: document.documentElement.scrollWidth, Window: document.documentElement.clientWidth })`); w.Page > w.Window {
			b.Errorf("%s at %d px: got the page %d px wide, want it to fit", name, w.Window, w.Page)
		}
		if cut := eval[string](b, `[...document.querySelectorAll(".scroll")].filter((e) => e.scrollHeight > e.clientHeight && getComputedStyle(e).overflowY === "clip").map((e) => e.getAttribute("aria-label")).join(", ")`); cut != "" {
			b.Errorf("%s at %d px: got %s cut off where nobody can scroll", name, width, cut)
		}
	}
	b.resize(1440)
	b.prefer("light")
}
