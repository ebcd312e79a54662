package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"trustlyportal/trustlyclient"
)

// Getter is what a look-up asks. *trustlyclient.Client is one.
type Getter interface {
	Lister
	Get(ctx context.Context, id string) (*trustlyclient.Transaction, error)
}

// LookupRows is how many transactions a reading of an entry is read for; of more it is only said that there are more.
const LookupRows = 25

// Match is what one reading of an entry found. Without rows and without More it found nothing.
type Match struct {
	Reading Reading
	Rows    []*trustlyclient.Transaction // those that hold the value, as one may see in the record
	More    bool                         // there are more than LookupRows, so some may hold it that were not read

	// Unsure are rows that the API answered with, but that do not hold the value where one would look for it: how the
	// API matches references is not documented.
	Unsure int
}

// Answer is what became of one entry.
type Answer struct {
	Asked   []Reading // in this order
	Matches []Match   // of the readings that found something
}

// None reports whether every reading was asked and found nothing.
func (a Answer) None() bool { return len(a.Matches) == 0 }

// Rows are the distinct transactions that match; sure is false if there may be others, or none.
func (a Answer) Rows() (rows []*trustlyclient.Transaction, sure bool) {
	seen := map[string]bool{}
	sure = true
	for _, m := range a.Matches {
		sure = sure && !m.More && m.Unsure == 0
		for _, t := range m.Rows {
			if !seen[rowID(t)] {
				seen[rowID(t)] = true
				rows = append(rows, t)
			}
		}
	}
	return rows, sure
}

// errWrongRecord: the API answered with another transaction than it was asked for.
var errWrongRecord = errors.New("the API answered with another transaction than it was asked for")

// LookUp asks the API for an entry in its [PastedReadings], one after the other. An ID of Trustly's that is known settles
// it: IDs are given once, so no further reading is asked. References are the merchant's, who may use one twice: there
// every reading is asked.
//
// An error means that a reading could not be asked, so nothing is known: the entry is neither found nor not found.
func LookUp(ctx context.Context, api Getter, entry string, now time.Time) (Answer, error) {
	var a Answer
	for _, r := range PastedReadings(entry) {
		m, err := ask(ctx, api, r, entry, now)
		if err != nil {
			return a, fmt.Errorf("look up by %s: %w", r.Label(), err)
		}
		a.Asked = append(a.Asked, r)
		if len(m.Rows) > 0 || m.More || m.Unsure > 0 {
			a.Matches = append(a.Matches, m)
		}
		if len(m.Rows) > 0 && settles(r) {
			break
		}
	}
	return a, nil
}

func settles(r Reading) bool { return r.Name != nameReference && r.Name != nameExternal }

func ask(ctx context.Context, api Getter, r Reading, entry string, now time.Time) (Match, error) {
	m := Match{Reading: r}
	if r.Name == ReadRecord {
		t, err := api.Get(ctx, r.Value)
		switch {
		case errors.Is(err, trustlyclient.ErrNotFound):
			return m, nil
		case err != nil:
			return m, err
		case string(t.TransactionID) != r.Value:
			return m, fmt.Errorf("%w: %w", trustlyclient.ErrMalformed, errWrongRecord)
		}
		m.Rows = append(m.Rows, t)
		return m, nil
	}
	walk := NewWalk(api, r.In(emptyView()).Query(now), Cursor{}, LookupRows+1)
	for n := 1; ; n++ {
		t, err := walk.Next(ctx)
		switch {
		case err != nil:
			return m, err
		case t == nil:
			return m, nil
		case n > LookupRows:
			m.More = true
			return m, nil
		case holds(t, r, entry):
			m.Rows = append(m.Rows, t)
		case !r.Loose: // a loose one brings others on purpose
			m.Unsure++
		}
	}
}

// holds reports whether a record shows the value that it was found by. A loose reading asks for less than was pasted:
// there the record's own reference has to be the whole.
func holds(t *trustlyclient.Transaction, r Reading, entry string) bool {
	if r.Loose {
		return strings.EqualFold(string(t.MerchantReference), Tidy(entry))
	}
	var values []trustlyclient.Text
	switch r.Name {
	case namePayment:
		values = []trustlyclient.Text{t.Payment.PaymentID}
	case nameOriginal:
		values = []trustlyclient.Text{t.OriginalTransactionID}
	case nameProviderID:
		values = []trustlyclient.Text{t.PaymentProviderTransaction.PaymentProviderTransactionID}
	case nameReference:
		values = []trustlyclient.Text{t.Payment.MerchantReference, t.MerchantReference}
	case nameExternal:
		values = []trustlyclient.Text{t.Payment.Customer.ExternalID}
	}
	for _, v := range values {
		if strings.EqualFold(string(v), r.Value) {
			return true
		}
	}
	return false
}
