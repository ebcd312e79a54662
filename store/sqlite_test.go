package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trustlyportal/audit"
	"trustlyportal/auth"
)

func TestSQLitePath(t *testing.T) {
	tests := []struct {
		url, want, wantErr string
	}{
		{"sqlite:data/portal.db", "data/portal.db", ""},
		{"sqlite:./x//portal.db", "x/portal.db", ""},
		{"sqlite:/data/portal.db", "/data/portal.db", ""},
		{"sqlite:///data/portal.db", "/data/portal.db", ""},
		{"sqlite://data/portal.db", "", "use sqlite:data/portal.db"},
		{"sqlite:", "", "the file is missing"},
		{"sqlite:data/", "", "the file is missing"},
		{"sqlite::memory:", "", "would forget"},
		{"mysql://portal@db/portal", "", "must look like sqlite:PATH"},
		{"data/portal.db", "", "must look like sqlite:PATH"},
		{"", "", "must look like sqlite:PATH"},
	}
	for _, tt := range tests {
		got, err := SQLitePath(tt.url)
		if got != tt.want || (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
			t.Errorf("SQLitePath(%q): got %q, %v, want %q, error with %q", tt.url, got, err, tt.want, tt.wantErr)
		}
	}
}

// The file is the portal's alone, whatever its name holds, and what was written is there after reopening.
func TestOpenMakesAPrivateFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made for it")
	path := filepath.Join(dir, "ä?b#c%41&_pragma=x.db")
	db, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.CreateUser(t.Context(), "ada@example.com", auth.Admin, ""); err != nil {
		t.Fatal(err)
	}
	modes := map[string]os.FileMode{dir: 0o700 | os.ModeDir, path: 0o600, path + "-wal": 0o600}
	for name, want := range modes {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("mode of %s: got %v, %v, want %v", name, info, err, want)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("files after Close: got %v, %v, want the database alone", entries, err)
	}

	db, err = Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.UserByEmail(t.Context(), "ada@example.com"); err != nil {
		t.Errorf("user after reopening: %v", err)
	}
}

// Each connection of the pool must have the pragmas: foreign keys are the one that shows.
func TestPragmasOnEveryConnection(t *testing.T) {
	db := engines["sqlite"](t)
	defer db.Close()
	for range sqliteConns {
		conn, err := db.sql.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var mode string
		var timeout, keys int
		row := conn.QueryRowContext(t.Context(), `SELECT j.journal_mode, b.timeout, f.foreign_keys
			FROM pragma_journal_mode j, pragma_busy_timeout b, pragma_foreign_keys f`)
		if err := row.Scan(&mode, &timeout, &keys); err != nil || mode != "wal" || timeout != 5000 || keys != 1 {
			t.Errorf("pragmas: got %s, %d, %d, %v, want wal, 5000, 1", mode, timeout, keys, err)
		}
	}
}

func TestOpenNamesTheFileInItsErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "portal.db")
	if err := os.WriteFile(path, []byte("this is a text of a hundred characters and no database at all, whatever the name of the file may say"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), "sqlite:"+path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Open of a text file: got error %v, want one that names %s", err, path)
	}
}

func TestOpenTempLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	db, err := OpenTemp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.CreateUser(t.Context(), "ada@example.com", auth.Admin, ""); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(os.TempDir()); err != nil || len(entries) != 0 {
		t.Errorf("temporary directory after Close: got %v, %v, want it empty", entries, err)
	}
}

// SQLite keeps a text in a column of numbers. Whoever put it there is found out as with any other change.
func TestAuditNamesARecordOfAnotherKind(t *testing.T) {
	db := engines["sqlite"](t)
	for i := range 5 {
		if _, err := db.AppendAudit(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
	}
	takeOffTheBelt(t, db)
	for _, test := range []struct{ change, undo string }{
		{`UPDATE audit SET at = 'soon' WHERE seq = 4`, `UPDATE audit SET at = 1795000000003 WHERE seq = 4`},
		{`UPDATE audit SET user_id = 0.5 WHERE seq = 4`, `UPDATE audit SET user_id = 0 WHERE seq = 4`},
		{`UPDATE audit SET seq = 'four' WHERE seq = 4`, `UPDATE audit SET seq = 4 WHERE seq = 'four'`},
		{`SELECT 1`, `SELECT 1`},
	} {
		if _, err := db.sql.ExecContext(t.Context(), test.change); err != nil {
			t.Fatal(err)
		}
		n, _, err := db.VerifyAudit(t.Context())
		var broken *audit.BrokenError
		if test.change == test.undo {
			if n != 5 || err != nil {
				t.Errorf("as it was: got %d, %v, want 5 and no error", n, err)
			}
		} else if !errors.As(err, &broken) || broken.Seq != 4 || n != 3 {
			t.Errorf("%s: got %d good and %v, want 3 and record 4 named", test.change, n, err)
		}
		if page, err := db.AuditPage(t.Context(), audit.Filter{}, 0, 10); len(page) != 5 || err != nil {
			t.Errorf("%s: got a page of %d, %v, want all 5", test.change, len(page), err)
		}
		if _, err := db.sql.ExecContext(t.Context(), test.undo); err != nil {
			t.Fatal(err)
		}
	}
}
