// Package audit keeps what was done, by whom, in a chain of records.
//
// Each record's hash covers the record and the hash before it, so that a record can't be changed, removed or moved
// without [Verify] naming the place. An act that matters is recorded before it is done: no record, no act.
//
// The package knows no SQL: what it keeps goes through [Store].
package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Action is a kind of act.
type Action string

// Result is how an act went. It is known when the act is recorded: before it is done.
type Result string

// The results.
const (
	Allowed Result = "allowed"
	Refused Result = "refused"
)

// Event is one act. Texts hold no personal data of customers but for what a person wrote into Reason.
type Event struct {
	Time      time.Time // kept to the millisecond
	UserID    int64     // 0: nobody was signed in
	User      string    // the user's e-mail address at the time
	Role      string
	Action    Action
	Object    string // what it was done to: "transaction 1009000103"
	Detail    string // which part of it: "payment.customer.taxId"
	Result    Result
	Reason    string // why, in the user's own words; may be ""
	Address   string // internet address
	RequestID string // of the log line
}

// Record is an event in the chain.
type Record struct {
	Seq int64 // 1, 2, 3, … without gaps
	Event
	Hash string // SHA-256 in hex, see [Link]
}

// Filter narrows a reading of the audit; zero fields don't.
type Filter struct {
	User     string // e-mail address, whole
	Action   Action
	Result   Result
	Object   string    // whole, such as "transaction 1009000103"
	Holds    []string  // any of them within the object or the detail: hashes, see [Hasher]
	Address  string    // internet address, whole
	From, To time.Time // From included, To not
}

// Store keeps the chain. *store.DB is one.
type Store interface {
	// BeginAudit puts an event in line for the end of the chain, one at a time whoever else appends, and returns what waits
	// until it is there. An event that nobody waits for comes there, too, a moment later.
	BeginAudit(Event) (written func(context.Context) (Record, error))
}

// Log writes events into the chain.
type Log struct {
	store Store
	now   func() time.Time
}

// NewLog returns a log over the store.
func NewLog(s Store, now func() time.Time) *Log { return &Log{store: s, now: now} }

// ErrUnrecorded is why an act that matters is not done.
var ErrUnrecorded = errors.New("record in the audit")

// Write records an event, at the present if it has no time. An act that matters is done only after Write returned
// without an error.
func (l *Log) Write(ctx context.Context, e Event) error { return l.Begin(e)(ctx) }

// Begin is Write for whoever has something else to do meanwhile: written returns when the event is on record.
func (l *Log) Begin(e Event) (written func(context.Context) error) {
	if e.Time.IsZero() {
		e.Time = l.now()
	}
	wait := l.store.BeginAudit(e)
	return func(ctx context.Context) error {
		if _, err := wait(ctx); err != nil {
			return fmt.Errorf("%w: %w", ErrUnrecorded, err)
		}
		return nil
	}
}

// maxText bounds each text of a record, in bytes: nobody may fill the disk through the audit.
const maxText = 1000

// clean is the event as every database gives it back: times in whole milliseconds, texts of valid UTF-8, bounded and
// without control characters.
func (e Event) clean() Event {
	e.Time = e.Time.UTC().Truncate(time.Millisecond)
	e.Action, e.Result = cleanText(e.Action), cleanText(e.Result)
	for _, text := range []*string{&e.User, &e.Role, &e.Object, &e.Detail, &e.Reason, &e.Address, &e.RequestID} {
		*text = cleanText(*text)
	}
	return e
}

func cleanText[T ~string](text T) T {
	s := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(text), "\uFFFD"))
	if len(s) > maxText {
		s = s[:maxText]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return T(s)
}
