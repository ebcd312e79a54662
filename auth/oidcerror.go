package auth

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/oauth2"
)

// SSOReason is why a single sign-on was refused: a word for logs and the audit.
type SSOReason string

// The reasons.
const (
	SSONotBegun     SSOReason = "not-begun"      // in this browser, or too long ago, or finished already
	SSOWrongState   SSOReason = "wrong-state"    // the answer belongs to no sign-in of this browser
	SSOWrongIssuer  SSOReason = "wrong-issuer"   // another provider answered
	SSODenied       SSOReason = "denied"         // the provider says so, see SSOError.Code
	SSONoCode       SSOReason = "no-code"        // the answer holds neither a code nor an error
	SSORefusedCode  SSOReason = "refused-code"   // the provider does not take its own code, or not with this verifier
	SSOMisconfig    SSOReason = "misconfigured"  // the provider does not take the portal's credentials or addresses
	SSOUnanswered   SSOReason = "no-answer"      // the provider does not answer, or not what it should
	SSOBadToken     SSOReason = "bad-token"      // the ID token or the userinfo can't be relied on
	SSOExpiredToken SSOReason = "expired-token"  // or a clock goes wrong
	SSOWrongNonce   SSOReason = "wrong-nonce"    // the ID token belongs to another sign-in
	SSONoRole       SSOReason = "no-role"        // the claim gives no role in the portal
	SSONoEmail      SSOReason = "no-email"       // the provider vouches for no address of a new person
	SSOAddressTaken SSOReason = "address-taken"  // by an account that is not this person's
	SSODisabled     SSOReason = "disabled"       // the account, in the portal
	SSOOtherPerson  SSOReason = "other-person"   // than the one who is signed in
	SSONotFresh     SSOReason = "not-fresh"      // the provider does not say that the person has just signed in
	SSOLinked       SSOReason = "already-linked" // the account or the person
	SSOLastAdmin    SSOReason = "last-admin"     // linking would leave nobody who can manage users
)

// SSOError is a refused or failed single sign-on.
type SSOError struct {
	Reason SSOReason
	Code   string // the provider's error code, lower-case letters, digits and underscores; or ""
	Err    error  // for the log; its text is safe to be there
}

func (e *SSOError) Error() string {
	text := "single sign-on: " + string(e.Reason)
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *SSOError) Unwrap() error { return e.Err }

func ssoErrorf(reason SSOReason, format string, args ...any) *SSOError {
	return &SSOError{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// errorCode is a provider's error code if it looks like one (RFC 6749, 4.1.2.1), else "".
func errorCode(s string) string {
	const longest = 60
	if len(s) > longest || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return ""
	}
	return s
}

// tame makes an error of a library fit for the log. Those texts may hold whole answers of the provider: what is not
// plain is left out, and of a failed request only the failure is told.
func tame(err error) error {
	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err // without the address
	}
	const longest = 200
	text := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, err.Error())
	if len(text) > longest {
		text = text[:longest] + "…"
	}
	return errors.New(text)
}

// exchangeError says why the provider gave no tokens for a code.
func exchangeError(err error) *SSOError {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return &SSOError{Reason: SSOUnanswered, Err: tame(err)}
	}
	e := &SSOError{Reason: SSORefusedCode, Code: errorCode(refused.ErrorCode)}
	status := 0
	if refused.Response != nil {
		status = refused.Response.StatusCode
	}
	e.Err = fmt.Errorf("the token endpoint answered %d", status)
	switch {
	case status >= 500 || e.Code == "":
		e.Reason = SSOUnanswered
	case e.Code != "invalid_grant":
		e.Reason = SSOMisconfig // invalid_client, unauthorized_client, invalid_request, …
	}
	return e
}
