package search

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Leaf is one scalar of a record as the API sent it.
type Leaf struct {
	Path string // names joined by dots, members of lists as [0], [1] …
	Text string // the scalar's text; "{}" and "[]" for what is empty
	Null bool
}

// Leaves lists every scalar of a record in the order the API sent them, so that
// a page can prove that it shows them all.
func Leaves(raw json.RawMessage) ([]Leaf, error) {
	var leaves []Leaf
	err := walkJSON(raw, func(path string, token json.Token) any {
		leaves = append(leaves, Leaf{Path: path, Text: scalarText(token), Null: token == nil})
		return token
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return leaves, nil
}

// MaskJSON writes a record again, indented, in the API's order, with each
// personal value masked.
func MaskJSON(raw json.RawMessage) (string, error) {
	var b bytes.Buffer
	err := walkJSON(raw, func(path string, token json.Token) any {
		if text := scalarText(token); token != nil && token != json.Token(emptyObject) && token != json.Token(emptyList) {
			if mask := MaskOf(path); mask != MaskNone {
				return mask.Apply(text)
			}
		}
		return token
	}, &b)
	if err != nil {
		return "", fmt.Errorf("mask record: %w", err)
	}
	return b.String(), nil
}

// MaskText masks the personal data within what the API sent where one value
// belongs: an object or a list, which the client keeps as its JSON. Any other
// text stays as it is.
func MaskText(text string) string {
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") || !json.Valid([]byte(text)) {
		return text
	}
	masked, err := MaskJSON(json.RawMessage(text))
	if err != nil {
		return "{…}"
	}
	var line bytes.Buffer
	if json.Compact(&line, []byte(masked)) != nil {
		return "{…}"
	}
	return line.String()
}

// Containers without members are leaves too; these tokens stand for them.
const (
	emptyObject = emptyContainer("{}")
	emptyList   = emptyContainer("[]")
)

type emptyContainer string

func scalarText(token json.Token) string {
	switch v := token.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case emptyContainer:
		return string(v)
	}
	return ""
}

// walkJSON reads one JSON value and writes it indented to b, asking replace
// for each scalar. Without b it only asks.
func walkJSON(raw json.RawMessage, replace func(path string, token json.Token) any, b *bytes.Buffer) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	j := &jsonWalk{d: d, b: b, replace: replace}
	if b != nil {
		j.e = json.NewEncoder(b)
		j.e.SetEscapeHTML(false)
	}
	return j.value(nil, 0)
}

type jsonWalk struct {
	d       *json.Decoder
	b       *bytes.Buffer
	e       *json.Encoder // to b
	replace func(string, json.Token) any
}

func (j *jsonWalk) write(parts ...string) {
	if j.b == nil {
		return
	}
	for _, part := range parts {
		j.b.WriteString(part)
	}
}

func (j *jsonWalk) scalar(path []string, token json.Token) error {
	switch v := j.replace(joinPath(path), token).(type) {
	case emptyContainer:
		j.write(string(v))
	default:
		return j.encode(v)
	}
	return nil
}

func (j *jsonWalk) encode(v any) error {
	if j.b == nil {
		return nil
	}
	if err := j.e.Encode(v); err != nil {
		return err
	}
	j.b.Truncate(j.b.Len() - 1) // the encoder ends each value with a line
	return nil
}

func (j *jsonWalk) value(path []string, depth int) error {
	token, err := j.d.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return j.scalar(path, token)
	}
	if !j.d.More() {
		if _, err := j.d.Token(); err != nil {
			return err
		}
		if open == '{' {
			return j.scalar(path, emptyObject)
		}
		return j.scalar(path, emptyList)
	}
	j.write(open.String())
	for i := 0; j.d.More(); i++ {
		if i > 0 {
			j.write(",")
		}
		j.write("\n", indent(depth+1))
		name := "[" + strconv.Itoa(i) + "]"
		if open == '{' {
			key, err := j.d.Token()
			if err != nil {
				return err
			}
			name = key.(string)
			if err := j.name(name); err != nil {
				return err
			}
		}
		if err := j.value(append(path, name), depth+1); err != nil {
			return err
		}
	}
	end, err := j.d.Token()
	if err != nil {
		return err
	}
	j.write("\n", indent(depth), end.(json.Delim).String())
	return nil
}

// name writes a member's name, in which HTML's own characters are escaped.
func (j *jsonWalk) name(name string) error {
	if j.b == nil {
		return nil
	}
	quoted, err := json.Marshal(name)
	if err != nil {
		return err
	}
	j.write(string(quoted), ": ")
	return nil
}

const spaces = "                                "

func indent(depth int) string {
	if 2*depth <= len(spaces) {
		return spaces[:2*depth]
	}
	return strings.Repeat("  ", depth)
}

func joinPath(path []string) string {
	var b strings.Builder
	for i, name := range path {
		if i > 0 && !strings.HasPrefix(name, "[") {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	return b.String()
}
