package export

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// Part is what one save of [Plan.Collect] adds: rows, and the state after them. Both have to be kept together or not at all.
type Part struct {
	Rows  []byte // compressed, not encrypted: see DecodeRows; empty if the state alone moved on
	N     int    // how many
	State State
	Until time.Time // State.Until
}

// Workers is how many requests an export has under way at most: two more than are worth having in flight, since some answers
// are being read. How many are really in flight is for the client's budget to say; memory grows with them.
const Workers = 10

// When Collect saves: after so many rows or bytes, or so much time since it did.
const (
	partRows  = 1000
	partBytes = 4 << 20
	partEvery = time.Second
)

// Collect reads the plan's rows on from a state, and gives them to save in order: about each 1,000 rows, or each second
// if there are any, and once at the end, with State.Ended, though there be no rows. It returns the state saved last.
//
// After an error, of the API or of save, Collect goes on from the state saved last with exactly the rows that an
// undisturbed run would have given. So a part that failed to be saved must not be there later. lister is asked in the
// background, after people's pages; workers is how many requests it has under way, see [Workers].
func (p *Plan) Collect(ctx context.Context, lister search.Lister, workers int, from State, save func(context.Context, Part) error) (State, error) {
	return p.collect(ctx, lister, workers, from, save, partRows)
}

func (p *Plan) collect(ctx context.Context, lister search.Lister, workers int, from State, save func(context.Context, Part) error, most int) (State, error) {
	if from.Ended {
		return from, nil
	}
	tally, err := p.tallyOf(from)
	if err != nil {
		return from, err
	}
	ctx = trustlyclient.InBackground(ctx)
	c := &collector{plan: p, tally: tally, begun: from, saved: from, save: save, rows: []byte{partForm}, at: time.Now()}
	if from.ReadFrom.IsZero() {
		c.begun.ReadFrom = Stamp(c.at)
	}
	c.sweep = search.NewSweepFrom(lister, p.Query(), from.Position, workers, p.pack)
	defer c.sweep.Close()
	for entry := new(Entry); ; {
		if !c.sweep.Within(ctx, partEvery) {
			if err := c.flush(ctx, false); err != nil {
				return c.saved, err
			}
		}
		row, err := c.sweep.Next(ctx)
		if err != nil {
			return c.saved, err
		}
		if row == "" {
			err := c.flush(ctx, true)
			return c.saved, err
		}
		c.rows = append(c.rows, row...)
		c.n++
		row.unpack(entry)
		tally.Add(entry)
		if c.n >= most || len(c.rows) >= partBytes || c.n%flushEvery == 0 && time.Since(c.at) >= partEvery {
			if err := c.flush(ctx, false); err != nil {
				return c.saved, err
			}
		}
	}
}

// collector is a Collect under way.
type collector struct {
	plan  *Plan
	sweep *search.Sweep[packed]
	tally *Tally
	begun State // where this run began
	saved State
	save  func(context.Context, Part) error

	rows []byte // since the last save, after their form, not compressed
	n    int
	at   time.Time // of the last save
}

// flush saves what there is, unless nothing is new.
func (c *collector) flush(ctx context.Context, ended bool) error {
	until := c.sweep.Covered()
	if c.n == 0 && !ended && !until.After(c.saved.Until) {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.at = time.Now()
	counted, err := c.tally.state()
	if err != nil {
		return err
	}
	var rows []byte
	if c.n > 0 {
		if rows, err = compress(c.rows); err != nil {
			return err
		}
	}
	s := State{
		Position: c.sweep.Position(), Tally: counted, Rows: c.tally.Rows(), Ended: ended, Until: until, Runs: c.begun.Runs + 1,
		Repeats: c.begun.Repeats + c.sweep.Repeats(), Requests: c.begun.Requests + c.sweep.Requests(),
		ReadFrom: c.begun.ReadFrom, ReadUntil: Stamp(c.at),
	}
	if ended {
		s.Until = c.plan.Query().Created.End
	}
	if err := c.save(ctx, Part{Rows: rows, N: c.n, State: s, Until: s.Until}); err != nil {
		return fmt.Errorf("keep rows: %w", err)
	}
	c.saved, c.rows, c.n = s, append(c.rows[:0], partForm), 0
	return nil
}

// Stamp is a time as a receipt tells it.
func Stamp(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

// ErrPartsDiffer is the answer to parts that are not those of their state.
var ErrPartsDiffer = errors.New("the kept rows are not those that were counted")

// Check counts the rows of all parts anew and holds them against a state. It returns [ErrPartsDiffer] if one is missing,
// twice, changed or out of place.
func Check(p *Plan, s State, parts iter.Seq2[[]byte, error]) error {
	want, err := p.ReceiptOf(s)
	if err != nil {
		return err
	}
	tally := NewTally(p)
	for rows, err := range parts {
		if err != nil {
			return err
		}
		for e, err := range DecodeRows(rows) {
			switch {
			case err != nil:
				return err
			case len(e.Row) != len(p.fields):
				return fmt.Errorf("%w: row %d has %d cells, want %d", ErrPartsDiffer, tally.Rows()+1, len(e.Row), len(p.fields))
			}
			tally.Add(e)
		}
	}
	got := p.Receipt(tally)
	if err := compareReceipts(got, want); err != nil {
		return fmt.Errorf("%w: %w", ErrPartsDiffer, err)
	}
	return nil
}
