package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"trustlyportal/search"
)

// jsonLines writes one JSON object a line: the fields' paths as names, in the plan's order, with the values as the API
// sent them, personal data masked. Instants that the API sent as whole numbers are numbers, booleans are booleans,
// several codes are a list, what the API did not send is null; all else is text, so that no id and no amount loses a digit.
type jsonLines struct {
	w      *bufio.Writer
	fields []search.Field
	names  [][]byte
	text   bytes.Buffer
	json   *json.Encoder
}

func newJSONLines(w io.Writer, p *Plan) (Encoder, error) {
	j := &jsonLines{w: bufio.NewWriter(w), fields: p.fields}
	j.json = json.NewEncoder(&j.text)
	j.json.SetEscapeHTML(false)
	for _, f := range p.fields {
		j.names = append(j.names, []byte(strconv.Quote(f.Path)+":"))
	}
	return j, nil
}

// Write writes one row.
func (j *jsonLines) Write(row Row) error {
	separator := byte('{')
	for i, f := range j.fields {
		value, err := j.value(f, row[i])
		if err != nil {
			return err
		}
		_ = j.w.WriteByte(separator) // a bufio.Writer keeps its error for later
		_, _ = j.w.Write(j.names[i])
		_, _ = j.w.Write(value)
		separator = ','
	}
	_, err := j.w.WriteString("}\n")
	return err
}

func (j *jsonLines) value(f search.Field, c Cell) ([]byte, error) {
	switch {
	case c.List != nil:
		return j.encode(c.List)
	case c.Text == "":
		return []byte("null"), nil
	case f.Kind == search.KindTime && wholeNumber(c.Text), f.Kind == search.KindBool && (c.Text == "true" || c.Text == "false"):
		return []byte(c.Text), nil
	}
	return j.encode(c.Text)
}

// wholeNumber reports whether JSON writes the number in just these digits.
func wholeNumber(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == text
}

func (j *jsonLines) encode(v any) ([]byte, error) {
	j.text.Reset()
	err := j.json.Encode(v)
	return bytes.TrimSuffix(j.text.Bytes(), []byte("\n")), err
}

// Flush hands on what is buffered.
func (j *jsonLines) Flush() error { return j.w.Flush() }

// Close ends the file, which the last row did already.
func (j *jsonLines) Close(Receipt) error { return j.Flush() }

// jsonLinesSource reads such a file.
type jsonLinesSource struct {
	r       *bufio.Reader
	columns []string
	first   Row // read to learn the columns
}

func openJSONLines(file *os.File) (source, error) {
	if err := endsInLineFeed(file); err != nil {
		return nil, err
	}
	s := &jsonLinesSource{r: bufio.NewReaderSize(file, 1<<16)}
	columns, row, err := s.line()
	if errors.Is(err, io.EOF) {
		return s, nil
	}
	s.columns, s.first = columns, row
	return s, err
}

// Columns are the names in the first line.
func (s *jsonLinesSource) Columns() []string { return s.columns }

// Next returns the next row.
func (s *jsonLinesSource) Next() (Row, error) {
	if row := s.first; row != nil {
		s.first = nil
		return row, nil
	}
	columns, row, err := s.line()
	if err == nil && !slices.Equal(columns, s.columns) {
		return nil, fmt.Errorf("a line has the names %v, the first has %v", columns, s.columns)
	}
	return row, err
}

func (s *jsonLinesSource) line() (columns []string, row Row, err error) {
	line, err := s.r.ReadBytes('\n')
	if err != nil {
		return nil, nil, err // the file ends in a line feed: nothing but the end comes without one
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, nil, errors.New("a line is no JSON object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("a line is no JSON: %w", err)
		}
		f, ok := lookupField(fmt.Sprint(name))
		if !ok {
			return nil, nil, fmt.Errorf("the name “%s” is none of an export", search.Isolate(fmt.Sprint(name)))
		}
		cell, err := jsonCell(d)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		columns, row = append(columns, f.Path), append(row, cell)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, fmt.Errorf("a line is no JSON: %w", err)
	}
	if rest, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("a line goes on after its object, with %v", rest)
	}
	return columns, row, nil
}

func jsonCell(d *json.Decoder) (Cell, error) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return Cell{}, err
	}
	switch raw[0] {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return Cell{Text: text}, err
	case '[':
		list := []string{}
		err := json.Unmarshal(raw, &list)
		return Cell{List: list}, err
	case 'n':
		return Cell{}, nil
	case '{':
		return Cell{}, errors.New("holds an object")
	}
	return Cell{Text: string(raw)}, nil
}
