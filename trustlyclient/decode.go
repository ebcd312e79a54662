package trustlyclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"reflect"
	"strings"
	"sync"
)

// An answer is checked once, whole, by encoding/json, and then taken apart here. Two reasons not to leave both to
// json.Unmarshal: keeping each row's raw bytes beside its fields would scan everything four times, which takes a page
// of 100 twice as long; and a field of an unexpected type must cost that field only, never the record, by construction.
// A fuzz test holds the result against json.Unmarshal.

// checkJSON reports, as ErrMalformed, what is not one whole JSON value. encoding/json also bounds its nesting.
func checkJSON(data []byte) error {
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

// isObject reports whether valid JSON, without space before it, is an object.
func isObject(data []byte) bool { return len(data) > 0 && data[0] == '{' }

// members ranges over the members of a valid JSON object, in order, with repeated names. Names are still quoted.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for i := skipSpace(object, 1); object[i] != '}'; {
			end := valueEnd(object, i)
			name := object[i:end]
			i = skipSpace(object, skipSpace(object, end)+1) // the colon
			end = valueEnd(object, i)
			if !yield(name, object[i:end]) {
				return
			}
			if i = skipSpace(object, end); object[i] == ',' {
				i = skipSpace(object, i+1)
			}
		}
	}
}

// elements ranges over the elements of a valid JSON array.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := skipSpace(array, 1); array[i] != ']'; {
			end := valueEnd(array, i)
			if !yield(array[i:end]) {
				return
			}
			if i = skipSpace(array, end); array[i] == ',' {
				i = skipSpace(array, i+1)
			}
		}
	}
}

func skipSpace(data []byte, i int) int {
	for data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t' {
		i++
	}
	return i
}

// valueEnd returns where the value that begins at i ends, in valid JSON.
func valueEnd(data []byte, i int) int {
	switch data[i] {
	case '"':
		return stringEnd(data, i)
	case '{', '[':
		depth := 0
		for {
			switch data[i] {
			case '"':
				i = stringEnd(data, i)
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
		for i < len(data) && strings.IndexByte(" \n\r\t,]}", data[i]) < 0 {
			i++
		}
		return i
	}
}

func stringEnd(data []byte, i int) int {
	for i++; data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// decodeObject fills a struct of this package's types from valid JSON. Anything but an object leaves it as it is.
func decodeObject(data []byte, into reflect.Value) {
	if !isObject(data) {
		return
	}
	fields := fieldsOf(into.Type())
	for quoted, value := range members(data) {
		if i, ok := fields.find(quoted); ok {
			decodeValue(value, into.Field(i))
		}
	}
}

func decodeValue(value []byte, into reflect.Value) {
	switch field := into.Addr().Interface().(type) {
	case json.Unmarshaler:
		_ = field.UnmarshalJSON(value) // never fails, see Text
	case *[]Code:
		*field = decodeCodes(value)
	default:
		decodeObject(value, into)
	}
}

// decodeCodes takes a single code for a list of one.
func decodeCodes(value []byte) []Code {
	if value[0] != '[' {
		if code := scalarText(value); code != "" {
			return []Code{Code(code)}
		}
		return nil
	}
	codes := []Code{}
	for element := range elements(value) {
		codes = append(codes, Code(scalarText(element)))
	}
	return codes
}

// fieldNames are the fields of a struct by their API name, and again by that name in lower case.
type fieldNames map[string]int

// find prefers the exact name and takes another case of it: the API writes both subType and subtype.
func (f fieldNames) find(quoted []byte) (int, bool) {
	name := quoted[1 : len(quoted)-1]
	if i, ok := f[string(name)]; ok {
		return i, true
	}
	i, ok := f[strings.ToLower(scalarText(quoted))]
	return i, ok
}

// knownFields holds the fieldNames of each struct type met, made once from its json tags.
var knownFields sync.Map

func fieldsOf(t reflect.Type) fieldNames {
	if known, ok := knownFields.Load(t); ok {
		return known.(fieldNames)
	}
	fields := make(fieldNames)
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("json"); name != "" && name != "-" {
			fields[name] = i
			fields[strings.ToLower(name)] = i
		}
	}
	known, _ := knownFields.LoadOrStore(t, fields)
	return known.(fieldNames)
}
