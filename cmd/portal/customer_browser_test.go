package main

import (
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"trustlyportal/trustlyclient/trustlytest"
)

var paperDir = flag.String("paper", "", "directory to write what is printed to")

// busyCustomer is the external id with the most records, and one of its captures.
func busyCustomer(t *testing.T, api *trustlytest.Server) (id, capture string) {
	t.Helper()
	counts, captures := map[string]int{}, map[string]string{}
	for _, r := range api.Records() {
		if c := r.Payment.Customer; c != nil && c.ExternalID != "" {
			counts[c.ExternalID]++
			if r.Type == trustlytest.Capture {
				captures[c.ExternalID] = r.ID
			}
		}
	}
	for external, n := range counts {
		if captures[external] != "" && (n > counts[id] || n == counts[id] && external < id) {
			id = external
		}
	}
	if id == "" {
		t.Fatal("the ledger has no customer with a capture")
	}
	return id, captures[id]
}

func customerPath(id string) string {
	return "/customers/" + url.PathEscape(id) + "?tz=America/New_York"
}

func TestCustomerAndPartsAreAccessible(t *testing.T) {
	t.Parallel()
	p := configured(t)
	id, capture := busyCustomer(t, p.api)
	b := newTab(t, p.url)
	b.expect(http.StatusNotFound)
	b.open(customerPath(id))
	b.signIn("ann@example.com", userPassword)
	b.heading("Customer " + id)
	b.accessible("customer")
	b.open(customerPath("nobody"))
	b.heading("Customer nobody")
	b.accessible("unknown customer")

	b.open("/transactions/" + capture)
	b.heading(" of ")
	b.click("details.raw > summary", "")
	b.accessible("record with its JSON")
	eval[any](b, `document.querySelectorAll("#raw-json details").forEach((d) => { d.open = false })`)
	b.accessible("record with its JSON folded")
	b.click("#share-menu > summary", "Share")
	b.until("the ticket", find("#share-ticket", "")+`?.value.includes("Transaction ID: `+capture+`")`)
	b.accessible("record with its menu to share")
}

// What is copied is what stands on the page, to the last blank, also where parts of it are folded.
func TestCopyFromThePage(t *testing.T) {
	t.Parallel()
	p := configured(t)
	_, capture := busyCustomer(t, p.api)
	b := newTab(t, p.url)
	b.open("/transactions/" + capture)
	b.signIn("ann@example.com", userPassword)
	b.heading(" of ")
	eval[any](b, `void (navigator.clipboard.writeText = async (text) => { window.copied = text; })`)
	b.click("details.raw > summary", "")
	b.click("#raw-json summary", `"payment": {`)
	b.click("[data-copy-from='#raw-json']", "Copy JSON")
	b.until("the JSON", `JSON.parse(window.copied).transactionId === `+quote(capture)+` && JSON.parse(window.copied).payment.paymentId`)
	b.click("[data-copy-from='#raw-curl']", "Copy command")
	b.until("the command", `/^curl -u "\$TRUSTLY_ACCESS_ID:\$TRUSTLY_ACCESS_KEY" 'http:.*\/transactions\/`+capture+`'$/.test(window.copied)`)
	b.click("#share-menu > summary", "Share")
	b.click("[data-copy-from='#share-ticket']", "Copy as text")
	b.until("the ticket", `window.copied === document.querySelector("#share-ticket").value && window.copied.includes("\nLink: http")`)

	// Without scripts the texts are there to be selected, and no button promises more.
	quiet := newTab(t, p.url)
	quiet.open("/transactions/" + capture)
	quiet.signIn("ann@example.com", userPassword)
	quiet.heading(" of ")
	quiet.withoutScripts()
	quiet.open("/transactions/" + capture)
	quiet.click("#share-menu > summary", "Share")
	if !quiet.shows("#share-ticket") || quiet.shows("[data-copy-from]") {
		t.Error("without scripts: got no text to select or a button that does nothing")
	}
}

// papers are sheets of paper, in inches.
var papers = map[string][2]float64{"A4": {8.27, 11.69}, "Letter": {8.5, 11}}

var pdfPage = regexp.MustCompile(`/Type\s*/Page[^s]`)

// paper prints the page as it stands, and returns on how many sheets.
func (b *tab) paper(name, size string) int {
	b.Helper()
	pdf, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: papers[size][0], PaperHeight: papers[size][1]})
	b.must(err)
	if *paperDir != "" {
		b.must(os.WriteFile(filepath.Join(*paperDir, name+"-"+size+".pdf"), pdf.Data, 0o600))
	}
	return len(pdfPage.FindAll(pdf.Data, -1))
}

// A record fits on a sheet, with where it is from and without anything to click, also if its story comes late: that of
// every second one does.
func TestPaper(t *testing.T) {
	p := configured(t)
	id, capture := busyCustomer(t, p.api)
	records := []string{capture, trustlytest.ExampleID}
	for _, r := range p.api.Records() {
		if r.Status == trustlytest.StatusReversed && !slices.Contains(records, r.ID) {
			records = append(records, r.ID)
			break
		}
	}
	for n := range trustlytest.Scenarios {
		for _, r := range trustlytest.Scenario(n+1, time.Now()) {
			if p.api.Insert(r); n+1 < 14 || len(records) < 30 { // of the hostile names a few
				records = append(records, r.ID)
			}
		}
	}
	b := newTab(t, p.url)
	b.open(customerPath(id))
	b.signIn("ann@example.com", userPassword)
	b.heading("Customer " + id)
	for size := range papers {
		if got := b.paper("customer", size); got < 1 || got > 3 {
			t.Errorf("customer on %s: got %d sheets, want 3 at most", size, got)
		}
	}
	for n, record := range records {
		if p.api.ClearFaults(); n%2 == 1 {
			p.api.SetFault(familiesAreSlow(100 * time.Millisecond)) // longer than a page waits for it
		}
		b.open("/transactions/" + record + "?tz=America/New_York")
		b.heading(" of ")
		for size := range papers {
			if got := b.paper(record, size); got != 1 {
				t.Errorf("record %s on %s: got %d sheets, want one", record, size, got)
			}
		}
	}
	b.prefer("dark")
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	b.must(err)
	for _, clicked := range []string{"button", "summary", "input", "textarea", "details.raw", "nav", ".badge.masked + details"} {
		if b.shows("main " + clicked) {
			t.Errorf("on paper: got %s, want nothing to click", clicked)
		}
	}
	line := eval[string](b, `document.querySelector(".paper-line").innerText`)
	if !strings.Contains(line, "/transactions/"+records[len(records)-1]) || !strings.Contains(line, "UTC") {
		t.Errorf("on paper: got the line %q, want the address and the time", line)
	}
}
