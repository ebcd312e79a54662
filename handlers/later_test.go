package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient/trustlytest"
)

// What reads a page as a browser without scripts finds the filter form in it, what reads it as a browser with scripts in
// a template, and neither finds anything of the marks around it.
func TestFilterFormForAllReaders(t *testing.T) {
	t.Parallel()
	p := open(t, trustlytest.New(trustlytest.Options{Seed: 1, Rows: 30}))
	page := p.as(auth.Support).get("/transactions?amount.min=5.00&createdAt.start=now-7d&tz=UTC")
	var names [2][]string
	for i, scripts := range []bool{false, true} {
		root, err := html.ParseWithOptions(strings.NewReader(page.body), html.ParseOptionEnableScripting(scripts))
		if err != nil {
			t.Fatal(err)
		}
		doc := goquery.NewDocumentFromNode(root)
		form := doc.Find("#filter-form")
		if got := form.Closest("template[data-later]").Length() == 1; got != scripts {
			t.Errorf("scripts %t: got the form in a template: %t", scripts, got)
		}
		form.Find("[name]").Each(func(_ int, s *goquery.Selection) { names[i] = append(names[i], s.AttrOr("name", "")) })
		if got := form.Find("[name='amount.min']").AttrOr("value", ""); got != "5.00" {
			t.Errorf("scripts %t: got the least amount %q, want 5.00", scripts, got)
		}
		doc.Find("noscript").Remove()
		if text := doc.Text(); strings.Contains(text, "-->") || strings.Contains(text, "<!--") {
			t.Errorf("scripts %t: got marks of the part that comes later among the text", scripts)
		}
	}
	if len(names[0]) < 70 || !slices.Equal(names[0], names[1]) {
		t.Errorf("got %d fields without scripts and %d with them, want the same ones, all of the form", len(names[0]), len(names[1]))
	}
}
