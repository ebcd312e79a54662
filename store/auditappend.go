package store

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"trustlyportal/audit"
)

const auditColumns = `seq, at, user_id, user_email, role, action, object, detail, result, reason, address, request_id, hash`

// What appending does in a transaction. It writes first, which makes whoever else appends wait, in this process or
// another.
const (
	growAudit  = `UPDATE audit_ends SET head_seq = head_seq + $1 WHERE id = 1 RETURNING head_seq - $1, head_hash`
	addToAudit = `INSERT INTO audit (` + auditColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	sealAudit  = `UPDATE audit_ends SET head_hash = $1 WHERE id = 1`
)

// auditTx is a transaction that the audit is appended to in.
type auditTx interface {
	queryRow(ctx context.Context, text string, args ...any) scanner
	exec(ctx context.Context, text string, args ...any) error
}

// appendAll appends events in a transaction of their own: over the connection that is kept for it, or in as few round
// trips to the server as there can be.
func (db *DB) appendAll(ctx context.Context, events []audit.Event) (records []audit.Record, err error) {
	if db.direct == nil {
		return db.appendInTwo(ctx, events)
	}
	err = db.direct.inTx(func(tx auditTx) (err error) {
		records, err = appendAudit(ctx, tx, events)
		return err
	})
	return records, err
}

// appendAudit puts events at the end of the chain within a transaction.
func appendAudit(ctx context.Context, tx auditTx, events []audit.Event) ([]audit.Record, error) {
	var head audit.End
	if err := tx.queryRow(ctx, growAudit, len(events)).Scan(&head.Seq, &head.Hash); err != nil {
		return nil, err
	}
	records := linked(head, events)
	for _, r := range records {
		if err := tx.exec(ctx, addToAudit, auditValues(r)...); err != nil {
			return nil, err
		}
	}
	return records, tx.exec(ctx, sealAudit, records[len(records)-1].Hash)
}

// appendInTwo is appendAudit on PostgreSQL in two round trips. A connection that turns out to be gone before anything was
// written is replaced, as database/sql does.
func (db *DB) appendInTwo(ctx context.Context, events []audit.Event) (records []audit.Record, err error) {
	const attempts = 3
	for range attempts {
		var conn *sql.Conn
		if conn, err = db.sql.Conn(ctx); err != nil {
			return nil, err
		}
		again := false
		err = conn.Raw(func(c any) (err error) {
			server := c.(*stdlib.Conn).Conn()
			var head audit.End
			if head, err = growInOne(ctx, server, len(events)); err != nil {
				again = server.IsClosed() && ctx.Err() == nil
				return err
			}
			records = linked(head, events)
			return sealInOne(ctx, server, records)
		})
		_ = conn.Close() // back to the others; one that is still in a transaction is not used again
		if !again {
			break
		}
	}
	return records, err
}

// growInOne begins a transaction in which the chain grows by n, and returns its head before.
func growInOne(ctx context.Context, server *pgx.Conn, n int) (head audit.End, err error) {
	var b pgx.Batch
	b.Queue(`BEGIN`)
	b.Queue(growAudit, n).QueryRow(func(row pgx.Row) error { return row.Scan(&head.Seq, &head.Hash) })
	err = server.SendBatch(ctx, &b).Close()
	return head, err
}

// sealInOne adds the records and commits.
func sealInOne(ctx context.Context, server *pgx.Conn, records []audit.Record) error {
	var b pgx.Batch
	for _, r := range records {
		b.Queue(addToAudit, auditValues(r)...)
	}
	b.Queue(sealAudit, records[len(records)-1].Hash)
	b.Queue(`COMMIT`)
	return server.SendBatch(ctx, &b).Close()
}

// linked are the records of events that follow the head.
func linked(head audit.End, events []audit.Event) []audit.Record {
	records := make([]audit.Record, len(events))
	for i, e := range events {
		records[i] = audit.Link(head.Hash, head.Seq+1, e)
		head = audit.End{Seq: records[i].Seq, Hash: records[i].Hash}
	}
	return records
}

func auditValues(r audit.Record) []any {
	return []any{r.Seq, r.Time.UnixMilli(), r.UserID, r.User, r.Role, string(r.Action), r.Object, r.Detail, string(r.Result),
		r.Reason, r.Address, r.RequestID, r.Hash}
}

// sqlTx is a transaction of database/sql's.
type sqlTx struct{ *sql.Tx }

func (t sqlTx) queryRow(ctx context.Context, text string, args ...any) scanner {
	return t.QueryRowContext(ctx, text, args...)
}

func (t sqlTx) exec(ctx context.Context, text string, args ...any) error {
	_, err := t.ExecContext(ctx, text, args...)
	return err
}
