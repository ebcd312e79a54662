package doctor

import (
	"context"
	"slices"

	"trustlyportal/trustlyclient"
)

// Quick finds what a portal must not start in the wrong about: whether the API accepts the credentials and answers
// lists that can be read, the unit of time filters against the configured one, and whether rows come in the order asked
// for. It takes 4 requests at most, 2 where all is well. Errors are those of [Run].
func Quick(ctx context.Context, o trustlyclient.Options) (*Report, error) {
	e, err := newExamination(o, quickMaximum)
	if err != nil {
		return nil, err
	}
	e.quick = true
	if e.connect(ctx) {
		e.quickTimes(ctx)
	}
	if len(e.took) > 0 && len(e.ahead) > 0 {
		e.clock()
	}
	return e.finish(ctx)
}

// quickTimes asks for some rows of the first page by their times, oldest first, in the configured unit and if need be
// in the other: that tells the unit and the order at once.
func (e *examination) quickTimes(ctx context.Context) {
	if len(e.known) == 0 {
		for _, check := range []string{CheckShape, CheckTimeUnit, CheckOrder} {
			e.unknown(check, "there are no transactions")
		}
		return
	}
	// The oldest ten rows of the page, or fewer.
	rows := e.known[max(0, len(e.known)-10):]
	to, from := rows[0], rows[len(rows)-1]
	if lone := e.lone(); lone.created < to.created {
		to = lone
		for _, r := range e.known {
			if r.created >= from.created && r.created < e.known[0].created-5*slack {
				to = r
				break
			}
		}
	}
	ask := func(unit int64) (found, deaf bool, a *answer) {
		a = e.list(ctx, oldestFirst(25).within(from.created-slack, to.created+slack, unit))
		for _, r := range a.rows {
			deaf = deaf || r.created < from.created-2*slack || r.created > to.created+2*slack
		}
		return !deaf && len(a.rows) > 0, deaf, a
	}
	units := []int64{1, 1000}
	if e.options.TimeUnit == trustlyclient.Seconds {
		units = []int64{1000, 1}
	}
	if e.hint != 0 && e.hint != units[0] {
		units = []int64{e.hint, units[0]} // the configured one found nothing already
	}
	found, deaf, a := ask(units[0])
	evidence, answered := []*answer{a}, a
	inUnit := map[int64]bool{units[0]: found}
	if !found && !deaf && e.left() > 0 {
		found, deaf, answered = ask(units[1])
		inUnit[units[1]] = found
		evidence = append(evidence, answered)
	}
	e.judgeUnit(inUnit[1], inUnit[1000], deaf, evidence...)

	up := answered.rows
	ascends := slices.IsSortedFunc(up, func(a, b row) int { return int(max(-1, min(1, a.created-b.created))) })
	descends := slices.IsSortedFunc(e.newest, func(a, b row) int { return int(max(-1, min(1, b.created-a.created))) })
	switch {
	case !descends || len(up) > 1 && !ascends:
		e.found(CheckOrder, Problem, "ignored", "rows do not come in the order asked for", answered)
	case len(up) < 2 || up[0].created == up[len(up)-1].created:
		e.unknown(CheckOrder, "too few transactions of different times came", answered)
	default:
		e.found(CheckOrder, OK, "honoured", "sortOrder is heeded", answered)
	}
}
