package main

import (
	"testing"
)

// The browser's back button leads through what htmx has shown: each page whole, its form in step with its URL.
func TestBackThroughFragments(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.expect(422)
	plain := "/transactions?createdAt.start=now-7d&tz=UTC"
	b.open(plain)
	b.signIn("finance@example.com", demoPassword)
	b.at(plain)

	b.click("#filters > summary", "All filters")
	b.click("[id='f-transactionStatus'] summary", "Status")
	b.click("[id='f-transactionStatus'] label", "Completed")
	b.click("#filter-form button[type=submit]", "Apply")
	completed := "/transactions?transactionStatus=4&createdAt.start=now-7d&tz=UTC"
	b.at(completed)
	b.heading("completed")
	b.wholePage()

	b.click("#filters > summary", "All filters")
	b.fill("[id='f-amount.min']", "abc")
	b.click("#filter-form button[type=submit]", "Apply")
	b.heading("Filters to correct")
	b.wholePage()

	b.goBack()
	b.at(completed)
	b.heading("completed")
	b.wholePage()
	b.inForm("4", "")

	b.goBack()
	b.at(plain)
	b.heading("Transactions, created")
	b.wholePage()
	b.inForm("", "")

	b.goForward()
	b.at(completed)
	b.heading("completed")
	b.inForm("4", "")

	// A chip leads to its control, and a filter changed there is one filter, not two.
	b.click(".chip a.chip-text", "Status")
	b.until("the control unfolded", find("[id='f-transactionStatus'] label", "Pending")+` !== undefined`)
	b.click("[id='f-transactionStatus'] label", "Pending")
	b.click("[id='f-transactionStatus'] label", "Completed")
	b.click("#filter-form button[type=submit]", "Apply")
	b.at("/transactions?transactionStatus=1&createdAt.start=now-7d&tz=UTC")
	b.heading("pending")
	b.inForm("1", "")

	// Reloading what htmx has put together gives the same page.
	before := b.rows()
	b.reload()
	b.at("/transactions?transactionStatus=1&createdAt.start=now-7d&tz=UTC")
	b.heading("pending")
	b.inForm("1", "")
	if after := b.rows(); len(after) < len(before)-3 { // one or the other may have moved on meanwhile
		t.Errorf("rows after reloading: got %d, want about the %d from before", len(after), len(before))
	}
}

// wholePage checks that the page has one of each of its parts.
func (b *tab) wholePage() {
	b.Helper()
	for _, part := range []string{"h1", "header.top", "#results", "#filters", "#filter-form", "#q", "#announce"} {
		if n := eval[int](b, `document.querySelectorAll(`+quote(part)+`).length`); n != 1 {
			b.Errorf("%s at %s: got %d of them, want one", part, b.location(), n)
		}
	}
}

// inForm checks which status is ticked in the filter form, and the least amount in it.
func (b *tab) inForm(status, amount string) {
	b.Helper()
	b.until("the form to say status "+quote(status)+" and amount "+quote(amount),
		`[...document.querySelectorAll("#filter-form input[name=transactionStatus]:checked")].map((e) => e.value).join() === `+quote(status)+
			` && document.getElementById("f-amount.min").value === `+quote(amount))
}
