package handlers

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// forHTML replaces the control characters that HTML can't hold (its standard, 13.2.3.5), whoever sent them, and what is
// no UTF-8. Nearly every page is fit as it is.
func forHTML(page []byte) []byte {
	if isFit(page) {
		return page
	}
	return bytes.Map(fitRune, page)
}

func fitRune(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f {
		return utf8.RuneError
	}
	return r
}

// isFit reports whether nothing has to be replaced. It passes over printed ASCII thirty-two bytes at once, or eight.
func isFit(page []byte) bool {
	for i := 0; i < len(page); {
		rest := page[i:]
		if len(rest) >= 32 && odd(rest)|odd(rest[8:])|odd(rest[16:])|odd(rest[24:]) == 0 {
			i += 32
			continue
		}
		if len(rest) >= 8 {
			printed := bits.TrailingZeros64(odd(rest)) / 8
			if i += printed; printed == 8 {
				continue
			}
		}
		r, size := utf8.DecodeRune(page[i:])
		if r == utf8.RuneError && size == 1 || fitRune(r) != r {
			return false
		}
		i += size
	}
	return true
}

// odd looks at eight bytes: a byte's top bit is set in the result if the byte is no printed ASCII, and perhaps if it
// stands behind one that is not.
func odd(page []byte) uint64 {
	const (
		ones    = 0x0101010101010101
		tops    = 0x8080808080808080
		spaces  = ' ' * ones
		deletes = 0x7f * ones
	)
	x := binary.LittleEndian.Uint64(page)
	return (x | (x - spaces) | ((x ^ deletes) - ones)) & tops
}
