package trustlytest

import (
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// query is one list request, read.
type query struct {
	filters              []func(*Record) bool
	created, updated     span
	processed, completed span
	startIndex, count    int
	byUpdated, ascending bool
	flipTies             bool // rows of equal times in the opposite order
}

// span is a range of Unix milliseconds, both ends within.
type span struct{ from, to int64 }

var everything = span{math.MinInt64, math.MaxInt64}

// holds reports whether t lies within; a missing time (0) lies within the open span only.
func (s span) holds(t int64) bool { return s == everything || t != 0 && s.from <= t && t <= s.to }

func (q *query) matches(r *Record) bool {
	if !q.created.holds(r.CreatedAt) || !q.updated.holds(r.UpdatedAt) ||
		!q.processed.holds(r.ProcessedAt) || !q.completed.holds(r.CompletedAt) {
		return false
	}
	for _, matches := range q.filters {
		if !matches(r) {
			return false
		}
	}
	return true
}

// The paging of the API: rows when count is left out, and at most.
const (
	defaultCount       = 25
	documentedMaxCount = 100
)

// maxValues bounds how often one parameter is repeated; there are fewer codes than that in any table.
const maxValues = 100

// parseQuery reads the query string of GET /transactions. Every trouble is an error at the parameter's name; with any
// error the query is not to be used.
func parseQuery(raw string, read reading) (*query, []apiError) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, []apiError{badParameter("", "The query string can not be read")}
	}
	q := &query{created: everything, updated: everything, processed: everything, completed: everything, count: min(defaultCount, read.maxCount)}
	var problems []apiError
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p, ok := parameters[name]
		if !ok {
			problems = append(problems, badParameter(name, "Unknown parameter"))
			continue
		}
		if err := p.check(values[name]); err != nil {
			problems = append(problems, badParameter(name, err.Error()))
			continue
		}
		if err := p.apply(q, values[name], read); err != nil {
			problems = append(problems, badParameter(name, err.Error()))
		}
	}
	return q, problems
}

// complaint is what an API answer says about a value.
type complaint string

func (c complaint) Error() string { return string(c) }

func (p parameter) check(values []string) error {
	if len(values) > 1 && !p.repeat {
		return complaint("Parameter can not be repeated")
	}
	if len(values) > maxValues {
		return complaint("Parameter repeated too often")
	}
	for _, v := range values {
		if strings.TrimSpace(v) == "" {
			return complaint("Value is empty")
		}
	}
	return nil
}

// reading says how the sandbox reads parameters.
type reading struct {
	unit                         int64 // milliseconds per unit of a time value
	exclusiveStart, exclusiveEnd bool
	matching                     string
	partialReferences            bool
	maxCount, maxOffset          int // offset 0 = no limit
	clampCount                   bool
}

func (read reading) highestCount() int {
	if read.clampCount {
		return math.MaxInt32
	}
	return read.maxCount
}

// parseTime reads a Unix time in the sandbox's unit. Thirteen digits are milliseconds of this age; fifteen keep the
// product in range.
func (read reading) parseTime(text string) (int64, error) {
	if len(text) > 15 || strings.Trim(text, "0123456789") != "" {
		return 0, complaint("Value is not a Unix timestamp")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n * read.unit, err
}

// parseCents reads a decimal number exactly. Beyond the second decimal it is rounded up or down, which changes nothing
// in a comparison with whole cents when a minimum is rounded up and a maximum down.
func parseCents(text string, up bool) (Cents, error) {
	const bad = complaint("Value is not an amount")
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, dotted := strings.Cut(digits, ".")
	if whole == "" || dotted && fraction == "" || len(whole) > 15 || len(fraction) > 30 ||
		strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, bad
	}
	rest := strings.Trim(fraction[min(2, len(fraction)):], "0") != ""
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		return 0, bad
	}
	if negative {
		n = -n
	}
	switch {
	case rest && up && !negative:
		n++
	case rest && !up && negative:
		n--
	}
	return Cents(n), nil
}
