package store

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"trustlyportal/auth"
)

// Each table is copied, or said not to be.
func TestCopyStateKnowsEveryTable(t *testing.T) {
	db := engines["sqlite"](t)
	defer db.Close()
	tables, err := texts(db.sql.QueryContext(t.Context(),
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'`))
	if err != nil {
		t.Fatal(err)
	}
	known := slices.Concat(copiedTables, passingTables)
	slices.Sort(known)
	slices.Sort(tables)
	if !slices.Equal(tables, known) {
		t.Errorf("tables: got %v, want copyState to know each: %v", tables, known)
	}
}

func TestCopyState(t *testing.T) {
	first := engines["sqlite"](t)
	defer first.Close()
	u := addUser(t, first, "zoë@example.com", auth.Admin)
	gone := addUser(t, first, "gone@example.com", auth.Support)
	startLogin(t, first, u, "login")
	for _, statement := range []string{
		`DELETE FROM users WHERE email = 'gone@example.com'`,
		`INSERT INTO sessions (token, data, expires_at) VALUES ('token', x'00ff80', 9999999999999)`,
		`INSERT INTO export_parts (job_id, part, body) VALUES ('job', 1, x'00c3')`, // and no text either
		`INSERT INTO authenticators (user_id, secret, last_step, created_at, used_at) VALUES (1, 'a text', 3, 4, 5)`,
	} {
		if strings.Contains(statement, "export_parts") {
			if err := first.AddExport(t.Context(), exportOf("job", u, noon)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := first.sql.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := first.SaveViews(t.Context(), u.ID, []SavedView{{ID: "v", Name: "Zürich “x”", Query: "count=10", Link: PrivateLink{Token: "t", Sealed: []byte{0, 255}}}}, false); err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		if _, err := first.AppendAudit(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
	}
	n, head, err := first.VerifyAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	// There, and back again.
	at := first
	for _, engine := range []string{"postgres", "sqlite"} {
		next := engines[engine](t)
		defer next.Close()
		var told []Copied
		if err := CopyState(t.Context(), at, next, func(c Copied) { told = append(told, c) }); err != nil {
			t.Fatalf("to %s: %v", engine, err)
		}
		if len(told) != len(copiedTables) || !slices.Contains(told, Copied{"audit", 30}) || !slices.Contains(told, Copied{"users", 1}) {
			t.Errorf("to %s: got told %v, want each table with its rows", engine, told)
		}
		if got, gotHead, err := next.VerifyAudit(t.Context()); got != n || gotHead != head || err != nil {
			t.Errorf("audit on %s: got %d, %v, %v, want %d, %v", engine, got, gotHead, err, n, head)
		}
		if data, found, err := next.Sessions().FindCtx(t.Context(), "token"); string(data) != "\x00\xff\x80" || !found || err != nil {
			t.Errorf("session on %s: got %q, %v, %v", engine, data, found, err)
		}
		if _, owner, err := next.LoginWithUser(t.Context(), "login"); owner != u || err != nil {
			t.Errorf("login on %s: got %+v, %v, want that of %+v", engine, owner, err, u)
		}
		if views, err := next.Views(t.Context(), u.ID); err != nil || len(views) != 1 || views[0].Name != "Zürich “x”" {
			t.Errorf("views on %s: got %v, %v", engine, views, err)
		}
		if secret, err := next.Authenticator(t.Context(), u.ID); string(secret) != "a text" || err != nil {
			t.Errorf("authenticator on %s: got %q, %v", engine, secret, err)
		}
		if err := CopyState(t.Context(), first, next, func(Copied) {}); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("again to %s: got %v, want %v", engine, err, ErrNotEmpty)
		}
		at = next
	}
	if u := addUser(t, at, "new@example.com", auth.Support); u.ID <= gone.ID {
		t.Errorf("new user: got id %d, want one that nobody had: over %d", u.ID, gone.ID)
	}
	if _, err := at.AppendAudit(t.Context(), event(31)); err != nil {
		t.Errorf("AppendAudit to the copy: %v", err)
	}
}

// What can't be copied leaves nothing behind.
func TestCopyStateIsAllOrNothing(t *testing.T) {
	from, to := engines["sqlite"](t), engines["postgres"](t)
	defer from.Close()
	defer to.Close()
	u := addUser(t, from, "ada@example.com", auth.Admin)
	startLogin(t, from, u, "login")
	if _, err := from.sql.ExecContext(t.Context(), `UPDATE logins SET user_agent = $1`, "not \x00 a text"); err != nil {
		t.Fatal(err)
	}
	if err := CopyState(t.Context(), from, to, func(Copied) {}); err == nil || !strings.Contains(err.Error(), "copy logins: row 1") {
		t.Errorf("CopyState of what PostgreSQL refuses: got %v, want the row named", err)
	}
	if users, err := to.Users(t.Context()); len(users) != 0 || err != nil {
		t.Errorf("users afterwards: got %v, %v, want none", users, err)
	}
}
