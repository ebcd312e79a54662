package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// The menu beside the button gives the same view in other formats, also after the list changed in its place.
func TestExportMenu(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	view := "/transactions?createdAt.start=now-3d&tz=America/New_York"
	b.open(view)
	b.signIn("finance@example.com", demoPassword)
	b.at(view)
	b.click("a[rel=next]", "Older")
	b.until("the second page", `location.search.includes("after=")`)
	b.click("#export-menu > summary", "Other formats")
	b.until("the menu", `document.querySelector("#export-menu").open && document.querySelector("#export-menu .sheet").getClientRects().length > 0`)
	b.accessible("export menu")
	for _, link := range []string{"Excel (XLSX)", "JSON Lines"} {
		href := eval[string](b, `[...document.querySelectorAll("#export-menu a")].find((a) => a.textContent.trim() === `+quote(link)+`).getAttribute("href")`)
		if extension := filepath.Ext(strings.SplitN(href, "?", 2)[0]); extension != ".xlsx" && extension != ".jsonl" || strings.Contains(href, "after=") || !strings.Contains(href, "createdAt.start=now-3d") {
			t.Errorf("%s: got the link %s, want the same view, all of it", link, href)
		}
	}
}
