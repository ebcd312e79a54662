package views

// Words is what a record's state means, in plain English.
type Words struct {
	Means    Said
	Final    Said   // starts with "Yes.", "No." or "Not known."
	Next     Said   // what usually comes next
	Timing   Said   // how long it takes; may be empty
	Tell     string // what may be said to the customer; "" with Withhold or nothing to say
	Withhold string // what must not be told
	Action   string // who has to act, "Nobody has to act."
	Codes    []CodeSaid
	Notes    []Said
	Checks   []CheckSaid // what the record says of the account and the bank authorization
	Caution  string      // what is weak about the sources of all this
	Sources  []string
}

// Said is a sentence or two.
type Said struct {
	Text    string
	Caution string // what is weak about its sources, in two words: "the portal's own reading"
}

// CodeSaid is one code of the record in words.
type CodeSaid struct {
	Label   string // "Reason code"
	Code    string
	Name    string // "" when the published tables do not hold it
	Meaning string
	Family  string // what the family of codes is
	Words   Said
	Source  string // "Trustly docs: status codes"
}

// CheckSaid is one of the record's checks in words.
type CheckSaid struct {
	Label string // "Account score"
	Value string // "7"; may be ""
	Said
}
