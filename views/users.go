package views

// UsersPage is GET /admin/users; the form to invite posts there, too.
type UsersPage struct {
	Frame    Frame
	Pages    []Link // the row of the pages for administrators
	Query    string // the filter in force
	Accounts []AccountRow
	Hidden   int // accounts that the filter leaves out
	Open     []OpenLink
	Zone     string // of the times

	Invite InviteForm
}

// AccountRow is one account in the list.
type AccountRow struct {
	Email, Href   string
	Role          string
	State         Status
	Means         string // "Password, authenticator app"
	Seen, SeenUTC string
	You           bool
}

// InviteForm is the form at the foot of the list of accounts.
type InviteForm struct {
	Email Value
	Role  Value
	Roles []RoleChoice
}

// RoleChoice is one role with what it may do.
type RoleChoice struct {
	Role   string
	May    string // "see and reveal"
	Chosen bool
}

// OpenLink is a one-time link that nobody used yet.
type OpenLink struct {
	ID, Email     string
	What          string // "To join as finance", "To set a password"
	By            string
	Made, MadeUTC string
	Ends, EndsUTC string
	AccountHref   string // of whose password it is
}

// LinkPage shows a one-time link, once.
type LinkPage struct {
	Frame   Frame
	Heading string
	Email   string
	What    string // what it is good for, one sentence
	URL     string
	Ends    string // "Nov 23, 12:00 UTC"
	Back    Link
}

// UserPage is GET /admin/users/{id}.
type UserPage struct {
	Frame Frame
	Pages []Link
	Back  Link // the list

	Email string
	Role  string
	State Status
	Means string
	Since string // when the account was made
	Seen  string
	Zone  string

	Action     string // the account's address, before each form's own word
	Generation string // of the account as shown: forms of an older one are refused
	You        bool
	LastAdmin  bool // the last enabled administrator
	SSO        bool
	Disabled   bool
	HasFactors bool

	Roles    []RoleChoice
	Link     OpenLink // zero: there is none
	Sessions []Session
	Tokens   []AccountToken
}

// AccountToken is one access token of an account that is still good.
type AccountToken struct {
	ID            string
	Name, Scope   string
	Ends, EndsUTC string
	Used, UsedUTC string
}
