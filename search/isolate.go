package search

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// The invisible marks between which text has its own direction (UAX #9, 2.4).
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// Isolate keeps a value that runs from right to left, or that turns the
// direction of what follows, from reordering the sentence it is put into.
// Other values come back as they are. Where the value has an element of its
// own, <bdi> does the same.
func Isolate(s string) string {
	if !strings.ContainsFunc(s, turns) {
		return s
	}
	return firstStrongIsolate + strings.Map(dropIsolates, s) + popIsolate
}

func turns(r rune) bool {
	if r < 0x590 { // before Hebrew there is none
		return false
	}
	p, _ := bidi.LookupString(string(r))
	switch p.Class() {
	case bidi.R, bidi.AL, bidi.Control, bidi.LRO, bidi.RLO, bidi.LRE, bidi.RLE, bidi.PDF, bidi.LRI, bidi.RLI, bidi.FSI, bidi.PDI:
		return true
	}
	return false
}

// dropIsolates leaves out what could end the isolation early or keep it open.
func dropIsolates(r rune) rune {
	if r >= '\u2066' && r <= '\u2069' {
		return -1
	}
	return r
}
