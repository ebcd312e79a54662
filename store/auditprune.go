package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trustlyportal/audit"
)

// pruneStep is how many records are deleted in one transaction: whoever appends waits for it.
const pruneStep = 2000

// PruneAudit deletes the records from before cutoff, up to the first that is younger, and returns how many. That it did
// is put on record first, with the hash of the last one deleted, from which the chain is checked on. What a process that
// died left over is deleted by the next call.
func (db *DB) PruneAudit(ctx context.Context, cutoff, now time.Time) (int64, error) {
	err := db.inTurn(ctx, func(tx *sql.Tx) error {
		var base, last audit.End
		if err := tx.QueryRowContext(ctx, `UPDATE audit_ends SET head_seq = head_seq WHERE id = 1 RETURNING base_seq, head_seq`).
			Scan(&base.Seq, &last.Seq); err != nil {
			return err
		}
		var young sql.NullInt64
		if err := tx.QueryRowContext(ctx, `SELECT min(seq) FROM audit WHERE at >= $1 AND seq > $2`, cutoff.UnixMilli(), base.Seq).Scan(&young); err != nil {
			return err
		}
		if young.Valid {
			last.Seq = young.Int64 - 1
		}
		if last.Seq <= base.Seq {
			return nil
		}
		if err := tx.QueryRowContext(ctx, `SELECT hash FROM audit WHERE seq = $1`, last.Seq).Scan(&last.Hash); errors.Is(err, sql.ErrNoRows) {
			return &audit.BrokenError{Seq: last.Seq, Why: "is missing"}
		} else if err != nil {
			return err
		}
		if _, err := appendAudit(ctx, sqlTx{tx}, []audit.Event{audit.Pruned(last, now)}); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE audit_ends SET base_seq = $1, base_hash = $2 WHERE id = 1`, last.Seq, last.Hash)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune the audit: %w", err)
	}
	var deleted int64
	for {
		n, err := db.pruneSome(ctx)
		deleted += n
		if err != nil {
			return deleted, fmt.Errorf("prune the audit: %w", err)
		}
		if n < pruneStep {
			return deleted, nil
		}
	}
}

func (db *DB) pruneSome(ctx context.Context) (int64, error) {
	result, err := db.sql.ExecContext(ctx, `DELETE FROM audit WHERE seq IN (
		SELECT seq FROM audit WHERE seq <= (SELECT base_seq FROM audit_ends WHERE id = 1) ORDER BY seq LIMIT $1)`, pruneStep)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
