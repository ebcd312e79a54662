package handlers_test

import (
	"net/http"
	"testing"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient/trustlytest"
)

// The menus of views and links come along with a list that htmx puts in, but where the same list goes on: there the
// browser has them.
func TestBookmarksStayWhereAListGoesOn(t *testing.T) {
	p := open(t, trustlytest.New(trustlytest.Options{Seed: 5, Rows: 200}))
	b := p.as(auth.Support)
	const list = "/transactions?createdAt.start=2020-01-01&tz=UTC&count=10"
	next := b.get(list).want(http.StatusOK).doc().Find("a[rel=next]").AttrOr("href", "")
	further := b.get(next).want(http.StatusOK).doc().Find("a[rel=next]").AttrOr("href", "")
	for _, tc := range []struct {
		name, from, to string
		headers        []string
		kept           bool
	}{
		{"the next page", list, next, nil, true},
		{"the one after it", next, further, nil, true},
		{"back to the first page", next, list, nil, false}, // read anew, so its frozen link is another
		{"another filter", next, list + "&sortOrder=asc", nil, false},
		{"a page of another list", "/transactions?createdAt.start=2021-01-01&tz=UTC&count=10", next, nil, false},
		{"from a page that is no list", "/views?createdAt.start=2020-01-01&tz=UTC&count=10", next, nil, false},
		{"going back in history", list, next, []string{"HX-History-Restore-Request", "true"}, false},
	} {
		headers := append([]string{"HX-Request", "true", "HX-Current-URL", "https://portal.example" + tc.from}, tc.headers...)
		doc, _ := b.visit(tc.to, headers...)
		for _, id := range []string{"#views-menu", "#share-menu"} {
			menu := doc.want(http.StatusOK).doc().Find(id)
			if kept := menu.AttrOr("hx-preserve", "") == "true"; menu.Length() != 1 || kept != tc.kept || kept != (menu.Children().Length() == 0) {
				t.Errorf("%s, %s: got %d of it, kept %t with %d parts; want it kept: %t", tc.name, id, menu.Length(), kept, menu.Children().Length(), tc.kept)
			}
		}
	}
}
