package main

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"
)

// What is logged by mistake comes out as the name of its type.
func TestLogHoldsNoStructs(t *testing.T) {
	for _, format := range []logFormat{logText, logJSON} {
		var out bytes.Buffer
		newLogger(&out, format).Error("said", "values", url.Values{"name": {"Zacharias"}}, "row", struct{ Name string }{"Zacharias"}, "pointer", &struct{ Name string }{"Zacharias"},
			"panic", any("a text"), "err", errors.New("an error"), "n", 7)
		text := out.String()
		if strings.Contains(text, "Zacharias") || !strings.Contains(text, "[url.Values]") || !strings.Contains(text, "a text") || !strings.Contains(text, "an error") || !strings.Contains(text, "7") {
			t.Errorf("%s: got %s", format, text)
		}
	}
}
