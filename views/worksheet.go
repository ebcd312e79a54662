package views

// PastePage is GET /find/list, the form for a pasted list; it posts to itself.
type PastePage struct {
	Frame Frame
	List  string // what was pasted, when it was refused
	Error string // whole sentences; "" when nothing is wrong
	Most  int    // entries of one list
	Price string // what a list costs in time; "" when nobody can say
	Kept  []KeptWorksheet
}

// KeptWorksheet is a list of the reader's that is kept still.
type KeptWorksheet struct {
	Label, Href         string // "500 entries"
	Status              Status
	Created, CreatedUTC string
}

// WorksheetPage is GET /find/list/{id}. [Worksheet] draws the whole page, [WorksheetRegion] what is asked for again
// while it runs.
type WorksheetPage struct {
	Frame   Frame
	Heading string // "List of 500 entries"
	Status  Status
	Summary string // "470 found, 30 not found and 10 duplicates"
	Notes   []string

	Running        bool // portal.js asks again, without it the browser (Frame.Refresh)
	Asked, Entries int
	Left           string // "At most 120 more requests, about 24 seconds left."
	Say            string // for screen readers, which get it when it changes

	Filters  []Link
	Rows     []WorksheetRow
	ZoneNote string
	Keeps    string // until when

	CancelHref, RetryHref, RetryLabel string // forms; "" draws none
	DeleteHref, FileHref              string
}

// WorksheetRow is one entry.
type WorksheetRow struct {
	Anchor  string
	Line    string // "12", "12.3" for the third of its line
	Text    string // as pasted
	Verdict Status
	Note    string // "of line 3", why it could not be asked
	ReadAs  string
	Links   []Link // the record, or the lists of those that match

	// Of the one found; ID is "" for any other.
	ID                  string
	Status              Status
	Type, Amount        string
	Created, CreatedUTC string
}

// kept has a line end in front: HTML takes the first one in a text area away.
func (p PastePage) kept() string { return "\n" + p.List }

func (p PastePage) hints() string {
	ids := hintID("list")
	if p.Error != "" {
		ids += " " + errorID("list")
	}
	return ids
}
