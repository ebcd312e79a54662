package views

// CountPage is GET /transactions/count: the page around the steps of a count.
type CountPage struct {
	Frame    Frame
	Sentence string // what is counted
	BackHref string // the list
	Price    string // "about 10 to 40 requests to Trustly, …"
}

// CountResult ends the steps of a count.
type CountResult struct {
	Total string // "12,345 transactions", "At least 8,192 transactions"
	Note  string // "counted as of 14:03:12", or why there is no exact number
	Tone  Tone   // ToneGood when exact
}

// CountStepsHere is the place in the page where the steps go as they come. No text on the page can hold it, as its
// brackets would be escaped.
const CountStepsHere = "<!--steps-->"
