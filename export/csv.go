package export

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"trustlyportal/search"
)

// csvEncoder writes RFC 4180 in UTF-8. A column of a code becomes two, the code and its name; a composed column one for
// each of its fields. Headings are the API's field names, so that scripts can rely on them.
type csvEncoder struct {
	to     io.Writer
	w      *csv.Writer
	slots  []slot
	zone   *time.Location
	record []string
}

// byteOrderMark makes Excel read a CSV file as UTF-8.
const byteOrderMark = "\ufeff"

// newCSV writes the heading; times will be told in the view's zone, with their offset.
func newCSV(to io.Writer, p *Plan) (Encoder, error) {
	c := &csvEncoder{to: to, w: csv.NewWriter(to), slots: slots(p.fields), zone: p.View.Zone}
	c.w.UseCRLF = true
	if p.View.Has(search.NameBOM) {
		if _, err := io.WriteString(to, byteOrderMark); err != nil {
			return nil, fmt.Errorf("write byte order mark: %w", err)
		}
	}
	for _, s := range c.slots {
		c.record = append(c.record, s.heading())
	}
	if err := c.w.Write(c.record); err != nil {
		return nil, fmt.Errorf("write heading: %w", err)
	}
	return c, nil
}

// Write writes one row.
func (c *csvEncoder) Write(row Row) error {
	c.record = c.record[:0]
	for _, s := range c.slots {
		c.record = append(c.record, c.text(s, row[s.index]))
	}
	if len(c.record) == 1 && c.record[0] == "" { // else an empty line, which readers skip
		return errors.Join(c.Flush(), c.emptyRow())
	}
	return c.w.Write(c.record)
}

func (c *csvEncoder) emptyRow() error {
	_, err := io.WriteString(c.to, "\"\"\r\n")
	return err
}

func (c *csvEncoder) text(s slot, cell Cell) string {
	if s.name {
		return guard(names(s.field, cell))
	}
	if s.field.Kind == search.KindTime {
		if at, ok := instant(cell.Text); ok {
			return isoTime(local(at, c.zone))
		}
	}
	return guard(csvText(canonical(s.field, cell), cell))
}

// csvText is the whole of a text that a spreadsheet's cell would not hold: CSV is read by programs, too.
func csvText(short string, cell Cell) string {
	if len(cell.Text) > longestText {
		return lineEnds.Replace(cell.Text)
	}
	return short
}

// Flush hands on what is buffered.
func (c *csvEncoder) Flush() error {
	c.w.Flush()
	return c.w.Error()
}

// Close ends the file, which the last row did already.
func (c *csvEncoder) Close(Receipt) error { return c.Flush() }

// csvSource reads such a file.
type csvSource struct {
	table
	r     *csv.Reader
	cells []Cell
}

func openCSV(file *os.File) (source, error) {
	if err := endsInLineFeed(file); err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(file, 1<<16)
	if mark, err := buffered.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = buffered.Discard(len(byteOrderMark)) // peeked at
	}
	s := &csvSource{r: csv.NewReader(buffered)}
	s.r.ReuseRecord = true
	heading, err := s.r.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: it has no heading", errTorn)
	}
	if err := s.readHeading(heading); err != nil {
		return nil, err
	}
	s.cells = make([]Cell, len(heading))
	return s, nil
}

// Next returns the next row.
func (s *csvSource) Next() (Row, error) {
	record, err := s.r.Read()
	if err != nil {
		return nil, err
	}
	for i, text := range record {
		s.cells[i] = Cell{Text: unguard(text)}
	}
	return s.row(s.cells), nil
}

// endsInLineFeed finds files that were cut within their last line, where no digest would tell.
func endsInLineFeed(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return nil
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, info.Size()-1); err != nil {
		return err
	}
	if last[0] != '\n' {
		return fmt.Errorf("%w within its last line", errTorn)
	}
	return nil
}
