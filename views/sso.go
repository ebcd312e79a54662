package views

// SSOSignIn is the single sign-on on the sign-in page.
type SSOSignIn struct {
	Provider string // its name; "" for no single sign-on
	Href     string
	Silent   bool // the provider did not answer when it was last asked
	Only     bool // there is no other way in
}

// SSOPage is GET /account/sso.
type SSOPage struct {
	Frame    Frame
	Pages    []Link // the row of the account's pages
	Provider string // its name; "" for no single sign-on
	Linked   bool   // the account signs in there
}

// LeavingPage leads a browser to the provider.
type LeavingPage struct {
	Frame    Frame // with LeadTo
	Provider string
	Href     string
}

// ssoName names the provider in a sentence, or what it is.
func ssoName(provider string) string {
	if provider == "" {
		return "the single sign-on"
	}
	return provider
}
