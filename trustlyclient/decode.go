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

// decoder takes transactions out of an answer that nobody has checked, and checks it on the way. What is not wanted is
// checked only.
//
// The texts of a row are parts of one string, and Raw is a copy: whoever keeps a row for long keeps neither the answer nor
// its other rows.
type decoder struct {
	data []byte
	want *fieldSet // nil: everything, and Raw

	read   int    // bytes of the texts of all rows
	texts  []byte // of the row
	pieces []piece
	id     bool // the row has an id of its own
	within span // what it is a wrapper of, the last if there are several

	// An API sends the members of its objects in one order: after which comes which is learned from the rows before, of
	// this answer and earlier ones, so that most names need only be compared with one. Both hold indexes in a struct's
	// fields plus one, by number: of the struct, of the field before.
	first, after [manyFields]uint8
}

// decoders are used again: what one has learned of an API's order holds for its next answer, too.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

func newDecoder(data []byte, want *fieldSet) *decoder {
	d := decoders.Get().(*decoder)
	d.data, d.want, d.read = data, want, 0
	return d
}

// done gives the decoder back. Nothing of the answer stays in it.
func (d *decoder) done() {
	clear(d.texts[:cap(d.texts)])
	clear(d.pieces[:cap(d.pieces)])
	d.data, d.want, d.texts, d.pieces = nil, nil, d.texts[:0], d.pieces[:0]
	if cap(d.texts) <= maxKeptTexts && cap(d.pieces) <= maxKeptPieces {
		decoders.Put(d)
	}
}

// What a decoder keeps room for at most: a usual row has some 100 texts of 2,000 bytes in all.
const (
	maxKeptTexts  = 64 << 10
	maxKeptPieces = 1000
)

// span is a part of the answer.
type span struct{ start, end int }

// piece is a part of the row's texts, and where it belongs.
type piece struct {
	into reflect.Value
	kind kind
	span
}

// row reads the row that begins at i, within depth other values: a transaction, or what {"transaction":…} holds. An object
// that has an id of its own is the transaction, whatever else is in it. It is nil if the row is neither.
func (d *decoder) row(i, depth int) (t *Transaction, end int) {
	t = new(Transaction)
	at := span{i, d.transaction(t, i, depth)}
	if end = at.end; end == noEnd || d.data[i] != '{' {
		return nil, end
	}
	if !d.id && d.within.end > 0 {
		*t, at = Transaction{}, d.within
		if d.transaction(t, at.start, depth); d.data[at.start] != '{' {
			return nil, end
		}
	}
	d.fill()
	if d.want == nil || t.TransactionID == "" {
		t.Raw = bytes.Clone(d.data[at.start:at.end])
	}
	return t, end
}

// transaction reads an object into t, but for its texts, which fill needs.
func (d *decoder) transaction(t *Transaction, i, depth int) (end int) {
	d.texts, d.pieces, d.id, d.within = d.texts[:0], d.pieces[:0], false, span{}
	if uint(i) >= uint(len(d.data)) || d.data[i] != '{' {
		return valueEnd(d.data, i, depth)
	}
	return d.object(fieldTable.top, reflect.ValueOf(t).Elem(), i, depth+1)
}

// object fills a struct from the object that begins at i. Fields nest a few deep, so that maxDepth is reached below them only.
func (d *decoder) object(s *fields, into reflect.Value, i, depth int) (end int) {
	if i = spaceEnd(d.data, i+1); i < len(d.data) && d.data[i] == '}' {
		return i + 1
	}
	expected := &d.first[s.number]
	for {
		f, nameEnd := d.name(s, i, expected)
		at := colonEnd(d.data, nameEnd)
		switch {
		case f == nil || !d.want.meets(&f.within):
			at = valueEnd(d.data, at, depth)
		case f.kind == ofID:
			d.id = d.id || string(d.data[i:nameEnd]) == f.quoted
			fallthrough
		default:
			at = d.value(f, into, at, depth)
		}
		if f != nil {
			expected = &d.after[f.number]
		}
		i = spaceEnd(d.data, at)
		if uint(i) >= uint(len(d.data)) || d.data[i] != ',' {
			return closed(d.data, i, '}')
		}
		i = spaceEnd(d.data, i+1)
	}
}

// name finds the field that belongs to the name at i, nil if there is none. expected tells the field that may well be it,
// unless this row leaves that one out.
func (d *decoder) name(s *fields, i int, expected *uint8) (f *field, end int) {
	guess := *expected
	for range 2 {
		if guess == 0 {
			break
		}
		f = &s.all[guess-1]
		if end = i + len(f.quoted); end <= len(d.data) && string(d.data[i:end]) == f.quoted {
			return f, end
		}
		guess = d.after[f.number]
	}
	if end = textEnd(d.data, i); end == noEnd {
		return nil, noEnd
	}
	at := s.find(d.data[i:end])
	if at < 0 {
		return nil, end
	}
	*expected = uint8(at + 1)
	return &s.all[at], end
}

// value reads a field's value.
func (d *decoder) value(f *field, into reflect.Value, i, depth int) (end int) {
	switch {
	case uint(i) >= uint(len(d.data)):
		return noEnd
	case f.kind == ofStruct && d.data[i] == '{':
		return d.object(f.below, into.Field(f.index), i, depth+1)
	case f.kind == ofStruct:
		return valueEnd(d.data, i, depth)
	case f.kind == ofWrapper:
		d.within = span{i, valueEnd(d.data, i, depth)}
		return d.within.end
	case f.kind == ofCodes:
		codes, end := d.codes(i, depth)
		*into.Field(f.index).Addr().Interface().(*[]Code) = codes
		return end
	}
	start := len(d.texts)
	end = d.text(i, depth)
	d.pieces = append(d.pieces, piece{into.Field(f.index), f.kind, span{start, len(d.texts)}})
	return end
}

// text adds the text of a value to the row's, as [Text] reads it.
func (d *decoder) text(i, depth int) (end int) {
	if d.data[i] != '"' {
		if end = valueEnd(d.data, i, depth); end != noEnd && string(d.data[i:end]) != "null" {
			d.texts = append(d.texts, d.data[i:end]...)
		}
		return end
	}
	if end = textEnd(d.data, i); end == noEnd {
		return noEnd
	}
	if text := d.data[i+1 : end-1]; bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		d.texts = append(d.texts, text...)
	} else {
		d.texts = appendUnquoted(d.texts, text)
	}
	return end
}

// codes takes a single code for a list of one.
func (d *decoder) codes(i, depth int) (codes []Code, end int) {
	if d.data[i] != '[' {
		code, end := d.code(i, depth)
		if code == "" {
			return nil, end
		}
		return []Code{code}, end
	}
	depth++
	codes = []Code{}
	if i = spaceEnd(d.data, i+1); i < len(d.data) && d.data[i] == ']' {
		return codes, i + 1
	}
	for {
		code, end := d.code(i, depth)
		codes = append(codes, code)
		i = spaceEnd(d.data, end)
		if uint(i) >= uint(len(d.data)) || d.data[i] != ',' {
			return codes, closed(d.data, i, ']')
		}
		i = spaceEnd(d.data, i+1)
	}
}

func (d *decoder) code(i, depth int) (code Code, end int) {
	if i >= len(d.data) {
		return "", noEnd
	}
	start := len(d.texts)
	end = d.text(i, depth)
	code = Code(d.texts[start:])
	d.texts = d.texts[:start]
	return code, end
}

// fill gives the row's fields their texts. The id of a row that is read whole is a copy of its own: people remember that for
// longer than the rest. Of a few fields it does not keep much.
func (d *decoder) fill() {
	texts := string(d.texts)
	d.read += len(texts)
	for i := range d.pieces {
		p := &d.pieces[i]
		text := texts[p.start:p.end]
		switch p.kind {
		case ofAmount:
			p.into.Addr().Interface().(*Amount).Text = text
		case ofTime:
			*p.into.Addr().Interface().(*Time) = readTime(text)
		case ofID:
			if d.want == nil {
				text = strings.Clone(text)
			}
			p.into.SetString(text)
		default:
			p.into.SetString(text)
		}
	}
}
