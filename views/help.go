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

// yours ends the sentence on the zone of tz with the reader's own, if there is one.
func yours(zone string) string {
	if zone == "" {
		return "."
	}
	return " (yours is " + zone + ")."
}

// timeGrammar is what a time filter takes, with its meaning.
var timeGrammar = []Parameter{
	{"2026-11-19", "a day: its first instant as a start, the whole day as an end"},
	{"2026-11-19T14:30", "an instant in the zone of tz; seconds may follow"},
	{"2026-11-19T14:30:00Z", "an instant with its own offset, such as Z or -05:00"},
	{"1795098600000", "Unix milliseconds"},
	{"now", "the moment of the request"},
	{"now-7d", "so long ago; units: s, m (minutes), h, d, w, M (months), y"},
	{"now/d", "the start of today; as an end, the end of today. Also /h, /w, /M, /y"},
	{"now-1M/M", "last month: its start as a start, its end as an end"},
}
