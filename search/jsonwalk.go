package search

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jsonWalk goes through one JSON value, lists its leaves and writes it again with what is personal masked. It takes what
// encoding/json takes, and reads and writes texts as that does; whatever is rare about them is left to it. A page of one
// record has hundreds of texts, for which encoding/json's tokens take ten times as long.
type jsonWalk struct {
	text   string // of which most leaves are pieces
	at     int
	path   []byte // of the value that is being read
	leaves []Leaf
	masked strings.Builder
}

// What a record takes beside its bytes as sent: a leaf for so many of them, and when it is indented so many for each.
const (
	bytesPerLeaf = 20
	indented     = 2
)

// errNoJSON doesn't repeat what it is about.
var errNoJSON = errors.New("no JSON")

// maxDepth is how deep encoding/json lets values nest.
const maxDepth = 10000

// walkJSON reads the one value that raw is.
func walkJSON(raw json.RawMessage) (*jsonWalk, error) {
	w := &jsonWalk{text: string(raw), leaves: make([]Leaf, 0, len(raw)/bytesPerLeaf+1)}
	w.masked.Grow(indented * len(raw))
	w.space()
	if err := w.value(0); err != nil {
		return nil, err
	}
	if w.space(); w.at < len(w.text) {
		return nil, errNoJSON
	}
	return w, nil
}

func (w *jsonWalk) value(depth int) error {
	switch w.peek() {
	case '{':
		return w.container(depth, "{}")
	case '[':
		return w.container(depth, "[]")
	case '"':
		text, err := w.string()
		if err == nil {
			w.quote(w.list(Leaf{Text: text}).Apply(text), false)
		}
		return err
	case 't':
		return w.bare("true")
	case 'f':
		return w.bare("false")
	case 'n':
		return w.null()
	default:
		return w.bare(w.text[w.at:w.numberEnd()])
	}
}

// container reads an object or a list. One without members is a leaf, and hides nothing.
func (w *jsonWalk) container(depth int, brackets string) error {
	if depth == maxDepth {
		return errNoJSON
	}
	w.at++
	w.space()
	if w.peek() == brackets[1] {
		w.at++
		w.list(Leaf{Text: brackets})
		w.write(brackets)
		return nil
	}
	outer := len(w.path)
	w.write(brackets[:1])
	for i := 0; ; i++ {
		w.line(depth + 1)
		if brackets == "{}" {
			if err := w.name(depth); err != nil {
				return err
			}
		} else {
			w.path = append(strconv.AppendInt(append(w.path, '['), int64(i), 10), ']')
		}
		if err := w.value(depth + 1); err != nil {
			return err
		}
		w.path = w.path[:outer]
		w.space()
		switch w.peek() {
		case ',':
			w.at++
			w.space()
			w.write(",")
		case brackets[1]:
			w.at++
			w.line(depth)
			w.write(brackets[1:])
			return nil
		default:
			return errNoJSON
		}
	}
}

// name reads a member's name up to its value. In a name HTML's own characters are escaped.
func (w *jsonWalk) name(depth int) error {
	name, err := w.string()
	if err != nil {
		return err
	}
	if w.space(); w.peek() != ':' {
		return errNoJSON
	}
	w.at++
	w.space()
	if depth > 0 && !strings.HasPrefix(name, "[") {
		w.path = append(w.path, '.')
	}
	w.path = append(w.path, name...)
	w.quote(name, true)
	w.write(": ")
	return nil
}

// list takes a leaf down, under the path of what is being read, and returns its mask.
func (w *jsonWalk) list(leaf Leaf) Mask {
	if i, ok := fieldByPath[string(w.path)]; ok && fields[i].Path == string(w.path) {
		leaf.Path, leaf.Mask = fields[i].Path, fields[i].Mask // no text to be made, for most leaves
	} else {
		leaf.Path = string(w.path)
		leaf.Mask = MaskOf(leaf.Path)
	}
	w.leaves = append(w.leaves, leaf)
	return leaf.Mask
}

// bare reads a word or a number, which is written without quotes unless it is masked.
func (w *jsonWalk) bare(text string) error {
	if text == "" || !strings.HasPrefix(w.text[w.at:], text) {
		return errNoJSON
	}
	w.at += len(text)
	if mask := w.list(Leaf{Text: text}); mask != MaskNone {
		w.quote(mask.Apply(text), false)
		return nil
	}
	w.write(text)
	return nil
}

func (w *jsonWalk) null() error {
	const null = "null"
	if !strings.HasPrefix(w.text[w.at:], null) {
		return errNoJSON
	}
	w.at += len(null)
	w.list(Leaf{Null: true})
	w.write(null)
	return nil
}

// string reads a text with its quotes.
func (w *jsonWalk) string() (string, error) {
	if w.peek() != '"' {
		return "", errNoJSON
	}
	start, escaped := w.at, false
	for w.at++; w.peek() != '"'; w.at++ {
		switch c := w.peek(); {
		case c < ' ': // the end, too
			return "", errNoJSON
		case c == '\\':
			escaped = true
			w.at++
		}
	}
	w.at++
	quoted := w.text[start:w.at]
	if text := quoted[1 : len(quoted)-1]; !escaped && utf8.ValidString(text) {
		return text, nil
	}
	var text string
	if json.Unmarshal([]byte(quoted), &text) != nil {
		return "", errNoJSON
	}
	return text, nil
}

// numberEnd is where the number that begins here ends, or here if none does.
func (w *jsonWalk) numberEnd() int {
	end := w.at
	for end < len(w.text) && strings.IndexByte("+-.0123456789Ee", w.text[end]) >= 0 {
		end++
	}
	if !isJSONNumber(w.text[w.at:end]) {
		return w.at
	}
	return end
}

func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, rest := digits(s)
	if whole == "" || whole[0] == '0' && len(whole) > 1 {
		return false
	}
	if after, ok := strings.CutPrefix(rest, "."); ok {
		var fraction string
		if fraction, rest = digits(after); fraction == "" {
			return false
		}
	}
	if rest == "" {
		return true
	}
	if rest[0]|0x20 != 'e' {
		return false
	}
	if rest = rest[1:]; rest != "" && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	exponent, rest := digits(rest)
	return exponent != "" && rest == ""
}

// digits cuts those off that a text begins with.
func digits(s string) (first, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// peek is the next byte, 0 at the end: that stands nowhere in JSON.
func (w *jsonWalk) peek() byte {
	if w.at < len(w.text) {
		return w.text[w.at]
	}
	return 0
}

func (w *jsonWalk) space() {
	for c := w.peek(); c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = w.peek() {
		w.at++
	}
}

func (w *jsonWalk) write(text string) { w.masked.WriteString(text) }

// line begins a new one, indented by two spaces for each level.
func (w *jsonWalk) line(depth int) {
	const spaces = "                                "
	w.write("\n")
	for left := 2 * depth; left > 0; left -= len(spaces) {
		w.write(spaces[:min(left, len(spaces))])
	}
}

// quote writes a text as encoding/json does.
func (w *jsonWalk) quote(text string, escapeHTML bool) {
	if standsInJSON(text, escapeHTML) {
		w.masked.WriteByte('"')
		w.masked.WriteString(text)
		w.masked.WriteByte('"')
		return
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(escapeHTML)
	if err := e.Encode(text); err != nil {
		return // never: every text can be
	}
	w.masked.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// standsInJSON reports whether nothing in a text has to be escaped.
func standsInJSON(text string, escapeHTML bool) bool {
	for _, r := range text {
		switch r {
		case '"', '\\', '\u2028', '\u2029', utf8.RuneError:
			return false
		case '<', '>', '&':
			if escapeHTML {
				return false
			}
		}
		if r < ' ' {
			return false
		}
	}
	return true
}
