package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What is opened to read can't be written, nor is a file made beside it.
func TestOpenToRead(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "portal.db")
	path, err := SQLitePath(url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenToRead(t.Context(), url); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v, want that it is not there", err)
	}
	made, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	for _, during := range []bool{true, false} { // while another has it open, and after
		if !during {
			if err := made.Close(); err != nil {
				t.Fatal(err)
			}
		}
		db, err := OpenToRead(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if have, known, err := db.Schema(t.Context()); err != nil || have != known || have < 11 {
			t.Errorf("schema: got %d of %d, %v", have, known, err)
		}
		if _, err := db.sql.ExecContext(t.Context(), `DELETE FROM users`); err == nil {
			t.Error("writing: got no error")
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("afterwards: got %v, %v, want the database alone", files, err)
	}

	// What was written and is not in the file itself yet is read, too.
	made, err = Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	if _, err := made.sql.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	db, err := OpenToRead(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if have, _, err := db.Schema(t.Context()); err != nil || have != 9999 {
		t.Errorf("written a moment ago: got schema %d, %v, want 9999", have, err)
	}
}
