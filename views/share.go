package views

// Share is what a record's page offers to hand on.
type Share struct {
	LinkHref string // the record's whole address, its zone included
	Ticket   string // the record in plain text, for a ticket: nothing masked in it, no name
	AsOf     string // when the API answered, with its date, for paper
}
