package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trustlyportal/export"
	"trustlyportal/trustlyclient/trustlytest"
)

const exportView = "/transactions?createdAt.start=now-90d&tz=America/New_York"

// exportingTab is a portal with somebody who may export, and in clear, over an API of its own.
func exportingTab(t *testing.T) (*configuredPortal, *tab) {
	t.Helper()
	p := configured(t)
	p.command("user", "add", "--email=fay@example.com", "--role=admin", "--password-stdin")
	b := newTab(t, p.url)
	b.open(exportView)
	b.signIn("fay@example.com", userPassword)
	b.at(exportView)
	return p, b
}

// tabTo presses Tab until the element has the focus.
func (b *tab) tabTo(selector string) {
	b.Helper()
	for range 80 {
		if eval[bool](b, `document.activeElement === document.querySelector(`+quote(selector)+`)`) {
			return
		}
		p := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9, NativeVirtualKeyCode: 9}
		_, down := chromedp.Call(b.ctx, input.DispatchKeyEvent, p)
		p.Type = input.DispatchKeyEventTypeKeyUp
		_, up := chromedp.Call(b.ctx, input.DispatchKeyEvent, p)
		b.must(errors.Join(down, up))
	}
	b.Fatalf("Tab to %s: got nowhere near, now at %s", selector, eval[string](b, `document.activeElement.outerHTML.slice(0, 200)`))
}

const exportEnded = `document.querySelector("#export") && !document.querySelector("#export[data-running]")`

// With the keyboard alone: from the list's dialog to a complete export, which is followed by itself and said once, to
// files that hold what the API has, row by row, and that their receipt proves. Nothing for axe to find on the way.
func TestExportByKeyboard(t *testing.T) {
	t.Parallel()
	p, b := exportingTab(t)
	b.tabTo("a[data-dialog=export]")
	b.press(kb.Enter)
	b.until("the dialog with an estimate", `document.querySelector("dialog.export-dialog[open] .export-estimated strong")?.textContent.startsWith("About")`)
	b.accessible("export dialog", "dialog")
	b.press(kb.Escape)
	b.until("it closed", `!document.querySelector("dialog.export-dialog") && document.activeElement.matches("a[data-dialog=export]")`)
	b.press(kb.Enter)
	b.until("the focus on the format", `document.activeElement.matches("dialog input[name=format][value=xlsx]:checked")`)
	b.press(kb.ArrowUp)
	b.until("CSV", `document.activeElement.matches("dialog input[name=format][value=csv]:checked")`)

	p.api.SetFault(trustlytest.Fault{Delay: 2 * time.Second})
	b.press(kb.Enter)
	b.until("the export's page", `location.pathname.startsWith("/exports/") && document.querySelector("#export[data-running]")`)
	b.accessible("running export")
	n := len(b.seen(0))
	b.tabTo("#export form[action$='/cancel'] button")
	b.until("it to be asked for again", `(window.asked ??= performance.getEntriesByType("resource").length) < performance.getEntriesByType("resource").length`)
	if !eval[bool](b, `document.activeElement.matches("#export form[action$='/cancel'] button") || !document.querySelector("#export[data-running]")`) {
		t.Error("after it was asked for again: got the focus elsewhere, want it where it was")
	}
	eval[any](b, `said = [], new MutationObserver(() => said.push(document.querySelector("#announce").textContent)).observe(document.querySelector("#announce"), { childList: true }), 0`)
	p.api.ClearFaults()
	b.until("the end", exportEnded)
	b.until("the end to be announced", `said.some((s) => s.startsWith("The export is complete"))`)
	if !slices.ContainsFunc(b.seen(n), func(x exchange) bool { return x.fragment && strings.HasPrefix(x.path, "/exports/") }) {
		t.Error("got no fragment of the export, want it to follow by itself")
	}
	if title := eval[string](b, `document.title`); !strings.HasPrefix(title, "Complete – ") {
		t.Errorf("got the title %q, want it to say that it is complete", title)
	}
	if status := eval[string](b, `document.querySelector("#export .head .status").textContent.trim()`); status != "Complete" {
		t.Fatalf("got the export %s, want it complete:\n%s", status, eval[string](b, `document.querySelector("#export").innerText`))
	}
	b.accessible("complete export")

	b.tabTo("#export .export-files a[download]")
	name, records := b.downloadBy(func() { b.press(kb.Enter) })
	receipt := b.receipt()
	file := filepath.Join(t.TempDir(), name)
	f, err := os.Create(file)
	b.must(err)
	w := csv.NewWriter(f)
	w.UseCRLF = true
	b.must(errors.Join(w.WriteAll(records), f.Close()))
	if _, err := export.Verify(file, receipt, "other"); err != nil {
		t.Errorf("%s: got %v, want it to hold", name, err)
	}
	compareWithAPI(t, records, p.api.Records(), receipt.AsOf)
	if said := eval[[]string](b, `said`); len(slices.DeleteFunc(said, func(s string) bool { return !strings.Contains(s, "complete") })) != 1 {
		t.Errorf("got it said as %q, want once that it is complete", said)
	}

	b.open("/exports")
	b.until("the list", `document.querySelector("table.exports")`)
	b.accessible("list of exports")
	b.open("/exports/new" + strings.TrimPrefix(exportView, "/transactions"))
	b.until("the estimate", `document.querySelector(".export-estimated strong")`)
	b.accessible("export form")
}

// receipt reads the receipt that the page offers.
func (b *tab) receipt() export.Receipt {
	b.Helper()
	text := eval[string](b, `(() => {
		const x = new XMLHttpRequest();
		x.open("GET", document.querySelector("#export a[href$='.receipt.json']").href, false);
		x.send();
		return x.responseText;
	})()`)
	r, err := export.ReadReceipt(strings.NewReader(text))
	b.must(err)
	return r
}

// compareWithAPI holds a file's rows against what the API has, oldest first.
func compareWithAPI(t *testing.T, records [][]string, rows []trustlytest.Record, asOf time.Time) {
	t.Helper()
	var want []string
	slices.SortStableFunc(rows, func(a, b trustlytest.Record) int { return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt)) })
	for _, r := range rows {
		if at := time.UnixMilli(r.CreatedAt); at.Before(asOf) && at.After(asOf.AddDate(0, 0, -90)) {
			want = append(want, fmt.Sprint(r.ID, " ", r.Type, " ", r.Status))
		}
	}
	kind, status := slices.Index(records[0], "transactionType"), slices.Index(records[0], "status")
	var got []string
	for _, line := range records[1:] {
		got = append(got, line[0]+" "+line[kind]+" "+line[status])
	}
	slices.Sort(want) // rows of one instant have no order of their own
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %d rows, want the API's %d", len(got), len(want))
	}
}

// Without JavaScript: the form is a page, the estimate a link, the progress a link to look again; canceled, failed and
// empty exports say what they are.
func TestExportWithoutJavaScript(t *testing.T) {
	t.Parallel()
	p, b := exportingTab(t)
	b.withoutScripts()
	b.open(exportView)
	b.click("#results .head a.btn", "Export")
	b.heading("Export")
	b.click("#export-estimate a", "Estimate its size")
	b.until("the estimate", `document.querySelector(".export-estimated strong")?.textContent.startsWith("About")`)
	b.click("label.check", "JSON Lines")
	p.api.SetFault(trustlytest.Fault{Delay: 20 * time.Second})
	b.click(".export-form button[type=submit]", "Start export")
	b.until("the export's page", `document.querySelector("#export[data-running]")`)
	b.click("#export noscript a, #export a", "Look how far it is")
	b.until("the same page", `document.querySelector("#export[data-running]")`)
	b.click("#export form button", "Cancel export")
	b.until("its end", exportEnded+` && document.querySelector("#export .head .status").textContent.trim() === "Canceled"`)
	p.api.ClearFaults()

	b.open("/exports/new?transactionStatus=99&createdAt.start=now-1d&tz=UTC")
	b.click(".export-form button[type=submit]", "Start export")
	b.until("an empty export", `(() => {
		if (document.querySelector("#export[data-running]") && !window.tried) { window.tried = true; location.reload(); return false; }
		return `+exportEnded+`;
	})()`)
	b.until("that it is empty", `document.querySelector(".export-totals")?.textContent.includes("No transaction matches")`)
	b.click("#export form button", "Delete")
	b.at("/exports")
	b.until("the notice", `document.querySelector(".notice")?.textContent.includes("was deleted")`)
}

// Personal data in clear is a page of its own, with a warning and a reason.
func TestExportInClearForm(t *testing.T) {
	t.Parallel()
	_, b := exportingTab(t)
	b.expect(http.StatusUnprocessableEntity)
	b.click("a[data-dialog=export]", "Export")
	b.until("the dialog", `document.querySelector("dialog.export-dialog[open]")`)
	b.click("dialog .masking a", "in clear")
	b.heading("in clear")
	b.accessible("export in clear")
	b.fill("#f-reason", "asked for by the auditors")
	b.click(".export-form button[type=submit]", "Export in clear")
	b.until("its end", exportEnded)
	b.until("what it is", `document.querySelector(".export-receipt")?.textContent.includes("in clear")`)
}
