package views

import "strings"

// DetailPage is GET /transactions/{id}. [Detail] draws the whole page. One without a Story is sent before the payment's
// other records are there: [DetailStory] draws what follows, and [DetailStoryHere] stands where it belongs.
type DetailPage struct {
	Frame  Frame
	Title  string // "Capture of 125.50 USD"
	Status Status
	ID     string

	BackHref  string
	BackLabel string // "Transactions"
	Share     Share

	AsOf     string // when the API answered
	AsOfUTC  string // RFC 3339
	ZoneNote string // "Times in America/New_York"

	Words      Words
	Story      *Story
	Money      Money
	References References
	Groups     []FieldGroup
	Other      []Field // fields nobody declared
	Raw        RawJSON // masked
	Watch      string  // where to ask whether the record changed; "" for one that is final, and before its story is there
}

// DetailStoryHere marks the place of what comes last in a page that is sent before its story is there.
const DetailStoryHere = "<!--story-->"

// References are what the record and its relatives are called, and the ways to others like it.
type References struct {
	Fields  []Field
	Same    []Link // lists of the transactions that share something with this one
	FindAll string // everything else that the record's number may be
}

// FieldGroup is one card of fields.
type FieldGroup struct {
	Label  string
	Fields []Field  // those with a value
	Empty  []string // labels of those the API did not send, folded away
}

// Field is one value of the record.
type Field struct {
	Label   string
	Path    string // name in the API, such as "payment.customer.name"; shown on hover
	Value   string // "" draws an en dash
	Meaning string // of a code: "Balance too low; may be tried again"
	Code    string // raw code beside its name, or raw text beside a formatted one
	UTC     string // "2026-11-19 18:38:00 UTC", second text of a time
	UTCTime string // RFC 3339, for <time datetime>
	Href    string // the list of the records with this value
	Tone    Tone   // with Mark: drawn as a status
	Mark    bool
	Mono    bool
	Masked  bool // part of the value is hidden; said in words
	Copy    bool // offers to copy the value

	RevealHref string // where to ask for a masked value in clear; "" for readers who may not
	Reason     RevealReason
}

// RevealReason says whether a reader is asked why a value is to be revealed.
type RevealReason string

// The ways of asking.
const (
	ReasonOptional RevealReason = ""
	ReasonRequired RevealReason = "required"
	ReasonOff      RevealReason = "off"
)

func (p DetailPage) heading() string {
	if p.Title == "" {
		return "Transaction"
	}
	return p.Title
}

func (p DetailPage) backLabel() string {
	if p.BackLabel == "" {
		return "Transactions"
	}
	return p.BackLabel
}

func (g FieldGroup) absentList() string { return strings.Join(g.Empty, ", ") }

func absent(n int) string {
	if n == 1 {
		return "1 field without a value"
	}
	return count(n) + " fields without a value"
}

// Watch asks now and then whether a record changed.
type Watch struct {
	Href string // "" to stop
	Said string // "This transaction changed at 14:03: now Completed."
	Show string // the record's page
}
