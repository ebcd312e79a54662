package auth

import (
	"context"
	"net/url"
	"time"
)

// longestHint is the longest ID token that goes into an address, in bytes; servers take addresses of 8 kB.
const longestHint = 6000

// EndSessionURL is the provider's address to which a browser goes to be signed out there too (OpenID Connect
// RP-Initiated Logout), and that sends it back to the given address; "" if the provider offers none, or is not known yet
// because it has not answered. The ID token, if there is one, is the provider's own and tells it whom to sign out.
func (s *SSO) EndSessionURL(ctx context.Context, idToken, back string) string {
	p, err := s.provider(ctx)
	if err != nil || p.endSession == "" {
		return ""
	}
	u, err := url.Parse(p.endSession)
	if err != nil {
		return "" // it was checked
	}
	q := u.Query()
	q.Set("client_id", s.config.ClientID)
	q.Set("post_logout_redirect_uri", back)
	if idToken != "" && len(idToken) <= longestHint {
		q.Set("id_token_hint", idToken)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// LoggedOut is what a provider says in a logout token: that a session of its own is over, or all of a person's.
type LoggedOut struct {
	Subject   string    // "" if it names only the session
	SessionID string    // "" for all of the person's
	Until     time.Time // logins that started later are others
}

// LoggedOut reads a logout token (OpenID Connect Back-Channel Logout). The same token may come again: it says nothing
// of later logins. The error is a *SSOError.
func (s *SSO) LoggedOut(ctx context.Context, logoutToken string) (LoggedOut, error) {
	ctx, cancel := context.WithTimeout(ctx, finishTimeout)
	defer cancel()
	p, err := s.provider(ctx)
	if err != nil {
		return LoggedOut{}, err
	}
	token, err := p.verifier.VerifyLogout(ctx, logoutToken)
	if err != nil {
		return LoggedOut{}, verifyError(err)
	}
	said, err := readClaims(token.Claims)
	if err != nil {
		return LoggedOut{}, &SSOError{Reason: SSOBadToken, Err: tame(err)}
	}
	events, _ := said["events"].(map[string]any)
	if _, ok := events["http://schemas.openid.net/event/backchannel-logout"].(map[string]any); !ok {
		return LoggedOut{}, ssoErrorf(SSOBadToken, "the logout token's event is no object")
	}
	l := LoggedOut{Subject: said.text("sub"), SessionID: said.text("sid"), Until: token.IssuedAt.Add(clockSkew)}
	switch {
	case l.Subject == "" && l.SessionID == "":
		return LoggedOut{}, ssoErrorf(SSOBadToken, "the logout token names nobody")
	case l.Until.After(s.now().Add(2 * clockSkew)):
		return LoggedOut{}, ssoErrorf(SSOExpiredToken, "the logout token was issued in the future: one of the clocks is wrong")
	}
	return l, nil
}
