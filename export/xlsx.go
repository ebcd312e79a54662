package export

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"

	"trustlyportal/search"
)

// xlsxEncoder writes a workbook as the rows come, straight into the download: sheets of rows, then the sheet About with
// the receipt, then what names them all. It keeps nothing but the numbers of sheets and the offsets of the zone's clock.
//
// Text is text, whatever it looks like; amounts are numbers if a spreadsheet can hold them exactly, and text otherwise;
// instants are dates of the view's zone, whose number format shows the offset, so that the hour that the clock repeats in
// autumn is told apart.
type xlsxEncoder struct {
	zip     *zip.Writer
	sheet   *bufio.Writer // of the sheet being written
	size    int64         // of that sheet
	used    int           // rows of that sheet
	plan    *Plan
	slots   []slot
	letters []string // of the columns
	line    []byte

	sheets  []string // their names
	styles  xlsxStyles
	inexact int // amounts written as text

	maxRows int // of a sheet, its heading included
}

const (
	// sheetRows is how many rows a sheet holds, by Excel's limits.
	sheetRows = 1_048_576

	// sheetSize starts another sheet before a part of the file needs the 64-bit form of zip, which not every reader takes.
	sheetSize = 3 << 30
)

func newXLSX(w io.Writer, p *Plan) (Encoder, error) { return newXLSXOf(w, p, sheetRows) }

func newXLSXOf(w io.Writer, p *Plan, maxRows int) (*xlsxEncoder, error) {
	x := &xlsxEncoder{zip: zip.NewWriter(w), plan: p, slots: slots(p.fields), maxRows: maxRows}
	x.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for i := range max(len(x.slots), aboutColumns) {
		x.letters = append(x.letters, columnLetters(i))
	}
	if err := errors.Join(x.part("[Content_Types].xml", xlsxContentTypes), x.part("_rels/.rels", xlsxRootRels), x.startRows()); err != nil {
		return nil, fmt.Errorf("begin workbook: %w", err)
	}
	return x, nil
}

// columnLetters names a column: A, B, … Z, AA.
func columnLetters(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnLetters(i/26-1) + columnLetters(i%26)
}

// part writes a whole file of the workbook.
func (x *xlsxEncoder) part(name, content string) error {
	w, err := x.zip.Create(name)
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	return err
}

// startSheet begins the next sheet.
func (x *xlsxEncoder) startSheet(name string) error {
	x.sheets = append(x.sheets, name)
	w, err := x.zip.Create(sheetPath(len(x.sheets)))
	x.sheet, x.size, x.used = bufio.NewWriterSize(w, 1<<16), 0, 0
	return err
}

func sheetPath(n int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", n) }

// startRows begins a sheet of rows: its heading stays in sight.
func (x *xlsxEncoder) startRows() error {
	name := "Transactions"
	if n := len(x.sheets); n > 0 {
		name += " " + strconv.Itoa(n+1)
	}
	if err := x.startSheet(name); err != nil {
		return err
	}
	var head strings.Builder
	head.WriteString(xmlHeader + `<worksheet xmlns="` + nsMain + `"><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`)
	for i, s := range x.slots {
		fmt.Fprintf(&head, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, columnWidth(s))
	}
	head.WriteString(`</cols><sheetData>`)
	if _, err := x.sheet.WriteString(head.String()); err != nil {
		return err
	}
	x.startRow()
	for i, s := range x.slots {
		x.text(i, styleHeading, s.heading()+zoneNote(s, x.plan.View.Zone))
	}
	return x.endRow()
}

// zoneNote tells in the heading of a column of dates in which zone they are.
func zoneNote(s slot, zone *time.Location) string {
	if s.field.Kind == search.KindTime && !s.name {
		return " (" + zone.String() + ")"
	}
	return ""
}

// columnWidth is about how many digits a column is to show.
func columnWidth(s slot) int {
	switch {
	case s.name, s.field.Kind == search.KindText:
		return 24
	case s.field.Kind == search.KindTime:
		return 32
	case s.field.Kind == search.KindCode, s.field.Kind == search.KindBool:
		return 12
	}
	return 16
}

// endRows ends a sheet of rows. Ids are text on purpose: Excel shall not mark each as a number gone wrong.
func (x *xlsxEncoder) endRows() error {
	_, err := fmt.Fprintf(x.sheet, `</sheetData><ignoredErrors><ignoredError sqref="A1:%s%d" numberStoredAsText="1"/></ignoredErrors></worksheet>`,
		x.letters[len(x.slots)-1], max(2, x.used))
	return errors.Join(err, x.sheet.Flush())
}

// Write writes one row.
func (x *xlsxEncoder) Write(row Row) error {
	if x.used >= x.maxRows || x.size >= sheetSize {
		if err := errors.Join(x.endRows(), x.startRows()); err != nil {
			return err
		}
	}
	x.startRow()
	for i, s := range x.slots {
		x.cell(i, s, row[s.index])
	}
	return x.endRow()
}

func (x *xlsxEncoder) cell(i int, s slot, c Cell) {
	if s.name {
		x.text(i, styleText, names(s.field, c))
		return
	}
	switch s.field.Kind {
	case search.KindTime:
		if at, ok := instant(c.Text); ok {
			x.date(i, at)
			return
		}
	case search.KindAmount:
		if d, ok := money(c.Text); ok {
			text := moneyText(d)
			if fitsNumber(text) {
				x.number(i, styleMoney, text)
				return
			}
			x.inexact++
		}
	}
	x.text(i, styleText, canonical(s.field, c))
}

// date writes an instant as the zone's clock shows it; what a spreadsheet's calendar can't tell to the millisecond is text.
func (x *xlsxEncoder) date(i int, at time.Time) {
	there := local(at, x.plan.View.Zone)
	serial, ok := dateSerial(there)
	if !ok {
		x.text(i, styleText, isoTime(there))
		return
	}
	x.number(i, x.styles.date(there), serial)
}

// Flush hands on what is buffered. Compression holds some of it back.
func (x *xlsxEncoder) Flush() error { return errors.Join(x.sheet.Flush(), x.zip.Flush()) }

// Close writes the sheet About and completes the workbook.
func (x *xlsxEncoder) Close(r Receipt) error {
	if err := errors.Join(x.endRows(), x.about(r)); err != nil {
		return fmt.Errorf("end workbook: %w", err)
	}
	err := errors.Join(x.part("xl/workbook.xml", workbookXML(x.sheets)), x.part("xl/_rels/workbook.xml.rels", workbookRels(len(x.sheets))),
		x.part("xl/styles.xml", x.styles.xml()), x.zip.Close())
	if err != nil {
		return fmt.Errorf("end workbook: %w", err)
	}
	return nil
}
