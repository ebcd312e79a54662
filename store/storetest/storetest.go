// Package storetest gives tests databases of their own: a SQLite file, or a database on a PostgreSQL server that it starts
// from the installed programs and ends with the tests. What the tests change in one no other sees.
//
// Tests that work on either engine take the one that the environment variable TEST_DATABASE names, sqlite or postgres.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// EngineVariable names the engine that New gives, sqlite if it is empty.
const EngineVariable = "TEST_DATABASE"

// Main runs the tests of a package and cleans up behind them, also as it is told; it is all that TestMain has to call.
func Main(m *testing.M, also ...func()) {
	code := m.Run()
	for _, do := range also {
		do()
	}
	if err := cleanUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// A Template fills one database, from which the others are copied: tests need not all bring the schema up to date.
type Template struct {
	Fill func(ctx context.Context, url string) error

	once sync.Once
	at   string // the SQLite file, or the name of the PostgreSQL database
	err  error
}

// New returns the URL of a new database on the engine that the tests run on, copied from the template.
func (f *Template) New(t testing.TB) string {
	t.Helper()
	switch engine := os.Getenv(EngineVariable); engine {
	case "", "sqlite":
		return f.SQLite(t)
	case "postgres":
		return f.PostgreSQL(t)
	default:
		t.Fatalf("%s is %q: set it to sqlite or postgres", EngineVariable, engine)
		return ""
	}
}

// SQLite is New on that engine.
func (f *Template) SQLite(t testing.TB) string {
	t.Helper()
	f.once.Do(func() {
		dir, err := os.MkdirTemp("", "storetest-") //nolint:usetesting // it outlives the test that comes first
		if err != nil {
			f.err = err
			return
		}
		atTheEnd(func() error { return os.RemoveAll(dir) })
		f.at = filepath.Join(dir, "template.db")
		f.err = f.Fill(context.Background(), "sqlite:"+f.at)
	})
	if f.err != nil {
		t.Fatalf("make the database that others are copied from: %v", f.err)
	}
	whole, err := os.ReadFile(f.at)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "portal.db")
	if err := os.WriteFile(path, whole, 0o600); err != nil { //nolint:gosec // in a directory of the test
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// PostgreSQL is New on that engine.
func (f *Template) PostgreSQL(t testing.TB) string {
	t.Helper()
	s := Server(t)
	f.once.Do(func() {
		if f.at, f.err = s.create("template0"); f.err == nil {
			f.err = f.Fill(context.Background(), s.URL(f.at))
		}
	})
	if f.err != nil {
		t.Fatalf("make the database that others are copied from: %v", f.err)
	}
	return s.New(t, f.at)
}

var cleaning struct {
	sync.Mutex
	work []func() error
}

// atTheEnd has Main do something, the last first.
func atTheEnd(do func() error) {
	cleaning.Lock()
	defer cleaning.Unlock()
	cleaning.work = append(cleaning.work, do)
}

func cleanUp() (err error) {
	cleaning.Lock()
	defer cleaning.Unlock()
	for _, do := range slices.Backward(cleaning.work) {
		if e := do(); e != nil {
			err = e
		}
	}
	return err
}
