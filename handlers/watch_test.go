package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient/trustlytest"
)

// watchedPage opens the page of a record that is on hold, and gives the address that it asks.
func watchedPage(t *testing.T) (p *portal, sandbox *trustlytest.Server, b *browser, id, href string) {
	t.Helper()
	p, sandbox, ids := openScenario(t, trustlytest.Scenario(10, testNow))
	b = p.as(auth.Support)
	id = ids[len(ids)-1]
	href, _ = b.get("/transactions/" + id + "?tz=UTC").want(http.StatusOK).doc().Find("[data-watch]").Attr("data-watch")
	if href == "" {
		t.Fatal("the page of a record that is not final is not watched")
	}
	return p, sandbox, b, id, href
}

func TestWatchTellsOfAChange(t *testing.T) {
	t.Parallel()
	p, sandbox, b, id, href := watchedPage(t)
	b.get(href).want(http.StatusNoContent)

	p.clock.advance(20 * time.Second)
	sandbox.Update(id, func(r *trustlytest.Record) { r.Status, r.UpdatedAt = trustlytest.StatusAuthorized, testNow.UnixMilli() })
	a := b.get(href).want(http.StatusOK)
	if got := words(a.doc().Selection); !strings.Contains(got, "This transaction changed at 12:00:00: now Authorized.") {
		t.Errorf("got %q, want the new status", got)
	}
	if got, _ := a.doc().Find("a").Attr("href"); got != "/transactions/"+id+"?tz=UTC" {
		t.Errorf("got the link %q, want the page", got)
	}
	if strings.Contains(a.body, "Example") || strings.Contains(href, "Example") {
		t.Error("what is watched holds more than ids and versions")
	}
	// The page as it is now has nothing new to tell.
	now := b.get("/transactions/" + id + "?tz=UTC").want(http.StatusOK).doc()
	if again, ok := now.Find("[data-watch]").Attr("data-watch"); ok {
		b.get(again).want(http.StatusNoContent)
	}
}

// Another record of the payment that comes or goes on is told too.
func TestWatchSeesTheFamily(t *testing.T) {
	t.Parallel()
	p, sandbox, b, id, href := watchedPage(t)
	first, _ := sandbox.Record(id)
	first.ID, first.OriginalID, first.Type = "1009109999", id, trustlytest.Capture
	p.clock.advance(20 * time.Second)
	sandbox.Insert(first)
	if got := b.get(href).want(http.StatusOK).text(); !strings.Contains(got, "another transaction of it is new or has moved on") {
		t.Errorf("got %q, want the payment's change", got)
	}
}

// However many look at a record, the API is asked once in a while.
func TestWatchIsShared(t *testing.T) {
	t.Parallel()
	p, sandbox, b, _, href := watchedPage(t)
	other := p.as(auth.Admin)
	sandbox.ResetRequests()
	for range 5 {
		b.get(href).want(http.StatusNoContent)
		other.get(href).want(http.StatusNoContent)
	}
	if n := len(sandbox.Requests()); n != 1 {
		t.Errorf("ten questions: got %d requests to the API, want 1", n)
	}
	p.clock.advance(10 * time.Second)
	b.get(href).want(http.StatusNoContent)
	if n := len(sandbox.Requests()); n != 2 {
		t.Errorf("after the answer's age: got %d requests, want 2", n)
	}
}

// Trouble, and addresses that somebody made up, are answered with nothing.
func TestWatchSaysNothingOfTrouble(t *testing.T) {
	t.Parallel()
	p, sandbox, b, id, href := watchedPage(t)
	for _, odd := range []string{"/transactions/1/watch", "/transactions/1/watch?payment=2&v=3", "/transactions/" + id + "/watch?payment=999&v=1", "/transactions/" + id + "/watch?payment=%00&v=1"} {
		b.get(odd).want(http.StatusNoContent)
	}
	sandbox.SetFault(trustlytest.Fault{Status: http.StatusForbidden})
	p.clock.advance(time.Minute)
	b.get(href).want(http.StatusNoContent)
	if !strings.Contains(p.log.String(), "403") {
		t.Error("the failure is not in the log")
	}
}

// What is final is not asked for again.
func TestFinalRecordsAreNotWatched(t *testing.T) {
	t.Parallel()
	p, _, ids := openScenario(t, trustlytest.Scenario(7, testNow))
	doc := p.as(auth.Support).get("/transactions/" + ids[0]).want(http.StatusOK).doc()
	if doc.Find("[data-watch]").Length() > 0 {
		t.Error("a payment that is settled is watched")
	}
}
