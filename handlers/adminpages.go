package handlers

import (
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/views"
)

// adminPages are the pages for those who run the portal, in the order of the row of links that each of them shows.
var adminPages = []struct {
	label, href string
	permission  auth.Permission // who has the page
}{
	{"Accounts", "/admin/users", auth.ManageUsers},
	{"Audit", "/admin/audit", auth.Audit},
	{"Permissions", "/admin/permissions", auth.ManageUsers},
	{"API", "/admin/api", auth.ManageUsers},
}

// adminNav is the row of links to the pages that the reader has, the present one marked.
func (w *web) adminNav(c echo.Context) []views.Link {
	var links []views.Link
	for _, p := range adminPages {
		if reader(c).May(p.permission) {
			links = append(links, views.Link{Label: p.label, Href: p.href, Current: c.Path() == p.href})
		}
	}
	return links
}

// adminLink is the header's one link to them; false for readers who have none.
func (w *web) adminLink(c echo.Context) (views.Link, bool) {
	links := w.adminNav(c)
	if len(links) == 0 {
		return views.Link{}, false
	}
	return views.Link{Label: "Admin", Href: links[0].Href, Current: strings.HasPrefix(c.Path(), "/admin/")}, true
}
