package export

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	aboutSheet   = "About"
	aboutColumns = 7 // of the totals

	// receiptLabel marks the cells that hold the receipt's JSON, in pieces that fit a cell.
	receiptLabel = "Receipt (JSON)"
	receiptPiece = 30_000 // bytes, so never more than as many characters
)

// about writes the sheet that says what the others hold: the receipt for people, then for programs.
func (x *xlsxEncoder) about(r Receipt) error {
	if err := x.startSheet(aboutSheet); err != nil {
		return err
	}
	_, err := x.sheet.WriteString(xmlHeader + `<worksheet xmlns="` + nsMain + `"><sheetFormatPr defaultRowHeight="15"/><cols>` +
		`<col min="1" max="1" width="24" customWidth="1"/><col min="2" max="2" width="40" customWidth="1"/>` +
		`<col min="3" max="7" width="18" customWidth="1"/></cols><sheetData>`)
	if err != nil {
		return err
	}
	for _, line := range r.lines(x.inexact) {
		x.startRow()
		x.text(0, styleHeading, line[0])
		x.text(1, styleText, line[1])
		err = errors.Join(err, x.endRow())
	}
	err = errors.Join(err, x.aboutTotals(r))
	text, jsonErr := r.JSON()
	err = errors.Join(err, jsonErr)
	for _, piece := range pieces(string(text), receiptPiece) {
		x.startRow()
		x.text(0, styleHeading, receiptLabel)
		x.text(1, styleWrapped, piece)
		err = errors.Join(err, x.endRow())
	}
	_, endErr := x.sheet.WriteString(`</sheetData></worksheet>`)
	return errors.Join(err, endErr, x.sheet.Flush())
}

// lines are the receipt in words.
func (r Receipt) lines(inexact int) [][2]string {
	lines := [][2]string{
		{"View", r.View}, {"As of", isoTime(r.AsOf)}, {"Time zone of the dates", r.TimeZone},
		{"Rows", strconv.Itoa(r.Rows)}, {"Repeats dropped", strconv.Itoa(r.RepeatsDropped)},
		{"First row", r.First.String()}, {"Last row", r.Last.String()},
		{"Personal data", r.Masking}, {"Made by", r.By}, {"From", r.Source},
		{"Read from", isoTime(r.ReadFrom)}, {"Read until", isoTime(r.ReadUntil)},
		{"Frozen link", r.URL}, {"Columns", strings.Join(r.Columns, " ")}, {"SHA-256 of the rows", r.Digest}, {"Portal version", r.Version},
	}
	if r.ChangedSince != nil {
		lines = append(lines, [2]string{"Changed since", isoTime(*r.ChangedSince) + ": only what changed since then and still matches the view; the column change says new or changed"})
	}
	if r.Runs > 1 {
		lines = append(lines, [2]string{"Reading", fmt.Sprintf("was interrupted and gone on with: it began %d times", r.Runs)})
	}
	if inexact > 0 {
		lines = append(lines, [2]string{"Amounts as text", fmt.Sprintf("%d amounts have more digits than a spreadsheet's number keeps: they are text, and SUM leaves them out", inexact)})
	}
	return lines
}

// String is the row in words; nil says that there is none.
func (m *Mark) String() string {
	if m == nil {
		return "none"
	}
	return m.ID + ", created " + m.CreatedAt
}

func (x *xlsxEncoder) aboutTotals(r Receipt) error {
	x.startRow()
	err := x.endRow()
	x.startRow()
	for i, heading := range []string{"Totals: type", "status", "currency", "rows", "amount", "rows without amount", "unreadable amounts"} {
		x.text(i, styleHeading, heading)
	}
	err = errors.Join(err, x.endRow())
	for _, t := range r.Totals {
		x.startRow()
		x.text(0, styleText, plainText(strings.TrimSpace(t.Type+" "+t.TypeName)))
		x.text(1, styleText, plainText(strings.TrimSpace(t.Status+" "+t.StatusName)))
		x.text(2, styleText, t.Currency)
		x.number(3, styleGeneral, strconv.Itoa(t.Rows))
		if fitsNumber(t.Amount) {
			x.number(4, styleMoney, t.Amount)
		} else {
			x.text(4, styleText, t.Amount)
		}
		x.number(5, styleGeneral, strconv.Itoa(t.Missing))
		x.number(6, styleGeneral, strconv.Itoa(t.Unreadable))
		err = errors.Join(err, x.endRow())
	}
	x.startRow()
	return errors.Join(err, x.endRow())
}

// pieces cuts text into pieces of so many bytes at most, between characters.
func pieces(text string, size int) []string {
	var out []string
	for len(text) > size {
		cut := strings.LastIndexFunc(text[:size+1], func(rune) bool { return true })
		out, text = append(out, text[:cut]), text[cut:]
	}
	return append(out, text)
}
