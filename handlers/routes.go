package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/static"
)

// access is what a route asks of the reader.
type access struct {
	public     bool            // anyone
	permission auth.Permission // with it; "" asks for a sign-in only
	bearer     bool            // an access token opens it, too
	recent     bool            // asks for a proof of who the reader is that is not long ago
	owing      bool            // opens to those whose role needs a second factor that they have not added yet
	kept       bool            // a form that comes after its sign-in is over is kept for its reader, see keepForm
}

var (
	anyone   = access{public: true}
	signedIn = access{}
)

func may(p auth.Permission) access { return access{permission: p} }

// orToken also lets scripts in that bring an access token.
func (a access) orToken() access { a.bearer = true; return a }

// recently asks readers whose sign-in is not fresh to prove once more who they are.
func (a access) recently() access { a.recent = true; return a }

// whileOwing lets in those who have yet to add a second factor.
func (a access) whileOwing() access { a.owing = true; return a }

// keeping loses no form that comes after its sign-in is over. It must hold no password and no code.
func (a access) keeping() access { a.kept = true; return a }

// route is one row of the URL map.
type route struct {
	method, path string
	access       access
	handle       func(*web, echo.Context) error
}

// routes is the whole URL map. Doors are closed by default: what is not for anyone asks for a sign-in.
var routes = []route{
	{http.MethodGet, "/healthz", anyone, (*web).healthz},
	{http.MethodGet, "/readyz", anyone, (*web).readyz},
	{http.MethodGet, static.Prefix + "*", anyone, (*web).static},
	{http.MethodGet, "/login", anyone, (*web).loginPage},
	{http.MethodPost, "/login", anyone, (*web).login},
	{http.MethodGet, "/login/factor", anyone, (*web).factorPage},
	{http.MethodPost, "/login/factor", anyone, (*web).factor},
	{http.MethodPost, "/login/challenge", anyone, (*web).passkeyChallenge},
	{http.MethodPost, "/login/passkey", anyone, (*web).passkeyLogin},
	{http.MethodGet, InvitePath, anyone, (*web).invitePage},
	{http.MethodPost, InvitePath, anyone, (*web).acceptInvite},
	{http.MethodGet, "/login/sso", anyone, (*web).startSSO},
	{http.MethodGet, SSOReturnPath, anyone, (*web).ssoReturn},
	{http.MethodGet, ssoProvePath, signedIn, (*web).startSSOProof},
	{http.MethodPost, "/login/sso/backchannel-logout", anyone, (*web).backChannelLogout},
	{http.MethodPost, "/logout", anyone, (*web).logout},

	{http.MethodGet, "/", signedIn, (*web).home},
	{http.MethodGet, "/account", signedIn, (*web).account},
	{http.MethodPost, "/account/preferences", signedIn.keeping(), (*web).savePreferences},
	{http.MethodPost, "/account/columns", signedIn.keeping(), (*web).keepColumns},
	{http.MethodPost, "/account/density", signedIn, (*web).keepDensity},
	{http.MethodGet, "/account/password", signedIn, (*web).passwordPage},
	{http.MethodPost, "/account/password", signedIn, (*web).changePassword},
	{http.MethodGet, "/account/sessions", signedIn, (*web).sessionsPage},
	{http.MethodPost, "/account/sessions", signedIn, (*web).endSessions},

	{http.MethodGet, tokensHref, signedIn, (*web).tokensPage},
	{http.MethodPost, tokensHref, may(auth.Export).recently(), (*web).makeToken},
	{http.MethodPost, tokensHref + "/:token/revoke", signedIn, (*web).revokeToken},

	{http.MethodGet, ssoAccountPath, signedIn, (*web).ssoAccount},
	{http.MethodPost, ssoAccountPath, signedIn.recently(), (*web).startLink},

	{http.MethodGet, provePath, signedIn.whileOwing(), (*web).provePage},
	{http.MethodPost, provePath, signedIn.whileOwing(), (*web).prove},
	{http.MethodGet, securityPath, signedIn.whileOwing(), (*web).security},
	{http.MethodGet, "/account/security/authenticator", signedIn.recently().whileOwing(), (*web).newAuthenticator},
	{http.MethodPost, "/account/security/authenticator", signedIn.recently().whileOwing(), (*web).addAuthenticator},
	{http.MethodPost, "/account/security/authenticator/remove", signedIn.recently().whileOwing(), (*web).removeAuthenticator},
	{http.MethodPost, "/account/security/passkeys", signedIn.recently().whileOwing(), (*web).addPasskey},
	{http.MethodPost, "/account/security/passkeys/remove", signedIn.recently().whileOwing(), (*web).removePasskey},
	{http.MethodPost, "/account/security/recovery", signedIn.recently().whileOwing(), (*web).newRecoveryCodes},

	{http.MethodGet, "/transactions", may(auth.View), (*web).list},
	{http.MethodGet, "/transactions/columns", may(auth.View), (*web).chooseColumns},
	{http.MethodGet, "/transactions/newer", may(auth.View), (*web).newer},
	{http.MethodGet, "/transactions/count", may(auth.View), (*web).count},
	{http.MethodGet, "/transactions/:id", may(auth.View), (*web).detail},
	{http.MethodPost, "/transactions/:id/reveal", may(auth.Reveal), (*web).reveal},
	{http.MethodGet, "/transactions/:id/watch", may(auth.View), (*web).watch},
	{http.MethodGet, "/transactions/:id/raw.json", may(auth.View), (*web).rawJSON},
	{http.MethodGet, "/customers/:externalId", may(auth.View), (*web).customer},
	{http.MethodGet, "/find", may(auth.View), (*web).find},
	{http.MethodGet, "/views", may(auth.View), (*web).savedViews},
	{http.MethodPost, "/views", may(auth.View).keeping(), (*web).saveView},
	{http.MethodGet, "/views.yaml", may(auth.View), (*web).exportViews},
	{http.MethodPost, "/views/import", may(auth.View), (*web).importViews},
	{http.MethodGet, "/views/:view", may(auth.View), (*web).openView},
	{http.MethodPost, "/views/:view", may(auth.View).keeping(), (*web).changeView},
	{http.MethodPost, "/private-links", may(auth.View).keeping(), (*web).makePrivateLink},
	{http.MethodPost, "/private-links/:token/revoke", may(auth.View), (*web).revokePrivateLink},
	{http.MethodGet, "/find/list", may(auth.View), (*web).pasteList},
	{http.MethodPost, "/find/list", may(auth.View).keeping(), (*web).startWorksheet},
	{http.MethodGet, "/find/list/:id", may(auth.View), (*web).showWorksheet},
	{http.MethodPost, "/find/list/:id/cancel", may(auth.View), (*web).cancelWorksheet},
	{http.MethodPost, "/find/list/:id/retry", may(auth.View), (*web).retryWorksheet},
	{http.MethodPost, "/find/list/:id/delete", may(auth.View), (*web).deleteWorksheet},
	{http.MethodGet, "/find/list/:id/worksheet.csv", may(auth.View), (*web).worksheetCSV},
	{http.MethodGet, "/help/filters", may(auth.View), (*web).helpFilters},

	{http.MethodGet, "/transactions.csv", may(auth.Export).orToken(), (*web).download},
	{http.MethodGet, "/transactions.xlsx", may(auth.Export).orToken(), (*web).download},
	{http.MethodGet, "/transactions.jsonl", may(auth.Export).orToken(), (*web).download},
	{http.MethodGet, "/views/:view.csv", may(auth.Export).orToken(), (*web).downloadView},
	{http.MethodGet, "/views/:view.xlsx", may(auth.Export).orToken(), (*web).downloadView},
	{http.MethodGet, "/views/:view.jsonl", may(auth.Export).orToken(), (*web).downloadView},

	{http.MethodGet, "/exports", may(auth.Export), (*web).listExports},
	{http.MethodPost, "/exports", may(auth.Export), (*web).startExport},
	{http.MethodGet, "/exports/new", may(auth.Export), (*web).newExport},
	{http.MethodGet, "/exports/estimate", may(auth.Export), (*web).estimateExport},
	{http.MethodGet, "/exports/in-clear", may(auth.ExportUnmasked).recently(), (*web).newExportInClear},
	{http.MethodPost, "/exports/in-clear", may(auth.ExportUnmasked).recently(), (*web).startExportInClear},
	{http.MethodGet, "/exports/:id", may(auth.Export), (*web).showExport},
	{http.MethodPost, "/exports/:id/cancel", may(auth.Export), (*web).cancelExport},
	{http.MethodPost, "/exports/:id/delete", may(auth.Export), (*web).deleteExport},
	{http.MethodPost, "/exports/:id/changes", may(auth.Export), (*web).exportChanges},
	{http.MethodGet, "/exports/:id/:file", may(auth.Export).orToken(), (*web).exportFile},

	{http.MethodGet, "/admin/users", may(auth.ManageUsers), (*web).users},
	{http.MethodPost, "/admin/users", may(auth.ManageUsers).recently().keeping(), (*web).invite},
	{http.MethodGet, "/admin/users/:user", may(auth.ManageUsers), (*web).userPage},
	{http.MethodPost, "/admin/users/:user/role", may(auth.ManageUsers).recently(), (*web).changeRole},
	{http.MethodPost, "/admin/users/:user/disable", may(auth.ManageUsers), (*web).disableUser},
	{http.MethodPost, "/admin/users/:user/enable", may(auth.ManageUsers).recently(), (*web).enableUser},
	{http.MethodPost, "/admin/users/:user/factors", may(auth.ManageUsers).recently(), (*web).resetFactors},
	{http.MethodPost, "/admin/users/:user/link", may(auth.ManageUsers).recently(), (*web).makePasswordLink},
	{http.MethodPost, "/admin/users/:user/sessions", may(auth.ManageUsers), (*web).endSessionsOf},
	{http.MethodPost, "/admin/users/:user/tokens", may(auth.ManageUsers), (*web).revokeTokenOf},
	{http.MethodPost, "/admin/invitations/:invitation/revoke", may(auth.ManageUsers), (*web).revokeInvitation},
	{http.MethodGet, "/admin/api", may(auth.ManageUsers), (*web).api},
	{http.MethodGet, "/admin/audit", may(auth.Audit), (*web).auditPage},
	{http.MethodPost, "/admin/audit/look", may(auth.Audit), (*web).lookInAudit},
	{http.MethodGet, "/admin/audit.csv", may(auth.Audit), (*web).auditFile},
	{http.MethodGet, "/admin/audit.jsonl", may(auth.Audit), (*web).auditFile},
	{http.MethodGet, "/admin/permissions", may(auth.ManageUsers), (*web).permissions},
}

func (w *web) addRoutes(e *echo.Echo) {
	for _, r := range routes {
		if _, ending := cutEnding(r.path); ending == "" {
			e.Add(r.method, r.path, w.byEnding(r, w.behindDoor(r)))
		}
	}
}

func (w *web) behindDoor(r route) echo.HandlerFunc {
	handle := func(c echo.Context) error { return r.handle(w, c) }
	if r.access.public {
		return handle
	}
	return w.door(r.access, handle)
}

// static serves GET and HEAD /static/*.
func (w *web) static(c echo.Context) error {
	if pages := w.pages(); pages.is(c.Request().URL.Path) {
		return pages.serve(c)
	}
	static.Handler().ServeHTTP(c.Response(), c.Request())
	return nil
}

// home leads GET / to the view most people start from: the last 7 days in their own zone.
func (w *web) home(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, w.startHref(c))
}
