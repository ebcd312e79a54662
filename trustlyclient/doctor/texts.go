package doctor

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"
)

// textField is a text filter and the value that it looks at.
type textField struct {
	check, name string
	of          func(row) string
}

var textFields = []textField{
	{CheckMatchName, "payment.customer.name", func(r row) string { return r.name }},
	{CheckMatchDescription, "payment.description", func(r row) string { return r.description }},
	{CheckMatchReference, "payment.merchantReference", func(r row) string { return r.reference }},
}

// texts finds how text filters match.
func (e *examination) texts(ctx context.Context) {
	for _, f := range textFields {
		switch {
		case len(e.known) == 0:
			e.unknown(f.check, "there are no transactions")
		case e.unit == 0:
			e.unknown(f.check, "the unit of time filters is not known")
		default:
			e.match(ctx, f)
		}
	}
}

// match asks for parts of one row's value in a window that holds another row too, which must not come: a filter that is
// ignored would bring both.
func (e *examination) match(ctx context.Context, f textField) {
	mine, other, ok := e.pair(f.of)
	if !ok {
		e.unknown(f.check, "no two transactions near each other have different values of some length")
		return
	}
	value := f.of(mine)
	ask := func(text, shown string) (found, deaf bool, a *answer) {
		a = e.list(ctx, latestFirst(e.most).within(min(mine.created, other.created)-slack, max(mine.created, other.created)+slack, e.unit).hidden(f.name, text, shown))
		return a.has(mine.id), a.has(other.id), a
	}
	head, inside, n := parts(value)
	found, deaf, first := ask(head, fmt.Sprintf("the first %d of a row's %d letters", utf8.RuneCountInString(head), n))
	switch {
	case !first.ok():
		e.unknown(f.check, "the question was not answered", first)
	case deaf:
		e.found(f.check, Problem, "ignored", "the filter is ignored: other values come too", first)
	case found:
		found, _, second := ask(inside, fmt.Sprintf("%d letters from the middle", utf8.RuneCountInString(inside)))
		switch {
		case !second.ok():
			e.unknown(f.check, "the question was not answered", first, second)
		case found:
			e.found(f.check, OK, "partial", f.name+" matches any part of the text", first, second)
		default:
			e.found(f.check, OK, "prefix", f.name+" matches the beginning of the text", first, second)
		}
	default:
		found, deaf, second := ask(value, "the whole")
		switch {
		case !second.ok():
			e.unknown(f.check, "the question was not answered", first, second)
		case found && !deaf:
			e.found(f.check, OK, "exact", f.name+" matches the whole text only", first, second)
		default:
			e.found(f.check, Differs, "", f.name+" does not find a row even by its own value", first, second)
		}
	}
}

// shortest text that can be asked for in part.
const shortest = 6

// parts returns the text without its end, and without both ends.
func parts(value string) (head, inside string, letters int) {
	r := []rune(value)
	cut := len(r) - 2
	return strings.TrimSpace(string(r[:cut])), strings.TrimSpace(string(r[2:cut])), len(r)
}

// plain reports whether a text says nothing special to any search.
func plain(text string) bool {
	return len(text) >= shortest && len(text) <= 60 && strings.TrimSpace(text) == text && strings.IndexFunc(text, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == ' ' || r == '-' || r == '_')
	}) < 0
}

// pair finds two rows near each other in time, of which the second one's text holds nothing that is asked for of the
// first one's.
func (e *examination) pair(of func(row) string) (mine, other row, ok bool) {
	const near = 20 // rows of the list
	best := int64(-1)
	for i, a := range e.known {
		if !plain(of(a)) {
			continue
		}
		head, inside, _ := parts(of(a))
		if len(inside) < 2 || len(head) < 3 {
			continue
		}
		for j := max(0, i-near); j < min(len(e.known), i+near); j++ {
			b := e.known[j]
			text := strings.ToLower(of(b))
			if text == "" || strings.Contains(text, strings.ToLower(head)) || strings.Contains(text, strings.ToLower(inside)) {
				continue
			}
			apart := max(a.created-b.created, b.created-a.created)
			if e.widest > 0 && apart > e.widest.Milliseconds()/2 {
				continue
			}
			if best < 0 || apart < best {
				best, mine, other = apart, a, b
			}
		}
	}
	return mine, other, best >= 0
}
