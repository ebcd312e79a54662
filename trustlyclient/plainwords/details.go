package plainwords

import (
	"slices"

	"trustlyportal/trustlyclient"
)

// detail is what a single field of a record adds to its state, or puts in the place of what the state alone says.
type detail struct {
	name   string
	when   func(*trustlyclient.Transaction, Explanation) bool
	note   Statement // added to the notes
	next   Statement // in the place of Next, if set
	timing Statement // in the place of Timing, if set
	action Action    // in the place of Action, if set
}

func (d *detail) apply(e *Explanation) {
	if d.note.Text != "" {
		e.Notes = append(e.Notes, d.note)
	}
	if d.next.Text != "" {
		e.Next = d.next
	}
	if d.timing.Text != "" {
		e.Timing = d.timing
	}
	if d.action != "" {
		e.Action = d.action
	}
}

// returnFamilies are those whose codes speak of a return.
var returnFamilies = []Family{ACH, EFT, UK}

var details = []detail{
	{
		name: "new attempt planned",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, debits...) && is(t.Status, denied, reversed) && t.RepresentmentScheduledAt.Unix() > 0
		},
		next:   say("The record carries the date of a new attempt to collect. Once made, the attempt is a record of its own, a representment.", D9, S3, T4),
		action: NothingToDo,
	},
	{
		name: "new attempts automatic",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, debits...) && is(t.Status, denied) && t.AutomaticRepresentment.True()
		},
		note: say("The record is marked for automatic new attempts. Trustly's sample shows the mark; no page explains it.", S3, Inference),
	},
	{
		name: "instant payout",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, deposit) && t.PaymentProviderTransaction.InstantSettle.True()
		},
		note: say("Instant settlement was used for this payout.", S2),
	},
	{
		name: "instant payout under way",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, deposit) && is(t.Status, pending, authorized, processed) && t.PaymentProviderTransaction.InstantSettle.True() && !outsideUS(t)
		},
		timing: instantTiming,
	},
	{
		name: "payout in Canada under way",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, deposit) && is(t.Status, statusNew, pending, authorized, processed) && inCanada(t)
		},
		timing: canadaTiming,
	},
	{
		name: "no upper limit",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			amount, ok := t.Amount.Decimal()
			return is(t.TransactionType, authorize) && is(t.Payment.PaymentType, "2") && ok && amount.IsZero()
		},
		note: say("An amount of zero on an authorization means that it has no upper limit.", D2),
	},
	{
		name: "recurring",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, authorize) && is(t.Payment.PaymentType, "3")
		},
		note: say("This authorization is for payments on an agreed schedule.", S2),
	},
	{
		name: "next automatic capture",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			r := t.Payment.Recurrence
			return is(t.TransactionType, authorize) && is(t.Status, authorized) && r.AutomaticCapture.True() && r.NextOccurrence.Unix() > 0
		},
		note: say("Captures are made automatically; the payment carries the date of the next one.", S2),
	},
	{
		name: "payouts only",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, authorize) && is(t.Payment.PaymentType, "4")
		},
		note: say("This authorization is used for payouts to the customer only.", S2),
	},
	{
		name: "verification only",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, authorize) && is(t.Payment.PaymentType, "5")
		},
		note: say("This authorization only checks the account; the payment itself is made outside Trustly.", S2),
	},
	{
		name: "data only",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, authorize) && is(t.Payment.PaymentType, "6")
		},
		note: say("This authorization only reads account and identity data; there is no payment.", S2),
	},
	{
		name: "payouts can follow",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, authorize) && is(t.Status, authorized) && is(t.Payment.PaymentType, "4")
		},
		next: say("A payout or a cancellation can follow.", D2, D7),
	},
	{
		name: "no payment follows",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, authorize) && is(t.Status, authorized) && is(t.Payment.PaymentType, "5", "6")
		},
		next: say("No capture or payout is expected from it.", S2, Inference),
	},
	{
		name: "end of a preauthorization",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.TransactionType, preauthorization) && is(t.Status, authorized) && t.ExpiredAt.Unix() > 0
		},
		note: say("The record carries the time at which the preauthorization ends.", S3),
	},
	{
		name: "held for the merchant",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.Payment.Verification.Status, "2") && is(t.Status, onHold)
		},
		note: say("The payment's verification status says so too: it is held until the merchant approves it.", S2),
	},
	{
		name: "held for the merchant, by one field only",
		when: func(t *trustlyclient.Transaction, e Explanation) bool {
			return is(t.Payment.Verification.Status, "2") && e.Status.Known && !is(t.Status, onHold)
		},
		note: say("The payment's verification status says that it is held until the merchant approves it; the status of this record does not.", S2),
	},
	{
		name: "refused after verification",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool { return is(t.Payment.Verification.Status, "4") },
		note: say("The payment's verification status says that it was denied after a check by the merchant or Trustly.", S2),
	},
	{
		name: "given back though completed",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return is(t.Status, completed) && (positive(t.Refunded) || positive(t.Reversed))
		},
		note: say("The figures of the record show that money went back, though its status is still Completed.", S2),
	},
	{
		name: "return code beside another status",
		when: func(t *trustlyclient.Transaction, e Explanation) bool {
			return slices.Contains(returnFamilies, e.Code.Family) && e.Status.Known &&
				!is(t.TransactionType, reverse, external) && !is(t.Status, failed, denied, disputed, reversed)
		},
		note: say("The code is one of a return, and the status does not speak of one. The portal does not guess which of them is the latest.", Inference),
	},
	{
		name: "two codes",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			provider := t.PaymentProviderTransaction.Status
			return provider != "" && t.StatusCode != "" && provider != t.StatusCode
		},
		note: say("The record carries two different codes, its status code and that of the payment provider. The latter is explained here.", Inference),
	},
	{
		name: "third party's decline code",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool {
			return t.PaymentProviderTransaction.ThirdPartyDeclineCode != ""
		},
		note: say("The record also carries a decline code of a third party, which no page explains. It is not for the customer.", Inference),
	},
	{
		name: "hidden in Trustly's portal",
		when: func(t *trustlyclient.Transaction, _ Explanation) bool { return is(t.Status, statusNew, pending) },
		note: say("Trustly's own merchant portal does not show records with this status.", D8),
	},
}

func is(code trustlyclient.Code, of ...trustlyclient.Code) bool { return slices.Contains(of, code) }

func positive(a trustlyclient.Amount) bool {
	value, ok := a.Decimal()
	return ok && value.IsPositive()
}

// usTimings are for payments in the United States only.
var usTimings = []Statement{debitTiming, retryTiming, returnTiming, claimTiming, payoutTiming}

func outsideUS(t *trustlyclient.Transaction) bool {
	country := t.Payment.Country
	return country != "" && country != "US" || country == "" && t.Currency != "" && t.Currency != "USD"
}

func inCanada(t *trustlyclient.Transaction) bool {
	return t.Payment.Country == "CA" || t.Payment.Country == "" && t.Currency == "CAD"
}
