package main

import (
	"flag"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
	"trustlyportal/trustlyclient/trustlytest"
)

// `go test ./cmd/portal -run TestExportKilledAtPoints -export.kills 20 -v` kills at twenty.
var exportKills = flag.Int("export.kills", 2, "points of an export at which its process is killed")

// Of two processes on PostgreSQL, the one that works on an export is killed while the API answers its first request, its
// last, or one in between. The other makes it one complete file: each row once, in order.
func TestExportKilledAtPoints(t *testing.T) {
	t.Parallel()
	e := newExporter(t, trustlytest.Options{Rows: 1000 + 150**exportKills, CreatedPerSecond: 20, ChangedPerSecond: 20, Latency: 40 * time.Millisecond})
	e.env["PORTAL_DATABASE_URL"] = storetest.Server(t).New(t, "")
	e.env["PORTAL_SECRET"], e.env["TRUSTLY_MAX_CONCURRENCY"] = strings.Repeat("s3cret ", 8), "2"
	db, err := store.Open(t.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	hash, err := auth.NewPasswords().Hash(t.Context(), "seven quiet harbours")
	if err != nil {
		t.Fatal(err)
	}
	ann, err := db.CreateUser(t.Context(), "ann@example.com", auth.Finance, hash)
	if err != nil {
		t.Fatal(err)
	}
	processes := []*server{e.serve(), e.serve()}
	p := e.signIn(processes[0].url, ann.Email)

	// begin has the first of the two work on an export: whoever was asked for it begins at once.
	begin := func() (id string) {
		e.api.ResetRequests()
		return path.Base(p.post(processes[0].url+"/exports", url.Values{"query": {e.filter}, "format": {"csv"}, "columns": {"shown"}}))
	}
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(5 * time.Minute); !is(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("waited 5 minutes until %s", what)
			}
		}
	}
	job := func(id string) store.ExportJob {
		t.Helper()
		j, err := db.Export(t.Context(), id, ann.ID)
		if err != nil || j.State == store.ExportFailed {
			t.Fatalf("export: got %s (%s), %v", j.State, j.Why, err)
		}
		return j
	}
	complete := func(id string) func() bool {
		return func() bool { return job(id).State == store.ExportComplete }
	}

	whole := begin()
	until("an export that nobody kills is complete", complete(whole))
	requests, taken := job(whole).Requests, 0
	for point := range *exportKills {
		at := 1 + point*(requests-1)/max(1, *exportKills-1)
		id := begin()
		until("the API is asked so often", func() bool { return len(e.api.Requests()) >= at || complete(id)() })
		processes[0].kill()
		rows, state := job(id).Rows, job(id).State
		e.leaseRunsOut()
		until("the other completes it", complete(id))
		if state.UnderWay() {
			taken++
		}

		p.download(processes[1].url+"/exports/"+id+"/all.receipt.json", "killed.receipt.json")
		p.download(processes[1].url+"/exports/"+id+"/all.csv", "killed.csv")
		receipt, err := (&verifyCmd{File: e.path("killed.csv"), Receipt: e.path("killed.receipt.json")}).receipt()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := export.Verify(e.path("killed.csv"), receipt, version()); err != nil {
			t.Errorf("killed at request %d: got %v, want the file to hold", at, err)
		}
		if got, want := idsIn(t, e.path("killed.csv")), e.idsAsOf(receipt.AsOf); !slices.Equal(got, want) {
			t.Errorf("killed at request %d: got %d ids, want %d as they were at the as-of, in order", at, len(got), len(want))
		}
		t.Logf("killed at request %d of %d with %d rows kept (%s): %d rows in %d runs", at, requests, rows, state, receipt.Rows, receipt.Runs)
		processes = []*server{processes[1], e.serve()} // the one that is left works on the next
	}
	if *exportKills > 0 && taken == 0 {
		t.Error("got no export that was taken over, want some: slow the API down")
	}
	jobs, err := db.Exports(t.Context(), ann.ID)
	if err != nil || len(jobs) != *exportKills+1 {
		t.Errorf("exports: got %d, %v, want one for each that was asked for, %d", len(jobs), err, *exportKills+1)
	}
}
