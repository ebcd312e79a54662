package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/trustlyclient/trustlytest"
)

// A page that is fetched ahead is a search on record like any other, and said to be one that nobody opened.
func TestFetchingAheadIsOnRecord(t *testing.T) {
	p := open(t, trustlytest.New(trustlytest.Options{Seed: 1, Rows: 200}))
	b := p.as(auth.Support)
	a := b.get(aList, "HX-Request", "true", "Purpose", "prefetch").want(http.StatusOK)
	if a.doc().Find("tr[data-transaction-id]").Length() == 0 {
		t.Fatal("fetched ahead: got no rows")
	}
	records, err := p.db.AuditPage(t.Context(), audit.Filter{}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := records[0]; got.Action != audit.Search || !strings.Contains(got.Reason, "fetched ahead") {
		t.Errorf("newest record: got %s with reason %q, want a search that was fetched ahead", got.Action, got.Reason)
	}
}

// Where the API has no room for it, what nobody opened is not fetched, and no error is told of it.
func TestFetchingAheadGivesWay(t *testing.T) {
	api := trustlytest.New(trustlytest.Options{Seed: 1, Rows: 200, Latency: 3 * time.Second})
	b := open(t, api).as(auth.Support)
	a := b.get(aList, "HX-Request", "true", "Purpose", "prefetch").want(http.StatusNoContent)
	if a.body != "" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %q with Cache-Control %q, want nothing, not to be kept", a.body, a.header.Get("Cache-Control"))
	}
}
