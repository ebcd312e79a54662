package views

// Dates is the row that says which times the list holds. The zero Dates draws
// nothing.
type Dates struct {
	Field   string // API name of the date in use: "createdAt"
	Label   string // what it is called: "Created"
	Fields  []Link // the dates there are; one without an Href has a range of its own
	Presets []Link // Today, Yesterday, 7 days, … of the date in use
	Custom  bool   // the range is none of the presets

	EarlierHref string // the period before, of the same length; "" when there is none
	LaterHref   string

	Range string // "Nov 13, 00:00 – now"
}
