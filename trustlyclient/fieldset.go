package trustlyclient

import (
	"encoding/binary"
	"reflect"
	"strings"
	"unicode/utf8"
)

// fields are those of a struct, by the names that the API gives them.
type fields struct {
	number   int // of the field whose struct it is
	all      []field
	byLength [][]uint8 // their indexes, by how long their names are: those are a few, so that no map is half as quick
}

// field is a value or a struct.
type field struct {
	quoted string // the name as it stands in JSON
	index  int    // in its struct
	kind   kind
	number int      // among all of a transaction, structs included
	within fieldSet // the values that it is or holds
	below  *fields  // of a struct's own
}

// kind says how a value is read.
type kind uint8

const (
	ofText kind = iota // Text, Code or Bool
	ofAmount
	ofTime
	ofCodes
	ofStruct
	ofID      // the transaction's own
	ofWrapper // no field: the transaction, in an object around it
)

// fieldSet has a bit for each field of a transaction.
type fieldSet [4]uint64

// manyFields is how many numbers a fieldSet has.
const manyFields = 256

func (s *fieldSet) add(number int) { s[number/64] |= 1 << (number % 64) }

func (s *fieldSet) join(other *fieldSet) {
	for i, bits := range other {
		s[i] |= bits
	}
}

// meets reports whether a field is in both. nil is everything.
func (s *fieldSet) meets(other *fieldSet) bool {
	return s == nil || s[0]&other[0]|s[1]&other[1]|s[2]&other[2]|s[3]&other[3] != 0
}

// fieldTable is made once, from the json tags of Transaction.
var fieldTable = func() (table struct {
	top    *fields
	byPath map[string]fieldSet
	always fieldSet // what every reader needs: the id, and whether the row is a wrapper
}) {
	m := fieldMaker{byPath: map[string]fieldSet{}}
	table.top, table.byPath = m.fields(reflect.TypeFor[Transaction](), ""), m.byPath
	id := &table.top.all[table.top.find([]byte(`"transactionId"`))]
	id.kind = ofID
	wrapper := field{quoted: `"transaction"`, kind: ofWrapper, number: m.next()}
	wrapper.within.add(wrapper.number)
	table.top.add(wrapper)
	table.always.add(id.number)
	table.always.add(wrapper.number)
	return table
}()

type fieldMaker struct {
	numbers int // given so far; 0 is the transaction itself
	byPath  map[string]fieldSet
}

func (m *fieldMaker) next() int {
	if m.numbers++; m.numbers == manyFields {
		panic("trustlyclient: a fieldSet is too small for all fields of a transaction")
	}
	return m.numbers
}

func (m *fieldMaker) fields(of reflect.Type, prefix string) *fields {
	s := &fields{number: m.numbers}
	for i := range of.NumField() {
		name := of.Field(i).Tag.Get("json")
		if name == "" || name == "-" {
			continue
		}
		f := field{quoted: `"` + name + `"`, index: i, kind: kindOf(of.Field(i).Type), number: m.next()}
		if f.kind == ofStruct {
			f.below = m.fields(of.Field(i).Type, prefix+name+".")
			for _, below := range f.below.all {
				f.within.join(&below.within)
			}
		} else {
			f.within.add(f.number)
		}
		m.byPath[prefix+name] = f.within
		s.add(f)
	}
	return s
}

func kindOf(t reflect.Type) kind {
	switch {
	case t == reflect.TypeFor[Amount]():
		return ofAmount
	case t == reflect.TypeFor[Time]():
		return ofTime
	case t == reflect.TypeFor[[]Code]():
		return ofCodes
	case t.Kind() == reflect.String:
		return ofText
	}
	return ofStruct
}

func (s *fields) add(f field) {
	for len(s.byLength) <= len(f.quoted) {
		s.byLength = append(s.byLength, nil)
	}
	s.byLength[len(f.quoted)] = append(s.byLength[len(f.quoted)], uint8(len(s.all)))
	s.all = append(s.all, f)
}

// find prefers the exact name and takes another case of it: the API writes both subType and subtype. It returns the
// field's index, -1 if there is none.
func (s *fields) find(quoted []byte) int {
	same := s.ofLength(len(quoted))
	for _, i := range same {
		if s.all[i].quoted == string(quoted) {
			return int(i)
		}
	}
	if !isPlain(quoted[1 : len(quoted)-1]) {
		quoted = []byte(`"` + strings.ToLower(scalarText(quoted)) + `"`)
		same = s.ofLength(len(quoted))
	}
	for _, i := range same {
		if s.all[i].kind != ofWrapper && equalInLower(s.all[i].quoted, quoted) {
			return int(i)
		}
	}
	return -1
}

func (s *fields) ofLength(n int) []uint8 {
	if n < len(s.byLength) {
		return s.byLength[n]
	}
	return nil
}

// isPlain reports whether a text stands in JSON as it is, in ASCII.
func isPlain(text []byte) bool {
	for _, c := range text {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// equalInLower compares ASCII of the same length without regard to case.
func equalInLower(name string, other []byte) bool {
	for i, c := range other {
		if lower(name[i]) != lower(c) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// fieldsAt is the set of the fields at these paths, and of what every reader needs: nil, which is everything, for none.
func fieldsAt(paths []string) (*fieldSet, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	set := fieldTable.always
	for _, path := range paths {
		one, ok := fieldTable.byPath[path]
		if !ok {
			return nil, invalidf("a transaction has no field %q", path)
		}
		set.join(&one)
	}
	return &set, nil
}

// has reports whether a row of which these fields were read has all of the other's. nil is everything.
func (s *fieldSet) has(other *fieldSet) bool {
	switch {
	case s == nil:
		return true
	case other == nil:
		return false
	}
	return other[0]&^s[0]|other[1]&^s[1]|other[2]&^s[2]|other[3]&^s[3] == 0
}

// key tells sets apart.
func (s *fieldSet) key() string {
	if s == nil {
		return ""
	}
	key := make([]byte, 0, 8*len(s))
	for _, bits := range s {
		key = binary.LittleEndian.AppendUint64(key, bits)
	}
	return string(key)
}
