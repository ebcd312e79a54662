package story

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"trustlyportal/trustlyclient"
)

// Record is one record of the payment in its place. The transaction is shared with others: read it, never change it.
type Record struct {
	*trustlyclient.Transaction
	Here     bool      // the story is told from this one
	Link     Link      // how it hangs on Parent
	Parent   *Record   // nil right under the payment
	Children []*Record // by creation
	Steps    []*Step   // by time

	place int // in the order of the tree, from the roots down; from 0
}

// Oddity is something strange about the records of a payment.
type Oddity struct {
	Kind  OddityKind
	ID    string // of the record it is about, the first of them if there are several; "" for Foreign and NoID
	Other string // ParentMissing: the id that no record has
	Count int    // of records, at least 1
}

// OddityKind is what is strange.
type OddityKind string

// The oddities.
const (
	Duplicate     OddityKind = "duplicate"      // the family held this id more than once; its latest state is used
	Changed       OddityKind = "changed"        // this record changed between the two calls; its latest state is used
	ThisMissing   OddityKind = "this-missing"   // the whole family does not hold this record; it is added
	Foreign       OddityKind = "foreign"        // records of another payment, or of none, came along; they are left out
	NoID          OddityKind = "no-id"          // records without a transactionId
	NoPayment     OddityKind = "no-payment"     // this record names no payment, so it has no family
	SelfLink      OddityKind = "self-link"      // the record names itself as its original
	Cycle         OddityKind = "cycle"          // the record comes from itself by way of others; the link is cut here
	ParentMissing OddityKind = "parent-missing" // the record's original is not among the records
)

// odd notes an oddity. Records that miss the same parent, or share an id, are counted in one.
func (s *Story) odd(kind OddityKind, id, other string) {
	for i, o := range s.Oddities {
		if o.Kind == kind && (other != "" && o.Other == other || kind == Duplicate && o.ID == id) {
			s.Oddities[i].Count++
			return
		}
	}
	s.Oddities = append(s.Oddities, Oddity{Kind: kind, ID: id, Other: other, Count: 1})
}

// gather takes each record of the payment once, the latest state of it.
func (s *Story) gather(this *trustlyclient.Transaction, family []*trustlyclient.Transaction, whole bool) {
	var list []*trustlyclient.Transaction
	index := map[trustlyclient.Text]int{}
	foreign, nameless := 0, 0
	for _, t := range family {
		switch {
		case t == nil:
		case !belongs(t, this):
			foreign++
		case t.TransactionID == "":
			nameless++
			list = append(list, t)
		default:
			if i, ok := index[t.TransactionID]; ok {
				s.odd(Duplicate, string(t.TransactionID), "")
				list[i] = latest(list[i], t)
				continue
			}
			index[t.TransactionID] = len(list)
			list = append(list, t)
		}
	}
	i, met := index[this.TransactionID]
	if met {
		if compareStates(list[i], this) != 0 {
			s.odd(Changed, string(this.TransactionID), "")
		}
		list[i] = latest(this, list[i])
	} else {
		i = len(list)
		list = append(list, this)
		if whole {
			s.odd(ThisMissing, string(this.TransactionID), "")
		}
	}
	if this.Payment.PaymentID == "" {
		s.odd(NoPayment, string(this.TransactionID), "")
	}
	if foreign > 0 {
		s.Oddities = append(s.Oddities, Oddity{Kind: Foreign, Count: foreign})
	}
	if nameless > 0 {
		s.Oddities = append(s.Oddities, Oddity{Kind: NoID, Count: nameless})
	}
	s.Complete = whole && met && foreign == 0 && s.PaymentID != ""
	for k, t := range list {
		r := &Record{Transaction: t, Here: k == i}
		if r.Here {
			s.This = r
		}
		s.Records = append(s.Records, r)
	}
	slices.SortStableFunc(s.Records, byCreation)
}

// belongs reports whether t is of the same payment. Without a payment only the record itself is.
func belongs(t, this *trustlyclient.Transaction) bool {
	if this.Payment.PaymentID == "" {
		return t.Payment.PaymentID == "" && t.TransactionID != "" && t.TransactionID == this.TransactionID
	}
	return t.Payment.PaymentID == this.Payment.PaymentID
}

// latest returns the later state of a record, a when they are the same.
func latest(a, b *trustlyclient.Transaction) *trustlyclient.Transaction {
	if compareStates(a, b) < 0 {
		return b
	}
	return a
}

// compareStates orders states of one record, and with an unchanged record the states of its payment.
func compareStates(a, b *trustlyclient.Transaction) int {
	return cmp.Or(
		a.UpdatedAt.Compare(b.UpdatedAt.Time), compareVersions(a.RecordVersion, b.RecordVersion),
		comparePayments(&a.Payment, &b.Payment),
	)
}

func comparePayments(a, b *trustlyclient.Payment) int {
	return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt.Time), compareVersions(a.RecordVersion, b.RecordVersion))
}

// compareVersions knows versions that are numbers; others are all the same to it.
func compareVersions(a, b trustlyclient.Text) int {
	x, errX := strconv.ParseInt(string(a), 10, 64)
	y, errY := strconv.ParseInt(string(b), 10, 64)
	if errX != nil || errY != nil {
		return 0
	}
	return cmp.Compare(x, y)
}

// byCreation puts records without a readable time last, and equal times in the order of ids as numbers.
func byCreation(a, b *Record) int {
	return cmp.Or(compareTimes(a.CreatedAt.Time, b.CreatedAt.Time), cmp.Compare(len(a.TransactionID), len(b.TransactionID)),
		cmp.Compare(a.TransactionID, b.TransactionID))
}

// compareTimes puts a missing time last.
func compareTimes(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}
