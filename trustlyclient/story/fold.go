package story

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"trustlyportal/trustlyclient"
)

// Branch is an entry of the folded tree: a record with what is under it, or a fold.
type Branch struct {
	Record   *Record // nil when it is a fold
	Fold     *Fold
	Branches []Branch // under Record
}

// Fold is several records with the same original that went the same way, told in one line. What is under them is
// folded with them, and went the same way too.
type Fold struct {
	Type    trustlyclient.Code
	Status  trustlyclient.Code
	Code    trustlyclient.Code // ProviderCode of all of them; "" when they differ
	Records []*Record          // by creation
	Inside  int                // how many records are in the fold, with those under its Records
	First   time.Time          // when the first of Records was created; zero when unknown
	Last    time.Time          // and the last
	Sums    []Sum              // of the amounts of Records, by currency
}

// Sum is a sum of amounts in one currency.
type Sum struct {
	Currency trustlyclient.Code
	Total    decimal.Decimal // of the amounts that are known
	Count    int             // records with that currency
	Unknown  int             // of these, how many have an amount that is missing or unreadable
}

// Moment is an entry of the folded timeline: a step, or at its first step a fold, which stands for all steps of its
// records.
type Moment struct {
	Step  *Step
	Fold  *Fold
	Since time.Time // the time of the step before, to tell the gap; zero when there is none, or a fold comes between
}

// maxMoments is how long a timeline may be before it is folded: more than a screen, less than what nobody reads.
const maxMoments = 30

// folding is how much is folded. Each goes further than the one before.
type folding int

const (
	unfolded  folding = iota
	runs              // neighbours that went the same way, three or more
	outcomes          // all with one original that went the same way, provider codes of bad ends told apart
	statuses          // without regard to provider codes
	foldings          // their number
	shortest  = 3     // records in a run that is folded
	afterward = 2     // and in the others
)

// fold folds the tree and the timeline just so far that the timeline is short. This record, those it comes from and
// the last failure stay in sight; a failure is never folded with what went well.
func (s *Story) fold() {
	inSight := map[*Record]bool{}
	for _, r := range []*Record{s.This, s.Summary.LastFailure} {
		for ; r != nil; r = r.Parent {
			inSight[r] = true
		}
	}
	for how := range foldings {
		f := folder{how: how, inSight: inSight, ways: map[string]int{}, way: map[*Record]int{}}
		s.Tree = f.branches(s.Roots)
		s.Timeline = moments(s.Steps, s.Tree)
		if len(s.Timeline) <= maxMoments {
			return
		}
	}
}

type folder struct {
	how     folding
	inSight map[*Record]bool
	ways    map[string]int  // numbers of the ways that records went
	way     map[*Record]int // which way each went
}

func (f *folder) branches(siblings []*Record) []Branch {
	var list []Branch
	for _, group := range f.groups(siblings) {
		least := afterward
		if f.how == runs {
			least = shortest
		}
		if len(group) >= least {
			list = append(list, Branch{Fold: newFold(group)})
			continue
		}
		for _, r := range group {
			list = append(list, Branch{Record: r, Branches: f.branches(r.Children)})
		}
	}
	return list
}

// groups parts siblings into what may be folded together, in the order of their first members.
func (f *folder) groups(siblings []*Record) [][]*Record {
	var list [][]*Record
	index := map[int]int{} // group by way
	for i, r := range siblings {
		way := f.wayOf(r)
		at, met := index[way]
		alone := f.how == unfolded || f.inSight[r]
		if !alone && met && (f.how != runs || f.wayOf(siblings[i-1]) == way && !f.inSight[siblings[i-1]]) {
			list[at] = append(list[at], r)
			continue
		}
		if !alone {
			index[way] = len(list)
		}
		list = append(list, []*Record{r})
	}
	return list
}

// wayOf numbers the way a record went: its type, its outcome, and the ways of what came from it.
func (f *folder) wayOf(r *Record) int {
	if way, ok := f.way[r]; ok {
		return way
	}
	var key strings.Builder
	key.WriteString(strconv.Quote(string(r.TransactionType)) + strconv.Quote(string(r.Status)) + string(r.Link))
	if r.Link == Unlinked {
		key.WriteString(strconv.Quote(string(r.OriginalTransactionID)))
	}
	if f.how < statuses && WentBad(r.Transaction) {
		key.WriteString(strconv.Quote(string(ProviderCode(r.Transaction))))
	}
	for _, child := range r.Children {
		key.WriteString(" " + strconv.Itoa(f.wayOf(child)))
	}
	way, ok := f.ways[key.String()]
	if !ok {
		way = len(f.ways)
		f.ways[key.String()] = way
	}
	f.way[r] = way
	return way
}

func newFold(records []*Record) *Fold {
	first := records[0]
	f := &Fold{Type: first.TransactionType, Status: first.Status, Code: ProviderCode(first.Transaction), Records: records}
	for _, r := range records {
		for range r.all() {
			f.Inside++
		}
		if ProviderCode(r.Transaction) != f.Code {
			f.Code = ""
		}
		if at := r.CreatedAt.Time; !at.IsZero() {
			if f.First.IsZero() || at.Before(f.First) {
				f.First = at
			}
			if at.After(f.Last) {
				f.Last = at
			}
		}
		f.add(r)
	}
	return f
}

func (f *Fold) add(r *Record) {
	i := slices.IndexFunc(f.Sums, func(s Sum) bool { return s.Currency == r.Currency })
	if i < 0 {
		i = len(f.Sums)
		f.Sums = append(f.Sums, Sum{Currency: r.Currency})
	}
	sum := &f.Sums[i]
	sum.Count++
	if value, ok := r.Amount.Decimal(); ok {
		sum.Total = sum.Total.Add(value)
	} else {
		sum.Unknown++
	}
}

// moments folds steps as the tree is folded.
func moments(steps []*Step, tree []Branch) []Moment {
	folded := map[*Record]*Fold{}
	note(tree, folded)
	told := map[*Fold]bool{}
	var list []Moment
	var since time.Time
	for _, step := range steps {
		fold := folded[step.Record]
		switch {
		case fold == nil:
			list = append(list, Moment{Step: step, Since: since})
			since = step.At.Time
		case !told[fold]:
			told[fold] = true
			list = append(list, Moment{Fold: fold})
			since = time.Time{}
		}
	}
	return list
}

func note(tree []Branch, folded map[*Record]*Fold) {
	for _, b := range tree {
		if b.Fold == nil {
			note(b.Branches, folded)
			continue
		}
		for _, top := range b.Fold.Records {
			for r := range top.all() {
				folded[r] = b.Fold
			}
		}
	}
}
