package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"
)

// txAttempts bounds how often a transaction is tried that others keep getting in the way of. They get through meanwhile.
const txAttempts = 20

// inTx runs do in a transaction, which is undone if do returns an error. Transactions run as if one after the other: where
// PostgreSQL finds that two can't, it undoes one, and do runs again. So do must not add to what it has left behind
// outside of the database.
func (db *DB) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := db.tryTx(ctx, db.engine.isolation, do)
		if err == nil || attempt == txAttempts || !db.engine.clash(err) {
			return err
		}
		select {
		case <-time.After(rand.N(time.Duration(attempt) * 5 * time.Millisecond)): //nolint:gosec // no secret
		case <-ctx.Done():
			return err
		}
	}
}

// inTurn is inTx for what all have to do one after the other anyway: do begins with a write of one row that everybody
// writes, and so waits for its turn instead of being undone.
func (db *DB) inTurn(ctx context.Context, do func(*sql.Tx) error) error {
	return db.tryTx(ctx, sql.LevelDefault, do)
}

func (db *DB) tryTx(ctx context.Context, isolation sql.IsolationLevel, do func(*sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{Isolation: isolation})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
