package trustlytest

import (
	"cmp"
	"container/heap"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// life makes up families, from the seed alone, and keeps those that are not over yet.
type life struct {
	seed     uint64
	world    *world
	now      int64 // what has happened has happened up to here
	drafted  uint64
	lastID   int64
	open     agenda // families with events left
	arrivals *rand.Rand
	arrival  int64 // of the next payment when the ledger moves on
	between  time.Duration
	weights  int
}

// historyDays is how far back the ledger goes.
const historyDays = 400

// horizonDays is how far ahead recurring payments are planned: past the next monthly debit.
const horizonDays = 35

func newLife(o Options) *life {
	now := o.Now().UnixMilli()
	l := &life{
		seed: o.Seed, world: newWorld(o.Seed, o.Rows, now), now: now, lastID: 1_010_000_000,
		arrivals: rand.New(rand.NewPCG(o.Seed, 2<<40)), between: o.Arrival,
	}
	for _, f := range families {
		l.weights += f.weight
	}
	l.arrival = now + l.pause()
	return l
}

// pause is the time until the next arrival: mostly short, sometimes long.
func (l *life) pause() int64 {
	return max(1, int64(min(l.arrivals.ExpFloat64(), 6)*float64(l.between.Milliseconds())))
}

// begin returns exactly n rows of the past: the sample record, each kind of family, a burst in one millisecond, and
// then what usually happens.
func (l *life) begin(n int) []*Record {
	if n < 0 {
		return nil
	}
	rows := make([]*Record, 0, n)
	if n > 0 {
		rows = append(rows, exampleRecord())
	}
	var links []link
	add := func(d *draft) bool {
		born := d.play(l.now)
		if len(rows)+len(born) > n {
			return false
		}
		rows = append(rows, born...)
		links = d.links(links)
		l.keep(d) // the others go: of a million rows their drafts would weigh as much again
		return true
	}
	for i := range families {
		add(l.showcase(&families[i], i))
	}
	for i := range l.world.hostile {
		add(l.hostile(i))
	}
	for range min(burstSize, n/3) {
		add(l.burst())
	}
	for len(rows) < n {
		r := l.stream()
		start := pastMoment(r, l.now, historyDays)
		if !add(l.draft(l.chooseFamily(r), start)) { // no room for a whole family any more
			add(l.draft(familyNamed("pay"), start))
		}
	}
	l.number(rows)
	for _, k := range links {
		k.child.OriginalID = k.parent.ID
	}
	return rows
}

// stream returns random numbers for the next family, the same for the same seed and place in the row of families.
func (l *life) stream() *rand.Rand { return rand.New(rand.NewPCG(l.seed, 3<<40+l.drafted)) }

func (l *life) chooseFamily(r *rand.Rand) *family {
	n := r.IntN(l.weights)
	for i := range families {
		if n -= families[i].weight; n < 0 {
			return &families[i]
		}
	}
	return &families[0]
}

func familyNamed(name string) *family {
	return &families[slices.IndexFunc(families, func(f family) bool { return f.name == name })]
}

// draft makes up the next payment, of the given kind.
func (l *life) draft(f *family, begins int64) *draft {
	d := l.blank(f, nil, begins)
	f.build(d)
	d.finish()
	return d
}

// blank makes up a payment without records; customer nil = any.
func (l *life) blank(f *family, c *Customer, begins int64) *draft {
	r := rand.New(rand.NewPCG(l.seed, 4<<40+l.drafted))
	l.drafted++
	if c == nil {
		c = l.world.customer(r, f.canada)
	}
	currency := "USD"
	if c.Address.Country == "CA" {
		currency = "CAD"
	}
	m := c.merchant
	reference := m.prefix + strconv.Itoa(20_000+int(l.drafted))
	d := &draft{number: l.drafted, rand: r, ip: clientIP(r), begins: begins, horizon: max(begins, l.now) + horizonDays*day}
	// Room for a usual family at once.
	d.rows, d.parents, d.events = make([]*Record, 0, 4), make([]int, 0, 4), make([]event, 0, 12)
	d.payment = &Payment{
		Type: f.payment, MerchantReference: reference, Description: pick(r, m.descriptions) + " " + strconv.Itoa(20_000+int(l.drafted)),
		Currency: currency, Country: c.Address.Country, AuthToken: capitalToken(r, 12), Flow: 79, CreatedAt: begins - r.Int64N(40),
		VerificationStatus: 3, VerificationMode: 3, VerifyCustomer: r.IntN(2) == 0,
		Merchant: m, Customer: c, Account: c.account, Provider: c.provider,
	}
	if r.IntN(6) == 0 {
		d.payment.Flow, d.payment.VerificationStatus, d.payment.VerificationMode = 59, 1, 0
	}
	return d
}

// number gives ids to new rows in the order of their birth, as the API does. Rows that have one (the sample) keep it.
func (l *life) number(rows []*Record) {
	fresh := make([]*Record, 0, len(rows))
	for _, r := range rows {
		if r.ID == "" {
			fresh = append(fresh, r)
		}
	}
	slices.SortStableFunc(fresh, func(a, b *Record) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) })
	for _, r := range fresh {
		l.name(r)
	}
}

// name gives r the next id, and its payment the one before when it has none.
func (l *life) name(r *Record) {
	l.lastID += 1 + l.lastID%3
	if r.Payment.ID == "" {
		r.Payment.ID = strconv.FormatInt(l.lastID, 10)
		l.lastID++
	}
	r.ID = strconv.FormatInt(l.lastID, 10)
}

// link is a record that was made from another, which has no id yet.
type link struct{ child, parent *Record }

// links appends the links of the family.
func (d *draft) links(list []link) []link {
	for i, r := range d.rows {
		if p := d.parents[i]; p != noParent {
			list = append(list, link{r, d.rows[p]})
		}
	}
	return list
}

// keep remembers a draft with events left.
func (l *life) keep(d *draft) {
	if len(d.events) > 0 {
		heap.Push(&l.open, d)
	}
}

// agenda is a heap of drafts, the one with the earliest event on top; of equals, the one made up first.
type agenda []*draft

func (a agenda) Len() int      { return len(a) }
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a agenda) Less(i, j int) bool {
	if x, y := a[i].events[0].at, a[j].events[0].at; x != y {
		return x < y
	}
	return a[i].number < a[j].number
}
func (a *agenda) Push(d any) { *a = append(*a, d.(*draft)) }
func (a *agenda) Pop() any {
	last := len(*a) - 1
	d := (*a)[last]
	(*a)[last] = nil
	*a = (*a)[:last]
	return d
}
