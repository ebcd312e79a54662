package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trustlyportal/store/storetest"
)

func TestCopyStateCommand(t *testing.T) {
	t.Parallel()
	from := filepath.Join(t.TempDir(), "portal.db")
	to := storetest.Server(t).New(t, "")
	kept := strings.Repeat("kept", 12)
	old, copied := environment{"PORTAL_DATABASE_URL": "sqlite:" + from}, environment{"PORTAL_DATABASE_URL": to}
	if _, stderr, code := command(t, old, "correct horse battery\n", "user", "add", "--email", "ada@example.com", "--role", "admin", "--password-stdin"); code != 0 {
		t.Fatalf("user add: %s", stderr)
	}
	if err := os.WriteFile(from+".secret", []byte(kept+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name       string
		env        environment
		from       string
		code       int
		want, said string
	}{
		{"another secret", copied.with("PORTAL_SECRET=" + strings.Repeat("other", 10)), "sqlite:" + from, exitUsage, "", "PORTAL_SECRET is not the one in"},
		{"no file", copied, "sqlite:" + from + "x", exitFailed, "", "no such file"},
		{"onto itself", old, "sqlite:" + from, exitUsage, "", "names the database to copy"},
		{"no URL", copied, from, exitUsage, "", "--from cannot be used"},
		{"all of it", copied, "sqlite:" + from, 0, "the audit's 1 records are one chain.\nSet PORTAL_SECRET_FILE to a copy of", ""},
		{"again", copied.with("PORTAL_SECRET=" + strings.Repeat("new", 12) + "," + kept), "sqlite:" + from, exitFailed, "", "holds data already"},
	}
	for _, s := range steps {
		stdout, stderr, code := command(t, s.env, "", "copy-state", "--from", s.from)
		if code != s.code || !strings.Contains(stdout, s.want) || !strings.Contains(stderr, s.said) || strings.Contains(stdout+stderr, kept) {
			t.Errorf("%s: got code %d, %q, %q, want %d, %q, %q and no secret", s.name, code, stdout, stderr, s.code, s.want, s.said)
		}
	}
	if stdout, stderr, code := command(t, copied, "", "user", "list"); code != 0 || !strings.Contains(stdout, "ada@example.com") {
		t.Errorf("user list of the copy: got code %d, %q, %q", code, stdout, stderr)
	}
	if _, err := os.Stat(from + "x"); err == nil {
		t.Error("a file that was not there was made")
	}
}
