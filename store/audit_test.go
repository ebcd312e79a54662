package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"trustlyportal/audit"
)

func event(i int) audit.Event {
	return audit.Event{Time: time.UnixMilli(1795000000000 + int64(i)).UTC(), UserID: int64(i % 3), User: "ada@example.com", Role: "support",
		Action: audit.Reveal, Object: fmt.Sprint("transaction ", i), Detail: "payment.customer.taxId", Result: audit.Allowed,
		Reason: "“caller” asked", Address: "203.0.113.7", RequestID: "R"}
}

// Whoever appends at once, there is one chain without forks.
func testAuditIsOneChain(t *testing.T, db *DB) {
	const writers, each = 8, 15
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if _, err := db.AppendAudit(t.Context(), event(w*each+i)); err != nil {
					t.Errorf("AppendAudit: %v", err)
				}
				if _, _, err := db.VerifyAudit(t.Context()); err != nil {
					t.Errorf("VerifyAudit while others append: %v", err)
				}
			}
		})
	}
	wg.Wait()
	n, _, err := db.VerifyAudit(t.Context())
	if n != writers*each || err != nil {
		t.Errorf("VerifyAudit: got %d, %v, want %d and no error", n, err, writers*each)
	}
	seen := map[string]bool{}
	for r, err := range db.AuditRecords(t.Context(), audit.Filter{}, 0, writers*each) {
		if err != nil {
			t.Fatal(err)
		}
		seen[r.Object] = true
	}
	if len(seen) != writers*each {
		t.Errorf("objects: got %d, want %d", len(seen), writers*each)
	}
}

// A hand in the database is found out, at the first record that it touched.
func testAuditShowsChanges(t *testing.T, db *DB) {
	var last audit.Record
	for i := range 10 {
		r, err := db.AppendAudit(t.Context(), event(i))
		if err != nil {
			t.Fatal(err)
		}
		last = r
	}
	for _, change := range []string{
		`UPDATE audit SET reason = 'other' WHERE seq = 4`, `DELETE FROM audit WHERE seq = 4`, `DELETE FROM audit WHERE seq = 10`,
		`INSERT INTO audit SELECT 11, at, user_id, user_email, role, action, object, detail, result, reason, address, request_id, hash FROM audit WHERE seq = 10`,
		`UPDATE audit_ends SET head_seq = 9`, `UPDATE audit_ends SET base_seq = 11`, `DELETE FROM audit_ends`,
	} {
		if _, err := db.sql.ExecContext(t.Context(), change); err == nil {
			t.Errorf("%s: got no error, want it refused", change)
		}
	}
	takeOffTheBelt(t, db)
	for _, test := range []struct {
		change, undo string
		seq          int64
	}{
		{`UPDATE audit SET reason = 'other' WHERE seq = 4`, `UPDATE audit SET reason = '“caller” asked' WHERE seq = 4`, 4},
		{`UPDATE audit SET seq = seq + 100 WHERE seq = 6`, `UPDATE audit SET seq = seq - 100 WHERE seq = 106`, 6},
		{`INSERT INTO audit SELECT 11, at, user_id, user_email, role, action, object, detail, result, reason, address, request_id, hash FROM audit WHERE seq = 10`,
			`DELETE FROM audit WHERE seq = 11`, 11},
		{`DELETE FROM audit WHERE seq = 10`, `SELECT 1`, 10},
	} {
		if _, err := db.sql.ExecContext(t.Context(), test.change); err != nil {
			t.Fatal(err)
		}
		_, head, err := db.VerifyAudit(t.Context())
		if head.Hash != last.Hash {
			t.Errorf("head: got %s, want %s", head.Hash, last.Hash)
		}
		var broken *audit.BrokenError
		if !errors.As(err, &broken) || broken.Seq != test.seq {
			t.Errorf("%s: got %v, want record %d named", test.change, err, test.seq)
		}
		if _, err := db.sql.ExecContext(t.Context(), test.undo); err != nil {
			t.Fatal(err)
		}
	}
}

// takeOffTheBelt drops the triggers, as somebody would who means it.
func takeOffTheBelt(t *testing.T, db *DB) {
	t.Helper()
	for trigger, table := range map[string]string{
		"audit_append": "audit", "audit_no_update": "audit", "audit_no_delete": "audit", "audit_ends_grow": "audit_ends", "audit_ends_stay": "audit_ends",
	} {
		on := ""
		if db.engine == &postgres {
			on = ` ON ` + table
		}
		if _, err := db.sql.ExecContext(t.Context(), `DROP TRIGGER `+trigger+on); err != nil {
			t.Fatal(err)
		}
	}
}

// Old records go, the chain holds, and whoever takes more than that is found out.
func testAuditPrune(t *testing.T, db *DB) {
	const n = pruneStep + 500
	events := make([]audit.Event, n)
	for i := range events {
		events[i] = event(i)
	}
	err := db.inTx(t.Context(), func(tx *sql.Tx) error {
		for group := range slices.Chunk(events, maxAuditGroup) {
			if _, err := appendAudit(t.Context(), sqlTx{tx}, group); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	old := func(i int) time.Time { return event(i).Time }
	for _, tt := range []struct {
		cutoff  time.Time
		deleted int64
		holds   int64
		base    int64
	}{
		{old(0), 0, n, 0},
		{old(10), 10, n - 10 + 1, 10},
		{old(10), 0, n - 10 + 1, 10},
		{old(n - 3), n - 13, 3 + 2, n - 3},
		{old(n).AddDate(9, 0, 0), 5, 1, n + 2},
	} {
		deleted, err := db.PruneAudit(t.Context(), tt.cutoff, old(n))
		if err != nil || deleted != tt.deleted {
			t.Errorf("PruneAudit(%v): got %d, %v, want %d deleted", tt.cutoff, deleted, err, tt.deleted)
		}
		base, _, err := db.AuditEnds(t.Context())
		if err != nil || base.Seq != tt.base {
			t.Errorf("base: got %d, %v, want %d", base.Seq, err, tt.base)
		}
		if holds, _, err := db.VerifyAudit(t.Context()); err != nil || holds != tt.holds {
			t.Errorf("VerifyAudit: got %d, %v, want %d and no error", holds, err, tt.holds)
		}
	}
	var last audit.Record
	for i := range 6 {
		if last, err = db.AppendAudit(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
	}
	// The seat belt leaves this way open, so that pruning works; the chain does not.
	if _, err := db.sql.ExecContext(t.Context(), `UPDATE audit_ends SET base_seq = $1, base_hash = (SELECT hash FROM audit WHERE seq = $1)`, last.Seq-2); err != nil {
		t.Fatal(err)
	}
	if _, err := db.pruneSome(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, _, err = db.VerifyAudit(t.Context())
	if broken := new(audit.BrokenError); !errors.As(err, &broken) {
		t.Errorf("records deleted without a record of it: got %v, want it named", err)
	}
}

// Those who append at the same time share transactions, and each gets its own record or its own error.
func testAuditGroups(t *testing.T, db *DB) {
	const writers = 300 // more than one group
	var wg sync.WaitGroup
	var mu sync.Mutex
	seqs := map[int64]string{}
	for i := range writers {
		wg.Go(func() {
			r, err := db.AppendAudit(t.Context(), event(i))
			mu.Lock()
			defer mu.Unlock()
			if seqs[r.Seq] = r.Object; err != nil || r.Object != event(i).Object {
				t.Errorf("got %q, %v, want %q", r.Object, err, event(i).Object)
			}
		})
	}
	wg.Wait()
	if n, _, err := db.VerifyAudit(t.Context()); n != writers || err != nil || len(seqs) != writers {
		t.Errorf("got %d in the chain, %v, and %d numbers, want %d of both", n, err, len(seqs), writers)
	}

	// Who leaves while others wait keeps nobody from writing.
	left, leave := context.WithCancel(t.Context())
	for i := range writers {
		ctx := t.Context()
		if i%3 == 0 {
			ctx = left
		}
		wg.Go(func() {
			if _, err := db.AppendAudit(ctx, event(i)); err != nil && (ctx != left || !errors.Is(err, context.Canceled)) {
				t.Errorf("AppendAudit: %v", err)
			}
		})
	}
	leave()
	wg.Wait()
	if _, err := db.AppendAudit(left, event(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("AppendAudit after leaving: got %v, want %v", err, context.Canceled)
	}
	if _, err := db.AppendAudit(t.Context(), event(1)); err != nil {
		t.Errorf("AppendAudit after all: %v", err)
	}
	if n, _, err := db.VerifyAudit(t.Context()); n <= writers+writers*2/3 || err != nil {
		t.Errorf("got %d, %v, want more than %d and no error", n, err, writers+writers*2/3)
	}

	// A failure is everybody's who waited.
	takeOffTheBelt(t, db)
	if _, err := db.sql.ExecContext(t.Context(), `DROP TABLE audit`); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		wg.Go(func() {
			if _, err := db.AppendAudit(t.Context(), event(i)); err == nil {
				t.Error("AppendAudit without a table: got no error")
			}
		})
	}
	wg.Wait()
}

// An event in line comes on record with the next one that somebody waits for, and also if nobody does; none keeps the
// others from theirs.
func testAuditInLine(t *testing.T, db *DB) {
	const n = 20
	waits := make([]func(context.Context) (audit.Record, error), n)
	for i := range n {
		waits[i] = db.BeginAudit(event(i))
	}
	for i, wait := range waits {
		if r, err := wait(t.Context()); err != nil || r.Object != event(i).Object || r.Seq != int64(i+1) {
			t.Errorf("got %d %q, %v, want %d %q", r.Seq, r.Object, err, i+1, event(i).Object)
		}
	}
	held := int64(n)
	come := func() { // the one that nobody waits for
		t.Helper()
		held++
		for began := time.Now(); ; time.Sleep(time.Millisecond) {
			if got, _, err := db.VerifyAudit(t.Context()); err != nil || time.Since(began) > time.Minute {
				t.Fatalf("got %d records, %v, want %d", got, err, held)
			} else if got == held {
				return
			}
		}
	}
	for i := range 10 {
		wait := db.BeginAudit(event(i))
		come()
		db.BeginAudit(event(i))
		if _, err := wait(t.Context()); err != nil { // for what is written, while another is in line
			t.Error(err)
		}
		come()
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() { // some wait at once, some late, some not at all
			for i := range 40 {
				wait := db.BeginAudit(event(i))
				if i%4 == 0 {
					continue
				}
				if (i+w)%3 == 0 {
					time.Sleep(auditMoment)
				}
				if r, err := wait(t.Context()); err != nil || r.Object != event(i).Object {
					t.Errorf("got %q, %v, want %q", r.Object, err, event(i).Object)
				}
			}
		})
	}
	wg.Wait()
	if _, err := db.AppendAudit(t.Context(), event(1)); err != nil {
		t.Errorf("AppendAudit after all: %v", err)
	}
	if got, _, err := db.VerifyAudit(t.Context()); got != held+8*40+1 || err != nil {
		t.Errorf("got %d records, %v, want %d", got, err, held+8*40+1)
	}
}

func testAuditPage(t *testing.T, db *DB) {
	for i := range 9 {
		e := event(i)
		e.User = fmt.Sprintf("u%d@example.com", i%2)
		if _, err := db.AppendAudit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		filter audit.Filter
		before int64
		n      int
		want   string
	}{
		{audit.Filter{}, 0, 3, "[9 8 7]"},
		{audit.Filter{}, 7, 3, "[6 5 4]"},
		{audit.Filter{}, 2, 3, "[1]"},
		{audit.Filter{User: "u1@example.com"}, 0, 9, "[8 6 4 2]"},
		{audit.Filter{User: "u1@example.com"}, 6, 9, "[4 2]"},
		{audit.Filter{Object: "transaction 3"}, 0, 9, "[4]"},
		{audit.Filter{Action: audit.Reveal, User: "u0@example.com"}, 4, 9, "[3 1]"},
		{audit.Filter{Action: "export"}, 0, 9, "[]"},
		{audit.Filter{Result: audit.Refused}, 0, 9, "[]"},
		{audit.Filter{Result: audit.Allowed, Address: "203.0.113.7"}, 0, 2, "[9 8]"},
		{audit.Filter{Address: "203.0.113.8"}, 0, 9, "[]"},
		{audit.Filter{From: event(2).Time, To: event(5).Time}, 0, 9, "[5 4 3]"},
		{audit.Filter{From: event(2).Time}, 5, 9, "[4 3]"},
		{audit.Filter{Holds: []string{"customer.tax"}}, 0, 1, "[9]"},
		{audit.Filter{Holds: []string{"action 7", "action 3"}, User: "u1@example.com"}, 0, 9, "[8 4]"},
	} {
		records, err := db.AuditPage(t.Context(), test.filter, test.before, test.n)
		if err != nil {
			t.Fatal(err)
		}
		seqs := []int64{}
		for _, r := range records {
			seqs = append(seqs, r.Seq)
		}
		if got := fmt.Sprint(seqs); got != test.want {
			t.Errorf("%+v before %d: got %s, want %s", test.filter, test.before, got, test.want)
		}
	}
	records, err := db.AuditPage(t.Context(), audit.Filter{Object: "transaction 3"}, 0, 1)
	if err != nil || len(records) != 1 {
		t.Fatalf("got %v, %v, want one record", records, err)
	}
	want := event(3)
	want.User = "u1@example.com"
	if got := records[0].Event; got != want {
		t.Errorf("round trip: got %+v, want %+v", got, want)
	}
}
