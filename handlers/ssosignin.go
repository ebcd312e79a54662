package handlers

import (
	"errors"
	"fmt"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
)

// signInBySSO signs in the person whom the provider vouches for. Who that is, is told by the provider's issuer and
// subject, never by an e-mail address; which role they have, by its claim, at each sign-in.
//
// Errors: *auth.SSOError if there is no entry.
func (w *web) signInBySSO(c echo.Context, claimed auth.Claimed) error {
	ctx := c.Request().Context()
	user, err := w.Store.UserByIdentity(ctx, claimed.Issuer, claimed.Subject)
	if errors.Is(err, store.ErrNotFound) {
		user, err = w.newSSOUser(c, claimed)
	}
	if err != nil {
		return err
	}
	switch {
	case user.Disabled:
		return w.noEntry(c, user, auth.SSODisabled)
	case claimed.Role == "":
		return w.noRoleAnyMore(c, user)
	case claimed.Role != user.Role:
		if user, err = w.takeClaimedRole(c, user, claimed.Role); err != nil {
			return err
		}
	}
	return w.openBySSO(c, user, claimed)
}

// newSSOUser makes the account of somebody who was never here. An account that has the address already is not theirs to
// take: whoever controls an address at the provider would get into it.
func (w *web) newSSOUser(c echo.Context, claimed auth.Claimed) (auth.User, error) {
	ctx := c.Request().Context()
	stranger := auth.User{Email: claimed.Email, Role: claimed.Role}
	switch {
	case claimed.Role == "":
		return auth.User{}, w.noEntry(c, stranger, auth.SSONoRole)
	case claimed.Email == "":
		return auth.User{}, w.noEntry(c, stranger, auth.SSONoEmail)
	}
	taken := func() error {
		return w.noEntry(c, stranger, auth.SSOAddressTaken, ", subject "+search.Isolate(claimed.Subject))
	}
	switch _, err := w.Store.UserByEmail(ctx, claimed.Email); {
	case err == nil:
		return auth.User{}, taken()
	case !errors.Is(err, store.ErrNotFound):
		return auth.User{}, err
	}
	if err := w.record(c, act{action: audit.AddUser, object: userObject(claimed.Email), detail: fmt.Sprintf("sso, role %s", claimed.Role), by: stranger}); err != nil {
		return auth.User{}, err
	}
	user, err := w.Store.CreateIdentityUser(ctx, claimed.Issuer, claimed.Subject, claimed.Email, claimed.Role)
	if errors.Is(err, store.ErrConflict) { // somebody was quicker, perhaps the same person in another tab
		if user, err := w.Store.UserByIdentity(ctx, claimed.Issuer, claimed.Subject); err == nil {
			return user, nil
		}
		return auth.User{}, taken()
	}
	return user, err
}

// noEntry puts a refused sign-in on record and returns the refusal. more goes into the record.
func (w *web) noEntry(c echo.Context, user auth.User, reason auth.SSOReason, more ...string) error {
	a := act{action: audit.SignIn, detail: fmt.Sprint(auth.BySSO, ", ", reason), result: audit.Refused, by: user}
	if user.Email != "" {
		a.object = userObject(user.Email)
	}
	for _, m := range more {
		a.detail += m
	}
	if err := w.record(c, a); err != nil {
		return err
	}
	return &auth.SSOError{Reason: reason}
}

// noRoleAnyMore keeps out somebody who had an account here, ends their sign-ins and revokes their tokens.
func (w *web) noRoleAnyMore(c echo.Context, user auth.User) error {
	ctx := c.Request().Context()
	refusal := w.noEntry(c, user, auth.SSONoRole, ", sign-ins and tokens end")
	if _, ok := errors.AsType[*auth.SSOError](refusal); !ok {
		return refusal
	}
	if err := w.Store.RenewUser(ctx, user.ID); err != nil {
		return err
	}
	tokens, err := w.Store.Tokens(ctx, user.ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if err := w.Store.RevokeToken(ctx, t.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return refusal
}

// takeClaimedRole gives the account the role that the provider claims now. The account's other sign-ins end. The last
// administrator's role can go this way, too: the portal must not keep what the provider takes away.
func (w *web) takeClaimedRole(c echo.Context, user auth.User, role auth.Role) (auth.User, error) {
	if err := w.record(c, act{action: audit.ChangeRole, object: userObject(user.Email), detail: fmt.Sprintf("sso, %s to %s", user.Role, role), by: user}); err != nil {
		return user, err
	}
	if err := w.Store.SetClaimedRole(c.Request().Context(), user.ID, role); err != nil {
		return user, err
	}
	user, _, err := w.Store.UserWithFactors(c.Request().Context(), user.ID)
	return user, err
}

// openBySSO opens a login for the account of the person.
func (w *web) openBySSO(c echo.Context, user auth.User, claimed auth.Claimed) error {
	r := c.Request()
	signIn := act{action: audit.SignIn, object: userObject(user.Email), detail: string(auth.BySSO), by: user}
	if claimed.Email != "" && claimed.Email != user.Email {
		signIn.detail += ", address now " + claimed.Email
	}
	if err := w.record(c, signIn); err != nil {
		return err
	}
	if err := w.Store.NoteIdentity(r.Context(), user.ID, claimed.Email); err != nil {
		return err
	}
	identity, err := w.Doors.Open(r.Context(), user, auth.BySSO, c.RealIP(), r.UserAgent())
	if errors.Is(err, auth.ErrWrongPassword) { // disabled or changed a moment ago
		return &auth.SSOError{Reason: auth.SSODisabled}
	}
	if err != nil {
		return err
	}
	if err := w.Store.KeepSSOLogin(r.Context(), store.SSOLogin{
		LoginID: identity.LoginID, Issuer: claimed.Issuer, SessionID: claimed.SessionID,
		IDToken: w.ssoSealer.Seal([]byte(claimed.IDToken), identity.LoginID), ProvedAt: claimed.SignedInAt,
	}); err != nil {
		return errors.Join(err, w.Doors.SignOut(r.Context()))
	}
	return nil
}

// keepZone keeps what the browser says of its time zone, if its reader has chosen none.
func (w *web) keepZone(c echo.Context, zone string) error {
	p := w.preferencesOf(c)
	if _, err := search.LoadZone(zone); p.Zone != "" || zone == "" || err != nil {
		return nil //nolint:nilerr // a zone that is none is none
	}
	p.Zone = zone
	return w.keepPreferences(c, p)
}
