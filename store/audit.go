package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"

	"trustlyportal/audit"
)

// AppendAudit puts an event at the end of the audit chain. See [audit.Store].
func (db *DB) AppendAudit(ctx context.Context, e audit.Event) (audit.Record, error) {
	var r audit.Record
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		// Writing first makes whoever else appends wait, in this process or another.
		var head audit.End
		if err := tx.QueryRowContext(ctx, `UPDATE audit_ends SET head_seq = head_seq + 1 WHERE id = 1 RETURNING head_seq - 1, head_hash`).
			Scan(&head.Seq, &head.Hash); err != nil {
			return err
		}
		r = audit.Link(head.Hash, head.Seq+1, e)
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO audit (seq, at, user_id, user_email, role, action, object, detail, result, reason, address, request_id, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			r.Seq, r.Time.UnixMilli(), r.UserID, r.User, r.Role, string(r.Action), r.Object, r.Detail, string(r.Result), r.Reason,
			r.Address, r.RequestID, r.Hash); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE audit_ends SET head_hash = $1 WHERE id = 1`, r.Hash)
		return err
	})
	if err != nil {
		return audit.Record{}, fmt.Errorf("append to the audit: %w", err)
	}
	return r, nil
}

// AuditEnds returns both ends of the kept chain: what [audit.Verify] needs.
func (db *DB) AuditEnds(ctx context.Context) (base, head audit.End, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT base_seq, base_hash, head_seq, head_hash FROM audit_ends WHERE id = 1`).
		Scan(&base.Seq, &base.Hash, &head.Seq, &head.Hash)
	if err != nil {
		return base, head, fmt.Errorf("read the ends of the audit: %w", err)
	}
	return base, head, nil
}

const auditColumns = `seq, at, user_id, user_email, role, action, object, detail, result, reason, address, request_id, hash`

func auditRecord(rows *sql.Rows) (audit.Record, error) {
	var r audit.Record
	var at int64
	err := rows.Scan(&r.Seq, &at, &r.UserID, &r.User, &r.Role, &r.Action, &r.Object, &r.Detail, &r.Result, &r.Reason,
		&r.Address, &r.RequestID, &r.Hash)
	r.Time = time.UnixMilli(at).UTC()
	return r, err
}

// VerifyAudit checks the whole chain as it is kept, while others may go on appending. See [audit.Verify].
func (db *DB) VerifyAudit(ctx context.Context) (n int64, head audit.End, err error) {
	base, head, err := db.AuditEnds(ctx)
	if err != nil {
		return 0, head, err
	}
	if n, err = audit.Verify(base, head, db.AuditRecords(ctx, base.Seq, head.Seq)); err != nil {
		return n, head, err
	}
	var beyond int64 // told in one statement with the head of its moment
	err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM audit WHERE seq > (SELECT head_seq FROM audit_ends WHERE id = 1)`).Scan(&beyond)
	switch {
	case err != nil:
		return n, head, fmt.Errorf("read the audit: %w", err)
	case beyond > 0:
		return n, head, &audit.BrokenError{Seq: head.Seq + 1, Why: "was not put there by the portal"}
	}
	return n, head, nil
}

// AuditRecords goes through the chain in its order: the records behind the sequence number after, up to last.
func (db *DB) AuditRecords(ctx context.Context, after, last int64) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		rows, err := db.sql.QueryContext(ctx, `SELECT `+auditColumns+` FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq`, after, last)
		if err != nil {
			yield(audit.Record{}, fmt.Errorf("read the audit: %w", err))
			return
		}
		defer func() { _ = rows.Close() }() // only read
		for rows.Next() {
			r, err := auditRecord(rows)
			if err != nil {
				yield(audit.Record{}, fmt.Errorf("read the audit: %w", err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(audit.Record{}, fmt.Errorf("read the audit: %w", err))
		}
	}
}

// AuditPage returns the newest n records before a sequence number, 0 for the newest of all, that pass the filter.
func (db *DB) AuditPage(ctx context.Context, f audit.Filter, before int64, n int) ([]audit.Record, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT `+auditColumns+` FROM audit
		WHERE ($1 = 0 OR seq < $1) AND ($2 = '' OR user_email = $2) AND ($3 = '' OR action = $3) AND ($4 = '' OR object = $4)
		ORDER BY seq DESC LIMIT $5`, before, f.User, string(f.Action), f.Object, n)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	defer func() { _ = rows.Close() }() // only read
	var records []audit.Record
	for rows.Next() {
		r, err := auditRecord(rows)
		if err != nil {
			return nil, fmt.Errorf("read the audit: %w", err)
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return records, nil
}
