// Command texts has the generated pages write their texts without copies. templ makes each of them by fmt.Sprint, which
// takes longer than to escape and write it, and copies again what it escapes. What takes its place is in views/texts.go.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

var escaping = regexp.MustCompile(`(templ_\w+_Buffer)\.WriteString\(templ\.EscapeString\((templ_\w+)\)\)`)

func main() {
	if err := run("*_templ.go"); err != nil {
		fmt.Fprintln(os.Stderr, "texts:", err)
		os.Exit(1)
	}
}

func run(pattern string) error {
	pages, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, page := range pages {
		code, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		code = bytes.ReplaceAll(code, []byte("templ.JoinStringErrs("), []byte("asText("))
		code = escaping.ReplaceAll(code, []byte("writeText($1, $2)"))
		if err := os.WriteFile(page, code, 0o600); err != nil { //nolint:gosec // it is named as templ names what it writes; its mode stays
			return err
		}
	}
	return nil
}
