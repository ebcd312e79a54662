package trustlytest

import "math/rand/v2"

// family is a way a payment can go. Its build writes records and events into the draft, past and future.
type family struct {
	name    string
	weight  int // how often, among all
	payment int // payment type
	canada  bool
	build   func(*draft)
}

// families is what happens, the usual most often. Numbers in the names' comments are the scenarios of the reference.
var families = []family{
	{"captured", 300, Deferred, false, buildCaptured},
	{"several captures", 60, Deferred, false, buildSeveralCaptures},
	{"partly refunded", 50, Deferred, false, buildPartlyRefunded}, // 1
	{"refunded", 30, Deferred, false, buildRefunded},
	{"denied SW021", 30, Deferred, false, buildDenied("SW021")}, // 2
	{"denied SW054", 25, Deferred, false, buildDenied("SW054")}, // 3
	{"denied SW055", 8, Deferred, false, buildDenied("SW055")},
	{"denied SW056", 6, Deferred, false, buildDenied("SW056")},
	{"denied SW057", 6, Deferred, false, buildDenied("SW057")},
	{"unauthorized return", 15, Deferred, false, buildUnauthorized(true)}, // 4
	{"unauthorized return without a record", 8, Deferred, false, buildUnauthorized(false)},
	{"returned", 45, Deferred, false, buildReturned},
	{"represented", 25, Deferred, false, buildRepresented}, // 5
	{"represented in vain", 10, Deferred, false, buildRepresentedInVain},
	{"payout", 50, Disbursement, false, buildPayout},
	{"instant payout reclaimed", 10, Disbursement, false, buildInstantPayoutReclaimed}, // 6
	{"instant payout", 40, Disbursement, false, buildInstantPayout},
	{"deposit and capture", 15, Deferred, false, buildDepositAndCapture},
	{"pay", 130, Instant, false, buildPay}, // 7
	{"pay refunded", 10, Instant, false, buildPayRefunded},
	{"recurring", 70, Recurring, false, buildRecurring},                                // 8
	{"user canceled", 70, Deferred, false, buildDropOff(StatusCanceled, authCanceled)}, // 9
	{"expired", 30, Deferred, false, buildDropOff(StatusExpired, authExpired)},
	{"failed", 15, Deferred, false, buildDropOff(StatusFailed, authFailed)},
	{"left as new", 8, Deferred, false, buildDropOff(StatusNew, authPending)},
	{"left as pending", 12, Deferred, false, buildDropOff(StatusPending, authPending)},
	{"on hold", 12, Deferred, false, buildOnHold}, // 10
	{"preauthorized", 30, Deferred, false, buildPreauthorized},
	{"preauthorization expired", 10, Deferred, false, buildPreauthorizationExpired},
	{"voided", 10, Deferred, false, buildVoided},
	{"disputed", 5, Deferred, false, buildDisputed},
	{"capture failed", 6, Deferred, false, buildCaptureFailed},
	{"verification", 15, Verification, false, buildConsentOnly},
	{"retrieval", 8, Retrieval, false, buildConsentOnly},
	{"external", 4, Deferred, false, buildSpecial(External)},
	{"tokenization", 4, Deferred, false, buildSpecial(Tokenization)},
	{"guarantee", 3, Deferred, false, buildSpecial(Guarantee)},
	{"canada captured", 45, Deferred, true, buildCaptured},
	{"canada returned", 12, Deferred, true, buildReturned},   // 12
	{"unknown codes", 3, Deferred, false, buildUnknownCodes}, // 11
	{"missing parts", 6, Deferred, false, buildMissingParts}, // 13
	{"undeclared fields", 8, Deferred, false, buildUndeclared},
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// amount picks a price of the payment's merchant; small ones are likelier.
func (d *draft) amount() Cents {
	m := d.payment.merchant()
	u := d.rand.Float64()
	c := m.low + Cents(u*u*float64(m.high-m.low))
	switch d.rand.IntN(4) {
	case 0:
		return max(100, c/100*100) // whole dollars
	case 1:
		return c/100*100 + 99
	}
	return max(99, c)
}

// limit is what an Authorize says: the amount itself, or 0.00 for no upper limit.
func (d *draft) limit(amount Cents) Cents {
	if d.rand.IntN(4) == 0 {
		return 0
	}
	return amount
}

// soon is some minutes or hours later, as merchants capture.
func (d *draft) soon(at int64) int64 {
	if d.rand.IntN(3) > 0 {
		return at + 3*second + d.rand.Int64N(10*minute)
	}
	return at + d.rand.Int64N(2*day)
}

func (d *draft) days(at int64, low, high int64) int64 {
	return at + low*day + d.rand.Int64N((high-low)*day)
}

func (d *draft) captured() (row int, amount Cents, completed int64) {
	amount = d.amount()
	auth, at := d.authorize(d.limit(amount))
	row, completed = d.paid(Capture, auth, amount, d.soon(at))
	return row, amount, completed
}

func buildCaptured(d *draft) { d.captured() }

func buildSeveralCaptures(d *draft) {
	total := d.amount() * 3
	auth, at := d.authorize(total)
	for range 2 + d.rand.IntN(3) {
		at = d.soon(at)
		row, completed := d.paid(Capture, auth, total/5+Cents(d.rand.IntN(100)), at)
		if d.rand.IntN(6) == 0 {
			d.refund(row, d.rows[row].Amount/2, d.days(completed, 1, 20), false)
		}
		at += hour
	}
}

func buildPartlyRefunded(d *draft) {
	row, amount, at := d.captured()
	left := amount
	for range 1 + d.rand.IntN(2) {
		part := amount/5 + Cents(d.rand.IntN(50))
		if part >= left {
			break
		}
		at = d.refund(row, part, d.days(at, 1, 14), false)
		left -= part
	}
}

func buildRefunded(d *draft) {
	row, amount, at := d.captured()
	if d.rand.IntN(4) == 0 {
		first := amount / 3
		at = d.refund(row, first, d.days(at, 1, 10), false)
		amount -= first
	}
	d.refund(row, amount, d.days(at, 1, 25), true)
}

func buildDenied(code string) func(*draft) {
	return func(d *draft) {
		amount := d.amount()
		auth, at := d.authorize(d.limit(amount))
		at = d.soon(at)
		row := d.born(Capture, auth, amount, event{at: at, status: StatusPending, code: "AC100", pending: amount})
		d.deny(row, at+second+d.rand.Int64N(3*second), code, declineFor(d.rand, code))
	}
}

func buildUnauthorized(record bool) func(*draft) {
	return func(d *draft) {
		row, _, at := d.captured()
		d.comeBack(row, late(d.rand, bankingDay(d.days(at, 2, 50), 1)+14*hour), pick(d.rand, unauthorizedReturns), record)
	}
}

func buildReturned(d *draft) {
	amount := d.amount()
	auth, at := d.authorize(d.limit(amount))
	row, processed := d.transfer(Capture, auth, amount, d.soon(at))
	d.deny(row, late(d.rand, bankingDay(processed, 2)+14*hour), d.returnCode(), nil)
}

// returnCode picks a bank's reason for a return, by country.
func (d *draft) returnCode() string {
	if d.payment.Country == "CA" {
		return pick(d.rand, eftReturns)
	}
	return pick(d.rand, achReturns)
}

// bounced is a capture returned for lack of funds.
func (d *draft) bounced() (row int, at int64) {
	amount := d.amount()
	auth, at := d.authorize(d.limit(amount))
	row, processed := d.transfer(Capture, auth, amount, d.soon(at))
	at = late(d.rand, bankingDay(processed, 2)+14*hour)
	d.deny(row, at, "R01", nil)
	return row, at
}

func buildRepresented(d *draft) {
	row, at := d.bounced()
	again, processed := d.represent(row, at)
	d.settle(again, processed)
}

func buildRepresentedInVain(d *draft) {
	row, at := d.bounced()
	for range 2 {
		again, processed := d.represent(row, at)
		row, at = again, late(d.rand, bankingDay(processed, 2)+14*hour)
		d.deny(again, at, "R01", nil)
	}
}

func buildPayout(d *draft) {
	auth, at := d.authorize(0)
	_, completed := d.paid(Deposit, auth, d.amount(), d.soon(at))
	if d.rand.IntN(5) == 0 {
		d.paid(Deposit, auth, d.amount(), d.days(completed, 1, 20))
	}
}

func buildInstantPayout(d *draft) {
	auth, at := d.authorize(0)
	for range 1 + d.rand.IntN(2) {
		at = d.soon(at)
		d.instantPayout(auth, d.amount(), at)
		at += hour
	}
}

func buildInstantPayoutReclaimed(d *draft) {
	auth, at := d.authorize(0)
	amount := d.amount()
	row, completed := d.instantPayout(auth, amount, d.soon(at))
	if d.rand.IntN(2) == 0 {
		amount /= 2
	}
	d.reclaim(row, max(99, amount), d.days(completed, 1, 5))
}

func buildDepositAndCapture(d *draft) {
	auth, at := d.authorize(0)
	_, completed := d.paid(Capture, auth, d.amount(), d.soon(at))
	d.paid(Deposit, auth, d.amount(), d.days(completed, 1, 9))
}

func buildPay(d *draft) {
	amount := d.amount()
	d.payment.Amount = amount
	d.paid(Pay, noParent, amount, d.begins)
	d.events[0].auth = authAuthorized
}

func buildPayRefunded(d *draft) {
	amount := d.amount()
	d.payment.Amount = amount
	row, completed := d.paid(Pay, noParent, amount, d.begins)
	d.events[0].auth = authAuthorized
	d.refund(row, amount/2, d.days(completed, 1, 9), false)
}

func buildRecurring(d *draft) {
	amount := d.amount()
	schedule := &Recurrence{
		ID: digits(d.rand, 10), Amount: amount, Unit: "Month", Every: 1, Automatic: d.rand.IntN(3) > 0, ISO8601: d.rand.IntN(2) == 0,
		Start: d.begins, End: d.begins + 365*day,
	}
	step := 30 * day
	if d.rand.IntN(4) == 0 {
		schedule.Unit, step = "Week", 7*day
	}
	d.payment.Recurrence = schedule
	setup := Cents(0)
	if d.rand.IntN(3) == 0 {
		setup = 500
	}
	auth, at := d.authorize(setup)
	// Recurring debits are made by a job in the night, at one instant for all merchants.
	due := bankingDay(at, 1) + 9*hour
	d.on(auth, event{at: at + second, status: StatusAuthorized, next: due})
	for ; due < min(schedule.End, d.horizon); due += step {
		row, processed := d.transfer(Capture, auth, amount, due)
		d.on(auth, event{at: due, status: StatusAuthorized, next: due + step})
		if d.rand.IntN(20) == 0 {
			d.deny(row, late(d.rand, bankingDay(processed, 2)+14*hour), d.returnCode(), nil)
			continue
		}
		d.settle(row, processed)
	}
}

func buildDropOff(status, auth int) func(*draft) {
	return func(d *draft) {
		if status == StatusNew {
			d.payment.Amount = d.amount()
			d.born(Authorize, noParent, d.payment.Amount, event{at: d.begins, status: status, code: "SW020", auth: auth})
			return
		}
		row, at := d.consent(d.amount())
		at += d.rand.Int64N(8 * minute)
		switch status {
		case StatusCanceled:
			d.on(row, event{at: at, status: status, code: pick(d.rand, userCancels), auth: auth})
		case StatusExpired:
			d.on(row, event{at: at + 30*minute, status: status, code: pick(d.rand, []string{"AC117", "UC29", "UC39"}), auth: auth})
		case StatusFailed:
			d.on(row, event{at: at, status: status, code: pick(d.rand, []string{"SE01", "SE02", "SE03", "SW052", "SW053", "UC27"}), auth: auth})
		}
	}
}

func buildOnHold(d *draft) {
	d.payment.VerificationStatus, d.payment.VerificationMode = 2, 0
	amount := d.amount()
	row, at := d.consent(amount)
	d.on(row, event{at: at + 30*second, status: StatusOnHold, code: "AC108"})
	if d.rand.IntN(2) == 0 { // someone looks at it some days later
		at = d.days(at, 2, 6)
		d.on(row, event{at: at, status: StatusAuthorized, code: "SW010", auth: authAuthorized, processed: true, completed: true})
		d.paid(Capture, row, amount, d.soon(at))
	}
}

func buildPreauthorized(d *draft) {
	amount := d.amount()
	auth, at := d.authorize(d.limit(amount))
	row, at := d.preauthorize(auth, amount, at)
	capture, _ := d.paid(Capture, row, amount, at+d.rand.Int64N(50*minute))
	d.rows[capture].PreAuthorized = true
}

func (d *draft) preauthorize(auth int, amount Cents, at int64) (int, int64) {
	at += 5 * second
	row := d.born(Preauthorization, auth, amount, event{at: at, status: StatusPending, code: "AC100"})
	expires := at + (1+d.rand.Int64N(6))*hour
	d.on(row, event{at: at + second, status: StatusAuthorized, code: "AC107", processed: true, expires: expires})
	return row, at + second
}

func buildPreauthorizationExpired(d *draft) {
	auth, at := d.authorize(0)
	row, at := d.preauthorize(auth, d.amount(), at)
	d.on(row, event{at: at + 6*hour, status: StatusExpired, code: "AC117"})
}

func buildVoided(d *draft) {
	amount := d.amount()
	auth, at := d.authorize(d.limit(amount))
	at = d.soon(at)
	row := d.born(Capture, auth, amount, event{at: at, status: StatusAuthorized, code: "AC100", pending: amount})
	d.on(row, event{at: at + 5*minute, status: StatusVoided, code: "AC104", pending: -amount})
}

func buildDisputed(d *draft) {
	row, _, at := d.captured()
	d.on(row, event{at: d.days(at, 5, 30), status: StatusDisputed, code: "AC112"})
}

func buildCaptureFailed(d *draft) {
	amount := d.amount()
	auth, at := d.authorize(d.limit(amount))
	at = d.soon(at)
	row := d.born(Capture, auth, amount, event{at: at, status: StatusPending, code: "AC100", pending: amount})
	d.on(row, event{at: at + 2*second, status: StatusFailed, code: "AC103", pending: -amount})
}

func buildConsentOnly(d *draft) { d.authorize(0) }

// buildSpecial adds a record of a type that merchants hardly see.
func buildSpecial(kind int) func(*draft) {
	return func(d *draft) {
		auth, at := d.authorize(0)
		d.born(kind, auth, 0, event{at: at + minute, status: StatusCompleted, code: "AC116", processed: true, completed: true})
	}
}

func buildUnknownCodes(d *draft) {
	auth, at := d.authorize(0)
	d.born(99, auth, d.amount(), event{at: at + minute, status: 77, code: "ZZ9"})
}

func buildMissingParts(d *draft) {
	n := d.rand.IntN(5)
	nulls := &Rare{Nulls: d.rand.IntN(2) == 0}
	switch n {
	case 0:
		d.payment.Customer = nil
	case 1:
		d.payment.Account = nil
	case 2:
		d.payment.Customer, d.payment.Account, d.payment.Provider = nil, nil, nil
	}
	auth, at := d.authorize(0)
	d.rows[auth].Rare = nulls
	if n == 3 {
		d.rows[auth].IP, d.rows[auth].ProviderID, d.rows[auth].MerchantReference = "", "", ""
	}
	capture := d.born(Capture, auth, d.amount(), event{at: at + minute, status: StatusPending}) // no times but two, no codes
	d.rows[capture].ProviderID, d.rows[capture].Rare = "", nulls
	d.on(capture, event{at: at + 2*minute, status: StatusPending, pending: d.rows[capture].Amount})
}

func buildUndeclared(d *draft) {
	row, _, _ := d.captured()
	d.rows[row].Rare = &Rare{
		TimeZone: "America/New_York", Fee: 25,
		Undeclared: `"riskBand":"B7","zz-trace":{"hops":[1,2,{"at":"edge-3"}],"sampled":true},"note":"<b>new</b> since 2026","empty":{},"nothing":null`,
	}
}
