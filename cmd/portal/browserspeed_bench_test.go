package main

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// rowsPainted notes when a page's rows came to the screen, in milliseconds from the start of the navigation: the first
// frame in which the last of them has a place is over. Browsers draw no frame before the page's style is there.
const rowsPainted = `(() => {
	const look = () => requestAnimationFrame(() => {
		const rows = document.querySelectorAll("tbody tr");
		if (rows.length < 25 || !rows[24].getBoundingClientRect().height) return look();
		const over = new MessageChannel();
		over.port1.onmessage = () => { window.rowsPainted = performance.now(); };
		over.port2.postMessage(0);
	});
	look();
})()`

// bareTable is what browsers need for the rows, and nothing else.
var bareTable = template.Must(template.New("").Parse(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Rows</title></head><body><table>
<thead><tr><th>Transaction ID<th>Status<th>Type<th>Amount<th>Customer<th>Reference<th>Bank account<th>Reason<th>Created</thead><tbody>
{{range .}}<tr><td><a href="/transactions/{{.ID}}">{{.ID}}</a>{{range .Cells}}<td>{{.}}{{end}}</tr>
{{end}}</tbody></table></body></html>`))

// BenchmarkRowsSeen compares in Chromium, from the start of a navigation to the rows on the screen, the list with the same
// rows in a table without style and script, made from the same API: "ratio" is the list's median through that of the bare
// page. Style and scripts come from the browser's cache, as on each visit but the first; the rows of each visit are new
// to both.
func BenchmarkRowsSeen(b *testing.B) {
	const password = "rows for eyes"
	_, api := trustlytest.NewServer(b, trustlytest.Options{Seed: 1, Rows: 10_000, AccessID: "ID", AccessKey: "KEY"})
	bare := bareRows(b, api)
	env := environment{
		"PORTAL_ADDR": "127.0.0.1:0", "PORTAL_DATABASE_URL": "sqlite:" + b.TempDir() + "/portal.db",
		"TRUSTLY_BASE_URL": api, "TRUSTLY_ACCESS_ID": "ID", "TRUSTLY_ACCESS_KEY": "KEY", "TRUSTLY_RATE_LIMIT": "0",
	}
	if _, errs, code := command(b, env, password, "user", "add", "--email", "eve@example.com", "--role", "support", "--password-stdin"); code != 0 {
		b.Fatal(errs)
	}
	portal := start(b, env, "serve")
	defer func() { portal.stop(); portal.wait(b) }()

	ctx, cancel := chromedp.NewContext(startBrowser(b), chromedp.WithNewBrowserContext())
	defer cancel()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(chromedp.Do(ctx))
	_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: rowsPainted})
	must(err)
	must(chromedp.Do(ctx, chromedp.Navigate(portal.url+"/login")))
	_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => {
		const form = document.querySelector("form.stack");
		form.email.value = "eve@example.com";
		form.password.value = `+quote(password)+`;
		form.requestSubmit();
		return true;
	})()`))
	must(err)

	until := func(what, expression string) float64 {
		for deadline := time.Now().Add(waitLimit); time.Now().Before(deadline); time.Sleep(pollEvery) {
			if got, err := chromedp.Run(ctx, chromedp.Evaluate[float64](expression)); err == nil && got > 0 {
				return got
			}
		}
		b.Fatalf("waited %s for %s", waitLimit, what)
		return 0
	}
	until("the sign-in", `document.readyState === "complete" && location.pathname === "/transactions" ? 1 : 0`)

	seen := func(base string, start int64) float64 {
		query := url.Values{"createdAt.start": {strconv.FormatInt(start, 10)}, "tz": {"UTC"}}
		must(chromedp.Do(ctx, chromedp.Navigate(base+"/transactions?"+query.Encode())))
		return until("the rows of "+base, `window.rowsPainted ?? 0`)
	}

	var ours, theirs []float64
	first := time.Now().Add(-7 * 24 * time.Hour).UnixMilli()
	for i := range int64(4) { // the browser's cache and the servers' pools fill
		seen(portal.url, first+i)
		seen(bare, first+i)
	}
	for i := int64(4); b.Loop(); i++ {
		ours = append(ours, seen(portal.url, first+i))
		theirs = append(theirs, seen(bare, first+i))
	}
	ms := func(times []float64) float64 { slices.Sort(times); return times[len(times)/2] }
	b.ReportMetric(ms(ours), "portal-ms")
	b.ReportMetric(ms(theirs), "bare-ms")
	b.ReportMetric(ms(ours)/ms(theirs), "ratio")
}

// bareRows serves the list of a portal's URL without anything around it.
func bareRows(b *testing.B, api string) string {
	b.Helper()
	client, err := trustlyclient.New(trustlyclient.Options{BaseURL: api, AccessID: "ID", AccessKey: "KEY"})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rows, err := rowsOf(r.Context(), client, r.URL.RawQuery)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = bareTable.Execute(w, rows)
	}))
	b.Cleanup(server.Close)
	return server.URL
}

type bareRow struct {
	ID    string
	Cells []string
}

func rowsOf(ctx context.Context, client *trustlyclient.Client, query string) ([]bareRow, error) {
	view, errs := search.Parse(query, time.Now())
	if len(errs) > 0 {
		return nil, fmt.Errorf("query %s: %v", query, errs)
	}
	found, err := search.ReadPage(ctx, client, view.Query(time.Now()), view.After, view.Count)
	if err != nil {
		return nil, err
	}
	var rows []bareRow
	for _, t := range found.Rows {
		name := func(table string, code trustlyclient.Code) string {
			meaning, _ := trustlyclient.LookupCode(table, string(code))
			return meaning.Name
		}
		rows = append(rows, bareRow{ID: string(t.TransactionID), Cells: []string{
			name("TransactionStatus", t.Status), name("TransactionType", t.TransactionType), t.Amount.Text + " " + string(t.Currency),
			string(t.Payment.Customer.Name), string(t.Payment.MerchantReference),
			string(t.Payment.PaymentProvider.Name) + " " + string(t.Payment.Account.AccountNumber),
			string(t.PaymentProviderTransaction.Status) + " " + string(t.PaymentProviderTransaction.StatusMessage),
			t.CreatedAt.UTC().Format(time.DateTime),
		}})
	}
	return rows, nil
}
