package views

import "github.com/a-h/templ"

// ssoPages are the pages of the single sign-on in the states that differ.
func ssoPages() map[string]templ.Component {
	login := sampleLogin()
	login.Demo = nil
	login.SSO = SSOSignIn{Provider: "Example ID", Href: "/login/sso?next=%2Ftransactions"}
	only := login
	only.SSO.Only, only.SSO.Silent = true, true

	page := func(linked bool, provider string) SSOPage {
		return SSOPage{
			Frame: sampleFrame("Single sign-on"), Pages: []Link{{Label: "Account", Href: "/account"}, {Label: "Single sign-on", Href: "/account/sso", Current: true}},
			Provider: provider, Linked: linked,
		}
	}
	leaving := LeavingPage{Frame: Frame{Title: "Signed out", LeadTo: "https://id.example.com/end?a=1&b=" + hostile}, Provider: hostile, Href: "https://id.example.com/end?a=1&b=" + hostile}
	return map[string]templ.Component{
		"sso-login":     Login(login),
		"sso-only":      Login(only),
		"sso-connect":   SSO(page(false, "Example ID")),
		"sso-connected": SSO(page(true, hostile)),
		"sso-none":      SSO(page(false, "")),
		"sso-leaving":   Leaving(leaving),
	}
}
