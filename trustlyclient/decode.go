package trustlyclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"
)

// malformedJSON says what is wrong with data that is not one whole JSON value, as ErrMalformed; nil if it is one.
func malformedJSON(data []byte) error {
	if json.Valid(data) {
		return nil
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return malformed("it is empty")
	}
	var ignored json.RawMessage
	f := &failure{kind: ErrMalformed, detail: "it is not JSON"}
	f.cause = json.NewDecoder(bytes.NewReader(data)).Decode(&ignored)
	if errors.Is(f.cause, io.ErrUnexpectedEOF) {
		f.detail, f.cutShort = "it ends in the middle of the JSON", true
	}
	return f
}

// checkJSON reports, as ErrMalformed, what is not one whole JSON value.
func checkJSON(data []byte) error {
	if whole(data) {
		return nil
	}
	return malformedJSON(data)
}

// isObject reports whether valid JSON, without space before it, is an object.
func isObject(data []byte) bool { return len(data) > 0 && data[0] == '{' }

// decoder takes valid JSON apart, in one pass. The texts it gives are parts of one copy of it.
type decoder struct {
	data []byte
	copy string // of data
	at   int
}

// decodeObject fills a struct of this package's types from valid JSON. Anything but an object leaves it as it is.
func decodeObject(data []byte, into reflect.Value) {
	if isObject(data) {
		d := decoder{data: data, copy: string(data)}
		d.object(fieldsOf(into.Type()), into)
	}
}

// members ranges over the members of the object that begins here. The loop's body must read the value, by value or
// more closely. Names are still quoted.
func (d *decoder) members(yield func(quoted []byte) bool) {
	for d.open(); d.data[d.at] != '}'; d.next() {
		start := d.at
		d.at = textEnd(d.data, start)
		name := d.data[start:d.at]
		d.space()
		d.at++ // the colon
		d.space()
		if !yield(name) {
			return
		}
	}
	d.at++
}

// open goes to the first item of what begins here, next to the one after this.
func (d *decoder) open() {
	d.at++
	d.space()
}

func (d *decoder) next() {
	d.space()
	if d.data[d.at] == ',' {
		d.at++
		d.space()
	}
}

func (d *decoder) space() {
	for isSpace(d.data[d.at]) {
		d.at++
	}
}

// object fills a struct from the object that begins here.
func (d *decoder) object(fields *fieldSet, into reflect.Value) {
	for quoted := range d.members {
		d.member(fields, quoted, into)
	}
}

// member fills the field that an object's member belongs to, if there is one.
func (d *decoder) member(fields *fieldSet, quoted []byte, into reflect.Value) {
	f := fields.find(quoted)
	if f == nil {
		d.value()
		return
	}
	switch field := into.Field(f.index).Addr().Interface().(type) {
	case *Text:
		*field = Text(d.text())
	case *Code:
		*field = Code(d.text())
	case *Bool:
		*field = Bool(d.text())
	case *Amount:
		field.Text = d.text()
	case *Time:
		*field = readTime(d.text())
	case *[]Code:
		*field = d.codes()
	default:
		if d.data[d.at] != '{' {
			d.value()
			return
		}
		d.object(f.below, into.Field(f.index))
	}
}

// codes takes a single code for a list of one.
func (d *decoder) codes() []Code {
	if d.data[d.at] != '[' {
		if code := d.text(); code != "" {
			return []Code{Code(code)}
		}
		return nil
	}
	codes := []Code{}
	for d.open(); d.data[d.at] != ']'; d.next() {
		codes = append(codes, Code(d.text()))
	}
	d.at++
	return codes
}

// text reads a value as [Text] does.
func (d *decoder) text() string {
	if d.data[d.at] != '"' {
		start := d.at
		if d.value(); d.copy[start:d.at] == "null" {
			return ""
		}
		return d.copy[start:d.at]
	}
	start := d.at + 1
	d.at = plainEnd(d.data, start)
	if plain := d.copy[start:d.at]; d.data[d.at] == '"' && utf8.ValidString(plain) {
		d.at++
		return plain
	}
	d.at = textEnd(d.data, start-1)
	return scalarText(d.data[start-1 : d.at])
}

// value reads a value and returns its bytes.
func (d *decoder) value() []byte {
	start := d.at
	d.at = valueEnd(d.data, start)
	return d.data[start:d.at]
}

// valueEnd returns where the value that begins at i ends, in valid JSON.
func valueEnd(data []byte, i int) int {
	switch data[i] {
	case '"':
		return textEnd(data, i)
	case '{', '[':
		depth := 0
		for {
			switch data[i] {
			case '"':
				i = textEnd(data, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			i++
			if depth == 0 {
				return i
			}
		}
	default:
		for i < len(data) && data[i] > ' ' && data[i] != ',' && data[i] != ']' && data[i] != '}' {
			i++
		}
		return i
	}
}

// textEnd returns where the string that begins at i ends, in valid JSON.
func textEnd(data []byte, i int) int {
	for i = plainEnd(data, i+1); data[i] != '"'; i = plainEnd(data, i) {
		i += 2 // the backslash, and what it is before
	}
	return i + 1
}

// field is one of a struct's, under the name that the API gives it.
type field struct {
	name  string
	index int
	below *fieldSet // of a struct's own
}

// fieldSet are the fields of a struct. Names are looked for among those of their length, which are a few: that is half
// the work of a map.
type fieldSet struct {
	byLength [][]field
	inLower  map[string]*field
}

// find prefers the exact name and takes another case of it: the API writes both subType and subtype.
func (s *fieldSet) find(quoted []byte) *field {
	name := quoted[1 : len(quoted)-1]
	if len(name) < len(s.byLength) {
		same := s.byLength[len(name)]
		for i := range same {
			if same[i].name == string(name) {
				return &same[i]
			}
		}
	}
	return s.inLower[strings.ToLower(scalarText(quoted))]
}

// knownFields holds the fieldSet of each struct type met, made once from its json tags.
var knownFields sync.Map

func fieldsOf(t reflect.Type) *fieldSet {
	if known, ok := knownFields.Load(t); ok {
		return known.(*fieldSet)
	}
	known, _ := knownFields.LoadOrStore(t, newFieldSet(t))
	return known.(*fieldSet)
}

func newFieldSet(t reflect.Type) *fieldSet {
	s := &fieldSet{inLower: make(map[string]*field)}
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("json")
		if name == "" || name == "-" {
			continue
		}
		f := field{name: name, index: i}
		if below := t.Field(i).Type; below.Kind() == reflect.Struct {
			f.below = fieldsOf(below)
		}
		for len(s.byLength) <= len(name) {
			s.byLength = append(s.byLength, nil)
		}
		s.byLength[len(name)] = append(s.byLength[len(name)], f)
		s.inLower[strings.ToLower(name)] = &f
	}
	return s
}
