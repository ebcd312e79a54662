package views

// AuditPage is GET /admin/audit: who did what, the newest first.
type AuditPage struct {
	Frame   Frame
	User    string // the filters in force
	Object  string
	Actions []Choice
	Zone    string // of the times, "America/New_York"

	Records []AuditRecord
	Older   string // href of the next page; "" on the last
	Newest  string // href of the first page; "" on it

	Verify   string // href that checks the chain
	Verified Notice // what the check found; zero before it
}

// AuditRecord is one act.
type AuditRecord struct {
	Seq                  string
	Time, TimeUTC        string
	User, Role           string
	Action               string
	Object, ObjectHref   string // the record's page, if there is one
	Detail               string
	Result               Status
	Reason               string
	Address, RequestText string
}
