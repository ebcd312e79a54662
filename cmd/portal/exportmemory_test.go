package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/trustlyclient/trustlytest"
)

// What is measured is printed: `go test ./cmd/portal -run TestExportJobsWhilePeopleRead -export.load 500000 -export.jobs 1 -v`.
var (
	loadRows = flag.Int("export.load", 0, "rows of the exports beside which memory and pages are measured; 0: not measured")
	loadJobs = flag.Int("export.jobs", 1, "exports under way at once, 1 to 5")

	loadColumns = flag.String("export.columns", "shown", "their columns: shown, which are those of the list, or all")
)

// What exports in the background cost: memory over that of an idle process, and how long a list page takes meanwhile.
func TestExportJobsWhilePeopleRead(t *testing.T) {
	if *loadRows == 0 {
		t.Skip("measures: see -export.load")
	}
	e := newExporter(t, trustlytest.Options{Rows: *loadRows, Latency: 50 * time.Millisecond})
	e.env["PORTAL_SECRET"], e.env["TRUSTLY_MAX_CONCURRENCY"] = strings.Repeat("s3cret ", 8), "8"
	db, err := store.Open(t.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	hash, err := auth.NewPasswords().Hash(t.Context(), "seven quiet harbours")
	if err != nil {
		t.Fatal(err)
	}
	server := e.serve()
	var people []*person
	var users []auth.User
	for i := range (*loadJobs + 1) / 2 { // two of each user are worked on at once
		u, err := db.CreateUser(t.Context(), fmt.Sprintf("ann%d@example.com", i), auth.Finance, hash)
		if err != nil {
			t.Fatal(err)
		}
		users, people = append(users, u), append(people, e.signIn(server.url, u.Email))
	}
	page := func(i int) time.Duration {
		began := time.Now()
		people[0].download(fmt.Sprintf("%s/transactions?amount.min=%d.00&tz=UTC", server.url, i), "page.html")
		return time.Since(began)
	}
	p95 := func(took []time.Duration) time.Duration {
		slices.Sort(took)
		return took[len(took)*95/100].Round(time.Millisecond)
	}
	var alone, beside []time.Duration
	for i := range 40 {
		alone = append(alone, page(i))
	}
	time.Sleep(2 * time.Second) // the sign-ins' memory is given back
	idle, peak := server.memory(t), 0
	ids := map[string]auth.User{}
	for i := range *loadJobs {
		id := path.Base(people[i/2].post(server.url+"/exports", url.Values{"query": {"tz=America/New_York"}, "format": {"csv"}, "columns": {*loadColumns}}))
		ids[id] = users[i/2]
	}
	began, asked := time.Now(), time.Time{}
	for len(ids) > 0 {
		for id, u := range ids {
			j, err := db.Export(t.Context(), id, u.ID)
			if err != nil || j.State == store.ExportFailed {
				t.Fatalf("got it %s (%s), %v", j.State, j.Why, err)
			}
			if j.State == store.ExportComplete {
				t.Logf("%d rows in %d requests, %.1f MB kept, after %s", j.Rows, j.Requests, float64(j.Bytes)/1e6, time.Since(began).Round(time.Second))
				delete(ids, id)
			}
		}
		peak = max(peak, server.memory(t))
		if *loadJobs > 1 && len(beside) < 200 && time.Since(asked) > 100*time.Millisecond {
			beside, asked = append(beside, page(1000+len(beside))), time.Now()
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("memory: %d MB idle, %d MB at most, %d MB more", idle, peak, peak-idle)
	if len(beside) > 0 {
		t.Logf("a list page, 95 of 100: %s alone, %s beside %d exports (%d pages)", p95(alone), p95(beside), *loadJobs, len(beside))
	}
}

// memory is the process's resident set in MB.
func (s *server) memory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	var kB int
	if _, err := fmt.Sscan(after, &kB); err != nil {
		t.Fatal(err)
	}
	return kB / 1024
}
