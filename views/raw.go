package views

import (
	"strings"

	"github.com/a-h/templ"
)

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
	left := j.Text
	for at := 0; at < len(left); {
		head := lineAt(left, at)
		end := at + len(head)
		if opensPart(left[at:end]) {
			for strings.HasPrefix(left[end:], "   ") {
				end += len(lineAt(left, end))
			}
		}
		if end == at+len(head) || end == len(left) {
			at += len(head)
			continue
		}
		end += len(lineAt(left, end)) // which closes it
		if at > 0 {
			parts = append(parts, jsonPart{Rest: left[:at]})
		}
		parts = append(parts, jsonPart{Head: head, Rest: left[at+len(head) : end]})
		left, at = left[end:], 0
	}
	if left != "" {
		parts = append(parts, jsonPart{Rest: left})
	}
	return parts
}

// lineAt is the line that begins at a place of the text, with its end.
func lineAt(text string, at int) string {
	if end := strings.IndexByte(text[at:], '\n'); end >= 0 {
		return text[at : at+end+1]
	}
	return text[at:]
}

// opensPart reports whether a line opens an object or a list right below the record's own level.
func opensPart(line string) bool {
	return strings.HasPrefix(line, `  "`) && (strings.HasSuffix(line, ": {\n") || strings.HasSuffix(line, ": [\n"))
}

// jsonPieces adds no character of its own: what is copied is the text of all pieces. Their many quotes are left as they
// are, which would take five bytes each.
func jsonPieces(parts []jsonPart) templ.Component {
	return byHand(func(m *markup, _ func() error) error {
		for _, p := range parts {
			if p.Head == "" {
				m.html(`<code>`).content(p.Rest).html(`</code>`)
			} else {
				m.html(`<details open><summary><code>`).content(p.Head).html(`</code></summary><code>`).content(p.Rest).html(`</code></details>`)
			}
		}
		return nil
	})
}
