package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"trustlyportal/audit"
	"trustlyportal/store"
)

const (
	// auditLogEvery is how far the lines for other systems may be behind the audit.
	auditLogEvery = time.Second

	// auditLogAlarm is how often the operator hears that they can't be written.
	auditLogAlarm = time.Minute

	// auditLogFarewell is how long the last lines may take when the program stops.
	auditLogFarewell = 3 * time.Second

	// auditLogTail is how much of a file is read for its last line, which is one record's.
	auditLogTail = 64 << 10
)

// auditLog passes the audit on as JSON lines, in order, to standard output or a file: to PORTAL_AUDIT_LOG. It follows
// the chain itself, so that what another process or a command put there comes too, and nobody who is put on record waits
// for it. What can't be written is written later, from where it stopped.
type auditLog struct {
	path   string    // "" for out
	out    io.Writer // standard output
	file   *os.File
	last   int64 // the last record that was written
	begun  bool  // last is known
	cut    bool  // what was written last ends within a line
	log    *slog.Logger
	failed time.Time // when the operator last heard of it
}

// follow passes records on until ctx ends, and then the last ones. It returns in time even if the reader of standard
// output has stopped reading.
func (l *auditLog) follow(ctx context.Context, db *store.DB) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.run(ctx, db)
	}()
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	select {
	case <-ended:
	case <-time.After(auditLogFarewell):
	}
}

func (l *auditLog) run(ctx context.Context, db *store.DB) {
	tick := time.NewTicker(auditLogEvery)
	defer tick.Stop()
	defer func() {
		if l.file != nil {
			_ = l.file.Close() // each line was written whole
		}
	}()
	started := false
	for more := true; more; {
		var err error
		if !started {
			if err = l.start(ctx, db); err == nil {
				started = true
			}
		}
		if started {
			err = l.pass(context.WithoutCancel(ctx), db)
		}
		l.tell(ctx, err)
		select {
		case <-tick.C:
		case <-ctx.Done():
			if started {
				l.tell(context.WithoutCancel(ctx), l.pass(context.WithoutCancel(ctx), db))
			}
			more = false
		}
	}
}

// start finds where to go on: behind the last line of the file, else at the present end of the audit.
func (l *auditLog) start(ctx context.Context, db *store.DB) error {
	_, head, err := db.AuditEnds(ctx)
	if err != nil {
		return err
	}
	if !l.begun { // what is recorded until it can be written is kept
		l.last, l.begun = head.Seq, true
	}
	if l.path == "" {
		return nil
	}
	if err := l.open(); err != nil {
		return err
	}
	if seq, ok := lastLine(l.file); ok && seq < head.Seq {
		l.last = seq
	}
	return nil
}

// pass writes the records behind the last one.
func (l *auditLog) pass(ctx context.Context, db *store.DB) error {
	for r, err := range db.AuditRecords(ctx, audit.Filter{}, l.last, 0) {
		if err != nil {
			return err
		}
		to, err := l.to()
		if err != nil {
			return err
		}
		var line bytes.Buffer
		if l.cut { // end it, so that the next one stands by itself
			line.WriteByte('\n')
		}
		if err := r.WriteLine(&line); err != nil {
			return err
		}
		n, err := to.Write(line.Bytes())
		if err != nil {
			l.cut = l.cut || n > 0 // a full disk takes half a line
			return err
		}
		l.last, l.cut = r.Seq, false
	}
	return nil
}

// to is where lines go: the file anew when somebody has moved it away.
func (l *auditLog) to() (io.Writer, error) {
	if l.path == "" {
		return l.out, nil
	}
	if l.file != nil {
		there, err := os.Stat(l.path)
		own, ownErr := l.file.Stat()
		if err == nil && ownErr == nil && os.SameFile(there, own) {
			return l.file, nil
		}
		_ = l.file.Close() // each line was written whole
		l.file = nil
	}
	if err := l.open(); err != nil {
		return nil, err
	}
	return l.file, nil
}

func (l *auditLog) open() error {
	file, err := os.OpenFile(l.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	l.file, l.cut = file, endsWithinLine(file)
	return nil
}

// tell raises an alarm, now and then while it lasts.
func (l *auditLog) tell(ctx context.Context, err error) {
	switch {
	case err == nil && !l.failed.IsZero():
		l.failed = time.Time{}
		l.log.InfoContext(ctx, "the audit is passed on again", slog.Int64("last", l.last))
	case err != nil && time.Since(l.failed) >= auditLogAlarm:
		l.failed = time.Now()
		l.log.ErrorContext(ctx, "the audit can't be passed on to PORTAL_AUDIT_LOG: it is kept and passed on later", slog.Int64("last", l.last), slog.String("err", err.Error()))
	}
}

func endsWithinLine(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	var last [1]byte
	_, err = file.ReadAt(last[:], info.Size()-1)
	return err == nil && last[0] != '\n'
}

// lastLine is the number of the last record in a file of lines.
func lastLine(file *os.File) (seq int64, ok bool) {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return 0, false
	}
	tail := make([]byte, min(info.Size(), auditLogTail))
	if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return 0, false
	}
	for _, line := range slices.Backward(bytes.Split(tail, []byte("\n"))) {
		var record struct {
			Seq int64 `json:"seq"`
		}
		if json.Unmarshal(line, &record) == nil && record.Seq > 0 {
			return record.Seq, true
		}
	}
	return 0, false
}
