package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// CSV writes rows as RFC 4180 in UTF-8. A column of a code becomes two, the code and its name; a composed column one
// for each of its fields. Headings are the API's field names, so that scripts can rely on them.
type CSV struct {
	w      *csv.Writer
	fields []search.Field
	zone   *time.Location
	record []string
}

// nameSuffix marks the second column of a code.
const nameSuffix = ".name"

// NewCSV writes the heading of the columns; times will be told in the zone, with their offset.
func NewCSV(w io.Writer, columns []search.Column, zone *time.Location) (*CSV, error) {
	c := &CSV{w: csv.NewWriter(w), zone: zone}
	c.w.UseCRLF = true
	var heading []string
	taken := map[string]bool{}
	for _, column := range columns {
		for _, path := range column.Paths {
			field, ok := search.LookupField(path)
			if !ok || taken[path] {
				continue
			}
			taken[path] = true
			c.fields = append(c.fields, field)
			heading = append(heading, path)
			if field.Coded() {
				heading = append(heading, path+nameSuffix)
			}
		}
	}
	if err := c.w.Write(heading); err != nil {
		return nil, fmt.Errorf("write heading: %w", err)
	}
	return c, nil
}

// Write writes one row, personal data masked.
func (c *CSV) Write(t *trustlyclient.Transaction) error {
	c.record = c.record[:0]
	for _, field := range c.fields {
		c.record = append(c.record, c.cells(field, field.Value(t))...)
	}
	return c.w.Write(c.record)
}

// Flush hands on what is buffered.
func (c *CSV) Flush() error {
	c.w.Flush()
	return c.w.Error()
}

func (c *CSV) cells(field search.Field, value any) []string {
	switch v := value.(type) {
	case trustlyclient.Time:
		if v.IsZero() {
			return []string{guard(v.Text)}
		}
		return []string{v.In(c.zone).Format("2006-01-02T15:04:05.000Z07:00")}
	case trustlyclient.Amount:
		return []string{amount(v)}
	case []trustlyclient.Code:
		codes, names := make([]string, len(v)), make([]string, len(v))
		for i, code := range v {
			codes[i], names[i] = string(code), codeName(field, string(code))
		}
		return []string{guard(strings.Join(codes, " ")), guard(strings.Join(names, ", "))}
	}
	text := field.Mask.Apply(fmt.Sprint(value))
	if field.Coded() {
		return []string{guard(text), guard(codeName(field, text))}
	}
	return []string{guard(text)}
}

// codeName is a code's name, empty for a code nobody documents.
func codeName(field search.Field, code string) string {
	m, _ := field.Meaning(code)
	return m.Name
}

// amount writes a number; what is none is text.
func amount(a trustlyclient.Amount) string {
	if text, ok := search.Money(a); ok {
		return text
	}
	return guard(a.Text)
}

var number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// guard keeps spreadsheets from taking text for a formula: text that begins as one, after any blanks, gets an
// apostrophe in front. A number, also a negative one, is none.
func guard(s string) string {
	if number.MatchString(s) {
		return s
	}
	start := strings.TrimLeft(s, " \u00a0\u200b\ufeff")
	if start == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", []rune(start)[0]) {
		return "'" + s
	}
	return s
}
