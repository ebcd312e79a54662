package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"trustlyportal/audit"
)

// auditPatience is how long a group of records may take to write. It does not end with the request of whoever writes
// them: others wait for the same group.
const auditPatience = 5 * time.Second

// maxAuditGroup bounds the records of one transaction.
const maxAuditGroup = 200

// auditMoment is how long a record may lie in line that nobody waits for yet. The API that a page asks meanwhile takes
// longer, and those who come meanwhile share the transaction.
const auditMoment = 5 * time.Millisecond

// auditQueue gathers the events of those who append at about the same time: a transaction costs about as much for many
// records as for one. Who first waits for its record writes for all who are in line, then hands on to another who waits;
// what nobody waits for is written after [auditMoment].
type auditQueue struct {
	mu      sync.Mutex
	line    []*waitingEvent
	writing bool
	late    *time.Timer // nil: not running
}

// waitingEvent waits for its record, or for its turn to write.
type waitingEvent struct {
	event  audit.Event
	record audit.Record
	err    error
	ended  chan struct{} // closed when record or err is there
	turn   chan struct{} // has one when this one is to write
	inLine bool          // nobody writes it yet
	needed bool          // somebody waits for it
}

// AppendAudit puts an event at the end of the audit chain and returns once the record is committed. When ctx ends first,
// the event may be on record all the same.
func (db *DB) AppendAudit(ctx context.Context, e audit.Event) (audit.Record, error) {
	if err := ctx.Err(); err != nil {
		return audit.Record{}, fmt.Errorf("append to the audit: %w", err)
	}
	return db.BeginAudit(e)(ctx)
}

// BeginAudit puts an event in line for the end of the chain. It is written sooner or later; who waits for it sees to it
// that it is now. See [audit.Store].
func (db *DB) BeginAudit(e audit.Event) (written func(context.Context) (audit.Record, error)) {
	w := &waitingEvent{event: e, ended: make(chan struct{}), turn: make(chan struct{}, 1), inLine: true}
	q := db.auditing
	q.mu.Lock()
	q.line = append(q.line, w)
	db.writeLater()
	q.mu.Unlock()
	return func(ctx context.Context) (audit.Record, error) { return db.awaitAudit(ctx, w) }
}

func (db *DB) awaitAudit(ctx context.Context, w *waitingEvent) (audit.Record, error) {
	q := db.auditing
	q.mu.Lock()
	w.needed = true
	if !q.writing && w.inLine {
		q.writing = true
		w.turn <- struct{}{}
	}
	q.mu.Unlock()
	end := func(ended <-chan struct{}) bool {
		for {
			select {
			case <-w.ended:
				return true
			case <-w.turn:
				db.writeAudit(context.WithoutCancel(ctx))
			case <-ended:
				return false
			}
		}
	}
	if !end(ctx.Done()) {
		go end(nil) // its turn must not be lost
		return audit.Record{}, fmt.Errorf("append to the audit: %w", ctx.Err())
	}
	return w.record, w.err
}

// writeLater has those in line written though nobody waits for them. The queue is locked.
func (db *DB) writeLater() {
	q := db.auditing
	if len(q.line) == 0 || q.writing || q.late != nil {
		return
	}
	q.late = time.AfterFunc(auditMoment, func() {
		q.mu.Lock()
		q.late = nil
		q.mu.Unlock()
		db.writeLine()
	})
}

// writeLine writes what is in line, unless somebody does.
func (db *DB) writeLine() {
	q := db.auditing
	q.mu.Lock()
	mine := !q.writing && len(q.line) > 0
	q.writing = q.writing || mine
	q.mu.Unlock()
	if mine {
		db.writeAudit(context.Background())
	}
}

// writeAudit writes the events in line, and gives the turn to one who waits for what is left.
func (db *DB) writeAudit(ctx context.Context) {
	q := db.auditing
	q.mu.Lock()
	group := q.line[:min(len(q.line), maxAuditGroup)]
	if q.line = q.line[len(group):]; len(q.line) == 0 {
		q.line = nil
	}
	for _, w := range group {
		w.inLine = false
	}
	if q.late != nil && q.late.Stop() {
		q.late = nil
	}
	q.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, auditPatience)
	defer cancel()
	events := make([]audit.Event, len(group))
	for i, w := range group {
		events[i] = w.event
	}
	records, err := db.appendAll(ctx, events)
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
	if i := slices.IndexFunc(q.line, func(w *waitingEvent) bool { return w.needed }); i >= 0 {
		q.line[i].turn <- struct{}{}
		return
	}
	q.writing = false
	db.writeLater()
}
