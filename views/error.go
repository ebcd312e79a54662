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
	Find      string // what the one box is offered with; "" for no box
}
