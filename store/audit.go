package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"trustlyportal/audit"
)

// auditPatience is how long a group of records may take to write. It does not end with the request of whoever writes
// them: others wait for the same group.
const auditPatience = 5 * time.Second

// maxAuditGroup bounds the records of one transaction.
const maxAuditGroup = 200

// auditQueue gathers the events of those who append at the same time: a transaction costs about as much for many
// records as for one. Who finds nobody writing writes for all who wait, then hands on; nobody else is needed for it.
type auditQueue struct {
	mu      sync.Mutex
	waiting []*waitingEvent
	writing bool

	statements auditStatements
}

// auditStatements are what each transaction needs, prepared once: reading the SQL is a good part of what one costs.
type auditStatements struct {
	mu              sync.Mutex
	grow, add, seal *sql.Stmt
}

// prepare comes before the transaction, which has a connection of its own.
func (s *auditStatements) prepare(ctx context.Context, db *sql.DB) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, statement := range []struct {
		prepared **sql.Stmt
		text     string
	}{
		{&s.grow, `UPDATE audit_ends SET head_seq = head_seq + $1 WHERE id = 1 RETURNING head_seq - $1, head_hash`},
		{&s.add, `INSERT INTO audit (` + auditColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`},
		{&s.seal, `UPDATE audit_ends SET head_hash = $1 WHERE id = 1`},
	} {
		if *statement.prepared != nil {
			continue
		}
		var err error
		if *statement.prepared, err = db.PrepareContext(ctx, statement.text); err != nil { //nolint:sqlclosecheck // kept until the database closes
			return err
		}
	}
	return nil
}

// waitingEvent waits for its record, or for its turn to write.
type waitingEvent struct {
	event  audit.Event
	record audit.Record
	err    error
	ended  chan struct{} // closed when record or err is there
	turn   chan struct{} // closed when this one is to write
}

// AppendAudit puts an event at the end of the audit chain and returns once the record is committed. See [audit.Store].
// When ctx ends first, the event may be on record all the same.
func (db *DB) AppendAudit(ctx context.Context, e audit.Event) (audit.Record, error) {
	if err := ctx.Err(); err != nil {
		return audit.Record{}, fmt.Errorf("append to the audit: %w", err)
	}
	w := &waitingEvent{event: e, ended: make(chan struct{}), turn: make(chan struct{})}
	q := db.auditing
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	if !q.writing {
		q.writing = true
		close(w.turn)
	}
	q.mu.Unlock()
	select {
	case <-w.ended:
		return w.record, w.err
	case <-w.turn:
		db.writeAudit(context.WithoutCancel(ctx))
		return w.record, w.err
	case <-ctx.Done():
		go func() { // its turn must not be lost
			select {
			case <-w.ended:
			case <-w.turn:
				db.writeAudit(context.WithoutCancel(ctx))
			}
		}()
		return audit.Record{}, fmt.Errorf("append to the audit: %w", ctx.Err())
	}
}

// writeAudit writes the events that wait, the caller's among them, and gives the turn to the next one.
func (db *DB) writeAudit(ctx context.Context) {
	q := db.auditing
	q.mu.Lock()
	group := q.waiting[:min(len(q.waiting), maxAuditGroup)]
	q.waiting = q.waiting[len(group):]
	q.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, auditPatience)
	defer cancel()
	events := make([]audit.Event, len(group))
	for i, w := range group {
		events[i] = w.event
	}
	var records []audit.Record
	err := q.statements.prepare(ctx, db.sql)
	if err == nil {
		err = db.inTurn(ctx, func(tx *sql.Tx) (err error) {
			records, err = db.appendAudit(ctx, tx, events)
			return err
		})
	}
	for i, w := range group {
		if err != nil {
			w.err = fmt.Errorf("append to the audit: %w", err)
		} else {
			w.record = records[i]
		}
		close(w.ended)
	}

	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.waiting, q.writing = nil, false
		return
	}
	close(q.waiting[0].turn)
}

// appendAudit puts events at the end of the chain within a transaction, for which the statements are prepared. It writes
// first, which makes whoever else appends wait, in this process or another.
func (db *DB) appendAudit(ctx context.Context, tx *sql.Tx, events []audit.Event) ([]audit.Record, error) {
	statements := &db.auditing.statements
	var head audit.End
	if err := tx.StmtContext(ctx, statements.grow).QueryRowContext(ctx, len(events)).Scan(&head.Seq, &head.Hash); err != nil { //nolint:sqlclosecheck // the transaction closes it
		return nil, err
	}
	records := make([]audit.Record, len(events))
	add := tx.StmtContext(ctx, statements.add) //nolint:sqlclosecheck // the transaction closes it
	for i, e := range events {
		r := audit.Link(head.Hash, head.Seq+1, e)
		if _, err := add.ExecContext(ctx, r.Seq, r.Time.UnixMilli(), r.UserID, r.User, r.Role, string(r.Action), r.Object, r.Detail, string(r.Result),
			r.Reason, r.Address, r.RequestID, r.Hash); err != nil {
			return nil, err
		}
		head = audit.End{Seq: r.Seq, Hash: r.Hash}
		records[i] = r
	}
	if _, err := tx.StmtContext(ctx, statements.seal).ExecContext(ctx, head.Hash); err != nil { //nolint:sqlclosecheck // the transaction closes it
		return nil, err
	}
	return records, nil
}

const auditColumns = `seq, at, user_id, user_email, role, action, object, detail, result, reason, address, request_id, hash`
