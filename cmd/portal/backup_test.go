package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/export"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
	"trustlyportal/trustlyclient/trustlytest"
)

// Backed up under load, the machine lost, and restored elsewhere as docs/operations.md says: sign-ins and saved views are
// there, the audit holds, what was exported can be downloaded, and what was under way goes on without losing a row.
func TestRestore(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		e := newExporter(t, trustlytest.Options{Rows: 700, Latency: 250 * time.Millisecond})
		data := e.path("data")
		e.env["PORTAL_DATABASE_URL"] = "sqlite:" + filepath.Join(data, "portal.db")
		delete(e.env, "PORTAL_SECRET") // it is kept beside the file
		e.restore(func() string {
			said, stderr, code := command(t, e.env, "", "backup", "--out", e.path("backup.db"))
			if code != exitOK {
				t.Fatalf("portal backup: got code %d, %s", code, stderr)
			}
			save(t, e.path("backup.secret"), read(t, filepath.Join(data, "portal.db.secret")))
			return said
		}, func() string {
			if err := os.RemoveAll(data); err != nil {
				t.Fatal(err)
			}
			restored := e.path("restored")
			if err := os.Mkdir(restored, 0o700); err != nil {
				t.Fatal(err)
			}
			for from, to := range map[string]string{"backup.db": "portal.db", "backup.secret": "portal.db.secret"} {
				if err := os.Rename(e.path(from), filepath.Join(restored, to)); err != nil {
					t.Fatal(err)
				}
			}
			return "sqlite:" + filepath.Join(restored, "portal.db")
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server := storetest.Server(t)
		e := newExporter(t, trustlytest.Options{Rows: 700, Latency: 250 * time.Millisecond})
		e.env = e.env.with("PORTAL_DATABASE_URL="+server.New(t, ""), "PORTAL_SECRET="+strings.Repeat("s3cret ", 8))
		tool := func(name string, args ...string) {
			t.Helper()
			if out, err := exec.CommandContext(t.Context(), server.Bin(name), args...).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, out)
			}
		}
		e.restore(func() string {
			tool("pg_dump", "--format=custom", "--file", e.path("portal.dump"), e.env["PORTAL_DATABASE_URL"])
			return ""
		}, func() string {
			restored := server.New(t, "")
			tool("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", restored, e.path("portal.dump"))
			return restored
		})
	})
}

// restore does what people do with a portal, backs it up meanwhile, loses it and looks at what came back.
func (e *exporter) restore(backUp, lose func() string) {
	e.Helper()
	e.env = e.env.with("PORTAL_ADDR=127.0.0.1:0", "PORTAL_BASE_URL=http://127.0.0.1", "TRUSTLY_MAX_CONCURRENCY=1")
	portal := start(e.T, e.env, "serve")
	user := e.addUser("ann@example.com")
	ann := e.signIn(portal.url, user.Email)
	view := url.Values{"query": {e.filter}, "name": {"Month's end"}}
	ann.post(portal.url+"/views", view)
	done := path.Base(ann.post(portal.url+"/exports", url.Values{"query": {e.filter + "&transactionType=2"}, "format": {"csv"}, "columns": {"shown"}}))
	e.until(done, user.ID, func(j store.ExportJob) bool { return j.State == store.ExportComplete })
	e.api.SetFault(trustlytest.Fault{Kind: trustlytest.FaultHang, After: 6}) // it can't be done before the backup
	underWay := path.Base(ann.post(portal.url+"/exports", url.Values{"query": {e.filter}, "format": {"csv"}, "columns": {"shown"}}))
	e.until(underWay, user.ID, func(j store.ExportJob) bool { return j.Rows > 0 })

	db, err := store.Open(e.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		e.Fatal(err)
	}
	var writing sync.WaitGroup
	enough := make(chan struct{})
	for range 2 {
		writing.Go(func() {
			for log := audit.NewLog(db, time.Now); ; {
				select {
				case <-enough:
					return
				case <-time.After(time.Millisecond):
				}
				if err := log.Write(e.Context(), audit.Event{Action: audit.View, User: user.Email, Object: "transaction 1009", Result: audit.Allowed}); err != nil {
					e.Error(err)
				}
			}
		})
	}
	said := backUp()
	close(enough)
	writing.Wait()
	if err := db.Close(); err != nil {
		e.Error(err)
	}
	if j := e.job(underWay, user.ID); !j.State.UnderWay() {
		e.Fatal("the export was complete before the backup: slow the API down")
	}
	e.signIn(portal.url, user.Email) // is lost
	after := e.anchor("audit", "verify")
	portal.stop()
	portal.wait(e.T)
	e.api.ClearFaults()

	e.env = e.env.with("PORTAL_DATABASE_URL=" + lose())
	before := after
	if said != "" {
		before = anchorIn(e.T, said)
	}
	if said, stderr, code := command(e.T, e.env, "", "audit", "verify", "--anchor", before); (code == exitOK) != (before != after) {
		e.Errorf("audit verify with the anchor of the backup: got code %d, %s%s", code, said, stderr)
	}
	if _, stderr, code := command(e.T, e.env, "", "audit", "verify", "--anchor", after); code != exitFailed || !strings.Contains(stderr, "audit does not hold") {
		e.Errorf("audit verify with an anchor of what was lost: got code %d, %s, want it refused", code, stderr)
	}
	e.anchor("audit", "verify") // by itself it holds
	lines, code := checkConfig(e.T, e.env)
	if says(e.T, "check-config", lines, "ok PORTAL_SECRET", "opens the kept exports"); code != exitOK {
		e.Errorf("check-config: got code %d:\n%s", code, strings.Join(lines, "\n"))
	}
	e.leaseRunsOut()

	portal = start(e.T, e.env, "serve")
	ann = e.signIn(portal.url, user.Email)
	ann.download(portal.url+"/views", "views.html")
	if !bytes.Contains(read(e.T, e.path("views.html")), []byte("Month&#39;s end")) {
		e.Errorf("views: got\n%s\nwant the saved one", read(e.T, e.path("views.html")))
	}
	e.until(underWay, user.ID, func(j store.ExportJob) bool { return j.State == store.ExportComplete })
	for _, id := range []string{done, underWay} {
		ann.download(portal.url+"/exports/"+id+"/all.csv", id+".csv")
		ann.download(portal.url+"/exports/"+id+"/all.receipt.json", id+".receipt.json")
		receipt, err := (&verifyCmd{File: e.path(id + ".csv"), Receipt: e.path(id + ".receipt.json")}).receipt()
		if err == nil {
			_, err = export.Verify(e.path(id+".csv"), receipt, version())
		}
		if err != nil {
			e.Errorf("export: got %v, want it to hold", err)
		}
		if id == underWay && (!slices.Equal(idsIn(e.T, e.path(id+".csv")), e.idsAsOf(receipt.AsOf)) || receipt.Runs < 2) {
			e.Errorf("the export under way: got %d rows in %d runs, want all of %d in 2", receipt.Rows, receipt.Runs, len(e.idsAsOf(receipt.AsOf)))
		}
	}
	portal.stop()
	portal.wait(e.T)
}

func (e *exporter) job(id string, userID int64) store.ExportJob {
	e.Helper()
	db, err := store.Open(e.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		e.Fatal(err)
	}
	defer db.Close()
	j, err := db.Export(e.Context(), id, userID)
	if err != nil {
		e.Fatal(err)
	}
	return j
}

func (e *exporter) until(id string, userID int64, is func(store.ExportJob) bool) {
	e.Helper()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if j := e.job(id, userID); is(j) {
			return
		} else if j.State == store.ExportFailed || time.Now().After(end) {
			e.Fatalf("export: got it %s (%s) with %d rows", j.State, j.Why, j.Rows)
		}
	}
}

// anchor runs a command and returns the anchor that it prints.
func (e *exporter) anchor(args ...string) string {
	e.Helper()
	stdout, stderr, code := command(e.T, e.env, "", args...)
	if code != exitOK {
		e.Errorf("portal %s: got code %d, %s", strings.Join(args, " "), code, stderr)
	}
	return anchorIn(e.T, stdout)
}

var anchorPattern = regexp.MustCompile(`(?m)^anchor (\d+:[0-9a-f]{64})$`)

func anchorIn(t *testing.T, said string) string {
	t.Helper()
	found := anchorPattern.FindStringSubmatch(said)
	if found == nil {
		t.Fatalf("got %q, want an anchor in it", said)
	}
	return found[1]
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A backup replaces nothing, leaves nothing behind when it fails, and refuses a database that is broken.
func TestBackupFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	database := filepath.Join(dir, "portal.db")
	env := environment{"PORTAL_DATABASE_URL": "sqlite:" + database}
	if _, stderr, code := command(t, env, "", "migrate"); code != exitOK {
		t.Fatal(stderr)
	}
	db, err := store.Open(t.Context(), env["PORTAL_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := audit.NewLog(db, time.Now).Write(t.Context(), audit.Event{Action: audit.SignOut, User: "ann@example.com", Result: audit.Allowed}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	there := filepath.Join(dir, "there.db")
	save(t, there, []byte("mine"))
	broken := filepath.Join(dir, "broken.db")
	save(t, broken, read(t, database))
	storetest.Exec(t, "sqlite:"+broken, `DROP TRIGGER audit_no_update`)
	storetest.Exec(t, "sqlite:"+broken, `UPDATE audit SET user_email = 'eve@example.com' WHERE seq = 2`)
	torn := filepath.Join(dir, "torn.db")
	whole := read(t, database)
	save(t, torn, append(bytes.Clone(whole[:len(whole)/2]), bytes.Repeat([]byte{0x5a}, len(whole)-len(whole)/2)...))
	for _, tt := range []struct {
		database, out, want string
		code                int
	}{
		{database, there, "is there already", exitUsage},
		{database, dir + "/no/such/backup.db", "no such file", exitUsage},
		{dir + "/none.db", dir + "/backup.db", "no such file", exitFailed},
		{broken, dir + "/backup.db", "record 2", exitFailed},
		{torn, dir + "/backup.db", "back up:", exitFailed},
	} {
		_, stderr, code := command(t, environment{"PORTAL_DATABASE_URL": "sqlite:" + tt.database}, "", "backup", "--out", tt.out)
		if code != tt.code || !strings.Contains(stderr, tt.want) {
			t.Errorf("%s to %s: got code %d, %q, want %d and %q", tt.database, tt.out, code, stderr, tt.code, tt.want)
		}
	}
	env["PORTAL_DATABASE_URL"] = "postgres://ada:hunter2hunter2@127.0.0.1:1/portal"
	if _, stderr, code := command(t, env, "", "backup", "--out", dir+"/backup.db"); code != exitUsage || !strings.Contains(stderr, "pg_dump") || strings.Contains(stderr, "hunter2") {
		t.Errorf("PostgreSQL: got code %d, %q, want to be told of pg_dump", code, stderr)
	}
	if got := string(read(t, there)); got != "mine" {
		t.Errorf("the file that was there: got %q", got)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*backup*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*.part*"))
	if err != nil || len(left)+len(hidden) > 0 {
		t.Errorf("got %v %v, %v left, want nothing", left, hidden, err)
	}

	said, stderr, code := command(t, environment{"PORTAL_DATABASE_URL": "sqlite:" + database}, "", "backup", "--out", dir+"/backup.db")
	info, err := os.Stat(dir + "/backup.db")
	if code != exitOK || err != nil || info.Mode() != 0o600 || !strings.Contains(said, "3 records of the audit") {
		t.Errorf("got code %d, %v %v, %q%q, want a file that its owner alone reads", code, info.Mode(), err, said, stderr)
	}
	if got, err := json.Marshal(tree(t, dir)); err != nil || bytes.Contains(got, []byte("backup.db-")) {
		t.Errorf("got %s, %v, want the backup in one file", got, err)
	}
}
