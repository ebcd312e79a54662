package export

import (
	"fmt"
	"strings"
	"time"
)

const (
	xmlHeader = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	nsMain    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	nsRels    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	nsPackage = "http://schemas.openxmlformats.org/package/2006/"

	// xlsxContentTypes comes first in the file, when the number of sheets is not known: a part is a sheet unless named.
	xlsxContentTypes = xmlHeader + `<Types xmlns="` + nsPackage + `content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`

	xlsxRootRels = xmlHeader + `<Relationships xmlns="` + nsPackage + `relationships">` +
		`<Relationship Id="rId1" Type="` + nsRels + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`
)

func workbookXML(sheets []string) string {
	var b strings.Builder
	b.WriteString(xmlHeader + `<workbook xmlns="` + nsMain + `" xmlns:r="` + nsRels + `"><bookViews><workbookView/></bookViews><sheets>`)
	for i, name := range sheets {
		fmt.Fprintf(&b, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, name, i+1, i+1)
	}
	b.WriteString(`</sheets></workbook>`)
	return b.String()
}

func workbookRels(sheets int) string {
	var b strings.Builder
	b.WriteString(xmlHeader + `<Relationships xmlns="` + nsPackage + `relationships">`)
	for i := range sheets {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s/worksheet" Target="%s"/>`, i+1, nsRels, strings.TrimPrefix(sheetPath(i+1), "xl/"))
	}
	fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, sheets+1, nsRels)
	return b.String()
}

// Styles of cells, in the order that styles.xml lists them. Those of dates follow, one for each offset met.
const (
	styleGeneral = iota
	styleText
	styleMoney
	styleHeading
	styleWrapped
	styleDates
)

// Number formats. Those below 164 are the spreadsheet's own.
const (
	formatText  = 49
	formatMoney = 164
	formatDates = 165

	// moneyFormat shows two decimals, and more where the amount has more: no figure looks rounded.
	moneyFormat = `0.00#############`
	// dateFormat is followed by the offset, as a text.
	dateFormat = `yyyy-mm-dd hh:mm:ss.000`
)

// xlsxStyles collects the offsets of dates.
type xlsxStyles struct {
	offsets []string
	numbers map[string]int
}

// date is the style of a date of this clock's offset.
func (s *xlsxStyles) date(clock time.Time) int {
	offset := clock.Format("Z07:00")
	n, ok := s.numbers[offset]
	if !ok {
		if s.numbers == nil {
			s.numbers = map[string]int{}
		}
		n = len(s.offsets)
		s.numbers[offset] = n
		s.offsets = append(s.offsets, offset)
	}
	return styleDates + n
}

func (s *xlsxStyles) xml() string {
	var b strings.Builder
	fmt.Fprintf(&b, `%s<styleSheet xmlns="%s"><numFmts count="%d"><numFmt numFmtId="%d" formatCode="%s"/>`, xmlHeader, nsMain, 1+len(s.offsets), formatMoney, moneyFormat)
	for i, offset := range s.offsets {
		fmt.Fprintf(&b, `<numFmt numFmtId="%d" formatCode="%s &quot;%s&quot;"/>`, formatDates+i, dateFormat, offset)
	}
	b.WriteString(`</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>`)
	fmt.Fprintf(&b, `<cellXfs count="%d">`, styleDates+len(s.offsets))
	style := func(format, font int, inside string) {
		fmt.Fprintf(&b, `<xf numFmtId="%d" fontId="%d" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"%s`, format, font, inside)
	}
	style(0, 0, `/>`) // styleGeneral
	style(formatText, 0, `/>`)
	style(formatMoney, 0, `/>`)
	style(formatText, 1, `/>`)                                                                // styleHeading
	style(formatText, 0, ` applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>`) // styleWrapped
	for i := range s.offsets {
		style(formatDates+i, 0, `/>`)
	}
	b.WriteString(`</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`)
	return b.String()
}
