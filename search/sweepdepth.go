package search

// depth is how deep a sweep asks: not at offsets that the API refuses, fails at, answers without rows or does not heed.
// The walk makes steps in their place, so the rows are the same, and slower. The failure may have been a chance one,
// though: after a while, one answer so deep is asked for, and if it fits, the others are again.
type depth struct {
	least int // offset that is not asked for, 0 for none
	left  int // answers to be joined before one is
	pause int // how many these were the last time
}

// shunned is how many answers are joined before an offset is tried again, the first time. Each further time it takes
// shunnedMore times as many: a failure with 5xx comes after all of the client's tries.
const (
	shunned     = 25
	shunnedMore = 4
)

// allows reports whether to ask at an offset, while the deepest asked for is so deep.
func (d *depth) allows(offset, deepest int) bool {
	return d.least == 0 || offset < d.least || d.left == 0 && deepest < d.least
}

// shun notes that an offset is no good.
func (d *depth) shun(offset int) {
	switch {
	case d.least > 0 && d.left > 0: // asked for before it was known
		d.least = min(d.least, offset)
		return
	case d.pause == 0:
		d.pause = shunned
	default:
		d.pause *= shunnedMore
	}
	d.least, d.left = max(1, offset), d.pause
}

// held notes that an answer at an offset was as it should be.
func (d *depth) held(offset int) {
	if offset >= d.least {
		d.least, d.left = 0, 0
	}
}

// joined notes that an answer was joined.
func (d *depth) joined() { d.left = max(0, d.left-1) }
