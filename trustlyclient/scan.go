package trustlyclient

import (
	"encoding/binary"
	"iter"
	"math/bits"
)

// An answer is checked once, whole, by this scanner, and each row is then decoded in one more pass (decode.go). Two
// reasons not to leave both to encoding/json: keeping each row's raw bytes beside its fields would scan everything four
// times, and a field of an unexpected type must cost that field only, never the record, by construction. Fuzz tests
// hold the scanner against json.Valid and the fields against json.Unmarshal.

// scanner goes through JSON that nobody has checked. It takes what encoding/json takes, no more and no less. Once
// something is wrong it is broken, and stays so.
type scanner struct {
	data   []byte
	at     int
	broken bool
}

// maxDepth is how deep encoding/json lets values nest.
const maxDepth = 10000

// whole reports whether data is one JSON value with nothing but space around it.
func whole(data []byte) bool {
	s := scanner{data: data}
	s.space()
	s.value(0)
	return s.ended()
}

// ended reports whether everything was read and was right.
func (s *scanner) ended() bool {
	s.space()
	return !s.broken && s.at == len(s.data)
}

// members ranges over the names of the object that begins here, still quoted. The loop's body must read the value that
// follows, by value or elements.
func (s *scanner) members() iter.Seq[[]byte] {
	return func(yield func(name []byte) bool) {
		s.list('{', '}', func() bool {
			start := s.at
			s.text()
			if name := s.data[start:s.at]; !s.broken {
				s.space()
				s.expect(':')
				s.space()
				return !s.broken && yield(name)
			}
			return false
		})
	}
}

// elements reads the array that begins here and returns its elements.
func (s *scanner) elements() [][]byte {
	var all [][]byte
	s.list('[', ']', func() bool {
		all = append(all, s.value(2))
		return !s.broken
	})
	return all
}

// list reads what begins here, item by item, until item returns false.
func (s *scanner) list(opening, closing byte, item func() bool) {
	s.expect(opening)
	s.space()
	if s.broken || s.peek() == closing {
		s.at++
		return
	}
	for item() {
		s.space()
		switch s.peek() {
		case ',':
			s.at++
			s.space()
		case closing:
			s.at++
			return
		default:
			s.broken = true
			return
		}
	}
}

// value reads the value that begins here, within depth others, and returns its bytes.
func (s *scanner) value(depth int) []byte {
	start := s.at
	switch s.peek() {
	case '"':
		s.text()
	case '{', '[':
		s.nested(depth)
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
	if s.broken {
		return nil
	}
	return s.data[start:s.at]
}

// nested reads an object or an array. Most of an answer is read here, so it has no function calls of the callers' making.
func (s *scanner) nested(depth int) {
	if depth++; depth > maxDepth {
		s.broken = true
		return
	}
	object := s.data[s.at] == '{'
	closing := byte(']')
	if object {
		closing = '}'
	}
	s.at++
	s.space()
	if s.peek() == closing {
		s.at++
		return
	}
	for !s.broken {
		if object {
			s.text()
			s.space()
			s.expect(':')
			s.space()
		}
		s.value(depth)
		s.space()
		if s.peek() == closing {
			s.at++
			return
		}
		s.expect(',')
		s.space()
	}
}

// text reads a string.
func (s *scanner) text() {
	s.expect('"')
	for !s.broken {
		s.at = plainEnd(s.data, s.at)
		switch s.peek() {
		case '"':
			s.at++
			return
		case '\\':
			s.escape()
		default: // a control character, or the end
			s.broken = true
		}
	}
}

func (s *scanner) escape() {
	s.at++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at++
	case 'u':
		for range 4 {
			s.at++
			if !isHex(s.peek()) {
				s.broken = true
				return
			}
		}
		s.at++
	default:
		s.broken = true
	}
}

func (s *scanner) number() {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else {
		s.digits()
	}
	if s.peek() == '.' {
		s.at++
		s.digits()
	}
	if s.peek()|0x20 == 'e' {
		s.at++
		if sign := s.peek(); sign == '+' || sign == '-' {
			s.at++
		}
		s.digits()
	}
}

// digits reads one or more.
func (s *scanner) digits() {
	start := s.at
	for s.at < len(s.data) && '0' <= s.data[s.at] && s.data[s.at] <= '9' {
		s.at++
	}
	s.broken = s.broken || s.at == start
}

func (s *scanner) literal(word string) {
	if end := s.at + len(word); end <= len(s.data) && string(s.data[s.at:end]) == word {
		s.at = end
		return
	}
	s.broken = true
}

func (s *scanner) expect(c byte) {
	if s.peek() != c {
		s.broken = true
		return
	}
	s.at++
}

// peek is the next byte, 0 at the end: that stands nowhere in JSON.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) space() {
	for s.at < len(s.data) && isSpace(s.data[s.at]) {
		s.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// plainEnd returns where what may stand in a string as it is ends: at a quote, a backslash, a control character or the
// end of data. It looks at eight bytes at once, by the arithmetic of "Bit Twiddling Hacks": a byte's top bit is set in
// found if the byte is one of those, and perhaps if it stands behind one.
func plainEnd(data []byte, i int) int {
	const (
		ones    = 0x0101010101010101
		tops    = 0x8080808080808080
		quotes  = '"' * ones
		slashes = '\\' * ones
		spaces  = ' ' * ones
	)
	for i+8 <= len(data) {
		x := binary.LittleEndian.Uint64(data[i:])
		quote, slash := x^quotes, x^slashes
		if found := ((x-spaces)&^x | (quote-ones)&^quote | (slash-ones)&^slash) & tops; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
		i += 8
	}
	for i < len(data) && data[i] >= ' ' && data[i] != '"' && data[i] != '\\' {
		i++
	}
	return i
}
