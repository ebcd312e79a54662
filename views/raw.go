package views

import "strings"

// RawJSON is a record as the API sent it.
type RawJSON struct {
	Text         string // masked, indented by two spaces
	DownloadHref string
	Curl         string // asks the API for the record, without the key; "" for an id that can't be asked for
}

// jsonPart is lines of JSON that stand together: those of one object or list of the record, or those between them.
type jsonPart struct {
	Head string // opens the object: `  "payment": {`; "" between objects
	Rest string // with the line breaks, so that all parts in turn are the text
}

// parts cut the text so that each object or list of the record can be folded by itself.
func (j RawJSON) parts() []jsonPart {
	var parts []jsonPart
	var plain strings.Builder
	lines := strings.SplitAfter(j.Text, "\n")
	flush := func() {
		if plain.Len() > 0 {
			parts = append(parts, jsonPart{Rest: plain.String()})
			plain.Reset()
		}
	}
	for i := 0; i < len(lines); i++ {
		end := i + 1
		if opensPart(lines[i]) {
			for end < len(lines) && strings.HasPrefix(lines[end], "   ") {
				end++
			}
		}
		if end == i+1 || end == len(lines) {
			plain.WriteString(lines[i])
			continue
		}
		flush()
		parts = append(parts, jsonPart{Head: lines[i], Rest: strings.Join(lines[i+1:end+1], "")})
		i = end
	}
	flush()
	return parts
}

// opensPart reports whether a line opens an object or a list right below the record's own level.
func opensPart(line string) bool {
	return strings.HasPrefix(line, `  "`) && (strings.HasSuffix(line, ": {\n") || strings.HasSuffix(line, ": [\n"))
}
