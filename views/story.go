package views

// Story is what happened to a payment.
type Story struct {
	Error     string // the payment's other transactions could not be read, or not to their end
	RetryHref string
	AllHref   string // the same in the list
	Summary   string // "3 transactions: …"
	Notes     []StoryNote
	Moments   []Moment
	Check     Check
	Changed   string // this record changed since the page's first part was sent
}

// StoryNote is something about the records that a reader has to know.
type StoryNote struct {
	Text        string
	Href, Label string // a record that it is about
}

// Moment is an entry of the timeline, a step or a fold.
type Moment struct {
	Gap  string // "3 days later"
	Step *Step
	Fold *Fold
}

// Step is one instant of a record's life.
type Step struct {
	Type string // of the record: "Capture"
	Verb string // "created", "processed and completed"

	ID, Href string
	First    bool   // the record's first: tells where it comes from
	Of       string // "Capture 1006755981", what the record comes from
	OfHref   string

	At, AtUTC string
	Exact     string
	Amount    string
	Tone      Tone

	Latest  bool // what the record is now follows
	Status  Status
	Code    string
	Meaning string // the code's name, or that it has none

	Here    bool // the record of this page
	YouAre  bool // its entry that says so
	Planned bool
	Odd     string // why the time can't be as it says
}

// Fold is records that went the same way, told in one line.
type Fold struct {
	What   string // "464 × Capture"
	Status Status
	Code   string
	Name   string // the code's
	Span   string // "Oct 29 2024 – Mar 10 2026"
	Sum    string // "13,456.00 USD in all"
	Inside string // "with 10 more that came from them"
	Rows   []FoldRow
}

// FoldRow is one record in a fold.
type FoldRow struct {
	ID, Href       string
	Under          bool   // it comes from the row before
	Type           string // with Under
	At, AtUTC      string
	Amount, Status string
}
