package story

import (
	"cmp"
	"slices"
	"time"

	"trustlyportal/trustlyclient"
)

// Finality is what a status says of what may still come.
type Finality string

// The finalities.
const (
	Open         Finality = "open"          // something is still to come
	Settled      Finality = "settled"       // done, and may still be returned or refunded
	Closed       Finality = "closed"        // over
	Representing Finality = "representable" // over, or followed by a Representment
	NotKnown     Finality = "not-known"     // the status is not in the table, or the documentation says nothing of it
)

// finalities follow the definitions of the statuses [docs]; which of them are final is a guess.
var finalities = map[trustlyclient.Code]Finality{
	statusNew: Open, statusPending: Open, statusAuthorized: Open, statusProcessed: Open, statusOnHold: Open,
	statusCompleted: Settled, statusPartiallyRefunded: Settled,
	statusFailed: Closed, statusExpired: Closed, statusCanceled: Closed, statusReversed: Closed, statusRefunded: Closed, statusVoided: Closed,
	statusDenied: Representing,
}

// Final tells what may still come of a record, by its status and type. It is a guess. An Authorize that is Authorized
// has come to its good end and is Settled.
func Final(t *trustlyclient.Transaction) Finality {
	if t.TransactionType == typeAuthorize && t.Status == statusAuthorized {
		return Settled
	}
	if f, ok := finalities[t.Status]; ok {
		return f
	}
	return NotKnown
}

// Watchable reports whether reading the record again in a while is worth it: it is Open.
func Watchable(t *trustlyclient.Transaction) bool { return Final(t) == Open }

// Summary is how the payment stands.
type Summary struct {
	OpenAuthorizations []*Record // see IsOpenAuthorization; by creation
	LastFailure        *Record   // see WentBad, the one that changed last; nil when there is none
	LastStep           *Step     // the last that happened, of what is not OutOfOrder; nil without any time
	Next               *Step     // the first that is planned; nil when nothing is
	Counts             []Count   // by type and status, in the order of their first records
	Watch              bool      // any of the payment's records is Watchable
}

// Count is how many records have a type and a status.
type Count struct {
	Type, Status trustlyclient.Code
	Records      int
}

func summarize(s *Story, now time.Time) Summary {
	var sum Summary
	for _, r := range s.Records {
		if IsOpenAuthorization(r.Transaction, now) {
			sum.OpenAuthorizations = append(sum.OpenAuthorizations, r)
		}
		if WentBad(r.Transaction) && (sum.LastFailure == nil || compareChanges(sum.LastFailure.Transaction, r.Transaction) <= 0) {
			sum.LastFailure = r
		}
		sum.Watch = sum.Watch || Watchable(r.Transaction)
		sum.count(r)
	}
	for _, step := range s.Steps {
		switch {
		case step.At.IsZero():
		case step.Planned && sum.Next == nil:
			sum.Next = step
		case step.Record != nil && step.happened() && !step.OutOfOrder:
			sum.LastStep = step
		}
	}
	return sum
}

func (s *Summary) count(r *Record) {
	i := slices.IndexFunc(s.Counts, func(c Count) bool { return c.Type == r.TransactionType && c.Status == r.Status })
	if i < 0 {
		i = len(s.Counts)
		s.Counts = append(s.Counts, Count{Type: r.TransactionType, Status: r.Status})
	}
	s.Counts[i].Records++
}

// IsOpenAuthorization reports whether the record is a consent or guarantee that can be used: an Authorize that is
// Authorized, unless payment.auth.status says that its use is over, or a Preauthorization that is Authorized and has
// not come to its expiredAt. That this makes it usable is a guess.
func IsOpenAuthorization(t *trustlyclient.Transaction, now time.Time) bool {
	if t.Status != statusAuthorized {
		return false
	}
	switch t.TransactionType {
	case typeAuthorize:
		return t.Payment.Auth.Status == "" || t.Payment.Auth.Status == authAuthorized
	case typePreauthorization:
		return t.ExpiredAt.IsZero() || t.ExpiredAt.After(now)
	}
	return false
}

// WentBad reports whether a record stands for something that failed, was denied, disputed or returned: status Failed,
// Denied, Disputed or Reversed, or any Reverse. Bad is a guess from the definitions [docs]; a consent that was left,
// canceled or voided is none.
func WentBad(t *trustlyclient.Transaction) bool {
	switch t.Status {
	case statusFailed, statusDenied, statusDisputed, statusReversed:
		return true
	}
	return t.TransactionType == typeReverse
}

// LastFailure returns the record among any, of one payment or several, that went bad and changed last; nil when there
// is none.
func LastFailure(list []*trustlyclient.Transaction) *trustlyclient.Transaction {
	var last *trustlyclient.Transaction
	for _, t := range list {
		if t != nil && WentBad(t) && (last == nil || compareChanges(last, t) <= 0) {
			last = t
		}
	}
	return last
}

// compareChanges orders records by their last change, as far as known.
func compareChanges(a, b *trustlyclient.Transaction) int {
	return cmp.Compare(changed(a).UnixMilli(), changed(b).UnixMilli())
}

func changed(t *trustlyclient.Transaction) time.Time {
	if !t.UpdatedAt.IsZero() {
		return t.UpdatedAt.Time
	}
	return t.CreatedAt.Time
}
