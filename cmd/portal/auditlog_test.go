package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/store"
)

func auditDB(t *testing.T) (db *store.DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "portal.db")
	db, err := store.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, path
}

func appendAudit(t *testing.T, db *store.DB, n int) {
	t.Helper()
	for range n {
		if _, err := db.AppendAudit(t.Context(), audit.Event{User: "ada@example.com", Action: audit.View}); err != nil {
			t.Fatal(err)
		}
	}
}

// seqs are the numbers of the records in lines; what is no record is -1.
func seqs(lines string) []int64 {
	var all []int64
	for line := range strings.Lines(lines) {
		record := struct{ Seq int64 }{}
		if json.Unmarshal([]byte(line), &record) != nil {
			record.Seq = -1
		}
		all = append(all, record.Seq)
	}
	return all
}

// untilIs waits for a file to hold the records.
func untilIs(t *testing.T, path string, want ...int64) {
	t.Helper()
	var got []int64
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		text, _ := os.ReadFile(path)
		if got = seqs(string(text)); slices.Equal(got, want) {
			return
		}
	}
	t.Fatalf("%s: got the records %d, want %d", filepath.Base(path), got, want)
}

// following passes the audit on until the function it returns is called.
func following(t *testing.T, db *store.DB, l *auditLog) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); l.follow(ctx, db) }()
	return func() { cancel(); <-ended }
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	db, _ := auditDB(t)
	dir := filepath.Join(t.TempDir(), "not made yet")
	path := filepath.Join(dir, "audit.jsonl")
	var said lockedBuffer
	log := slog.New(slog.NewJSONHandler(&said, nil))
	appendAudit(t, db, 2)

	// What can't be written is kept, and the operator hears of it.
	stop := following(t, db, &auditLog{path: path, log: log})
	for deadline := time.Now().Add(time.Minute); !strings.Contains(said.String(), "can't be passed on") && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	appendAudit(t, db, 1)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); !strings.Contains(said.String(), "passed on again") && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	appendAudit(t, db, 1)
	untilIs(t, path, 3, 4) // a new file begins with what comes

	// Moved away, it is made anew; nothing is lost in between.
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	appendAudit(t, db, 1)
	untilIs(t, path, 5)
	untilIs(t, path+".1", 3, 4)
	appendAudit(t, db, 1)
	stop()
	untilIs(t, path, 5, 6) // the last ones come when the program ends

	// After a stop it goes on behind the last line, one that was cut short not counted.
	appendAudit(t, db, 2)
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"seq":7,"ti`); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	stop = following(t, db, &auditLog{path: path, log: log})
	untilIs(t, path, 5, 6, -1, 7, 8)
	stop()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want it for its owner alone", info.Mode(), err)
	}
}

// fullDisk takes half a line, then nothing, then everything.
type fullDisk struct {
	lockedBuffer
	writes int
}

func (d *fullDisk) Write(line []byte) (int, error) {
	switch d.writes++; d.writes {
	case 1:
		n, _ := d.lockedBuffer.Write(line[:len(line)/2])
		return n, io.ErrShortWrite
	case 2:
		return 0, io.ErrShortWrite
	}
	return d.lockedBuffer.Write(line)
}

// A line that a full disk has cut short spoils no other.
func TestAuditLogOnAFullDisk(t *testing.T) {
	t.Parallel()
	db, _ := auditDB(t)
	var disk fullDisk
	l := &auditLog{out: &disk, log: slog.New(slog.DiscardHandler)}
	appendAudit(t, db, 2)
	var failed int
	for range 3 {
		if err := l.pass(t.Context(), db); err != nil {
			failed++
		}
	}
	if got, want := seqs(disk.String()), []int64{-1, 1, 2}; failed != 2 || !slices.Equal(got, want) {
		t.Errorf("got %d failures and the records %d, want 2 and %d", failed, got, want)
	}
}

// Nobody waits for a reader of standard output who has stopped reading: neither who is put on record nor the program's end.
func TestAuditLogOnStdout(t *testing.T) {
	t.Parallel()
	db, _ := auditDB(t)
	reader, writer := io.Pipe()
	stop := following(t, db, &auditLog{out: writer, log: slog.New(slog.DiscardHandler)})
	line := make(chan string)
	go func() {
		b := make([]byte, 1<<10)
		n, _ := reader.Read(b)
		line <- string(b[:n])
	}()
	for said := ""; said == ""; { // it begins with what comes after it has begun
		appendAudit(t, db, 1)
		select {
		case said = <-line:
			if got := seqs(said); len(got) != 1 || got[0] < 1 {
				t.Errorf("got %q, want a record", said)
			}
		case <-time.After(50 * time.Millisecond):
		}
	}
	appendAudit(t, db, 3)
	stop()
	_ = reader.Close()
}

func TestAuditExportAndHash(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "portal.db")
	env := environment{"PORTAL_DATABASE_URL": "sqlite:" + path, "PORTAL_SECRET": strings.Repeat("a", 32) + "," + strings.Repeat("b", 32)}
	db, err := store.Open(t.Context(), env["PORTAL_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC) // long ago: the commands put themselves on record, too
	var anchor string
	for i := range 4 {
		r, err := db.AppendAudit(t.Context(), audit.Event{Time: day.AddDate(0, 0, i), User: "ada@example.com", Action: audit.View})
		if err != nil {
			t.Fatal(err)
		}
		anchor = fmt.Sprintf("%d:%s", r.Seq, r.Hash)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	for _, tt := range []struct {
		args, stdin string
		code        int
		stdout      []int64 // records
		said        string  // part of either output
	}{
		{"audit verify --anchor " + anchor, "", 0, nil, "anchor " + anchor},
		{"audit verify --anchor 4:abc", "", 1, nil, "record 4: was changed"},
		{"audit verify --anchor 4", "", 2, nil, "NUMBER:HASH"},
		{"audit export", "", 0, []int64{1, 2, 3, 4, 5}, "read-audit"}, // that it was read is on record
		{"audit export --from 2025-11-21 --to 2025-11-22", "", 0, []int64{2, 3}, ""},
		{"audit export --from yesterday", "", 2, nil, "--from"},
		{"audit export --out " + file, "", 0, nil, ""},
		{"audit export --out " + file, "", 2, nil, "--out"},
		{"audit hash", "Joe User\n", 0, nil, "#"},
		{"audit hash", "", 2, nil, "standard input"},
	} {
		stdout, stderr, code := command(t, env, tt.stdin, strings.Fields(tt.args)...)
		if code != tt.code || !strings.Contains(stdout+stderr, tt.said) {
			t.Errorf("%s: got code %d, %q, %q, want %d and %q", tt.args, code, stdout, stderr, tt.code, tt.said)
		}
		if tt.stdout != nil && !slices.Equal(seqs(stdout), tt.stdout) {
			t.Errorf("%s: got the records %d, want %d", tt.args, seqs(stdout), tt.stdout)
		}
	}
	if text, err := os.ReadFile(file); err != nil || len(seqs(string(text))) != 7 {
		t.Errorf("file: got %d records, %v, want 7", len(seqs(string(text))), err)
	}
	one, _, _ := command(t, env, " joe  USER", "audit", "hash")
	other, _, _ := command(t, env, "Joe User\n", "audit", "hash")
	if one != other || len(strings.Fields(one)) != 2 || !audit.IsHash(strings.Fields(one)[0]) {
		t.Errorf("hash: got %q and %q, want the same two, one for each secret", one, other)
	}
}

func TestAuditKeep(t *testing.T) {
	t.Parallel()
	db, path := auditDB(t)
	for i := range 5 {
		if _, err := db.AppendAudit(t.Context(), audit.Event{Time: time.Now().AddDate(0, 0, 20*(i-4)), Action: audit.View}); err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.DiscardHandler)
	for _, keep := range []time.Duration{0, 50 * 24 * time.Hour, 50 * 24 * time.Hour} {
		pruneAudit(t.Context(), db, keep, log)
	}
	if stdout, _, code := command(t, environment{"PORTAL_DATABASE_URL": "sqlite:" + path}, "", "audit", "verify", "--anchor", "1:abc"); code != 0 || !strings.Contains(stdout, "record 1 was deleted for its age") {
		t.Errorf("verify with an old anchor: got code %d, %q, want it said", code, stdout)
	}
	if n, head, err := db.VerifyAudit(t.Context()); n != 4 || head.Seq != 6 || err != nil {
		t.Errorf("got %d records up to %d, %v, want three kept, one that says so, and a chain that holds", n, head.Seq, err)
	}
}
