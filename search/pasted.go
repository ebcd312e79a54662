package search

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxPasted is how many entries a pasted list may have: each costs several requests.
const MaxPasted = 500

// Pasted is a list that somebody pasted, from a column of a spreadsheet or an e-mail, taken apart.
type Pasted struct {
	Entries []PastedEntry
	Header  string // the first row when it names a column: "Transaction ID"; it is no entry
}

// PastedEntry is one text of a pasted list.
type PastedEntry struct {
	Line        int    // of the paste, from 1, empty ones counted
	Place       int    // within the line, from 1; 0 when it is alone there
	Text        string // as pasted, without the blanks around it
	DuplicateOf int    // index in Entries of the first one that asks the same; -1 for a first one
}

// ParsePasted takes a pasted list apart at line ends, tabs, commas and semicolons, as spreadsheets write their cells:
// what stands in double quotes stays together, and so does a number with thousands marks. Empty cells are left out.
// Nothing else is: what can't be read is an entry all the same, so that it is seen.
func ParsePasted(list string) Pasted {
	var p Pasted
	seen := map[string]int{}
	for i, line := range splitLines(strings.ToValidUTF8(list, "\uFFFD")) {
		cells := splitCells(line)
		if len(p.Entries) == 0 && p.Header == "" && isHeader(cells) {
			p.Header = strings.Join(cells, ", ")
			continue
		}
		for j, text := range cells {
			entry := PastedEntry{Line: i + 1, Place: j + 1, Text: text, DuplicateOf: -1}
			if len(cells) == 1 {
				entry.Place = 0
			}
			key := pastedKey(text)
			if first, ok := seen[key]; ok {
				entry.DuplicateOf = first
			} else {
				seen[key] = len(p.Entries)
			}
			p.Entries = append(p.Entries, entry)
		}
	}
	return p
}

// splitLines cuts at every way to end a line: Unix, Windows, old Macintosh, Excel's within a cell.
func splitLines(list string) []string {
	list = strings.TrimPrefix(list, "\ufeff")
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(list), "\n")
}

// grouped is a number with thousands marks, alone in its cell.
var grouped = regexp.MustCompile(`^\s*[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}\s*$`)

// splitCells cuts a line into its cells that are not empty.
func splitCells(line string) []string {
	var cells []string
	for line != "" {
		var cell string
		cell, line = cutCell(line)
		if strings.ContainsFunc(cell, isWritten) {
			cells = append(cells, strings.TrimSpace(cell))
		}
	}
	return cells
}

// isWritten leaves out what people put into empty cells: a hyphen, a dot.
func isWritten(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

const separators = ",\t;"

// cutCell cuts the first cell off. One in double quotes ends with its quote, if a separator or the line's end follows:
// a quote may also be a part of the text.
func cutCell(line string) (cell, rest string) {
	start := strings.TrimLeft(line, " ")
	if strings.HasPrefix(start, `"`) {
		for at := 1; at < len(start); at++ {
			if start[at] != '"' {
				continue
			}
			after := strings.TrimLeft(start[at+1:], " ")
			switch {
			case strings.HasPrefix(start[at+1:], `"`): // a quote within the text is doubled
				at++
			case after == "":
				return unquote(start[1:at]), ""
			case strings.ContainsRune(separators, rune(after[0])):
				return unquote(start[1:at]), after[1:]
			}
		}
	}
	if whole, rest := cutAny(line, separators[1:]); grouped.MatchString(whole) {
		return whole, rest
	}
	return cutAny(line, separators)
}

func cutAny(s, chars string) (before, after string) {
	if at := strings.IndexAny(s, chars); at >= 0 {
		return s[:at], s[at+1:]
	}
	return s, ""
}

func unquote(s string) string { return strings.ReplaceAll(s, `""`, `"`) }

// pastedKey is the same for texts that ask the same.
func pastedKey(text string) string {
	if readings := PastedReadings(text); len(readings) > 0 && readings[0].Name == ReadRecord {
		return readings[0].Value
	}
	return Tidy(text)
}

// pastedReadings are the readings that a list of IDs and references is looked up by: each of them names transactions,
// and not people, banks or amounts.
var pastedReadings = []string{ReadRecord, namePayment, nameOriginal, nameProviderID, nameReference, nameExternal}

// PastedReadings are what an entry is asked for, in this order. None means that it can't be an ID or a reference.
func PastedReadings(text string) []Reading {
	if utf8.RuneCountInString(text) > maxTextLength {
		return nil
	}
	return slices.DeleteFunc(Readings(text), func(r Reading) bool { return !slices.Contains(pastedReadings, r.Name) })
}

// headerWords are what headings of such columns are made of.
var headerWords = []string{"id", "ids", "reference", "references", "ref", "refs", "transaction", "transactions", "trx", "txn", "payment", "payments", "order", "orders",
	"number", "numbers", "no", "nr", "merchant", "customer", "provider", "external", "original", "trustly", "ptx", "amount", "status", "date", "created", "name", "type", "currency", "key", "identifier"}

// isHeader reports whether a row names columns: in each cell words that say what stands below, and no digit.
func isHeader(cells []string) bool {
	return len(cells) > 0 && !slices.ContainsFunc(cells, func(cell string) bool { return !isHeading(cell) })
}

// isHeading knows "Transaction ID", "merchantReference" and "Our reference", but not "REF-ABC", which may be one.
func isHeading(cell string) bool {
	if strings.ContainsFunc(cell, unicode.IsDigit) {
		return false
	}
	words := strings.FieldsFunc(spaceCamel(cell), func(r rune) bool { return !unicode.IsLetter(r) })
	known := 0
	for _, word := range words {
		if slices.Contains(headerWords, strings.ToLower(word)) {
			known++
		}
	}
	return known > 0 && (known == len(words) || strings.Contains(cell, " "))
}

// spaceCamel puts a blank where a small letter is followed by a capital: transactionId.
func spaceCamel(s string) string {
	var b strings.Builder
	small := false
	for _, r := range s {
		if small && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		small = unicode.IsLower(r)
		b.WriteRune(r)
	}
	return b.String()
}
