package plainwords

import (
	"slices"

	"trustlyportal/trustlyclient"
)

// Transaction types, by the table TransactionType.
const (
	external         trustlyclient.Code = "0"
	authorize        trustlyclient.Code = "1"
	pay              trustlyclient.Code = "2"
	capture          trustlyclient.Code = "3"
	refund           trustlyclient.Code = "4"
	reverse          trustlyclient.Code = "5"
	deposit          trustlyclient.Code = "6"
	reclaim          trustlyclient.Code = "7"
	representment    trustlyclient.Code = "8"
	tokenization     trustlyclient.Code = "9"
	preauthorization trustlyclient.Code = "10"
	guarantee        trustlyclient.Code = "11"
)

// Transaction statuses, by the table TransactionStatus.
const (
	statusNew         trustlyclient.Code = "0"
	pending           trustlyclient.Code = "1"
	authorized        trustlyclient.Code = "2"
	processed         trustlyclient.Code = "3"
	completed         trustlyclient.Code = "4"
	failed            trustlyclient.Code = "5"
	expired           trustlyclient.Code = "6"
	canceled          trustlyclient.Code = "7"
	denied            trustlyclient.Code = "8"
	disputed          trustlyclient.Code = "9"
	reversed          trustlyclient.Code = "10"
	partiallyRefunded trustlyclient.Code = "11"
	refunded          trustlyclient.Code = "12"
	voided            trustlyclient.Code = "13"
	onHold            trustlyclient.Code = "14"
)

type codes = []trustlyclient.Code

// debits take money from the customer's account.
var debits = codes{pay, capture, representment}

// state is one row of the table. Exactly one of codes, kind and family may be set, and only beside types.
type state struct {
	types    codes    // none: any type
	statuses codes    // never none
	codes    []string // provider statuses, as the table of codes writes them
	kind     Kind
	family   Family

	means  Statement
	final  Finality
	next   Statement
	timing Statement // only what a source gives
	tell   string    // "" when nothing can be said safely
	action Action    // "": as the code's words say
}

// states is the whole table. Of the rows that fit a record the most specific speaks.
var states = slices.Concat(statusStates, consentStates, debitStates, declineStates, returnStates, payoutStates, backStates)

// rank tells how specific a row is: type, status and code; then the code's kind; its family; the type; the status alone.
func (s *state) rank() int {
	switch {
	case len(s.codes) > 0:
		return 4
	case s.kind != "":
		return 3
	case s.family != "":
		return 2
	case len(s.types) > 0:
		return 1
	}
	return 0
}

func (s *state) fits(kind, status trustlyclient.Code, code CodeWords) bool {
	return slices.Contains(s.statuses, status) &&
		(len(s.types) == 0 || slices.Contains(s.types, kind)) &&
		(len(s.codes) == 0 || code.Known && slices.Contains(s.codes, code.TableCode)) &&
		(s.kind == "" || s.kind == code.Kind) &&
		(s.family == "" || s.family == code.Family)
}

// findState returns nil for a status that Trustly's tables do not hold.
func findState(kind, status trustlyclient.Code, code CodeWords) *state {
	var best *state
	for i := range states {
		if s := &states[i]; s.fits(kind, status, code) && (best == nil || s.rank() > best.rank()) {
			best = s
		}
	}
	return best
}
