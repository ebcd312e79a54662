package views

// HelpFiltersPage is GET /help/filters: the permanent contract of the list's URL.
type HelpFiltersPage struct {
	Frame  Frame
	Groups []HelpGroup
	Zone   string // used in the examples
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
	Codes      []Choice
}
