package store

import (
	"errors"
	"fmt"
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
			}
		})
	}
	wg.Wait()
	base, head, err := db.AuditEnds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, err := audit.Verify(base, head, db.AuditRecords(t.Context(), base.Seq))
	if n != writers*each || err != nil {
		t.Errorf("Verify: got %d, %v, want %d and no error", n, err, writers*each)
	}
	seen := map[string]bool{}
	for r, err := range db.AuditRecords(t.Context(), 0) {
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
	for _, test := range []struct {
		change, undo string
		seq          int64
	}{
		{`UPDATE audit SET reason = 'other' WHERE seq = 4`, `UPDATE audit SET reason = '“caller” asked' WHERE seq = 4`, 4},
		{`UPDATE audit SET seq = seq + 100 WHERE seq = 6`, `UPDATE audit SET seq = seq - 100 WHERE seq = 106`, 6},
		{`DELETE FROM audit WHERE seq = 10`, ``, 10},
	} {
		if _, err := db.sql.ExecContext(t.Context(), test.change); err != nil {
			t.Fatal(err)
		}
		base, head, err := db.AuditEnds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if head.Hash != last.Hash {
			t.Errorf("head: got %s, want %s", head.Hash, last.Hash)
		}
		_, err = audit.Verify(base, head, db.AuditRecords(t.Context(), base.Seq))
		var broken *audit.BrokenError
		if !errors.As(err, &broken) || broken.Seq != test.seq {
			t.Errorf("%s: got %v, want record %d named", test.change, err, test.seq)
		}
		if _, err := db.sql.ExecContext(t.Context(), test.undo); err != nil {
			t.Fatal(err)
		}
	}
}
