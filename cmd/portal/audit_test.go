package main

import (
	"strings"
	"testing"

	"trustlyportal/audit"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
)

func TestAuditVerify(t *testing.T) {
	env := environment{"PORTAL_DATABASE_URL": databases.New(t)}
	db, err := store.Open(t.Context(), env["PORTAL_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := db.AppendAudit(t.Context(), audit.Event{User: "ada@example.com", Action: audit.Reveal}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if stdout, stderr, code := command(t, env, "", "audit", "verify"); code != 0 || !strings.Contains(stdout, "3 records hold; the newest is number 3 with hash ") {
		t.Errorf("untouched: got code %d, %q, %q, want 0 and three records", code, stdout, stderr)
	}

	storetest.DropTrigger(t, env["PORTAL_DATABASE_URL"], "audit", "audit_no_update")
	storetest.Exec(t, env["PORTAL_DATABASE_URL"], `UPDATE audit SET user_email = 'bob@example.com' WHERE seq = 2`)
	if stdout, stderr, code := command(t, env, "", "audit", "verify"); code != 1 || stdout != "" || !strings.Contains(stderr, "audit record 2: was changed") {
		t.Errorf("changed: got code %d, %q, %q, want 1 and record 2 named", code, stdout, stderr)
	}
}
