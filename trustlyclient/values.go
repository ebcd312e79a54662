package trustlyclient

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Text is any JSON scalar as text: "7", 7 and true become 7, 7 and true; null and a missing field are "".
// An object or array is kept as its own JSON. Decoding never fails.
type Text string

// String returns the text as sent.
func (t Text) String() string { return string(t) }

// UnmarshalJSON takes any JSON value.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = Text(scalarText(data))
	return nil
}

// Code is a value of one of Trustly's code tables, decoded like [Text]: the API sends the same code as a number or as a
// string, and codes the tables don't know. Look its meaning up with [LookupCode].
type Code string

// String returns the code as sent.
func (c Code) String() string { return string(c) }

// UnmarshalJSON takes any JSON value.
func (c *Code) UnmarshalJSON(data []byte) error {
	*c = Code(scalarText(data))
	return nil
}

// Bool is "true", "false", "" when missing, or whatever else the API sent in its place, decoded like [Text].
type Bool string

// String returns the text as sent.
func (b Bool) String() string { return string(b) }

// True reports whether the API said true. Missing and odd values are not true.
func (b Bool) True() bool { return b == "true" }

// UnmarshalJSON takes any JSON value.
func (b *Bool) UnmarshalJSON(data []byte) error {
	*b = Bool(scalarText(data))
	return nil
}

// scalarText returns the text of one JSON value, which is valid JSON when encoding/json is the caller.
func scalarText(data []byte) string {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || string(data) == "null" {
		return ""
	}
	if data[0] != '"' {
		return string(data)
	}
	// Nearly every string of the API is plain; unquoting those by hand saves a second scan of each field.
	if len(data) >= 2 && bytes.IndexByte(data, '\\') < 0 && utf8.Valid(data) {
		return string(data[1 : len(data)-1])
	}
	var s string
	if json.Unmarshal(data, &s) != nil {
		return string(data)
	}
	return s
}

// marshalText writes text as a JSON string, as it is.
func marshalText(text string) ([]byte, error) { return json.Marshal(text) }
