package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// command runs the program with arguments and returns what it printed, and its exit code.
func command(t *testing.T, env environment, stdin string, args ...string) (stdout, stderr string, code int) {
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
	if _, stderr, code := command(t, environment{"PORTAL_DATABASE_URL": "postgres://db/portal"}, "", "user", "list"); code == 0 || !strings.Contains(stderr, "PostgreSQL is not supported yet") {
		t.Errorf("user list on PostgreSQL: got code %d, %q, want a refusal", code, stderr)
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
