package export

import (
	"encoding/csv"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
)

// libreOffice is off unless asked for: `go test ./export -run LibreOffice -libreoffice`.
var libreOffice = flag.Bool("libreoffice", false, "open workbooks with soffice")

// asShown makes a CSV file of each sheet, its cells as a person sees them.
const asShown = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"

// A workbook opened by LibreOffice shows the ids, amounts and instants that the API sent, and its sums are the receipt's;
// saved again, it still holds.
func TestLibreOfficeShowsWhatTheAPISent(t *testing.T) {
	if !*libreOffice {
		t.Skip("needs -libreoffice")
	}
	list := append(sampleRows(t, 2000),
		record(t, `{"transactionId":"0012","transactionType":3,"status":4,"currency":"USD","amount":"-1234.5","merchantReference":"=1+1","createdAt":1793511000123}`),
		record(t, `{"transactionId":"1e5","transactionType":3,"status":4,"currency":"USD","amount":"12.345","merchantReference":"a\u0007_x0041_\nb<&>","createdAt":1793514600999}`))
	path, r := xlsx(t, factQuery, list)
	dir := t.TempDir()
	convert := func(to, from string) {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "soffice", "--headless", "-env:UserInstallation=file://"+dir+"/profile", "--convert-to", to, "--outdir", dir, from).CombinedOutput()
		if err != nil {
			t.Fatalf("soffice: %v\n%s", err, out)
		}
	}

	convert(asShown, path)
	plain, _ := written(t, formats[0], planOf(t, factQuery), list)
	want, got := readLines(t, plain), readLines(t, filepath.Join(dir, "export-Transactions.csv"))
	if len(got) != len(want) {
		t.Fatalf("got %d lines, want %d", len(got), len(want))
	}
	for i := range want {
		if i == 0 {
			continue
		}
		at := strings.Replace(strings.Replace(got[i][8], " ", "T", 1), " ", "", 1)
		if got[i][0] != want[i][0] || got[i][7] != unguard(want[i][7]) || at != want[i][8] || !decimal.RequireFromString(got[i][5]).Equal(decimal.RequireFromString(want[i][5])) {
			t.Errorf("row %d: got %q, want %q", i, got[i], want[i])
		}
	}

	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, total := range r.Totals {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		formula := `SUMIFS(Transactions!F:F,Transactions!B:B,"` + total.Type + `",Transactions!D:D,"` + total.Status + `",Transactions!G:G,"` + total.Currency + `")`
		if _, err := book.NewSheet("Sums"); err != nil {
			t.Fatal(err)
		}
		if err := book.SetCellFormula("Sums", cell, formula); err != nil {
			t.Fatal(err)
		}
	}
	withSums := filepath.Join(dir, "sums.xlsx")
	if err := book.SaveAs(withSums); err != nil {
		t.Fatal(err)
	}
	convert(asShown, withSums)
	for i, line := range readLines(t, filepath.Join(dir, "sums-Sums.csv")) {
		sum, err := decimal.NewFromString(line[0])
		if want := decimal.RequireFromString(r.Totals[i].Amount); err != nil || !sum.Round(6).Equal(want) {
			t.Errorf("%v: got the sum %s, want %s", r.Totals[i], line[0], want)
		}
	}

	convert("xlsx:Calc MS Excel 2007 XML", path)
	verified(t, filepath.Join(dir, "export.xlsx"), r)
	found, err := ReceiptIn(filepath.Join(dir, "export.xlsx"))
	if err != nil || found.Digest != r.Digest {
		t.Errorf("saved again: got the receipt's digest %s and %v, want %s", found.Digest, err, r.Digest)
	}
}

func readLines(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
