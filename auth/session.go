package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

const (
	// Lifetime ends a login however busy it is: a working day and its overtime, so that everyone signs in once a day.
	Lifetime = 12 * time.Hour

	// IdleLimit ends a login that nobody used: longer than a lunch, shorter than an afternoon away from the desk.
	IdleLimit = 2 * time.Hour

	// TouchEvery is how exactly a login's last use is kept: one write a minute and login instead of one per request.
	TouchEvery = time.Minute
)

// Keys of the values in a session. There are no others.
const (
	sessionLogin   = "login"
	sessionNotices = "notices"
)

// NewSessions returns the manager of signed-in sessions over a store: the cookie holds a random token, the store only
// the token's hash, so that a copy of the database opens no door.
//
// scs's own IdleTimeout stays unset, because it writes the session on every request: [Doors.Identify] looks at the
// login's last use instead.
func NewSessions(store scs.Store, https bool) *scs.SessionManager {
	m := scs.New()
	m.Store = store
	m.Codec = &sessionCodec{}
	m.HashTokenInStore = true
	m.Lifetime = Lifetime
	m.Cookie.Name = CookieName("portal_session", "/", https)
	m.Cookie.Secure = https
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Path = "/"
	return m
}

// Renew gives the session another token, for when what opened it was changed: a copy of the old cookie opens nothing.
func (d *Doors) Renew(ctx context.Context) error {
	if err := d.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session token: %w", err)
	}
	return nil
}

// Notice is one message that waits in the session for the next page: "Preferences saved."
type Notice struct {
	Kind NoticeKind `json:"kind"`
	Text string     `json:"text"` // for people, shown as it is
}

// NoticeKind says how a notice is marked on the page.
type NoticeKind string

// The kinds of notices.
const (
	Info    NoticeKind = "info"
	Success NoticeKind = "success"
	Warning NoticeKind = "warning"
)

// AddNotice keeps a notice for the next page of this session. Without a signed-in session it is dropped: otherwise a
// stranger could fill the session table.
func (d *Doors) AddNotice(ctx context.Context, n Notice) {
	if d.sessions.GetString(ctx, sessionLogin) == "" {
		return
	}
	notices := append(decodeNotices(d.sessions.GetString(ctx, sessionNotices)), n)
	b, err := json.Marshal(notices)
	if err != nil {
		return // two strings always marshal
	}
	d.sessions.Put(ctx, sessionNotices, string(b))
}

// Notices returns the waiting notices, oldest first, and forgets them.
func (d *Doors) Notices(ctx context.Context) []Notice {
	if !d.sessions.Exists(ctx, sessionNotices) {
		return nil // Pop would mark the session as changed, a write on every page
	}
	return decodeNotices(d.sessions.PopString(ctx, sessionNotices))
}

// decodeNotices reads what AddNotice wrote. JSON rather than scs's gob, which would need types registered in an init.
func decodeNotices(s string) []Notice {
	var notices []Notice
	if json.Unmarshal([]byte(s), &notices) != nil {
		return nil // from another version of the portal: a lost message, not an error page
	}
	return notices
}
