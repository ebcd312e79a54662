package export

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// sheetReader reads a sheet row by row.
type sheetReader struct {
	book *workbook
	part io.ReadCloser
	xml  *xml.Decoder
}

// sheetCell is a cell as the file has it.
type sheetCell struct {
	text   string
	number bool
	style  int
}

func openSheet(book *workbook, part *zip.File) (*sheetReader, error) {
	r, err := part.Open()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", part.Name, err)
	}
	return &sheetReader{book: book, part: r, xml: xml.NewDecoder(r)}, nil
}

// Close lets go of the sheet, which was only read.
func (s *sheetReader) Close() { _ = s.part.Close() }

// next returns the next row that has cells, each at its column; io.EOF after the last.
func (s *sheetReader) next() ([]sheetCell, error) {
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, tornXML(err)
		}
		switch element := token.(type) {
		case xml.StartElement:
			if element.Name.Local != "row" {
				continue
			}
			cells, err := s.row()
			if err != nil {
				return nil, err
			}
			if len(cells) > 0 {
				return cells, nil
			}
		case xml.EndElement:
			if element.Name.Local == "sheetData" {
				return nil, io.EOF
			}
		}
	}
}

func tornXML(err error) error {
	if errors.Is(err, io.EOF) {
		return errTorn
	}
	return fmt.Errorf("read sheet: %w", err)
}

func (s *sheetReader) row() ([]sheetCell, error) {
	var cells []sheetCell
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, tornXML(err)
		}
		switch element := token.(type) {
		case xml.StartElement:
			if element.Name.Local != "c" {
				continue
			}
			at, cell, err := s.cell(element, len(cells))
			if err != nil {
				return nil, err
			}
			if at < len(cells) || at >= maxColumns {
				return nil, errors.New("the cells of a row are out of order")
			}
			for len(cells) < at {
				cells = append(cells, sheetCell{})
			}
			cells = append(cells, cell)
		case xml.EndElement:
			if element.Name.Local == "row" {
				return cells, nil
			}
		}
	}
}

// maxColumns is how many columns a spreadsheet has.
const maxColumns = 16_384

// cell reads one cell and its column, which is the next unless it says otherwise.
func (s *sheetReader) cell(start xml.StartElement, next int) (at int, cell sheetCell, err error) {
	at = next
	kind := ""
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			at = columnIndex(a.Value)
		case "s":
			cell.style, _ = strconv.Atoi(a.Value) // an unreadable style is the default one
		case "t":
			kind = a.Value
		}
	}
	var text strings.Builder
	inside := ""
	for {
		token, err := s.xml.Token()
		if err != nil {
			return 0, sheetCell{}, tornXML(err)
		}
		switch element := token.(type) {
		case xml.StartElement:
			inside = element.Name.Local
		case xml.CharData:
			if inside == "t" || inside == "v" {
				text.Write(element)
			}
		case xml.EndElement:
			inside = ""
			if element.Name.Local != "c" {
				continue
			}
			cell.text, cell.number, err = s.value(kind, text.String())
			return at, cell, err
		}
	}
}

func (s *sheetReader) value(kind, text string) (value string, number bool, err error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(text)
		if err != nil || i < 0 || i >= len(s.book.shared) {
			return "", false, errors.New("a cell refers to a text that is not there")
		}
		return s.book.shared[i], false, nil
	case "inlineStr", "str":
		return unescape(text), false, nil
	case "", "n":
		return text, true, nil
	}
	return text, false, nil
}

// columnIndex is the number of a cell's column, 0 for A1.
func columnIndex(cell string) int {
	n := 0
	for _, r := range cell {
		if r < 'A' || r > 'Z' || n > maxColumns {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	return n - 1
}
