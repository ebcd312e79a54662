package trustlyclient

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnquoted adds what a JSON string says, given what stands between its quotes, which is JSON. Like encoding/json it
// puts U+FFFD in place of what is no UTF-8, and of each half of a pair of surrogates without the other.
func appendUnquoted(to, quoted []byte) []byte {
	for i := 0; i < len(quoted); {
		switch c := quoted[i]; {
		case c == '\\' && quoted[i+1] == 'u':
			r := hexRune(quoted[i:])
			i += 6
			if utf16.IsSurrogate(r) {
				pair := rune(utf8.RuneError)
				if i+6 <= len(quoted) && quoted[i] == '\\' && quoted[i+1] == 'u' {
					pair = utf16.DecodeRune(r, hexRune(quoted[i:]))
				}
				if r = pair; r != utf8.RuneError {
					i += 6
				}
			}
			to = utf8.AppendRune(to, r)
		case c == '\\':
			to = append(to, unescaped(quoted[i+1]))
			i += 2
		case c < utf8.RuneSelf:
			to = append(to, c)
			i++
		default:
			r, size := utf8.DecodeRune(quoted[i:])
			to = utf8.AppendRune(to, r)
			i += size
		}
	}
	return to
}

// hexRune reads \uXXXX.
func hexRune(escape []byte) rune {
	var r rune
	for _, c := range escape[2:6] {
		if c > '9' {
			c = c&^0x20 - 'A' + 10 + '0'
		}
		r = r<<4 | rune(c-'0')
	}
	return r
}

// unescaped is what a letter behind a backslash stands for.
func unescaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c // a quote, a backslash or a slash
}
