package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/views"
)

// permissionWords say what a permission allows: to its owner, and to whoever hands out roles.
var permissionWords = map[auth.Permission]string{
	auth.View:           "Search, read lists and transactions, with personal data masked",
	auth.Reveal:         "Show one masked field of one transaction for a minute; who, what and why is recorded first",
	auth.Export:         "Take a whole list away as a file, with personal data masked",
	auth.ExportUnmasked: "Take a list away with personal data in clear, after proving again who one is",
	auth.Audit:          "Read, check and export the record of who did what",
	auth.ManageUsers:    "Add, change and disable accounts, and see these pages",
}

// permissions shows GET /admin/permissions, made from the tables that the doors themselves go by.
func (w *web) permissions(c echo.Context) error {
	page := views.PermissionsPage{Frame: w.frame(c, "Permissions"), Pages: w.adminNav(c)}
	roles := auth.Roles()
	for _, role := range roles {
		page.Roles = append(page.Roles, upperFirst(string(role)))
	}
	for _, p := range auth.Permissions() {
		row := views.PermissionRow{Name: string(p), Means: permissionWords[p]}
		for _, role := range roles {
			row.Granted = append(row.Granted, role.May(p))
		}
		page.Permissions = append(page.Permissions, row)
	}
	for _, r := range w.urls {
		row := views.RouteRow{Method: r.method, Path: r.path, Asks: string(r.access.permission), Besides: besides(r.access)}
		switch {
		case r.access.public:
			row.Asks = "nothing"
		case row.Asks == "":
			row.Asks = "a sign-in"
		}
		for _, role := range roles {
			row.Granted = append(row.Granted, r.access.public || r.access.permission == "" || role.May(r.access.permission))
		}
		page.Routes = append(page.Routes, row)
	}
	return w.draw(c, http.StatusOK, views.Permissions(page))
}

func besides(a access) string {
	var words []string
	if a.bearer {
		words = append(words, "or an access token")
	}
	if a.recent {
		words = append(words, "proved again if it is a while ago")
	}
	return strings.Join(words, ", ")
}
