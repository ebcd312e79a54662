package views

// LoginPage is GET /login, and POST /login refused.
type LoginPage struct {
	Frame       Frame
	Email       string // filled in again after a refusal
	Next        string // where to go afterwards; a path of the portal, checked by the caller
	Error       string // why the last attempt was refused
	WaitSeconds int    // > 0: no attempt is taken for so long
	Passkey     PasskeyForm
	SSO         SSOSignIn
	Demo        []DemoAccount
}

// DemoAccount is printed on the sign-in page of `serve --demo` only.
type DemoAccount struct {
	Email, Role, Password string
}
