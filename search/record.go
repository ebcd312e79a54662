package search

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Leaf is one scalar of a record as the API sent it.
type Leaf struct {
	Path string // names joined by dots, members of lists as [0], [1] …
	Text string // the scalar's text; "{}" and "[]" for what is empty
	Null bool
	Mask Mask // of what the path names, see [MaskOf]
}

// Leaves lists every scalar of a record in the order the API sent them, so that
// a page can prove that it shows them all.
func Leaves(raw json.RawMessage) ([]Leaf, error) {
	leaves, _, err := LeavesAndMasked(raw)
	return leaves, err
}

// MaskJSON writes a record again, indented, in the API's order, with each
// personal value masked.
func MaskJSON(raw json.RawMessage) (string, error) {
	_, masked, err := LeavesAndMasked(raw)
	return masked, err
}

// LeavesAndMasked is [Leaves] and [MaskJSON] in one reading.
func LeavesAndMasked(raw json.RawMessage) (leaves []Leaf, masked string, err error) {
	w, err := walkJSON(raw)
	if err != nil {
		return nil, "", fmt.Errorf("read record: %w", err)
	}
	return w.leaves, w.masked.String(), nil
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
