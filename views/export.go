package views

// ExportPage is GET /exports/{id}. [Export] draws the whole page, [ExportRegion] what is asked for again while it runs.
type ExportPage struct {
	Frame   Frame
	Heading string // the view in a sentence
	Status  Status
	Say     string // for screen readers, which get it when it changes
	Notes   []string

	Running  bool // export.js asks again; without it there is a link
	Progress ExportProgress
	Trouble  ExportTrouble // of one that ended otherwise than complete

	Files      []ExportFile // first the format that was asked for; none of an incomplete one
	ReceiptFor string       // the address of the receipt's file
	Keeps      string       // "Kept until Nov 27, 14:03, then deleted."
	Facts      []ExportFact
	Totals     []ExportTotal
	Empty      bool // complete without a row
	ZoneNote   string

	Changes *ExportChanges // nil where there is nothing to start from

	Href                              string
	CancelHref, DeleteHref, AgainHref string // "" draws none
	AgainLabel                        string
}

// ExportProgress is how far a running export has come.
type ExportProgress struct {
	Covered string // "Read until Oct 12 of Oct 1–31"
	Part    int    // of a thousand; negative when nobody can say
	Rows    string // "12,300 rows"
	Speed   string // "95 rows a second"
	Left    string // "about 2 minutes left"
	Waits   string // why it doesn't move
}

// ExportTrouble says why there is nothing to download.
type ExportTrouble struct {
	What, Do string
	Tone     Tone
}

// ExportFile is one way to download an export.
type ExportFile struct {
	Label, Href string
	Meaning     string
}

// ExportFact is one line of a receipt.
type ExportFact struct {
	Label, Text string
	UTC         string // of a time
	Href        string
	Mono        bool
	Copy        string // the whole text to copy
	ID          string // of a transaction
}

// ExportTotal is the rows of one type, status and currency.
type ExportTotal struct {
	Type, Status, Currency string
	Rows, Amount           string
	Note                   string // "3 without an amount"
}

// ExportChanges is the form that exports what changed since.
type ExportChanges struct {
	Action  string
	Since   string // "Nov 3, 09:12:44"
	Formats []Choice
	InClear bool // also only masked rows can be had
}

// ExportsPage is GET /exports.
type ExportsPage struct {
	Frame    Frame
	Rows     []ExportRow
	Keeps    string // "Complete exports are kept for 7 days."
	ListHref string // where exports begin
	ZoneNote string
}

// ExportRow is one export of the reader's.
type ExportRow struct {
	Href                string
	View                string // a sentence
	Status              Status
	Detail              string // "12,300 rows", "Read until Oct 12"
	About               string // "CSV, 9 columns, personal data masked"
	Started, StartedUTC string
	Expires, ExpiresUTC string
	Files               []ExportFile // with the receipt
	DeleteHref          string
}

// percent is the progress as a label says it.
func (p ExportProgress) percent() string {
	if p.Part < 0 {
		return ""
	}
	return count(p.Part/10) + " %"
}
