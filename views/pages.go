package views

// ErrorPage is any answer that is not the page asked for: 404, 422, 429, 500,
// 502, 503, 504. [Error] draws a page, [ErrorRegion] the fragment for htmx.
type ErrorPage struct {
	Frame     Frame  // Frame.RequestID is shown
	Status    int    // HTTP status
	Heading   string // "Trustly did not answer in time"
	What      string // what happened
	Do        string // what to do now
	RetryHref string // "" when trying again is of no use
	Links     []Link // other ways on
}

// AccountPage is GET /account; the form posts to /account/preferences.
type AccountPage struct {
	Frame       Frame // Frame.User and Frame.Theme are shown
	Permissions []string
	Zone        string // chosen zone
	Zones       []string
	ZoneError   string // a whole sentence; "" when the zone is good
}

// FindPage is GET /find?q= when the text can be read in several ways or in none.
type FindPage struct {
	Frame    Frame // Frame.Query is the text
	Message  string
	Readings []Reading
}

// Reading is one way to read what was pasted.
type Reading struct {
	Label       string // "Merchant reference"
	Href        string
	Description string
}

func (p FindPage) heading() string {
	if p.Frame.Query == "" {
		return "Find a transaction"
	}
	return "Find “" + p.Frame.Query + "”"
}
