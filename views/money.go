package views

import "strings"

// Money is the figures of a record and of its payment.
type Money struct {
	This, Payment Figures
	CheckHref     string // where the story tells whether the figures agree; "" when there is none to come
}

// Figures are those of one of the two.
type Figures struct {
	Label  string // "This transaction"
	Fields []Field
	Bar    Bar
}

// Bar is figures as parts of a whole. One without parts is not drawn.
type Bar struct {
	Whole string // "Of 125.50 USD"
	Parts []BarPart
}

// BarPart is one figure in a bar.
type BarPart struct {
	Name, Value string // "refunded", "25.50"
	From, Width string // "79.68%"
}

// Check says whether the figures of a payment's records agree.
type Check struct {
	Tone    Tone
	Text    string // "All 14 checks of the figures hold."
	Held    []RuleHeld
	Differs []Difference
	More    string // how many more differ than are listed
	Skipped []RuleSkipped
	Note    string // what the rules rest on
}

// RuleHeld is a rule that holds wherever it was checked.
type RuleHeld struct {
	Rule, Source string
	Times        int
}

// Difference is two sides that should be equal and are not.
type Difference struct {
	Rule, Source string
	Who, Href    string // whose figures; Href "" for the payment
	Left, Right  string // "125.50 (paid 125.50)"
	By           string // "5.00 USD"
}

// RuleSkipped is a rule that could not be checked somewhere.
type RuleSkipped struct {
	Rule, Reason string
	Times        int
}

// label reads the bar to whoever does not see it.
func (b Bar) label() string {
	var parts []string
	for _, p := range b.Parts {
		parts = append(parts, p.Name+" "+p.Value)
	}
	return b.Whole + ": " + strings.Join(parts, ", ")
}
