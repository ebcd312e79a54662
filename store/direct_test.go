package store

import (
	"database/sql/driver"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store/storetest"
)

// What another process changes is seen by the next read, and a read that finds the kept connection taken says the same.
func TestDirectReadsWhatIs(t *testing.T) {
	t.Parallel()
	url := sqliteTemplate.SQLite(t)
	db, other := opened(t, url), opened(t, url)
	defer db.Close()
	defer other.Close()
	u := addUser(t, db, "ada@example.com", auth.Support)
	startLogin(t, db, u, "L1")
	if _, err := db.SaveViews(t.Context(), u.ID, []SavedView{{Name: "One", Query: "tz=UTC"}, {Name: "Two", Query: "tz=UTC&count=50", Shared: true}}, false); err != nil {
		t.Fatal(err)
	}
	sessions := db.Sessions()
	if err := sessions.Commit("S1", []byte("\x00data\xff"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	read := func() []any {
		l, who, err1 := db.LoginWithUser(t.Context(), "L1")
		v, err2 := db.Views(t.Context(), u.ID)
		_, none, err3 := db.LoginWithUser(t.Context(), "L0")
		b, found, err4 := sessions.FindCtx(t.Context(), "S1")
		if err := errors.Join(err1, err2, err4); err != nil || !errors.Is(err3, ErrNotFound) {
			t.Fatalf("got %v and %v, want no error and %v", err, err3, ErrNotFound)
		}
		return []any{l, who, v, none, b, found}
	}
	before := read()
	for _, change := range []func() error{
		func() error { return nil },
		func() error { return other.EndLogin(t.Context(), "L1", noon) },
		func() error { return other.SetRole(t.Context(), u.ID, auth.Finance) },
		func() error { return other.Sessions().Commit("S1", []byte{}, time.Now().Add(time.Hour)) },
		func() error { return other.Sessions().Delete("S1") },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		got := read()
		db.direct.mu.Lock()
		around := read()
		db.direct.mu.Unlock()
		if !reflect.DeepEqual(got, around) {
			t.Errorf("got %+v, want what the other connections say: %+v", got, around)
		}
	}
	after := read()
	if len(before[2].([]SavedView)) != 2 {
		t.Errorf("got the views %+v, want two", before[2])
	}
	if login := after[0].(auth.Login); login.EndedAt.IsZero() || before[0].(auth.Login).EndedAt == login.EndedAt {
		t.Error("the login's end is not seen")
	}
	if got := after[1].(auth.User).Role; got != auth.Finance {
		t.Errorf("got the role %q, want the new one", got)
	}
	if after[5].(bool) {
		t.Error("the session's end is not seen")
	}
}

// A record that can't be written leaves nothing behind, neither in the chain nor in the connection.
func TestDirectAfterAFailure(t *testing.T) {
	t.Parallel()
	url := sqliteTemplate.SQLite(t)
	db := opened(t, url)
	if _, err := db.AppendAudit(t.Context(), event(1)); err != nil {
		t.Fatal(err)
	}
	again := storetest.Refuse(t, url, "audit", "object", "transaction 2")
	if _, err := db.AppendAudit(t.Context(), event(2)); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v, want it refused", err)
	}
	if n, _, err := db.VerifyAudit(t.Context()); n != 1 || err != nil {
		t.Errorf("after a refusal: got %d records, %v, want 1", n, err)
	}
	again()
	if r, err := db.AppendAudit(t.Context(), event(2)); r.Seq != 2 || err != nil {
		t.Errorf("after that: got record %d, %v, want 2", r.Seq, err)
	}
	if n, _, err := db.VerifyAudit(t.Context()); n != 2 || err != nil {
		t.Errorf("got %d records, %v, want 2", n, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if _, err := db.AppendAudit(t.Context(), event(3)); err == nil {
		t.Error("AppendAudit to a closed database: got no error")
	}
	if _, _, err := db.LoginWithUser(t.Context(), "L1"); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("LoginWithUser of a closed database: got %v, want what is wrong", err)
	}
}

// What is in line for the audit when the database closes comes on record.
func TestCloseWritesTheLine(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]string{"sqlite": sqliteTemplate.SQLite(t), "postgres": postgresTemplate.PostgreSQL(t)} {
		db := opened(t, url)
		db.BeginAudit(event(1))
		if err := db.Close(); err != nil {
			t.Errorf("%s: %v", engine, err)
		}
		again := opened(t, url)
		if n, _, err := again.VerifyAudit(t.Context()); n != 1 || err != nil {
			t.Errorf("%s: got %d records, %v, want 1", engine, n, err)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAssign(t *testing.T) {
	t.Parallel()
	var (
		n     int
		big   int64
		text  string
		role  auth.Role
		bytes []byte
	)
	row := &readRows{rows: [][]driver.Value{{int64(1), int64(2), "text", "support", []byte("bytes")}}}
	if err := row.Scan(&n, &big, &text, &role, &bytes); err != nil || n != 1 || big != 2 || text != "text" || role != auth.Support || string(bytes) != "bytes" {
		t.Errorf("got %d, %d, %q, %q, %q, %v", n, big, text, role, bytes, err)
	}
	for _, to := range [][]any{{&text, &big, &text, &role, &bytes}, {&n, &n, &n, &role, &bytes}, {&n, &n, &text, &role, &text}, {&n}} {
		if err := row.Scan(to...); err == nil {
			t.Errorf("%T: got no error", to)
		}
	}
	if err := (&readRows{rows: [][]driver.Value{{nil}}}).Scan(&text); err == nil {
		t.Error("NULL for a text: got no error")
	}
}
