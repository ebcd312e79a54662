package main

import (
	"regexp"
	"strings"
	"testing"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
)

// Access tokens by the command line, step by step as an operator goes.
func TestTokenCommands(t *testing.T) {
	t.Parallel()
	url := databases.New(t)
	env := environment{"PORTAL_DATABASE_URL": url}
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for email, role := range map[string]auth.Role{"ann@example.com": auth.Finance, "bob@example.com": auth.Support, "cleo@example.com": auth.Finance} {
		u, err := db.CreateUser(t.Context(), email, role, "")
		if err != nil {
			t.Fatal(err)
		}
		if email == "cleo@example.com" {
			if _, err := db.SaveViews(t.Context(), u.ID, []store.SavedView{{ID: "shared", Name: "Shared", Shared: true}, {ID: "private", Name: "Private"}}, false); err != nil {
				t.Fatal(err)
			}
			if err := db.SetDisabled(t.Context(), u.ID, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	shape := regexp.MustCompile(`^tpp_[A-Z2-7]{56}\n$`)
	for _, s := range []struct {
		args         []string
		code         int
		stdout, said string // parts of the outputs; "token" for a token and nothing else
	}{
		{[]string{"list"}, 0, "There are no access tokens.", ""},
		{[]string{"create", "--email", "Ann@example.com", "--name", "nightly close"}, 0, "token", `Token 1, "nightly close", of ann@example.com, for export, until 20`},
		{[]string{"create", "--email", "ann@example.com", "--name", "dashboard", "--scope", "view:shared", "--expires", "365d"}, 0, "token", "for view:shared"},
		{[]string{"create", "--email", "ann@example.com"}, 2, "", "--name"},
		{[]string{"create", "--email", "ann@example.com", "--name", " "}, 2, "", "--name is missing"},
		{[]string{"create", "--email", "ann@example.com", "--name", strings.Repeat("x", 61)}, 2, "", "--name is longer than 60 characters"},
		{[]string{"create", "--email", "ann@example.com", "--name", "x", "--scope", "all"}, 2, "", "a scope is export, or view:"},
		{[]string{"create", "--email", "ann@example.com", "--name", "x", "--scope", "view:private"}, 1, "", "there is no saved view private that ann@example.com may open"},
		{[]string{"create", "--email", "ann@example.com", "--name", "x", "--expires", "366d"}, 2, "", `--expires is "366d": set it to days from 1d to 365d`},
		{[]string{"create", "--email", "ann@example.com", "--name", "x", "--expires", "0d"}, 2, "", "--expires"},
		{[]string{"create", "--email", "ann@example.com", "--name", "x", "--expires", "never"}, 2, "", "--expires"},
		{[]string{"create", "--email", "bob@example.com", "--name", "x"}, 1, "", "bob@example.com has the role support, which may not export"},
		{[]string{"create", "--email", "cleo@example.com", "--name", "x"}, 1, "", "the account cleo@example.com is disabled"},
		{[]string{"create", "--email", "nobody@example.com", "--name", "x"}, 1, "", "there is no account nobody@example.com"},
		{[]string{"list", "--email", "ann@example.com"}, 0, "2    ann@example.com   dashboard       view:shared   works", ""},
		{[]string{"list", "--email", "bob@example.com"}, 0, "There are no access tokens.", ""},
		{[]string{"list", "--email", "nobody@example.com"}, 1, "", "there is no account"},
		{[]string{"revoke", "1"}, 0, `Token 1, "nightly close", of ann@example.com opens nothing any more.`, ""},
		{[]string{"revoke", "1"}, 0, "had ended already", ""},
		{[]string{"revoke", "7"}, 1, "", "there is no access token 7"},
		{[]string{"revoke", "x"}, 2, "", "<id>"},
		{[]string{"list"}, 0, "1    ann@example.com   nightly close   export        revoked", ""},
	} {
		stdout, stderr, code := command(t, env, "", append([]string{"token"}, s.args...)...)
		good := strings.Contains(stdout, s.stdout)
		if s.stdout == "token" {
			good = shape.MatchString(stdout)
		}
		if code != s.code || !good || !strings.Contains(stderr, s.said) || (s.said == "") != (stderr == "") {
			t.Errorf("portal token %s:\ngot  code %d, stdout %q, stderr %q\nwant code %d, stdout with %q, stderr with %q", s.args, code, stdout, stderr, s.code, s.stdout, s.said)
		}
	}
	records, err := db.AuditPage(t.Context(), audit.Filter{}, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records {
		detail, _, _ := strings.Cut(r.Detail, ", until")
		got = append(got, r.User+": "+string(r.Action)+" "+r.Object+" "+detail)
	}
	want := []string{
		"command line: revoke-token token 1 nightly close of ann@example.com",
		"command line: make-token token 2 dashboard of ann@example.com; view:shared",
		"command line: make-token token 1 nightly close of ann@example.com; export",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got the records\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
