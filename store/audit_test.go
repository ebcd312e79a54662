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
	for r, err := range db.AuditRecords(t.Context(), 0, writers*each) {
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
