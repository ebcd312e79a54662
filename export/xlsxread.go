package export

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trustlyportal/search"
)

// xlsxSource reads such a workbook, also after a spreadsheet program saved it again: its rows sheet by sheet.
type xlsxSource struct {
	table
	book   workbook
	sheets []*zip.File // of rows, yet to be read
	sheet  *sheetReader
}

func openXLSX(file *os.File) (source, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	s := &xlsxSource{}
	if err := s.book.open(file, info.Size()); err != nil {
		return nil, err
	}
	for _, sheet := range s.book.sheets {
		if sheet.name != aboutSheet {
			s.sheets = append(s.sheets, sheet.file)
		}
	}
	if len(s.sheets) == 0 {
		return nil, fmt.Errorf("%w: it has no sheet of rows", errTorn)
	}
	headings, err := s.nextSheet()
	if err != nil {
		return nil, err
	}
	return s, s.readHeading(headings)
}

// nextSheet opens the next sheet and reads its heading.
func (s *xlsxSource) nextSheet() ([]string, error) {
	if s.sheet != nil {
		s.sheet.Close()
	}
	sheet, err := openSheet(&s.book, s.sheets[0])
	if err != nil {
		return nil, err
	}
	s.sheet, s.sheets = sheet, s.sheets[1:]
	cells, err := sheet.next()
	if err != nil {
		return nil, fmt.Errorf("%w: a sheet has no heading", errTorn)
	}
	headings := make([]string, len(cells))
	for i, cell := range cells {
		headings[i], _, _ = strings.Cut(cell.text, " ") // the zone follows
	}
	return headings, nil
}

// Next returns the next row.
func (s *xlsxSource) Next() (Row, error) {
	raw, err := s.sheet.next()
	for errors.Is(err, io.EOF) && len(s.sheets) > 0 {
		headings, openErr := s.nextSheet()
		if openErr != nil {
			return nil, openErr
		}
		if !slices.EqualFunc(headings, s.slots, func(heading string, s slot) bool { return heading == s.heading() }) {
			return nil, errors.New("a sheet has other columns than the first")
		}
		raw, err = s.sheet.next()
	}
	if err != nil {
		return nil, err
	}
	cells := make([]Cell, len(s.slots))
	for i, c := range raw {
		if i >= len(cells) {
			if c.text != "" {
				return nil, fmt.Errorf("row %d has a cell beyond the last column", s.rows+1)
			}
			continue
		}
		if cells[i].Text, err = s.book.cellText(s.slots[i], c); err != nil {
			return nil, fmt.Errorf("row %d, %s: %w", s.rows+1, s.slots[i].heading(), err)
		}
	}
	return s.row(cells), nil
}

// cellText turns a spreadsheet's number back into the value it shows.
func (b *workbook) cellText(s slot, c sheetCell) (string, error) {
	if !c.number || s.name || c.text == "" {
		return c.text, nil
	}
	f, err := strconv.ParseFloat(c.text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return "", errors.New("a number can't be read")
	}
	if s.field.Kind != search.KindTime {
		return strconv.FormatFloat(f, 'f', -1, 64), nil
	}
	if c.style < 0 || c.style >= len(b.offsets) || b.offsets[c.style] == nil {
		return "", errors.New("a date has lost its offset from UTC, which its number format showed")
	}
	if f < lowestSerial || f > maxSerial {
		return "", errors.New("a date is outside the calendar")
	}
	return isoTime(serialTime(f, *b.offsets[c.style])), nil
}

// maxSerial is 9999-12-31 and a day.
const maxSerial = 2_958_467

// receiptInXLSX reads the receipt in the sheet About.
func receiptInXLSX(file *os.File) (Receipt, error) {
	info, err := file.Stat()
	if err != nil {
		return Receipt{}, err
	}
	var book workbook
	if err := book.open(file, info.Size()); err != nil {
		return Receipt{}, err
	}
	var text strings.Builder
	for _, sheet := range book.sheets {
		if sheet.name != aboutSheet {
			continue
		}
		reader, err := openSheet(&book, sheet.file)
		if err != nil {
			return Receipt{}, err
		}
		defer reader.Close()
		for {
			cells, err := reader.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return Receipt{}, err
			}
			if len(cells) > 1 && cells[0].text == receiptLabel {
				text.WriteString(cells[1].text)
			}
		}
	}
	return ReadReceipt(strings.NewReader(text.String()))
}

// workbook is what the parts beside the sheets say.
type workbook struct {
	sheets  []namedSheet
	shared  []string         // texts that sheets refer to
	offsets []*time.Duration // by style: a date's offset from UTC; nil: the style shows none
}

type namedSheet struct {
	name string
	file *zip.File
}

var errNoWorkbook = fmt.Errorf("%w, or is no XLSX workbook", errTorn)

func (b *workbook) open(file io.ReaderAt, size int64) error {
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return errNoWorkbook
	}
	files := map[string]*zip.File{}
	for _, f := range archive.File {
		files[f.Name] = f
	}
	var list struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Rels []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	var texts struct {
		Texts []struct {
			Parts []string `xml:"t"`
			Runs  []string `xml:"r>t"`
		} `xml:"si"`
	}
	err = errors.Join(readPart(files["xl/workbook.xml"], &list), readPart(files["xl/_rels/workbook.xml.rels"], &rels), b.readStyles(files["xl/styles.xml"]))
	if shared := files["xl/sharedStrings.xml"]; err == nil && shared != nil {
		err = readPart(shared, &texts)
	}
	if err != nil {
		return err
	}
	for _, text := range texts.Texts {
		b.shared = append(b.shared, unescape(strings.Join(text.Parts, "")+strings.Join(text.Runs, "")))
	}
	for _, sheet := range list.Sheets {
		for _, rel := range rels.Rels {
			if rel.ID != sheet.ID {
				continue
			}
			target := path.Join("xl", rel.Target)
			if strings.HasPrefix(rel.Target, "/") {
				target = rel.Target[1:]
			}
			if files[target] == nil {
				return errNoWorkbook
			}
			b.sheets = append(b.sheets, namedSheet{sheet.Name, files[target]})
		}
	}
	return nil
}

func readPart(part *zip.File, into any) error {
	if part == nil {
		return errNoWorkbook
	}
	r, err := part.Open()
	if err != nil {
		return fmt.Errorf("open %s: %w", part.Name, err)
	}
	defer r.Close() //nolint:errcheck // only read
	if err := xml.NewDecoder(r).Decode(into); err != nil {
		return fmt.Errorf("read %s: %w", part.Name, err)
	}
	return nil
}

// offsetShown finds the offset in a date's number format, once quotes and backslashes are gone.
var offsetShown = regexp.MustCompile(`([+-])(\d\d):(\d\d)|Z`)

func (b *workbook) readStyles(part *zip.File) error {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := readPart(part, &styles); err != nil {
		return err
	}
	offsets := map[int]*time.Duration{}
	for _, format := range styles.Formats {
		found := offsetShown.FindStringSubmatch(strings.NewReplacer(`"`, "", `\`, "").Replace(format.Code))
		if found == nil || !strings.Contains(strings.ToLower(format.Code), "yyyy") {
			continue
		}
		hours, _ := strconv.Atoi(found[2]) // two digits, or none for Z
		minutes, _ := strconv.Atoi(found[3])
		offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
		if found[1] == "-" {
			offset = -offset
		}
		offsets[format.ID] = &offset
	}
	for _, cell := range styles.Cells {
		b.offsets = append(b.offsets, offsets[cell.Format])
	}
	return nil
}
