package trustlytest

// The steps that families are made of. Each adds records or events to the draft and returns what the next step needs.

// authorize adds the consent: new, pending after some seconds, authorized after a minute or so.
func (d *draft) authorize(amount Cents) (row int, at int64) {
	row, asked := d.consent(amount)
	at = asked + 20*second + d.rand.Int64N(90*second)
	d.on(row, event{at: at, status: StatusAuthorized, code: "SW010", auth: authAuthorized, processed: true, completed: true})
	return row, at
}

// consent adds an Authorize that the customer is still busy with.
func (d *draft) consent(amount Cents) (row int, at int64) {
	d.payment.Amount = amount
	row = d.born(Authorize, noParent, amount, event{at: d.begins, status: StatusNew, code: "SW020", auth: authPending})
	at = d.begins + 2*second + d.rand.Int64N(40*second)
	d.on(row, event{at: at, status: StatusPending, code: "SW020"})
	return row, at
}

// transfer adds a record that moves money (capture, pay, deposit, representment, refund, reclaim) and leaves in the
// next batch. Refunds and reclaims carry no figures of their own but what is pending.
func (d *draft) transfer(kind, parent int, amount Cents, at int64) (row int, processed int64) {
	row = d.born(kind, parent, amount, event{at: at, status: StatusAuthorized, code: "AC100", pending: amount})
	processed = late(d.rand, nextBatch(at))
	d.on(row, event{at: processed, status: StatusProcessed, code: "AC105", processed: true})
	return row, processed
}

// settle completes a transfer one or two banking days after it was processed.
func (d *draft) settle(row int, processed int64) (at int64) {
	at = late(d.rand, bankingDay(processed, 1+d.rand.IntN(2))+13*hour+5*minute)
	e := event{at: at, status: StatusCompleted, code: "AC118", pending: -d.rows[row].Amount, completed: true}
	if kind := d.rows[row].Type; kind != Refund && kind != Reclaim {
		e.paid = d.rows[row].Amount
	}
	d.on(row, e)
	return at
}

// paid is a transfer that goes well.
func (d *draft) paid(kind, parent int, amount Cents, at int64) (row int, completed int64) {
	row, processed := d.transfer(kind, parent, amount, at)
	return row, d.settle(row, processed)
}

// refund gives back some of what a record has paid; all says that nothing is left then.
func (d *draft) refund(of int, amount Cents, at int64, all bool) (completed int64) {
	_, completed = d.giveBack(Refund, of, amount, at)
	status := StatusPartiallyRefunded
	if all {
		status = StatusRefunded
	}
	d.on(of, event{at: completed, status: status, refunded: amount})
	return completed
}

// reclaim pulls back some of a deposit, which stays completed.
func (d *draft) reclaim(of int, amount Cents, at int64) {
	_, completed := d.giveBack(Reclaim, of, amount, at)
	d.on(of, event{at: completed, status: StatusCompleted, refunded: amount})
}

func (d *draft) giveBack(kind, of int, amount Cents, at int64) (row int, completed int64) {
	return d.paid(kind, of, amount, at)
}

// deny ends a transfer that never paid: by risk at once, or by a return of the bank.
func (d *draft) deny(row int, at int64, code string, reason *Rare) {
	d.on(row, event{at: at, status: StatusDenied, code: code, pending: -d.rows[row].Amount, reason: reason})
}

// comeBack turns a completed transfer back by a return of the bank; with record a Reverse is written too. The
// documentation leaves open which of the two forms comes when, so both occur.
func (d *draft) comeBack(row int, at int64, code string, record bool) {
	amount := d.rows[row].Amount
	d.on(row, event{at: at, status: StatusReversed, code: code, reversed: amount})
	if record {
		d.born(Reverse, row, amount, event{at: at, status: StatusCompleted, code: code, processed: true, completed: true})
	}
}

// represent tries a denied transfer again.
func (d *draft) represent(row int, denied int64) (again int, processed int64) {
	at := bankingDay(denied, 2) + 15*hour
	d.on(row, event{at: denied + second, status: StatusDenied, represent: at})
	return d.transfer(Representment, row, d.rows[row].Amount, at)
}

// instantPayout is a deposit that arrives within seconds by RTP or FedNow.
func (d *draft) instantPayout(parent int, amount Cents, at int64) (row int, completed int64) {
	row = d.born(Deposit, parent, amount, event{at: at, status: StatusAuthorized, code: "AC100", pending: amount})
	d.rows[row].InstantSettle = true
	d.rows[row].Processor = rtp
	if d.rand.IntN(2) == 0 {
		d.rows[row].Processor = fedNow
	}
	d.on(row, event{at: at + 2*second, status: StatusProcessed, code: "AC105", processed: true})
	completed = at + 3*second + d.rand.Int64N(20*second)
	d.on(row, event{at: completed, status: StatusCompleted, code: "AC118", pending: -amount, paid: amount, completed: true})
	return row, completed
}
