package views

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

// drawn is a part of a page as a parser of HTML sees it.
func drawn(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(draw(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// What the copy button takes is the text of the element, so it has to be the JSON to the last blank.
func TestRawJSONIsCopiedWhole(t *testing.T) {
	for name, test := range map[string]struct {
		text  string
		folds int
	}{
		"a record":            {"{\n  \"id\": \"1\",\n  \"payment\": {\n    \"a\": {\n      \"b\": []\n    }\n  },\n  \"list\": [\n    1,\n    2\n  ],\n  \"empty\": {},\n  \"last\": null\n}", 2},
		"folds in turn":       {"{\n  \"a\": {\n    \"x\": 1\n  },\n  \"b\": {\n    \"x\": 1\n  }\n}", 2},
		"texts like brackets": {"{\n  \"a\": \"x: {\",\n  \"b: {\": \"}\",\n  \"c\": \"[\"\n}", 0},
		"markup":              {"{\n  \"</code></details><b>\": {\n    \"x\": \"" + hostile + "\"\n  }\n}", 1},
		"cut short":           {"{\n  \"a\": {\n    \"x\": 1", 0},
		"one scalar":          {"7", 0},
		"two blanks at end":   {"{\n  \"a\": {\n    \"x\": \"y  \"\n  }\n}", 1},
	} {
		doc := drawn(t, rawCard(RawJSON{Text: test.text, Curl: "curl 'x'"}))
		if got := doc.Find("#raw-json").Text(); got != test.text {
			t.Errorf("%s: got %q, want %q", name, got, test.text)
		}
		if got := doc.Find("#raw-json details").Length(); got != test.folds {
			t.Errorf("%s: got %d objects to fold, want %d", name, got, test.folds)
		}
		doc.Find("#raw-json details").Each(func(_ int, fold *goquery.Selection) {
			if got := strings.TrimRight(fold.Text(), ",\n"); !strings.HasSuffix(got, "  }") && !strings.HasSuffix(got, "  ]") {
				t.Errorf("%s: got the fold %q, want it to its closing line", name, got)
			}
		})
		if got := doc.Find("#raw-curl").Text(); got != "curl 'x'" {
			t.Errorf("%s: got the command %q, want it as it was given", name, got)
		}
	}
	if got := draw(t, rawCard(RawJSON{})); strings.TrimSpace(got) != "" {
		t.Errorf("without JSON: got %q, want nothing", got)
	}
}

func TestShareHoldsItsTextsAsTheyAre(t *testing.T) {
	p := Share{LinkHref: "https://portal.example/transactions/1?tz=UTC&a=\"<b>", Ticket: "Capture: " + hostile + "</textarea>\nLink: x\n"}
	doc := drawn(t, shareMenu(p))
	if got := doc.Find("textarea#share-ticket[readonly]").Text(); got != p.Ticket {
		t.Errorf("ticket: got %q, want %q", got, p.Ticket)
	}
	if got := doc.Find("#share-link").AttrOr("value", ""); got != p.LinkHref {
		t.Errorf("link: got %q, want %q", got, p.LinkHref)
	}
	if got := doc.Find("[data-copy-from='#share-ticket'], [data-copy]").Length(); got != 2 {
		t.Errorf("got %d buttons to copy, want 2", got)
	}
}

// However a text is cut, the parts in turn are the text.
func FuzzRawJSONParts(f *testing.F) {
	f.Add("{\n  \"a\": {\n    \"x\": 1\n  },\n  \"b\": [\n    2\n  ]\n}")
	f.Add("  \"a\": {\n")
	f.Add("\n\n  \"a\": [\n   \n")
	f.Fuzz(func(t *testing.T, text string) {
		var got strings.Builder
		for _, part := range (RawJSON{Text: text}).parts() {
			got.WriteString(part.Head + part.Rest)
		}
		if got.String() != text {
			t.Errorf("got %q, want %q", got.String(), text)
		}
	})
}
