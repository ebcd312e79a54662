package export

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"trustlyportal/search"
)

// Tally counts rows as they pass: how many, the first and the last, the totals and the digest. Its memory does not grow
// with them.
type Tally struct {
	fields      []search.Field
	digest      *digest
	blocks      []string
	rows        int
	first, last *Mark
	totals      map[group]*Total
}

// Mark is one row: its id and when it was created.
type Mark struct {
	ID        string `json:"transactionId"`
	CreatedAt string `json:"createdAt"` // ISO 8601 in UTC; the API's own text if that is no time
}

// Total is what the rows of one type, status and currency add up to.
type Total struct {
	Type       string `json:"transactionType"`
	TypeName   string `json:"transactionTypeName,omitempty"`
	Status     string `json:"status"`
	StatusName string `json:"statusName,omitempty"`
	Currency   string `json:"currency"`
	Rows       int    `json:"rows"`
	Amount     string `json:"amount"`               // exact decimal: the sum of the amounts that can be read
	Missing    int    `json:"missing,omitempty"`    // rows without an amount
	Unreadable int    `json:"unreadable,omitempty"` // rows whose amount is no number

	sum   decimal.Decimal
	cents int64 // to be added to it
}

type group struct{ kind, status, currency string }

// Fields that the totals and marks are made of, whether or not they are columns.
const (
	factID = iota
	factCreated
	factType
	factStatus
	factCurrency
	factAmount
	factCount
)

var factFields = func() (fields [factCount]search.Field) {
	for i, path := range []string{"transactionId", "createdAt", "transactionType", "status", "currency", "amount"} {
		fields[i], _ = search.LookupField(path)
	}
	return fields
}()

// facts are their canonical texts in one row.
type facts [factCount]string

// NewTally begins to count rows of these columns.
func NewTally(p *Plan) *Tally { return newTally(p.fields) }

func newTally(fields []search.Field) *Tally {
	columns := make([]string, len(fields))
	for i, f := range fields {
		columns[i] = f.Path
	}
	return &Tally{fields: fields, digest: newDigest(columns), totals: map[group]*Total{}}
}

// Add counts an entry.
func (t *Tally) Add(e *Entry) { t.add(e.facts, e.Row) }

func (t *Tally) add(about facts, row Row) {
	for i, f := range t.fields {
		t.digest.cell(canonical(f, row[i]))
	}
	t.digest.endLine()
	t.rows++
	if t.rows%blockRows == 0 {
		t.blocks = append(t.blocks, t.Digest()[:blockDigits])
	}
	t.last = &Mark{ID: about[factID], CreatedAt: about[factCreated]}
	if t.first == nil {
		t.first = t.last
	}
	key := group{about[factType], about[factStatus], about[factCurrency]}
	total := t.totals[key]
	if total == nil {
		total = &Total{Type: key.kind, Status: key.status, Currency: key.currency,
			TypeName: codeName(factFields[factType], key.kind), StatusName: codeName(factFields[factStatus], key.status)}
		t.totals[key] = total
	}
	total.add(about[factAmount])
}

func (t *Total) add(amount string) {
	t.Rows++
	if n, ok := cents(amount); ok {
		if t.cents += n; t.cents > manyCents || t.cents < -manyCents {
			t.exact()
		}
		return
	}
	d, ok := money(amount)
	switch {
	case ok:
		t.sum = t.sum.Add(d)
	case amount == "":
		t.Missing++
	default:
		t.Unreadable++
	}
}

// manyCents is what cents may come to; another amount of them fits beside it.
const manyCents = 1 << 62

// exact is the sum.
func (t *Total) exact() decimal.Decimal {
	t.sum, t.cents = t.sum.Add(decimal.New(t.cents, -2)), 0
	return t.sum
}

// Rows is how many were counted.
func (t *Tally) Rows() int { return t.rows }

// Digest is the digest over the rows so far.
func (t *Tally) Digest() string { return t.digest.String() }

// sums are the totals by type, status and currency.
func (t *Tally) sums() []Total {
	out := make([]Total, 0, len(t.totals))
	for _, total := range t.totals {
		total.Amount = moneyText(total.exact())
		out = append(out, *total)
	}
	slices.SortFunc(out, func(a, b Total) int {
		return cmp.Or(byCode(a.Type, b.Type), byCode(a.Status, b.Status), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

// byCode sorts 9 before 10.
func byCode(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
