package views

// HelpFiltersPage is GET /help/filters: the permanent contract of the list's URL.
type HelpFiltersPage struct {
	Frame  Frame
	Groups []HelpGroup
	Zone   string // used in the examples
	Now    string // the instant at which the worked times were resolved
	Times  []HelpTime
	Links  []HelpLink // for programs that lead into the portal
	Live   string     // a link with relative words
	Frozen string     // the same, as it stands now
}

// HelpTime is one way of writing a time, worked out.
type HelpTime struct {
	Written, Means string
	Start, End     string // the instants, in the page's zone
}

// HelpLink is an address with a placeholder.
type HelpLink struct {
	Template string // "https://portal.example.com/find?q={text}"
	Example  string // "/find?q=1006755981"; one that works
	Meaning  string
}

// HelpGroup is one table of filters.
type HelpGroup struct {
	Label   string
	Filters []HelpFilter
}

// HelpFilter documents one parameter.
type HelpFilter struct {
	Name       string
	Label      string
	Kind       string // "code", "text", …, as a word
	Repeat     bool
	Personal   bool // its value is personal data
	Meaning    string
	Example    string // a value
	ExampleURL string // "/transactions?…"
	Template   string // "https://portal.example.com/transactions?ipAddr={value}"; "" for none
	Codes      []Choice
}

// yours ends the sentence on the zone of tz with the reader's own, if there is one.
func yours(zone string) string {
	if zone == "" {
		return "."
	}
	return " (yours is " + zone + ")."
}
