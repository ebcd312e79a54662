package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trustlyportal/store"
	"trustlyportal/store/storetest"
)

// databases are those of the portals under test.
var databases = storetest.Template{Fill: func(ctx context.Context, url string) error {
	_, _, err := store.Migrate(ctx, url)
	return err
}}

// onDatabase adds to the settings a database of the engine that the tests run on.
func onDatabase(t testing.TB, env environment) environment {
	t.Helper()
	env = env.with("PORTAL_DATABASE_URL=" + databases.New(t))
	if store.IsPostgres(env["PORTAL_DATABASE_URL"]) {
		env = env.with("PORTAL_SECRET=" + strings.Repeat("secret", 8))
	}
	return env
}

func TestPostgresNeedsASecret(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://ada:hunter2hunter2@db/portal":            "PORTAL_SECRET is not set: with PostgreSQL set it",
		"postgres://ada:hunter2hunter2@db:port/portal":       "PORTAL_DATABASE_URL cannot be used: it is no URL",
		"postgres://ada:hunter2hunter2@db/x?sslmode=perhaps": "PORTAL_DATABASE_URL cannot be used: its parameters can't be read",
	} {
		env := working.with("PORTAL_DATABASE_URL=" + url)
		_, err := fromEnv(env).check(env.get, false)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got error %v, want one that says %q and no password", url, err, want)
		}
	}
	env := working.with("PORTAL_DATABASE_URL=postgres://ada@db/portal", "PORTAL_SECRET="+strings.Repeat("secret", 6))
	if _, err := fromEnv(env).check(env.get, false); err != nil {
		t.Errorf("with a secret: got error %v", err)
	}
}

func TestMigrateCommand(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "url")
	for engine, url := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "portal.db"), "postgres": storetest.Server(t).New(t, "")} {
		if err := os.WriteFile(file, []byte(url+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		env := environment{"PORTAL_DATABASE_URL_FILE": file}
		for _, want := range []string{"The schema is made, version ", " already."} {
			if stdout, stderr, code := command(t, env, "", "migrate"); code != 0 || !strings.Contains(stdout, want) {
				t.Errorf("%s: got code %d, %q, %q, want it to say %q", engine, code, stdout, stderr, want)
			}
		}
	}
	env := environment{"PORTAL_DATABASE_URL_FILE": file, "PORTAL_DATABASE_URL": "sqlite:portal.db"}
	if _, stderr, code := command(t, env, "", "migrate"); code != exitUsage || !strings.Contains(stderr, "PORTAL_DATABASE_URL_FILE are both set") {
		t.Errorf("both set: got code %d, %q, want a refusal", code, stderr)
	}
	env = environment{"PORTAL_DATABASE_URL": "postgres://ada:hunter2hunter2@127.0.0.1:1/portal"}
	if _, stderr, code := command(t, env, "", "migrate"); code != exitFailed || !strings.Contains(stderr, "127.0.0.1") || strings.Contains(stderr, "hunter2") {
		t.Errorf("no server: got code %d, %q, want its address and no password", code, stderr)
	}
}
