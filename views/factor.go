package views

// PasskeyForm asks the browser for a passkey and sends what it answers. Without scripts it stays hidden.
type PasskeyForm struct {
	Action  string // where it is sent
	Create  bool   // makes a passkey; else one is used
	Options string // for the browser, as JSON; "" draws nothing
	Origin  string // where passkeys work: at another address of the portal the form stays hidden
	Label   string // of the button
	Prefix  string // of its fields' names, beside those of another form
}

// FactorPage is GET /login/factor: the second step of a sign-in.
type FactorPage struct {
	Frame       Frame
	Email       string // who gave the right password
	Next        string
	Error       string // why the last code was refused
	WaitSeconds int    // > 0: no code is taken for so long
	App         bool   // the account has an authenticator app
	Recovery    bool   // it has recovery codes left
	OpenCodes   bool   // the recovery code was what was tried last
	Passkey     PasskeyForm
}

// ProvePage asks a signed-in reader to prove again who they are, before a sensitive act.
type ProvePage struct {
	Frame       Frame
	Action      string // the act's own address, or that of the proof alone
	Fields      []FormField
	What        string // what is asked for, said on the page
	Error       string
	WaitSeconds int
	Password    bool // the account has a password
	App         bool // asked for besides the password
	Recovery    bool // taken in place of the app's code
	Passkey     PasskeyForm
	SSOHref     string // proves by a single sign-on; "" if there is none
	SignOut     bool   // nothing else helps than to sign in again
	BackHref    string
}

// FormField is a field of a form that goes along unseen.
type FormField struct{ Name, Value string }
