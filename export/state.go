package export

import (
	"encoding"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"trustlyportal/search"
)

// State is how far [Plan.Collect] has come, as JSON beside the rows so far. The zero State is the beginning. It holds no
// personal data, but ids and sums.
//
// Its size does not grow with the rows, but for 19 bytes for each 10,000, and for the ids of search.Position.
type State struct {
	Position search.Position `json:"position"`
	Tally    TallyState      `json:"tally"`

	Rows     int       `json:"rows"`
	Repeats  int       `json:"repeats"`  // rows that the API sent again
	Requests int       `json:"requests"` // made to the API
	Runs     int       `json:"runs"`     // calls of Collect, one unless it was interrupted
	ReadFrom time.Time `json:"readFrom"`
	// ReadUntil is when the state was true, not when the last row came.
	ReadUntil time.Time `json:"readUntil"`
	Until     time.Time `json:"until"` // all that was created before has been read; zero: not known yet
	Ended     bool      `json:"ended"` // there are no more rows
}

// TallyState is a [Tally] as it is kept.
type TallyState struct {
	Digest []byte   `json:"digest,omitempty"` // the inner state of a SHA-256, as Go writes it
	Blocks []string `json:"blocks,omitempty"`
	First  *Mark    `json:"first,omitempty"`
	Last   *Mark    `json:"last,omitempty"`
	Totals []Total  `json:"totals,omitempty"`
}

func (t *Tally) state() (TallyState, error) {
	hash, ok := t.digest.hash.(encoding.BinaryMarshaler)
	if !ok {
		return TallyState{}, errors.New("keep the digest: this SHA-256 can't be written down")
	}
	inner, err := hash.MarshalBinary()
	if err != nil {
		return TallyState{}, fmt.Errorf("keep the digest: %w", err)
	}
	return TallyState{Digest: inner, Blocks: slices.Clone(t.blocks), First: t.first, Last: t.last, Totals: t.sums()}, nil
}

// tallyOf goes on counting from a state.
func (p *Plan) tallyOf(s State) (*Tally, error) {
	t := NewTally(p)
	if len(s.Tally.Digest) == 0 {
		return t, nil
	}
	hash, ok := t.digest.hash.(encoding.BinaryUnmarshaler)
	if !ok {
		return nil, errors.New("read the digest: this SHA-256 can't be read back")
	}
	if err := hash.UnmarshalBinary(s.Tally.Digest); err != nil {
		return nil, fmt.Errorf("read the digest: %w", err)
	}
	t.rows, t.blocks, t.first, t.last = s.Rows, slices.Clone(s.Tally.Blocks), s.Tally.First, s.Tally.Last
	for _, total := range s.Tally.Totals {
		sum, err := decimal.NewFromString(total.Amount)
		if err != nil {
			return nil, fmt.Errorf("read the totals: %w", err)
		}
		total.sum = sum
		t.totals[group{total.Type, total.Status, total.Currency}] = &total
	}
	return t, nil
}

// Progress is how much of the range has been read, by time, as a share from 0 to 1, and up to when. A range without a
// start begins at the first row. Rows don't come evenly, so neither does it.
func (p *Plan) Progress(s State) (share float64, until time.Time) {
	span := p.Query().Created
	if s.Ended {
		return 1, span.End
	}
	if span.Start.IsZero() && s.Tally.First != nil {
		span.Start, _ = instant(s.Tally.First.CreatedAt)
	}
	if span.Start.IsZero() || s.Until.IsZero() || !span.Start.Before(span.End) {
		return 0, s.Until
	}
	return min(1, max(0, float64(s.Until.Sub(span.Start))/float64(span.End.Sub(span.Start)))), s.Until
}

// ReceiptOf is [Plan.Receipt] for the rows of a state, with what it says of their reading.
func (p *Plan) ReceiptOf(s State) (Receipt, error) {
	tally, err := p.tallyOf(s)
	if err != nil {
		return Receipt{}, err
	}
	r := p.Receipt(tally)
	r.RepeatsDropped, r.ReadFrom, r.ReadUntil = s.Repeats, s.ReadFrom, s.ReadUntil
	if s.Runs > 1 {
		r.Runs = s.Runs
	}
	return r, nil
}
