package views

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A templ that spells what it writes in another way would make pages slower without a word.
func TestTextsAreWrittenAsTheyAre(t *testing.T) {
	pages, err := filepath.Glob("*_templ.go")
	if err != nil || len(pages) == 0 {
		t.Fatalf("generated pages: got %v, %v", pages, err)
	}
	written := 0
	for _, page := range pages {
		code, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		written += strings.Count(string(code), "writeText(")
		for _, slow := range []string{"templ.EscapeString(", "templ.JoinStringErrs("} {
			if strings.Contains(string(code), slow) {
				t.Errorf("%s: got %s), want it replaced by internal/texts", page, slow)
			}
		}
	}
	if written < 100 {
		t.Errorf("got %d texts written by writeText, want hundreds", written)
	}
}
