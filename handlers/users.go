package handlers

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// keptSignIns is how long sign-ins are remembered: who has none may have been here before that.
const keptSignIns = 30 * 24 * time.Hour

// linkHours is how long a one-time link holds: over a weekend, and no longer than somebody remembers asking for it.
const linkHours = 72

// users shows GET /admin/users?q=: the accounts, and the links that nobody used yet.
func (w *web) users(c echo.Context) error {
	return w.drawUsers(c, http.StatusOK, views.InviteForm{})
}

func (w *web) drawUsers(c echo.Context, status int, invite views.InviteForm) error {
	ctx := c.Request().Context()
	f, err := w.formatter(c)
	if err != nil {
		return err
	}
	accounts, err := w.Store.Accounts(ctx)
	if err != nil {
		return err
	}
	links, err := w.Store.OpenInvitations(ctx, w.Now())
	if err != nil {
		return err
	}
	page := views.UsersPage{Frame: w.frame(c, "Accounts"), Pages: w.adminNav(c), Zone: f.zone.String(), Invite: invite}
	if invite.Roles == nil {
		page.Invite.Roles = roleChoices("")
	}
	page.Query = strings.TrimSpace(strings.ToValidUTF8(c.QueryParam("q"), "\uFFFD"))
	for _, a := range accounts {
		row := f.accountRow(a)
		row.You = a.ID == reader(c).User.ID
		if !matchesAccount(row, page.Query) {
			page.Hidden++
			continue
		}
		page.Accounts = append(page.Accounts, row)
	}
	for _, l := range links {
		page.Open = append(page.Open, f.openLink(l))
	}
	return w.draw(c, status, views.Users(page))
}

func (f formatter) accountRow(a store.Account) views.AccountRow {
	row := views.AccountRow{Email: a.Email, Href: accountHref(a.ID), Role: string(a.Role), State: accountState(a), Means: accountMeans(a), Seen: "Never"}
	if f.now.Sub(a.CreatedAt) > keptSignIns {
		row.Seen = "Not in 30 days"
	}
	if !a.LastSeenAt.IsZero() {
		row.Seen, row.SeenUTC = f.short(a.LastSeenAt), f.utc(a.LastSeenAt)
	}
	return row
}

// matchesAccount reports whether each word of the filter is a part of what the row shows.
func matchesAccount(row views.AccountRow, query string) bool {
	shown := strings.ToLower(strings.Join([]string{row.Email, row.Role, row.State.Word, row.Means}, "\n"))
	for word := range strings.FieldsSeq(strings.ToLower(query)) {
		if !strings.Contains(shown, word) {
			return false
		}
	}
	return true
}

func accountHref(id int64) string { return "/admin/users/" + strconv.FormatInt(id, 10) }

func accountState(a store.Account) views.Status {
	if a.Disabled {
		return views.Status{Word: "Disabled", Tone: views.ToneBad}
	}
	return views.Status{Word: "Enabled", Tone: views.ToneGood}
}

// accountMeans say by what an account signs in.
func accountMeans(a store.Account) string {
	var means []string
	switch {
	case a.SSO:
		means = append(means, "single sign-on")
	case a.HasPassword:
		means = append(means, "password")
	}
	if a.Authenticator {
		means = append(means, "authenticator app")
	}
	switch {
	case a.Passkeys == 1:
		means = append(means, "passkey")
	case a.Passkeys > 1:
		means = append(means, fmt.Sprintf("%d passkeys", a.Passkeys))
	}
	if len(means) == 0 {
		return "No means yet"
	}
	return upperFirst(strings.Join(means, ", "))
}

func (f formatter) openLink(l store.Invitation) views.OpenLink {
	link := views.OpenLink{
		ID: l.ID, Email: l.Email, What: "To join as " + string(l.Role), By: cmp.Or(l.MadeByEmail, "command line"),
		Made: f.short(l.CreatedAt), MadeUTC: f.utc(l.CreatedAt), Ends: f.short(l.ExpiresAt), EndsUTC: f.utc(l.ExpiresAt),
	}
	if l.Purpose == store.ToSetPassword {
		link.What, link.AccountHref = "To set a password", accountHref(l.UserID)
	}
	return link
}

// roleChoices are the roles with what each may do.
func roleChoices(chosen string) []views.RoleChoice {
	var choices []views.RoleChoice
	for _, role := range auth.Roles() {
		var may []string
		for _, p := range auth.Permissions() {
			if role.May(p) {
				may = append(may, strings.ReplaceAll(string(p), "-", " "))
			}
		}
		choices = append(choices, views.RoleChoice{Role: string(role), May: "may " + strings.Join(may, ", "), Chosen: string(role) == chosen})
	}
	return choices
}

// invite takes POST /admin/users with email and role, and shows the link to pass on.
func (w *web) invite(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r, me := c.Request(), reader(c).User
	email, chosen := auth.NormalizeEmail(strings.ToValidUTF8(r.PostFormValue("email"), "\uFFFD")), r.PostFormValue("role")
	form := views.InviteForm{Email: views.Value{Text: email}, Roles: roleChoices(chosen)}
	role, err := auth.ParseRole(chosen)
	if err != nil {
		form.Role.Error = "Choose a role."
	}
	if err := auth.CheckEmail(email); err != nil {
		form.Email.Error = sentence(err)
	} else if _, err := w.Store.UserByEmail(r.Context(), email); err == nil {
		form.Email.Error = "There is an account of this address. To give it a password, open it above."
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if form.Email.Error != "" || form.Role.Error != "" {
		return w.drawUsers(c, http.StatusUnprocessableEntity, form)
	}
	if err := w.record(c, act{action: audit.InviteUser, object: userObject(email), detail: "to join as " + string(role)}); err != nil {
		return err
	}
	link, err := w.makeLink(c, store.Invitation{Purpose: store.ToJoin, Email: email, Role: role, MadeBy: me.ID, MadeByEmail: me.Email})
	if errors.Is(err, store.ErrConflict) { // an account since we looked
		form.Email.Error = "There is an account of this address by now."
		return w.drawUsers(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	link.Heading = "Invitation"
	link.What = fmt.Sprintf("%s gets an account with the role %s by opening this link.", search.Isolate(email), role)
	link.Back = views.Link{Label: "All accounts", Href: "/admin/users"}
	return w.drawLink(c, link)
}

// makeLink makes a one-time link of the portal.
func (w *web) makeLink(c echo.Context, i store.Invitation) (views.LinkPage, error) {
	f, err := w.formatter(c)
	if err != nil {
		return views.LinkPage{}, err
	}
	token, hash := auth.NewLinkToken()
	i.ID, i.CreatedAt = rand.Text(), w.Now()
	i.ExpiresAt = i.CreatedAt.Add(linkHours * time.Hour)
	if _, err := w.Store.AddInvitation(c.Request().Context(), i, hash); err != nil {
		return views.LinkPage{}, err
	}
	return views.LinkPage{
		Email: i.Email, URL: w.absolute(InvitePath + "#" + token), Ends: f.short(i.ExpiresAt) + " " + f.zoneName(i.ExpiresAt),
	}, nil
}

func (w *web) drawLink(c echo.Context, page views.LinkPage) error {
	page.Frame = w.frame(c, page.Heading)
	return w.draw(c, http.StatusOK, views.OneTimeLink(page))
}

// revokeInvitation takes POST /admin/invitations/:invitation/revoke.
func (w *web) revokeInvitation(c echo.Context) error {
	ctx := c.Request().Context()
	links, err := w.Store.OpenInvitations(ctx, w.Now())
	if err != nil {
		return err
	}
	said := "The link was used, revoked or over already."
	for _, l := range links {
		if l.ID != c.Param("invitation") {
			continue
		}
		if err := w.record(c, act{action: audit.InviteUser, object: userObject(l.Email), detail: "link revoked"}); err != nil {
			return err
		}
		if err := w.Store.RevokeInvitation(ctx, l.ID, w.Now()); err == nil {
			said = "The link for " + search.Isolate(l.Email) + " is revoked."
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	w.Doors.AddNotice(ctx, auth.Notice{Kind: auth.Success, Text: said})
	return c.Redirect(http.StatusSeeOther, "/admin/users")
}
