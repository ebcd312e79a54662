package search

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cursor is a place in a list that moves: right behind a row, told by time and
// not by offset, so that rows arriving or changing elsewhere don't shift it.
//
// If the last row behind us leaves the list itself, its place is found by the
// order of the ids among the rows of its instant. Where they stand in no order
// of ids either, their number tells, which is exact unless more of them left.
type Cursor struct {
	Millis int64  // the order field's value of the last row behind us
	Ties   int    // how many rows of exactly that value are behind us, at least 1
	ID     string // the last row behind us

	// Back turns it round: the page that ends right before row ID.
	Back bool
}

// maxTies bounds how many rows of one millisecond a cursor counts.
const maxTies = 1_000_000

// IsZero reports whether the cursor stands before the first row.
func (c Cursor) IsZero() bool { return c.ID == "" }

// String is the cursor as the after parameter holds it.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	s := strconv.FormatInt(c.Millis, 10) + "." + strconv.Itoa(c.Ties) + "." + c.ID
	if c.Back {
		return "-" + s
	}
	return s
}

// ParseCursor reads an after parameter.
func ParseCursor(s string) (Cursor, error) {
	rest, back := strings.CutPrefix(s, "-")
	millis, rest, ok1 := strings.Cut(rest, ".")
	ties, id, ok2 := strings.Cut(rest, ".")
	ms, err1 := strconv.ParseInt(millis, 10, 64)
	n, err2 := strconv.Atoi(ties)
	badID := id == "" || utf8.RuneCountInString(id) > maxIDLength || strings.ContainsFunc(id, unicode.IsSpace)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || ms < 0 || ms > maxMillis || n < 1 || n > maxTies || badID {
		return Cursor{}, errors.New("is not a place in the list: start again from the first page")
	}
	return Cursor{Millis: ms, Ties: n, ID: id, Back: back}, nil
}

// CutAfter cuts the cursor off a list's canonical query, of which it is the last part.
func CutAfter(query string) (before string, found bool) {
	const name = NameAfter + "="
	i := strings.LastIndex(query, name)
	switch {
	case i == 0:
		return "", true
	case i > 0 && query[i-1] == '&':
		return query[:i-1], true
	}
	return query, false
}

// maxMillis is the end of the year 9999.
const maxMillis = 253402300799999
