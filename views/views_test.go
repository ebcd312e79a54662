package views

import (
	"bytes"
	"context"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// pages are all pages in the states that differ. Fragments are what htmx gets.
func pages() map[string]templ.Component {
	notFound := ErrorPage{Frame: Frame{Title: "Not found"}, Status: 404, Heading: "There is no such page"}
	all := map[string]templ.Component{
		"login":                Login(sampleLogin()),
		"login-refused":        Login(sampleLoginRefused()),
		"list":                 List(sampleList()),
		"list-hostile":         List(sampleListHostile()),
		"list-dated":           List(sampleListDated()),
		"list-empty":           List(sampleListEmpty()),
		"list-refused":         List(sampleListRefused()),
		"list-growing":         List(sampleListGrowing()),
		"columns":              Columns(sampleColumnsPage()),
		"list-zero":            List(ListPage{}),
		"detail":               Detail(sampleDetail()),
		"detail-hostile":       Detail(sampleDetailHostile()),
		"detail-zero":          Detail(DetailPage{}),
		"detail-asking":        Detail(sampleDetailAsking()),
		"error":                Error(sampleError()),
		"error-stranger":       Error(notFound),
		"error-unknown":        Error(sampleErrorUnknown()),
		"help":                 HelpFilters(sampleHelp()),
		"count":                countPages()["count"],
		"count-underway":       countPages()["count-underway"],
		"count-inexact":        countPages()["count-inexact"],
		"account":              Account(sampleAccount()),
		"api":                  API(sampleAPI()),
		"find":                 Find(sampleFind()),
		"find-nothing":         Find(sampleFindNothing()),
		"find-empty":           Find(sampleFindEmpty()),
		"find-unsearchable":    Find(sampleFindUnsearchable()),
		"find-asking":          Find(sampleFindAsking()),
		"find-one":             Find(sampleFindOne()),
		"revealed":             Revealed(sampleRevealed()),
		"audit":                Audit(sampleAudit()),
		"audit-refused":        Audit(sampleAuditRefused()),
		"permissions":          Permissions(samplePermissions()),
		"list-bookmarks":       List(sampleListBookmarks()),
		"list-personal":        List(sampleListPersonal()),
		"list-private":         List(sampleListPrivate()),
		"views":                Views(sampleViews()),
		"views-hostile":        Views(sampleViewsHostile()),
		"views-import":         Views(sampleViewsImport()),
		"views-zero":           Views(ViewsPage{}),
		"save-view":            SaveView(sampleSaveView()),
		"paste":                Paste(samplePaste()),
		"paste-refused":        Paste(samplePasteRefused()),
		"customer":             Customer(sampleCustomer()),
		"customer-hostile":     Customer(sampleCustomerHostile()),
		"customer-missing":     Customer(sampleCustomerMissing()),
		"customer-unaskable":   Customer(sampleCustomerUnaskable()),
		"worksheet":            Worksheet(sampleWorksheet()),
		"worksheet-running":    Worksheet(sampleWorksheetRunning()),
		"worksheet-hostile":    Worksheet(sampleWorksheetHostile()),
		"worksheet-zero":       Worksheet(WorksheetPage{}),
		"fragment-worksheet":   WorksheetRegion(sampleWorksheetRunning()),
		"fragment-list":        Results(sampleList()),
		"fragment-list-empty":  Results(sampleListEmpty()),
		"fragment-list-refuse": Results(sampleListRefused()),
		"fragment-error":       ErrorRegion(sampleError()),
	}
	maps.Copy(all, exportPages())
	maps.Copy(all, tokenPages())
	maps.Copy(all, factorPages())
	maps.Copy(all, ssoPages())
	maps.Copy(all, peoplePages())
	return all
}

func draw(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// fingerprint is what changes in a page whenever an asset does.
var fingerprint = regexp.MustCompile(`(/static/[a-z]+)\.[0-9a-f]{16}\.`)

// TestGolden holds each page against testdata. Tags stand on lines of their own
// there, for the sake of the reader of a difference.
func TestGolden(t *testing.T) {
	for name, c := range pages() {
		t.Run(name, func(t *testing.T) {
			got := fingerprint.ReplaceAllString(draw(t, c), "$1.")
			got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
			file := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs (-want +got); if it is meant, run go test ./views -update\n%s", file, diff)
			}
		})
	}
}

// TestStructure holds what must be true of every page, however it looks.
func TestStructure(t *testing.T) {
	for name, c := range pages() {
		t.Run(name, func(t *testing.T) {
			html := draw(t, c)
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
			if err != nil {
				t.Fatal(err)
			}
			if n := doc.Find("h1").Length(); n != 1 {
				t.Errorf("%d h1, want 1", n)
			}
			checkNothingInline(t, doc)
			checkIDs(t, doc)
			checkNames(t, doc)
			checkTables(t, doc)
			if !strings.HasPrefix(name, "fragment") {
				checkDocument(t, doc)
			} else if doc.Find("title").Length() != 1 {
				t.Error("a fragment needs its title, or the tab keeps the old one")
			}
		})
	}
}

// checkNothingInline: what the content security policy would refuse, and what of
// htmx would need eval.
func checkNothingInline(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		tag := goquery.NodeName(s)
		if tag == "style" || tag == "iframe" || tag == "object" || tag == "base" {
			t.Errorf("<%s> is not allowed", tag)
		}
		if src, ok := s.Attr("src"); tag == "script" && (!ok || !strings.HasPrefix(src, "/static/") || s.Text() != "") {
			t.Errorf("inline or foreign script: %q %q", src, s.Text())
		}
		for _, a := range s.Get(0).Attr {
			key := strings.ToLower(a.Key)
			value := strings.ToLower(strings.TrimSpace(a.Val))
			if key == "style" || strings.HasPrefix(key, "on") || strings.HasPrefix(key, "hx-on") || key == "hx-trigger" {
				t.Errorf("<%s> has %s=%q", tag, a.Key, a.Val)
			}
			if (key == "href" || key == "action" || strings.HasPrefix(key, "hx-")) && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "js:")) {
				t.Errorf("<%s> has %s=%q", tag, a.Key, a.Val)
			}
		}
	})
}

func checkIDs(t *testing.T, doc *goquery.Document) {
	t.Helper()
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if id == "" || seen[id] {
			t.Errorf("id %q is empty or given twice", id)
		}
		seen[id] = true
	})
	fragment := doc.Find("#filters[hx-preserve]").Length() > 0
	for _, attr := range []string{"for", "aria-labelledby", "aria-describedby", "list"} {
		doc.Find("[" + attr + "]").Each(func(_ int, s *goquery.Selection) {
			for id := range strings.FieldsSeq(s.AttrOr(attr, "")) {
				if !seen[id] && !fragment {
					t.Errorf("%s=%q names nothing on the page", attr, id)
				}
			}
		})
	}
}

// checkNames: every control, link and button says what it is.
func checkNames(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		label := s.AttrOr("aria-label", "")
		if id != "" {
			doc.Find("label").Each(func(_ int, l *goquery.Selection) {
				if l.AttrOr("for", "") == id {
					label += l.Text()
				}
			})
		}
		label += s.Closest("label").Text()
		if strings.TrimSpace(label) == "" {
			t.Errorf("control %q (id %q) has no label", s.AttrOr("name", ""), id)
		}
	})
	doc.Find("a, button, summary").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()+s.AttrOr("aria-label", "")) == "" {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("nothing to read in %s", html)
		}
	})
}

func checkTables(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("th").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("scope", "") == "" {
			t.Errorf("th %q has no scope", s.Text())
		}
	})
	doc.Find("table").Each(func(_ int, s *goquery.Selection) {
		region := s.Closest("[role=region]")
		if region.AttrOr("tabindex", "") != "0" || region.AttrOr("aria-label", "")+region.AttrOr("aria-labelledby", "") == "" {
			t.Error("a table stands in no named region that can be scrolled with the keyboard")
		}
	})
}

func checkDocument(t *testing.T, doc *goquery.Document) {
	t.Helper()
	for _, want := range []string{"html[lang]", "title", "main#main", "header", "footer", "a.skip[href='#main']", "#announce[aria-live=polite]", "meta[name=viewport]"} {
		if n := doc.Find(want).Length(); n != 1 {
			t.Errorf("%d of %s, want 1", n, want)
		}
	}
}
