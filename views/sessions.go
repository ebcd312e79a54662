package views

// SessionsPage is GET /account/sessions: where the reader is signed in.
type SessionsPage struct {
	Frame    Frame
	Pages    []Link // the row of the account's pages
	Sessions []Session
	Zone     string // of the times
	Idle     string // after which a sign-in ends unused: "2 hours"
	Lifetime string // after which it ends however busy: "12 hours"
}

// others reports whether there is a sign-in beside the present one.
func (p SessionsPage) others() bool { return len(p.Sessions) > 1 }

// Session is one sign-in that is open.
type Session struct {
	ID                  string
	Device              string // "Firefox 145 on Windows"
	UserAgent           string // what the browser says of itself, whole
	Address             string
	Means               string // "Password and authenticator app"
	Started, StartedUTC string
	Seen, SeenUTC       string
	Current             bool // the one that shows the page
}
