package views

// SecurityPage is GET /account/security.
type SecurityPage struct {
	Frame    Frame
	Pages    []Link // of the account
	SSO      bool   // the reader signs in by single sign-on: its factors are the provider's
	Required bool   // the reader's role must have a second factor
	Any      bool   // there is one
	Owed     bool   // and there is none yet: nothing else opens
	Error    string
	Next     string // where the reader was going

	App      Factor // zero: none
	Passkeys []Factor
	CanLose  bool // the last factor may be removed

	Add       PasskeyForm
	Elsewhere string // why passkeys can't be added at any address; "" if they can
	CodesLeft int
	FewCodes  bool
}

// Factor is one second factor as the page lists it.
type Factor struct {
	ID    string
	Name  string
	Added string
	Used  string // "never" if not since
	Note  string // "kept in step between devices"
}

// AuthenticatorPage is GET /account/security/authenticator.
type AuthenticatorPage struct {
	Frame    Frame
	Pages    []Link
	Replaces bool   // there is one already
	Picture  string // data: URL of the code for a camera
	Secret   string // the same as text, in groups
	Ticket   string
	Next     string
	Error    string
}

// RecoveryPage shows new recovery codes, once.
type RecoveryPage struct {
	Frame Frame
	Pages []Link
	Codes []string
	Next  string // "" leads back to the factors
}
