package trustlytest

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
)

// draft is one payment being made up: its records as they are born, and all that ever happens to them, in the past and
// in the future. Playing the events up to some instant gives the family as it stands then.
type draft struct {
	number  uint64 // in the order of being made up
	rand    *rand.Rand
	payment *Payment
	rows    []*Record
	parents []int // index of the original transaction, −1 = none
	events  []event
	begins  int64
	ip      string // of the customer's device
	horizon int64  // nothing recurring is planned after this
}

// event is one thing that happens to one record and, by its sums, to the payment.
type event struct {
	at     int64
	row    int
	status int // new status
	code   string

	pending, paid, refunded, reversed Cents // added
	processed, completed, born        bool

	auth      int   // new authorization status, 0 = as it was
	reason    *Rare // decline detail to take over
	represent int64 // new representmentScheduledAt
	expires   int64 // new expiredAt
	next      int64 // the schedule's next occurrence, −1 = none any more
}

const noParent = -1

// born adds a record.
func (d *draft) born(kind, parent int, amount Cents, e event) int {
	row := len(d.rows)
	r := &Record{
		Type: kind, Amount: amount, IP: d.ip, Processor: processorFor(kind, d.payment.Currency),
		ProviderID: "ptx-" + token(d.rand, 11) + "-" + token(d.rand, 12) + "-sbx",
	}
	if row > 0 {
		r.MerchantReference = d.payment.MerchantReference + "-" + strconv.Itoa(row)
	} else {
		r.MerchantReference = d.payment.MerchantReference
	}
	d.rows = append(d.rows, r)
	d.parents = append(d.parents, parent)
	e.row, e.born = row, true
	d.events = append(d.events, e)
	return row
}

// on adds an event to a record.
func (d *draft) on(row int, e event) {
	e.row = row
	d.events = append(d.events, e)
}

// finish puts the events in the order of time. Nothing happens to a record before it is born.
func (d *draft) finish() {
	slices.SortStableFunc(d.events, func(a, b event) int { return cmp.Compare(a.at, b.at) })
}

// apply makes e happen to r and p.
func (e event) apply(r *Record, p *Payment) {
	if e.born {
		r.CreatedAt = e.at
	}
	r.Status = e.status
	if e.code != "" {
		r.ProviderStatus = e.code
	}
	r.Pending += e.pending
	r.Paid += e.paid
	r.Refunded += e.refunded
	r.Reversed += e.reversed
	r.UpdatedAt = e.at
	r.Version++
	if e.processed {
		r.ProcessedAt = e.at
	}
	if e.completed {
		r.CompletedAt = e.at
	}
	e.applyRare(r)

	p.Pending += e.pending
	p.Paid += e.paid
	p.Refunded += e.refunded
	p.Reversed += e.reversed
	p.UpdatedAt = e.at
	p.Version++
	if e.auth != 0 {
		p.AuthStatus = e.auth
	}
	if e.next != 0 && p.Recurrence != nil {
		schedule := *p.Recurrence
		schedule.Next = max(e.next, 0)
		p.Recurrence = &schedule
	}
}

func (e event) applyRare(r *Record) {
	if e.reason == nil && e.represent == 0 && e.expires == 0 {
		return
	}
	rare := *r.rare()
	if e.reason != nil {
		rare.ReasonCode, rare.ReasonMessage = e.reason.ReasonCode, e.reason.ReasonMessage
		rare.ExtendedReason, rare.ThirdPartyDeclineCode = e.reason.ExtendedReason, e.reason.ThirdPartyDeclineCode
	}
	if e.represent != 0 {
		rare.RepresentmentAt = e.represent
	}
	if e.expires != 0 {
		rare.ExpiredAt = e.expires
	}
	r.Rare = &rare
}

// play makes the events up to now happen and returns the records that are born by then; the events that remain are
// those of the future.
func (d *draft) play(now int64) []*Record {
	n := 0
	var rows []*Record
	for n < len(d.events) && d.events[n].at <= now {
		e := d.events[n]
		if r := d.rows[e.row]; e.born {
			r.Payment = d.payment
			rows = append(rows, r)
		}
		e.apply(d.rows[e.row], d.payment)
		n++
	}
	d.events = slices.Clone(d.events[n:]) // the past's memory goes
	return rows
}

const (
	capitals     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	tokenLetters = capitals + "abcdefghijklmnopqrstuvwxyz"
)

func token(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = tokenLetters[r.IntN(len(tokenLetters))]
	}
	return string(b)
}

// capitalToken is a token without small letters, as authorizations and accounts have.
func capitalToken(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = capitals[r.IntN(len(capitals))]
	}
	return string(b)
}

func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}
