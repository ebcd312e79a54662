package handlers_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

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
		fmt.Fprintf(&text, "=== %s: %d, Retry-After %s ===\n%s\n", name, a.status, cmp.Or(a.header.Get("Retry-After"), "none"), outline(doc.Find("main")))
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
