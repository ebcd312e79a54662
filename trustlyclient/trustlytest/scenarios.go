package trustlytest

import (
	"cmp"
	"slices"
	"time"
)

// Scenarios is how many scenarios the reference numbers; those after 14 concern answers, not data.
const Scenarios = 17

// scenarioIDs is where the ids of scenarios begin, below those of the ledger.
const scenarioIDs = 1_009_000_000

// scenario is a family that the reference describes, and how long before now it begins.
type scenario struct {
	number int
	family string // its country, payment type and, without a build, how it goes
	age    int64
	build  func(*draft)
}

// scenarios follow the reference's table. Where it leaves a choice, both are there: the returned capture of 5 is
// represented twice, first in vain.
var scenarios = []scenario{
	{1, "partly refunded", 45 * day, func(d *draft) {
		row, at := d.bought(12_550)
		d.refund(row, 2_550, at+3*day, false)
	}},
	{2, "denied SW021", 3 * day, func(d *draft) { d.declined("SW021", 1) }},
	{3, "denied SW054", 3 * day, func(d *draft) { d.declined("SW054", 0) }},
	{4, "unauthorized return", 70 * day, func(d *draft) {
		row, at := d.bought(8_900)
		d.comeBack(row, bankingDay(at+30*day, 1)+14*hour, "R10", true)
	}},
	{5, "represented", 40 * day, func(d *draft) {
		row, at := d.bounced()
		again, processed := d.represent(row, at)
		at = bankingDay(processed, 2) + 14*hour
		d.deny(again, at, "R01", nil)
		again, processed = d.represent(again, at)
		d.settle(again, processed)
	}},
	{6, "instant payout reclaimed", 12 * day, func(d *draft) {
		auth, at := d.authorize(0)
		row, completed := d.instantPayout(auth, 20_000, at+minute)
		d.reclaim(row, 5_000, completed+day)
	}},
	{7, "pay", 9 * day, buildPay},
	{8, "recurring", 75 * day, func(d *draft) { d.agreement(3, d.begins+day, 30*day, nil) }},
	{9, "user canceled", 5 * day, func(d *draft) {
		row, at := d.consent(4_999)
		d.on(row, event{at: at + 2*minute, status: StatusCanceled, code: "UC07", auth: authCanceled})
	}},
	{9, "expired", 5 * day, func(d *draft) {
		row, at := d.consent(4_999)
		d.on(row, event{at: at + 30*minute, status: StatusExpired, code: "AC117", auth: authExpired})
	}},
	{9, "left as new", 20 * minute, buildDropOff(StatusNew, authPending)},
	{9, "left as pending", 20 * minute, buildDropOff(StatusPending, authPending)},
	{10, "on hold", 2 * hour, func(d *draft) {
		d.payment.VerificationStatus, d.payment.VerificationMode = 2, 0
		row, at := d.consent(150_000)
		d.on(row, event{at: at + 30*second, status: StatusOnHold, code: "AC108"})
	}},
	{11, "unknown codes", 6 * day, buildUnknownCodes},
	{12, "canada returned", 14 * day, func(d *draft) {
		auth, at := d.authorize(7_500)
		row, processed := d.transfer(Capture, auth, 7_500, at+minute)
		d.deny(row, bankingDay(processed, 2)+14*hour, "EFT_901", nil)
	}},
	{13, "missing parts", 6 * day, func(d *draft) {
		d.payment.Customer, d.payment.Account, d.payment.Provider = nil, nil, nil
		row, at := d.consent(0)
		d.on(row, event{at: at + minute, status: StatusAuthorized, code: "SW010", auth: authAuthorized}) // neither processed nor completed
		d.rows[row].Rare = &Rare{Nulls: true}
		d.rows[row].IP, d.rows[row].ProviderID = "", ""
	}},
}

// Scenario makes up the records of one of the reference's scenarios, as they stand now: 1 to 13 are families, 14 is a
// payment of each hostile name, and the others, which concern answers, have none. They are the same for the same now,
// in the order of creation, and have ids that no ledger makes up; put them into a ledger, best an empty one, by
// [Server.Insert]. Scenario 9 is several payments.
func Scenario(number int, now time.Time) []Record {
	l := scenarioLife(number, now)
	var drafts []*draft
	for i, s := range scenarios {
		if s.number == number {
			f := familyNamed(s.family)
			customers := l.world.american
			if f.canada {
				customers = l.world.canadian
			}
			d := l.blank(f, customers[i%len(customers)], l.now-s.age)
			s.build(d)
			d.finish()
			drafts = append(drafts, d)
		}
	}
	if number == 14 {
		for i := range l.world.hostile {
			drafts = append(drafts, l.hostile(i))
		}
	}
	return l.tell(drafts)
}

// ManyCaptures makes up a recurring payment with so many captures, one each day, as it stands now: each twentieth is
// returned by the bank, each fiftieth refunded in part, and the last ones are on their way. See [Scenario] for what to do with it.
func ManyCaptures(captures int, now time.Time) []Record {
	l := scenarioLife(Scenarios+1, now)
	f := familyNamed("recurring")
	first := (l.now-9*hour)/day*day + 9*hour - int64(captures-1)*day // so that the last is born and the next planned
	d := l.blank(f, l.world.american[0], first-day)
	d.agreement(captures, first, day, func(i, row int, processed int64) {
		switch {
		case i%20 == 19:
			d.deny(row, bankingDay(processed, 1)+14*hour, d.returnCode(), nil)
		case i%50 == 10:
			d.refund(row, 500, d.settle(row, processed)+hour, false)
		default:
			d.settle(row, processed)
		}
	})
	d.finish()
	return l.tell([]*draft{d})
}

// scenarioLife is apart from any ledger's.
func scenarioLife(number int, now time.Time) *life {
	l := newLife(Options{Seed: 1 << 32, Rows: 1, Now: func() time.Time { return now }, Arrival: time.Hour})
	l.lastID = scenarioIDs + int64(number)*10_000
	return l
}

// tell plays the drafts up to now.
func (l *life) tell(drafts []*draft) []Record {
	var rows []*Record
	var links []link
	for _, d := range drafts {
		rows = append(rows, d.play(l.now)...)
		links = d.links(links)
	}
	l.number(rows)
	for _, k := range links {
		if k.child.ID != "" { // born by now
			k.child.OriginalID = k.parent.ID
		}
	}
	slices.SortFunc(rows, func(a, b *Record) int { return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), compareIDs(a.ID, b.ID)) })
	var list []Record
	for _, r := range rows {
		list = append(list, *r)
	}
	return list
}

// bought is a capture that completed.
func (d *draft) bought(amount Cents) (row int, completed int64) {
	auth, at := d.authorize(amount)
	return d.paid(Capture, auth, amount, at+minute)
}

// declined is a capture denied by risk for the n-th of the code's reasons.
func (d *draft) declined(code string, n int) {
	auth, at := d.authorize(6_400)
	at += 5 * minute
	row := d.born(Capture, auth, 6_400, event{at: at, status: StatusPending, code: "AC100", pending: 6_400})
	reason := declines[code][n]
	d.deny(row, at+2*second, code, &reason)
}

// agreement is one for so many captures, the first at due, each a step after the one before, and the next one planned.
// outcome ends a capture; without one all complete.
func (d *draft) agreement(captures int, due, step int64, outcome func(i, row int, processed int64)) {
	const amount = 2_900
	schedule := &Recurrence{
		ID: digits(d.rand, 10), Amount: amount, Unit: "Month", Every: 1, Automatic: true, Start: d.begins, End: d.begins + 3650*day,
	}
	if step == day {
		schedule.Unit = "Day"
	}
	d.payment.Recurrence = schedule
	auth, _ := d.authorize(0)
	for i := range captures {
		row, processed := d.transfer(Capture, auth, amount, due)
		d.on(auth, event{at: due, status: StatusAuthorized, next: due + step})
		if outcome != nil {
			outcome(i, row, processed)
		} else {
			d.settle(row, processed)
		}
		due += step
	}
}
