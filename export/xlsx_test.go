package export

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"trustlyportal/trustlyclient"
)

// opened reads a workbook with a library that had no part in writing it.
func opened(t *testing.T, path string) *excelize.File {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

func xlsx(t testing.TB, query string, list []*trustlyclient.Transaction) (string, Receipt) {
	t.Helper()
	format, _ := FormatOf("xlsx")
	return written(t, format, planOf(t, query), list)
}

// dateShown is a date cell's instant: its number, read by the calendar, and the offset that its format shows.
func dateShown(t *testing.T, book *excelize.File, cell string) time.Time {
	t.Helper()
	raw, err := book.GetCellValue("Transactions", cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	serial, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(math.Round(serial*24*3600*1000)) * time.Millisecond)
	n, err := book.GetCellStyle("Transactions", cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := book.GetStyle(n)
	if err != nil || style.CustomNumFmt == nil {
		t.Fatalf("%s: got no format of its own and %v", cell, err)
	}
	offset, ok := strings.CutPrefix(*style.CustomNumFmt, `yyyy-mm-dd hh:mm:ss.000 "`)
	at, err := time.Parse("2006-01-02T15:04:05.000Z07:00", clock.Format("2006-01-02T15:04:05.000")+strings.TrimSuffix(offset, `"`))
	if err != nil || !ok {
		t.Fatalf("%s: got the format %q and %v, want one that shows the offset", cell, *style.CustomNumFmt, err)
	}
	return at
}

// What a spreadsheet is to take for text, for a number and for a date, and how it shows them.
func TestXLSXTellsTextNumbersAndDatesApart(t *testing.T) {
	path, _ := xlsx(t, "columns=status,amount,merchantReference,createdAt,payment.account.accountNumber&tz=America/New_York", []*trustlyclient.Transaction{
		record(t, `{"transactionId":"0012","status":4,"amount":"-1234.5","merchantReference":"=1+1","createdAt":1793511000000,"payment":{"account":{"accountNumber":"000123457833"}}}`),
		record(t, `{"transactionId":"1e5","status":"77","amount":"99999999999999999.999","merchantReference":"00123","createdAt":1793514600000}`),
		record(t, `{"transactionId":"3","amount":"12.345","createdAt":"1880-01-01T00:00:00Z"}`),
	})
	book := opened(t, path)
	const sheet = "Transactions"
	for _, c := range []struct {
		cell, raw, shown string
		kind             excelize.CellType
	}{
		{"A1", "transactionId", "transactionId", excelize.CellTypeInlineString},
		{"G1", "createdAt (America/New_York)", "createdAt (America/New_York)", excelize.CellTypeInlineString},
		{"A2", "0012", "0012", excelize.CellTypeInlineString}, {"B2", "4", "4", excelize.CellTypeInlineString}, {"C2", "Completed", "Completed", excelize.CellTypeInlineString},
		{"D2", "-1234.50", "-1234.50", excelize.CellTypeUnset}, {"F2", "=1+1", "=1+1", excelize.CellTypeInlineString},
		{"G2", "46327.0625", "", excelize.CellTypeUnset}, {"H2", "••7833", "••7833", excelize.CellTypeInlineString},
		{"A3", "1e5", "1e5", excelize.CellTypeInlineString}, {"D3", "99999999999999999.999", "99999999999999999.999", excelize.CellTypeInlineString},
		{"F3", "00123", "00123", excelize.CellTypeInlineString}, {"G3", "46327.0625", "", excelize.CellTypeUnset},
		{"D4", "12.345", "12.345", excelize.CellTypeUnset}, {"G4", "1880-01-01T00:00:00.000Z", "1880-01-01T00:00:00.000Z", excelize.CellTypeInlineString},
	} {
		kind, err := book.GetCellType(sheet, c.cell)
		raw, rawErr := book.GetCellValue(sheet, c.cell, excelize.Options{RawCellValue: true})
		shown, shownErr := book.GetCellValue(sheet, c.cell)
		if err != nil || rawErr != nil || shownErr != nil || kind != c.kind || raw != c.raw || c.shown != "" && shown != c.shown {
			t.Errorf("%s: got %q shown as %q, type %v, want %q, %q, %v", c.cell, raw, shown, kind, c.raw, c.shown, c.kind)
		}
		if formula, _ := book.GetCellFormula(sheet, c.cell); formula != "" {
			t.Errorf("%s: got the formula %q, want none", c.cell, formula)
		}
	}
	if first, second := dateShown(t, book, "G2"), dateShown(t, book, "G3"); first.UnixMilli() != 1793511000000 || second.Sub(first) != time.Hour {
		t.Errorf("got the instants %s and %s, want an hour between them", first, second)
	}
	panes, err := book.GetPanes(sheet)
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("got the panes %+v and %v, want the heading frozen", panes, err)
	}
	if got := book.GetSheetList(); !slices.Equal(got, []string{"Transactions", "About"}) {
		t.Errorf("got the sheets %v, want Transactions and About", got)
	}
	if width, err := book.GetColWidth(sheet, "G"); err != nil || width < 30 {
		t.Errorf("got a width of %v for dates and %v, want one that shows them", width, err)
	}
}

// Every instant of the days on which the clock is turned comes back to the millisecond.
func TestXLSXKeepsInstantsWhenTheClockTurns(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for zone, day := range map[string]string{"America/New_York": "2026-11-01T00:00:00Z", "Europe/Berlin": "2026-03-29T00:00:00Z", "Australia/Lord_Howe": "2026-04-04T12:00:00Z", "Asia/Kathmandu": "2026-01-01T00:00:00Z"} {
		start, err := time.Parse(time.RFC3339, day)
		if err != nil {
			t.Fatal(err)
		}
		var list []*trustlyclient.Transaction
		for range 200 {
			list = append(list, record(t, fmt.Sprintf(`{"transactionId":1,"createdAt":%d}`, start.UnixMilli()+random.Int64N(24*3600*1000))))
		}
		path, r := xlsx(t, "columns=createdAt&tz="+zone, list)
		verified(t, path, r)
		book := opened(t, path)
		for i, tx := range list {
			if got := dateShown(t, book, "B"+strconv.Itoa(i+2)); !got.Equal(tx.CreatedAt.Time) {
				t.Errorf("%s: got %s, want %s", zone, got, tx.CreatedAt.Time)
			}
		}
	}
}

// A sheet that is full is followed by another with the same heading.
func TestXLSXGoesOnInASecondSheet(t *testing.T) {
	plan := planOf(t, factQuery)
	var b bytes.Buffer
	out, err := newXLSXOf(&b, plan, 11)
	if err != nil {
		t.Fatal(err)
	}
	list := sampleRows(t, 25)
	r := writeAll(t, out, plan, list)
	path := filepath.Join(t.TempDir(), "x.xlsx")
	writeFile(t, path, b.Bytes())
	verified(t, path, r)
	book := opened(t, path)
	if got := book.GetSheetList(); !slices.Equal(got, []string{"Transactions", "Transactions 2", "Transactions 3", "About"}) {
		t.Fatalf("got the sheets %v, want three and About", got)
	}
	n := 0
	for i, sheet := range book.GetSheetList()[:3] {
		lines, err := book.GetRows(sheet)
		if err != nil || len(lines) != []int{11, 11, 6}[i] || lines[0][0] != "transactionId" {
			t.Fatalf("%s: got %d lines and %v, want the heading and 10, 10 and 5 rows", sheet, len(lines), err)
		}
		for _, line := range lines[1:] {
			if want := string(list[n].TransactionID); line[0] != want {
				t.Errorf("row %d: got %s, want %s", n, line[0], want)
			}
			n++
		}
	}
	if sheetRows != 1<<20 {
		t.Errorf("a sheet has %d rows, want Excel's 1,048,576", sheetRows)
	}
}

// The sheet About tells the receipt to people and to programs.
func TestXLSXHoldsItsReceipt(t *testing.T) {
	path, r := xlsx(t, factQuery, append(sampleRows(t, 50), record(t, `{"transactionId":"x","currency":"USD","amount":"12345678901234567.89"}`)))
	found, err := ReceiptIn(path)
	if err != nil {
		t.Fatal(err)
	}
	verified(t, path, found)
	lines, err := opened(t, path).GetRows("About")
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(lines)
	for _, want := range []string{"[Rows 51]", "[Made by ada@example.com]", r.Digest, r.URL, "[Amounts as text 1 amounts have more digits", "12345678901234567.89", "4 Completed USD"} {
		if !strings.Contains(text, want) {
			t.Errorf("got %s, want %q in it", text, want)
		}
	}
}

// A spreadsheet program that saves the workbook again changes its form, not what it holds.
func TestXLSXSavedAgainStillVerifies(t *testing.T) {
	path, r := xlsx(t, factQuery, sampleRows(t, 30))
	book := opened(t, path)
	for _, cell := range []string{"A2", "A3"} { // excelize makes these shared strings
		value, err := book.GetCellValue("Transactions", cell)
		if err == nil {
			err = book.SetCellStr("Transactions", cell, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	again := filepath.Join(t.TempDir(), "again.xlsx")
	if err := book.SaveAs(again); err != nil {
		t.Fatal(err)
	}
	verified(t, again, r)
	if err := book.SetCellStr("Transactions", "A3", "1001"); err != nil { // a zero less
		t.Fatal(err)
	}
	if err := book.SaveAs(again); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(again, r, "test"); err == nil {
		t.Error("a workbook with another id holds, want a difference")
	}
}

func TestNumbersThatFit(t *testing.T) {
	for text, want := range map[string]bool{
		"0.00": true, "-12.50": true, "0.10": true, "999999999999.99": true, "0.000001": true, "123456789012345.00": false, "1234567890123.45": true,
		"12345678901234.567": false, "99999999999999999.999": false, "100000000000000000.00": false,
	} {
		if got := fitsNumber(text); got != want {
			t.Errorf("%s: got %t, want %t", text, got, want)
		}
	}
	for range 10_000 { // every amount of cents that fits is just itself again
		text := strconv.FormatInt(rand.Int64N(1e13), 10) + fmt.Sprintf(".%02d", rand.IntN(100))
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || strconv.FormatFloat(f, 'f', 2, 64) != text || !fitsNumber(text) {
			t.Errorf("%s: got %s, fits %t, want it to", text, strconv.FormatFloat(f, 'f', 2, 64), fitsNumber(text))
		}
	}
}

func TestColumnLetters(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := columnLetters(i); got != want || columnIndex(got+"17") != i {
			t.Errorf("%d: got %s, and %d back, want %s", i, got, columnIndex(got+"17"), want)
		}
	}
}
