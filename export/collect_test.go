package export

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// ledger is an API over a slice: bounds included, ordered by creation and then id.
type ledger struct {
	mu       sync.Mutex
	rows     []*trustlyclient.Transaction
	between  func() // before each request
	requests int
	failAt   int // the request that fails, 0 for none
}

var errDown = errors.New("the API is down")

func (l *ledger) TimeUnit() trustlyclient.TimeUnit { return trustlyclient.Milliseconds }

func (l *ledger) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l.between != nil {
		l.between()
	}
	if l.requests++; l.requests == l.failAt {
		return nil, errDown
	}
	in := func(r trustlyclient.TimeRange, at trustlyclient.Time) bool {
		return (r.Start.IsZero() || !at.Before(r.Start)) && (r.End.IsZero() || !at.After(r.End))
	}
	var found []*trustlyclient.Transaction
	for _, t := range l.rows {
		if in(o.Created, t.CreatedAt) && in(o.Updated, t.UpdatedAt) && (len(o.Filters["transactionStatus"]) == 0 || slices.Contains(o.Filters["transactionStatus"], string(t.Status))) {
			found = append(found, t)
		}
	}
	slices.SortStableFunc(found, func(a, b *trustlyclient.Transaction) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt.Time), cmp.Compare(a.TransactionID, b.TransactionID))
	})
	found = found[min(o.StartIndex, len(found)):]
	return &trustlyclient.Page{Transactions: found[:min(o.Count, len(found))]}, nil
}

func (l *ledger) add(id int, millis int64) *trustlyclient.Transaction {
	at := trustlyclient.Time{Time: time.UnixMilli(millis).UTC(), Text: strconv.FormatInt(millis, 10)}
	t := &trustlyclient.Transaction{
		TransactionID: trustlyclient.Text(strconv.Itoa(id)), TransactionType: "3", Status: trustlyclient.Code([]string{"4", "5"}[id%2]), Currency: "USD",
		Amount: trustlyclient.Amount{Text: fmt.Sprintf("%d.%02d", id%1000-20, id%100)}, CreatedAt: at, UpdatedAt: at,
	}
	t.Payment.Customer.Email = trustlyclient.Text(fmt.Sprintf("customer%d@example.com", id))
	l.rows = append(l.rows, t)
	return t
}

// kept is what a database keeps of an export.
type kept struct {
	spec  []byte // JSON
	state []byte // JSON
	parts [][]byte
}

func keep(t interface{ Fatal(...any) }, spec Spec) *kept {
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	return &kept{spec: text, state: []byte("{}")}
}

// read is what another process finds.
func (k *kept) read(t interface{ Fatal(...any) }) (*Plan, State) {
	var spec Spec
	var state State
	if err := errors.Join(json.Unmarshal(k.spec, &spec), json.Unmarshal(k.state, &state)); err != nil {
		t.Fatal(err)
	}
	plan, err := spec.Plan()
	if err != nil {
		t.Fatal(err)
	}
	return plan, state
}

func (k *kept) save(_ context.Context, part Part) error {
	state, err := json.Marshal(part.State)
	if err != nil {
		return err
	}
	k.state = state
	if part.N > 0 {
		k.parts = append(k.parts, slices.Clone(part.Rows))
	}
	return nil
}

func (k *kept) all() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, rows := range k.parts {
			if !yield(rows, nil) {
				return
			}
		}
	}
}

func (k *kept) ids(t interface{ Fatal(...any) }) []string {
	var ids []string
	for _, rows := range k.parts {
		for e, err := range DecodeRows(rows) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, e.Row[0].Text)
		}
	}
	return ids
}

const (
	ledgerStart = 1_790_000_000_000 // before testNow
	ledgerQuery = "columns=transactionType,status,amount,createdAt,payment.customer.email&tz=America/New_York"
)

// Killed at any save or request, any number of times: what is kept at last is just what an undisturbed run keeps, in the
// same order, with the same digest and receipt. If rows arrive and change meanwhile, those that stayed are all there, once.
func TestCollectGoesOnAsIfNothingHappened(t *testing.T) {
	defer goleak.VerifyNone(t)
	rapid.Check(t, func(r *rapid.T) {
		const most = 40
		l := &ledger{}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		span := rapid.SampledFrom([]int64{1, 30, 100_000, 50_000_000}).Draw(r, "span") // few instants make many ties
		for i := range rapid.SampledFrom([]int{0, 1, 40, 333}).Draw(r, "rows") {
			l.add(10_000+i, ledgerStart+random.Int64N(span))
		}
		moving := rapid.Bool().Draw(r, "moving")
		spec := planOf(t, ledgerQuery+"&transactionStatus=4&transactionStatus=5").Spec()

		plain := keep(r, spec)
		plan, state := plain.read(r)
		undisturbed, err := plan.collect(t.Context(), l, 3, state, plain.save, most)
		if err != nil {
			r.Fatal(err)
		}
		touched := map[string]bool{}
		if start := slices.Clone(l.rows); moving {
			l.between = func() {
				if len(l.rows) > 2000 {
					return
				}
				l.add(90_000+len(l.rows), ledgerStart+random.Int64N(2*span)) // between those that are there, too
				if len(start) > 0 {
					gone := start[random.IntN(len(start))]
					i := slices.Index(l.rows, gone)
					if i < 0 {
						return // has changed before
					}
					changed := *gone // whoever was answered with it may still read it
					changed.Status, touched[string(gone.TransactionID)] = "10", true
					l.rows[i] = &changed
				}
			}
		}

		k := keep(r, spec)
		runs, saves := 0, 0
		for ended := false; !ended; {
			if runs++; runs > 1000 {
				r.Fatal("it never ends")
			}
			kill := rapid.SampledFrom([]string{"before a save", "after a save", "request", ""}).Draw(r, "kill")
			after := rapid.IntRange(0, 4).Draw(r, "after")
			ctx, cancel := context.WithCancel(t.Context())
			if l.failAt = 0; kill == "request" {
				l.failAt = l.requests + 1 + after
			}
			plan, state := k.read(r)
			last, err := plan.collect(ctx, l, rapid.IntRange(1, 4).Draw(r, "workers"), state, func(ctx context.Context, part Part) error {
				saves++
				if after--; after < 0 && kill == "before a save" {
					return errors.New("the disk is full")
				}
				if after < 0 && kill == "after a save" {
					cancel()
				}
				return k.save(ctx, part)
			}, most)
			cancel()
			_, found := k.read(r)
			if text, _ := json.Marshal(last); string(text) != string(k.state) && found.Runs > 0 {
				r.Fatalf("got the state %s, want the one saved last, %s", text, k.state)
			}
			if ended = found.Ended; err == nil && !ended {
				r.Fatal("it ended without an error, and without saying that it ended")
			}
		}
		plan, state = k.read(r)
		if err := Check(plan, state, k.all()); err != nil {
			r.Fatal(err)
		}
		if !moving {
			got, want := receiptOf(r, plan, state), receiptOf(r, plan, undisturbed)
			got.ReadFrom, got.ReadUntil, got.Runs, got.RepeatsDropped = want.ReadFrom, want.ReadUntil, want.Runs, want.RepeatsDropped
			if g, w := fmt.Sprint(asJSON(got)), fmt.Sprint(asJSON(want)); g != w {
				r.Fatalf("got the receipt %s, want %s", g, w)
			}
		}
		met := map[string]int{}
		var stayed []string
		for _, id := range k.ids(r) {
			if met[id]++; met[id] > 1 {
				r.Fatalf("row %s: met %d times", id, met[id])
			}
			if len(id) == 5 && id < "90000" && !touched[id] {
				stayed = append(stayed, id)
			}
		}
		want := slices.DeleteFunc(plain.ids(r), func(id string) bool { return touched[id] })
		if !slices.Equal(stayed, want) {
			r.Fatalf("after %d runs and %d saves: got %d rows, want %d", runs, saves, len(stayed), len(want))
		}
	})
}

func receiptOf(t interface{ Fatal(...any) }, plan *Plan, state State) Receipt {
	r, err := plan.ReceiptOf(state)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func asJSON(r Receipt) string {
	text, err := r.JSON()
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// collected is a finished collection.
func collected(t testing.TB, l *ledger, spec Spec) (*kept, *Plan, State) {
	t.Helper()
	k := keep(t, spec)
	plan, state := k.read(t)
	state, err := plan.collect(t.Context(), l, 2, state, k.save, 100)
	if err != nil {
		t.Fatal(err)
	}
	return k, plan, state
}

// A part that is missing, twice, changed or out of place is found.
func TestCheckFindsWhatIsNotWhatWasCounted(t *testing.T) {
	l := &ledger{}
	for i := range 450 {
		l.add(10_000+i, ledgerStart+int64(i)*1000)
	}
	k, plan, state := collected(t, l, planOf(t, ledgerQuery).Spec())
	if len(k.parts) < 4 || state.Rows != 450 {
		t.Fatalf("got %d parts and %d rows, want several parts of 450", len(k.parts), state.Rows)
	}
	if err := Check(plan, state, k.all()); err != nil {
		t.Fatal(err)
	}
	other, _, _ := collected(t, l, planOf(t, "columns=amount").Spec())
	good := k.parts
	for name, parts := range map[string][][]byte{
		"none":                       nil,
		"the last is missing":        good[:len(good)-1],
		"one is missing":             slices.Delete(slices.Clone(good), 1, 2),
		"one is there twice":         slices.Insert(slices.Clone(good), 1, good[1]),
		"two have changed places":    append([][]byte{good[1], good[0]}, good[2:]...),
		"one has other columns":      append([][]byte{other.parts[0]}, good[1:]...),
		"one more than were counted": append(slices.Clone(good), good[0]),
	} {
		k.parts = parts
		if err := Check(plan, state, k.all()); !errors.Is(err, ErrPartsDiffer) {
			t.Errorf("%s: got %v, want %v", name, err, ErrPartsDiffer)
		}
	}
	k.parts = append([][]byte{good[0][:len(good[0])/2]}, good[1:]...)
	if err := Check(plan, state, k.all()); !errors.Is(err, errPart) {
		t.Errorf("half a part: got %v, want %v", err, errPart)
	}
}

// From the kept parts every format is written as it is from the API's rows.
func TestEveryFormatComesFromTheParts(t *testing.T) {
	l := &ledger{}
	for i := range 250 {
		l.add(10_000+i, ledgerStart+int64(i)*1000)
	}
	k, plan, state := collected(t, l, planOf(t, ledgerQuery).Spec())
	for _, format := range Formats() {
		direct, want := written(t, format, plan, l.rows)
		path := writtenFrom(t, format, plan, k)
		verified(t, path, want)
		if format.Extension == "xlsx" { // has the time of writing in it
			continue
		}
		if got, want := readFile(t, path), readFile(t, direct); got != want {
			t.Errorf("%s: got\n%.300s\nwant\n%.300s", format.Name, got, want)
		}
	}
	if r := receiptOf(t, plan, state); r.Runs != 0 || r.ReadFrom.IsZero() || r.ReadUntil.Before(r.ReadFrom) || r.Masking != Masked || r.ChangedSince != nil {
		t.Errorf("got the receipt %+v, want when it was read, and nothing said of an interruption", r)
	}
}

// Whatever the rows hold: they come out of a part as they went in.
func TestPartsKeepEveryText(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := []byte{partForm}
		var want []*Entry
		for range rapid.IntRange(1, 3).Draw(r, "rows") {
			e := &Entry{Row: make(Row, rapid.IntRange(1, 6).Draw(r, "cells"))}
			for i := range e.Row {
				if n := rapid.IntRange(-3, 3).Draw(r, "texts"); n < 0 {
					e.Row[i].Text = anyText().Draw(r, "text")
				} else {
					e.Row[i].List = append([]string{}, rapid.SliceOfN(anyText(), n, n).Draw(r, "list")...)
				}
			}
			e.facts[factAmount] = anyText().Draw(r, "fact")
			b, want = appendEntry(b, e), append(want, e)
		}
		rows, err := compress(b)
		if err != nil {
			r.Fatal(err)
		}
		i := 0
		for e, err := range DecodeRows(rows) {
			if err != nil {
				r.Fatal(err)
			}
			if fmt.Sprintf("%q", e) != fmt.Sprintf("%q", want[i]) {
				r.Fatalf("got %q, want %q", e, want[i])
			}
			i++
		}
		if i != len(want) {
			r.Fatalf("got %d rows, want %d", i, len(want))
		}
	})
}

// FuzzDecodeRows reads any bytes as a part: they are refused, or they are entries.
func FuzzDecodeRows(f *testing.F) {
	plan := planOf(f, factQuery)
	b := []byte{partForm}
	for _, t := range sampleRows(f, 3) {
		b = appendEntry(b, plan.Entry(t))
	}
	f.Add(b)
	f.Add([]byte{partForm, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, plain []byte) {
		rows, err := compress(plain)
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{plain, rows} {
			for e, err := range DecodeRows(data) {
				if (e == nil) == (err == nil) || err != nil && !errors.Is(err, errPart) {
					t.Fatalf("got %v and %v, want an entry or %v", e, err, errPart)
				}
			}
		}
	})
}

// A slow API's rows are kept while it is waited for, and an interruption is said in the receipt.
func TestCollectSavesWhileItWaits(t *testing.T) {
	l := &ledger{}
	for i := range 300 {
		l.add(10_000+i, ledgerStart+int64(i)*1000)
	}
	k := keep(t, planOf(t, ledgerQuery).Spec())
	plan, state := k.read(t)
	ctx, cancel := context.WithCancel(t.Context())
	slow := &waiting{ledger: l, from: 3}
	_, err := plan.Collect(ctx, slow, 1, state, func(_ context.Context, part Part) error {
		cancel()
		return k.save(ctx, part)
	})
	plan, state = k.read(t)
	if !errors.Is(err, context.Canceled) || state.Rows == 0 || state.Rows >= 300 || state.Ended {
		t.Fatalf("got %d rows kept and %v, want those of the first answers", state.Rows, err)
	}
	if share, until := plan.Progress(state); share <= 0 || share >= 1 || until.IsZero() {
		t.Errorf("got the progress %g until %v, want something between", share, until)
	}
	state, err = plan.Collect(t.Context(), l, 2, state, k.save)
	if share, _ := plan.Progress(state); err != nil || share != 1 || receiptOf(t, plan, state).Runs != 2 {
		t.Errorf("got the progress %g after %d runs and %v, want 1 after 2", share, state.Runs, err)
	}
}

// waiting answers no request from one on.
type waiting struct {
	*ledger
	from int
}

func (w *waiting) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	w.mu.Lock()
	stuck := w.requests+1 >= w.from
	w.mu.Unlock()
	if stuck {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return w.ledger.List(ctx, o)
}

var _ search.Lister = (*ledger)(nil)
