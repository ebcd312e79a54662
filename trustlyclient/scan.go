package trustlyclient

import (
	"encoding/binary"
	"iter"
	"math/bits"
)

// An answer is read once: what is checked here and what decode.go takes out of it are one pass. Two reasons not to leave
// it to encoding/json: keeping each row's raw bytes beside its fields would scan everything four times, and a field of an
// unexpected type must cost that field only, never the record, by construction. Fuzz tests hold this file against
// json.Valid and the fields against json.Unmarshal: both take the same, no more and no less.

// noEnd is where something ends that is not JSON. Where there was no end before, each function below finds none either, so
// that hardly anybody has to look.
const noEnd = -1

// maxDepth is how deep encoding/json lets values nest.
const maxDepth = 10000

// whole reports whether data is one JSON value with nothing but space around it.
func whole(data []byte) bool {
	end := valueEnd(data, spaceEnd(data, 0), 0)
	return end != noEnd && spaceEnd(data, end) == len(data)
}

// valueEnd returns where the value ends that begins at i, within depth others.
func valueEnd(data []byte, i, depth int) int {
	if uint(i) >= uint(len(data)) {
		return noEnd
	}
	switch data[i] {
	case '"':
		return textEnd(data, i)
	case '{':
		return objectEnd(data, i, depth+1)
	case '[':
		return listEnd(data, i, depth+1)
	case 't':
		return wordEnd(data, i, "true")
	case 'f':
		return wordEnd(data, i, "false")
	case 'n':
		return wordEnd(data, i, "null")
	}
	return numberEnd(data, i)
}

func objectEnd(data []byte, i, depth int) int {
	if depth > maxDepth {
		return noEnd
	}
	if i = spaceEnd(data, i+1); i < len(data) && data[i] == '}' {
		return i + 1
	}
	for {
		i = colonEnd(data, textEnd(data, i))
		i = spaceEnd(data, valueEnd(data, i, depth))
		if uint(i) >= uint(len(data)) || data[i] != ',' {
			return closed(data, i, '}')
		}
		i = spaceEnd(data, i+1)
	}
}

func listEnd(data []byte, i, depth int) int {
	if depth > maxDepth {
		return noEnd
	}
	if i = spaceEnd(data, i+1); i < len(data) && data[i] == ']' {
		return i + 1
	}
	for {
		i = spaceEnd(data, valueEnd(data, i, depth))
		if uint(i) >= uint(len(data)) || data[i] != ',' {
			return closed(data, i, ']')
		}
		i = spaceEnd(data, i+1)
	}
}

// closed returns where the bracket at i ends.
func closed(data []byte, i int, bracket byte) int {
	if uint(i) >= uint(len(data)) || data[i] != bracket {
		return noEnd
	}
	return i + 1
}

// colonEnd returns where the value begins whose name ends at i.
func colonEnd(data []byte, i int) int {
	i = spaceEnd(data, i)
	if uint(i) >= uint(len(data)) || data[i] != ':' {
		return noEnd
	}
	return spaceEnd(data, i+1)
}

// spaceEnd returns where what is no space begins.
func spaceEnd(data []byte, i int) int {
	if uint(i) < uint(len(data)) && data[i] > ' ' {
		return i
	}
	return longSpaceEnd(data, i)
}

func longSpaceEnd(data []byte, i int) int {
	for uint(i) < uint(len(data)) && isSpace(data[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// textEnd returns where the string ends that begins at i. Most of an answer is read here, eight bytes at once, by the
// arithmetic of "Bit Twiddling Hacks": a byte's top bit is set in found if it is a quote, a backslash or a control
// character, and perhaps if it stands behind one.
func textEnd(data []byte, i int) int {
	const (
		ones    = 0x0101010101010101
		tops    = 0x8080808080808080
		quotes  = '"' * ones
		slashes = '\\' * ones
		spaces  = ' ' * ones
	)
	if uint(i) >= uint(len(data)) || data[i] != '"' {
		return noEnd
	}
	for i++; uint(i) < uint(len(data)); {
		if rest := data[i:]; len(rest) >= 8 {
			x := binary.LittleEndian.Uint64(rest)
			quote, slash := x^quotes, x^slashes
			found := ((x-spaces)&^x | (quote-ones)&^quote | (slash-ones)&^slash) & tops
			if found == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(found) / 8
		}
		switch c := data[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = escapeEnd(data, i); i == noEnd {
				return noEnd
			}
		case c < ' ':
			return noEnd
		default: // among the last bytes
			i++
		}
	}
	return noEnd
}

// escapeEnd returns where the escape ends that begins at i.
func escapeEnd(data []byte, i int) int {
	if i+1 >= len(data) {
		return noEnd
	}
	switch data[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+6 > len(data) {
			return noEnd
		}
		for _, c := range data[i+2 : i+6] {
			if !isHex(c) {
				return noEnd
			}
		}
		return i + 6
	}
	return noEnd
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func numberEnd(data []byte, i int) int {
	if data[i] == '-' {
		i++
	}
	if i < len(data) && data[i] == '0' {
		i++
	} else {
		i = digitsEnd(data, i)
	}
	if uint(i) < uint(len(data)) && data[i] == '.' {
		i = digitsEnd(data, i+1)
	}
	if uint(i) < uint(len(data)) && data[i]|0x20 == 'e' {
		if i++; i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		i = digitsEnd(data, i)
	}
	return i
}

// digitsEnd reads one or more.
func digitsEnd(data []byte, i int) int {
	start := i
	for i < len(data) && '0' <= data[i] && data[i] <= '9' {
		i++
	}
	if i == start {
		return noEnd
	}
	return i
}

func wordEnd(data []byte, i int, word string) int {
	if end := i + len(word); end <= len(data) && string(data[i:end]) == word {
		return end
	}
	return noEnd
}

// scanner goes through the members of the outermost object, which nobody has checked. Once something is wrong it is
// broken, and stays so.
type scanner struct {
	data   []byte
	at     int
	broken bool
}

// ended reports whether everything was read and was right.
func (s *scanner) ended() bool { return !s.broken && spaceEnd(s.data, s.at) == len(s.data) }

// begins reports whether the next is this byte, past space.
func (s *scanner) begins(c byte) bool {
	s.at = spaceEnd(s.data, s.at)
	return s.at < len(s.data) && s.data[s.at] == c
}

// members ranges over the names of the object that begins here, still quoted. The loop's body must read the value that
// follows, by value or list.
func (s *scanner) members() iter.Seq[[]byte] {
	return func(yield func(name []byte) bool) {
		s.list('}', func() bool {
			start := s.at
			end := textEnd(s.data, start)
			s.goOn(colonEnd(s.data, end))
			return !s.broken && yield(s.data[start:end])
		})
	}
}

// list reads what begins here, item by item, until item returns false.
func (s *scanner) list(closing byte, item func() bool) {
	s.at++
	if s.begins(closing) {
		s.at++
		return
	}
	for item() && !s.broken {
		if !s.begins(',') {
			s.goOn(closed(s.data, s.at, closing))
			return
		}
		s.at = spaceEnd(s.data, s.at+1)
	}
}

// value reads the value of a member and returns its bytes.
func (s *scanner) value() []byte {
	start := s.at
	s.goOn(valueEnd(s.data, start, 1))
	if s.broken {
		return nil
	}
	return s.data[start:s.at]
}

// goOn goes to the end of something.
func (s *scanner) goOn(end int) {
	if end == noEnd {
		s.broken = true
		return
	}
	s.at = end
}
