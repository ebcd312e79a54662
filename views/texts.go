package views

import (
	"errors"

	templruntime "github.com/a-h/templ/runtime"
)

// asText is the text of an expression in a template; see internal/texts, which puts it there.
func asText[T ~string](s T, errs ...error) (string, error) { return string(s), errors.Join(errs...) }

// writeText escapes a text, for elements and quoted attributes, on its way into the page.
func writeText[T ~string](b *templruntime.Buffer, text T) (n int, err error) {
	done := 0
	for i := range len(text) {
		if as := anywhere[text[i]]; as != 0 {
			_, _ = b.WriteString(string(text[done:i])) // an error stays, for the last to tell
			_, _ = b.WriteString(escaped[as])
			done = i + 1
		}
	}
	return b.WriteString(string(text[done:]))
}
