package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
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

// server is the program that serves, in a process of its own.
type server struct {
	url string
	cmd *exec.Cmd
}

// serve starts one on the exporter's database and waits until it is ready.
func (e *exporter) serve() *server {
	e.Helper()
	args, err := json.Marshal([]string{"serve"})
	if err != nil {
		e.Fatal(err)
	}
	s := &server{cmd: exec.CommandContext(e.Context(), os.Args[0], "-test.run=^TestExportProcess$")}
	s.cmd.Env = append(os.Environ(), "PORTAL_TEST_EXPORT="+string(args), "PORTAL_ADDR=127.0.0.1:0", "PORTAL_BASE_URL=http://127.0.0.1")
	for name, value := range e.env {
		s.cmd.Env = append(s.cmd.Env, name+"="+value)
	}
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		e.Fatal(err)
	}
	e.Cleanup(s.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		e.Fatal(err)
	}
	_, s.url, _ = strings.Cut(strings.TrimSpace(line), " ready at ")
	return s
}

// kill is SIGKILL.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // killed
}

// person is signed in to the portal, at whichever of its processes.
type person struct {
	*exporter
	client *http.Client
}

func (e *exporter) signIn(base, email string) *person {
	e.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		e.Fatal(err)
	}
	p := &person{e, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	p.post(base+"/login", url.Values{"email": {email}, "password": {"seven quiet harbours"}})
	return p
}

// post returns where the answer leads.
func (p *person) post(address string, form url.Values) string {
	p.Helper()
	req, err := http.NewRequestWithContext(p.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		p.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := p.client.Do(req)
	if err != nil {
		p.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusSeeOther {
		p.Fatalf("POST %s: got %s, %v, want 303", req.URL.Path, res.Status, err)
	}
	return res.Header.Get("Location")
}

func (p *person) download(address, name string) {
	p.Helper()
	req, err := http.NewRequestWithContext(p.Context(), http.MethodGet, address, nil)
	if err != nil {
		p.Fatal(err)
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != http.StatusOK {
		p.Fatalf("GET %s: got %s, %v, want 200", req.URL.Path, res.Status, err)
	}
	save(p.T, p.path(name), body)
}

// Killed twice on the way, while rows are created and change, and taken up by two processes at once at the end: the ids
// in the files are exactly those that the API had at the as-of, in order. Nobody opens a page meanwhile.
func TestExportJobOutlivesItsProcesses(t *testing.T) {
	t.Parallel()
	rows := *exportRows
	big := rows > 5000
	o := trustlytest.Options{Rows: min(rows, 1500), CreatedPerSecond: 50, ChangedPerSecond: 50, Latency: 250 * time.Millisecond}
	if big {
		o.Rows, o.CreatedPerSecond, o.ChangedPerSecond, o.Latency = rows, 300, 300, 50*time.Millisecond
	}
	e := newExporter(t, o)
	e.env["PORTAL_SECRET"], e.env["TRUSTLY_MAX_CONCURRENCY"] = strings.Repeat("s3cret ", 8), "1"
	if big {
		e.env["TRUSTLY_MAX_CONCURRENCY"] = "4"
	}
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
	first := e.serve()
	p := e.signIn(first.url, ann.Email)
	id := path.Base(p.post(first.url+"/exports", url.Values{"query": {e.filter}, "format": {"csv"}, "columns": {"shown"}}))
	until := func(what string, is func(store.ExportJob) bool) store.ExportJob {
		t.Helper()
		for end := time.Now().Add(10 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
			j, err := db.Export(t.Context(), id, ann.ID)
			if err != nil {
				t.Fatal(err)
			}
			if is(j) {
				return j
			}
			if j.State == store.ExportFailed || time.Now().After(end) {
				t.Fatalf("got it %s (%s) with %d rows, want it %s", j.State, j.Why, j.Rows, what)
			}
		}
	}
	seen := 0
	for _, process := range []func() *server{func() *server { return first }, e.serve} {
		s := process()
		enough := seen + 1
		if big {
			enough = seen + rows/4
		}
		j := until("further", func(j store.ExportJob) bool { return j.Rows >= enough })
		s.kill()
		if seen = j.Rows; !j.State.UnderWay() {
			t.Fatal("it was complete before it was killed: slow the API down")
		}
		e.leaseRunsOut()
	}
	two := []*server{e.serve(), e.serve()}
	j := until("complete", func(j store.ExportJob) bool { return j.State == store.ExportComplete })

	var want []string
	p.download(two[0].url+"/exports/"+id+"/all.receipt.json", "all.receipt.json")
	for i, format := range export.Formats() {
		name := "all." + format.Extension
		p.download(two[i%2].url+"/exports/"+id+"/"+name, name)
		receipt, err := (&verifyCmd{File: e.path(name), Receipt: e.path("all.receipt.json")}).receipt()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := export.Verify(e.path(name), receipt, version()); err != nil {
			t.Errorf("%s: got %v, want it to hold", name, err)
		}
		if receipt.Runs < 3 || receipt.Rows != j.Rows {
			t.Errorf("got %d runs and %d rows in the receipt, want 3 and %d", receipt.Runs, receipt.Rows, j.Rows)
		}
		if want == nil {
			want = e.idsAsOf(receipt.AsOf)
		}
		if got := idsIn(t, e.path(name)); !slices.Equal(got, want) {
			t.Errorf("%s: got %d ids, want %d as they were at the as-of, in order", name, len(got), len(want))
		}
	}
	t.Logf("killed twice, %d rows in %d parts and %d requests", j.Rows, j.Parts, j.Requests)
}

// leaseRunsOut has the others not wait for half a minute.
func (e *exporter) leaseRunsOut() {
	e.Helper()
	storetest.Exec(e, e.env["PORTAL_DATABASE_URL"], `UPDATE export_jobs SET lease_until = 1`)
}

// idsAsOf are the ids of what the API had at the instant, in the order of creation.
func (e *exporter) idsAsOf(at time.Time) []string {
	var ids []string
	for _, record := range slices.SortedFunc(slices.Values(e.api.Records()), func(a, b trustlytest.Record) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	}) {
		if record.CreatedAt < at.UnixMilli() {
			ids = append(ids, record.ID)
		}
	}
	return ids
}
