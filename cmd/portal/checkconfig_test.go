package main

import (
	"encoding/json"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
	"trustlyportal/trustlyclient/trustlytest"
)

// checkConfig runs portal check-config and returns its lines, "outcome about text".
func checkConfig(t *testing.T, env environment, args ...string) (lines []string, code int) {
	t.Helper()
	stdout, stderr, code := command(t, env, "", append([]string{"check-config", "--json"}, args...)...)
	var report struct {
		OK     bool
		Checks []checked
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || report.OK != (code == exitOK) || code == exitFailed && !strings.Contains(stderr, "see above") {
		t.Fatalf("got code %d, %v,\n%s%s", code, err, stdout, stderr)
	}
	for _, c := range report.Checks {
		lines = append(lines, string(c.Outcome)+" "+c.About+" "+c.Text)
	}
	for _, name := range []string{"TRUSTLY_ACCESS_KEY", "PORTAL_SECRET", "PORTAL_OIDC_CLIENT_SECRET"} {
		if secret := env[name]; secret != "" && strings.Contains(stdout+stderr, secret) {
			t.Errorf("got %s printed:\n%s%s", name, stdout, stderr)
		}
	}
	return lines, code
}

// says fails unless one line begins so and holds the rest.
func says(t *testing.T, what string, lines []string, begins, holds string) {
	t.Helper()
	if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, begins) && strings.Contains(line, holds) }) {
		t.Errorf("%s: got\n%s\nwant a line that begins %q and says %q", what, strings.Join(lines, "\n"), begins, holds)
	}
}

// tree is every file below a folder with its size, its mode and when it was written.
func tree(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files[path] = info.Mode().String() + info.ModTime().String() + string(rune(info.Size()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A portal that is set up as it should be, while it runs and after: all is well, and nothing was touched.
func TestCheckConfigFindsAllWell(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"sqlite:" + filepath.Join(t.TempDir(), "portal.db"), storetest.Server(t).New(t, "")} {
		e := newExporter(t, trustlytest.Options{Rows: 10})
		e.env = e.env.with("PORTAL_DATABASE_URL="+database, "PORTAL_ADDR=127.0.0.1:0", "PORTAL_SECRET="+strings.Repeat("s3cret ", 8),
			"PORTAL_BASE_URL=https://portal.example.com", "PORTAL_TRUSTED_PROXIES=10.0.0.0/8", "PORTAL_AUDIT_LOG="+e.path("audit.jsonl"), "PORTAL_METRICS_ADDR=127.0.0.1:0")
		portal := start(t, e.env, "serve")
		e.addUser("ann@example.com")
		sealSomething(t, e.env)
		addr := strings.TrimPrefix(portal.url, "http://")
		check := func(when, address string) {
			t.Helper()
			lines, code := checkConfig(t, e.env.with("PORTAL_ADDR="+addr))
			for _, line := range lines {
				if !strings.HasPrefix(line, "ok ") {
					t.Errorf("%s: got %q, want it ok", when, line)
				}
			}
			for about, holds := range map[string]string{"settings": "all can be read", "PORTAL_ADDR": address, "PORTAL_METRICS_ADDR": "is free", "PORTAL_BASE_URL": "https://portal.example.com", "PORTAL_TRUSTED_PROXIES": "1 of them",
				"PORTAL_DATABASE_URL": "schema version", "PORTAL_SECRET": "opens the kept authenticator apps, private links", "TRUSTLY_BASE_URL": "takes the credentials", "clock": "agrees", "PORTAL_AUDIT_LOG": "audit.jsonl"} {
				says(t, when, lines, "ok "+about, holds)
			}
			if code != exitOK {
				t.Errorf("%s: got code %d, want 0", when, code)
			}
		}
		check("running", "is held by a portal that runs")
		portal.stop()
		portal.wait(t)
		folder := e.dir // with PostgreSQL there are no other files
		if path, ok := strings.CutPrefix(database, "sqlite:"); ok {
			folder = filepath.Dir(path)
		}
		before := tree(t, folder)
		check("stopped", "is free")
		if after := tree(t, folder); !maps.Equal(before, after) {
			t.Errorf("files: got\n%v\nafter, want them as before\n%v", after, before)
		}
	}
}

// sealSomething puts texts into the database that the secret opens.
func sealSomething(t *testing.T, env environment) {
	t.Helper()
	keys, err := auth.NewKeys(env["PORTAL_SECRET"])
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), env["PORTAL_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ann, err := db.UserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	links, err := keys.Sealer("private link")
	if err != nil {
		t.Fatal(err)
	}
	link := store.PrivateLink{Token: "t0ken", OwnerID: ann.ID, Query: "x=1", Sealed: links.Seal([]byte("Ann Lee"), "t0ken"), CreatedAt: time.Now(), UsedAt: time.Now()}
	if err := db.KeepPrivateLink(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	apps, err := keys.Sealer("authenticator secret")
	if err != nil {
		t.Fatal(err)
	}
	by := auth.Identity{User: ann}
	if err := db.SetAuthenticator(t.Context(), by, apps.Seal([]byte("JBSWY3DPEHPK3PXP"), "authenticator of 1"), 1, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// Each thing that is not as it should be, alone.
func TestCheckConfigFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	e := newExporter(t, trustlytest.Options{Rows: 10, AccessID: "id", AccessKey: "k3y-of-the-api"})
	dir := e.dir
	e.env = e.env.with("PORTAL_DATABASE_URL=sqlite:"+e.path("portal.db"), "PORTAL_ADDR=127.0.0.1:0", "PORTAL_SECRET="+strings.Repeat("s3cret ", 8), "TRUSTLY_ACCESS_KEY=k3y-of-the-api")
	e.addUser("ann@example.com")
	sealSomething(t, e.env)
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	silent := httptest.NewServer(http.NotFoundHandler())
	defer silent.Close()
	open := filepath.Join(dir, "open-secret")
	if err := os.WriteFile(open, []byte(strings.Repeat("s3cret ", 8)), 0o644); err != nil {
		t.Fatal(err)
	}
	database := func(name, statement string, args ...any) string { // another one, changed
		t.Helper()
		copied := filepath.Join(dir, name)
		storetest.Exec(t, e.env["PORTAL_DATABASE_URL"], `VACUUM INTO '`+copied+`'`)
		if err := os.Chmod(copied, 0o600); err != nil {
			t.Fatal(err)
		}
		if statement != "" {
			storetest.Exec(t, "sqlite:"+copied, statement, args...)
		}
		return "PORTAL_DATABASE_URL=sqlite:" + copied
	}
	public := strings.TrimPrefix(database("public.db", ""), "PORTAL_DATABASE_URL=sqlite:")
	if err := os.Chmod(public, 0o640); err != nil {
		t.Fatal(err)
	}
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		vars          []string
		begins, holds string
		code          int
	}{
		{[]string{"PORTAL_EXPORT_KEEP=8x", "PORTAL_LOG_FORMAT=xml"}, "error PORTAL_EXPORT_KEEP is", "set it to days", 1},
		{[]string{"PORTAL_EXPORT_KEEP=8x", "PORTAL_LOG_FORMAT=xml"}, "error PORTAL_LOG_FORMAT is", "set it to auto", 1},
		{[]string{"PORTAL_ADDR=" + held.Addr().String()}, "error PORTAL_ADDR", "held by another program", 1},
		{[]string{"PORTAL_METRICS_ADDR=" + held.Addr().String()}, "error PORTAL_METRICS_ADDR", "held by another program", 1},
		{[]string{"PORTAL_ADDR=192.0.2.1:80"}, "error PORTAL_ADDR", "can't be listened on", 1},
		{[]string{"PORTAL_ADDR=0.0.0.0:0"}, "warning PORTAL_BASE_URL is not set", "cookies are not Secure", 0},
		{[]string{"PORTAL_BASE_URL=http://portal.example.com"}, "warning PORTAL_BASE_URL is http:", "in clear", 0},
		{[]string{"PORTAL_BASE_URL=https://portal.example.com"}, "warning PORTAL_TRUSTED_PROXIES is not set", "proxy's address", 0},
		{[]string{"PORTAL_TRUSTED_PROXIES=0.0.0.0/0"}, "warning PORTAL_TRUSTED_PROXIES holds 0.0.0.0/0", "everybody", 0},
		{[]string{"PORTAL_AUDIT_LOG=" + dir + "/no/such/audit"}, "error PORTAL_AUDIT_LOG can't be written", "no such file", 1},
		{[]string{"PORTAL_SECRET=", "PORTAL_SECRET_FILE=" + open}, "warning PORTAL_SECRET_FILE", "mode 0644", 0},
		{[]string{"PORTAL_SECRET=" + strings.Repeat("another ", 8)}, "error PORTAL_SECRET is not the one", "authenticator apps, private links", 1},
		{[]string{"PORTAL_SECRET=" + strings.Repeat("another ", 8) + "," + strings.Repeat("s3cret ", 8)}, "ok PORTAL_SECRET", "opens", 0},
		{[]string{"PORTAL_SECRET="}, "error PORTAL_SECRET is not set, and there is none", "put the old one back", 1},
		{[]string{"PORTAL_DATABASE_URL=sqlite:" + dir + "/new/portal.db"}, "warning PORTAL_DATABASE_URL", "first start makes it", 0},
		{[]string{"PORTAL_DATABASE_URL=sqlite:" + open + "/portal.db"}, "error PORTAL_DATABASE_URL", "does not answer", 1},
		{[]string{"PORTAL_DATABASE_URL=sqlite:" + garbage}, "error PORTAL_DATABASE_URL", "not a database", 1},
		{[]string{"PORTAL_DATABASE_URL=sqlite:" + public}, "warning PORTAL_DATABASE_URL", "mode 0640", 0},
		{[]string{database("newer.db", `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)}, "error PORTAL_DATABASE_URL", "run the newer portal", 1},
		{[]string{database("older.db", `DELETE FROM goose_db_version WHERE version_id > 5`)}, "warning PORTAL_DATABASE_URL", "has schema version 5: the next start brings it to", 0},
		{[]string{"PORTAL_DATABASE_URL=postgres://ada:hunter2hunter2@127.0.0.1:1/portal"}, "error PORTAL_DATABASE_URL does not answer", "127.0.0.1", 1},
		{[]string{"PORTAL_OIDC_ISSUER=" + silent.URL, "PORTAL_OIDC_CLIENT_ID=portal", "PORTAL_OIDC_CLIENT_SECRET=0idc-s3cret", "PORTAL_OIDC_ROLES=a=admin"}, "error PORTAL_OIDC_ISSUER does not answer", "404", 1},
		{[]string{"TRUSTLY_ACCESS_KEY=wrong-k3y"}, "error TRUSTLY_ACCESS_KEY", "are refused", 1},
		{[]string{"TRUSTLY_BASE_URL=http://127.0.0.1:1/api/v1"}, "error TRUSTLY_BASE_URL does not answer", "", 1},
	} {
		before := tree(t, dir)
		lines, code := checkConfig(t, e.env.with(tt.vars...))
		says(t, tt.vars[0], lines, tt.begins, tt.holds)
		if code != tt.code {
			t.Errorf("%s: got code %d, want %d:\n%s", tt.vars[0], code, tt.code, strings.Join(lines, "\n"))
		}
		if strings.Contains(strings.Join(lines, ""), "hunter2hunter2") {
			t.Errorf("%s: got the password told:\n%s", tt.vars[0], strings.Join(lines, "\n"))
		}
		if after := tree(t, dir); !maps.Equal(before, after) {
			t.Errorf("%s: files: got\n%v\nafter, want them as before\n%v", tt.vars[0], after, before)
		}
	}

	// Offline nobody is asked, and all at once is said as a table.
	env := e.env.with("TRUSTLY_BASE_URL=http://127.0.0.1:1/api/v1", "PORTAL_TRUSTED_PROXIES=::/0")
	stdout, stderr, code := command(t, env, "", "check-config", "--offline")
	if code != exitOK || !strings.Contains(stdout, "ok       TRUSTLY_BASE_URL") || !strings.Contains(stdout, "warning  PORTAL_TRUSTED_PROXIES") || stderr != "" {
		t.Errorf("offline: got code %d,\n%s%s\nwant a table", code, stdout, stderr)
	}

	// A clock that was set back.
	db, err := store.Open(t.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ahead := audit.NewLog(db, func() time.Time { return time.Now().Add(time.Hour) })
	if err := ahead.Write(t.Context(), audit.Event{Action: audit.SignOut, User: "ann@example.com", Result: audit.Allowed}); err != nil {
		t.Fatal(err)
	}
	lines, code := checkConfig(t, e.env)
	if says(t, "clock set back", lines, "error clock says", "set the clock"); code != exitFailed {
		t.Errorf("clock set back: got code %d, want 1", code)
	}
}

// An API whose clock is not ours.
func TestCheckConfigReadsTheAPIsClock(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-5*time.Minute).UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"transactions":[]}`))
	}))
	defer api.Close()
	lines, _ := checkConfig(t, working.with("PORTAL_ADDR=127.0.0.1:0", "TRUSTLY_BASE_URL="+api.URL, "PORTAL_DATABASE_URL=sqlite:"+t.TempDir()+"/portal.db"))
	says(t, "clock", lines, "warning clock differs from the API's by", "set the clock")
}

func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	c := &configChecks{}
	c.unknownVariables([]string{"PORTAL_ADRR=x", "TRUSTLY_ACESS_KEY=s3cret", "PORTAL_WHATEVER_ELSE_IT_IS=1", "PORTAL_SECRET_FILE=/x", "PORTAL_DATABASE_URL=x", "HOME=/", "TRUSTLY_RATE_LIMIT=", "PORTAL_SECRETFILE=x"})
	var got []string
	for _, line := range c.lines {
		got = append(got, string(line.Outcome)+" "+line.About+" "+line.Text[strings.Index(line.Text, ": ")+2:])
	}
	want := []string{"warning PORTAL_ADRR is PORTAL_ADDR meant?", "warning TRUSTLY_ACESS_KEY is TRUSTLY_ACCESS_KEY meant?",
		"warning PORTAL_WHATEVER_ELSE_IT_IS remove it, or see portal serve --help", "warning PORTAL_SECRETFILE is PORTAL_SECRET_FILE meant?"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"ADRR", "ADDR", 1}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance %q %q: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
