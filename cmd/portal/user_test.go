package main

import (
	"bytes"
	"errors"
	"log/slog"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
)

// command runs the program with arguments and returns what it printed, and its exit code.
func command(t testing.TB, env environment, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(stdin), &out, &errs, env.get)
	return out.String(), errs.String(), code
}

// The accounts of a new portal, step by step as an operator goes.
func TestUserCommands(t *testing.T) {
	env := environment{"PORTAL_DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "data", "portal.db")}
	const password = "elf kisses moon"
	steps := []struct {
		args, stdin  string
		code         int
		stdout, said string // parts of the outputs
	}{
		{"user list", "", 0, "There are no accounts yet.", ""},
		{"user add --email Ada@Example.com --role admin --password-stdin", password + "\n", 0, "Added ada@example.com with the role admin.", ""},
		{"user add --email ada@example.com --role support --password-stdin", password, 1, "", "ada@example.com has an account already"},
		{"user add --email bob@example.com --role support --password-stdin", password + "\r\nmore", 0, "Added bob@example.com", ""},
		{"user add --email eve@example.com --role owner --password-stdin", password, 2, "", `"owner" is not a role: use support, finance or admin`},
		{"user add --email eve --role admin --password-stdin", password, 2, "", "not an e-mail address"},
		{"user add --email eve@example.com --role admin --password-stdin", "short", 2, "", "has 5 characters"},
		{"user add --email eve@example.com --role admin --password-stdin", "", 2, "", "has 0 characters"},
		{"user add --email eve@example.com --role admin", password, 2, "", "--password-stdin"},
		{"user list", "", 0, "ada@example.com   admin     enabled", ""},
		{"user disable --email bob@example.com", "", 0, "bob@example.com is disabled and signed out.", ""},
		{"user list", "", 0, "bob@example.com   support   disabled", ""},
		{"user enable --email bob@example.com", "", 0, "bob@example.com is enabled.", ""},
		{"user disable --email ada@example.com", "", 1, "", "ada@example.com is the last enabled administrator"},
		{"user role --email ada@example.com --role finance", "", 1, "", "ada@example.com is the last enabled administrator"},
		{"user role --email BOB@example.com --role admin", "", 0, "bob@example.com has the role admin.", ""},
		{"user role --email ada@example.com --role finance", "", 0, "ada@example.com has the role finance.", ""},
		{"user password --email ada@example.com --password-stdin", "another long one", 0, "ada@example.com has a new password and is signed out.", ""},
		{"user password --email ada@example.com --password-stdin", "ada@example.com", 2, "", "is the e-mail address"},
		{"user password --email nobody@example.com --password-stdin", password, 1, "", "there is no account nobody@example.com"},
		{"user password --email ada@example.com", "", 2, "", "--password-stdin"},
		{"user password --email ada@example.com --link", "", 0, "/login/invite#", ""},
		{"user invite --email eve@example.com --role owner", "", 2, "", "is not a role"},
		{"user invite --email eve --role admin", "", 2, "", "not an e-mail address"},
		{"user invite --email ada@example.com --role admin", "", 1, "", "ada@example.com has an account already"},
		{"user invite --email eve@example.com --role admin --base-url https://portal.example.com", "", 0, "https://portal.example.com/login/invite#", ""},
		{"user invite --email eve@example.com --role admin --base-url portal", "", 2, "", "PORTAL_BASE_URL is no http or https URL"},
		{"user sessions --email ada@example.com", "", 0, "ada@example.com is signed in nowhere.", ""},
		{"user sessions --email nobody@example.com", "", 1, "", "there is no account nobody@example.com"},
		{"user end-sessions --email ada@example.com", "", 0, "ada@example.com is signed out everywhere.", ""},
		{"user end-sessions --email ada@example.com --id NONE", "", 1, "", "no such sign-in"},
		{"user reset-factor --email ada@example.com", "", 0, "ada@example.com has no second factor any more", ""},
		{"user", "", 2, "", "expected one of"},
	}
	for _, s := range steps {
		stdout, stderr, code := command(t, env, s.stdin, strings.Fields(s.args)...)
		if code != s.code || !strings.Contains(stdout, s.stdout) || !strings.Contains(stderr, s.said) || (s.said == "") != (stderr == "") {
			t.Errorf("portal %s:\ngot  code %d, stdout %q, stderr %q\nwant code %d, stdout with %q, stderr with %q",
				s.args, code, stdout, stderr, s.code, s.stdout, s.said)
		}
		if s.stdin != "" && strings.Contains(stdout+stderr, strings.TrimSpace(s.stdin)) && s.stdin != "ada@example.com" {
			t.Errorf("portal %s: the output tells the password: %q %q", s.args, stdout, stderr)
		}
	}
	checkCommandsAreOnRecord(t, env["PORTAL_DATABASE_URL"])
}

// checkCommandsAreOnRecord: each change of the steps above, and what was refused, but for what was mistyped.
func checkCommandsAreOnRecord(t *testing.T, databaseURL string) {
	t.Helper()
	db, err := store.Open(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	records, err := db.AuditPage(t.Context(), audit.Filter{User: "command line"}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, r := range records {
		got[string(r.Action)+" "+string(r.Result)+" "+r.Object]++
		if r.Action == audit.ChangeRole && r.Result == audit.Allowed {
			got[r.Object+" "+r.Detail]++
		}
	}
	for _, once := range []string{"add-user allowed user ada@example.com", "invite-user allowed user ada@example.com"} {
		if got[once] != 1 { // and not for what an account that is there already kept from being done
			t.Errorf("the audit has %q %d times, want once", once, got[once])
		}
	}
	for want, n := range map[string]int{
		"add-user allowed user ada@example.com": 1, "add-user allowed user bob@example.com": 1,
		"disable-user allowed user bob@example.com": 1, "enable-user allowed user bob@example.com": 1, "disable-user refused user ada@example.com": 1,
		"change-role allowed user bob@example.com": 1, "change-role refused user ada@example.com": 1, "set-password allowed user ada@example.com": 1,
		"invite-user allowed user ada@example.com": 1, "invite-user allowed user eve@example.com": 1,
		"user bob@example.com support → admin": 1, "end-session allowed user ada@example.com": 1, "remove-factor allowed user ada@example.com": 1,
	} {
		if got[want] < n {
			t.Errorf("the audit has %q %d times, want %d; it has %v", want, got[want], n, got)
		}
	}
}

// The first start writes a link into the log that makes the first administrator, and no start after that.
func TestSetUpLink(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	base, err := url.Parse("https://portal.example.com")
	if err != nil {
		t.Fatal(err)
	}
	offer := func() (code string) {
		t.Helper()
		var log bytes.Buffer
		if err := offerSetUp(t.Context(), db, base, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(`link=https://portal\.example\.com/login/invite#([A-Z2-7]{26}) until=`).FindStringSubmatch(log.String())
		if m == nil {
			if log.Len() > 0 {
				t.Fatalf("the log says %q, want the link or nothing", log.String())
			}
			return ""
		}
		return m[1]
	}
	first, second := offer(), offer() // of another process, or a restart
	if first == "" || second == "" || first == second {
		t.Fatalf("got the codes %q and %q, want two", first, second)
	}
	if _, err := db.AcceptInvitation(t.Context(), auth.LinkHash(first), "ada@example.com", "hash", time.Now()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the first link: got %v, want it ended by the second", err)
	}
	u, err := db.AcceptInvitation(t.Context(), auth.LinkHash(" https://portal.example.com/login/invite#"+second+"\n"), "Ada@example.com", "hash", time.Now())
	if err != nil || u.Role != auth.Admin || u.Email != "ada@example.com" {
		t.Errorf("the second link: got %+v, %v, want an administrator", u, err)
	}
	if third := offer(); third != "" {
		t.Error("there is an account, but another link was offered")
	}
}

func TestHelpAndVersion(t *testing.T) {
	for args, want := range map[string][]string{
		"--help":         {"serve", "user add", "sandbox", "doctor", "healthcheck", "version"},
		"serve --help":   {"--demo", "$PORTAL_ADDR", "default 127.0.0.1:8080", "TRUSTLY_ACCESS_KEY", "_FILE", "$TRUSTLY_TIME_UNIT"},
		"sandbox --help": {"--shape", "--bounds", "--max-range", "/_sandbox/faults", "1003250000: 401"},
		"doctor --help":  {"--json", "$TRUSTLY_TIME_UNIT", "TRUSTLY_ACCESS_KEY", "Exit code 0"},
		"version":        {"portal " + version()},
	} {
		stdout, stderr, code := command(t, nil, "", strings.Fields(args)...)
		if code != 0 || stderr != "" {
			t.Errorf("portal %s: got code %d, stderr %q, want 0 and none", args, code, stderr)
		}
		for _, w := range want {
			if !strings.Contains(stdout, w) {
				t.Errorf("portal %s: got\n%s\nwant it to hold %q", args, stdout, w)
			}
		}
	}
	if _, stderr, code := command(t, nil, "", "serve", "--demmo"); code != 2 || !strings.Contains(stderr, "--demmo") {
		t.Errorf("portal serve --demmo: got code %d, %q, want 2 and the flag named", code, stderr)
	}
	if _, stderr, code := command(t, environment{}, "", "serve"); code != 2 || !strings.Contains(stderr, "3 settings need a change") {
		t.Errorf("portal serve without settings: got code %d, %q, want 2 and three problems", code, stderr)
	}
}
