package main

import (
	"net/url"
	"strings"
	"testing"
)

const reviewQuery = "transactionStatus=5&createdAt.start=now-14d&tz=America/New_York"

// From a list to a saved view that the team shares, and to a private link, as people click.
func TestBookmarksByClicking(t *testing.T) {
	t.Parallel()
	p := demo(t)
	b := newTab(t, p.url)
	b.open("/transactions?" + reviewQuery)
	b.signIn("support@example.com", demoPassword)
	b.at("/transactions?" + reviewQuery)

	// The links, whole, in fields that take the focus with all of their text.
	b.click("#share-menu summary", "Share")
	b.click("#live-link", "")
	b.until("the whole link selected", `document.activeElement.id === "live-link" && document.activeElement.selectionEnd === document.activeElement.value.length && document.activeElement.selectionStart === 0`)
	if got := eval[string](b, `document.querySelector("#live-link").value`); got != p.url+"/transactions?"+reviewQuery {
		t.Errorf("live link: got %q, want this view's", got)
	}
	if !b.shows("#share-menu [data-copy]") {
		t.Error("got no button that copies, want one with scripts")
	}
	frozen := eval[string](b, `document.querySelector("#frozen-link").value`)
	if strings.Contains(frozen, "now") || !strings.Contains(frozen, "asOf=") {
		t.Errorf("frozen link: got %q, want instants", frozen)
	}
	b.accessible("share menu", "#share-menu")

	// Saved and shared.
	b.open("/transactions?" + reviewQuery)
	b.click("#views-menu summary", "Views")
	b.fill("#save-name", "Failed lately")
	b.click("#views-menu label.check", "Share")
	b.accessible("views menu", "#views-menu")
	b.click("#views-menu button", "Save view")
	b.until("the notice", `document.querySelector(".notice")?.textContent.includes("Saved as “Failed lately”, for the team")`)
	b.at("/transactions?" + reviewQuery)
	b.click("#views-menu summary", "Views")
	b.click("#views-menu a[aria-current]", "Failed lately")
	b.at("/transactions?" + reviewQuery)

	// Changed on the page of views, which another sees too.
	b.open("/views")
	b.click("details.change summary", "Change")
	b.accessible("views with a row unfolded")
	b.click("button", "Start here")
	b.until("the mark of the start", `document.querySelector("table.saved .badge")?.textContent.includes("Start")`)
	b.open("/")
	b.at("/transactions?" + reviewQuery)
	short := eval[string](b, `document.querySelector("#views-menu a[href^='/views/']").getAttribute("href")`)
	other := newTab(t, p.url)
	other.open(short)
	other.signIn("finance@example.com", demoPassword)
	other.at("/transactions?" + reviewQuery)
	other.open("/views")
	other.until("the view of another", find("table.saved tr", "support@example.com")+` !== undefined`)

	b.open("/views")
	b.click(".import summary", "Import")
	b.click("#import-text", "")
	b.press("version: 2")
	b.expect(422)
	b.click(".import form button", "Import")
	b.until("what is wrong", `document.querySelector("#import-errors")`)
	b.accessible("refused import")
}

// A private link is made without leaving the list, and its own list shows the value to the reader alone.
func TestPrivateLinkByClicking(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	const plain = "/transactions?createdAt.start=now-30d&payment.customer.name=Ada&tz=UTC"
	b.open(plain)
	b.signIn("support@example.com", demoPassword)
	b.at(plain)
	rows := b.rows()
	b.click("#share-menu summary", "Share")
	b.accessible("share menu with personal data", "#share-menu")
	b.click("#private-link button", "Make private link")
	b.until("the link", `document.querySelector("#made-link") && document.activeElement.matches("#private-link [data-copy]")`)
	b.at(plain)
	b.accessible("private link made", "#share-menu")
	link := eval[string](b, `document.querySelector("#made-link").value`)
	if strings.Contains(link, "Ada") || !strings.Contains(link, "private=") {
		t.Fatalf("got the link %q, want a token and no name", link)
	}
	private := strings.TrimPrefix(link, b.base)
	b.open(private)
	b.at(private)
	b.heading("for customer “Ada”")
	if title := eval[string](b, `document.title`); strings.Contains(title, "Ada") || !strings.Contains(title, "••") {
		t.Errorf("got the title %q, want it without the name", title)
	}
	if got := b.rows(); len(got) == 0 || len(got) < len(rows) {
		t.Errorf("got %d rows, want the %d of the plain view", len(got), len(rows))
	}
	b.accessible("list by a private link")

	// Filtering further by the form and paging by htmx keep the token and never write the name.
	b.click("#filters > summary", "All filters")
	b.fill("[id='f-amount.min']", "1.00")
	b.click("#filter-form button[type=submit]", "Apply")
	b.until("the filtered list", `location.search.includes("amount.min=1.00")`)
	query, err := url.ParseQuery(strings.TrimPrefix(eval[string](b, `location.search`), "?"))
	if err != nil || !strings.Contains(link, query.Get("private")) || query.Has("payment.customer.name") {
		t.Errorf("after filtering: got %v, %v, want the token and no name", query, err)
	}
	b.heading("for customer “Ada”")
	b.click(".chip-x[aria-label^='Remove filter Customer name']", "")
	b.until("the filter gone", `!location.search.includes("private")`)
	b.goBack()
	b.heading("for customer “Ada”")

	b.open("/views")
	b.accessible("views with a private link")
	b.click("#private-links button", "Revoke")
	b.until("the notice", `document.querySelector(".notice")?.textContent.includes("revoked")`)
	b.expect(422)
	b.open(private)
	b.heading("Filters to correct")
	b.until("the reason", `document.querySelector("[role=alert]").textContent.includes("does not open")`)
	b.accessible("revoked private link")
}

// Everything works without scripts.
func TestBookmarksWithoutScripts(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	b.withoutScripts()
	b.open("/transactions?payment.customer.name=Ada&tz=UTC")
	b.signIn("support@example.com", demoPassword)
	b.heading("for customer “Ada”")
	b.click("#share-menu summary", "Share")
	if b.shows("#share-menu [data-copy]") {
		t.Error("got a button that copies without scripts")
	}
	b.click("#private-link button", "Make private link")
	b.until("the private list", `location.search.includes("private=") && document.querySelector(".notice")`)
	private := b.location()
	b.click("#views-menu summary", "Views")
	b.fill("#save-name", "Ada")
	b.click("#views-menu button", "Save view")
	b.until("the notice", `document.querySelector(".notice")?.textContent.includes("Saved as “Ada”")`)
	if b.location() == private || strings.Contains(b.location(), "Ada") {
		t.Errorf("after saving: got %s, want a link of the view's own", b.location())
	}
	b.open("/views")
	b.click("details.change summary", "Change")
	b.fill("details.change input[name=name]", "Ada Example")
	b.click("details.change button", "Rename")
	b.until("the new name", find("table.saved a.name", "Ada Example")+` !== undefined`)
	b.click("details.change summary", "Change")
	b.click("details.change button", "Delete")
	b.until("it gone", `!document.querySelector("table.saved a[href^='/views/']")`)
}
