package handlers

import (
	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/views"
)

// accountPages are the pages about the reader's own account, in the order of the row of links that each of them shows.
var accountPages = []struct {
	label, href string
	permission  auth.Permission // who has the page; "" for everyone
}{
	{"Account", "/account", ""},
	{"Password", "/account/password", ""},
	{"Sign-ins", "/account/sessions", ""},
	{"Access tokens", tokensHref, ""},
	{"Second factors", securityPath, ""},
	{"Single sign-on", ssoAccountPath, ""},
}

// accountNav is the row of links to the account's pages, the present one marked.
func (w *web) accountNav(c echo.Context) []views.Link {
	var links []views.Link
	for _, p := range accountPages {
		if p.href == ssoAccountPath && w.SSO == nil {
			continue
		}
		if p.permission == "" || reader(c).May(p.permission) {
			links = append(links, views.Link{Label: p.label, Href: p.href, Current: c.Path() == p.href})
		}
	}
	return links
}
