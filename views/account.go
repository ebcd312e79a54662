package views

// AccountPage is GET /account; the form posts to /account/preferences.
type AccountPage struct {
	Frame       Frame  // Frame.User and Frame.Theme are shown
	Pages       []Link // the row of the account's pages
	Permissions []string
	Zone        string // chosen zone
	Zones       []string
	ZoneError   string // a whole sentence; "" when the zone is good
}
