package views

import "strings"

// DetailPage is GET /transactions/{id}.
type DetailPage struct {
	Frame  Frame
	Title  string // "Capture of 125.50 USD"
	Status Status
	ID     string
	Lead   string // one sentence on what happened, may be ""

	BackHref  string
	BackLabel string // "Transactions"

	AsOf     string // when the API answered
	AsOfUTC  string // RFC 3339
	ZoneNote string // "Times in America/New_York"

	Family     Family
	Groups     []FieldGroup
	Other      []Field // fields nobody declared
	Money      []Field // the card at the side; the last is the total
	References []Field
	RawJSON    string // masked, indented
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

// Family is every transaction of the payment, as a second call found it.
type Family struct {
	Rows      []FamilyRow
	AllHref   string // the same in the list
	Error     string // the second call failed; the page stands without it
	RetryHref string
	More      string // "Only the newest 100 are shown."
}

// FamilyRow is one transaction of the payment.
type FamilyRow struct {
	ID, Href   string
	Type       string
	Status     Status
	Amount     string // "125.50 USD"
	Created    string
	CreatedUTC string // RFC 3339
	Note       string // reason of a return, may be ""
	This       bool   // the one on this page
}

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
