package store

import (
	"context"
	"errors"
	"sync"
	"testing"
)

func testPreparedOnce(t *testing.T, db *DB) {
	const text = `SELECT count(*) FROM users WHERE email = $1`
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var n int
	if err := db.queryRow(ended, text, "a").Scan(&n); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: got %v, want context.Canceled", err)
	}
	if err := db.queryRow(t.Context(), `SELECT nothing FROM nowhere`).Scan(&n); err == nil {
		t.Error("of no table: got no error")
	}

	addUser(t, db, "a", "support")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			rows, err := db.query(t.Context(), text, "a")
			if err != nil {
				t.Errorf("query: %v", err)
				return
			}
			defer func() { _ = rows.Close() }()
			n := 0
			if !rows.Next() || rows.Scan(&n) != nil || n != 1 || rows.Err() != nil {
				t.Errorf("got %d users, %v, want 1", n, rows.Err())
			}
		})
	}
	wg.Wait()
	prepared := 0
	db.statements.byText.Range(func(kept, _ any) bool {
		if kept == text {
			prepared++
		}
		return true
	})
	if prepared > 1 || prepared == 0 && db.direct == nil {
		t.Errorf("got %d statements kept of one text, want 1", prepared)
	}
}
