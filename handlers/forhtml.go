package handlers

import (
	"bytes"
	"encoding/binary"
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

// isFit reports whether nothing has to be replaced. It passes over printed ASCII eight bytes at once: a byte's top bit is
// set in odd if the byte is not that, and perhaps if it stands behind one that is not.
func isFit(page []byte) bool {
	const (
		ones    = 0x0101010101010101
		tops    = 0x8080808080808080
		spaces  = ' ' * ones
		deletes = 0x7f * ones
	)
	for i := 0; i < len(page); {
		if i+8 <= len(page) {
			x := binary.LittleEndian.Uint64(page[i:])
			if odd := (x | (x - spaces) | ((x ^ deletes) - ones)) & tops; odd == 0 {
				i += 8
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
