package search

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"trustlyportal/trustlyclient"
)

// shared lets several requests at once ask a model.
type shared struct {
	*model
	mu   sync.Mutex
	fail int // the request that fails, 0 for none
}

var errDown = errors.New("the API is down")

func (s *shared) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.fail > 0 && s.requests+1 >= s.fail {
		return nil, errDown
	}
	return s.model.List(ctx, o)
}

// whole keeps a row as it is.
func whole(t *trustlyclient.Transaction) *trustlyclient.Transaction { return t }

func sweepAll(l Lister, q Query, workers int) ([]string, error) {
	s := NewSweep(l, q, workers, whole)
	defer s.Close()
	var ids []string
	for {
		t, err := s.Next(context.Background())
		if err != nil || t == nil {
			return ids, err
		}
		ids = append(ids, string(t.TransactionID))
	}
}

func exportQuery(from, to int64) Query {
	q := Query{Created: trustlyclient.TimeRange{Start: time.UnixMilli(from).UTC()}}
	return q.Export(time.UnixMilli(to).UTC())
}

// Side by side or one after the other, in one piece or interrupted and gone on
// with elsewhere: the same rows in the same order, each that matched throughout
// exactly once.
func TestSweepGivesWhatOneWalkGives(t *testing.T) {
	defer goleak.VerifyNone(t)
	rapid.Check(t, func(r *rapid.T) {
		span := rapid.SampledFrom([]int64{10, 5_000, 3_000_000}).Draw(r, "span")
		m := &model{
			unit:      rapid.SampledFrom([]trustlyclient.TimeUnit{trustlyclient.Milliseconds, trustlyclient.Seconds}).Draw(r, "unit"),
			exclusive: rapid.Bool().Draw(r, "exclusive"),
			truncates: rapid.Bool().Draw(r, "truncates"),
			seconds:   rapid.Bool().Draw(r, "seconds"),
			cap:       rapid.SampledFrom([]int{0, 0, 50}).Draw(r, "cap"),
		}
		n := rapid.SampledFrom([]int{0, 1, 99, 100, 101, 1200, 2500}).Draw(r, "rows")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		var want []string
		touched := map[int]bool{}
		for i := range n {
			at := epoch + random.Int64N(span+1)
			if random.IntN(3) == 0 { // a dense part
				at = epoch + span/2 + random.Int64N(span/50+1)
			}
			m.rows = append(m.rows, row{id: 10_000 + i, created: at, updated: at})
		}
		from, to := epoch+span/10, epoch+span
		if m.seconds { // within a second, such rows can't be told apart
			from, to = from/1000*1000, (to+999)/1000*1000
		}
		moves := rapid.IntRange(0, 2).Draw(r, "moves")
		start := slices.Clone(m.rows)
		left := 200 // a past that grows for ever has no end to walk to
		m.between = func(m *model) {
			for range min(moves, left) {
				left--
				at := epoch + random.Int64N(2*span)
				m.rows = append(m.rows, row{id: 90_000 + len(m.rows), created: at, updated: at})
				if n > 0 {
					i := random.IntN(n)
					m.rows[i].gone, touched[m.rows[i].id] = true, true
				}
			}
		}
		stops := rapid.SliceOfN(rapid.IntRange(0, 900), 0, 4).Draw(r, "stops after")
		got, err := sweepInPieces(&shared{model: m}, exportQuery(from, to), rapid.IntRange(1, 6).Draw(r, "workers"), stops)
		if err != nil {
			r.Fatalf("sweep: %v", err)
		}
		slices.SortFunc(start, func(a, b row) int {
			if a.created != b.created {
				return int(a.created - b.created)
			}
			return a.id - b.id
		})
		for _, was := range start {
			if was.created >= from && was.created < to && !touched[was.id] {
				want = append(want, strconv.Itoa(was.id))
			}
		}
		var kept []string
		met := map[string]int{}
		for _, id := range got {
			if met[id]++; met[id] > 1 {
				r.Fatalf("row %s: met %d times", id, met[id])
			}
			if number, _ := strconv.Atoi(id); number < 90_000 && !touched[number] {
				kept = append(kept, id)
			}
		}
		if !slices.Equal(kept, want) {
			r.Fatalf("got %d rows, want %d in order; first difference: %s", len(kept), len(want), firstDifference(kept, want))
		}
	})
}

func firstDifference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			return fmt.Sprintf("at %d got %q, want %q", i, g, w)
		}
	}
	return "none"
}

func TestSweepCostsARequestPerHundredRows(t *testing.T) {
	for _, c := range []struct {
		name      string
		rows      int
		gap       int64 // milliseconds between rows
		at        int64 // of the first row, after the range's start
		atMost    int
		rangeDays int64
	}{
		{"dense", 50_000, 200, 0, 516, 1},
		{"dense after twenty empty years", 20_000, 200, 20 * 365 * 86_400_000, 210, 25 * 365},
		{"an hour in a year", 150, 20_000, 0, 6, 365},
		{"two answers evenly", 150, 200 * 86_400, 0, 3, 30},
		{"an empty year", 0, 0, 0, 2, 365},
		{"a few in a year", 10, 20 * 86_400_000, 0, 4, 365},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &model{unit: trustlyclient.Milliseconds}
			for i := range c.rows {
				at := epoch + c.at + int64(i)*c.gap
				m.rows = append(m.rows, row{id: 100_000 + i, created: at, updated: at})
			}
			l := &indexed{shared: shared{model: m}}
			got, err := sweepAll(l, exportQuery(epoch, epoch+c.rangeDays*86_400_000), 4)
			if err != nil || len(got) != c.rows {
				t.Fatalf("got %d rows and %v, want %d", len(got), err, c.rows)
			}
			if m.requests > c.atMost {
				t.Errorf("got %d requests, want at most %d", m.requests, c.atMost)
			}
		})
	}
}

// A row from years ago before a dense range does not make the sweep take the one for the other: the range is read side
// by side, in little more than a quarter of the time that its requests take one after the other.
func TestSweepReadsSideBySideAfterAnOldRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &model{unit: trustlyclient.Milliseconds, rows: []row{{id: 1, created: epoch}}}
		const years = 7 * 365 * 86_400_000
		for i := range 20_000 {
			at := epoch + years + int64(i)*1000
			m.rows = append(m.rows, row{id: 100_000 + i, created: at, updated: at})
		}
		began := time.Now()
		got, err := sweepAll(&distant{indexed{shared: shared{model: m}}}, exportQuery(epoch, epoch+years+20_000_000), 4)
		if err != nil || len(got) != 20_001 {
			t.Fatalf("got %d rows and %v, want 20001", len(got), err)
		}
		if took, alone := time.Since(began), time.Duration(m.requests)*distance; took > alone/3 {
			t.Errorf("%d requests took %v, want at most a third of the %v that they take one by one", m.requests, took, alone)
		}
	})
}

// What the API answers twice is counted, to be told in a receipt: rows answered are rows given and repeats.
func TestSweepCountsRepeats(t *testing.T) {
	m := &model{unit: trustlyclient.Milliseconds}
	for i := range 5000 {
		m.rows = append(m.rows, row{id: 100_000 + i, created: epoch + int64(i/3)*1000, updated: epoch})
	}
	l := &counting{indexed: indexed{shared: shared{model: m}}}
	s := NewSweep(l, exportQuery(epoch, epoch+86_400_000), 4, whole)
	defer s.Close()
	given := 0
	for t, err := s.Next(context.Background()); t != nil || err != nil; t, err = s.Next(context.Background()) {
		given++
	}
	if given != 5000 || s.Repeats() == 0 || s.Repeats() != l.answered-given {
		t.Errorf("got %d rows and %d repeats of %d rows answered, want 5000 and the rest", given, s.Repeats(), l.answered)
	}
}

// counting counts the rows it answers.
type counting struct {
	indexed
	total    sync.Mutex
	answered int
}

func (c *counting) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	page, err := c.indexed.List(ctx, o)
	c.total.Lock()
	defer c.total.Unlock()
	c.answered += len(page.Transactions)
	return page, err
}

// limited has so many requests in flight at most.
type limited struct {
	distant
	slots chan struct{}
}

func (l *limited) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	l.slots <- struct{}{}
	defer func() { <-l.slots }()
	return l.distant.List(ctx, o)
}

// A sweep asks about as fast as a loop that knows where each hundred rows begin, with as many requests in flight, however
// the rows lie. The loop's last requests leave together; of a sweep's, the first leaves alone.
func TestSweepKeepsTheBudgetBusy(t *testing.T) {
	const slots = 8
	for _, c := range []struct {
		name string
		gap  func(at int64, random *rand.Rand) float64 // milliseconds to the next row
	}{
		{"even", func(int64, *rand.Rand) float64 { return 1000 }},
		{"at random", func(_ int64, r *rand.Rand) float64 { return r.ExpFloat64() * 30_000 }},
		{"few at night", func(at int64, r *rand.Rand) float64 {
			if at/3_600_000%24 < 8 {
				return r.ExpFloat64() * 60_000
			}
			return r.ExpFloat64() * 5_000
		}},
		{"in bursts", func(_ int64, r *rand.Rand) float64 {
			if r.IntN(500) == 0 {
				return r.ExpFloat64() * 4_000_000
			}
			return r.ExpFloat64() * 2000
		}},
		{"many at once", func(_ int64, r *rand.Rand) float64 {
			if r.IntN(20) > 0 {
				return 0
			}
			return 60_000
		}},
	} {
		for _, size := range []struct {
			rows  int
			least float64
		}{{20_000, 0.88}, {100_000, 0.95}} {
			if size.rows > 20_000 && c.name != "in bursts" && c.name != "many at once" { // the hardest
				continue
			}
			t.Run(fmt.Sprint(c.name, " ", size.rows), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m, random, at := &model{unit: trustlyclient.Milliseconds}, rand.New(rand.NewPCG(1, 2)), int64(epoch)
					for i := range size.rows {
						at += int64(c.gap(at, random))
						m.rows = append(m.rows, row{id: 100_000 + i, created: at, updated: at})
					}
					began := time.Now()
					got, err := sweepAll(&limited{distant{indexed{shared: shared{model: m}}}, make(chan struct{}, slots)}, exportQuery(epoch-5*365*86_400_000, at+1), slots)
					if err != nil || len(got) != size.rows {
						t.Fatalf("got %d rows and %v, want %d", len(got), err, size.rows)
					}
					bare := time.Duration((size.rows/100+slots-1)/slots) * distance
					share := bare.Seconds() / time.Since(began).Seconds()
					t.Logf("%.3f of the bare loop's speed with %d requests", share, m.requests)
					if share < size.least {
						t.Errorf("got %.3f of the bare loop's speed with %d requests, want %.2f", share, m.requests, size.least)
					}
				})
			})
		}
	}
}

// It does so as well where answers take differing times, and now and then one much longer, while which the others go on as
// far as they may.
func TestSweepKeepsTheBudgetBusyWhileOneIsLate(t *testing.T) {
	const rows = 40_000
	for _, slots := range []int{4, 8} {
		synctest.Test(t, func(t *testing.T) {
			m := &model{unit: trustlyclient.Milliseconds}
			for i := range rows {
				m.rows = append(m.rows, row{id: 100_000 + i, created: epoch + int64(i)*1000, updated: epoch})
			}
			u := &uneven{Lister: &indexed{shared: shared{model: m}}, random: rand.New(rand.NewPCG(5, 6))}
			began := time.Now()
			var loops sync.WaitGroup
			var asked atomic.Int64
			for range slots {
				loops.Go(func() {
					for asked.Add(1) <= rows/100 {
						_, _ = u.List(context.Background(), trustlyclient.ListOptions{})
					}
				})
			}
			loops.Wait()
			bare := time.Since(began)
			u.asked, began = 0, time.Now()
			got, err := sweepAll(u, exportQuery(epoch, epoch+rows*1000), slots)
			if err != nil || len(got) != rows {
				t.Fatalf("got %d rows and %v, want %d", len(got), err, rows)
			}
			share := bare.Seconds() / time.Since(began).Seconds()
			t.Logf("%d in flight: %.3f of the bare loop's speed with %d requests", slots, share, u.asked)
			if share < 0.85 {
				t.Errorf("%d in flight: got %.3f of the bare loop's speed with %d requests, want 0.85", slots, share, u.asked)
			}
		})
	}
}

// While one answer takes long, the others are asked for so deep and no deeper, however many rows there are.
func TestSweepAsksNoDeeper(t *testing.T) {
	for workers, deepest := range map[int]int{4: 1200, 8: 2400} {
		synctest.Test(t, func(t *testing.T) {
			m := &model{unit: trustlyclient.Milliseconds}
			for i := range 10_000 {
				m.rows = append(m.rows, row{id: 100_000 + i, created: epoch + int64(i)*1000, updated: epoch})
			}
			f := &firstLate{indexed: indexed{shared: shared{model: m}}}
			got, err := sweepAll(f, exportQuery(epoch, epoch+10_000_000), workers)
			if err != nil || len(got) != 10_000 {
				t.Fatalf("got %d rows and %v, want 10000", len(got), err)
			}
			if f.deepest > deepest || f.deepest < deepest*3/4 {
				t.Errorf("%d in flight: got startIndex %d, want %d at most, and not much less", workers, f.deepest, deepest)
			}
		})
	}
}

// firstLate takes a minute for its second answer.
type firstLate struct {
	indexed
	asked atomic.Int64
}

func (f *firstLate) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	if f.asked.Add(1) == 2 {
		time.Sleep(time.Minute)
	}
	f.mu.Lock()
	f.deepest = max(f.deepest, o.StartIndex)
	f.mu.Unlock()
	return f.indexed.List(ctx, o)
}

// uneven answers after 50 ms, half of that more or less, and each twentieth time or so after four times as much: the same
// each time that so many were asked.
type uneven struct {
	Lister
	mu     sync.Mutex
	random *rand.Rand
	took   []time.Duration
	asked  int
}

func (u *uneven) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	u.mu.Lock()
	if u.asked == len(u.took) {
		took := distance/2 + time.Duration(u.random.Int64N(int64(distance)))
		if u.random.IntN(20) == 0 {
			took *= 4
		}
		u.took = append(u.took, took)
	}
	took := u.took[u.asked]
	u.asked++
	u.mu.Unlock()
	time.Sleep(took)
	return u.Lister.List(ctx, o)
}

// distant answers after a while.
type distant struct{ indexed }

const distance = 50 * time.Millisecond

func (d *distant) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	time.Sleep(distance)
	return d.indexed.List(ctx, o)
}

// indexed answers from rows already in order, for long lists.
type indexed struct{ shared }

func (s *indexed) List(_ context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	at := func(ms int64) int {
		i, _ := slices.BinarySearchFunc(s.rows, ms, func(r row, ms int64) int { return int(r.created - ms) })
		return i
	}
	found := s.rows[at(o.Created.Start.UnixMilli()):at(o.Created.End.UnixMilli()+1)]
	found = found[min(o.StartIndex, len(found)):]
	page := &trustlyclient.Page{}
	for _, r := range found[:min(o.Count, len(found))] {
		page.Transactions = append(page.Transactions, &trustlyclient.Transaction{TransactionID: trustlyclient.Text(strconv.Itoa(r.id)), CreatedAt: s.time(r.created)})
	}
	return page, nil
}

// unsettled puts rows of one instant in another order each time.
type unsettled struct {
	shared
	random *rand.Rand
}

func (u *unsettled) List(_ context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	start, count := o.StartIndex, o.Count
	o.StartIndex, o.Count = 0, len(u.rows)
	page, err := u.model.List(context.Background(), o)
	if err != nil {
		return nil, err
	}
	rows := page.Transactions
	u.random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	slices.SortStableFunc(rows, func(a, b *trustlyclient.Transaction) int { return a.CreatedAt.Compare(b.CreatedAt.Time) })
	page.Transactions = rows[min(start, len(rows)):][:min(count, len(rows)-min(start, len(rows)))]
	return page, nil
}

// A few rows of one instant may stand in another order in each answer: none is lost where one answer ends and the next
// begins.
func TestSweepOfRowsInNoOrderWithinAnInstant(t *testing.T) {
	for seed := range uint64(8) {
		u := &unsettled{shared{model: &model{unit: trustlyclient.Milliseconds}}, rand.New(rand.NewPCG(seed, 1))}
		at := int64(epoch)
		for i := range 1000 {
			if u.random.IntN(3) == 0 || i%5 == 0 { // five at most
				at += 1000
			}
			u.rows = append(u.rows, row{id: 10_000 + i, created: at, updated: at})
		}
		got, err := sweepAll(u, exportQuery(epoch, at+1), 4)
		slices.Sort(got)
		if n := len(slices.Compact(got)); err != nil || n != 1000 || len(got) != n {
			t.Errorf("seed %d: got %d rows, %d of them different, and %v, want 1000", seed, len(got), n, err)
		}
	}
}

// shallow does something else than asked from an offset on.
type shallow struct {
	indexed
	least    int
	instead  func(context.Context, *shallow, trustlyclient.ListOptions) (*trustlyclient.Page, error)
	answered int // so
}

func (l *shallow) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	if o.StartIndex < l.least {
		return l.indexed.List(ctx, o)
	}
	l.mu.Lock()
	l.answered++
	l.mu.Unlock()
	return l.instead(ctx, l, o)
}

// failing answers with a status.
func failing(status int, kind error) func(context.Context, *shallow, trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	return func(context.Context, *shallow, trustlyclient.ListOptions) (*trustlyclient.Page, error) {
		return nil, &trustlyclient.Error{StatusCode: status, Err: kind}
	}
}

// An API that does not do what it is asked at offsets makes a sweep slower and nothing else: the same rows, in order,
// in not many more requests than a walk by time makes: some show now and then that the offsets are still no good.
func TestSweepDoesWithoutOffsets(t *testing.T) {
	const rows = 6_000
	instead := map[string]func(context.Context, *shallow, trustlyclient.ListOptions) (*trustlyclient.Page, error){
		"400":            failing(400, trustlyclient.ErrBadRequest),
		"404":            failing(404, trustlyclient.ErrNotFound),
		"413":            failing(413, trustlyclient.ErrBadRequest),
		"422":            failing(422, trustlyclient.ErrBadRequest),
		"500":            failing(500, trustlyclient.ErrUnavailable),
		"not to be read": failing(200, trustlyclient.ErrMalformed),
		"clamped": func(ctx context.Context, l *shallow, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
			o.StartIndex = l.least
			return l.indexed.List(ctx, o)
		},
		"ignored": func(ctx context.Context, l *shallow, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
			o.StartIndex = 0
			return l.indexed.List(ctx, o)
		},
		"empty": func(context.Context, *shallow, trustlyclient.ListOptions) (*trustlyclient.Page, error) {
			return &trustlyclient.Page{}, nil
		},
		"cut short": func(ctx context.Context, l *shallow, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
			o.Count = max(0, min(o.Count, 340-o.StartIndex))
			return l.indexed.List(ctx, o)
		},
	}
	for _, name := range slices.Sorted(maps.Keys(instead)) {
		for _, least := range []int{1, 100, 300} {
			synctest.Test(t, func(t *testing.T) { // for the order of answers
				m := &model{unit: trustlyclient.Milliseconds}
				for i := range rows {
					m.rows = append(m.rows, row{id: 100_000 + i, created: epoch + int64(i)*1000, updated: epoch})
				}
				l := &shallow{indexed: indexed{shared: shared{model: m}}, least: least, instead: instead[name]}
				got, err := sweepAll(&late{l}, exportQuery(epoch, epoch+rows*1000), 8)
				if err != nil || len(got) != rows || !slices.IsSorted(got) || len(slices.Compact(got)) != rows {
					t.Errorf("%s from offset %d on: got %d rows, in order: %t, and %v, want %d", name, least, len(got), slices.IsSorted(got), err, rows)
				}
				all := m.requests
				if name != "clamped" && name != "ignored" && name != "cut short" { // these ask the model
					all += l.answered
				}
				t.Logf("%s from offset %d on: %d requests, %d of them so deep", name, least, all, l.answered)
				if all > rows/100*2 {
					t.Errorf("%s from offset %d on: got %d requests, want %d at most", name, least, all, rows/100*2)
				}
			})
		}
	}
}

// late answers after a while.
type late struct{ Lister }

func (l *late) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	time.Sleep(distance)
	return l.Lister.List(ctx, o)
}

// An API that fails at all, and not at offsets alone, ends a sweep as it would end a walk: what is in flight fails, and
// a step in place of the first, and little more is asked.
func TestSweepEndsWithAnOutage(t *testing.T) {
	for _, status := range []int{500, 503, 400, 404} {
		synctest.Test(t, func(t *testing.T) {
			m := &model{unit: trustlyclient.Milliseconds}
			for i := range 5000 {
				m.rows = append(m.rows, row{id: 100_000 + i, created: epoch + int64(i)*1000, updated: epoch})
			}
			kind := trustlyclient.ErrUnavailable
			if status < 500 {
				kind = trustlyclient.ErrBadRequest
			}
			o := &outage{indexed: indexed{shared: shared{model: m}}, from: 20, err: &trustlyclient.Error{StatusCode: status, Err: kind}}
			got, err := sweepAll(&late{o}, exportQuery(epoch, epoch+5_000_000), 8)
			if !errors.Is(err, o.err) || !slices.IsSorted(got) || len(got) > 100*(o.from+8) {
				t.Errorf("%d: got %d rows and %v, want those before the outage and its error", status, len(got), err)
			}
			if o.failed > 2*8+1 {
				t.Errorf("%d: got %d requests that failed, want at most two for each of the 8 in flight and a step", status, o.failed)
			}
		})
	}
}

// outage answers nothing but err from a request on.
type outage struct {
	indexed
	from, failed int
	err          error
}

func (o *outage) List(ctx context.Context, options trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	o.mu.Lock()
	down := o.requests >= o.from
	if down {
		o.failed++
	}
	o.mu.Unlock()
	if down {
		return nil, o.err
	}
	return o.indexed.List(ctx, options)
}

// Failures by chance at offsets cost little: once an answer so deep fits, such are asked for again.
func TestSweepGoesBackToOffsets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &model{unit: trustlyclient.Milliseconds}
		const rows = 40_000
		for i := range rows {
			m.rows = append(m.rows, row{id: 100_000 + i, created: epoch + int64(i)*1000, updated: epoch})
		}
		began := time.Now()
		l := &shallow{indexed: indexed{shared: shared{model: m}}, least: 1}
		l.instead = func(ctx context.Context, l *shallow, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
			if time.Since(began) < time.Second {
				return nil, &trustlyclient.Error{StatusCode: 502, Err: trustlyclient.ErrUnavailable}
			}
			return l.indexed.List(ctx, o)
		}
		got, err := sweepAll(&late{l}, exportQuery(epoch, epoch+rows*1000), 8)
		if err != nil || len(got) != rows {
			t.Fatalf("got %d rows and %v, want %d", len(got), err, rows)
		}
		// Some answers one by one, and the others by eights.
		if most := (shunned + 20 + (rows/98-shunned)/8) * distance; time.Since(began) > most {
			t.Errorf("got %v, want at most %v", time.Since(began), most)
		}
	})
}

// A failure at any request ends the sweep with an error, never early without one.
func TestSweepNeverEndsEarly(t *testing.T) {
	defer goleak.VerifyNone(t)
	for fail := 1; fail < 45; fail++ {
		m := &model{unit: trustlyclient.Milliseconds}
		for i := range 3_000 {
			m.rows = append(m.rows, row{id: 10_000 + i, created: epoch + int64(i)*500, updated: epoch})
		}
		got, err := sweepAll(&shared{model: m, fail: fail}, exportQuery(epoch, epoch+10_000_000), 4)
		if err == nil && len(got) != 3_000 {
			t.Errorf("failing from request %d: got %d rows and no error", fail, len(got))
		}
		if fail <= 30 && !errors.Is(err, errDown) {
			t.Errorf("failing from request %d: got %v, want %v", fail, err, errDown)
		}
	}
}

func TestSweepEndsWhenClosed(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := &model{unit: trustlyclient.Milliseconds}
	for i := range 20_000 {
		m.rows = append(m.rows, row{id: 10_000 + i, created: epoch + int64(i)*500, updated: epoch})
	}
	s := NewSweep(&indexed{shared: shared{model: m}}, exportQuery(epoch, epoch+100_000_000), 4, whole)
	for range 150 {
		if _, err := s.Next(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	s.Close()
	NewSweep(m, Query{}, 1, whole).Close() // never begun
}
