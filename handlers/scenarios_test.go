package handlers_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The page of the last record of each payment in the reference's scenarios, as it is read.
func TestScenarioPages(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 14; n++ {
		t.Run(fmt.Sprintf("scenario-%02d", n), func(t *testing.T) {
			t.Parallel()
			records := trustlytest.Scenario(n, testNow)
			p, _, ids := openScenario(t, records)
			b := p.as(auth.Support)
			last, order := map[string]string{}, []string{}
			for i, r := range records {
				if last[r.Payment.ID] == "" {
					order = append(order, r.Payment.ID)
				}
				last[r.Payment.ID] = ids[i]
			}
			var text strings.Builder
			for _, payment := range order {
				a := b.get("/transactions/" + last[payment] + "?tz=America/New_York").want(http.StatusOK)
				doc := harmless(t, a)
				doc.Find("#share-menu, .raw, .paper-line").Remove()
				fmt.Fprintf(&text, "=== %s ===\n%s\n", doc.Find("title").Text(), recordOutline(doc)+outline(doc.Find(".references, .references ~ *:not(.story, #sums, .sums-line)")))
			}
			holdGolden(t, fmt.Sprintf("scenario-%02d.txt", n), text.String())
		})
	}
}

func holdGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got); if it is meant, run go test ./handlers -run TestScenarioPages -update\n%s", file, diff)
	}
}

// recordOutline is what a record's page says, whether its story came with it or after it.
func recordOutline(doc *goquery.Document) string {
	var b strings.Builder
	for _, part := range []string{".head", ".words", ".story", "#sums", ".money", ".sums-line"} {
		b.WriteString(outline(doc.Find(part)))
	}
	return b.String()
}

// outline is a part of a page as text, each block on a line of its own.
func outline(s *goquery.Selection) string {
	var b strings.Builder
	var line []string
	end := func() {
		if len(line) > 0 {
			b.WriteString(strings.Join(line, " ") + "\n")
		}
		line = nil
	}
	blocks := []string{"p", "div", "section", "li", "h1", "h2", "h3", "summary", "dt"}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			line = append(line, strings.Fields(n.Data)...)
			return
		}
		block := slices.Contains(blocks, n.Data)
		if block {
			end()
		}
		switch n.Data {
		case "h2":
			b.WriteByte('\n')
		case "dt":
			line = append(line, " ")
		case "i", "span":
			for _, a := range n.Attr {
				if a.Key != "class" {
					continue
				}
				for class := range strings.FieldsSeq(a.Val) {
					if name, ok := strings.CutPrefix(class, "icon-"); ok && strings.Contains(name, "c") && name != "copy" && !strings.HasPrefix(name, "chevron") {
						line = append(line, "["+name+"]")
					}
				}
			}
		case "svg":
			for _, a := range n.Attr {
				if a.Key == "aria-label" {
					line = append(line, "["+a.Val+"]")
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block && n.Data != "dt" {
			end()
		}
	}
	for _, n := range s.Nodes {
		walk(n)
	}
	end()
	return b.String()
}

// Scenario 15: in whatever form the API answers, the record reads the same.
func TestRecordReadsTheSameInEachForm(t *testing.T) {
	t.Parallel()
	read := func(o trustlytest.Options) string {
		o.Rows, o.Now = -1, func() time.Time { return testNow }
		sandbox := trustlytest.New(o)
		t.Cleanup(sandbox.Close)
		var id string
		for _, r := range trustlytest.Scenario(4, testNow) {
			id = sandbox.Insert(r)
		}
		doc := open(t, sandbox).as(auth.Support).get("/transactions/" + id + "?tz=America/New_York").want(http.StatusOK).doc()
		doc.Find("#share-menu").Remove()
		return recordOutline(doc)
	}
	want := read(trustlytest.Options{})
	if !strings.Contains(want, "Reverse created, processed and completed you are here") {
		t.Fatalf("got\n%s\nwant the story of a return", want)
	}
	for name, o := range map[string]trustlytest.Options{
		"numbered": {Shape: trustlytest.ShapeNumbered}, "paged": {Shape: trustlytest.ShapePaged}, "wrapped": {Shape: trustlytest.ShapeWrapped},
		"bare": {Bare: true}, "strings": {EnumsAsStrings: true}, "seconds": {ResponseSeconds: true}, "compressed": {Gzip: true},
	} {
		if got := read(o); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// Scenario 16: what goes wrong with the record itself is an error page with its own status, in words that say what to do.
func TestRecordErrorPages(t *testing.T) {
	t.Parallel()
	faults := map[string]trustlytest.Fault{
		"401 with code 375":    {Status: http.StatusUnauthorized, Code: 375},
		"400 with code 200":    {Status: http.StatusBadRequest, Code: 200},
		"429 without a time":   {Status: http.StatusTooManyRequests},
		"429 with Retry-After": {Status: http.StatusTooManyRequests, RetryAfter: "7"},
		"500":                  {Status: http.StatusInternalServerError},
		"errors under 200":     {Kind: trustlytest.FaultErrorsIn200},
		"HTML":                 {Kind: trustlytest.FaultHTML},
		"cut short":            {Kind: trustlytest.FaultTruncated},
		"no answer":            {Kind: trustlytest.FaultHang},
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		p, sandbox, ids := openScenario(t, trustlytest.Scenario(1, testNow), withClient(func(o *trustlyclient.Options) { o.Timeout, o.Patience = 300*time.Millisecond, time.Millisecond }))
		b := p.as(auth.Support)
		sandbox.SetFault(faults[name])
		a := b.get("/transactions/" + ids[0] + "?tz=UTC")
		if a.status < 400 {
			t.Errorf("%s: got status %d, want an error", name, a.status)
		}
		doc := harmless(t, a)
		doc.Find("main .ident").Remove() // the request's id
		fmt.Fprintf(&text, "=== %s: %d, Retry-After %q ===\n%s\n", name, a.status, a.header.Get("Retry-After"), outline(doc.Find("main")))
	}
	holdGolden(t, "scenario-16.txt", text.String())
}

// Scenario 17: transactions that come while the payment is read are told or not, but none is lost or told twice.
func TestStoryWhileTransactionsArrive(t *testing.T) {
	t.Parallel()
	rows := madeUp(53, 260, time.Millisecond)
	for i := range rows {
		rows[i]["payment"].(record)["paymentId"] = "8555"
	}
	api := newFake(t, slices.Clone(rows[:230]))
	next := 230
	api.before = func(api *fakeAPI) {
		if next < len(rows) {
			api.rows = append(api.rows, rows[next])
			next++
		}
	}
	doc := open(t, api).as(auth.Support).get("/transactions/" + textAt(rows[100], "transactionId")).want(http.StatusOK).doc()
	var told []string
	doc.Find(".story [data-transaction-id]").Each(func(_ int, s *goquery.Selection) { told = append(told, s.AttrOr("data-transaction-id", "")) })
	slices.Sort(told)
	if len(told) != len(slices.Compact(slices.Clone(told))) {
		t.Error("a transaction is told twice")
	}
	for _, r := range rows[:230] {
		if _, ok := slices.BinarySearch(told, textAt(r, "transactionId")); !ok {
			t.Errorf("transaction %s is lost", textAt(r, "transactionId"))
		}
	}
}
