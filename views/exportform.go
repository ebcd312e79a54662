package views

// ExportFormPage is GET /exports/new. [ExportForm] draws the whole page, [ExportPanel] what a dialog shows over the list;
// both from the same struct.
type ExportFormPage struct {
	Frame     Frame
	BackHref  string // the list
	BackLabel string // its sentence

	Action  string // where the form goes
	Query   string // the view that is exported
	Formats []Choice
	Columns []Choice // those on screen, or all
	BOM     bool     // CSV begins with a byte order mark

	InClear     bool   // personal data is not masked: the page warns and asks why
	InClearHref string // the form for that, "" for whom there is none
	MaskedHref  string // the form without it
	Reason      Value

	Problem  string // why nothing was started; whole sentences
	Estimate ExportEstimate
	Streams  []Link // the same at once, without a job
}

// ExportEstimate is how large an export will be about.
type ExportEstimate struct {
	Text string // "About 3,000 to 6,000 transactions"
	Cost string // "31 to 61 requests to Trustly, about 7 to 13 seconds at 5 a second"
	Note string // what the number does not know
	Tone Tone

	Href  string // finds it out; "" once Text says it
	Price string // "up to 12 requests to Trustly"
}

// shows reports whether there is an estimate or a way to one.
func (e ExportEstimate) shows() bool { return e.Text != "" || e.Href != "" }

func (e ExportEstimate) cost() string {
	if e.Cost == "" {
		return ""
	}
	return ": " + e.Cost
}
