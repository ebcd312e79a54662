package views

// FindPage is GET /find?q=: what was pasted, in the readings that its shape allows. [Find] draws the whole page. A page
// that is sent before all is answered has no Summary and no Answers but Asking; [FindAnswered] and [FindSummed] draw
// what takes its places, and [FindAnswersHere] stands where they belong.
type FindPage struct {
	Frame    Frame
	Text     string // what was pasted, tidy; "" asks for something
	Said     string // what can't be searched and what can
	List     FindList
	Examples []FindExample // with an empty Text

	Asking  []FindAsked
	Summary FindSummary
	Answers []FindAnswer
}

// FindAnswersHere marks the place of the answers in a page that is sent before they are there.
const FindAnswersHere = "<!--answers-->"

// FindList is what was pasted if it looks like several values. Count is 0 if it does not.
type FindList struct {
	Count int
	Text  string // one on each line
}

// FindExample is one kind of thing that the box takes.
type FindExample struct {
	Kind string
	Text string
}

// FindAsked is one reading that is not answered yet.
type FindAsked struct {
	Slot string // its place: the answer's Slot is the same
	Text string // "By payment ID: asking Trustly…"
}

// FindSummary is what all readings found together.
type FindSummary struct {
	Heading  string // "Nothing found"; "" when something was
	Text     string // "1 by transaction ID, 3 by original ID, none by merchant reference."
	Hints    []string
	OpenID   string // the one transaction that opens by itself; "" for none
	OpenHref string
}

// FindAnswer is what one reading found.
type FindAnswer struct {
	Slot      string
	Heading   string // "3 by original ID"
	Note      string
	Rows      []FindRow // the newest
	Zone      string    // of their times: "New York time"
	ListHref  string    // the reading as a list; "" when there is no list of it
	Problem   string    // why there is no answer
	RetryHref string
}

// FindRow is one transaction.
type FindRow struct {
	ID, Href            string
	Status              Status
	Type                string
	Amount, Currency    string
	Created, CreatedUTC string
	CreatedExact        string
	Customer            string
}

// Rank orders answers that are all there: what found something, what has no answer, what found nothing.
func (a FindAnswer) Rank() int {
	switch {
	case len(a.Rows) > 0:
		return 0
	case a.Problem != "":
		return 1
	}
	return 2
}

func (p FindPage) heading() string {
	if p.Text == "" {
		return "Find a transaction"
	}
	text := []rune(p.Text)
	if len(text) > maxHeadingText {
		return "Find “" + string(text[:maxHeadingText]) + "…”"
	}
	return "Find “" + p.Text + "”"
}

// maxHeadingText is how much of a pasted text the heading repeats, in characters: the box has it whole.
const maxHeadingText = 100
