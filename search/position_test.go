package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"trustlyportal/trustlyclient"
)

// sweepInPieces sweeps so many rows and stops, then goes on from the position as another process reads it, and so on.
func sweepInPieces(l Lister, q Query, workers int, stops []int) ([]string, error) {
	var ids []string
	var from Position
	for {
		s := NewSweepFrom(l, q, from, workers, whole)
		n := -1
		if len(stops) > 0 {
			n, stops = stops[0], stops[1:]
		}
		for ; n != 0; n-- {
			t, err := s.Next(context.Background())
			if err != nil || t == nil {
				s.Close()
				return ids, err
			}
			ids = append(ids, rowID(t))
		}
		s.Close()
		text, err := json.Marshal(s.Position())
		if err != nil {
			return nil, err
		}
		from = Position{}
		if err := json.Unmarshal(text, &from); err != nil {
			return nil, err
		}
	}
}

// timeless has rows without a time besides those of the model: at the beginning or at the end of every list.
type timeless struct {
	shared
	ids   []string
	first bool
}

func (l *timeless) List(_ context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	start, count := o.StartIndex, o.Count
	o.StartIndex, o.Count = 0, len(l.rows)
	page, err := l.model.List(context.Background(), o)
	if err != nil {
		return nil, err
	}
	var loose []*trustlyclient.Transaction
	for _, id := range l.ids {
		loose = append(loose, &trustlyclient.Transaction{TransactionID: trustlyclient.Text(id)})
	}
	if l.first {
		page.Transactions = append(loose, page.Transactions...)
	} else {
		page.Transactions = append(page.Transactions, loose...)
	}
	page.Transactions = page.Transactions[min(start, len(page.Transactions)):]
	page.Transactions = page.Transactions[:min(count, len(page.Transactions))]
	return page, nil
}

// Rows without a time may be in any answer: they are given once, whenever a sweep is interrupted, and make
// no other row pass for known.
func TestRowsWithoutATimeOutlastAnInterruption(t *testing.T) {
	defer goleak.VerifyNone(t)
	rapid.Check(t, func(r *rapid.T) {
		l := &timeless{shared: shared{model: &model{unit: trustlyclient.Milliseconds}}, first: rapid.Bool().Draw(r, "first")}
		var want []string
		for i := range rapid.SampledFrom([]int{0, 3, 250, 1900}).Draw(r, "rows") {
			at := epoch + int64(i)*rapid.SampledFrom([]int64{0, 100, 5000}).Draw(r, "gap")
			if n := len(l.rows); n > 0 {
				at = max(at, l.rows[n-1].created)
			}
			l.rows = append(l.rows, row{id: 10_000 + i, created: at, updated: at})
			want = append(want, strconv.Itoa(10_000+i))
		}
		for i := range rapid.IntRange(0, 5).Draw(r, "without a time") {
			l.ids = append(l.ids, fmt.Sprint("loose", i))
		}
		got, err := sweepInPieces(l, exportQuery(epoch, epoch+100_000_000), rapid.IntRange(1, 4).Draw(r, "workers"), rapid.SliceOfN(rapid.IntRange(0, 900), 0, 4).Draw(r, "stops after"))
		if err != nil {
			r.Fatal(err)
		}
		loose := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return slices.Contains(want, id) })
		timed := slices.DeleteFunc(got, func(id string) bool { return slices.Contains(l.ids, id) })
		slices.Sort(loose)
		if !slices.Equal(timed, want) || !slices.Equal(loose, l.ids) {
			r.Fatalf("got %d rows and those without a time %v, want %d and %v; first difference: %s", len(timed), loose, len(want), l.ids, firstDifference(timed, want))
		}
	})
}

// A row without a time that was given is no mark of what is behind: at the end of the answer that a sweep goes on with,
// it says nothing of the rows before it.
func TestARowWithoutATimeIsNoMark(t *testing.T) {
	l := &timeless{shared: shared{model: &model{unit: trustlyclient.Milliseconds}}, ids: []string{"loose"}}
	for i := range 1900 {
		at := epoch + int64(i)*5000
		l.rows = append(l.rows, row{id: 10_000 + i, created: at, updated: at})
	}
	for stop := 1805; stop < 1900; stop += 10 {
		got, err := sweepInPieces(l, exportQuery(epoch, epoch+100_000_000), 2, []int{stop})
		if err != nil || len(got) != 1901 {
			t.Errorf("gone on with after %d rows: got %d rows and %v, want 1901", stop, len(got), err)
		}
	}
}

// Nor does it keep a sweep from its end where few rows share the last instant.
func TestRowsWithoutATimeBeforeAFewOfOneInstant(t *testing.T) {
	l := &timeless{shared: shared{model: &model{unit: trustlyclient.Milliseconds}}, first: true, ids: []string{"a", "b", "c", "d", "e"}}
	for i := range 160 {
		l.rows = append(l.rows, row{id: 10_000 + i, created: epoch + int64(i/4)*1000})
	}
	for stop := 150; stop <= 165; stop++ {
		got, err := sweepInPieces(l, exportQuery(epoch, epoch+100_000_000), 1, []int{stop})
		if err != nil || len(got) != 165 {
			t.Errorf("gone on with after %d rows: got %d rows and %v, want 165", stop, len(got), err)
		}
	}
}

// So many rows without a time that a position would have to hold too many of them are an error, not a loss.
func TestTooManyRowsWithoutATimeAreAnError(t *testing.T) {
	l := &timeless{shared: shared{model: &model{unit: trustlyclient.Milliseconds}}}
	for i := range maxLoose + 1 {
		l.ids = append(l.ids, fmt.Sprint("loose", i))
	}
	if got, err := sweepAll(l, exportQuery(epoch, epoch+1000), 2); !errors.Is(err, ErrTooManyLoose) || len(got) != maxLoose {
		t.Errorf("got %d rows and %v, want %d and %v", len(got), err, maxLoose, ErrTooManyLoose)
	}
}

// Covered never falls behind the rows given.
func TestCoveredNeverGoesBack(t *testing.T) {
	m := &model{unit: trustlyclient.Milliseconds}
	for i := range 5000 {
		m.rows = append(m.rows, row{id: 10_000 + i, created: epoch + int64(i)*500, updated: epoch})
	}
	s := NewSweep(&indexed{shared: shared{model: m}}, exportQuery(epoch-1000, epoch+100_000_000), 4, whole)
	defer s.Close()
	var before time.Time
	for n := 0; ; n++ {
		row, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at := s.Covered()
		if at.Before(before) || row != nil && at.Before(row.CreatedAt.Time) {
			t.Fatalf("after row %d: got %v, want no less than %v and the row's time", n, at, before)
		}
		if before = at; row == nil {
			return
		}
	}
}

// Within waits no longer than it may, and says when Next has something to say.
func TestWithinTellsWhetherNextWaits(t *testing.T) {
	m := &model{unit: trustlyclient.Milliseconds, rows: []row{{id: 1, created: epoch, updated: epoch}}}
	l := &blocked{shared: shared{model: m}, open: make(chan struct{})}
	s := NewSweep(l, exportQuery(epoch, epoch+1000), 2, whole)
	defer s.Close()
	if s.Within(t.Context(), time.Millisecond) {
		t.Error("got an answer before the API gave one")
	}
	close(l.open)
	for _, want := range []bool{true, false} { // a row, then the end
		if !s.Within(t.Context(), time.Minute) {
			t.Fatal("got no answer within a minute")
		}
		if row, err := s.Next(t.Context()); err != nil || (row != nil) != want {
			t.Errorf("got %v and %v, want a row: %t", row, err, want)
		}
	}
}

// blocked answers once it is opened.
type blocked struct {
	shared
	open chan struct{}
}

func (b *blocked) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	select {
	case <-b.open:
		return b.shared.List(ctx, o)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
