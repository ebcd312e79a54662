package handlers

import (
	"cmp"
	"errors"
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

// sessionsPage shows GET /account/sessions: where the reader is signed in.
func (w *web) sessionsPage(c echo.Context) error {
	f, err := w.formatter(c)
	if err != nil {
		return err
	}
	page := views.SessionsPage{Frame: w.frame(c, "Sign-ins"), Pages: w.accountNav(c), Zone: f.zone.String()}
	limits := w.Doors.Limits()
	page.Idle, page.Lifetime = lasting(limits.Idle), lasting(limits.Lifetime)
	if page.Sessions, err = w.sessionsOf(c, f, reader(c).User); err != nil {
		return err
	}
	return w.draw(c, http.StatusOK, views.Sessions(page))
}

// formatter writes in the zone of this browser.
func (w *web) formatter(c echo.Context) (formatter, error) {
	zone, err := search.LoadZone(w.zoneOf(c))
	if err != nil {
		return formatter{}, err
	}
	return formatter{zone: zone, now: w.Now()}, nil
}

// sessionsOf lists the sign-ins of a user that still open doors, the reader's present one first.
func (w *web) sessionsOf(c echo.Context, f formatter, u auth.User) ([]views.Session, error) {
	logins, err := w.Store.OpenLogins(c.Request().Context(), u.ID)
	if err != nil {
		return nil, err
	}
	var own, others []views.Session
	for _, l := range logins {
		if !w.Doors.Good(l, u) {
			continue
		}
		s := views.Session{
			ID: l.ID, Device: device(l.UserAgent), UserAgent: search.Isolate(l.UserAgent), Address: cmp.Or(l.Address, "Unknown"), Means: meansWords(l.Means),
			Started: f.short(l.StartedAt), StartedUTC: f.utc(l.StartedAt), Seen: f.short(l.LastSeenAt), SeenUTC: f.utc(l.LastSeenAt),
			Current: l.ID == reader(c).LoginID,
		}
		if s.Current {
			own = append(own, s)
		} else {
			others = append(others, s)
		}
	}
	return append(own, others...), nil
}

// meansOfSignIn say by what somebody proved who they are. Others are told as they are.
var meansOfSignIn = map[string]string{
	"password": "password", "totp": "authenticator app", "recovery": "recovery code", "passkey": "passkey", "sso": "single sign-on",
}

func meansWords(m auth.Means) string {
	var words []string
	for part := range strings.SplitSeq(string(cmp.Or(m, "unknown means")), "+") {
		words = append(words, cmp.Or(meansOfSignIn[part], part))
	}
	return upperFirst(strings.Join(words, " and "))
}

// endSessions takes POST /account/sessions with end: the id of one sign-in, or "others".
func (w *web) endSessions(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	me, end := reader(c), c.Request().PostFormValue("end")
	said := "The sign-in is ended: its next request is refused."
	var err error
	switch end {
	case "others":
		said = "All other sign-ins are ended: their next requests are refused."
		if err = w.record(c, act{action: audit.EndSession, object: userObject(me.User.Email), detail: "all others"}); err == nil {
			err = w.Store.EndOtherLogins(c.Request().Context(), me.User.ID, me.LoginID)
		}
	case me.LoginID:
		return w.logout(c)
	default:
		err = w.endOne(c, me.User, end)
	}
	if err != nil {
		return err
	}
	w.Doors.AddNotice(c.Request().Context(), auth.Notice{Kind: auth.Success, Text: said})
	return c.Redirect(http.StatusSeeOther, "/account/sessions")
}

// endOne ends one sign-in of a user. One that is over already is no trouble: that is what was wanted.
func (w *web) endOne(c echo.Context, u auth.User, login string) error {
	ctx := c.Request().Context()
	open, err := w.Store.OpenLogins(ctx, u.ID)
	if err != nil {
		return err
	}
	for _, l := range open {
		if l.ID != login {
			continue
		}
		if err := w.record(c, act{action: audit.EndSession, object: userObject(u.Email), detail: device(l.UserAgent)}); err != nil {
			return err
		}
		if err := w.Store.EndLoginOf(ctx, u.ID, login); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// userObject is an account as the audit names it.
func userObject(email string) string { return "user " + email }

// lasting is a limit in words: "2 hours", "90 minutes".
func lasting(d time.Duration) string {
	n, unit := int(d/time.Minute), "minute"
	switch {
	case d%(24*time.Hour) == 0:
		n, unit = int(d/(24*time.Hour)), "day"
	case d%time.Hour == 0:
		n, unit = int(d/time.Hour), "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + " " + unit
}
