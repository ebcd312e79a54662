package story

import (
	"time"

	"trustlyportal/trustlyclient"
)

// Story is a payment told from one of its records.
type Story struct {
	PaymentID string // "" when the record names none
	This      *Record
	Records   []*Record // each once, by creation; This is one of them
	Roots     []*Record // those right under the payment, by creation
	Oddities  []Oddity  // what was strange about the records

	// Complete says that Records are the whole family as far as can be told: asked for, all of it read, this record in
	// it and no stranger. Otherwise members may be missing.
	Complete bool

	Steps    []*Step  // all, by time
	Tree     []Branch // Roots and what is under them, folded when there is much
	Timeline []Moment // Steps, folded as Tree is

	Money   Money
	Summary Summary
}

// Tell tells the story of a payment from this record. The family is what one call by payment.paymentId returned, in
// any order; whole says that the call succeeded and returned all of it. now parts what is planned from what is past.
// Nothing it is given is changed, and nothing is refused: what does not fit together is among the Oddities.
func Tell(this *trustlyclient.Transaction, family []*trustlyclient.Transaction, whole bool, now time.Time) *Story {
	s := &Story{PaymentID: string(this.Payment.PaymentID)}
	s.gather(this, family, whole)
	s.link()
	s.recount(now)
	s.Summary = summarize(s, now)
	s.fold()
	s.Money = account(s)
	return s
}

// Record returns the record with that id.
func (s *Story) Record(id string) (*Record, bool) {
	for _, r := range s.Records {
		if string(r.TransactionID) == id && id != "" {
			return r, true
		}
	}
	return nil, false
}
