package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/views"
)

// InvitePath is where one-time links lead. Their secret stands behind a #, which browsers send to nobody: it comes to no
// log, on the way or here, and to no other site as the address one came from. The page asks for it by a form, which a
// script fills in from the address.
const InvitePath = "/login/invite"

// invitePage shows GET /login/invite.
func (w *web) invitePage(c echo.Context) error {
	return w.drawInvite(c, http.StatusOK, views.InvitePage{Done: c.QueryParam("done") != ""})
}

func (w *web) drawInvite(c echo.Context, status int, page views.InvitePage) error {
	switch {
	case page.Done:
		page.Heading = "Password set"
	case page.Code == "":
		page.Heading = "Open a link"
	default:
		page.Heading = "Choose a password"
	}
	page.Frame = w.frame(c, page.Heading)
	return w.draw(c, status, views.Invite(page))
}

// acceptInvite takes POST /login/invite with code: it shows whom the link is for and asks for a password. With new as
// well, it uses the link up.
func (w *web) acceptInvite(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	r := c.Request()
	code := r.PostFormValue("code")
	hash := auth.LinkHash(code)
	link, err := w.Store.InvitationByHash(r.Context(), hash, w.Now())
	if errors.Is(err, store.ErrNotFound) || err == nil && !link.Open {
		return w.refuseInvite(c, link)
	}
	if err != nil {
		return err
	}
	page := views.InvitePage{Code: code, Email: link.Email, AskEmail: link.Purpose == store.ToSetUp, Mail: views.Value{Text: r.PostFormValue("email")}}
	if link.Purpose == store.ToJoin {
		page.Role = string(link.Role)
	}
	if !r.PostForm.Has("new") {
		return w.drawInvite(c, http.StatusOK, page)
	}
	email := link.Email
	if page.AskEmail {
		email = auth.NormalizeEmail(page.Mail.Text)
		if err := auth.CheckEmail(email); err != nil {
			page.Mail.Error = sentence(err)
		}
	}
	chosen := r.PostFormValue("new")
	if err := auth.CheckPassword(chosen, email); err != nil {
		page.New.Error = sentence(err)
	}
	if page.Mail.Error != "" || page.New.Error != "" {
		return w.drawInvite(c, http.StatusUnprocessableEntity, page)
	}
	passwordHash, err := w.Doors.HashPassword(r.Context(), chosen)
	if err != nil {
		return err
	}
	action := audit.AddUser
	if link.Purpose == store.ToSetPassword {
		action = audit.SetPassword
	}
	done := act{
		action: action, object: userObject(email), detail: linkWords(link),
		by: auth.User{ID: link.UserID, Email: email, Role: link.Role}, // whoever has the link, for all that is known
	}
	if err := w.record(c, done); err != nil {
		return err
	}
	user, err := w.Store.AcceptInvitation(r.Context(), hash, email, passwordHash, w.Now())
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) { // somebody was quicker
		done.result = audit.Refused
		w.recordOrTell(c, done)
		link.Open = false
		return w.refuseInvite(c, link)
	}
	if err != nil {
		return err
	}
	if err := w.devices.Remember(c.Response(), r, user.Email); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, InvitePath+"?done=1")
}

// refuseInvite says why a code opens nothing, as far as whoever has it may know.
func (w *web) refuseInvite(c echo.Context, link store.Invitation) error {
	page := views.InvitePage{Problem: "The portal knows no such link. Check that it was copied whole, with all that follows the #."}
	switch {
	case link.ID == "":
	case !link.UsedAt.IsZero():
		page.Problem = "This link was used already: each works once. If that was you, sign in. If not, tell an administrator at once."
	case link.Purpose == store.ToSetUp:
		page.Problem = "This link is over: there is an account by now, or a newer link in the portal's log."
	case !link.RevokedAt.IsZero():
		page.Problem = "This link was revoked or followed by a newer one. Ask an administrator of the portal."
	default:
		page.Problem = "This link is over: it was not used in time, or the account was changed since. Ask an administrator of the portal for another."
	}
	return w.drawInvite(c, http.StatusUnprocessableEntity, page)
}

// linkWords say for the audit where a password came from.
func linkWords(l store.Invitation) string {
	switch {
	case l.Purpose == store.ToSetUp:
		return "admin, by the link to set up"
	case l.MadeByEmail == "":
		return string(l.Role) + ", by a link of the command line"
	}
	return string(l.Role) + ", by a link of " + l.MadeByEmail
}
