package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"trustlyportal/auth"
	"trustlyportal/views"
)

// refusedSSO is a single sign-on that came to nothing, for the reader.
type refusedSSO struct {
	why      *auth.SSOError
	err      error  // with what else went wrong
	provider string // its name
	next     string // where the reader was going
	local    bool   // there are accounts of the portal's own, too
}

func (r *refusedSSO) Error() string { return r.err.Error() }

func (r *refusedSSO) Unwrap() error { return r.err }

// ssoProblems are the words for each reason; $P is the provider's name.
var ssoProblems = map[auth.SSOReason]problem{
	auth.SSONotBegun: {status: http.StatusBadRequest, heading: "This sign-in is over",
		what: "It was not begun in this browser, took longer than ten minutes, or was finished already. Nobody was signed in by it.",
		do:   "Sign in again. If it happens each time, let the browser keep cookies of the portal."},
	auth.SSOWrongState: {status: http.StatusBadRequest, heading: "This answer belongs to another sign-in",
		what: "The answer that came back from $P is not for the sign-in that this browser began last. That happens when two are begun side by side. It also happens when somebody tries to sign you in to an account that is not yours, so nobody was signed in.",
		do:   "Sign in again, in one tab."},
	auth.SSOWrongIssuer: {status: http.StatusBadRequest, heading: "Another provider answered",
		what: "The answer does not come from $P, so nobody was signed in.", do: "Sign in again. If it stays, give the request ID to the portal's operator."},
	auth.SSODenied: {status: http.StatusForbidden, heading: "$P did not sign you in",
		what: "$P refused or broke off the sign-in$C.", do: "Sign in again; if it stays, ask whoever looks after $P whether you may use the portal."},
	auth.SSONoCode: {status: http.StatusBadRequest, heading: "The answer is incomplete",
		what: "What came back from $P holds neither a sign-in nor a reason.", do: "Sign in again."},
	auth.SSORefusedCode: {status: http.StatusBadRequest, heading: "$P did not confirm the sign-in",
		what: "The portal asked $P about the code that your browser brought, and $P does not take it: it is too old, was used before, or belongs to a sign-in begun elsewhere. Nobody was signed in.",
		do:   "Sign in again."},
	auth.SSOMisconfig: {status: http.StatusBadGateway, heading: "The single sign-on is not set up right",
		what: "$P does not take the portal's own credentials or settings$C. This is not about your account.", do: "The portal's operator has to look at it: give them the request ID."},
	auth.SSOUnanswered: {status: http.StatusBadGateway, heading: "$P does not answer",
		what: "The portal asked $P and got no answer that it can use. Trustly and your account have nothing to do with it.", do: "Try again in a minute."},
	auth.SSOBadToken: {status: http.StatusBadRequest, heading: "The answer can't be trusted",
		what: "What $P says about you could not be checked, so nobody was signed in.", do: "Sign in again. If it stays, give the request ID to the portal's operator."},
	auth.SSOExpiredToken: {status: http.StatusBadRequest, heading: "The answer came at the wrong time",
		what: "What $P says about you was out of date when it came, or lies in the future: the clock here or there may be wrong.", do: "Sign in again. If it stays, give the request ID to the portal's operator."},
	auth.SSOWrongNonce: {status: http.StatusBadRequest, heading: "This answer belongs to another sign-in",
		what: "What $P says was said for another sign-in than the one that this browser began. Somebody may have tried to have it used twice, so nobody was signed in.", do: "Sign in again."},
	auth.SSONoRole: {status: http.StatusForbidden, heading: "No role in this portal",
		what: "$P knows you, but gives you no role in this portal, so there is no entry. If you had one before, your other sign-ins here are over.",
		do:   "Ask whoever looks after $P to put you into a group for the portal, then sign in again."},
	auth.SSONoEmail: {status: http.StatusForbidden, heading: "No verified e-mail address",
		what: "$P did not say which e-mail address is yours, or does not vouch for it. The portal needs it for a new account.", do: "Have your address verified at $P, then sign in again, or give the request ID to the portal's operator."},
	auth.SSOAddressTaken: {status: http.StatusConflict, heading: "Your address has another account here",
		what: "The portal has an account with your e-mail address already, which is not connected to you at $P. An address alone does not prove whose account it is.", do: "Ask an administrator of the portal to connect it."},
	auth.SSODisabled: {status: http.StatusForbidden, heading: "Your account here is disabled",
		what: "$P let you in, but your account in the portal is disabled or was changed a moment ago.", do: "Ask an administrator of the portal."},
	auth.SSOOtherPerson: {status: http.StatusConflict, heading: "Somebody else signed in at $P",
		what: "Whoever signed in at $P is not known there by the address of your account here. Nothing was changed.", do: "Sign out at $P, then try again as yourself. If your addresses differ, ask an administrator of the portal to connect the account."},
	auth.SSONotFresh: {status: http.StatusForbidden, heading: "No fresh proof",
		what: "$P did not say that you have just signed in there, so it is no proof of who sits at this browser now. Nothing was done.", do: "Try again, and sign in at $P when it asks. If it does not ask, give the request ID to the portal's operator."},
	auth.SSOLinked: {status: http.StatusConflict, heading: "Connected already",
		what: "This account, or the person who signed in at $P, is connected already. Nothing was changed.", do: "If that is wrong, ask an administrator of the portal."},
	auth.SSOLastAdmin: {status: http.StatusConflict, heading: "You are the last administrator",
		what: "$P gives you another role than admin, and nobody would be left to manage the accounts. Nothing was changed.", do: "Make somebody else an administrator first, or have $P give you the role."},
}

// ssoCodes say what a provider's error code means.
var ssoCodes = map[string]string{
	"access_denied":              "you or its administrator said no",
	"login_required":             "you are not signed in there",
	"interaction_required":       "it wants to ask you something first",
	"consent_required":           "it wants your consent first",
	"account_selection_required": "it does not know which of your accounts is meant",
	"temporarily_unavailable":    "it is too busy right now",
	"server_error":               "it failed itself",
	"invalid_scope":              "it does not know what the portal asks for",
	"unauthorized_client":        "the portal is not registered there for this",
	"invalid_client":             "the portal's ID or secret is wrong",
}

// problem is the refusal in words. Of what the provider wrote, they hold its error code alone.
func (r *refusedSSO) problem() problem {
	p, ok := ssoProblems[r.why.Reason]
	if !ok {
		p = ssoProblems[auth.SSOBadToken]
	}
	code := ""
	if r.why.Code != "" {
		code = fmt.Sprintf(" (%s)", r.why.Code)
		if words, ok := ssoCodes[r.why.Code]; ok {
			code = fmt.Sprintf(": %s (%s)", words, r.why.Code)
		}
	}
	fill := strings.NewReplacer("$P", r.provider, "$C", code)
	p.heading, p.what, p.do = fill.Replace(p.heading), fill.Replace(p.what), fill.Replace(p.do)
	if r.why.Reason == auth.SSOAddressTaken && r.local {
		p.do = "If it is yours, sign in with its password, then connect it under Account, Single sign-on. Otherwise ask an administrator of the portal."
	}
	back := ""
	if r.next != "" && r.next != "/" {
		back = "?next=" + url.QueryEscape(r.next)
	}
	p.links = []views.Link{{Label: "Sign in with " + r.provider, Href: "/login/sso" + back}}
	if r.local {
		p.links = append(p.links, views.Link{Label: "Sign in another way", Href: "/login" + back})
	}
	return p
}
