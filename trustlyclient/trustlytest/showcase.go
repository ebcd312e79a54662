package trustlytest

// Records that are there whatever the seed: one family of each kind, each hostile name, and many rows at one instant.

// showcase makes up one family of a kind, old enough for most of it to be over.
func (l *life) showcase(f *family, i int) *draft {
	age := 12*day + int64(i)*3*hour
	switch f.name {
	case "recurring":
		age = 110 * day // three captures and more
	case "unauthorized return", "unauthorized return without a record", "disputed":
		age = 70 * day
	case "partly refunded", "refunded", "pay refunded":
		age = 45 * day
	case "left as new", "left as pending", "on hold":
		age = int64(i) * 7 * minute
	}
	return l.draft(f, l.now-age)
}

// hostile makes up a plain payment of the i-th customer with a hostile name.
func (l *life) hostile(i int) *draft {
	f := familyNamed("captured")
	d := l.blank(f, l.world.hostile[i], l.now-2*day-int64(i)*37*minute)
	f.build(d)
	d.finish()
	return d
}

// burstSize is how many payments arrive in the very same millisecond: more than three pages of 100.
const burstSize = 320

// burst makes up one payment of the burst; all of them go the same way at the same times, so that they share every
// timestamp. The hour is in the past for any now.
func (l *life) burst() *draft {
	at := (l.now-9*day)/hour*hour + 137
	f := familyNamed("pay")
	d := l.blank(f, nil, at)
	amount := d.amount()
	d.payment.Amount, d.payment.CreatedAt = amount, at
	row := d.born(Pay, noParent, amount, event{at: at, status: StatusAuthorized, code: "AC100", pending: amount, auth: authAuthorized})
	processed := nextBatch(at)
	d.on(row, event{at: processed, status: StatusProcessed, code: "AC105", processed: true})
	d.on(row, event{at: bankingDay(processed, 1) + 13*hour, status: StatusCompleted, code: "AC118", pending: -amount, paid: amount, completed: true})
	d.finish()
	return d
}
