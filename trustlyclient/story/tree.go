package story

import "slices"

// Link is how a record hangs in the tree.
type Link string

// The links. All but Linked stand right under the payment.
const (
	First    Link = "first"    // it names no original: an Authorize, a Pay
	Linked   Link = "linked"   // under the record that it names as its original
	Unlinked Link = "unlinked" // its original, OriginalTransactionID, is not among the records
	Looped   Link = "looped"   // it comes from itself, at once or by way of others
)

// link makes the tree by originalTransactionId: the record that is captured, refunded, returned … [docs]; for a reclaim
// it is a guess. A record whose original is missing stands under the payment.
func (s *Story) link() {
	byID := make(map[string]*Record, len(s.Records))
	for _, r := range s.Records {
		if r.TransactionID != "" {
			byID[string(r.TransactionID)] = r
		}
	}
	for _, r := range s.Records {
		original := string(r.OriginalTransactionID)
		parent := byID[original]
		switch {
		case original == "":
			r.Link = First
		case parent == nil:
			r.Link = Unlinked
			s.odd(ParentMissing, string(r.TransactionID), original)
		case parent == r:
			r.Link = Looped
			s.odd(SelfLink, original, "")
		default:
			r.Link, r.Parent = Linked, parent
		}
	}
	s.cutCycles()
	for _, r := range s.Records {
		if r.Parent == nil {
			s.Roots = append(s.Roots, r)
			continue
		}
		r.Parent.Children = append(r.Parent.Children, r)
	}
	place := 0
	for _, root := range s.Roots {
		for r := range root.all() {
			r.place = place
			place++
		}
	}
}

// cutCycles cuts each cycle at its earliest record.
func (s *Story) cutCycles() {
	walked := make(map[*Record]*Record, len(s.Records)) // by which walk a record was met
	for _, start := range s.Records {
		r := start
		for r != nil && walked[r] == nil {
			walked[r] = start
			r = r.Parent
		}
		if r == nil || walked[r] != start {
			continue
		}
		first := r // r is in a cycle
		for next := r.Parent; next != r; next = next.Parent {
			if byCreation(next, first) < 0 {
				first = next
			}
		}
		first.Parent, first.Link = nil, Looped
		s.odd(Cycle, string(first.TransactionID), "")
	}
}

// all ranges over the record and all under it, parents first.
func (r *Record) all() func(yield func(*Record) bool) {
	return func(yield func(*Record) bool) {
		stack := []*Record{r}
		for len(stack) > 0 {
			next := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !yield(next) {
				return
			}
			for _, child := range slices.Backward(next.Children) {
				stack = append(stack, child)
			}
		}
	}
}
