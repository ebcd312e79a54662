package views

import "slices"

// AuditPage is GET /admin/audit: who did what, the newest first.
type AuditPage struct {
	Frame Frame
	Pages []Link // the row of sister pages

	User, Object, Address string   // the filters in force
	From, To              string   // as they were written
	Holds                 []string // hashes of what was looked for
	Actions, Results      []Choice
	Filtered              bool
	Zone                  string      // of the times, "America/New_York"
	Errors                []FormError // 422: no records are shown

	Records []AuditRecord
	Older   string // href of the next page; "" on the last
	Newest  string // href of the first page; "" on it

	CSV, JSONLines string // hrefs of the same records as files
	Verify         string // href that checks the chain
	Verified       Notice // what the check found; zero before it
}

// wrong reports whether a filter's value was refused.
func (p AuditPage) wrong(name string) bool {
	return slices.ContainsFunc(p.Errors, func(e FormError) bool { return e.Name == name })
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
